//! How many sums are owed, whose turn it is, and when losses are repaired otherwise.

use super::*;
use crate::link::turns::tests::{NOW, lane, radio};
use crate::wire::bundle::Item;

const OWN: DeviceId = DeviceId(9);

fn channel(others: u16) -> Link {
    radio(&(20..20 + others).collect::<Vec<u16>>())
}

/// So many lanes, from that of device 20 on.
fn lanes(count: u16) -> Vec<LaneId> {
    (20..20 + count).map(lane).collect()
}

fn sum_of(count: u16) -> Sum {
    let items = lanes(count).into_iter().map(|lane| Item { lane, first: 1, count: 5 });
    Sum { seed: 1, items: items.collect(), bytes: vec![1] }
}

#[test]
fn among_few_nobody_owes_a_sum() {
    let mut few = channel(7);
    few.owe_sums(&lanes(5), NOW);
    assert_eq!(few.sums.owed(), 0);
    assert!(!few.is_sum_turn(OWN, NOW));
}

#[test]
fn as_many_are_owed_as_whoever_lacks_most_lacks_and_each_one_heard_is_one_less() {
    let mut many = channel(29);
    [3, 5, 2, 0].into_iter().for_each(|runs| many.owe_sums(&lanes(runs), NOW));
    assert_eq!(many.sums.owed(), 5);
    many.note_sum(&sum_of(30), NOW);
    assert_eq!(many.sums.owed(), 4);
    many.owe_sums(&lanes(200), NOW);
    assert_eq!(many.sums.owed(), 32, "a sum is made of no more runs");
}

#[test]
fn a_sum_without_most_of_what_is_lacking_pays_nothing_of_what_we_owe() {
    let mut many = channel(29);
    many.owe_sums(&lanes(6), NOW);
    many.note_sum(&sum_of(2), NOW);
    assert_eq!(many.sums.owed(), 6, "it helps few of those who asked");
    many.note_sum(&sum_of(3), NOW);
    assert_eq!(many.sums.owed(), 5);
}

#[test]
fn where_one_lost_a_share_of_what_was_said_the_one_who_lost_most_need_not_ask() {
    let owed_after = |lost: &[u16]| {
        let mut many = channel(29);
        lanes(30).into_iter().for_each(|lane| many.sums.note_aired(lane, 5));
        lost.iter().for_each(|runs| many.owe_sums(&lanes(*runs), NOW));
        assert!(many.awaits_sums(NOW));
        many.sums.owed()
    };
    assert_eq!(owed_after(&[1]), 1, "one run may be lost by one alone");
    let (tenth, third) = (owed_after(&[3]), owed_after(&[10]));
    assert!(
        (5..=8).contains(&tenth),
        "{tenth}: of thirty who lose a tenth, one loses six or seven"
    );
    assert!((16..=26).contains(&third), "{third}");
    assert_eq!(owed_after(&[3, 1]), tenth, "what is owed is not taken back");
    assert_eq!(owed_after(&[30]), 30, "who missed all of it was not there");
}

#[test]
fn a_turn_is_drawn_once_stands_still_while_others_speak_and_ends_with_a_sum() {
    let mut many = channel(29);
    many.owe_sums(&lanes(2), NOW);
    assert!(!many.is_sum_turn(OWN, NOW));
    let drawn = many.sums.turn_at().expect("a turn was drawn");
    many.note_busy(200, NOW.after_ms(1));
    let moved = many.sums.turn_at().expect("it is still ours");
    assert!(moved > drawn);
    assert!(!many.is_sum_turn(OWN, drawn) && many.is_sum_turn(OWN, moved));
    many.note_sum(&sum_of(2), moved);
    assert_eq!((many.sums.turn_at(), many.sums.owed()), (None, 1));
    many.note_sum(&sum_of(2), moved);
    assert!(!many.is_sum_turn(OWN, moved.after_ms(3_600_000)), "none is owed");
}

