//! How one that does not answer is called, and that it gets the rest once it does.

use super::*;
use crate::base::dice::Dice;
use crate::base::ids::{Lane as LaneName, LinkId};
use crate::base::time::{Now, Wall};
use crate::link::profile::{Medium, Profile};
use crate::log::book::Book;

const GONE: DeviceId = DeviceId(2);

fn lane(author: u16) -> LaneId {
    LaneId::first(DeviceId(author), LaneName::Command)
}

fn at(ms: u64) -> Now {
    Now { mono: Mono(ms), wall: Wall(ms) }
}

/// A radio on which one device was heard, and answered.
fn radio() -> Link {
    link(Medium::Broadcast)
}

fn link(medium: Medium) -> Link {
    let profile = Profile {
        mtu: 256,
        rate_bit_s: 1200,
        per_burst_ms: 800,
        medium,
        half_duplex: true,
        beacon_max_ms: 60_000,
        ..Profile::default()
    };
    let mut dice = Dice::new(1);
    let mut link = Link::new(LinkId(1), profile, Mono(0), &mut dice);
    link.hear(GONE, &Book::default(), at(0), &mut dice);
    link.note_proved(GONE);
    link
}

/// The first lane goes into a frame at this moment: how many of these lanes may go on the next
/// one, if no answer comes?
fn lanes_called(link: &mut Link, lanes: &[LaneId], now: Mono) -> usize {
    lanes_called_as(link, lanes, Urgency::Flash, now)
}

fn lanes_called_as(link: &mut Link, lanes: &[LaneId], urgency: Urgency, now: Mono) -> usize {
    let mut said = 0;
    for id in lanes {
        link.told.clear();
        let contact = link.contacts.get(&GONE).expect("it was heard");
        let view = contact.view(*id).cloned().unwrap_or_default();
        if !link.may_send(GONE, contact, &view, urgency, now) {
            continue;
        }
        said += 1;
        let contact = link.contacts.get_mut(&GONE).expect("it was heard");
        contact.view_mut(*id).note_sent(1, now);
        contact.view_mut(*id).stamp(now, 10_000, 0);
        contact.calls.note_said(now, now.after_ms(10_000), true);
    }
    link.expire(now.after_ms(10_000));
    said
}

#[test]
fn one_that_does_not_answer_is_called_with_one_frame_and_now_and_then_with_all() {
    let (mut link, lanes) = (radio(), [lane(1), lane(3), lane(4)]);
    let calls: Vec<usize> =
        (1..=12).map(|n| lanes_called(&mut link, &lanes, Mono(n * 1_000_000))).collect();
    assert_eq!(calls, [3, 3, 3, 1, 1, 1, 1, 1, 3, 1, 1, 1]);
    link.hear(GONE, &Book::default(), at(13_000_000), &mut Dice::new(2));
    assert_eq!(lanes_called(&mut link, &lanes, Mono(13_000_000)), 3, "it is there again");
}

#[test]
fn what_is_no_order_is_never_all_said_again_to_one_that_does_not_answer() {
    let (mut link, lanes) = (radio(), [lane(1), lane(3), lane(4)]);
    let mut call = |n: u64, urgency| {
        let now = Mono(n * 10_000);
        lanes_called_as(&mut link, &lanes, urgency, now)
    };
    let calls: Vec<usize> = (1..=9).map(|n| call(n, Urgency::Stock)).collect();
    assert_eq!(calls, [3, 3, 3, 1, 1, 1, 1, 1, 1]);
    (10..16).for_each(|n| _ = call(n, Urgency::Directory));
    assert_eq!(call(16, Urgency::Receipt), 1);
    assert_eq!(call(17, Urgency::Receipt), 3, "but the orders and receipts are");
}

#[test]
fn what_goes_into_the_same_frame_costs_no_call_more() {
    let mut link = radio();
    (1..=3).for_each(|n| _ = lanes_called(&mut link, &[lane(1)], Mono(n * 1_000_000)));
    let now = Mono(4_000_000);
    let contact = link.contacts.get_mut(&GONE).expect("it was heard");
    contact.calls.note_said(now, now.after_ms(10_000), true);
    let may = |link: &Link| {
        let contact = &link.contacts[&GONE];
        link.may_send(GONE, contact, &View::default(), Urgency::Flash, now)
    };
    assert!(!may(&link));
    link.told.insert(GONE);
    assert!(may(&link));
}

