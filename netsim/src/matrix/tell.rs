//! One telling of a story, with a crash at one write or without any; then all heals, and what was
//! confirmed is looked for on every machine.

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::ids::{DeviceId, Lane, RecordId};
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::base::roles::Roles;
use sanduan_protocol::keys::enrol::EnrolRequest;
use sanduan_protocol::keys::sign::DeviceKey;
use sanduan_protocol::local::request::{
    ArrivalDraft, CountDraft, LineDraft, MovementDraft, MovementKind, OrderDraft, PositionDraft,
    ReceiptDraft, Rung, WaybillDraft,
};
use sanduan_protocol::local::rows::WaybillState;
use sanduan_protocol::local::{Reply, Request};
use sanduan_protocol::node::Node;
use sanduan_protocol::node::input::AskId;

use super::file::{Step, Story, Wish};
use crate::world::{HostId, Unsynced, WireConfig, World, district, district::unit_code};

/// After the story, the machines are given so long to agree, s.
const HEAL_S: u64 = 400;

/// What one telling came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// Batches handed to disks during the story.
    pub writes: u64,
    /// Wishes confirmed.
    pub confirmed: u64,
    /// Of these, not on every machine in the end.
    pub lost: u64,
    /// All machines are up and can save.
    pub is_open: bool,
    /// All hold the same.
    pub agrees: bool,
    /// Promises that the world saw broken.
    pub breaches: Vec<String>,
}

impl Told {
    /// What went wrong in it, in words.
    pub fn wrong(&self, what: &str) -> Vec<String> {
        let mut lines: Vec<String> =
            self.breaches.iter().map(|breach| format!("{what}: {breach}")).collect();
        if self.lost > 0 {
            lines.push(format!("{what}: {} of {} lost", self.lost, self.confirmed));
        }
        if !self.is_open {
            lines.push(format!("{what}: a machine is not open again"));
        }
        if !self.agrees {
            lines.push(format!("{what}: not the same everywhere after {HEAL_S} s"));
        }
        lines
    }
}

/// What was entered: where, as which request, and what it becomes.
struct Entered {
    host: HostId,
    ask: AskId,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Record(Lane),
    Report,
    Admission,
    /// Of this device.
    Revocation(DeviceId),
}

/// Tell the story under this seed.
pub(super) fn tell(story: &Story, seed: u64, crash: Option<(u64, Unsynced)>) -> Told {
    let mut world = World::new(seed);
    let hosts = district::found(&mut world, story.places, seed);
    for pair in hosts.windows(2) {
        let slow = pair[0].0 == 0;
        let config = if slow { WireConfig::satellite() } else { WireConfig::lan() };
        world.add_wire(pair[0], pair[1], config);
    }
    if let Some((write, unsynced)) = crash {
        world.crash_at_save(write, unsynced);
    }
    world.start_all();
    let mut entered = Vec::new();
    let mut steps = story.steps.clone();
    steps.sort_by_key(|step| step.at_s);
    for step in &steps {
        let at = sanduan_protocol::base::time::Mono(step.at_s * 1000);
        world.run_until(at);
        enter(&mut world, hosts[step.place], step, &mut entered);
    }
    world.run_until(sanduan_protocol::base::time::Mono(story.seconds * 1000));
    let writes = world.saves();
    let until = world.now().after_ms(HEAL_S * 1000);
    let is_one = |world: &World<Node>| {
        hosts.iter().all(|host| world.host(*host).machine().is_some())
            && world.agree(&hosts, Node::verified)
    };
    let agrees = world.run_until_true(until, 1000, is_one).is_some();
    let is_up = |host: &HostId| {
        world
            .host(*host)
            .machine()
            .is_some_and(|node| !node.cannot_save() && node.has_started_before())
    };
    let is_open = hosts.iter().all(is_up);
    let (confirmed, lost) = count(&world, &hosts, &entered);
    let breaches = world.breaches().iter().map(ToString::to_string).collect();
    Told { writes, confirmed, lost, is_open, agrees, breaches }
}

fn enter(world: &mut World<Node>, host: HostId, step: &Step, entered: &mut Vec<Entered>) {
    let Some(node) = world.host(host).machine() else { return };
    for (request, kind) in requests(node, host, &step.wish) {
        let ask = world.ask(host, request);
        entered.push(Entered { host, ask, kind });
    }
}

