//! What is remembered of views is found anew after every change, and agrees with a look at all.

use super::*;
use crate::base::dice::Dice;
use crate::base::ids::Lane;
use crate::log::book::Mark;

fn lane(author: u16) -> LaneId {
    LaneId::first(DeviceId(author), Lane::Command)
}

#[test]
fn the_moment_is_found_anew_after_every_change() {
    let mut views = Views::default();
    assert!(views.is_quiet(Mono(1_000), 0));
    views.change(lane(1)).hold(Some(Mono(5_000)));
    assert!(views.is_quiet(Mono(4_999), 0) && !views.is_quiet(Mono(5_000), 0));
    views.change(lane(2)).hold(Some(Mono(3_000)));
    assert_eq!(views.next_deadline(0), Some(Mono(3_000)));
    assert!(!views.is_quiet(Mono(3_000), 7));
    views.change_watched(|_, view| view.hold(None));
    assert!(views.is_quiet(Mono(9_000), 7));
}

/// A book of one record more in one lane, every third of which is an order.
fn grow(book: &mut Book, id: LaneId) {
    let head = book.lane(id).map_or(0, |lane| lane.head());
    let urgency = if head % 3 == 2 { Urgency::Routine } else { Urgency::Stock };
    book.offer(id.at(head + 1), &[1, 2, 3], &|_| urgency);
    book.note_saved(&[Mark { lane: id, head: head + 1, sealed: 0, drops: 0 }]);
}

#[test]
fn what_changed_since_is_all_that_a_look_at_everything_finds() {
    let (mut book, mut views, mut dice) = (Book::default(), Views::default(), Dice::new(5));
    let device = DeviceId(3);
    for step in 0..2_000 {
        let id = lane(dice.between(1, 6) as u16);
        match dice.below(4) {
            0 => grow(&mut book, id),
            1 => views.change(id).note_sent(dice.between(1, 9) as u32, Mono(step)),
            2 => views.change(id).note_lost(),
            _ => {
                let held = dice.below(6) as u32;
                views.change(id).learn(held, 0);
            }
        }
        if dice.below(3) == 0 {
            continue;
        }
        views.compare(&book, device);
        let none = View::default();
        let all = book.lanes().filter(|(id, lane)| lane.saved() > 0 && id.author != device);
        let mut wanted: Vec<_> = all
            .filter_map(|(id, lane)| {
                let view = views.all().get(id).unwrap_or(&none);
                view.wanted(lane).map(|urgency| (*id, urgency))
            })
            .collect();
        // Orders and receipts first.
        wanted.sort_by_key(|(_, urgency)| *urgency > Urgency::Receipt);
        assert_eq!(views.wanting().collect::<Vec<_>>(), wanted, "{step}");
        let due = views.all().values().filter_map(|view| view.next_deadline(0)).min();
        let is_quiet = due.is_none_or(|due| due > Mono(step));
        assert_eq!(views.is_quiet(Mono(step), 0), is_quiet, "{step}");
        let failed = |views: &Views| views.all().values().filter(|view| view.tries > 0).count();
        assert_eq!(views.watched().filter(|view| view.tries > 0).count(), failed(&views));
    }
}

#[test]
fn a_record_that_was_never_said_is_news_even_behind_one_that_was_lost() {
    let (mut book, mut view) = (Book::default(), View::default());
    let is_news = |book: &Book, view: &View| view.is_news(book.lane(lane(1)).expect("it is there"));
    grow(&mut book, lane(1));
    assert!(is_news(&book, &view));
    view.note_sent(1, Mono(1));
    view.note_lost();
    assert!(!is_news(&book, &view));
    grow(&mut book, lane(1));
    assert!(is_news(&book, &view));
    view.learn(2, 0);
    assert!(!is_news(&book, &view));
}