#[test]
fn a_digest_stands_for_a_long_record_when_nobody_of_those_meant_answers() {
    let (mut link, own) = (radio(), DeviceId(1));
    let now = Mono(4_000_000);
    assert!(
        !link.calls_instead(own, &[GONE], (lane(1), 1, Urgency::Flash), now),
        "it has not been called yet"
    );
    (1..=3).for_each(|n| _ = lanes_called(&mut link, &[lane(1)], Mono(n * 1_000_000)));
    assert!(
        !link.calls_instead(own, &[GONE, ANYONE], (lane(1), 1, Urgency::Flash), now),
        "another may hear it"
    );
    assert!(link.calls_instead(own, &[GONE], (lane(1), 1, Urgency::Flash), now));
    assert_eq!(link.digest_at, Some(now));
    let contact = &link.contacts[&GONE];
    let view = contact.view(lane(1)).expect("it was spoken to about the lane");
    assert!(view.is_held_back(now) && contact.calls.is_under_way(now));
    assert!(link.next_deadline().is_none() || !view.is_held_back(now.after_ms(300_001)));
}

#[test]
fn a_flash_order_in_parts_is_said_once_before_a_digest_stands_for_it() {
    let (mut link, own) = (radio(), DeviceId(1));
    (1..=3).for_each(|n| _ = lanes_called(&mut link, &[lane(1)], Mono(n * 1_000_000)));
    let now = Mono(4_000_000);
    let stands_in =
        |link: &mut Link, urgency| link.calls_instead(own, &[GONE], (lane(3), 1, urgency), now);
    assert!(!stands_in(&mut link, Urgency::Flash), "nobody there was told of it");
    link.contacts.get_mut(&GONE).expect("it was heard").view_mut(lane(3)).note_sent(1, now);
    assert!(stands_in(&mut link, Urgency::Flash), "what follows is a call like any other");
    let other = (lane(4), 1, Urgency::Immediate);
    assert!(link.calls_instead(own, &[GONE], other, now), "others wait for an answer");
}

#[test]
fn a_flash_order_that_others_heard_is_no_news_for_one_that_keeps_silent() {
    let (mut link, own, here) = (radio(), DeviceId(1), DeviceId(4));
    link.hear(here, &Book::default(), at(0), &mut Dice::new(3));
    let mut ours = Lane::new(lane(3));
    (1..=2).for_each(|seq| _ = ours.offer(seq, &[7; 40], &|_| Urgency::Flash));
    ours.note_saved(2, 0, 0);
    let now = Mono(4_000_000);
    let is_news = |link: &Link, to| {
        let view = link.contacts[&to].view(lane(3)).cloned().unwrap_or_default();
        link.is_flash_news(to, &view, (lane(3), &ours), Urgency::Flash)
    };
    (1..=3).for_each(|n| _ = lanes_called(&mut link, &[lane(1)], Mono(n * 1_000_000)));
    assert!(is_news(&link, GONE), "nobody was told of it");
    // To the one that is there both went, to the other the first: a digest stands for the second.
    for (to, last) in [(here, 2), (GONE, 1)] {
        let view = link.contacts.get_mut(&to).expect("it was heard").view_mut(lane(3));
        (1..=last).for_each(|seq| view.note_sent(seq, now));
        view.note_lost();
    }
    assert!(link.calls_instead(own, &[GONE], (lane(3), 2, Urgency::Flash), now));
    assert!(!is_news(&link, GONE), "the first would go with every call");
    link.hear(GONE, &Book::default(), at(4_100_000), &mut Dice::new(3));
    assert!(is_news(&link, GONE), "it is there again");
}

#[test]
fn what_a_digest_stood_for_goes_at_once_when_it_is_answered() {
    let (mut link, own) = (radio(), DeviceId(1));
    (1..=5).for_each(|n| _ = lanes_called(&mut link, &[lane(1)], Mono(n * 1_000_000)));
    let now = Mono(6_000_000);
    assert!(link.calls_instead(own, &[GONE], (lane(1), 1, Urgency::Flash), now));
    let held = |link: &Link| {
        let view = link.contacts[&GONE].view(lane(1)).cloned();
        view.expect("it was spoken to about the lane").is_held_back(now.after_ms(10_000))
    };
    assert!(held(&link));
    link.hear(GONE, &Book::default(), at(6_009_000), &mut Dice::new(2));
    assert!(!held(&link));
}

