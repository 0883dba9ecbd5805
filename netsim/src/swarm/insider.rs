//! A device of the network that was carried off: it holds the network's key and its own, and says
//! what it may not. Its frames are put straight into the ears of others.

use std::collections::VecDeque;

use sanduan_protocol::base::class::{Class, Urgency};
use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::ids::{DepotId, DeviceId, ItemId, Lane, LaneId, UnitId};
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::base::start::Start;
use sanduan_protocol::base::time::{Hlc, Mono, Now, Wall};
use sanduan_protocol::field::body::Body;
use sanduan_protocol::field::directory::Target;
use sanduan_protocol::field::order::Order;
use sanduan_protocol::field::stock::{self, Line, Movement};
use sanduan_protocol::keys::epochs::Epochs;
use sanduan_protocol::keys::frame_key::{FrameSealer, Manner};
use sanduan_protocol::keys::sign::{DeviceKey, NetworkId, SignContext};
use sanduan_protocol::local::request::{MovementKind, Need, OrderKind};
use sanduan_protocol::log::lane::Lane as Chain;
use sanduan_protocol::wire::bundle::{Run, Section};
use sanduan_protocol::wire::pack::Pack;
use sanduan_protocol::wire::record::{Head, Person};

use self::ways::Way;
use super::ground::Ground;
use super::options::{Options, Standing};
use super::plot::{Deed, Event, Kept, next_due};
use crate::world::{Action, district};

mod ways;

/// Its clock runs ahead this far at times, ms: ten years.
const AHEAD_MS: u64 = 315_576_000_000;
/// 2026-08-19 00:00 UTC, when the worlds begin.
const BEGIN_MS: u64 = 1_787_097_600_000;

/// The device.
pub struct Insider {
    device: DeviceId,
    key: DeviceKey,
    network: NetworkId,
    /// It follows the days, and no rekey: the one there is shuts it out.
    epochs: Epochs,
    sealer: FrameSealer,
    chains: [Chain; 2],
    ways: Vec<Way>,
    dice: Dice,
    every_ms: u64,
    next_at: Mono,
    /// When it says something, if that is not drawn.
    script: Option<VecDeque<Event>>,
    has_keyed_lanes: bool,
    standing: Standing,
    /// What it said so far.
    pub said: Vec<Event>,
}

impl Insider {
    /// The device of these options, if there is one.
    pub fn new(options: &Options) -> Option<Insider> {
        let every_ms = options.insider_every_s? * 1000;
        let settings = district::settings_in(options.crypto.suite(), options.nodes, options.seed);
        let (suite, network) = (settings.suite, &settings.network);
        let epochs = district::epochs_of(&settings);
        let mut sealer = FrameSealer::new(epochs.frame_key(), settings.device);
        sealer.begin(Start::default());
        let chain = |lane| Chain::of(suite, LaneId::first(settings.device, lane));
        Some(Insider {
            device: settings.device,
            key: DeviceKey::of(suite, settings.device_seed),
            network: NetworkId::new(suite, &network.authority, network.drill),
            epochs,
            sealer,
            chains: [chain(Lane::Command), chain(Lane::Stock)],
            ways: Way::of(&options.foes),
            dice: Dice::new(options.seed ^ 0xbad),
            every_ms,
            next_at: Mono(every_ms),
            script: None,
            has_keyed_lanes: options.order_keys,
            standing: options.foes.standing,
            said: Vec::new(),
        })
    }

    /// From now on it speaks only as written here.
    pub fn follow(&mut self, script: VecDeque<Event>) {
        self.script = Some(script);
    }

    /// Say what is due.
    pub fn act(&mut self, ground: &mut Ground) {
        let now = ground.world.now();
        while let Some(script) = &mut self.script {
            let Some(event) = next_due(script, now) else { return };
            if let Deed::Forge { dice } = event.deed {
                self.dice = dice.dice();
                self.speak(ground);
            }
        }
        while self.next_at <= now {
            self.next_at = self.next_at.after_ms(self.dice.between(1, 2 * self.every_ms));
            self.speak(ground);
        }
    }

    fn speak(&mut self, ground: &mut Ground) {
        let now = ground.world.now();
        if self.epochs.follow_clock(Now { mono: now, wall: Wall(BEGIN_MS + now.0) }) {
            self.sealer.set_key(self.epochs.frame_key());
        }
        let dice = Kept::of(&self.dice);
        self.said.push(Event { at_ms: now.0, deed: Deed::Forge { dice } });
        let sections = match self.dice.below(3 + self.ways.len() as u64) {
            0 => self.own(now).map(Section::Run).into_iter().collect(),
            1 | 2 => self.forged(ground, now).map(Section::Run).into_iter().collect(),
            way => self.misbehave(self.ways[way as usize - 3], now),
        };
        // Each goes to somebody else, if it can.
        for section in sections {
            let place = self.dice.below(ground.hosts.len() as u64) as usize;
            let host = ground.hosts[place];
            let Some(link) = ground.world.host(host).links().map(|(link, _)| link).next() else {
                continue;
            };
            if let Ok(frame) = self.sealer.seal(&section.packed(), Manner::WHOLE) {
                ground.world.act(Action::Inject(host, link, frame));
            }
        }
    }

