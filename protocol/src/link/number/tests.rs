//! Which frames of a link carry their number whole.

use super::*;
use crate::base::start::Start;
use crate::base::time::Wall;

const NOW: Mono = Mono(50_000);
const START: Start = Start::of_bytes([1; 6]);
/// A moment after [`START`] and the next one were drawn, ms since 1970.
const WALL: Wall = Wall(1_577_836_800_000 + (0x0101_0101_0101 >> 22) * 64_000);

fn at(mono: Mono) -> Now {
    Now { mono, wall: WALL }
}

fn number(counter: u64) -> FrameNo {
    FrameNo { start: START, counter }
}

/// Says so many frames, the first under `from`; which of them told more than the low bits, counted
/// from 1.
fn say(numbers: &mut Numbers, from: u64, count: u64, is_shared: bool, now: Mono) -> Vec<u64> {
    let mut whole = Vec::new();
    for nth in 1..=count {
        let number = number(from + nth - 1);
        let form = numbers.form(number, is_shared, at(now));
        numbers.note_said(number, form, now);
        whole.extend((form > NumberForm::Short).then_some(nth));
    }
    whole
}

/// A link on which the first frame was answered.
fn answered() -> Numbers {
    let mut numbers = Numbers::default();
    assert_eq!(say(&mut numbers, 0, 1, true, NOW), [1]);
    numbers.note_answered();
    numbers
}

#[test]
fn a_start_is_said_whole_and_then_ever_more_seldom() {
    assert_eq!(say(&mut answered(), 1, 200, true, NOW), [64, 128, 192]);
}

#[test]
fn where_nobody_answers_one_frame_in_sixteen_goes_whole() {
    let mut numbers = Numbers::default();
    let whole = say(&mut numbers, 0, 80, false, NOW);
    assert_eq!(whole, [1, 2, 4, 8, 16, 32, 48, 64, 80]);
}

#[test]
fn another_start_is_said_from_the_beginning() {
    let mut numbers = answered();
    say(&mut numbers, 1, 1, true, NOW);
    let next = FrameNo { start: Start::of_bytes([1, 1, 1, 1, 2, 0]), counter: 0 };
    use NumberForm::{Near, Short, Whole};
    for form in [Near, Whole, Short, Whole, Short] {
        assert_eq!(numbers.form(next, true, at(NOW)), form, "nobody answered it");
        numbers.note_said(next, form, NOW);
    }
}

#[test]
fn whoever_is_new_is_told_a_near_number_and_whoever_asks_a_whole_one() {
    let mut numbers = answered();
    numbers.owe();
    assert_eq!(numbers.form(number(1), true, at(NOW)), NumberForm::Near);
    let other_day = Now { wall: Wall(WALL.0 + 24 * 3_600_000), ..at(NOW) };
    assert_eq!(numbers.form(number(1), true, other_day), NumberForm::Whole, "it is not near");
    numbers.note_said(number(1), NumberForm::Near, NOW);
    assert_eq!(numbers.form(number(2), true, at(NOW)), NumberForm::Short);
    assert!(numbers.note_asked(NOW.after_ms(100)), "its clock did not tell it the rest");
    numbers.owe();
    assert_eq!(numbers.form(number(2), true, at(NOW)), NumberForm::Whole);
}

#[test]
fn a_counter_that_went_far_elsewhere_is_said_whole_here() {
    let mut numbers = answered();
    assert_eq!(say(&mut numbers, 1, 2, true, NOW), [] as [u64; 0]);
    let far = |far| numbers.form(number(far), true, at(NOW));
    assert_eq!(far(2 + GAP_MAX - 1), NumberForm::Short);
    assert_eq!(far(2 + GAP_MAX), NumberForm::Whole);
}

#[test]
fn on_a_shared_channel_somebody_may_only_listen() {
    let later = NOW.after_ms(LISTENERS_MS);
    assert_eq!(say(&mut answered(), 1, 3, true, later), [1]);
    assert_eq!(say(&mut answered(), 1, 3, false, later), [] as [u64; 0]);
}

#[test]
fn whoever_asks_is_given_one_whole_number_unless_one_has_just_gone() {
    let mut numbers = answered();
    assert!(numbers.note_asked(NOW), "it heard a near number, and does not know it");
    assert_eq!(numbers.form(number(1), false, at(NOW)), NumberForm::Whole);
    numbers.note_said(number(1), NumberForm::Whole, NOW);
    assert!(!numbers.note_asked(NOW.after_ms(CROSSED_MS - 1)), "it crossed ours");
    assert_eq!(say(&mut numbers, 2, 3, false, NOW), [] as [u64; 0]);
    let later = NOW.after_ms(CROSSED_MS);
    assert!(numbers.note_asked(later), "we have not said much since we started");
    assert_eq!(say(&mut numbers, 5, 2, false, later), [1]);
    say(&mut numbers, 7, 67, false, later);
    let late = later.after_ms(CROSSED_MS);
    assert!(!numbers.note_asked(late), "it is somebody else most likely");
    assert_eq!(say(&mut numbers, 74, 2, false, late), [1]);
}

#[test]
fn what_cannot_be_opened_is_asked_for_with_pauses_that_grow() {
    let mut numbers = Numbers::default();
    let mut now = NOW;
    for pause_ms in [15_000, 30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000] {
        assert!(numbers.note_unopened(now) && numbers.asks());
        numbers.note_said(number(1), NumberForm::Short, now);
        assert!(!numbers.asks(), "it was asked");
        now = now.after_ms(pause_ms);
        assert!(!numbers.note_unopened(Mono(now.0 - 1)));
    }
    assert!(numbers.asks_in_vain());
    numbers.note_new_start();
    assert!(!numbers.asks_in_vain());
    assert!(numbers.note_unopened(now), "it helped, so it is asked at once");
}

#[test]
fn an_answer_that_is_called_for_again_tells_its_start() {
    let mut numbers = answered();
    say(&mut numbers, 1, 1, true, NOW);
    for form in [NumberForm::Near, NumberForm::Whole, NumberForm::Whole] {
        numbers.note_repeated();
        assert_eq!(numbers.form(number(2), true, at(NOW)), form);
        numbers.note_said(number(2), form, NOW);
    }
    assert_eq!(numbers.form(number(3), true, at(NOW)), NumberForm::Short);
}

#[test]
fn a_name_is_left_out_while_the_other_end_is_known_to_know_us() {
    type Doubt = (&'static str, fn(&mut Numbers));
    let mut numbers = answered();
    assert!(numbers.may_be_nameless());
    let doubts: [Doubt; 6] = [
        ("somebody asks", |numbers| _ = numbers.note_asked(NOW.after_ms(CROSSED_MS))),
        ("it started again", Numbers::note_new_start),
        ("somebody is new there", Numbers::owe),
        ("nobody is known there", Numbers::owe_whole),
        ("an answer is called for again", Numbers::note_repeated),
        ("we started again", |numbers| {
            let next = FrameNo { start: Start::of_bytes([1, 1, 1, 1, 2, 0]), counter: 0 };
            numbers.note_said(next, NumberForm::Near, NOW);
        }),
    ];
    for (why, doubt) in doubts {
        doubt(&mut numbers);
        assert!(!numbers.may_be_nameless(), "{why}");
        numbers.note_answered();
        assert!(numbers.may_be_nameless(), "{why}, and it answered");
    }
    assert!(numbers.note_unopened(NOW) && !numbers.may_be_nameless(), "to ask takes a name");
}