#[test]
fn the_record_whose_call_makes_the_count_full_is_the_first_that_goes() {
    let (mut link, own) = (radio(), DeviceId(1));
    (1..=3).for_each(|n| _ = lanes_called(&mut link, &[lane(1)], Mono(n * 1_000_000)));
    let mut instead = Vec::new();
    for n in 4..=9 {
        let now = Mono(n * 1_000_000);
        instead.push(link.calls_instead(own, &[GONE], (lane(1), 1, Urgency::Flash), now));
        let view = link.contacts[&GONE].view(lane(1)).expect("it was spoken to about the lane");
        assert_eq!(view.is_held_back(now), instead[instead.len() - 1]);
    }
    assert_eq!(instead, [true, true, true, true, true, false]);
}

#[test]
fn a_link_of_two_forgets_whom_it_called_in_vain_once_another_is_there() {
    let another = DeviceId(3);
    for (medium, is_kept) in [(Medium::Unicast, false), (Medium::Broadcast, true)] {
        let mut link = link(medium);
        let hear = |link: &mut Link, device, ms| {
            link.hear(device, &Book::default(), at(ms), &mut Dice::new(2));
        };
        (1..=2).for_each(|n| _ = lanes_called(&mut link, &[lane(1)], Mono(n * 1_000_000)));
        hear(&mut link, another, 2_500_000);
        link.note_proved(another);
        assert!(link.contacts.contains_key(&GONE), "two calls may have been lost");
        lanes_called(&mut link, &[lane(1)], Mono(3_000_000));
        hear(&mut link, another, 3_500_000);
        assert!(link.contacts.contains_key(&another));
        assert_eq!(link.contacts.contains_key(&GONE), is_kept, "{medium:?}");
        hear(&mut link, GONE, 4_000_000);
        assert_eq!(lanes_called(&mut link, &[lane(1)], Mono(4_000_000)), 1, "it is back");
    }
}

/// When something is said to one that is gone, s, within an hour in which something new comes for
/// it every `every_s`.
fn seconds_of_calls(every_s: u64) -> Vec<u64> {
    let (mut link, mut lanes, mut calls) = (radio(), Vec::new(), Vec::new());
    for second in 1..=3_600 {
        let now = Mono(second * 1_000);
        if second % every_s == 1 {
            lanes.push(lane(lanes.len() as u16 + 3));
        }
        link.expire(now);
        link.told.clear();
        for id in &lanes {
            let contact = link.contacts.get(&GONE).expect("it was heard");
            let view = contact.view(*id).cloned().unwrap_or_default();
            if view.in_flight() || !link.may_send(GONE, contact, &view, Urgency::Receipt, now) {
                continue;
            }
            let wait_ms = link.wait_ms(DeviceId(1), contact.tries(*id), 1, false, now);
            let contact = link.contacts.get_mut(&GONE).expect("it was heard");
            contact.view_mut(*id).note_sent(1, now);
            contact.view_mut(*id).stamp(now, wait_ms, 0);
            let is_first = link.told.insert(GONE);
            contact.calls.note_said(now, now.after_ms(wait_ms), is_first);
            if is_first {
                calls.push(second);
            }
        }
    }
    calls
}

#[test]
fn the_pauses_of_one_that_is_gone_are_its_own_however_many_lanes_wait_for_it() {
    let alone = seconds_of_calls(10_000);
    let calls = seconds_of_calls(90);
    let told = format!("{calls:?}, and {alone:?} for one lane");
    // What comes while all is said again, once in forty minutes, goes at once.
    assert!(calls.len() <= 2 * alone.len(), "{told}");
    let whole = alone[WHOLE_CALL_EVERY as usize]..=alone[WHOLE_CALL_EVERY as usize + 1];
    let short_calls = |calls: &[u64]| calls.iter().filter(|at| !whole.contains(at)).count();
    assert!(short_calls(&calls) <= short_calls(&alone) + 1, "{told}");
}

