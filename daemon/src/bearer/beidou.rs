//! BeiDou terminals on serial ports, one or several, that carry the same links. What to say to a
//! terminal and when is `protocol::link::modem::rdss`'s, and so is which card takes the next
//! frame; here they meet the ports ([`terminal`]) and the links.
//!
//! All cards carry the links to all peers and to the group. When a slot opens all links may hand
//! over a frame; the first one leaves, the others wait for the slots that follow. Texts to and from
//! handsets take slots, too ([`post`]).

mod post;
mod reasons;
mod terminal;

use std::future::poll_fn;
use std::task::Poll;

use sanduan_protocol::link::condition::Condition;
use sanduan_protocol::link::modem::rdss::text::text_of;
use sanduan_protocol::link::modem::rdss::{Bond, Bonded, Message, Settings, Together};
use sanduan_protocol::link::profile::{Exposure, Knowledge, Medium, Profile};
use sanduan_protocol::local::halves;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use self::post::Post;
use self::reasons::reason_of;
use self::terminal::{Terminal, TerminalEnds, Word};
use super::dialogue::run_serial;
use super::slot::SlotFile;
use super::{Kit, LinkDoor, Parcel, link_name, profile_of};
use crate::clock::Clock;
use crate::config::{BearerConfig, BeidouConfig};

/// From antenna to antenna 3.8 s in the mean (research, bearers 1); the rest is our guess.
const LATENCY_MS: (u32, u32) = (3_800, 10_000);
/// One message in twenty-two is lost on the second system, fewer on the third (research,
/// bearers 1).
const LOSS_PERMILLE: u16 = 45;
/// Words of all terminals that wait for the links; a terminal waits when it is full.
const WORDS_WAITING_MAX: usize = 64;

/// The profiles of the links to each peer, then to the group.
pub fn profiles(bearer: &BearerConfig, card: &BeidouConfig) -> Vec<Profile> {
    let is_only = card.peers.len() + usize::from(card.group.is_some()) == 1;
    let peers = card.peers.iter().map(|cards| {
        let cards: Vec<String> = cards.iter().map(u32::to_string).collect();
        (cards.join("+"), Medium::Unicast)
    });
    let group = card.group.map(|group| (group.to_string(), Medium::Broadcast));
    let profile = |(target, medium): (String, Medium)| {
        let name = link_name(bearer, &target, is_only);
        Profile {
            medium,
            half_duplex: true,
            knowledge: Knowledge::LocalTx,
            exposure: Exposure::Operator,
            latency_ms: LATENCY_MS,
            loss_permille: LOSS_PERMILLE,
            names_sender: medium == Medium::Unicast,
            experimental: true,
            ..profile_of(bearer, name, target)
        }
    };
    peers.chain(group).map(profile).collect()
}

/// Run one bearer until it is dropped; `doors` are those of the peers, then that of the group.
pub async fn run(
    config: BeidouConfig,
    mtu_max: u16,
    slots: SlotFile,
    doors: Vec<LinkDoor>,
    kit: Kit,
) {
    let clock = kit.clock;
    let (mut card, seats) = CardLinks::new(&config, doors, Post::open(kit.exchange), clock);
    let mut terminals = JoinSet::new();
    for (mut ends, device) in seats.into_iter().zip(config.devices) {
        let settings = Settings { dialect: config.dialect, level_bits: config.level_bits, mtu_max };
        let mut terminal = Terminal::new(settings, slots.clone());
        terminals.spawn(async move {
            run_serial(&device, config.baud, &mut terminal, &mut ends, clock).await;
        });
    }
    card.serve().await;
}

/// One link of the card.
#[derive(Debug)]
struct Line {
    door: LinkDoor,
    /// Cards of the peer; empty for the group.
    cards: Vec<u32>,
    /// Which number is sent to next: the one last heard, and the next one if none answers.
    next: usize,
    group: u32,
    /// It may be told that it can hand over a frame.
    owes_ready: bool,
}

impl Line {
    /// Where the next frame goes. A peer that answers is reached at the card it answered from;
    /// one that does not is tried at all its cards in turn.
    fn address(&mut self) -> u32 {
        let Some(count) = self.cards.len().checked_sub(1) else { return self.group };
        let card = self.cards[self.next.min(count)];
        self.next = if self.next >= count { 0 } else { self.next + 1 };
        card
    }
}

