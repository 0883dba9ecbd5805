//! One terminal of a BeiDou bearer: its driver as the conversation loop wants it, and the channel
//! to the links that share it with the other terminals.

use sanduan_protocol::base::time::{Mono, Now};
use sanduan_protocol::link::modem::rdss::{
    Body, Input, Message, Output, Rdss, RdssState, Settings,
};
use tokio::sync::mpsc;

use crate::bearer::dialogue::{Ends, Machine, Wish};
use crate::bearer::slot::SlotFile;

/// What a terminal tells the links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    Heard {
        from: u32,
        frame: Vec<u8>,
    },
    Text {
        from: u32,
        text: String,
    },
    /// A piece of a text has left, or was given up.
    PieceEnded {
        tag: u64,
        has_left: bool,
    },
    Ready,
    Slot(Mono),
    Signal(u8),
    State(RdssState),
    Unsent(Message),
    Dropped(&'static str),
    /// The serial line cannot be opened or was lost, and why.
    Lost(String),
}

/// A driver that shares what is known of the cards with those of the other terminals: a card may
/// be moved from one to another.
#[derive(Debug)]
pub struct Terminal {
    rdss: Rdss,
    slots: SlotFile,
}

impl Terminal {
    pub fn new(settings: Settings, slots: SlotFile) -> Terminal {
        Terminal { rdss: Rdss::new(settings), slots }
    }

    fn handle(&mut self, input: Input<'_>, now: Now) {
        if !matches!(self.rdss.state(), RdssState::Up { .. }) {
            // It may be about to tell a card.
            self.rdss.remember(self.slots.all());
        }
        self.rdss.handle(input, now);
    }
}

impl Machine for Terminal {
    type Order = Message;
    type Word = Word;

    fn opened(&mut self, now: Now) {
        self.handle(Input::Opened, now);
    }

    fn heard(&mut self, bytes: &[u8], now: Now) {
        self.handle(Input::Bytes(bytes), now);
    }

    fn ordered(&mut self, Message { to, body }: Message, now: Now) {
        match body {
            Body::Frame(frame) => self.handle(Input::Frame { to, frame: &frame }, now),
            Body::Text { tag, gb } => self.handle(Input::Text { to, tag, gb: &gb }, now),
        }
    }

    fn tick(&mut self, now: Now) {
        self.handle(Input::Tick, now);
    }

    fn next_wish(&mut self) -> Wish<Word> {
        loop {
            return match self.rdss.poll_output() {
                Output::Save(slot) => {
                    self.slots.save(slot);
                    continue;
                }
                Output::Write(bytes) => Wish::Write(bytes),
                Output::Heard { from, frame } => Wish::Say(Word::Heard { from, frame }),
                Output::Ready => Wish::Say(Word::Ready),
                Output::Slot(at) => Wish::Say(Word::Slot(at)),
                Output::Signal(percent) => Wish::Say(Word::Signal(percent)),
                Output::Text { from, text } => Wish::Say(Word::Text { from, text }),
                Output::TextSent(tag) => Wish::Say(Word::PieceEnded { tag, has_left: true }),
                Output::TextLost(tag) => Wish::Say(Word::PieceEnded { tag, has_left: false }),
                Output::Unsent(message) => Wish::Say(Word::Unsent(message)),
                Output::State(state) => Wish::Say(Word::State(state)),
                Output::Dropped(reason) => Wish::Say(Word::Dropped(reason)),
                Output::Wait(deadline) => Wish::Wait(deadline),
            };
        }
    }
}

/// A terminal's way to the links and back.
#[derive(Debug)]
pub struct TerminalEnds {
    /// Which terminal.
    pub at: usize,
    /// What it tells.
    pub words: mpsc::Sender<(usize, Word)>,
    /// What it is to send.
    pub orders: mpsc::Receiver<Message>,
}

impl Ends<Terminal> for TerminalEnds {
    fn opened(&mut self) {
        // What was meant for an earlier connection is old by now.
        while self.orders.try_recv().is_ok() {}
    }

    async fn next_order(&mut self) -> Option<Message> {
        self.orders.recv().await
    }

    async fn hear(&mut self, word: Word) {
        // Nobody hears it only when the daemon is stopping.
        let _ = self.words.send((self.at, word)).await;
    }

    async fn lost(&mut self, reason: &str) {
        self.hear(Word::Lost(reason.to_owned())).await;
    }
}
