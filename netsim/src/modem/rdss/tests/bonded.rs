//! Real drivers bonded over the made-up terminals: cards taking turns, one of them failing, a
//! restart in between.

use sanduan_protocol::link::modem::rdss::{Body, Bond, Bonded, LetterFate, Message, SlotClock};

use super::*;

/// The card that hears all of it.
const LISTENER: u32 = 498_765;
/// A card that no terminal has: somebody's handset.
const HANDSET: u32 = 455_555;

/// A station with several cards, and a far card that listens.
struct Station {
    sky: RdssSky,
    drivers: Vec<Rdss>,
    bond: Bond,
    slots: Vec<SlotClock>,
    now: u64,
    /// Messages that left, and from which terminal.
    sent: Vec<usize>,
    /// Messages that reached the listener.
    arrived: usize,
    /// What handsets show.
    shown: Vec<(u32, String)>,
    /// What handsets wrote.
    heard: Vec<String>,
}

impl Station {
    fn new(cards: u32) -> Station {
        let mut numbers: Vec<u32> = (0..cards).map(|n| 412_345 + n).collect();
        numbers.push(LISTENER);
        let mut station = Station {
            sky: RdssSky::new(RdssConfig::civil(), &numbers, GROUP, 7),
            drivers: Vec::new(),
            bond: Bond::new(0),
            slots: Vec::new(),
            now: 1_000,
            sent: Vec::new(),
            arrived: 0,
            shown: Vec::new(),
            heard: Vec::new(),
        };
        station.restart(cards as usize);
        station.run(20_000);
        station
    }

    /// The daemon is new; what it kept of the slots is all it knows.
    fn restart(&mut self, cards: usize) {
        let settings = Settings { dialect: Dialect::V2_1, level_bits: None, mtu_max: 1200 };
        self.drivers = (0..cards).map(|_| Rdss::new(settings.clone())).collect();
        self.bond = Bond::new(cards);
        for at in 0..cards {
            self.drivers[at].remember(self.slots.clone());
            self.give(at, Input::Opened);
        }
    }

    fn give(&mut self, at: usize, input: Input<'_>) {
        let now = Now { mono: Mono(self.now), wall: Wall(1_000_000 + self.now) };
        self.drivers[at].handle(input, now);
        loop {
            match self.drivers[at].poll_output() {
                Output::Wait(_) => return,
                Output::Write(bytes) => {
                    self.sky.host_wrote(TerminalId(at as u16), &bytes, now.mono);
                }
                Output::Save(slot) => {
                    self.slots.retain(|kept| kept.card != slot.card);
                    self.slots.push(slot);
                }
                Output::State(state) => self.bond.settle(at, state),
                Output::Ready => self.bond.open(at, now.mono),
                Output::Slot(free_at) => self.bond.note_slot(at, free_at, now),
                Output::Signal(percent) => self.bond.note_signal(at, percent),
                Output::Unsent(message) => {
                    self.bond.give_back(message);
                }
                Output::TextSent(tag) => self.bond.piece_ended(tag, true),
                Output::TextLost(tag) => self.bond.piece_ended(tag, false),
                Output::Text { text, .. } => self.heard.push(text),
                Output::Heard { .. } | Output::Dropped(_) => {}
            }
        }
    }

    fn offer(&mut self, count: usize) {
        for _ in 0..count {
            let message = Message::frame(LISTENER, &[7; 77]);
            assert!(self.bond.take(message), "room for it");
        }
    }

    fn run(&mut self, ms: u64) {
        let end = self.now + ms;
        while self.now < end {
            self.now += 100;
            while let Some(event) = self.sky.poll(Mono(self.now)) {
                match event {
                    RdssEvent::ToHost(id, bytes) if usize::from(id.0) < self.drivers.len() => {
                        self.give(usize::from(id.0), Input::Bytes(&bytes));
                    }
                    RdssEvent::Sent(id, _) => self.sent.push(usize::from(id.0)),
                    RdssEvent::Arrived(_) => self.arrived += 1,
                    RdssEvent::Shown(card, text) => self.shown.push((card, text)),
                    RdssEvent::ToHost(..) | RdssEvent::Refused(..) | RdssEvent::Missed(..) => {}
                }
            }
            for at in 0..self.drivers.len() {
                self.give(at, Input::Tick);
            }
            while let Some((at, Message { to, body })) = self.bond.hand_over() {
                match body {
                    Body::Frame(frame) => self.give(at, Input::Frame { to, frame: &frame }),
                    Body::Text { tag, gb } => self.give(at, Input::Text { to, tag, gb: &gb }),
                }
            }
        }
    }

