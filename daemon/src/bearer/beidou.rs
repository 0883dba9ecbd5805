//! A BeiDou terminal on a serial port: opens it, keeps the dialogue going, opens it again. What
//! to say to the terminal and when is `protocol::link::modem::rdss`'s; here it meets the port.
//!
//! One card carries the links to all its peers and to its group. When the slot opens all of them
//! may hand over a frame; the first one leaves, the others wait for the slots that follow.

use std::future::poll_fn;
use std::task::Poll;

use sanduan_protocol::base::time::Now;
use sanduan_protocol::link::modem::rdss::{
    Inhibit, Input, Output, Rdss, RdssState, Settings, SlotClock,
};
use sanduan_protocol::link::profile::{Exposure, Knowledge, Medium, Profile};

use super::dialogue::{Ends, Machine, Wish, run_serial};
use super::slot::SlotFile;
use super::{LinkDoor, Parcel, link_name, profile_of};
use crate::clock::Clock;
use crate::config::{BearerConfig, BeidouConfig};

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
            ..profile_of(bearer, name, target)
        }
    };
    peers.chain(group).map(profile).collect()
}

/// Run one bearer until it is dropped; `doors` are those of the peers, then that of the group.
pub async fn run(
    config: BeidouConfig,
    mtu_max: u16,
    slot: SlotFile,
    doors: Vec<LinkDoor>,
    clock: Clock,
) {
    let settings = Settings { dialect: config.dialect, level_bits: config.level_bits, mtu_max };
    let mut terminal = Rdss::new(settings, slot.load());
    let mut card = CardLinks::new(&config, slot, doors);
    run_serial(&config.device, config.baud, &mut terminal, &mut card, clock).await;
}

/// What the terminal tells its links.
#[derive(Debug)]
pub(super) enum Word {
    Keep(SlotClock),
    Heard { from: u32, frame: Vec<u8> },
    Ready,
    State(RdssState),
    Dropped(&'static str),
}

/// A frame and the card or group that it goes to.
#[derive(Debug)]
pub(super) struct Order {
    to: u32,
    frame: Vec<u8>,
}

impl Machine for Rdss {
    type Order = Order;
    type Word = Word;

    fn opened(&mut self, now: Now) {
        self.handle(Input::Opened, now);
    }

    fn heard(&mut self, bytes: &[u8], now: Now) {
        self.handle(Input::Bytes(bytes), now);
    }

    fn ordered(&mut self, order: Order, now: Now) {
        self.handle(Input::Frame { to: order.to, frame: &order.frame }, now);
    }

    fn tick(&mut self, now: Now) {
        self.handle(Input::Tick, now);
    }

    fn next_wish(&mut self) -> Wish<Word> {
        match self.poll_output() {
            Output::Save(slot) => Wish::Say(Word::Keep(slot)),
            Output::Write(bytes) => Wish::Write(bytes),
            Output::Heard { from, frame } => Wish::Say(Word::Heard { from, frame }),
            Output::Ready => Wish::Say(Word::Ready),
            Output::State(state) => Wish::Say(Word::State(state)),
            Output::Dropped(reason) => Wish::Say(Word::Dropped(reason)),
            Output::Wait(deadline) => Wish::Wait(deadline),
        }
    }
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
    is_up: bool,
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

/// The links that share a card.
#[derive(Debug)]
struct CardLinks {
    slot: SlotFile,
    lines: Vec<Line>,
}

impl Ends<Rdss> for CardLinks {
    fn opened(&mut self) {
        for line in &mut self.lines {
            (line.is_up, line.owes_ready) = (false, false);
        }
    }

    async fn next_order(&mut self) -> Option<Order> {
        loop {
            let (at, frame) = take_frame(&mut self.lines).await?;
            let line = &mut self.lines[at];
            line.owes_ready = true;
            // What was meant for an earlier connection is old by now.
            if line.is_up {
                return Some(Order { to: line.address(), frame });
            }
        }
    }

    async fn hear(&mut self, word: Word) {
        match word {
            Word::Keep(slot) => self.slot.save(slot),
            Word::Heard { from, frame } => self.heard(from, frame).await,
            Word::Ready => {
                for line in self.lines.iter_mut().filter(|line| line.owes_ready) {
                    line.owes_ready = false;
                    line.door.voice.ready().await;
                }
            }
            Word::State(state) => self.settle(state).await,
            Word::Dropped(reason) => self.drop_first(reason).await,
        }
    }