/// The links that share the cards.
#[derive(Debug)]
struct CardLinks {
    bond: Bond,
    /// Device paths, and why the serial line of each is lost.
    devices: Vec<(String, String)>,
    orders: Vec<mpsc::Sender<Message>>,
    words: mpsc::Receiver<(usize, Word)>,
    lines: Vec<Line>,
    post: Post,
    /// What the links were last told, and why if they carry nothing.
    said: (Bonded, String),
    told: Condition,
    clock: Clock,
}

impl CardLinks {
    /// The links, and the ends of the terminals that serve them.
    fn new(
        config: &BeidouConfig,
        doors: Vec<LinkDoor>,
        post: Post,
        clock: Clock,
    ) -> (CardLinks, Vec<TerminalEnds>) {
        // The group has no cards of its own.
        let cards = config.peers.iter().cloned().chain(config.group.map(|_| Vec::new()));
        let group = config.group.unwrap_or(0);
        let line = |(door, cards): (LinkDoor, Vec<u32>)| Line {
            door,
            cards,
            next: 0,
            group,
            owes_ready: false,
        };
        let (said, words) = mpsc::channel(WORDS_WAITING_MAX);
        let (mut orders, mut seats) = (Vec::new(), Vec::new());
        for at in 0..config.devices.len() {
            // A terminal is given one frame a slot.
            let (order, wanted) = mpsc::channel(1);
            orders.push(order);
            seats.push(TerminalEnds { at, words: said.clone(), orders: wanted });
        }
        let named = |device: &std::path::PathBuf| (device.display().to_string(), String::new());
        let links = CardLinks {
            bond: Bond::new(config.devices.len()),
            devices: config.devices.iter().map(named).collect(),
            orders,
            words,
            lines: doors.into_iter().zip(cards).map(line).collect(),
            post,
            said: (Bonded::Asking, String::new()),
            told: Condition::default(),
            clock,
        };
        (links, seats)
    }

    /// Carry words and frames between the terminals and the links until either end is gone.
    async fn serve(&mut self) {
        loop {
            tokio::select! {
                word = self.words.recv() => match word {
                    Some((at, word)) => self.hear(at, word).await,
                    None => return,
                },
                taken = take_frame(&mut self.lines), if !self.lines.is_empty() => match taken {
                    Some((at, frame)) => self.take(at, frame).await,
                    None => return,
                },
                letter = self.post.next() => self.post.write(&mut self.bond, letter).await,
            }
            self.settle().await;
            self.hand_over().await;
            self.post.tell_fates(&mut self.bond).await;
        }
    }

    async fn hear(&mut self, at: usize, word: Word) {
        let now = self.clock.now();
        match word {
            Word::Heard { from, frame } => self.heard(from, frame).await,
            Word::Text { from, text } => self.text(from, text).await,
            Word::PieceEnded { tag, has_left } => self.bond.piece_ended(tag, has_left),
            Word::Ready => self.bond.open(at, now.mono),
            Word::Slot(free_at) => self.bond.note_slot(at, free_at, now),
            Word::Signal(percent) => self.bond.note_signal(at, percent),
            Word::State(state) => {
                self.bond.settle(at, state);
                self.note(at, reason_of(state));
            }
            Word::Unsent(message) => {
                if !self.bond.give_back(message) {
                    self.drop_first("rdss_unsent").await;
                }
            }
            Word::Dropped(reason) => self.drop_first(reason).await,
            Word::Lost(reason) => {
                self.bond.lose(at);
                self.note(at, Some(reason));
            }
        }
    }

    /// Why a terminal carries nothing. People who look after several find it in the log, too,
    /// because the links go on.
    fn note(&mut self, at: usize, reason: Option<String>) {
        let several = self.devices.len() > 1;
        let Some((device, why)) = self.devices.get_mut(at) else { return };
        if let Some(reason) = reason.as_deref().filter(|_| several) {
            tracing::warn!(%device, reason, "北斗终端停用 / BeiDou terminal out of use");
        }
        *why = reason.unwrap_or_default();
    }

    async fn take(&mut self, at: usize, frame: Vec<u8>) {
        let line = &mut self.lines[at];
        line.owes_ready = true;
        // What was meant for an earlier connection is old by now.
        if matches!(self.said.0, Bonded::Up(_)) {
            let to = line.address();
            if !self.bond.take(Message::frame(to, &frame)) {
                self.drop_first("rdss_over_mtu").await;
            }
        }
    }

    /// Frames to the slots that are open; more of them if slots are left.
    async fn hand_over(&mut self) {
        while let Some((at, message)) = self.bond.hand_over() {
            let Err(refused) = self.orders[at].try_send(message) else { continue };
            let message = refused.into_inner();
            if message.tag().is_none() || !self.bond.give_back(message) {
                self.drop_first("rdss_queue_full").await;
            }
        }
        if self.bond.wants_frame() {
            for line in self.lines.iter_mut().filter(|line| line.owes_ready) {
                line.owes_ready = false;
                line.door.voice.ready().await;
            }
        }
    }