#[test]
fn whom_sums_did_not_help_for_long_is_repaired_otherwise_until_all_was_quiet() {
    let mut many = channel(29);
    let span_ms = many.sums_ms();
    many.owe_sums(&lanes(2), NOW);
    assert!(many.repairs_by_sums(NOW));
    many.owe_sums(&lanes(2), NOW.after_ms(span_ms));
    let late = NOW.after_ms(span_ms + 1);
    assert!(!many.repairs_by_sums(late) && !many.is_sum_turn(OWN, late));
    let rested = NOW.after_ms(2 * span_ms + 1);
    assert!(many.is_throng(rested), "they count as there for longer");
    assert!(many.repairs_by_sums(rested));
}

#[test]
fn sums_wait_for_the_end_of_what_is_new_but_not_without_end() {
    let mut many = channel(29);
    many.owe_sums(&lanes(2), NOW);
    // Another author's news every few seconds.
    let mut hear_news = |at: Mono, author: u16| {
        many.note_flux(at);
        many.note_aired(lane(author), 5, at);
        let flux_until = many.flux_until;
        assert!(!many.is_sum_turn(OWN, at));
        (flux_until, many.sums.turn_at().expect("a turn was drawn"))
    };
    let (flux_until, turn_at) = hear_news(NOW, 20);
    assert!(flux_until > NOW && turn_at >= flux_until);
    let (later, turn_at) = hear_news(NOW.after_ms(5_000), 21);
    assert!(later > flux_until && turn_at >= later, "it comes after what is newer, too");
    let (_, same) = hear_news(NOW.after_ms(6_000), 20);
    assert_eq!(same, turn_at, "what is said again is no news");
    let until = NOW.after_ms(NEWS_TURNS * many.turns_ms(NOW));
    let mut at = NOW;
    while at < until {
        at = at.after_ms(5_000);
        many.note_flux(at);
        many.note_aired(lane(20), u32::try_from(at.0).expect("it is soon"), at);
        many.is_sum_turn(OWN, at);
    }
    let drawn = many.sums.turn_at().expect("a turn was drawn");
    many.note_aired(lane(21), 1_000, at);
    assert_eq!(many.sums.turn_at(), Some(drawn), "there is news without end");
    assert!(many.is_sum_turn(OWN, drawn) && many.repairs_by_sums(drawn));
}

#[test]
fn what_we_said_counts_as_said_here_once_somebody_is_heard_soon_after() {
    let mut sums = Sums::default();
    sums.note_said(lane(1), 5, NOW);
    assert!(!sums.was_aired(lane(1), 5));
    sums.note_heard(NOW.after_ms(HEARD_SOON_MS + 1));
    assert!(!sums.was_aired(lane(1), 5), "nobody was there");
    sums.note_said(lane(1), 5, NOW);
    sums.note_heard(NOW.after_ms(HEARD_SOON_MS));
    assert!(sums.was_aired(lane(1), 5) && !sums.was_aired(lane(1), 6));
}

#[test]
fn only_so_many_sums_are_kept_and_those_of_no_use_are_forgotten() {
    let mut sums = Sums::default();
    for seed in 0..100 {
        let items = vec![Item { lane: lane(1), first: 1, count: 1 + u32::from(seed % 2) }];
        sums.keep(Sum { seed, items, bytes: vec![1] });
    }
    assert_eq!(sums.heard().len(), PARITY_SUMS_MAX);
    assert_eq!(sums.heard()[0].seed, 36);
    sums.retain(|sum| sum.items[0].count == 2);
    assert_eq!(sums.heard().len(), PARITY_SUMS_MAX / 2);
}

#[test]
fn sums_that_help_nobody_end_though_nobody_asks_again() {
    let mut many = channel(29);
    many.owe_sums(&lanes(6), NOW);
    // None of those that can be said tells most of what is lacking.
    many.note_sum(&sum_of(2), NOW);
    let late = NOW.after_ms(many.sums_ms() + 1);
    assert!(many.awaits_sums(NOW) && !many.awaits_sums(late));
    assert!(!many.is_sum_turn(OWN, late));
    assert_eq!((many.sums.owed(), many.sums.turn_at()), (0, None));
    many.owe_sums(&lanes(2), late);
    assert!(many.awaits_sums(late), "who asks then is answered");
}
