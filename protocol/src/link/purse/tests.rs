//! What fills, what empties, what is kept, at the edges.

use super::*;
use crate::link::profile::Price;

const NOW: Wall = Wall(1_755_482_400_000);

fn later(ms: u64) -> Wall {
    Wall(NOW.0 + ms)
}

/// A frame of 100 bytes is one second on the air and costs a yuan.
fn profile(allowance: Allowance) -> Profile {
    let price = Price { message_milli_yuan: 1000, kilobyte_milli_yuan: 0 };
    Profile { rate_bit_s: 800, mtu: 100, price, allowance, ..Profile::default() }
}

fn air(share_permille: u16) -> Profile {
    profile(Allowance { air_permille: Some(share_permille), ..Allowance::default() })
}

fn send(purse: &mut Purse, profile: &Profile, now: Wall) -> Gate {
    purse.note_sent(profile, 100, 100, now);
    purse.left(profile, now).gate()
}

#[test]
fn without_an_allowance_nothing_is_ever_shut() {
    let (free, mut purse) = (profile(Allowance::default()), Purse::default());
    assert!((0..10_000).all(|_| send(&mut purse, &free, NOW) == Gate::Open));
    assert_eq!(purse.left(&free, NOW), PurseLeft::default());
}

#[test]
fn a_fifth_of_the_air_is_two_minutes_in_ten_and_its_last_tenth_is_for_flash_orders() {
    let (radio, mut purse) = (air(200), Purse::default());
    let gates: Vec<Gate> = (0..300).map(|_| send(&mut purse, &radio, NOW)).collect();
    let count = |wanted: Gate| gates.iter().filter(|gate| **gate == wanted).count();
    // 120 s in all, of which 12 s are kept; flash orders borrow 120 s more.
    assert_eq!((count(Gate::Open), count(Gate::FlashOnly)), (107, 132));
    assert!(gates.is_sorted_by_key(|gate| *gate as u8));
}

#[test]
fn what_was_borrowed_is_paid_back_before_anyone_else_may_send() {
    let (radio, mut purse) = (air(100), Purse::default());
    (0..70).for_each(|_| {
        send(&mut purse, &radio, NOW);
    });
    let left = purse.left(&radio, NOW).air.expect("limited");
    assert_eq!((left.left, left.full, left.gate), (-10_000, 60_000, Gate::FlashOnly));
    // A tenth of the time comes in: 10 s of debt and 6 s of reserve take 160 s.
    let opens_ms = left.opens.0 - NOW.0;
    assert!((160_000..160_100).contains(&opens_ms), "{opens_ms}");
    assert_eq!(purse.left(&radio, later(opens_ms - 100)).gate(), Gate::FlashOnly);
    assert_eq!(purse.left(&radio, later(opens_ms + 10)).gate(), Gate::Open);
}

#[test]
fn over_a_day_no_more_is_sent_than_its_share() {
    let (radio, mut purse) = (air(50), Purse::default());
    let mut sent_s = 0;
    for second in 0..86_400 {
        if purse.left(&radio, later(second * 1000)).gate() == Gate::Open {
            purse.note_sent(&radio, 100, 100, later(second * 1000));
            sent_s += 1;
        }
    }
    // A twentieth, and what the bucket held at first.
    assert!((4_320..=4_350).contains(&sent_s), "{sent_s} s");
}

#[test]
fn money_is_never_overdrawn_and_comes_back_over_the_day() {
    let allowance = Allowance { day_milli_yuan: Some(20_000), ..Allowance::default() };
    let (card, mut purse) = (profile(allowance), Purse::default());
    let gates: Vec<Gate> = (0..20).map(|_| send(&mut purse, &card, NOW)).collect();
    let count = |wanted: Gate| gates.iter().filter(|gate| **gate == wanted).count();
    assert_eq!((count(Gate::Open), count(Gate::FlashOnly), count(Gate::Shut)), (17, 2, 1));
    assert_eq!(purse.left(&card, later(6 * 3_600_000)).money.expect("limited").left, 5_000);
}

#[test]
fn a_restart_and_a_clock_set_back_fill_nothing() {
    let (radio, mut purse) = (air(200), Purse::default());
    (0..110).for_each(|_| {
        send(&mut purse, &radio, NOW);
    });
    let kept = serde_json::to_string(&purse).expect("numbers");
    let mut purse: Purse = serde_json::from_str(&kept).expect("the same");
    let before = purse.left(&radio, NOW).air.expect("limited").left;
    let back = Wall(NOW.0 - 86_400_000);
    assert_eq!(purse.left(&radio, back).air.expect("limited").left, before);
    assert_eq!(purse.left(&radio, back).gate(), Gate::FlashOnly);
    // It fills from there on, and a clock that was years ahead fills one bucket, not many.
    assert_eq!(purse.left(&radio, Wall(u64::MAX)).air.expect("limited").left, 120_000);
}

#[test]
fn little_by_little_is_as_much_as_at_once() {
    let (radio, mut often) = (air(1), Purse::default());
    (0..3).for_each(|_| {
        send(&mut often, &radio, NOW);
    });
    let mut seldom = often;
    (1..=60_000).for_each(|ms| {
        often.left(&radio, later(ms));
    });
    let (often, seldom) = (often.left(&radio, later(60_000)), seldom.left(&radio, later(60_000)));
    assert_eq!(often.air.map(|left| left.left), seldom.air.map(|left| left.left));
}

#[test]
fn who_reckons_along_never_takes_a_gate_for_wider_than_it_is() {
    let allowance = Allowance { air_permille: Some(37), day_milli_yuan: Some(23_456) };
    let price = Price { message_milli_yuan: 0, kilobyte_milli_yuan: 7 };
    for frame_bytes in [1, 13, 64, 100] {
        let link = Profile { rate_bit_s: 733, price, ..profile(allowance) };
        let mut purse = Purse::default();
        let mut reckoned = purse.left(&link, NOW);
        for _ in 0..30_000 {
            reckoned.spend(&link, frame_bytes, frame_bytes as u64 + 3);
            purse.note_sent(&link, frame_bytes, frame_bytes as u64 + 3, NOW);
            assert!(reckoned.gate() >= purse.left(&link, NOW).gate());
        }
        assert_eq!(reckoned.gate(), Gate::Shut);
    }
}
