//! Which links are looked at, and when.

use super::*;
use crate::base::class::Urgency;
use crate::base::dice::Dice;
use crate::base::ids::Lane as LaneKind;
use crate::base::time::{Now, Wall};
use crate::link::profile::Profile;
use crate::link::view::View;
use crate::log::book::Mark;

const A: LinkId = LinkId(1);
const B: LinkId = LinkId(2);

/// Two links that are up and were looked at.
fn two() -> Links {
    let (mut links, mut dice) = (Links::default(), Dice::new(1));
    let now = Now { mono: Mono(0), wall: Wall(0) };
    for id in [A, B] {
        let profile = Profile { beacon_max_ms: 60_000, ..Profile::default() };
        let link = links.open(id, || Link::new(id, profile.clone(), Mono(0), &mut dice));
        link.rise(profile, &Book::default(), now, &mut dice);
        link.digest_at = None;
        link.ready = true;
    }
    look(&mut links, Mono(0));
    links
}

fn look(links: &mut Links, now: Mono) -> Vec<LinkId> {
    let due = links.due(now);
    let due = links.with_those_who_leave(due, &Book::default(), now);
    due.iter().for_each(|id| links.rest(*id, now));
    due
}

#[test]
fn a_link_rests_until_it_changes_or_its_moment_comes() {
    let mut links = two();
    assert_eq!(look(&mut links, Mono(1)), []);
    links.get_mut(B).expect("it is there").heads_at = Some(Mono(50));
    assert_eq!(look(&mut links, Mono(2)), [B]);
    assert_eq!((links.next_deadline(), look(&mut links, Mono(49))), (Some(Mono(50)), vec![]));
    assert_eq!(look(&mut links, Mono(50)), [B]);
    links.get_mut(B).expect("it is there").heads_at = None;
    assert!(links.next_deadline() > Some(Mono(50)), "a change counts before it was looked at");
}

#[test]
fn who_leaves_something_to_a_link_is_looked_at_once_that_has_become_worse() {
    let mut links = two();
    links.get_mut(A).expect("it is there").leaves_to.insert(B);
    look(&mut links, Mono(1));
    assert_eq!(look(&mut links, Mono(2)), []);
    links.get_mut(B).expect("it is there");
    assert_eq!(look(&mut links, Mono(3)), [A, B], "nobody asked before how it stands");
    let taken = links.take(B).expect("it is there");
    links.put(taken, true);
    assert_eq!(look(&mut links, Mono(4)), [B], "it has spoken, and is no worse for it");
    links.get_mut(B).expect("it is there").up = false;
    assert_eq!(look(&mut links, Mono(5)), [A, B]);
    links.get_mut(A).expect("it is there").look_at = Some(Mono(60_000));
    look(&mut links, Mono(6));
    links.get_mut(B).expect("it is there");
    assert_eq!(look(&mut links, Mono(7)), [A, B], "it reckons with how long that one takes");
    links.remove(B);
    assert_eq!(look(&mut links, Mono(8)), [A]);
}

#[test]
fn who_comes_and_goes_or_fails_on_a_link_makes_it_look_again_from_a_dearer_one() {
    let (mut links, mut dice) = (two(), Dice::new(2));
    let now = Now { mono: Mono(1), wall: Wall(1) };
    let mut book = Book::default();
    let lane = LaneId::first(DeviceId(1), LaneKind::Stock);
    book.offer(lane.at(1), &[1, 2, 3], &|_| Urgency::Stock);
    book.note_saved(&[Mark { lane, head: 1, sealed: 0, drops: 0 }]);
    links.get_mut(A).expect("it is there").leaves_to.insert(B);
    let mut after = |change: &mut dyn FnMut(&mut Link)| {
        change(links.get_mut(B).expect("it is there"));
        let due = links.due(Mono(2));
        let due = links.with_those_who_leave(due, &book, Mono(2));
        due.iter().for_each(|id| links.rest(*id, Mono(2)));
        due
    };
    let view = |link: &mut Link, change: &dyn Fn(&mut View)| {
        change(link.contacts.get_mut(&DeviceId(9)).expect("it is there").view_mut(lane));
    };
    after(&mut |_| {});
    let mut hear = |link: &mut Link| {
        assert!(link.hear(DeviceId(9), &Book::default(), now, &mut dice), "it is new");
    };
    assert_eq!(after(&mut hear), [A, B], "it came");
    assert_eq!(after(&mut |_| {}), [B]);
    assert_eq!(after(&mut |link| view(link, &|view| view.note_sent(1, Mono(2)))), [B]);
    let fail = |view: &mut View| assert_eq!(view.expire(), 1);
    assert_eq!(after(&mut |link| view(link, &fail)), [A, B], "in vain");
    let learn = |view: &mut View| assert!(view.learn(1, 0));
    assert_eq!(after(&mut |link| view(link, &learn)), [A, B], "it has it");
    let leave = &mut |link: &mut Link| assert!(link.contacts.remove(&DeviceId(9)).is_some());
    assert_eq!(after(leave), [A, B], "it left");
}

#[test]
fn an_ack_that_waits_for_the_disk_is_tried_again_whatever_happens() {
    let mut links = two();
    let link = links.get_mut(A).expect("it is there");
    (link.ack_at, link.ack_waits) = (Some((Mono(10), Mono(20))), true);
    look(&mut links, Mono(10));
    links.resume_acks(Mono(30));
    assert_eq!(links.get(A).and_then(|link| link.ack_at), Some((Mono(30), Mono(30))));
    assert_eq!(look(&mut links, Mono(30)), [A]);
}
