//! Several terminals, each with its own card and slot, that carry the same links: who takes the
//! next frame, and how all of them stand together. What one terminal says is [`super::machine`]'s;
//! whom a frame is for is the caller's.
//!
//! ```text
//! links ─ frames ─> queue ── the slot that opened first ──> terminal 0  ┐
//!                        └─────────────────────────────────> terminal 1  ├─> one sky
//!                          unsent frames go back to its head terminal 2  ┘
//! ```
//!
//! The bond is up while one terminal is. Its interval is that of all cards together: three cards
//! of a minute are one of twenty seconds. Its frames are as long as the smallest card carries, so
//! that any card may take any frame.

use std::collections::VecDeque;

use super::dialect::Card;
use super::door::RdssState;
use super::letters::{LetterFate, Letters};
use super::message::Message;
use crate::base::caps::RDSS_QUEUE_MAX;
use crate::base::time::{Mono, Now, Wall};
use crate::link::condition::{Condition, Standing};

/// How a terminal stands, its serial line included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Seat {
    /// Nothing is known yet.
    #[default]
    New,
    /// Its serial line cannot be opened or was lost.
    Lost,
    /// As it says.
    Says(RdssState),
}

#[derive(Clone, Copy, Debug, Default)]
struct Terminal {
    seat: Seat,
    /// The card in it, while it is known and carries ours.
    card: Option<Seated>,
    signal_pct: Option<u8>,
    /// When its card may send again, for people.
    slot: Option<Wall>,
    /// Since when its slot is open for a frame.
    open_since: Option<Mono>,
}

/// A card and how much one message of it carries.
#[derive(Clone, Copy, Debug)]
struct Seated {
    card: Card,
    /// Bytes of a frame.
    mtu: u16,
    /// Signs of a text.
    signs: u16,
}

/// What all terminals together carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Together {
    /// Bytes of a frame that any card may take.
    pub mtu: u16,
    /// From one frame to the next, all cards taking turns, ms.
    pub interval_ms: u32,
}

/// What the links must be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bonded {
    /// They carry frames, as described.
    Up(Together),
    /// They carry none. Said of the terminal that is nearest to working; `None` as a state where
    /// its serial line is lost.
    Down(usize, Option<RdssState>),
    /// They carry none now; a terminal was asked and has not answered, so there is nothing to say.
    Asking,
}

/// The terminals, and what waits for a slot.
#[derive(Debug)]
pub struct Bond {
    terminals: Vec<Terminal>,
    queue: VecDeque<Message>,
    letters: Letters,
    /// The last slot went to a text: the next one is a frame's, if one waits.
    is_frames_turn: bool,
}

impl Bond {
    /// So many terminals, none of them known yet.
    pub fn new(terminals: usize) -> Bond {
        Bond {
            terminals: vec![Terminal::default(); terminals],
            queue: VecDeque::new(),
            letters: Letters::default(),
            is_frames_turn: false,
        }
    }

    /// A terminal's state changed.
    pub fn settle(&mut self, at: usize, state: RdssState) {
        let Some(terminal) = self.terminals.get_mut(at) else { return };
        terminal.seat = Seat::Says(state);
        match state {
            RdssState::Up { card, mtu, signs } => {
                terminal.card = Some(Seated { card, mtu, signs });
            }
            // The card is still there, and will be back at its turn.
            RdssState::Starting | RdssState::NoSignal | RdssState::Inhibited(_) => {}
            RdssState::Mute | RdssState::NoCard | RdssState::TooSmall { .. } => {
                terminal.card = None;
            }
        }
        if !matches!(state, RdssState::Up { .. }) {
            terminal.open_since = None;
        }
        self.let_go();
    }

    /// A terminal's serial line cannot be opened or was lost.
    pub fn lose(&mut self, at: usize) {
        let Some(terminal) = self.terminals.get_mut(at) else { return };
        *terminal = Terminal { seat: Seat::Lost, slot: terminal.slot, ..Terminal::default() };
        // Nobody knows which piece it had.
        self.letters.let_go();
        self.let_go();
    }

