//! The driver against a modem played by hand, lines as TS 27.005 has them.

use super::super::pdu::Submit;
use super::super::timing::{
    ANSWER_MS_MAX, FAILED_PAUSES_MS, FRAME_TRIES_MAX, NETWORK_LOST_MS, SIGNAL_EVERY_MS,
};
use super::super::{Fault, Input, Number, Output, Settings, Sms, SmsState};
use crate::base::time::Mono;

const OK: &[u8] = b"\r\nOK\r\n";

struct Desk {
    sms: Sms,
    now: u64,
}

impl Desk {
    fn new() -> Desk {
        Desk { sms: Sms::new(Settings { wants_reports: true }), now: 1_000 }
    }

    /// Set up, registered, store emptied, signal known: nothing to do.
    fn up() -> Desk {
        let mut desk = Desk::new();
        desk.give(Input::Opened);
        for _ in 0..2 {
            desk.says(OK);
        }
        desk.says(b"\r\n+CPIN: READY\r\n\r\nOK\r\n");
        for _ in 0..3 {
            desk.says(OK);
        }
        desk.registers();
        desk
    }

    /// From the last command of the set-up to readiness.
    fn registers(&mut self) {
        let said = self.says(b"\r\n+CREG: 0,1\r\n\r\nOK\r\n");
        assert_eq!(said, [Output::State(SmsState::Up), write("AT+CMGL=4")]);
        assert_eq!(self.says(OK), [write("AT+CSQ")]);
        let said = self.says(b"\r\n+CSQ: 31,99\r\n\r\nOK\r\n");
        assert_eq!(said, [Output::Signal(Some(100)), write("AT+CREG?")]);
        assert_eq!(self.says(b"\r\n+CREG: 0,1\r\n\r\nOK\r\n"), [Output::Ready]);
    }

    fn give(&mut self, input: Input<'_>) -> Vec<Output> {
        self.sms.handle(input, Mono(self.now));
        let mut said = Vec::new();
        loop {
            match self.sms.poll_output() {
                Output::Wait(at) => {
                    assert!(at.is_none_or(|at| at.0 > self.now), "a deadline that has passed");
                    return said;
                }
                output => said.push(output),
            }
        }
    }

    fn says(&mut self, bytes: &[u8]) -> Vec<Output> {
        self.give(Input::Bytes(bytes))
    }

    /// Time passes; signal and network are asked for and are good. What else was said.
    fn pass(&mut self, ms: u64) -> Vec<Output> {
        let end = self.now + ms;
        let mut rest = Vec::new();
        while self.now < end {
            self.now = (self.now + 1_000).min(end);
            let mut said = self.give(Input::Tick);
            while let Some(at) = said.iter().position(is_routine) {
                let asked = said.remove(at);
                let answer: &[u8] = match asked == write("AT+CREG?") {
                    true => b"\r\n+CREG: 0,1\r\n\r\nOK\r\n",
                    false => OK,
                };
                said.extend(self.says(answer));
            }
            rest.extend(said);
        }
        rest
    }
}

fn is_routine(output: &Output) -> bool {
    ["AT+CSQ", "AT+CREG?", "AT+CMGL=4"].into_iter().any(|command| *output == write(command))
}

fn write(command: &str) -> Output {
    Output::Write(format!("{command}\r").into_bytes())
}

fn message(submit: &Submit) -> Output {
    Output::Write([submit.hex().as_bytes(), &[0x1A]].concat())
}

fn peer() -> Number {
    "13800000001".parse().expect("a number")
}

#[test]
fn a_frame_goes_out_by_prompt_and_reference_and_then_another_is_wanted() {
    let mut desk = Desk::up();
    let submit = Submit::frame(&peer(), b"hello", false, 11).expect("fits");
    let said = desk.give(Input::Frame { to: &peer(), frame: b"hello" });
    assert_eq!(said, [write(&format!("AT+CMGS={}", submit.octets()))]);
    assert_eq!(desk.says(b"\r\n> "), [message(&submit)]);
    assert_eq!(desk.says(b"\r\n+CMGS: 7\r\n"), []);
    assert_eq!(desk.says(OK), [Output::Ready]);
}

