//! Who is named, and what names tell those who hear them.

use super::*;
use crate::link::line::Answer;
use crate::link::turns::tests::{NOW, radio};

const RIDGE: DeviceId = DeviceId(1);
const VALLEYS: [DeviceId; 2] = [DeviceId(2), DeviceId(3)];

#[test]
fn a_few_are_named_when_they_are_told_again_and_not_before() {
    let mut link = radio(&[2, 3]);
    link.begin_telling();
    assert!(!link.is_roll_due(&VALLEYS), "most hear each other, and names cost bytes");
    link.note_told_again(VALLEYS[0]);
    assert!(!link.is_roll_due(&VALLEYS), "one that did not answer met nobody");
    link.note_told_again(VALLEYS[1]);
    assert!(link.is_roll_due(&VALLEYS));
    link.begin_telling();
    assert!(!link.is_roll_due(&VALLEYS), "another frame, which says something new");
}

#[test]
fn who_hears_the_ridge_alone_keeps_the_place_it_was_named_in() {
    let mut link = radio(&[1]);
    let last = VALLEYS[1];
    assert_eq!(link.answer(last, RIDGE, None, NOW), Answer::InLine(0), "it seems to be alone");
    link.note_roll(&VALLEYS, NOW);
    assert_eq!(link.answer(last, RIDGE, None, NOW), Answer::InLine(1));
    assert_eq!(link.answer(VALLEYS[0], RIDGE, None, NOW), Answer::InLine(0));
    let later = NOW.after_ms(link.live_ms() + 1);
    assert_eq!(link.answer(last, RIDGE, None, later), Answer::InLine(0), "it may be gone");
}

#[test]
fn of_those_who_are_named_no_more_are_remembered_than_a_link_has_contacts() {
    let mut link = radio(&[1]);
    for first in [1, 300, 600] {
        let named: Vec<DeviceId> = (first..first + 200).map(DeviceId).collect();
        link.note_roll(&named, NOW);
    }
    assert_eq!(link.roll.len(), ROLL_MAX as u64);
    assert_eq!(link.place_in_line(DeviceId(900), DeviceId(2), NOW), ROLL_MAX as u64 - 1);
}
