//! Store and forward told by the table.

use super::*;

const MINUTE: u64 = 60_000;

fn run(mailbox: &mut Mailbox, until: u64) -> Vec<(u64, Told)> {
    let mut told = Vec::new();
    while let Some(at) = mailbox.next_deadline().filter(|at| at.0 <= until) {
        while let Some(one) = mailbox.poll(at) {
            told.push((at.0, one));
        }
    }
    told
}

fn opened(config: MailboxConfig, places: usize) -> Mailbox {
    let mut mailbox = Mailbox::new(config, places, 3);
    (0..places).for_each(|place| mailbox.open(Seat(place), Mono(0)));
    run(&mut mailbox, MINUTE);
    mailbox
}

/// Moments and seats at which something was heard.
fn heard(told: &[(u64, Told)]) -> Vec<(u64, usize)> {
    let of = |(at, one): &(u64, Told)| match one {
        Told::Heard { seat, .. } => Some((*at, seat.0)),
        Told::Ready { .. } | Told::Slot { .. } => None,
    };
    told.iter().filter_map(of).collect()
}

fn readies(told: &[(u64, Told)]) -> usize {
    told.iter().filter(|(_, one)| matches!(one, Told::Ready { .. })).count()
}

#[test]
fn a_message_reaches_every_other_after_two_sessions_and_a_ring() {
    let mut mailbox = opened(MailboxConfig::clear(3600, 21_600), 3);
    mailbox.offer(Seat(0), vec![1; 100], Mono(MINUTE));
    let told = run(&mut mailbox, 3 * MINUTE);
    let heard = heard(&told);
    let mut seats: Vec<usize> = heard.iter().map(|(_, seat)| *seat).collect();
    seats.sort_unstable();
    assert_eq!(seats, [1, 2]);
    // Session 4 to 12 s, ring 2 s, session 4 to 12 s.
    assert!(heard.iter().all(|(at, _)| (10_000..=26_000).contains(&(at - MINUTE))), "{heard:?}");
    assert_eq!(readies(&told), 1);
}

#[test]
fn who_sees_no_sky_for_six_hours_gets_everything_then_one_session_each() {
    let mut mailbox = opened(MailboxConfig::clear(3600, 21_600), 2);
    mailbox.block(1, true, Mono(MINUTE));
    for n in 0..60 {
        mailbox.offer(Seat(0), vec![n; 100], Mono((2 + u64::from(n)) * MINUTE));
        assert_eq!(heard(&run(&mut mailbox, (3 + u64::from(n)) * MINUTE)), []);
    }
    // Fifty is what the gateway keeps.
    assert_eq!(mailbox.counts().overflown, 10);
    run(&mut mailbox, 361 * MINUTE);
    mailbox.block(1, false, Mono(361 * MINUTE));
    let told = run(&mut mailbox, 400 * MINUTE);
    assert_eq!(heard(&told).len(), 50);
    let took = heard(&told)[49].0 - 361 * MINUTE;
    // It may be in the longest pause after sessions that failed.
    assert!((50 * 5_000..=50 * 13_000 + 192_000).contains(&took), "{took} ms");
}

#[test]
fn a_missed_ring_is_made_up_for_by_the_next_question() {
    let clear = MailboxConfig::clear(3600, 21_600);
    let mut mailbox = opened(MailboxConfig { missed_rings_ppm: 1_000_000, ..clear }, 2);
    mailbox.offer(Seat(0), vec![1; 10], Mono(MINUTE));
    let told = run(&mut mailbox, 120 * MINUTE);
    let at = heard(&told)[0].0;
    assert!((60 * MINUTE..=61 * MINUTE).contains(&at), "{at}");
    assert_eq!(mailbox.counts().missed_rings, 1);
}

#[test]
fn of_sessions_that_end_unknown_half_are_delivered_and_all_count_as_sent() {
    let clear = MailboxConfig::clear(100_000, 21_600);
    let mut mailbox = opened(MailboxConfig { ambiguous_ppm: 1_000_000, ..clear }, 2);
    for n in 0..200 {
        mailbox.offer(Seat(0), vec![n; 10], Mono((1 + u64::from(n)) * MINUTE));
        assert_eq!(readies(&run(&mut mailbox, (2 + u64::from(n)) * MINUTE)), 1);
    }
    let counts = mailbox.counts();
    assert!((70..=130).contains(&(counts.boxed + counts.overflown)), "{counts:?}");
    assert!(counts.ambiguous >= 200);
}

#[test]
fn what_fails_is_tried_again_after_growing_pauses_and_given_up_in_the_end() {
    let clear = MailboxConfig::clear(100_000, 21_600);
    let mut mailbox = opened(clear, 2);
    mailbox.block(0, true, Mono(MINUTE));
    mailbox.offer(Seat(0), vec![1; 10], Mono(MINUTE));
    let told = run(&mut mailbox, 60 * MINUTE);
    assert_eq!((readies(&told), mailbox.counts().boxed), (1, 0));
    assert_eq!(mailbox.counts().failed, TRIES_MAX as u64);
}

#[test]
fn what_a_receiver_cannot_take_is_lost_and_nobody_is_told() {
    for (bytes, arrives) in [(RECEIVED_BYTES_MAX, true), (RECEIVED_BYTES_MAX + 1, false)] {
        let mut mailbox = opened(MailboxConfig::clear(3600, 21_600), 2);
        mailbox.offer(Seat(0), vec![1; bytes], Mono(MINUTE));
        let told = run(&mut mailbox, 3 * MINUTE);
        assert_eq!((heard(&told).len(), readies(&told)), (usize::from(arrives), 1));
    }
}

#[test]
fn a_modem_whose_daemon_is_gone_fetches_nothing_until_it_is_opened_again() {
    let mut mailbox = opened(MailboxConfig::clear(3600, 21_600), 2);
    mailbox.close(Seat(1));
    mailbox.offer(Seat(0), vec![1; 10], Mono(MINUTE));
    assert_eq!(heard(&run(&mut mailbox, 100 * MINUTE)), []);
    mailbox.open(Seat(1), Mono(100 * MINUTE));
    assert_eq!(heard(&run(&mut mailbox, 101 * MINUTE)).len(), 1);
}
