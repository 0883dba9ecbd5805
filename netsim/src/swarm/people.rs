//! The people of a drawn world: they order, answer, withdraw, report, move goods, count, and carry
//! files. They remember what they were told is saved; the oracle holds the nodes to it.

use std::collections::{BTreeMap, VecDeque};

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::ids::{DeviceId, Lane, LaneId, SpokenId};
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::local::request::{
    ArrivalDraft, CountDraft, LineDraft, MovementDraft, MovementKind, Need, OrderDraft, OrderKind,
    PositionDraft, ReceiptDraft, Rung, WaybillDraft,
};
use sanduan_protocol::local::rows::{OrderState, WaybillState};
use sanduan_protocol::local::{RefusalCode, Reply, Request};
use sanduan_protocol::node::Node;
use sanduan_protocol::node::input::AskId;

pub use self::errand::Errand;
use self::errand::Errands;
use self::round::{still_vouched, vouched_by};
pub use self::way::{number_at, spot};
use super::ground::{Ground, STRONG};
use super::options::{Crowd, Options};
use super::plot::{Deed, Event, Kept, next_due};
use super::rounds::Rounds;
use crate::world::{Answered, HostId, World, district::unit_code};

mod errand;
mod round;
mod way;

/// Nine of a hundred places never answer an order (the share of silent posts in a real alert).
const SILENT_PERCENT: u64 = 8;
/// What somebody waits for.
#[derive(Clone, Debug)]
pub enum Wish {
    /// A record in this lane.
    Record(Lane),
    /// The report of this number of this host.
    Report(i32),
    /// Something that nobody holds the host to.
    Unwatched,
    /// A file, to be brought to that place; what its maker held when it was asked for it.
    Export(usize, BTreeMap<LaneId, u32>),
    /// A file for the stick of this vehicle, made at that place; what it held.
    Stick(usize, usize, BTreeMap<LaneId, u32>),
    /// A file was brought; what its maker held before it was made.
    Import(BTreeMap<LaneId, u32>),
}

/// Something a person was told is saved.
#[derive(Clone, Debug)]
pub enum Told {
    /// A record.
    Record(Lane, SpokenId),
    /// A report of a position.
    Report(i32),
    /// All of a file.
    Taken(BTreeMap<LaneId, u32>),
}

/// How often people were answered how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Answers {
    /// Wishes entered.
    pub asked: u64,
    /// Of these: told that it is saved.
    pub confirmed: u64,
    /// Of these: refused.
    pub refused: u64,
}

/// Everybody.
pub struct People {
    dice: Dice,
    enter_every_ms: u64,
    crowd: Crowd,
    mule_every_ms: Option<u64>,
    next_at: Mono,
    next_mule: Mono,
    silent: Vec<bool>,
    rounds: Rounds,
    errands: Errands,
    reports: i32,
    pending: BTreeMap<AskId, Wish>,
    /// What was confirmed since this was last taken.
    told: Vec<(HostId, Told)>,
    /// What is entered when, if that is not drawn.
    script: Option<VecDeque<Event>>,
    /// What was entered so far.
    pub entered: Vec<Event>,
    /// Counts.
    pub answers: Answers,
}

impl People {
    /// The people of these options.
    pub fn new(options: &Options) -> People {
        let mut dice = Dice::new(options.seed ^ 0x9e0_91e);
        let silent = (0..options.nodes).map(|_| dice.below(100) < SILENT_PERCENT).collect();
        People {
            dice,
            enter_every_ms: options.enter_every_s * 1000,
            crowd: options.crowd.clone(),
            mule_every_ms: options.mule_every_s.map(|every_s| every_s * 1000),
            next_at: options.crowd.next_work(Mono(5_000)),
            next_mule: Mono(60_000),
            silent,
            rounds: Rounds::new(options),
            errands: Errands::new(options),
            reports: 0,
            pending: BTreeMap::new(),
            told: Vec::new(),
            script: None,
            entered: Vec::new(),
            answers: Answers::default(),
        }
    }

    /// From now on only what is written here is entered.
    pub fn follow(&mut self, script: VecDeque<Event>) {
        let (errands, script): (VecDeque<Event>, VecDeque<Event>) =
            script.into_iter().partition(|event| matches!(event.deed, Deed::Errand { .. }));
        self.errands.follow(errands);
        self.script = Some(script);
    }

    /// What was confirmed since this was last taken.
    pub fn take_told(&mut self) -> Vec<(HostId, Told)> {
        std::mem::take(&mut self.told)
    }

