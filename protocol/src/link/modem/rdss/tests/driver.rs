//! The driver against a terminal played by hand: every move with its moment.

use super::super::machine::{
    ASK_EVERY_MS, FEEDBACK_MS_MAX, GUARD_MS, INHIBIT_MS_MIN, SIGNAL_LOST_MS,
};
use super::super::{Input, Message, Output, Rdss, RdssState, Settings, SlotClock};
use super::*;
use crate::base::caps::RDSS_QUEUE_MAX;
use crate::base::time::{Mono, Now, Wall};

const ICI: &str = "BDICI,0412345,00012345,2097151,5,60,3,N,10";
const GOOD: &str = "BDBSI,3,4,0,0,4,2,0,0,0,0,0,0";
const BLOCKED: &str = "BDBSI,0,0,0,0,0,0,0,0,0,0,0,0";
const SENT: &str = "BDFKI,TXA,Y,Y,0,0000";
/// The card of [`ICI`]: 60 s and the guard.
const SLOT_MS: u64 = 60_000 + GUARD_MS;
const PEER: u32 = 498_765;

/// Wall clock at `Mono(0)`.
const WALL_MS: u64 = 1_000_000_000;

struct Desk {
    rdss: Rdss,
    now: u64,
    /// What was last said of signal and slot; kept apart from the rest.
    signal_pct: Option<u8>,
    slot: Option<Mono>,
}

impl Desk {
    fn new(saved: Option<SlotClock>) -> Desk {
        let mut desk = Desk::of(Dialect::V2_1);
        desk.rdss.remember(saved.into_iter().collect());
        desk
    }

    fn of(dialect: Dialect) -> Desk {
        let settings = Settings { dialect, level_bits: None, mtu_max: 1200 };
        Desk { rdss: Rdss::new(settings), now: 1_000, signal_pct: None, slot: None }
    }

    /// Opened, card told, signal there; what was said on the way is left out.
    fn up(saved: Option<SlotClock>) -> Desk {
        let mut desk = Desk::new(saved);
        desk.give(Input::Opened);
        desk.say(ICI);
        desk.say(GOOD);
        desk
    }

    fn give(&mut self, input: Input<'_>) -> Vec<Output> {
        let now = Now { mono: Mono(self.now), wall: Wall(WALL_MS + self.now) };
        self.rdss.handle(input, now);
        let mut said = Vec::new();
        loop {
            match self.rdss.poll_output() {
                Output::Wait(at) => {
                    assert!(at.is_none_or(|at| at.0 >= self.now), "a deadline in the past");
                    return said;
                }
                Output::Signal(percent) => self.signal_pct = Some(percent),
                Output::Slot(at) => self.slot = Some(at),
                output => said.push(output),
            }
        }
    }

    fn say(&mut self, words: &str) -> Vec<Output> {
        self.give(Input::Bytes(&line(words)))
    }

    fn frame(&mut self, frame: &[u8]) -> Vec<Output> {
        self.give(Input::Frame { to: PEER, frame })
    }

    /// Time passes with a good signal report every second; what was said meanwhile.
    fn pass(&mut self, ms: u64) -> Vec<Output> {
        let end = self.now + ms;
        let mut said = Vec::new();
        while self.now < end {
            self.now = (self.now + 1_000).min(end);
            said.extend(self.say(GOOD));
        }
        said
    }

    fn saved(&self) -> Output {
        Output::Save(SlotClock { card: 412_345, sent: Wall(WALL_MS + self.now) })
    }
}

fn write(words: &str) -> Output {
    Output::Write(line(words))
}

fn unsent(frame: &[u8]) -> Output {
    Output::Unsent(Message::frame(PEER, frame))
}

fn up() -> Output {
    let card = Card { id: 412_345, group: 2_097_151, interval_s: 60, level: 3 };
    Output::State(RdssState::Up { card, mtu: 77, signs: 44 })
}

#[test]
fn a_terminal_is_asked_then_waits_for_signal_and_opens_its_slot() {
    let mut desk = Desk::new(None);
    let asked = vec![write("CCICA,0,00"), write("CCRMO,BSI,2,1")];
    assert_eq!(desk.give(Input::Opened), asked);
    assert_eq!(desk.say(BLOCKED), vec![]);
    assert_eq!(desk.say(ICI), vec![Output::State(RdssState::NoSignal)]);
    assert_eq!(desk.frame(b"x"), vec![Output::Dropped("rdss_not_up")]);
    assert_eq!(desk.say(GOOD), vec![up(), Output::Ready]);
    assert_eq!(desk.say(GOOD), vec![], "ready is said once a slot");
    let sent = write("CCTXA,0498765,1,2,A401C0");
    assert_eq!(desk.frame(&[0x01, 0xC0]), vec![desk.saved(), sent]);
}

