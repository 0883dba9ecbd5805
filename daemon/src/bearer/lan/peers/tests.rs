//! The moves of the peer machine, one story each, and two machines that play against each other.

use super::*;

fn ids() -> (PeerId, PeerId) {
    let (one, other) = (PeerId::random(), PeerId::random());
    (one.min(other), one.max(other))
}

fn address(last: u8) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, last], 7820))
}

fn connection(number: usize) -> ConnectionId {
    ConnectionId::new_unchecked(number)
}

fn peers(own: PeerId) -> Peers {
    Peers::new(own, &[], Dice::new(3), 0)
}

/// The first thing that the machine wants to do, and when.
fn next(peers: &mut Peers) -> (u64, Act) {
    let wake_ms = peers.wake_ms().expect("something to wait for");
    (wake_ms, peers.poll(wake_ms).expect("due at its own time"))
}

#[test]
fn the_smaller_id_calls_at_once_and_the_larger_three_seconds_later() {
    let (small, large) = ids();
    let mut early = peers(small);
    early.discovered(large, address(2), 0);
    let (at_ms, act) = next(&mut early);
    assert!(at_ms < SPREAD_MS, "{at_ms}");
    assert_eq!(act, Act::Dial(large, vec![address(2)]));
    assert_eq!(early.poll(at_ms), None, "one call at a time");
    let mut late = peers(large);
    late.discovered(small, address(1), 0);
    let (at_ms, _) = next(&mut late);
    assert!((LATE_MS..LATE_MS + SPREAD_MS).contains(&at_ms), "{at_ms}");
}

#[test]
fn a_peer_that_called_is_not_called_back() {
    let (small, large) = ids();
    let mut late = peers(large);
    late.discovered(small, address(1), 0);
    assert_eq!(late.connected(small, connection(1), None, 500), Verdict::Keep);
    assert_eq!(late.poll(10_000), None);
    assert_eq!(late.connection(small), Some((connection(1), false)));
}

#[test]
fn of_two_connections_that_crossed_both_sides_keep_the_same() {
    let (small, large) = ids();
    // 1 was called by the smaller id, 2 by the larger; each side sees them in either order.
    for first_at_small in [1, 2] {
        for first_at_large in [1, 2] {
            let kept = |own: PeerId, other: PeerId, first: usize| {
                let mut peers = peers(own);
                for number in [first, 3 - first] {
                    let by_us = (number == 1) == (own == small);
                    let dialled = by_us.then(|| address(1));
                    peers.connected(other, connection(number), dialled, 1_000);
                }
                peers.connection(other).expect("one is kept").0
            };
            let at_small = kept(small, large, first_at_small);
            assert_eq!(at_small, kept(large, small, first_at_large));
            assert_eq!(at_small, connection(1));
        }
    }
}

#[test]
fn a_peer_that_calls_again_later_has_lost_the_old_connection() {
    let (small, large) = ids();
    let mut peers = peers(small);
    peers.connected(large, connection(1), Some(address(2)), 0);
    let later_ms = CROSSED_MS + 1;
    let verdict = peers.connected(large, connection(2), None, later_ms);
    assert_eq!(verdict, Verdict::Replace(connection(1)));
    // That the old one ends now is no loss.
    assert!(!peers.lost(large, connection(1), later_ms));
    assert_eq!(peers.connection(large), Some((connection(2), false)));
}

#[test]
fn after_a_loss_it_is_called_again_without_a_new_announcement_until_it_answers() {
    let (small, large) = ids();
    let mut peers = peers(small);
    peers.discovered(large, address(2), 0);
    next(&mut peers);
    peers.connected(large, connection(1), Some(address(2)), 100);
    peers.greeted(large, address(2), 150);
    assert!(peers.lost(large, connection(1), 60_000));
    let mut last_ms = 60_000;
    for _ in 0..40 {
        let (at_ms, act) = next(&mut peers);
        assert_eq!(act, Act::Dial(large, vec![address(2)]));
        assert!(at_ms - last_ms <= 5_000, "{}", at_ms - last_ms);
        last_ms = at_ms;
        peers.missed(large, false, at_ms);
    }
    let (at_ms, _) = next(&mut peers);
    assert_eq!(peers.connected(large, connection(2), Some(address(2)), at_ms), Verdict::Keep);
    assert_eq!(peers.poll(at_ms + 1_000_000), None);
}