    /// The best satellite of a terminal has this strength, 0 to 100.
    pub fn note_signal(&mut self, at: usize, percent: u8) {
        if let Some(terminal) = self.terminals.get_mut(at) {
            terminal.signal_pct = Some(percent);
        }
    }

    /// A terminal's card may send again at this moment.
    pub fn note_slot(&mut self, at: usize, free_at: Mono, now: Now) {
        if let Some(terminal) = self.terminals.get_mut(at) {
            terminal.slot = Some(Wall(now.wall.0.saturating_add(free_at.since_ms(now.mono))));
        }
    }

    /// A terminal's slot is open.
    pub fn open(&mut self, at: usize, now: Mono) {
        if let Some(terminal) = self.terminals.get_mut(at) {
            terminal.slot = None;
            terminal.open_since = Some(now);
        }
    }

    /// A frame waits for the next slot; false if there is no room for it or no card carries it.
    pub fn take(&mut self, message: Message) -> bool {
        let fits = self.together().is_some_and(|all| message.fits(all.mtu, 0));
        let takes = fits && self.is_up() && self.queue.len() < RDSS_QUEUE_MAX;
        if takes {
            self.queue.push_back(message);
        }
        takes
    }

    /// A text for the card `to` waits for slots, as many as it takes. Its fate comes with
    /// [`Bond::next_fate`].
    pub fn write(&mut self, tag: u64, to: u32, text: &str) {
        let signs = self.cards().map(|seated| seated.signs).min().filter(|_| self.is_up());
        self.letters.add(tag, to, text, signs);
    }

    /// A piece of a text has left a terminal, or was given up by it.
    pub fn piece_ended(&mut self, tag: u64, has_left: bool) {
        match has_left {
            true => self.letters.piece_left(tag),
            false => self.letters.piece_lost(tag),
        }
    }

    /// What became of a text.
    pub fn next_fate(&mut self) -> Option<(u64, LetterFate)> {
        self.letters.next_fate()
    }

    /// Something did not leave a terminal: it is the next one again, if another can take it; false
    /// if none can, and a frame is gone.
    pub fn give_back(&mut self, message: Message) -> bool {
        if message.tag().is_some() {
            self.letters.give_back(message);
            return true;
        }
        let takes = self.is_up() && self.queue.len() < RDSS_QUEUE_MAX;
        if takes {
            self.queue.push_front(message);
        }
        takes
    }

    /// What leaves next and the terminal that takes it: the one whose slot opened first. Where
    /// both wait, texts and frames take turns, so that neither holds up the other.
    pub fn hand_over(&mut self) -> Option<(usize, Message)> {
        let is_text = match (self.queue.front(), self.letters.first()) {
            (Some(_), Some(_)) => !self.is_frames_turn,
            (_, text) => text.is_some(),
        };
        let first = if is_text { self.letters.first() } else { self.queue.front() };
        let first = first?;
        let carries = |terminal: &Terminal| {
            let carries = terminal.card.is_some_and(|card| first.fits(card.mtu, card.signs));
            terminal.open_since.filter(|_| carries)
        };
        let open = self.terminals.iter().enumerate();
        let (_, at) =
            open.filter_map(|(at, terminal)| carries(terminal).map(|since| (since, at))).min()?;
        self.terminals[at].open_since = None;
        self.is_frames_turn = is_text;
        let taken = if is_text { self.letters.pop() } else { self.queue.pop_front() };
        taken.map(|message| (at, message))
    }

    /// A slot is open and no frame waits for it, or a frame should wait for its turn after a text.
    pub fn wants_frame(&self) -> bool {
        let has_room = self.terminals.iter().any(|t| t.open_since.is_some())
            || (self.is_up() && self.letters.first().is_some());
        self.queue.is_empty() && has_room
    }

