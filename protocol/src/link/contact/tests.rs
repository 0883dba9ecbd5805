//! What a contact is known to hold, step by step.

use super::*;
use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, Lane as LaneName};
use crate::wire::bundle::Heads;

fn lane_id(author: u16) -> LaneId {
    LaneId::first(DeviceId(author), LaneName::Command)
}

fn book_with(author: u16, records: u32) -> Book {
    let mut book = Book::default();
    for seq in 1..=records {
        book.offer(lane_id(author).at(seq), b"record", &|_| Urgency::Routine);
    }
    let out = book.hand_out();
    book.note_saved(&out.marks);
    book
}

fn holding(head: u32, islands: &[(u32, u32)]) -> Holding {
    Holding { lane: lane_id(1), head, sealed: head, islands: islands.to_vec() }
}

#[test]
fn a_new_contact_is_sent_only_what_comes_after() {
    let mut book = book_with(1, 3);
    let mut contact = Contact::new(&book, Mono(0), Wall(0));
    assert_eq!(contact.view_mut(lane_id(1)).next(book.lane(lane_id(1)).expect("there")), None);
    book.offer(lane_id(1).at(4), b"record", &|_| Urgency::Routine);
    let out = book.hand_out();
    book.note_saved(&out.marks);
    assert_eq!(contact.view_mut(lane_id(1)).next(book.lane(lane_id(1)).expect("there")), Some(4));
}

#[test]
fn a_gap_is_sent_again_and_nothing_else() {
    let book = book_with(1, 9);
    let lane = book.lane(lane_id(1)).expect("there");
    let mut view = View::default();
    for seq in 1..=9 {
        assert_eq!(view.next(lane), Some(seq));
        view.note_sent(seq, Mono(0));
    }
    assert_eq!(view.next(lane), None);
    view.hear(&holding(2, &[(2, 3)]), Mono(10), 100);
    assert_eq!(view.next(lane), Some(3));
    view.note_sent(3, Mono(10));
    view.note_sent(4, Mono(10));
    assert_eq!(view.next(lane), None, "8 and 9 may still be on their way");
    view.hear(&holding(2, &[(2, 3)]), Mono(20), 100);
    assert_eq!(view.next(lane), None, "the same gap was told before the repair could arrive");
    view.hear(&holding(7, &[]), Mono(30), 100);
    view.note_lost();
    assert_eq!(view.next(lane), Some(8));
    assert_eq!(view.lacks(lane), 2);
}

#[test]
fn heads_put_back_what_was_taken_for_held() {
    let book = book_with(1, 5);
    let lane = book.lane(lane_id(1)).expect("there");
    let mut contact = Contact::new(&book, Mono(0), Wall(0));
    let heads = |holdings| Heads { from: DeviceId(0), to: DeviceId(u16::MAX), holdings };
    contact.hear_heads(&heads(vec![holding(2, &[])]), Mono(1));
    assert_eq!(contact.view_mut(lane_id(1)).next(lane), Some(3));
    contact.hear_heads(&heads(vec![]), Mono(2));
    assert_eq!(contact.view_mut(lane_id(1)).next(lane), Some(1));
    assert_eq!(contact.lacks(&book), 5);
}

#[test]
fn a_want_beyond_our_head_asks_for_the_seal() {
    let mut book = book_with(1, 2);
    book.seal_head(lane_id(1), |_, _| [1; 64]);
    let out = book.hand_out();
    book.note_saved(&out.marks);
    let lane = book.lane(lane_id(1)).expect("there");
    let mut contact = Contact::new(&book, Mono(0), Wall(0));
    let view = contact.view_mut(lane_id(1));
    assert!(!view.needs_seal(lane));
    view.want_from(3, lane, None);
    assert!(view.needs_seal(lane));
    assert_eq!(view.next(lane), None);
}

#[test]
fn what_nobody_holds_is_lacked_and_many_records_are_left_to_a_comparison() {
    for (records, first) in [(3, Some(2)), (9, Some(2)), (10, None)] {
        let book = book_with(1, records);
        let lane = book.lane(lane_id(1)).expect("there");
        let mut contact = Contact::new(&book, Mono(0), Wall(0));
        contact.lacks_after(lane_id(1), 1, lane.saved());
        assert_eq!(contact.view_mut(lane_id(1)).next(lane), first, "{records} records");
    }
}

#[test]
fn whoever_turns_out_to_be_there_is_still_owed_what_was_said_before() {
    let book = book_with(1, 2);
    let lane = book.lane(lane_id(1)).expect("there");
    let mut contact = Contact::new(&book, Mono(0), Wall(0));
    contact.lacks_after(lane_id(1), 1, lane.saved());
    let view = contact.view_mut(lane_id(1));
    view.note_sent(2, Mono(5));
    view.expire();
    view.stamp(Mono(5), 60_000, 0);
    view.tries = 4;
    let mut contact = contact.turned_out(Mono(9), Wall(9), 7_000);
    assert_eq!(contact.heard_at, Mono(9));
    let view = contact.view_mut(lane_id(1));
    assert_eq!((view.tries, view.wait_ms, view.next(lane)), (1, 7_000, Some(2)));
}

#[test]
fn what_was_left_to_another_is_sent_when_the_contact_says_that_it_lacks_it() {
    let mut view = View::holding(3, 3);
    view.sent = 4;
    view.leave_to(DeviceId(1), Mono(10), u64::MAX, 0);
    assert!(view.is_left_to_another() && !view.needs(4));
    let lane = LaneId::first(DeviceId(1), crate::base::ids::Lane::Command);
    hear_exactly(&mut view, &Holding::whole(lane, 3), Mono(20));
    assert!(view.needs(4), "the other may be gone");
}
