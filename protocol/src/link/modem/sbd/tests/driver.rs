//! The driver against a modem played by hand, byte strings as a 9602 says them.

use super::super::timing::{
    ANSWER_MS_MAX, BUSY_MS, FAILED_PAUSES_MS, MISSED_RINGS_MS, SESSION_GAP_MS, SESSION_MS_MAX,
    SIGNAL_EVERY_MS, SIGNAL_LOST_MS, THREE_MINUTES_MS, TRIES_MAX,
};
use super::super::{Input, Output, Sbd, SbdState, Settings};
use crate::base::time::Mono;

const POLL_MS: u64 = 3_600_000;
const OK: &[u8] = b"\r\nOK\r\n";
const UP: Output = Output::State(SbdState::Up { mtu: 270 });

struct Desk {
    sbd: Sbd,
    now: u64,
    /// What was last said of signal and slot; kept apart from the rest.
    signal_pct: Option<u8>,
    slot: Option<Mono>,
}

impl Desk {
    fn new() -> Desk {
        let settings = Settings { mtu: 270, poll_ms: POLL_MS };
        Desk { sbd: Sbd::new(settings), now: 1_000, signal_pct: None, slot: None }
    }

    /// Set up, up, and past the first look for messages.
    fn up() -> Desk {
        let mut desk = Desk::new();
        desk.give(Input::Opened);
        for _ in 0..3 {
            desk.says(OK);
        }
        desk.says(b"\r\n0\r\n\r\nOK\r\n");
        desk.says(b"\r\n+CSQF:4\r\n\r\nOK\r\n");
        desk.says(b"\r\n+SBDIX: 0, 1, 0, 0, 0, 0\r\n\r\nOK\r\n");
        desk.now += SESSION_GAP_MS;
        assert_eq!(desk.give(Input::Tick), [Output::Ready]);
        desk
    }

    /// With a frame in the modem and a session begun.
    fn in_session(frame: &[u8]) -> Desk {
        let mut desk = Desk::up();
        desk.give(Input::Frame(frame));
        desk.says(b"\r\nREADY\r\n");
        let said = desk.says(b"\r\n0\r\n\r\nOK\r\n");
        assert_eq!(said, [write("AT+SBDIX")]);
        desk
    }

    fn give(&mut self, input: Input<'_>) -> Vec<Output> {
        self.sbd.handle(input, Mono(self.now));
        let mut said = Vec::new();
        loop {
            match self.sbd.poll_output() {
                Output::Wait(at) => {
                    assert!(at.is_none_or(|at| at.0 > self.now), "a deadline that has passed");
                    return said;
                }
                Output::Signal(percent) => self.signal_pct = Some(percent),
                Output::Slot(at) => self.slot = at,
                output => said.push(output),
            }
        }
    }

    fn says(&mut self, bytes: &[u8]) -> Vec<Output> {
        self.give(Input::Bytes(bytes))
    }

    fn ends(&mut self, numbers: &str) -> Vec<Output> {
        self.says(format!("\r\n+SBDIX: {numbers}\r\n\r\nOK\r\n").as_bytes())
    }

    /// Time passes; signal is looked at and is good. What else was said.
    fn pass(&mut self, ms: u64) -> Vec<Output> {
        let end = self.now + ms;
        let mut rest = Vec::new();
        while self.now < end {
            self.now = (self.now + 1_000).min(end);
            let mut said = self.give(Input::Tick);
            if said.contains(&write("AT+CSQF")) {
                said.retain(|output| *output != write("AT+CSQF"));
                said.extend(self.says(b"\r\n+CSQF:3\r\n\r\nOK\r\n"));
            }
            rest.extend(said);
        }
        rest
    }
}

fn write(command: &str) -> Output {
    Output::Write(format!("{command}\r").into_bytes())
}

#[test]
fn a_modem_is_set_up_then_its_bars_are_read_then_the_gateway_is_asked() {
    let mut desk = Desk::new();
    assert_eq!(desk.give(Input::Opened), [write("ATE0")]);
    assert_eq!(desk.says(b"ATE0\r\r\nOK\r\n"), [write("AT&K0")]);
    assert_eq!(desk.says(OK), [write("AT+SBDMTA=1")]);
    assert_eq!(desk.says(OK), [write("AT+SBDD0")]);
    assert_eq!(desk.says(b"\r\n0\r\n\r\nOK\r\n"), [write("AT+CSQF")]);
    assert_eq!(desk.give(Input::Frame(b"x")), [Output::Dropped("sbd_not_up")]);
    assert_eq!(desk.says(b"\r\n+CSQF:3\r\n\r\nOK\r\n"), [UP, write("AT+SBDIX")]);
    assert_eq!(desk.ends("0, 1, 0, 0, 0, 0"), []);
    desk.now += SESSION_GAP_MS;
    assert_eq!(desk.give(Input::Tick), [Output::Ready]);
}

