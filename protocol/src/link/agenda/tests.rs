//! Which links are looked at, and when.

use super::*;
use crate::base::dice::Dice;
use crate::base::time::{Now, Wall};
use crate::link::profile::Profile;
use crate::log::book::Book;

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
fn who_leaves_something_to_a_link_is_looked_at_with_it() {
    let mut links = two();
    links.get_mut(A).expect("it is there").leaves_to.insert(B);
    look(&mut links, Mono(1));
    assert_eq!(look(&mut links, Mono(2)), []);
    links.get_mut(B).expect("it is there");
    assert_eq!(look(&mut links, Mono(3)), [A, B]);
    let taken = links.take(B).expect("it is there");
    links.put(taken, true);
    assert_eq!(look(&mut links, Mono(4)), [A, B], "it has spoken");
    links.remove(B);
    assert_eq!(look(&mut links, Mono(5)), [A]);
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
