//! Places in line, and how long who waits for whom.

use super::*;
use crate::base::ids::{Lane, LinkId};
use crate::base::time::{Now, Wall};
use crate::link::profile::Profile;
use crate::log::book::Book;

pub(in crate::link) const NOW: Mono = Mono(1_000);

pub(in crate::link) fn lane(author: u16) -> LaneId {
    LaneId::first(DeviceId(author), Lane::Command)
}

/// A radio at 1,200 bit/s on which these devices were heard.
pub(in crate::link) fn radio(heard: &[u16]) -> Link {
    let profile = Profile {
        name: "370".into(),
        kind: "kiss-tcp".into(),
        target: String::new(),
        mtu: 256,
        rate_bit_s: 1200,
        per_burst_ms: 800,
        per_frame_bytes: 3,
        medium: Medium::Broadcast,
        half_duplex: true,
        min_interval_ms: 0,
        beacon_max_ms: 60_000,
        ..Profile::default()
    };
    let mut dice = Dice::new(1);
    let mut link = Link::new(LinkId(1), profile, Mono(0), &mut dice);
    let now = Now { mono: NOW, wall: Wall(0) };
    for device in heard {
        link.hear(DeviceId(*device), &Book::default(), now, &mut dice);
        link.note_proved(DeviceId(*device));
    }
    link
}

#[test]
fn repairs_are_left_to_an_author_who_is_heard() {
    let link = radio(&[1, 2, 3, 4]);
    let own = DeviceId(9);
    assert!(link.is_authors_to_send(own, DeviceId(1), DeviceId(2), link.crowd(NOW), NOW));
    assert!(!link.is_authors_to_send(own, own, DeviceId(2), 4, NOW), "ours are ours");
    assert!(!link.is_authors_to_send(own, DeviceId(8), DeviceId(2), 4, NOW), "8 is not here");
    let between = radio(&[1, 2]);
    assert!(
        !between.is_authors_to_send(own, DeviceId(1), DeviceId(2), between.crowd(NOW), NOW),
        "who else could"
    );
    let hold = link.repair_hold(own, lane(1), DeviceId(2), NOW, &mut Dice::new(3));
    assert!(hold.is_some_and(|until| until > NOW.after_ms(link.turn_ms())));
    assert_eq!(link.repair_hold(own, lane(9), DeviceId(2), NOW, &mut Dice::new(3)), None);
}

#[test]
fn a_digest_waits_until_records_have_passed() {
    let mut link = radio(&[1, 2]);
    assert!(!link.is_in_flux(NOW));
    link.note_flux(NOW);
    assert!(link.is_in_flux(NOW.after_ms(link.turn_ms() - 1)));
    assert!(!link.is_in_flux(NOW.after_ms(link.turn_ms() + 3 * link.slot_ms())));
}

/// Whether this device's beacon, heard now, puts ours off.
fn silences(link: &Link, device: u16) -> bool {
    let mut link = link.clone();
    let before = link.trickle.next_at();
    link.hear_equal(DeviceId(device), NOW.after_ms(1_000), &mut Dice::new(4));
    link.trickle.next_at() != before
}

#[test]
fn another_speaks_for_us_if_all_to_whom_our_beacon_would_be_news_hear_it() {
    let mut between = radio(&[1, 2]);
    assert!(!silences(&between, 1), "2 hears us alone, as far as is known");
    between.contacts.get_mut(&DeviceId(2)).expect("it was heard").in_step = true;
    assert!(silences(&between, 1), "our beacon is no news to 2");
    assert!(silences(&radio(&[1]), 1), "nobody else is there");
    assert!(silences(&radio(&[1, 2, 3]), 1), "in a crowd all hear all");
}

#[test]
fn others_do_not_speak_for_us_for_ever() {
    let mut link = radio(&[1]);
    let mut now = NOW;
    for _ in 0..=SILENCED_MAX {
        assert!(now < link.trickle.next_at());
        now = link.trickle.next_at().after_ms(0);
        link.hear_equal(DeviceId(1), now, &mut Dice::new(4));
    }
    assert_eq!(link.trickle.next_at(), now, "ours is due although another was just said");
}

#[test]
fn what_another_asks_for_on_a_shared_channel_is_not_asked_for_at_once() {
    let mut link = radio(&[1, 2, 3]);
    let soon = NOW.after_ms(100);
    link.wants = [(lane(1), (3, soon)), (lane(2), (3, soon))].into();
    link.leave_asking(&[lane(1).at(2), lane(2).at(4), lane(3).at(1)], NOW, &mut Dice::new(1));
    let (from, later) = link.wants[&lane(1)];
    let (pause_ms, spread_ms) = (link.pause_ms(0), link.spread_ms(3, 1));
    assert_eq!(from, 3);
    assert!((pause_ms..=pause_ms + spread_ms).contains(&later.since_ms(NOW)), "{later:?}");
    assert_eq!(link.wants[&lane(2)], (3, soon), "the other needs less of it than we");
    assert_eq!(link.wants.len(), 2);
}

#[test]
fn on_a_card_lists_are_compared_seldom_while_something_waits_for_its_slots() {
    let mut link = radio(&[2]);
    let device = DeviceId(2);
    let mut book = Book::default();
    book.offer(lane(1).at(1), b"record", &|_| Urgency::Routine);
    let out = book.hand_out();
    book.note_saved(&out.marks);
    let minute = |minutes: u64| NOW.after_ms(minutes * 60_000);
    link.contacts.get_mut(&device).expect("it was heard").compare(&book, device);
    assert_eq!([0, 1].map(|at| link.knows_what_differs(device, minute(at))), [false; 2], "a radio");
    (link.profile.medium, link.profile.min_interval_ms) = (Medium::Unicast, 60_000);
    let knows =
        |link: &mut Link| [0, 1, 15, 16, 17].map(|at| link.knows_what_differs(device, minute(at)));
    assert_eq!(knows(&mut link), [false, true, true, false, true]);
    let mut holds_all = link.clone();
    let contact = holds_all.contacts.get_mut(&device).expect("it was heard");
    contact.view_mut(lane(1)).learn(1, 1);
    contact.compare(&book, device);
    assert_eq!(knows(&mut holds_all), [false; 5], "nothing of ours explains it");
}