    /// A record under its own good seal, beyond what it may write.
    fn own(&mut self, now: Mono) -> Option<Run> {
        let which = self.dice.below(2) as usize;
        let record = self.record(which == 1, now);
        self.write(which, &record);
        Some(self.tail(which, &self.chains[which]))
    }

    fn write(&mut self, which: usize, record: &[u8]) {
        let chain = &mut self.chains[which];
        chain.offer(chain.head() + 1, record, &|_| Urgency::Routine);
    }

    /// The last records of this chain, which is its own or one that it pretends to have.
    fn tail(&self, which: usize, chain: &Chain) -> Run {
        let seq = chain.head();
        let lane = LaneId::first(self.device, if which == 1 { Lane::Stock } else { Lane::Command });
        let parts: [&[u8]; 3] = [&lane.packed(), &seq.to_be_bytes(), &chain.head_hash()];
        let seal = self.key.sign(SignContext::Seal(self.network), &parts);
        // Several, so that whoever hears one frame can often verify it.
        let first = seq.saturating_sub(3).max(1);
        let records = (first..=seq).filter_map(|seq| chain.record(seq).map(<[u8]>::to_vec));
        Run { lane, first, records: records.collect(), seal: Some(seal) }
    }

    /// A record in the name of another, with a seal that is not the other's, or none.
    fn forged(&mut self, ground: &Ground, now: Mono) -> Option<Run> {
        let author = DeviceId(self.dice.between(1, ground.hosts.len() as u64) as u16);
        let is_stock = self.dice.below(2) == 0;
        let lane = match (is_stock, author.0 % 2) {
            (true, _) => LaneId::first(author, Lane::Stock),
            (false, _) if self.has_keyed_lanes => LaneId::keyed(author, author.0 % 4 < 2),
            (false, 0) => LaneId::flash(author),
            (false, _) => LaneId::first(author, Lane::Command),
        };
        let witness = ground.hosts[self.dice.below(ground.hosts.len() as u64) as usize];
        let node = ground.world.host(witness).machine()?;
        let chain =
            node.book().lane(lane).cloned().unwrap_or_else(|| Chain::of(ground.suite, lane));
        let head = chain.head();
        let record = self.record(is_stock, now);
        let seal = (self.dice.below(2) == 0).then(|| {
            let mut pretended = chain;
            pretended.offer(head + 1, &record, &|_| Urgency::Routine);
            // Whoever took a device has its own key, and not that of its orders.
            let stolen = lane.is_keyed().then(|| district::device_key(ground.suite, author.0));
            let hash = if lane.is_keyed() { pretended.head_hash() } else { [7; 32] };
            let parts: [&[u8]; 3] = [&lane.packed(), &(head + 1).to_be_bytes(), &hash];
            stolen.as_ref().unwrap_or(&self.key).sign(SignContext::Seal(self.network), &parts)
        });
        Some(Run { lane, first: head + 1, records: vec![record], seal })
    }

    /// Who only carries may not even plead.
    fn kind(&mut self) -> OrderKind {
        let pleads = self.standing == Standing::Relay && self.dice.below(2) == 0;
        if pleads { OrderKind::Request } else { OrderKind::Order }
    }

    /// A partner's device speaks to others than its own unit.
    fn target(&mut self) -> Target {
        let is_named = self.standing == Standing::Partner && self.dice.below(2) == 0;
        if is_named { Target::Unit(UnitId(1)) } else { Target::All }
    }

    fn record(&mut self, is_stock: bool, now: Mono) -> Vec<u8> {
        let body = match is_stock {
            true => Body::Stock(stock::Body::Movement(Movement {
                kind: MovementKind::Receive,
                depot: DepotId(1),
                lines: vec![Line { item: ItemId(1), lot: 0, quantity: Quantity::units(1000) }],
                party: "无".to_owned(),
                note: String::new(),
            })),
            false => Body::Order(Order {
                kind: self.kind(),
                class: Class::Flash,
                need: Need::Acknowledged,
                targets: vec![self.target()],
                directory_version: 1,
                act_by_s: None,
                expires_s: None,
                signer: Person::Nobody,
                text: "全体撤离".into(),
            }),
        };
        let ahead_ms = if self.dice.below(3) == 0 { AHEAD_MS } else { 0 };
        let at = Hlc { wall_ms: BEGIN_MS + now.0 + ahead_ms, count: 0 };
        Head { kind: body.kind(), at, person: Person::Nobody }.with_body(&body.packed())
    }
}