#[test]
fn messages_and_reports_are_taken_in_at_any_moment() {
    let mut desk = Desk::up();
    let frame = b"\r\n+CMT: ,29\r\n00440BA13108000000F1000462112132000023090605041E8B1E8BABCD\r\n";
    let heard = Output::Heard { from: peer(), frame: vec![0xAB, 0xCD] };
    assert_eq!(desk.says(frame), [heard]);
    desk.give(Input::Text { to: &peer(), text: "收到回1", tag: 40 });
    let text = "00040BA13108000000F10000621121320000230131";
    let said = desk.says(format!("\r\n+CMT: ,21\r\n{text}\r\n").as_bytes());
    assert_eq!(said, [Output::Text { from: peer(), text: "1".to_owned() }]);
    desk.says(b"\r\n> ");
    assert_eq!(desk.says(b"\r\n+CMGS: 5\r\n\r\nOK\r\n"), [Output::TextSent(40)]);
    let report = format!("0006050BA13108000000F1{}00", "62112132000023".repeat(2));
    let said = desk.says(format!("\r\n+CDS: 25\r\n{report}\r\n").as_bytes());
    assert_eq!(said, [Output::TextReport(40, true)]);
    // The same report again belongs to nothing.
    let said = desk.says(format!("\r\n+CDS: 25\r\n{report}\r\n").as_bytes());
    assert_eq!(said, [Output::Dropped("sms_stray_report")]);
}

#[test]
fn a_modem_that_only_stores_is_asked_and_its_store_is_emptied() {
    let mut desk = Desk::new();
    desk.give(Input::Opened);
    desk.says(OK);
    desk.says(OK);
    desk.says(b"\r\n+CPIN: READY\r\n\r\nOK\r\n");
    desk.says(OK);
    assert_eq!(desk.says(OK), [write("AT+CNMI=2,2,0,1,0")]);
    assert_eq!(desk.says(b"\r\n+CMS ERROR: 303\r\n"), [write("AT+CNMI=2,1,0,0,0")]);
    assert_eq!(desk.says(OK), [write("AT+CREG?")]);
    desk.registers();
    assert_eq!(desk.says(b"\r\n+CMTI: \"SM\",2\r\n"), [write("AT+CMGL=4")]);
    let stored = "00040BA13108000000F10000621121320000230131";
    let said = desk.says(format!("\r\n+CMGL: 2,0,,21\r\n{stored}\r\n\r\nOK\r\n").as_bytes());
    assert_eq!(said, [Output::Text { from: peer(), text: "1".to_owned() }, write("AT+CMGD=2")]);
    assert_eq!(desk.says(OK), []);
}

#[test]
fn a_busy_network_is_tried_again_and_a_frame_not_for_ever() {
    let mut desk = Desk::up();
    desk.give(Input::Frame { to: &peer(), frame: b"hello" });
    for round in 0..FRAME_TRIES_MAX {
        desk.says(b"\r\n> ");
        let said = desk.says(b"\r\n+CMS ERROR: 42\r\n");
        assert!(said.contains(&Output::Dropped("sms_network_busy")), "{said:?}");
        let is_over = round + 1 == FRAME_TRIES_MAX;
        assert_eq!(said.contains(&Output::Dropped("sms_gave_up")), is_over);
        let pause_ms = FAILED_PAUSES_MS[round as usize];
        let again = desk.pass(pause_ms + 1_000);
        let asked = again.iter().any(|output| matches!(output, Output::Write(_)));
        assert_eq!(asked, !is_over, "{again:?}");
    }
}

#[test]
fn a_text_to_a_number_that_does_not_exist_fails_at_once_with_all_its_parts() {
    let mut desk = Desk::up();
    let text = "字".repeat(100);
    desk.give(Input::Text { to: &peer(), text: &text, tag: 1 });
    desk.give(Input::Text { to: &peer(), text: "二", tag: 2 });
    desk.says(b"\r\n> ");
    let said = desk.says(b"\r\n+CMS ERROR: 1\r\n");
    assert!(said.contains(&Output::TextFailed(1, Fault::Address(1))), "{said:?}");
    let next = Submit::text(&peer(), "二", 2, true).remove(0);
    assert!(said.contains(&write(&format!("AT+CMGS={}", next.octets()))), "{said:?}");
}