    async fn heard(&mut self, from: u32, frame: Vec<u8>) {
        if self.bond.is_own(from) {
            // Said to the group by another of our terminals.
            return self.drop_first("rdss_own_echo").await;
        }
        let by_card = |line: &Line| line.cards.iter().position(|card| *card == from);
        for line in &mut self.lines {
            if let Some(at) = by_card(line) {
                line.next = at;
                return line.door.voice.heard(frame).await;
            }
        }
        // Whoever speaks to the group need not be a peer of its own.
        match self.lines.iter().find(|line| line.cards.is_empty()) {
            Some(group) => group.door.voice.heard(frame).await,
            // Many handsets send texts marked as bytes.
            None => match text_of(&frame) {
                Some(text) => self.text(from, text).await,
                None => self.drop_first("rdss_unknown_card").await,
            },
        }
    }

    /// A person wrote.
    async fn text(&self, from: u32, text: String) {
        if self.bond.is_own(from) {
            self.drop_first("rdss_own_echo").await;
        } else if !self.post.heard(from, text).await {
            self.drop_first("rdss_text_without_gateway").await;
        }
    }

    /// Counted on the first link of the bearer: what has no link is nobody else's.
    async fn drop_first(&self, reason: &'static str) {
        match self.lines.first() {
            Some(line) => line.door.voice.dropped(reason).await,
            None => tracing::debug!(reason, "beidou"),
        }
    }

    /// Tell every link what changed.
    async fn settle(&mut self) {
        let bonded = self.bond.bonded();
        let reason = match bonded {
            Bonded::Down(at, _) => self.reason(at),
            Bonded::Up(_) | Bonded::Asking => String::new(),
        };
        if (bonded, &reason) != (self.said.0, &self.said.1) {
            for line in &mut self.lines {
                line.owes_ready = false;
            }
            match bonded {
                Bonded::Up(together) => self.rise(together).await,
                Bonded::Down(..) if self.lines.is_empty() => {
                    tracing::warn!(reason, "北斗短报文不可用 / no BeiDou texts");
                }
                Bonded::Down(..) => {
                    for line in &self.lines {
                        line.door.voice.down(&reason).await;
                    }
                }
                // Asked, not answered yet: nothing to say.
                Bonded::Asking => {}
            }
            self.said = (bonded, reason);
        }
        let condition = self.bond.condition();
        if condition != self.told {
            self.told = condition;
            for line in &self.lines {
                line.door.voice.tell(condition).await;
            }
        }
    }

    async fn rise(&mut self, together: Together) {
        for line in &mut self.lines {
            let known = line.door.voice.profile();
            line.door.voice.learn(learned(known, together));
            line.owes_ready = true;
            line.door.voice.up().await;
        }
    }

    /// Why no terminal carries anything; of several the one that is nearest to working is named.
    fn reason(&self, at: usize) -> String {
        let (device, why) = &self.devices[at];
        if self.devices.len() == 1 {
            return why.clone();
        }
        let (zh, en) = halves(why);
        format!("各终端均不可用；{device}：{zh} / no terminal works; {device}: {en}")
    }
}

/// The next frame of any link; `None` when the daemon is stopping.
async fn take_frame(lines: &mut [Line]) -> Option<(usize, Vec<u8>)> {
    poll_fn(|context| {
        let mut open = false;
        for (at, line) in lines.iter_mut().enumerate() {
            match line.door.frames.poll_recv(context) {
                Poll::Ready(Some(Parcel { frame, .. })) => return Poll::Ready(Some((at, frame))),
                Poll::Ready(None) => {}
                Poll::Pending => open = true,
            }
        }
        if open { Poll::Pending } else { Poll::Ready(None) }
    })
    .await
}

/// The profile with what the cards told: one frame an interval, so its rate is that.
fn learned(known: &Profile, Together { mtu, interval_ms }: Together) -> Profile {
    let min_interval_ms = interval_ms.max(1);
    let bits_ms = u64::from(mtu) * 8 * 1000;
    let rate_bit_s = u32::try_from(bits_ms / u64::from(min_interval_ms)).unwrap_or(u32::MAX);
    Profile { mtu, min_interval_ms, rate_bit_s: rate_bit_s.max(1), ..known.clone() }
}

#[cfg(test)]
mod tests;