    /// Do what is due up to now.
    pub fn act(&mut self, ground: &mut Ground) {
        let now = ground.world.now();
        self.go_round(ground);
        for (place, errand) in self.errands.due(now) {
            self.do_errand(ground, place, errand);
        }
        if self.script.is_some() {
            return self.act_as_written(ground);
        }
        while self.next_at <= now {
            let next_at = self.next_at.after_ms(self.dice.between(1, 2 * self.enter_every_ms));
            self.next_at = self.crowd.next_work(next_at);
            let place = self.dice.below(ground.hosts.len() as u64) as usize;
            self.enter_drawn(ground, place);
        }
        if let Some(every_ms) = self.mule_every_ms.filter(|_| self.next_mule <= now) {
            self.next_mule = now.after_ms(self.dice.between(1, 2 * every_ms));
            let from = self.dice.below(ground.hosts.len() as u64) as usize;
            let to = self.dice.below(ground.hosts.len() as u64) as usize;
            self.carry(ground, from, to);
        }
    }

    fn act_as_written(&mut self, ground: &mut Ground) {
        let now = ground.world.now();
        while let Some(event) = self.script.as_mut().and_then(|script| next_due(script, now)) {
            if let Deed::Enter { place, dice } = event.deed {
                self.dice = dice.dice();
                self.enter_drawn(ground, place);
            } else if let Deed::Carry { place, to } = event.deed {
                self.carry(ground, place, to);
            }
        }
    }

    fn enter_drawn(&mut self, ground: &mut Ground, place: usize) {
        let dice = Kept::of(&self.dice);
        if let Some((request, wish)) = self.draw(ground, place) {
            self.note(ground, Deed::Enter { place, dice });
            self.enter(&mut ground.world, ground.hosts[place], request, wish);
        }
    }

    fn carry(&mut self, ground: &mut Ground, from: usize, to: usize) {
        let host = ground.hosts[from];
        let node = ground.world.host(host).machine();
        let own = DeviceId(host.0 + 1);
        if let Some(held) = node.filter(|_| from != to).map(|node| vouched_by(node.book(), own)) {
            self.note(ground, Deed::Carry { place: from, to });
            let request = Request::CarryExport { for_device: None };
            let wish = Wish::Export(to, held);
            self.enter(&mut ground.world, ground.hosts[from], request, wish);
        }
    }

    fn note(&mut self, ground: &Ground, deed: Deed) {
        self.entered.push(Event { at_ms: ground.world.now().0, deed });
    }

    /// Read the answers that came at these hosts. Says which refusal nobody should have got, if
    /// one came.
    pub fn hear(&mut self, ground: &mut Ground, hosts: &[HostId]) -> Vec<(HostId, String)> {
        let mut odd = Vec::new();
        for &host in hosts {
            for answered in ground.world.take_answers(host) {
                if let Err(what) = self.take(ground, host, answered) {
                    odd.push((host, what));
                }
            }
        }
        odd
    }

    fn take(&mut self, ground: &mut Ground, host: HostId, answer: Answered) -> Result<(), String> {
        let Some(wish) = self.pending.remove(&answer.ask) else { return Ok(()) };
        let reply = match answer.reply {
            Ok(reply) => reply,
            Err(refusal) => {
                self.answers.refused += 1;
                let disk = ground.world.host(host).disk();
                return match refusal.code {
                    RefusalCode::NotJoined if disk.has_rotted_directory() => Ok(()),
                    RefusalCode::NotJoined | RefusalCode::BadFile => {
                        Err(format!("refused {wish:?}: {}", refusal.en))
                    }
                    _ => Ok(()),
                };
            }
        };
        self.answers.confirmed += 1;
        match (wish, reply) {
            (Wish::Record(lane), Reply::Saved { id: Some(id), .. }) => {
                self.told.push((host, Told::Record(lane, id)));
            }
            (Wish::Report(number), Reply::Saved { .. }) => {
                self.told.push((host, Told::Report(number)));
            }
            (Wish::Unwatched, _) => {}
            (Wish::Export(to, mut held), Reply::CarryFile { bytes, .. }) => {
                still_vouched(&mut held, ground.world.host(host).machine());
                let to = ground.hosts[to];
                let request = Request::CarryImport { bytes };
                self.enter(&mut ground.world, to, request, Wish::Import(held));
            }
            (Wish::Stick(vehicle, place, mut held), Reply::CarryFile { bytes, .. }) => {
                still_vouched(&mut held, ground.world.host(host).machine());
                self.rounds.keep(vehicle, place, bytes, held);
            }
            (Wish::Import(held), Reply::CarryTaken { refused, .. }) => {
                if refused.is_empty() {
                    self.told.push((host, Told::Taken(held)));
                }
            }
            (wish, reply) => return Err(format!("{reply:?} to {wish:?}")),
        }
        Ok(())
    }

    /// Enter a wish at a host that is up.
    pub fn enter(&mut self, world: &mut World<Node>, host: HostId, request: Request, wish: Wish) {
        if world.host(host).machine().is_none() {
            return;
        }
        self.answers.asked += 1;
        let ask = world.ask(host, request);
        self.pending.insert(ask, wish);
    }