    fn early(&self) -> u64 {
        self.sky.terminals().map(|(id, _)| self.sky.counts(id).early).sum()
    }
}

#[test]
fn a_long_text_reaches_a_handset_beside_frames_and_its_answer_comes_back() {
    let mut station = Station::new(2);
    let order = "【特急】3-12号：沿江低洼户立即转移到羊石小学，带好证件和药品，关好水电气。\
        收到回1,落实后回3*户*人,不能执行回4*原因";
    station.bond.write(1, HANDSET, order);
    station.offer(2);
    station.run(2 * 61_000 + 20_000);
    let wide = order.replace(',', "，").replace('*', "＊");
    let shown: String = station.shown.iter().map(|(_, text)| &text[5..]).collect();
    assert_eq!(shown, wide);
    let numbers: Vec<&str> = station.shown.iter().map(|(_, text)| &text[..5]).collect();
    assert_eq!(numbers, ["(1/2)", "(2/2)"]);
    assert!(station.shown.iter().all(|(card, _)| *card == HANDSET));
    assert_eq!((station.arrived, station.early()), (2, 0));
    assert_eq!(station.bond.next_fate(), Some((1, LetterFate::Sent)));
    for as_bytes in [false, true] {
        let (from, at, text) = (HANDSET, TerminalId(0), "3 38 121".to_owned());
        station.sky.handle(Handling::Text { from, at, text, as_bytes });
    }
    station.sky.handle(Handling::Off(HANDSET, true));
    station.bond.write(2, HANDSET, "撤");
    station.run(70_000);
    assert_eq!(station.heard, ["3 38 121"], "marked as bytes it is for the shell to tell");
    assert_eq!((station.shown.len(), station.bond.next_fate()), (2, Some((2, LetterFate::Sent))));
}

#[test]
fn three_cards_of_a_minute_carry_three_frames_a_minute_and_none_early() {
    let mut station = Station::new(3);
    let Bonded::Up(together) = station.bond.bonded() else { panic!("up") };
    assert_eq!((together.mtu, together.interval_ms), (77, 20_000));
    station.offer(9);
    station.run(3 * 61_000 - 5_000);
    let mut by_card = [0; 3];
    station.sent.iter().for_each(|at| by_card[*at] += 1);
    assert_eq!((by_card, station.arrived, station.early()), ([3; 3], 9, 0));
}

#[test]
fn frames_of_a_card_that_fails_leave_by_the_others() {
    for fault in [
        Fault::CardOut(true),
        Fault::Inhibited(Some(Inhibited::Power)),
        Fault::Inhibited(Some(Inhibited::Suppressed)),
    ] {
        let mut station = Station::new(3);
        station.sky.order(TerminalId(1), fault);
        station.offer(3);
        station.run(90_000);
        assert!(matches!(station.bond.bonded(), Bonded::Up(_)), "{fault:?}");
        assert_eq!((station.arrived, station.early()), (3, 0), "{fault:?}: none is lost");
    }
}

#[test]
fn a_blocked_terminal_is_passed_over_and_taken_up_again() {
    let mut station = Station::new(2);
    station.sky.order(TerminalId(0), Fault::Blocked(true));
    station.run(2_000);
    station.offer(3);
    station.run(130_000);
    // The first one may have been in the blocked terminal's hands already; it came back.
    assert_eq!((station.arrived, station.sent.contains(&0)), (3, false));
    station.sky.order(TerminalId(0), Fault::Blocked(false));
    station.run(70_000);
    station.offer(2);
    station.run(10_000);
    assert!(station.sent.contains(&0), "{:?}", station.sent);
    assert_eq!(station.early(), 0);
}

#[test]
fn a_restart_with_several_cards_sends_none_of_them_early() {
    let mut station = Station::new(3);
    station.offer(2);
    station.run(10_000);
    station.restart(3);
    station.run(5_000);
    station.offer(6);
    station.run(20_000);
    assert_eq!(station.sent.len(), 3, "only the card that had not sent was free");
    station.run(130_000);
    assert_eq!((station.arrived, station.early()), (8, 0));
}
