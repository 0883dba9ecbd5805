//! What is said to one who never answered, and what changes once it does.

use super::*;
use crate::base::class::Urgency;
use crate::base::dice::Dice;
use crate::base::ids::{Lane, LaneId, LinkId};
use crate::base::time::{Now, Wall};
use crate::link::profile::{Medium, Profile};
use crate::log::book::Book;

const HEARD: DeviceId = DeviceId(2);
const LANE: LaneId = LaneId { author: DeviceId(1), incarnation: 0, lane: Lane::Command };

/// A radio on which these were heard, each once.
fn radio(heard: &[u16]) -> Link {
    let profile = Profile {
        mtu: 256,
        rate_bit_s: 1200,
        per_burst_ms: 800,
        medium: Medium::Broadcast,
        half_duplex: true,
        beacon_max_ms: 60_000,
        ..Profile::default()
    };
    let mut link = Link::new(LinkId(1), profile, Mono(0), &mut Dice::new(1));
    heard.iter().for_each(|device| hear(&mut link, DeviceId(*device), 0));
    link
}

fn hear(link: &mut Link, device: DeviceId, ms: u64) {
    let now = Now { mono: Mono(ms), wall: Wall(ms) };
    link.hear(device, &Book::default(), now, &mut Dice::new(2));
}

fn ack(head: u32) -> Holding {
    Holding::whole(LANE, head)
}

/// An order goes to it whenever it may, and is never answered: how often within this many hours?
fn tries_within(link: &mut Link, from_h: u64, hours: u64) -> u32 {
    let mut tries = 0;
    for second in from_h * 3_600..(from_h + hours) * 3_600 {
        let now = Mono(second * 1_000);
        link.expire(now);
        let contact = link.contacts.get(&HEARD).expect("it was heard");
        let view = contact.view(LANE).cloned().unwrap_or_default();
        if view.in_flight() || !link.may_send(HEARD, contact, &view, Urgency::Flash, now) {
            continue;
        }
        let wait_ms = link.wait_ms(DeviceId(1), contact.tries(LANE), 1, false, now);
        let contact = link.contacts.get_mut(&HEARD).expect("it was heard");
        contact.view_mut(LANE).note_sent(1, now);
        contact.view_mut(LANE).stamp(now, wait_ms, 0);
        contact.calls.note_said(now, now.after_ms(wait_ms), true);
        tries += 1;
    }
    tries
}

#[test]
fn one_who_never_answered_is_told_a_few_times_and_once_more_for_every_word_of_it() {
    let mut link = radio(&[2]);
    let tries = tries_within(&mut link, 0, 5);
    assert!((6..=8).contains(&tries), "{tries}");
    assert_eq!(tries_within(&mut link, 5, 5), 0);
    hear(&mut link, HEARD, 10 * 3_600_000);
    assert!((1..=8).contains(&tries_within(&mut link, 10, 5)));
    link.note_proved(HEARD);
    assert!(tries_within(&mut link, 15, 5) > 25, "one who answered once is called for ever");
}

#[test]
fn an_ack_proves_a_neighbour_only_if_it_tells_of_what_was_just_said_to_it() {
    let mut link = radio(&[2]);
    let contact = link.contacts.get_mut(&HEARD).expect("it was heard");
    assert!(!contact.hear(&ack(3), Mono(1), 0), "it may have been said elsewhere, long ago");
    contact.view_mut(LANE).note_sent(4, Mono(2));
    assert!(!contact.hear(&ack(3), Mono(3), 0), "nor is this news");
    assert!(contact.hear(&ack(4), Mono(4), 0));
    contact.view_mut(LANE).note_sent(5, Mono(5));
    contact.view_mut(LANE).leave_to(DeviceId(7), Mono(5), 1_000, 0);
    assert!(!contact.hear(&ack(5), Mono(6), 0), "another had said that");
}

#[test]
fn repairs_are_left_to_an_author_only_once_it_has_answered() {
    let (own, asker) = (DeviceId(1), DeviceId(3));
    let mut link = radio(&[2, 3, 4]);
    let lane = LaneId { author: HEARD, ..LANE };
    let now = Mono(1_000);
    let crowd = link.crowd(now);
    let mut dice = Dice::new(3);
    assert!(!link.is_authors_to_send(own, HEARD, asker, crowd, now));
    assert!(link.overheard_wait_ms(HEARD, asker, link.crowd(now), now, &mut dice) < 60_000);
    let soon = link.repair_hold(own, lane, asker, now, &mut Dice::new(4));
    link.note_proved(HEARD);
    assert!(link.is_authors_to_send(own, HEARD, asker, crowd, now));
    assert_eq!(link.overheard_wait_ms(HEARD, asker, link.crowd(now), now, &mut dice), u64::MAX);
    assert!(link.repair_hold(own, lane, asker, now, &mut Dice::new(4)) > soon);
}

#[test]
fn of_one_who_never_answered_and_keeps_silent_no_beacon_asks_any_more() {
    let mut link = radio(&[2]);
    let is_present = |link: &Link, at| link.is_present(&link.contacts[&HEARD], Mono(at));
    let later_ms = link.live_ms() + 1;
    assert!(is_present(&link, 1_000) && !is_present(&link, later_ms));
    link.note_proved(HEARD);
    assert!(is_present(&link, later_ms));
}

#[test]
fn what_one_says_as_news_and_another_acknowledges_proves_both() {
    let (speaker, news) = (DeviceId(3), LANE.at(7));
    let mut link = radio(&[2, 3, 4]);
    link.note_news(news, speaker, Mono(1_000));
    link.note_acked(speaker, &ack(7), Mono(1_100));
    link.note_acked(HEARD, &ack(6), Mono(1_100));
    let late_ms = 1_000 + link.pause_ms(0) + 60_000;
    link.note_acked(HEARD, &ack(7), Mono(late_ms));
    assert_eq!([2, 3, 4].map(|device| link.is_proved(DeviceId(device))), [false; 3]);
    link.note_acked(HEARD, &ack(7), Mono(2_000));
    assert_eq!([2, 3, 4].map(|device| link.is_proved(DeviceId(device))), [true, true, false]);
}