    fn draw(&mut self, ground: &Ground, place: usize) -> Option<(Request, Wish)> {
        let node = ground.world.host(ground.hosts[place]).machine()?;
        let command = Wish::Record(Lane::Command);
        let stock = Wish::Record(Lane::Stock);
        if !self.silent[place]
            && self.dice.below(2) == 0
            && let Some(request) = self.receipt(node)
        {
            return Some((request, command));
        }
        let is_strong = ground.roles[place] == STRONG;
        match self.dice.below(if is_strong { 14 } else { 20 }) {
            0..=3 => Some((self.order(ground.hosts.len()), command)),
            4 => self.cancel(node, place).map(|request| (request, command)),
            5..=6 => Some((self.movement(), stock)),
            7..=8 => Some((self.ship(), stock)),
            9..=10 => self.arrive(node).map(|request| (request, stock)),
            11 => Some((self.count(), stock)),
            _ => {
                self.reports += 1;
                let draft = PositionDraft { unit: None, point: spot(self.reports), state: None };
                Some((Request::ReportPosition(draft), Wish::Report(self.reports)))
            }
        }
    }

    fn order(&mut self, places: usize) -> Request {
        let mut unit = || unit_code(self.dice.below(places as u64) as usize);
        let (one, other) = (unit(), unit());
        let to = match self.dice.below(4) {
            0 => "all".to_owned(),
            1 => format!("{one},{other}"),
            _ => one,
        };
        let class = [Class::Flash, Class::Immediate, Class::Priority, Class::Routine];
        let long = "即赴白沙镇滨江路三号楼接应被困群众".repeat(self.dice.between(1, 8) as usize);
        Request::SendOrder(OrderDraft {
            to,
            kind: OrderKind::Order,
            class: Some(class[self.dice.below(4) as usize]),
            text: format!("{} {long}", self.answers.asked),
            act_by_s: (self.dice.below(2) == 0).then_some(600),
            expires_s: (self.answers.asked.is_multiple_of(4)).then_some(900),
            need: if self.dice.below(2) == 0 { Need::Acknowledged } else { Need::Done },
            ..OrderDraft::default()
        })
    }

    fn receipt(&mut self, node: &Node) -> Option<Request> {
        let owed: Vec<SpokenId> = node.shown_unanswered();
        let id = *owed.get(self.dice.below(owed.len() as u64) as usize)?;
        let rungs = [Rung::Acknowledged, Rung::Accepted, Rung::Cannot, Rung::Done, Rung::Failed];
        Some(Request::SendReceipt(ReceiptDraft {
            id,
            rung: rungs[self.dice.below(5) as usize],
            note: "三号楼".to_owned(),
            person: Some("李".to_owned()),
            proxy: None,
            unit: None,
        }))
    }

    fn cancel(&mut self, node: &Node, place: usize) -> Option<Request> {
        let own = |id: &SpokenId| usize::from(id.author.0) == place + 1;
        let rows = node.shown_order_ids().into_iter().filter(own);
        let open = rows.filter_map(|id| node.shown_row(id));
        let open = open.filter(|row| row.state == OrderState::Open);
        let id = open.max_by_key(|row| (row.issued_ms, row.id))?.id;
        let reason = "情况有变".to_owned();
        Some(Request::CancelOrder { id, reason, person: None })
    }

    fn line(&mut self) -> LineDraft {
        let item = ["冲锋舟", "救生衣"][self.dice.below(2) as usize].to_owned();
        LineDraft { item, quantity: Quantity::units(self.dice.between(1, 20) as i64) }
    }

    fn depot(&mut self) -> String {
        ["D01", "D02"][self.dice.below(2) as usize].to_owned()
    }

    fn movement(&mut self) -> Request {
        let kinds = [MovementKind::Receive, MovementKind::Issue, MovementKind::Loss];
        Request::PostMovement(MovementDraft {
            kind: kinds[self.dice.below(3) as usize],
            depot: self.depot(),
            lines: vec![self.line()],
            party: "民政局".to_owned(),
            note: "单据".to_owned(),
            person: None,
        })
    }

    fn ship(&mut self) -> Request {
        let (from, to) = match self.dice.below(2) {
            0 => ("D01", "D02"),
            _ => ("D02", "D01"),
        };
        Request::ShipWaybill(WaybillDraft {
            from: from.to_owned(),
            to: to.to_owned(),
            lines: vec![self.line()],
            carrier: "渝A 12345".to_owned(),
            eta_s: Some(1800),
            note: String::new(),
            person: None,
        })
    }

    fn arrive(&mut self, node: &Node) -> Option<Request> {
        let open = [WaybillState::InTransit, WaybillState::Late];
        let rows = node.shown_waybills();
        let open: Vec<SpokenId> =
            rows.iter().filter(|row| open.contains(&row.state)).map(|row| row.id).collect();
        let id = *open.get(self.dice.below(open.len() as u64) as usize)?;
        Some(Request::ArriveWaybill(ArrivalDraft {
            id,
            lines: Vec::new(),
            note: String::new(),
            person: None,
        }))
    }

    fn count(&mut self) -> Request {
        Request::PostCount(CountDraft {
            depot: self.depot(),
            lines: vec![self.line()],
            note: "盘点".to_owned(),
            person: None,
        })
    }
}