#[test]
fn the_next_message_leaves_when_the_interval_has_passed_and_never_before() {
    let mut desk = Desk::up(None);
    desk.frame(b"a");
    desk.now += 3_000;
    assert_eq!(desk.say(SENT), vec![], "cooling: no ready yet");
    assert_eq!(desk.pass(SLOT_MS - 3_000 - 1), vec![]);
    desk.now += 1;
    assert_eq!(desk.say(GOOD), vec![Output::Ready]);
    // A frame handed over while it cools leaves by itself at the right moment.
    desk.frame(b"b");
    desk.say(SENT);
    assert_eq!(desk.frame(b"c"), vec![]);
    let said = desk.pass(SLOT_MS - 1);
    assert_eq!(said, vec![]);
    desk.now += 1;
    assert_eq!(desk.give(Input::Tick), vec![desk.saved(), write("CCTXA,0498765,1,2,A463")]);
}

#[test]
fn a_missing_answer_counts_as_sent_and_burns_the_slot() {
    let mut desk = Desk::up(None);
    desk.frame(b"a");
    let said = desk.pass(FEEDBACK_MS_MAX);
    assert_eq!(said, vec![Output::Dropped("rdss_no_feedback")]);
    assert_eq!(desk.pass(SLOT_MS - FEEDBACK_MS_MAX - 1), vec![]);
    desk.now += 1;
    assert_eq!(desk.say(GOOD), vec![Output::Ready]);
}

#[test]
fn a_refusal_with_seconds_sends_the_same_message_again_after_them() {
    let mut desk = Desk::up(None);
    desk.frame(b"a");
    desk.frame(b"b");
    assert_eq!(desk.say("BDFKI,TXA,N,N,0,0045"), vec![]);
    assert_eq!(desk.pass(45_000 + GUARD_MS - 1), vec![]);
    desk.now += 1;
    let again = vec![desk.saved(), write("CCTXA,0498765,1,2,A461")];
    assert_eq!(desk.give(Input::Tick), again, "the refused one first");
}

#[test]
fn every_order_not_to_send_takes_the_link_down_and_is_tried_again() {
    for (words, why) in [
        ("BDFKI,TXA,N,Y,1,0000", Inhibit::Suppressed),
        ("BDFKI,TXA,N,Y,2,0000", Inhibit::Power),
        ("BDFKI,TXA,N,Y,3,0000", Inhibit::Silence),
    ] {
        let mut desk = Desk::up(None);
        desk.frame(b"a");
        desk.frame(b"b");
        let said = desk.say(words);
        let inhibited = Output::State(RdssState::Inhibited(why));
        assert_eq!(said, vec![unsent(b"a"), unsent(b"b"), inhibited], "both are given back");
        assert_eq!(desk.frame(b"c"), vec![Output::Dropped("rdss_not_up")]);
        let said = desk.pass(SLOT_MS.max(INHIBIT_MS_MIN));
        assert_eq!(said.first(), Some(&Output::State(RdssState::Starting)), "asked again");
        assert_eq!(desk.say(ICI), vec![up(), Output::Ready], "what waited was let go");
    }
}

#[test]
fn a_blocked_sky_stops_sending_at_once_and_takes_the_link_down_later() {
    let mut desk = Desk::up(None);
    assert_eq!(desk.say(BLOCKED), vec![]);
    assert_eq!(desk.frame(b"a"), vec![], "not into a blocked sky");
    assert_eq!(desk.signal_pct, Some(0));
    desk.now += SIGNAL_LOST_MS;
    let said = desk.give(Input::Tick);
    assert!(said.starts_with(&[unsent(b"a"), Output::State(RdssState::NoSignal)]), "{said:?}");
    desk.now += ASK_EVERY_MS;
    let said = desk.say(GOOD);
    assert!(said.ends_with(&[up(), Output::Ready]), "{said:?}");
}

#[test]
fn a_restart_waits_out_the_slot_of_the_same_card_only() {
    let sent = |card, ago_ms: u64| SlotClock { card, sent: Wall(WALL_MS + 1_000 - ago_ms) };
    let cases = [
        (Some(sent(412_345, 20_000)), SLOT_MS - 20_000),
        (Some(sent(412_345, SLOT_MS)), 0),
        (Some(sent(999_999, 20_000)), 0),
        (Some(SlotClock { card: 412_345, sent: Wall(u64::MAX) }), SLOT_MS),
        (None, 0),
    ];
    for (saved, wait_ms) in cases {
        let desk = Desk::up(saved);
        assert_eq!(desk.rdss.free_at().0.saturating_sub(1_000), wait_ms, "{saved:?}");
    }
    // Neither is the slot forgotten when the serial line is opened again.
    let mut desk = Desk::up(None);
    desk.frame(b"a");
    let free_at = desk.rdss.free_at();
    desk.give(Input::Opened);
    desk.say(ICI);
    assert_eq!(desk.say(GOOD), vec![up()], "up, but not ready");
    assert_eq!(desk.rdss.free_at(), free_at);
}