#[test]
fn a_frame_is_written_with_its_sum_sent_and_cleared() {
    let mut desk = Desk::up();
    assert_eq!(desk.give(Input::Frame(b"hello")), [write("AT+SBDWB=5")]);
    let bytes = Output::Write(b"hello\x02\x14".to_vec());
    assert_eq!(desk.says(b"\r\nREADY\r\n"), [bytes]);
    assert_eq!(desk.says(b"\r\n0\r\n\r\nOK\r\n"), [write("AT+SBDIX")]);
    assert_eq!(desk.ends("0, 2, 0, 0, 0, 0"), [write("AT+SBDD0")]);
    assert_eq!(desk.says(b"\r\n0\r\n\r\nOK\r\n"), []);
    desk.now += SESSION_GAP_MS;
    assert_eq!(desk.give(Input::Tick), [Output::Ready]);
}

#[test]
fn a_second_frame_never_takes_the_first_one_along() {
    let mut desk = Desk::in_session(b"one");
    assert_eq!(desk.give(Input::Frame(b"two!")), []);
    assert_eq!(desk.ends("0, 2, 0, 0, 0, 0"), [write("AT+SBDD0")]);
    assert_eq!(desk.says(b"\r\n0\r\n\r\nOK\r\n"), []);
    assert_eq!(desk.pass(SESSION_GAP_MS), [write("AT+SBDWB=4")]);
}

#[test]
fn nobody_knows_means_sent_and_the_gateway_is_asked_again() {
    let mut desk = Desk::in_session(b"one");
    let said = desk.ends("18, 2, 2, 0, 0, 0");
    assert_eq!(said, [Output::Dropped("sbd_ambiguous"), write("AT+SBDD0")]);
    desk.says(b"\r\n0\r\n\r\nOK\r\n");
    // The next session carries nothing of ours.
    assert_eq!(desk.pass(SESSION_GAP_MS), [write("AT+SBDIX")]);
}

#[test]
fn a_failed_session_is_held_again_after_longer_and_longer_pauses_then_given_up() {
    let mut desk = Desk::in_session(b"one");
    for tries in 0..TRIES_MAX - 1 {
        assert_eq!(desk.ends("13, 2, 2, 0, 0, 0"), [], "{tries}");
        let pause_ms = FAILED_PAUSES_MS[tries.min(FAILED_PAUSES_MS.len() - 1)];
        assert_eq!(desk.pass(pause_ms - 1), [], "{tries}");
        assert_eq!(desk.pass(1), [write("AT+SBDIX")], "{tries}");
    }
    let said = desk.ends("13, 2, 2, 0, 0, 0");
    assert_eq!(said, [Output::Dropped("sbd_gave_up"), write("AT+SBDD0")]);
}

#[test]
fn too_soon_waits_three_minutes() {
    let mut desk = Desk::in_session(b"one");
    assert_eq!(desk.ends("36, 2, 2, 0, 0, 0"), []);
    assert_eq!(desk.slot, Some(Mono(desk.now + THREE_MINUTES_MS)), "and says so");
    assert_eq!(desk.pass(THREE_MINUTES_MS - 1), []);
    assert_eq!(desk.pass(1), [write("AT+SBDIX")]);
    assert_eq!(desk.slot, None);
}

#[test]
fn a_busy_modem_is_asked_again_soon_and_its_frame_never_given_up() {
    let mut desk = Desk::in_session(b"one");
    for _ in 0..2 * TRIES_MAX {
        assert_eq!(desk.ends("35, 2, 2, 0, 0, 0"), []);
        assert_eq!(desk.pass(BUSY_MS), [write("AT+SBDIX")]);
    }
}

#[test]
fn bars_are_told_in_percent_when_they_change() {
    let mut desk = Desk::up();
    assert_eq!(desk.signal_pct.take(), Some(80));
    desk.pass(SIGNAL_EVERY_MS);
    assert_eq!(desk.signal_pct.take(), Some(60), "three bars");
    desk.pass(SIGNAL_EVERY_MS);
    assert_eq!(desk.signal_pct, None, "still three");
}

#[test]
fn after_a_blocked_sky_the_gateway_is_asked_for_what_rang_in_vain_but_not_often() {
    let mut desk = Desk::up();
    let mut blocked = |desk: &mut Desk, ms: u64| {
        for _ in 0..ms / SIGNAL_EVERY_MS {
            desk.now += SIGNAL_EVERY_MS;
            desk.give(Input::Tick);
            desk.says(b"\r\n+CSQF:0\r\n\r\nOK\r\n");
        }
        desk.now += SIGNAL_EVERY_MS;
        desk.give(Input::Tick);
        desk.says(b"\r\n+CSQF:1\r\n\r\nOK\r\n")
    };
    let said = blocked(&mut desk, MISSED_RINGS_MS);
    assert_eq!(said, [UP, write("AT+SBDIX")]);
    desk.ends("0, 2, 0, 0, 0, 0");
    desk.pass(SESSION_GAP_MS);
    let said = blocked(&mut desk, SIGNAL_LOST_MS);
    assert!(said.starts_with(&[UP]) && !said.contains(&write("AT+SBDIX")), "{said:?}");
}