    /// The card is in one of the terminals: what it sends is no news.
    pub fn is_own(&self, card: u32) -> bool {
        self.terminals.iter().any(|t| t.card.is_some_and(|own| own.card.id == card))
    }

    /// What the links must be told now.
    pub fn bonded(&self) -> Bonded {
        if let Some(together) = self.together().filter(|_| self.is_up()) {
            return Bonded::Up(together);
        }
        let seats = self.terminals.iter().map(|terminal| terminal.seat).enumerate();
        let ranked = seats.map(|(at, seat)| (rank(seat), at, seat));
        match ranked.min_by_key(|(rank, at, _)| (*rank, *at)) {
            Some((_, at, Seat::Says(state))) if rank(Seat::Says(state)) > 0 => {
                Bonded::Down(at, Some(state))
            }
            Some((_, at, Seat::Lost)) => Bonded::Down(at, None),
            Some((_, _, Seat::New | Seat::Says(_))) | None => Bonded::Asking,
        }
    }

    /// How the bearer stands.
    pub fn condition(&self) -> Condition {
        let up = || self.terminals.iter().filter(|t| is_up(t));
        let hears = up().any(|t| t.signal_pct != Some(0));
        let says = |state| self.terminals.iter().any(|t| t.seat == Seat::Says(state));
        let next_slot = match up().any(|t| t.open_since.is_some()) {
            true => None,
            false => up().filter_map(|t| t.slot).min(),
        };
        let standing = match () {
            () if hears && next_slot.is_some() => Standing::Cooling,
            () if hears => Standing::Clear,
            () if self.is_up() || says(RdssState::NoSignal) => Standing::NoSignal,
            () if says(RdssState::Mute) => Standing::Unknown,
            () => Standing::Clear,
        };
        let signal_pct = self.terminals.iter().filter_map(|t| t.signal_pct).max();
        Condition { standing, signal_pct, next_slot, ..Condition::default() }
    }

    fn cards(&self) -> impl Iterator<Item = Seated> + '_ {
        self.terminals.iter().filter_map(|terminal| terminal.card)
    }

    fn is_up(&self) -> bool {
        self.terminals.iter().any(is_up)
    }

    /// Of all cards that are there, those of terminals under a blocked sky included: they come
    /// back, and a link that changed its size each time would repeat itself each time.
    fn together(&self) -> Option<Together> {
        let mtu = self.cards().map(|seated| seated.mtu).min()?;
        // Sends of all cards in a thousand hours: so many that a rest does not show.
        const SPAN_MS: u64 = 3_600_000_000;
        let sends: u64 = self.cards().map(|seated| SPAN_MS / interval_ms(&seated.card)).sum();
        let interval_ms = u32::try_from(SPAN_MS / sends.max(1)).unwrap_or(u32::MAX);
        Some(Together { mtu, interval_ms })
    }

    /// Without a terminal that is up, frames that wait are old by the time one is.
    fn let_go(&mut self) {
        if !self.is_up() {
            self.queue.clear();
            self.letters.let_go();
        }
    }
}

fn is_up(terminal: &Terminal) -> bool {
    matches!(terminal.seat, Seat::Says(RdssState::Up { .. }))
}

fn interval_ms(card: &Card) -> u64 {
    u64::from(card.interval_s.max(1)) * 1000
}

/// How far a terminal that is not up is from working: 0 where an answer is still due.
fn rank(seat: Seat) -> u8 {
    match seat {
        Seat::New | Seat::Says(RdssState::Starting | RdssState::Up { .. }) => 0,
        Seat::Says(RdssState::NoSignal) => 1,
        Seat::Says(RdssState::Inhibited(_)) => 2,
        Seat::Says(RdssState::TooSmall { .. }) => 3,
        Seat::Says(RdssState::NoCard) => 4,
        Seat::Says(RdssState::Mute) => 5,
        Seat::Lost => 6,
    }
}