#[test]
fn a_text_that_waits_is_not_taken_twice() {
    let mut desk = Desk::up();
    for tag in [1, 1, 2, 2] {
        desk.give(Input::Text { to: &peer(), text: "一", tag });
    }
    let mut sent = Vec::new();
    for _ in 0..2 {
        desk.says(b"\r\n> ");
        sent.extend(desk.says(b"\r\n+CMGS: 1\r\n\r\nOK\r\n"));
    }
    sent.retain(|output| matches!(output, Output::TextSent(_)));
    assert_eq!(sent, [Output::TextSent(1), Output::TextSent(2)]);
    assert_eq!(desk.pass(60_000), []);
}

#[test]
fn people_and_machines_take_turns_at_the_card() {
    let mut desk = Desk::up();
    desk.give(Input::Text { to: &peer(), text: "一", tag: 1 });
    desk.give(Input::Text { to: &peer(), text: "二", tag: 2 });
    desk.give(Input::Frame { to: &peer(), frame: b"f" });
    let mut kinds = String::new();
    for _ in 0..3 {
        let said = desk.says(b"\r\n> ");
        let Some(Output::Write(line)) = said.first() else { panic!("{said:?}") };
        let is_frame = String::from_utf8_lossy(line).contains("1E8B");
        kinds.push(if is_frame { 'f' } else { 't' });
        desk.says(b"\r\n+CMGS: 1\r\n\r\nOK\r\n");
    }
    assert_eq!(kinds, "tft");
}

#[test]
fn a_missing_card_a_lost_network_and_a_dead_modem_are_told_apart() {
    let mut desk = Desk::new();
    desk.give(Input::Opened);
    desk.says(OK);
    desk.says(OK);
    assert_eq!(desk.says(b"\r\n+CPIN: SIM PIN\r\n"), [Output::State(SmsState::NoCard)]);
    desk.says(OK);
    desk.now += NETWORK_LOST_MS;
    assert_eq!(desk.give(Input::Tick), [write("ATE0")], "looked for again");
    let mut desk = Desk::up();
    desk.now += SIGNAL_EVERY_MS;
    desk.give(Input::Tick);
    desk.says(b"\r\n+CSQ: 99,99\r\n\r\nOK\r\n");
    desk.says(b"\r\n+CREG: 0,2\r\n\r\nOK\r\n");
    desk.now += NETWORK_LOST_MS;
    assert!(desk.give(Input::Tick).contains(&Output::State(SmsState::NoNetwork)));
    let refused = desk.give(Input::Frame { to: &peer(), frame: b"f" });
    assert!(refused.contains(&Output::Dropped("sms_not_up")));
    let mut said = Vec::new();
    for _ in 0..3 {
        desk.now += ANSWER_MS_MAX;
        said.extend(desk.give(Input::Tick));
    }
    assert!(said.contains(&Output::State(SmsState::Mute)), "{said:?}");
}

#[test]
fn what_was_half_said_when_the_line_broke_goes_out_again_if_a_person_waits_for_it() {
    let mut desk = Desk::up();
    desk.give(Input::Frame { to: &peer(), frame: b"old" });
    desk.says(b"\r\n> ");
    desk.says(b"\r\n+CMGS: 1\r\n\r\nOK\r\n");
    desk.give(Input::Text { to: &peer(), text: "撤", tag: 9 });
    desk.says(b"\r\n> ");
    assert_eq!(desk.give(Input::Opened), [Output::Write(vec![0x1B]), write("ATE0")]);
    for _ in 0..2 {
        desk.says(OK);
    }
    desk.says(b"\r\n+CPIN: READY\r\n\r\nOK\r\n");
    for _ in 0..3 {
        desk.says(OK);
    }
    desk.says(b"\r\n+CREG: 0,1\r\n\r\nOK\r\n");
    desk.says(OK);
    desk.says(OK);
    let said = desk.says(b"\r\n+CREG: 0,1\r\n\r\nOK\r\n");
    let octets = Submit::text(&peer(), "撤", 1, true)[0].octets();
    assert!(said.contains(&write(&format!("AT+CMGS={octets}"))), "{said:?}");
}

#[test]
fn a_signal_beyond_all_numbers_is_an_unknown_one() {
    let mut desk = Desk::up();
    let said = desk.says(b"\r\n+CSQ: 42949673,99\r\n");
    assert_eq!(said, [Output::Signal(None)]);
}
