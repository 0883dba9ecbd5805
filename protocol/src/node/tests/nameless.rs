//! Frames on cards that do not say whose they are: from when on, and what becomes of it when the
//! other end forgets or is another machine.

use super::converge::{order, saved_id};
use super::lab::Lab;
use super::made_up::{card, udp};
use crate::wire::frame::FrameView;

const SLOT_MS: u64 = 60_000;

/// Two posts with a card each, of which the first one's frames are taped.
fn two_cards() -> Lab {
    let mut lab = Lab::new(2, 5);
    lab.tape_of = Some(0);
    lab.join(&[0, 1], &card(78));
    lab
}

/// The first says something, and both have it.
fn say(lab: &mut Lab, text: &str) {
    saved_id(lab.ask(0, order("U2", text)));
    assert!(lab.run_until_agreed(1_800).is_some(), "{text}");
}

/// How many of the frames that were taped since say whose they are, and how many do not.
fn named(lab: &mut Lab) -> (usize, usize) {
    let taped = std::mem::take(&mut lab.taped);
    let names: Vec<bool> = taped
        .iter()
        .filter_map(|frame| FrameView::new(frame).ok())
        .map(|view| view.header.sender.is_some())
        .collect();
    let named = names.iter().filter(|is_named| **is_named).count();
    (named, names.len() - named)
}

#[test]
fn frames_are_nameless_once_the_other_end_has_answered() {
    let mut lab = two_cards();
    lab.run_ms(2 * SLOT_MS);
    let (first, nameless) = named(&mut lab);
    assert!(first > 0 && nameless == 0, "{first} {nameless}: nothing was answered yet");
    (0..6).for_each(|number| say(&mut lab, &format!("第{number}号")));
    let (named, nameless) = named(&mut lab);
    assert!(nameless >= 6 && named <= nameless, "{named} {nameless}");
}

#[test]
fn where_the_network_names_nobody_every_frame_does() {
    let mut lab = Lab::new(2, 5);
    lab.tape_of = Some(0);
    lab.join(&[0, 1], &udp("cable"));
    (0..6).for_each(|number| say(&mut lab, &format!("第{number}号")));
    assert_eq!(named(&mut lab).1, 0);
}

#[test]
fn whoever_starts_again_follows_after_it_asked() {
    let mut lab = two_cards();
    (0..3).for_each(|number| say(&mut lab, &format!("第{number}号")));
    named(&mut lab);
    lab.start(1);
    say(&mut lab, "又一号");
    assert!(named(&mut lab).0 > 0, "it said its name again");
    (0..3).for_each(|number| say(&mut lab, &format!("再{number}号")));
    assert!(named(&mut lab).1 > 0, "and then no more");
}

#[test]
fn another_machine_behind_the_same_card_is_spoken_to_by_name() {
    // The second and the third hear the first by one link of its, as if a card were handed on.
    let mut lab = Lab::new(3, 5);
    lab.tape_of = Some(0);
    lab.stop(2);
    lab.join(&[0, 1, 2], &card(78));
    lab.run_ms(SLOT_MS);
    saved_id(lab.ask(0, order("all", "第一号")));
    assert!(lab.run_until_agreed_among(&[0, 1], 1_800).is_some());
    saved_id(lab.ask(0, order("all", "第二号")));
    assert!(lab.run_until_agreed_among(&[0, 1], 1_800).is_some());
    assert!(named(&mut lab).1 > 0);
    lab.stop(1);
    lab.start(2);
    saved_id(lab.ask(0, order("all", "第三号")));
    assert!(lab.run_until_agreed_among(&[0, 2], 3 * 3_600).is_some());
    assert!(named(&mut lab).0 > 0);
}