/// Confirmed wishes, and those of them that some machine lacks.
fn count(world: &World<Node>, hosts: &[HostId], entered: &[Entered]) -> (u64, u64) {
    let (mut confirmed, mut lost) = (0, 0);
    for entry in entered {
        let mut answers = world.host(entry.host).answers();
        let Some(answer) = answers.find(|answer| answer.ask == entry.ask) else { continue };
        let Ok(reply) = &answer.reply else { continue };
        confirmed += 1;
        let holds = |node: &Node| match (entry.kind, reply) {
            (Kind::Record(lane), Reply::Saved { id: Some(id), .. }) => {
                let id: RecordId = id.in_lane(lane);
                node.book().record(id).is_some()
            }
            (Kind::Admission, Reply::Admitted { device, .. }) => {
                node.directory().member(*device).is_some()
            }
            (Kind::Revocation(device), Reply::Saved { .. }) => {
                node.directory().revocation(device).is_some()
            }
            // A newer report takes the place of an older one; that one is known is seen here.
            (Kind::Report, Reply::Saved { .. }) => node.board().iter().next().is_some(),
            _ => false,
        };
        let is_everywhere = hosts.iter().all(|h| world.host(*h).machine().is_some_and(holds));
        lost += u64::from(!is_everywhere);
    }
    (confirmed, lost)
}

fn requests(node: &Node, host: HostId, wish: &Wish) -> Vec<(Request, Kind)> {
    let command = Kind::Record(Lane::Command);
    let stock = Kind::Record(Lane::Stock);
    match wish {
        Wish::Order(to) => vec![(order(to), command)],
        Wish::Answer(_) => {
            let rows = node.shown_orders();
            let owed = rows.iter().filter(|row| row.unanswered_here);
            owed.map(|row| (receipt(row.id), command)).collect()
        }
        Wish::Withdraw(_) => {
            let rows = node.shown_orders();
            let own = rows.iter().find(|row| row.id.author.0 == host.0 + 1);
            let reason = "情况有变".to_owned();
            own.map(|row| (Request::CancelOrder { id: row.id, reason, person: None }, command))
                .into_iter()
                .collect()
        }
        Wish::Report(_) => {
            let point = Point { lat_e7: 290_600_000, lon_e7: 1_061_250_000 };
            let draft = PositionDraft { unit: None, point, state: None };
            vec![(Request::ReportPosition(draft), Kind::Report)]
        }
        Wish::Receive(count) => vec![(movement(MovementKind::Receive, *count), stock)],
        Wish::Issue(count) => vec![(movement(MovementKind::Issue, *count), stock)],
        Wish::Ship(count) => vec![(ship(*count), stock)],
        Wish::Arrive(_) => {
            let rows = node.shown_waybills();
            let on_their_way =
                rows.iter().filter(|row| matches!(row.state, WaybillState::InTransit));
            on_their_way.map(|row| (arrive(row.id), stock)).collect()
        }
        Wish::Count(count) => vec![(counted(*count), stock)],
        Wish::Admit(number) => vec![(admit(*number), Kind::Admission)],
        Wish::Revoke(device) => {
            let device = DeviceId(*device);
            let request = Request::RevokeDevice { device, reason: "遗失".to_owned() };
            vec![(request, Kind::Revocation(device))]
        }
    }
}

fn order(to: &str) -> Request {
    Request::SendOrder(OrderDraft {
        to: to.to_owned(),
        class: Some(Class::Flash),
        text: "立即集结".to_owned(),
        ..OrderDraft::default()
    })
}

fn receipt(id: sanduan_protocol::base::ids::SpokenId) -> Request {
    Request::SendReceipt(ReceiptDraft {
        id,
        rung: Rung::Acknowledged,
        note: "收到".to_owned(),
        person: Some("李".to_owned()),
        proxy: None,
        unit: None,
    })
}

fn line(count: i64) -> Vec<LineDraft> {
    vec![LineDraft { item: "冲锋舟".to_owned(), quantity: Quantity::units(count) }]
}

fn movement(kind: MovementKind, count: i64) -> Request {
    Request::PostMovement(MovementDraft {
        kind,
        depot: "D01".to_owned(),
        lines: line(count),
        party: "民政局".to_owned(),
        note: "单据".to_owned(),
        person: None,
    })
}

fn ship(count: i64) -> Request {
    Request::ShipWaybill(WaybillDraft {
        from: "D01".to_owned(),
        to: "D02".to_owned(),
        lines: line(count),
        carrier: "渝A 12345".to_owned(),
        eta_s: Some(1800),
        note: String::new(),
        person: None,
    })
}

fn arrive(id: sanduan_protocol::base::ids::SpokenId) -> Request {
    Request::ArriveWaybill(ArrivalDraft {
        id,
        lines: Vec::new(),
        note: String::new(),
        person: None,
    })
}

fn counted(count: i64) -> Request {
    Request::PostCount(CountDraft {
        depot: "D01".to_owned(),
        lines: line(count),
        note: "盘点".to_owned(),
        person: None,
    })
}

fn admit(number: u8) -> Request {
    let key = DeviceKey::from_seed([number.wrapping_add(100); 32]);
    let roles = Roles(Roles::RECEIPT.0 | Roles::POSITION.0);
    Request::AdmitDevice {
        request: EnrolRequest::of(&key).to_text(),
        unit: unit_code(0),
        roles: roles.words(),
        again: false,
    }
}