#[test]
fn a_ring_is_answered_and_read_until_nothing_waits() {
    let mut desk = Desk::up();
    assert_eq!(desk.says(b"\r\nSBDRING\r\n"), [write("AT+SBDIXA")]);
    let said = desk.says(b"\r\n+SBDIX: 0, 2, 1, 7, 5, 1\r\n\r\nOK\r\n");
    assert_eq!(said, [write("AT+SBDRB")]);
    let said = desk.says(b"\x00\x05hello\x02\x14\r\nOK\r\n");
    assert_eq!(said, [Output::Heard(b"hello".to_vec())]);
    assert_eq!(desk.pass(SESSION_GAP_MS), [write("AT+SBDIX")], "one more waits");
    assert_eq!(desk.ends("0, 3, 1, 8, 2, 0"), [write("AT+SBDRB")]);
    let said = desk.says(b"\x00\x02hi\x00\x00\r\nOK\r\n");
    assert_eq!(said, [Output::Dropped("sbd_bad_sum")]);
    assert_eq!(desk.pass(SESSION_GAP_MS), [], "told ready before the ring already");
}

#[test]
fn the_gateway_is_asked_every_hour_when_nothing_rings() {
    let mut desk = Desk::up();
    assert_eq!(desk.pass(POLL_MS - SESSION_GAP_MS - 1_000), []);
    assert_eq!(desk.pass(1_000), [write("AT+SBDIX")]);
}

#[test]
fn a_lost_signal_takes_the_link_down_and_its_frames_with_it() {
    let mut desk = Desk::up();
    let mut said = Vec::new();
    for _ in 0..SIGNAL_LOST_MS / SIGNAL_EVERY_MS {
        desk.now += SIGNAL_EVERY_MS;
        said.extend(desk.give(Input::Tick));
        said.extend(desk.says(b"\r\n+CSQF:0\r\n\r\nOK\r\n"));
    }
    said.retain(|output| *output != write("AT+CSQF"));
    assert_eq!(said, [Output::State(SbdState::NoSignal)]);
    assert_eq!(desk.give(Input::Frame(b"x")), [Output::Dropped("sbd_not_up")]);
    desk.now += SIGNAL_EVERY_MS;
    desk.give(Input::Tick);
    assert_eq!(desk.says(b"\r\n+CSQF:1\r\n\r\nOK\r\n"), [UP, Output::Ready]);
}

#[test]
fn a_radio_switched_off_is_told_apart() {
    let mut desk = Desk::in_session(b"one");
    let said = desk.ends("34, 2, 2, 0, 0, 0");
    assert_eq!(said, [Output::State(SbdState::RadioOff), write("AT+SBDD0")]);
}

#[test]
fn a_silent_modem_is_set_up_again_and_then_called_mute() {
    let mut desk = Desk::up();
    desk.now += SIGNAL_EVERY_MS;
    assert_eq!(desk.give(Input::Tick), [write("AT+CSQF")]);
    desk.now += ANSWER_MS_MAX;
    let said = desk.give(Input::Tick);
    assert_eq!(said, [Output::Dropped("sbd_no_answer"), write("ATE0")]);
    desk.now += ANSWER_MS_MAX;
    let said = desk.give(Input::Tick);
    assert_eq!(said.last(), Some(&Output::State(SbdState::Mute)));
    // It answers again: set up from the top, the modem cleared, and up.
    for _ in 0..4 {
        desk.says(OK);
    }
    assert!(desk.sbd.state() != SbdState::Mute);
}

#[test]
fn a_session_without_an_end_counts_as_sent() {
    let mut desk = Desk::in_session(b"one");
    desk.now += SESSION_MS_MAX;
    let said = desk.give(Input::Tick);
    assert!(said.starts_with(&[Output::Dropped("sbd_no_answer")]), "{said:?}");
    for _ in 0..4 {
        desk.says(OK);
    }
    desk.says(b"\r\n0\r\n\r\nOK\r\n");
    let said = desk.says(b"\r\n+CSQF:3\r\n\r\nOK\r\n");
    assert!(!said.contains(&write("AT+SBDWB=3")), "not written again: {said:?}");
}

#[test]
fn bytes_that_the_modem_takes_amiss_are_written_again_or_dropped() {
    for (digit, said) in [(1, "sbd_write_failed"), (2, "sbd_write_failed"), (3, "sbd_wrong_length")]
    {
        let mut desk = Desk::up();
        desk.give(Input::Frame(b"one"));
        desk.says(b"\r\nREADY\r\n");
        let outputs = desk.says(format!("\r\n{digit}\r\n\r\nOK\r\n").as_bytes());
        assert_eq!(outputs.first(), Some(&Output::Dropped(said)));
        assert_eq!(outputs.contains(&write("AT+SBDWB=3")), digit != 3);
    }
}

#[test]
fn frames_beyond_the_modem_are_refused() {
    let mut desk = Desk::up();
    assert_eq!(desk.give(Input::Frame(&[0; 271])), [Output::Dropped("sbd_over_mtu")]);
    assert_eq!(desk.give(Input::Frame(&[0; 270])), [write("AT+SBDWB=270")]);
}