#[test]
fn a_link_that_returns_after_an_hour_is_tried_at_once() {
    let (small, large) = ids();
    let mut peers = peers(small);
    peers.remember(large, &[address(2)], 0, 0);
    let mut now_ms = 0;
    while now_ms < 3_600_000 {
        let (at_ms, _) = next(&mut peers);
        peers.missed(large, false, at_ms);
        now_ms = at_ms;
    }
    assert!(peers.wake_ms().expect("not given up") > now_ms + 30_000);
    peers.stir(now_ms);
    assert!(peers.wake_ms().expect("not given up") <= now_ms + SPREAD_MS);
    // The same when it announces itself.
    peers.poll(now_ms + SPREAD_MS);
    peers.missed(large, false, now_ms);
    peers.discovered(large, address(2), now_ms);
    assert!(peers.wake_ms().expect("not given up") <= now_ms + SPREAD_MS);
}

#[test]
fn who_hangs_up_at_once_is_called_less_and_less_often() {
    let (small, large) = ids();
    let mut peers = peers(small);
    peers.discovered(large, address(2), 0);
    let (mut number, mut now_ms) = (0, 0);
    while now_ms < 600_000 {
        let (at_ms, _) = next(&mut peers);
        number += 1;
        peers.connected(large, connection(number), Some(address(2)), at_ms);
        peers.lost(large, connection(number), at_ms + 10);
        now_ms = at_ms;
    }
    assert!(number < 20, "{number} calls in ten minutes");
}

#[test]
fn an_address_of_the_configuration_becomes_a_peer_and_our_own_is_left_alone() {
    let (small, large) = ids();
    let mut peers = Peers::new(small, &[address(1), address(2)], Dice::new(1), 0);
    assert_eq!(peers.poll(0), Some(Act::DialStatic(address(1))));
    assert_eq!(peers.poll(0), Some(Act::DialStatic(address(2))));
    assert_eq!(peers.poll(0), None);
    peers.missed_static(address(1), true, 10);
    assert_eq!(peers.connected(large, connection(1), Some(address(2)), 20), Verdict::Keep);
    peers.greeted(large, address(2), 30);
    assert_eq!(peers.wake_ms(), None);
    assert!(!peers.misses_somebody());
    peers.lost(large, connection(1), 60_000);
    assert!(peers.misses_somebody());
    assert!(matches!(next(&mut peers).1, Act::Dial(id, _) if id == large));
    // Another machine has the address now: whoever it is, it is called.
    peers.missed(large, true, 61_000);
    assert_eq!(peers.poll(61_000), Some(Act::DialStatic(address(2))));
}

#[test]
fn strangers_are_bounded_and_never_push_one_of_us_out() {
    let (small, large) = ids();
    let mut peers = peers(small);
    peers.remember(large, &[address(2)], 1_000, 0);
    for _ in 0..3 * PEERS_MAX {
        peers.discovered(PeerId::random(), address(9), 0);
    }
    assert_eq!(peers.known.len(), PEERS_MAX);
    assert!(peers.known.contains_key(&large));
    assert_eq!(peers.members(0), [(large, vec![address(2)], 1_000)]);
}

#[test]
fn a_stranger_goes_with_its_announcement_and_one_of_us_after_three_days() {
    let (small, large) = ids();
    let mut peers = peers(small);
    let stranger = PeerId::random();
    peers.discovered(stranger, address(8), 0);
    peers.remember(large, &[address(2)], FORGET_MS - 1_000, 0);
    peers.expired(stranger, address(8));
    peers.expired(large, address(2));
    assert_eq!(peers.known.len(), 1);
    assert_eq!(peers.poll(1_000), Some(Act::Forget(large)));
    assert!(peers.known.is_empty());
    peers.remember(large, &[address(2)], FORGET_MS, 0);
    assert!(peers.known.is_empty());
}

#[test]
fn addresses_of_one_peer_are_bounded_and_the_newest_stands_first() {
    let (small, large) = ids();
    let mut peers = peers(small);
    (1..=6).for_each(|last| peers.discovered(large, address(last), 0));
    peers.discovered(large, address(4), 0);
    let expected = [4, 6, 5, 3].map(address).to_vec();
    assert_eq!(next(&mut peers).1, Act::Dial(large, expected));
}
