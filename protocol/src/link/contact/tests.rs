//! What a contact is known to hold, step by step.

use super::*;
use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, Lane as LaneName};
use crate::sync::vector::Commands;

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
    contact.hear_heads(&heads(vec![holding(2, &[])]), Mono(1), 100);
    assert_eq!(contact.view_mut(lane_id(1)).next(lane), Some(3));
    contact.hear_heads(&heads(vec![]), Mono(2), 100);
    assert_eq!(contact.view_mut(lane_id(1)).next(lane), Some(1));
    assert_eq!(contact.lacks(&book), 5);
}

#[test]
fn a_want_beyond_our_head_asks_for_the_seal() {
    let mut book = book_with(1, 2);
    book.seal_head(lane_id(1), |_, _| Some([1; 64]));
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
fn what_another_said_and_the_contact_still_lacks_is_ours_to_say_again() {
    let mut book = book_with(1, 2);
    let mut contact = Contact::new(&book, Mono(0), Wall(0));
    book.offer(lane_id(1).at(3), b"record", &|_| Urgency::Routine);
    book.seal_head(lane_id(1), |_, _| Some([1; 64]));
    let out = book.hand_out();
    book.note_saved(&out.marks);
    let lane = book.lane(lane_id(1)).expect("there");
    let view = contact.view_mut(lane_id(1));
    assert!(view.overhear(3..=3, 3, lane));
    view.leave_to(DeviceId(1), Mono(1_000), u64::MAX, 0);
    let says = |contact: &mut Contact, now| {
        let heads = Heads { from: DeviceId(0), to: DeviceId(9), holdings: vec![holding(2, &[])] };
        contact.hear_heads(&heads, Mono(now), 500);
        contact.view_mut(lane_id(1)).next(lane)
    };
    assert_eq!(says(&mut contact, 1_200), None, "it may have been on its way");
    assert_eq!(says(&mut contact, 1_500), Some(3));
    assert_eq!(contact.view_mut(lane_id(1)).tries, 0, "nothing of ours went unanswered");
}

#[test]
fn what_is_left_of_what_another_said_once_some_is_answered_is_ours_to_say_again() {
    let (book, mut contact) = (book_with(1, 3), Contact::new(&Book::default(), Mono(0), Wall(0)));
    let lane = book.lane(lane_id(1)).expect("there");
    let view = contact.view_mut(lane_id(1));
    assert!(view.overhear(1..=3, 0, lane));
    view.leave_to(DeviceId(1), Mono(1_000), u64::MAX, 0);
    assert!(!contact.hear(&holding(2, &[]), Mono(1_100), 0), "it answers another");
    assert_eq!(contact.hears(DeviceId(1)), Some(true));
    let says = |contact: &mut Contact, now| {
        let heads = Heads { from: DeviceId(0), to: DeviceId(9), holdings: vec![holding(2, &[])] };
        contact.hear_heads(&heads, Mono(now), 500);
        contact.view_mut(lane_id(1)).next(lane)
    };
    assert_eq!(says(&mut contact, 1_200), None, "it may have been on its way");
    assert_eq!(says(&mut contact, 1_500), Some(3), "who said it is gone");
    assert_eq!(contact.view_mut(lane_id(1)).tries, 0, "nothing of ours went unanswered");
}

#[test]
fn a_seal_in_halves_and_a_record_in_parts_go_on_after_a_word_that_is_no_news() {
    let mut under_way = View::holding(3, 2);
    (under_way.sent_piece, under_way.sent_offset) = (Some(Box::new((3, [7; 64], 32))), 34);
    // What it said on this link or another, and whether half and part go on.
    for (said, half, part) in [((3, 2), true, true), ((3, 3), false, true), ((4, 2), true, false)] {
        let mut view = under_way.clone();
        assert_eq!(view.learn(said.0, said.1), said != (3, 2));
        let goes_on = (view.sent_piece.is_some(), view.sent_offset > 0);
        assert_eq!(goes_on, (half, part), "{said:?}");
    }
}

#[test]
fn a_lane_that_a_list_leaves_out_is_ours_to_say_though_another_said_it() {
    let book = book_with(1, 1);
    let lane = book.lane(lane_id(1)).expect("there");
    let mut contact = Contact::new(&Book::default(), Mono(0), Wall(0));
    let view = contact.view_mut(lane_id(1));
    assert!(view.overhear(1..=1, 1, lane));
    view.leave_to(DeviceId(1), Mono(1_000), u64::MAX, 0);
    let nothing = Heads { from: DeviceId(0), to: DeviceId(9), holdings: Vec::new() };
    contact.hear_heads(&nothing, Mono(1_200), 500);
    assert_eq!(contact.view_mut(lane_id(1)).next(lane), None, "it may have been on its way");
    contact.hear_heads(&nothing, Mono(1_500), 500);
    let view = contact.view_mut(lane_id(1));
    assert_eq!((view.next(lane), view.has_asked), (Some(1), true));
}

#[test]
fn a_seal_that_is_answered_and_never_verified_does_not_explain_a_difference() {
    let mut contact = Contact::new(&Book::default(), Mono(0), Wall(0));
    let unverified = Holding { sealed: 0, ..holding(1, &[]) };
    let mut explains = Vec::new();
    for call in 1..=4 {
        let view = contact.view_mut(lane_id(1));
        view.note_sent(1, Mono(call * 60_000));
        view.sent_sealed = 1;
        view.stamp(Mono(call * 60_000), 10_000, 0);
        explains.push(contact.awaits());
        contact.hear(&unverified, Mono(call * 60_000 + 5_000), 1_000);
        contact.view_mut(lane_id(1)).expire();
    }
    // It held the record only after the first call: what follows are repetitions.
    assert_eq!(explains, [true, true, true, false]);
}

/// True if device 9, which this contact is, must have something else before a seal of this lane.
fn needs_key(contact: &Contact, of: LaneId, book: &Book) -> bool {
    let device = DeviceId(9);
    contact.needs_key(device, of, book, || contact.missing_directory(device, book))
}

#[test]
fn whoever_has_nothing_of_the_directory_is_told_that_before_any_seal() {
    let mut book = book_with(2, 1);
    let directory = LaneId::first(DeviceId(1), LaneName::Directory);
    book.offer(directory.at(1), b"names", &|_| Urgency::Routine);
    book.seal_head(directory, |_, _| Some([1; 64]));
    let out = book.hand_out();
    book.note_saved(&out.marks);
    let mut contact = Contact::new(&book, Mono(0), Wall(0));
    assert!(!needs_key(&contact, lane_id(2), &book), "it is taken to hold everything");
    let nothing = Heads { from: DeviceId(0), to: DeviceId(9), holdings: Vec::new() };
    contact.hear_heads(&nothing, Mono(60_000), 500);
    assert!(needs_key(&contact, lane_id(2), &book));
    assert!(!needs_key(&contact, directory, &book), "the directory proves itself");
    contact.hear(&Holding::whole(directory, 1), Mono(70_000), 500);
    assert!(!needs_key(&contact, lane_id(2), &book));
}

#[test]
fn a_seal_of_a_keyed_lane_waits_for_the_word_that_names_its_key() {
    let word = lane_id(2);
    let keyed = LaneId::keyed(DeviceId(2), false);
    let mut book = book_with(2, 1);
    book.offer(keyed.at(1), b"order", &|_| Urgency::Immediate);
    for lane in [word, keyed] {
        book.seal_head(lane, |_, _| Some([1; 64]));
    }
    let out = book.hand_out();
    book.note_saved(&out.marks);
    let mut contact = Contact::new(&book, Mono(0), Wall(0));
    let nothing = Heads { from: DeviceId(0), to: DeviceId(9), holdings: Vec::new() };
    contact.hear_heads(&nothing, Mono(60_000), 500);
    assert!(needs_key(&contact, keyed, &book));
    assert!(!needs_key(&contact, word, &book), "the directory proves it");
    contact.hear(&Holding::whole(word, 1), Mono(70_000), 500);
    assert!(!needs_key(&contact, keyed, &book));
    let mut author = Contact::new(&Book::default(), Mono(0), Wall(0));
    for lane in [word, keyed] {
        author.view_mut(lane);
    }
    let needs_key = |device| {
        let directory = || author.missing_directory(device, &book);
        author.needs_key(device, keyed, &book, directory)
    };
    assert!(needs_key(DeviceId(9)), "nothing is known of it");
    assert!(!needs_key(DeviceId(2)), "it wrote the word itself");
}

#[test]
fn a_list_of_what_is_verified_does_not_undo_what_it_said_it_holds() {
    let mut book = book_with(1, 4);
    book.seal_head(lane_id(1), |_, _| Some([1; 64]));
    let out = book.hand_out();
    book.note_saved(&out.marks);
    let mut contact = Contact::new(&Book::default(), Mono(0), Wall(0));
    let (devices, lane) = ([(DeviceId(1), Commands::Plainly)], lane_id(1));
    let nothing = HeadVector::of(devices.into_iter(), &Book::default());
    contact.hear(&Holding { sealed: 0, ..holding(4, &[]) }, Mono(1_000), 500);
    contact.hear_list(&nothing, &book, Mono(2_000), 500);
    let view = contact.view(lane).expect("heard");
    assert_eq!((view.next(book.lane(lane).expect("there")), view.sealed), (None, 0));
    // A list that names all it holds is believed.
    let heads = Heads { from: DeviceId(0), to: DeviceId(9), holdings: Vec::new() };
    contact.hear_heads(&heads, Mono(3_000), 500);
    contact.hear_list(&nothing, &book, Mono(4_000), 500);
    let view = contact.view(lane).expect("heard");
    assert_eq!(view.next(book.lane(lane).expect("there")), Some(1));
}
