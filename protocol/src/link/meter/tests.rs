//! Days, windows, reserve and cost at their edges.

use super::*;

/// 2025-08-18 10:00:00 in Beijing.
const TEN: Wall = Wall(1_755_482_400_000);
const HOUR_MS: u64 = 3_600_000;

fn quota(messages: Option<u64>, bytes: Option<u64>) -> Quota {
    Quota { messages, bytes, window_s: 86_400 }
}

fn profile(quota: Option<Quota>) -> Profile {
    Profile { mtu: 100, quota, ..Profile::default() }
}

#[test]
fn a_day_begins_at_midnight_in_beijing() {
    let price = Price { message_milli_yuan: 50, kilobyte_milli_yuan: 200 };
    let mut day = DayTally::default();
    day.note_sent(77, &price, TEN);
    day.note_heard(30, Wall(TEN.0 + 14 * HOUR_MS - 1));
    assert_eq!((day.sent_bytes, day.heard_bytes, day.messages), (77, 30, 1));
    // 0.05 yuan and 77 thousandths of 0.2 yuan.
    assert_eq!(day.micro_yuan, 50_000 + 77 * 200);
    day.note_heard(1, Wall(TEN.0 + 14 * HOUR_MS));
    assert_eq!((day.sent_bytes, day.heard_bytes, day.micro_yuan), (0, 1, 0));
    assert_eq!(day.began, Wall(TEN.0 + 14 * HOUR_MS));
}

#[test]
fn a_clock_set_back_by_less_than_a_window_gives_no_quota_anew() {
    let quota = quota(Some(10), None);
    let mut window = WindowTally::default();
    for _ in 0..4 {
        window.note_sent(77, &quota, TEN);
    }
    window.turn(&quota, Wall(TEN.0 - 12 * HOUR_MS));
    assert_eq!(window.messages, 4);
    // A clock that was years ahead by mistake does not shut the link for years.
    window.turn(&quota, Wall(TEN.0 - 400 * 24 * HOUR_MS));
    assert_eq!(window.messages, 0);
}

#[test]
fn what_is_left_shrinks_to_nothing_and_is_whole_again_with_the_window() {
    let quota = quota(Some(3), Some(200));
    let mut window = WindowTally::default();
    for left in [(2, 100), (1, 0), (0, 0)] {
        window.note_sent(100, &quota, TEN);
        let now = window.left(&quota);
        assert_eq!((now.messages, now.bytes), (Some(left.0), Some(left.1)));
    }
    let until = window.left(&quota).until;
    assert_eq!(until, Wall(TEN.0 + 14 * HOUR_MS));
    window.turn(&quota, until);
    assert_eq!(window.left(&quota).messages, Some(3));
}

#[test]
fn the_last_tenth_is_for_flash_orders_and_after_it_nothing_leaves() {
    let limit = quota(Some(30), None);
    let mut gates = Vec::new();
    for left in (0..=30).rev() {
        let left = QuotaLeft { messages: Some(left), bytes: None, until: TEN };
        gates.push(gate(&profile(Some(limit)), Some(&left)));
    }
    let count = |wanted: Gate| gates.iter().filter(|gate| **gate == wanted).count();
    assert_eq!((count(Gate::Open), count(Gate::FlashOnly), count(Gate::Shut)), (27, 3, 1));
    assert!(gates.is_sorted_by_key(|gate| *gate as u8));
}

#[test]
fn a_quota_of_bytes_keeps_room_for_a_whole_frame_and_a_tiny_one_still_lets_something_pass() {
    let limit = quota(None, Some(500));
    let at = |bytes| {
        let left = QuotaLeft { messages: None, bytes: Some(bytes), until: TEN };
        gate(&profile(Some(limit)), Some(&left))
    };
    assert_eq!((at(500), at(200), at(199), at(100), at(99)), {
        use Gate::{FlashOnly, Open, Shut};
        (Open, Open, FlashOnly, FlashOnly, Shut)
    });
    let one = QuotaLeft { messages: Some(1), bytes: None, until: TEN };
    assert_eq!(gate(&profile(Some(quota(Some(1), None))), Some(&one)), Gate::Open);
    assert_eq!(gate(&profile(None), Some(&one)), Gate::Open);
}

#[test]
fn the_meter_completes_what_a_bearer_says_of_itself() {
    let said = Condition {
        standing: Standing::Cooling,
        signal_pct: Some(75),
        next_slot: Some(Wall(TEN.0 + 1)),
        ..Condition::default()
    };
    let day = DayTally { sent_bytes: 9, heard_bytes: 4, micro_yuan: 2_999, ..DayTally::default() };
    let open = complete(said, &profile(None), &day, None, PurseLeft::default(), TEN);
    assert_eq!((open.standing, open.signal_pct), (Standing::Cooling, Some(75)));
    assert_eq!((open.today_bytes, open.today_milli_yuan), ((9, 4), 2));
    let later = complete(said, &profile(None), &day, None, PurseLeft::default(), Wall(TEN.0 + 1));
    assert_eq!((later.standing, later.next_slot), (Standing::Clear, None));
    let quota = quota(Some(2), None);
    let mut window = WindowTally::default();
    window.note_sent(50, &quota, TEN);
    let spent =
        complete(said, &profile(Some(quota)), &day, Some(&window), PurseLeft::default(), TEN);
    assert_eq!(spent.standing, Standing::QuotaSpent);
    assert_eq!(spent.quota_left.and_then(|left| left.messages), Some(1));
    let deaf = Condition { standing: Standing::NoSignal, ..said };
    let deaf =
        complete(deaf, &profile(Some(quota)), &day, Some(&window), PurseLeft::default(), TEN);
    assert_eq!(deaf.standing, Standing::NoSignal);
}

#[test]
fn counts_never_wrap() {
    let price = Price { message_milli_yuan: u32::MAX, kilobyte_milli_yuan: u32::MAX };
    let mut day = DayTally::default();
    day.note_sent(u64::MAX, &price, Wall(u64::MAX));
    day.note_sent(u64::MAX, &price, Wall(u64::MAX));
    assert_eq!((day.sent_bytes, day.micro_yuan), (u64::MAX, u64::MAX));
    let quota = Quota { messages: Some(1), bytes: Some(1), window_s: 0 };
    let mut window = WindowTally::default();
    window.note_sent(u64::MAX, &quota, Wall(u64::MAX));
    assert_eq!(window.left(&quota).bytes, Some(0));
}

#[test]
fn what_is_handed_over_is_spent_before_the_meter_tells() {
    let quota = Quota { messages: Some(4), bytes: Some(1_000), window_s: 86_400 };
    let (card, mut window) = (profile(Some(quota)), WindowTally::default());
    window.turn(&quota, TEN);
    let told = complete(
        Condition::default(),
        &card,
        &DayTally::default(),
        Some(&window),
        PurseLeft::default(),
        TEN,
    );
    let mut reckoned = told;
    for _ in 0..6 {
        spend(&mut reckoned, &card, 70);
        window.note_sent(70 + u64::from(card.per_frame_bytes), &quota, TEN);
        assert_eq!(reckoned.quota_left, Some(window.left(&quota)));
    }
}