/// A frame of one record after the other goes to the one that is gone: which is the last record of
/// this call?
fn said_in_a_call(link: &mut Link, ours: &Lane, now: Mono) -> Option<u32> {
    link.expire(now);
    let mut last = None;
    for _ in 0..100 {
        link.told.clear();
        let contact = link.contacts.get_mut(&GONE).expect("it was heard");
        let says_none = contact.view_mut(lane(3)).next(ours).is_none();
        contact.goes_on(says_none, now);
        let view = contact.view(lane(3)).cloned().expect("it was spoken to about the lane");
        let contact = link.contacts.get(&GONE).expect("it was heard");
        let may = link.may_send(GONE, contact, &view, Urgency::Immediate, now);
        let Some(next) = view.next(ours).filter(|_| may) else { break };
        let contact = link.contacts.get_mut(&GONE).expect("it was heard");
        contact.view_mut(lane(3)).note_sent(next, now);
        contact.view_mut(lane(3)).stamp(now, 10_000, 0);
        contact.calls.note_said(now, now.after_ms(10_000), true);
        last = Some(next);
    }
    last
}

/// A radio on which somebody was called three times in vain, and a lane of thirty orders for it.
fn gone_with_thirty_orders() -> (Link, Lane) {
    let mut link = radio();
    let mut ours = Lane::new(lane(3));
    (1..=30).for_each(|seq| _ = ours.offer(seq, &[7; 40], &|_| Urgency::Immediate));
    ours.note_saved(30, 0, 0);
    (1..=3).for_each(|n| _ = lanes_called(&mut link, &[lane(1)], Mono(n * 1_000_000)));
    (link, ours)
}

#[test]
fn a_call_in_vain_goes_on_where_the_last_one_ended_and_a_long_one_has_an_end() {
    let (mut link, ours) = gone_with_thirty_orders();
    let mut call = |n: u64| said_in_a_call(&mut link, &ours, Mono(n * 1_000_000));
    let short: Vec<_> = (4..=8).map(&mut call).collect();
    assert_eq!(short, [1, 2, 3, 4, 5].map(Some), "a frame each");
    assert_eq!(call(9), Some(5 + WHOLE_CALL_FRAMES), "the eighth");
    assert_eq!(call(10), Some(6 + WHOLE_CALL_FRAMES));
    let rest: Vec<_> = (11..=17).map(&mut call).collect();
    assert_eq!(rest, [23, 24, 25, 26, 27, 28, 30].map(Some));
    assert_eq!(call(18), Some(1), "all was said: it begins anew");
}

#[test]
fn a_call_in_vain_is_over_when_its_time_is_whatever_of_it_is_late_before() {
    let mut link = radio();
    (1..=8).for_each(|n| _ = lanes_called(&mut link, &[lane(1)], Mono(n * 1_000_000)));
    let begin = Mono(9_000_000);
    let mut of = link.contacts.get_mut(&GONE).expect("it was heard").calls;
    assert!(of.is_long(Urgency::Immediate), "the eighth call");
    of.note_said(begin, begin.after_ms(500_000), true);
    // A lane of it had a shorter pause.
    of.note_unanswered(begin.after_ms(300_000));
    assert!(of.is_long(Urgency::Immediate) && of.is_under_way(begin.after_ms(499_999)));
    of.end(begin.after_ms(500_000));
    assert!(of.is_short(Urgency::Immediate), "it is counted once");
    of.note_unanswered(begin.after_ms(600_000));
    assert_eq!(of.tries(), 9);
}

#[test]
fn whoever_is_heard_after_calls_in_vain_gets_all_that_was_said_in_them() {
    let (mut link, ours) = gone_with_thirty_orders();
    for n in 4..=8 {
        said_in_a_call(&mut link, &ours, Mono(n * 1_000_000));
    }
    link.expire(Mono(9_000_000));
    let next = |link: &Link| link.contacts[&GONE].view(lane(3)).and_then(|view| view.next(&ours));
    assert_eq!(next(&link), Some(6));
    link.hear(GONE, &Book::default(), at(9_100_000), &mut Dice::new(2));
    assert_eq!(next(&link), Some(1));
}