#[test]
fn a_card_that_another_terminal_used_waits_for_its_own_slot_here() {
    let mut desk = Desk::up(None);
    desk.give(Input::Frame { to: PEER, frame: b"a" });
    let other = SlotClock { card: 499_999, sent: Wall(WALL_MS + desk.now + 30_000) };
    desk.now += 40_000;
    desk.rdss.remember(vec![other]);
    // The terminal is opened with the other card in it, which sent ten seconds ago.
    desk.give(Input::Opened);
    desk.say(&ICI.replace("0412345", "0499999"));
    assert_eq!(desk.rdss.free_at().0, desk.now + SLOT_MS - 10_000);
}

#[test]
fn signal_and_slot_are_told_when_they_change() {
    let mut desk = Desk::up(None);
    assert_eq!((desk.signal_pct.take(), desk.slot.take()), (Some(100), None));
    desk.say(GOOD);
    assert_eq!(desk.signal_pct, None, "nothing new");
    desk.frame(b"a");
    assert_eq!(desk.slot, Some(Mono(desk.now + SLOT_MS)));
    desk.say("BDBSI,3,4,0,0,2,1,0,0,0,0,0,0");
    assert_eq!(desk.signal_pct, Some(50));
    // Reports that stop coming are no signal either.
    desk.now += SIGNAL_LOST_MS;
    desk.give(Input::Tick);
    assert_eq!(desk.signal_pct, Some(0));
}

#[test]
fn what_is_wrong_with_a_terminal_is_told_apart() {
    let mut desk = Desk::new(None);
    desk.give(Input::Opened);
    desk.now += ASK_EVERY_MS;
    let said = desk.give(Input::Tick);
    assert_eq!(said.last(), Some(&Output::State(RdssState::Mute)));
    let none = "BDICI,0000000,00000000,0000000,0,0,0,N,0";
    assert_eq!(desk.say(none), vec![Output::State(RdssState::NoCard)]);
    let small = "BDICI,0412345,00012345,2097151,5,60,2,N,10";
    let too_small = RdssState::TooSmall { level: 2, bytes: Some(50) };
    assert_eq!(desk.say(small), vec![Output::State(too_small)]);
    assert_eq!(desk.say(ICI), vec![Output::State(RdssState::NoSignal)]);
}

#[test]
fn a_damaged_sentence_is_handed_over_three_times() {
    let mut desk = Desk::of(Dialect::BDS3);
    desk.give(Input::Opened);
    desk.say("BDICP,4198765,0,0,0,0,0,0,0,0,0,0,0,0,60,5,0,0,0,0,0,0,0,0");
    desk.say("BDPWI,081519.00,00,01,01,42,0,0");
    desk.frame(b"a");
    for _ in 0..2 {
        let said = desk.say("BDFKI,081520,TCQ,N,11,0");
        assert_eq!(said.last(), Some(&write("CCTCQ,498765,1,2,2,61,0")));
    }
    let said = desk.say("BDFKI,081520,TCQ,N,11,0");
    assert_eq!(said, vec![Output::Dropped("rdss_damaged")]);
}

#[test]
fn messages_are_heard_and_our_own_echo_is_not() {
    let mut desk = Desk::up(None);
    let heard = Output::Heard { from: PEER, frame: vec![1, 2] };
    assert_eq!(desk.say("BDTXR,1,0498765,2,,A40102"), vec![heard]);
    let echo = vec![Output::Dropped("rdss_own_echo")];
    assert_eq!(desk.say("BDTXR,3,0412345,2,,A40102"), echo);
    let said = desk.give(Input::Bytes(b"$BDTXR,1,0498765,2,,A40102*00\r\n"));
    assert_eq!(said, vec![Output::Dropped("rdss_bad_check")]);
}

#[test]
fn frames_beyond_the_card_and_beyond_the_queue_are_refused() {
    let mut desk = Desk::up(None);
    assert_eq!(desk.frame(&[0; 78]), vec![Output::Dropped("rdss_over_mtu")]);
    desk.frame(&[0; 77]);
    for _ in 0..RDSS_QUEUE_MAX {
        assert_eq!(desk.frame(b"x"), vec![]);
    }
    assert_eq!(desk.frame(b"x"), vec![Output::Dropped("rdss_queue_full")]);
}