    async fn lost(&mut self, reason: &str) {
        for line in &self.lines {
            line.door.voice.down(reason).await;
        }
    }
}

impl CardLinks {
    fn new(config: &BeidouConfig, slot: SlotFile, doors: Vec<LinkDoor>) -> CardLinks {
        // The group has no cards of its own.
        let cards = config.peers.iter().cloned().chain(config.group.map(|_| Vec::new()));
        let group = config.group.unwrap_or(0);
        let line = |(door, cards): (LinkDoor, Vec<u32>)| Line {
            door,
            cards,
            next: 0,
            group,
            is_up: false,
            owes_ready: false,
        };
        CardLinks { slot, lines: doors.into_iter().zip(cards).map(line).collect() }
    }

    async fn heard(&mut self, from: u32, frame: Vec<u8>) {
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
            None => self.drop_first("rdss_unknown_card").await,
        }
    }

    /// Counted on the first link of the bearer: what has no link is nobody else's.
    async fn drop_first(&self, reason: &'static str) {
        if let Some(line) = self.lines.first() {
            line.door.voice.dropped(reason).await;
        }
    }

    async fn settle(&mut self, state: RdssState) {
        let reason = reason_of(state);
        for line in &mut self.lines {
            match (state, &reason) {
                (RdssState::Up { card, mtu }, _) => {
                    let known = line.door.voice.profile();
                    line.door.voice.learn(learned(known, card.interval_s, mtu));
                    (line.is_up, line.owes_ready) = (true, true);
                    line.door.voice.up().await;
                }
                (_, Some(reason)) => {
                    line.is_up = false;
                    line.door.voice.down(reason).await;
                }
                // Asked, not answered yet: nothing to say.
                (_, None) => line.is_up = false,
            }
        }
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

/// The profile with what the card told: one frame an interval, so its rate is that.
fn learned(known: &Profile, interval_s: u32, mtu: u16) -> Profile {
    let min_interval_ms = interval_s.saturating_mul(1000).max(1000);
    let bits_ms = u64::from(mtu) * 8 * 1000;
    let rate_bit_s = u32::try_from(bits_ms / u64::from(min_interval_ms)).unwrap_or(u32::MAX);
    Profile { mtu, min_interval_ms, rate_bit_s: rate_bit_s.max(1), ..known.clone() }
}

/// Why a terminal carries nothing now, with a remedy; `None` where there is nothing to say.
fn reason_of(state: RdssState) -> Option<String> {
    let said = match state {
        RdssState::Up { .. } | RdssState::Starting => return None,
        RdssState::Mute => {
            "北斗终端无应答：检查接线、电源、波特率（baud）和协议（dialect） / the BeiDou terminal does \
             not answer: check cable, power, baud and dialect"
        }
        RdssState::NoCard => {
            "北斗终端里没有卡：插好卡 / there is no card in the BeiDou terminal: put it in"
        }
        RdssState::TooSmall { level, bytes } => return Some(too_small(level, bytes)),
        RdssState::NoSignal => {
            "收不到北斗卫星信号：把天线移到朝南的开阔处 / no BeiDou satellite is heard: move the \
             antenna to where the sky to the south is free"
        }
        RdssState::Inhibited(Inhibit::Suppressed) => {
            "系统抑制本卡发送，稍后自动再试；持续如此请联系北斗服务商 / the system suppresses this \
             card; tried again by itself. If it stays so, call the service provider"
        }
        RdssState::Inhibited(Inhibit::Power) => {
            "终端电量不足或功率未锁定：充电或换电池 / battery low or power unlocked: charge it"
        }
        RdssState::Inhibited(Inhibit::Silence) => {
            "终端处于无线电静默：解除静默后自动恢复 / the terminal is in radio silence; it goes on \
             when that is lifted"
        }
        RdssState::Inhibited(Inhibit::NoPermission) => {
            "本卡无此权限：请服务商开通短报文 / this card has no right to send: have it enabled"
        }
        RdssState::Inhibited(Inhibit::Unknown(code)) => {
            return Some(format!(
                "终端拒发（原因 {code}），稍后自动再试 / the terminal refuses (reason {code}); tried \
                 again by itself"
            ));
        }
    };
    Some(said.to_owned())
}

fn too_small(level: u8, bytes: Option<u16>) -> String {
    match bytes {
        Some(bytes) => format!(
            "卡为 {level} 级，每条只能带 {bytes} 字节，太短：请换三级以上的卡 / a card of level \
             {level} carries {bytes} bytes a message, too few: use level 3 or above"
        ),
        None => format!(
            "不知道 {level} 级卡的容量：在配置中写明 level_bits / the capacity of level {level} is \
             not known: write level_bits in the configuration"
        ),
    }
}

#[cfg(test)]
mod tests;
