//! What people do in a made-up district, for the stories told beside this room: they order, answer,
//! move goods, report where they are; and what must be true in the end.

use std::io::{Write, stdout};

use sanduan_netsim::world::district::unit_code;
use sanduan_netsim::world::{HostId, Reading, World, district};
use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::ids::SpokenId;
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::local::request::{
    LineDraft, MovementDraft, MovementKind, OrderDraft, PositionDraft, ReceiptDraft, Rung,
};
use sanduan_protocol::local::rows::{OrderRow, OrderState};
use sanduan_protocol::local::{Refusal, Reply, Request};
use sanduan_protocol::node::Node;
use sanduan_protocol::node::input::AskId;

/// People look at their screens this often, s, not all at the same moment.
const LOOK_S: u64 = 5;

/// A world, its hosts, and what was promised to people in it.
pub struct Story {
    pub world: World<Node>,
    pub hosts: Vec<HostId>,
    /// Every wish that was entered, to be found on every host if it was confirmed.
    pub asked: Vec<(HostId, AskId)>,
}

impl Story {
    /// A new district of so many hosts, not started yet.
    pub fn new(seed: u64, count: usize) -> Story {
        let mut world = World::new(seed);
        let hosts = district::found(&mut world, count, seed);
        world.keep_frames();
        Story { world, hosts, asked: Vec::new() }
    }

    pub fn run_s(&mut self, seconds: u64) {
        let until = self.world.now().after_ms(seconds * 1000);
        self.world.run_until(until);
    }

    /// A wish that is confirmed, refused, or lost with its host; never waited for.
    pub fn enter(&mut self, place: usize, request: Request) {
        let ask = self.world.ask(self.hosts[place], request);
        self.asked.push((self.hosts[place], ask));
    }

    /// A question to a host that is up.
    pub fn question(&mut self, host: HostId, request: Request) -> Reply {
        let ask = self.world.ask(host, request);
        self.answer(host, ask).expect("a host that is up answers questions at once").expect("reply")
    }

    pub fn answer(&self, host: HostId, ask: AskId) -> Option<Result<Reply, Refusal>> {
        let mut answers = self.world.host(host).answers();
        answers.find(|answer| answer.ask == ask).map(|answer| answer.reply.clone())
    }

    /// Numbers of everything that was confirmed.
    pub fn confirmed(&self) -> Vec<SpokenId> {
        let replies = self.asked.iter().filter_map(|(host, ask)| self.answer(*host, *ask));
        let ids = replies.filter_map(|reply| match reply {
            Ok(Reply::Saved { id, .. }) => id,
            Ok(other) => panic!("{other:?} to a wish"),
            Err(refusal) => panic!("{refusal:?}"),
        });
        ids.collect()
    }

    /// Those whose second it is look at their screen and answer what their unit owes.
    fn people_answer(&mut self, second: u64) {
        for place in 0..self.hosts.len() {
            let host = self.hosts[place];
            let looks = second % LOOK_S == place as u64 % LOOK_S;
            if !looks || self.world.host(host).machine().is_none() {
                continue;
            }
            for row in self.orders(host) {
                if row.unanswered_here {
                    self.enter(place, receipt(row.id));
                }
            }
        }
    }

    pub fn orders(&mut self, host: HostId) -> Vec<OrderRow> {
        match self.question(host, Request::Orders { open_only: false }) {
            Reply::Orders { orders } => orders,
            other => panic!("{other:?}"),
        }
    }

    /// On hand at every depot, as this host knows it.
    pub fn on_hand(&mut self, host: HostId) -> Vec<(String, String)> {
        match self.question(host, Request::Stock { depot: None, item: None }) {
            Reply::Stock { stock, .. } => {
                stock.iter().map(|row| (row.depot_name.clone(), row.on_hand.to_string())).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    /// Run, people answering meanwhile, until all hold the same and every order is answered; the
    /// seconds it took, or `None` at the limit.
    pub fn heal_within(&mut self, limit_s: u64) -> Option<u64> {
        let begin = self.world.now();
        while self.world.now() < begin.after_ms(limit_s * 1000) {
            self.run_s(1);
            let second = self.world.now().since_ms(begin) / 1000;
            self.people_answer(second);
            if self.world.agree(&self.hosts, Node::holds) && self.all_answered() {
                return Some(second);
            }
        }
        None
    }

    fn all_answered(&mut self) -> bool {
        let first = self.hosts[0];
        if self.hosts.iter().any(|host| self.world.host(*host).machine().is_none()) {
            return false;
        }
        self.orders(first).iter().all(|row| row.state == OrderState::Answered)
    }

    /// What must be true once healed.
    pub fn check_healed(&mut self, what: &str) {
        assert_eq!(self.world.breaches(), [], "{what}");
        let confirmed = self.confirmed();
        let first = self.hosts[0];
        let (orders, stock) = (self.orders(first), self.on_hand(first));
        for host in self.hosts.clone() {
            assert_eq!(self.on_hand(host), stock, "{what}: stock of host {}", host.0);
            let theirs: Vec<SpokenId> = self.orders(host).iter().map(|row| row.id).collect();
            let ours: Vec<SpokenId> = orders.iter().map(|row| row.id).collect();
            assert_eq!(theirs, ours, "{what}: orders of host {}", host.0);
            let Reply::Log { log } = self.question(host, Request::Log { after_ms: None, limit: 0 })
            else {
                panic!("no log")
            };
            // A number names a command and a movement alike: as often as it was confirmed.
            for id in &confirmed {
                let held = log.iter().filter(|row| row.id == *id).count();
                let told = confirmed.iter().filter(|other| *other == id).count();
                assert!(held >= told, "{what}: {id} was confirmed and is not on host {}", host.0);
            }
        }
    }

    /// Bytes of all frames since this was last asked; prints them if `SANDUAN_FRAMES` is set.
    pub fn frame_bytes(&mut self) -> usize {
        let frames = self.world.take_frames();
        if std::env::var_os("SANDUAN_FRAMES").is_some() {
            let mut reading = Reading::new(&district::settings(0, 0));
            for taped in &frames {
                writeln!(stdout(), "{}", reading.line(taped)).expect("standard output is there");
            }
        }
        frames.iter().map(|taped| taped.frame.len()).sum()
    }
}

pub fn order(to: &str, text: &str) -> Request {
    Request::SendOrder(OrderDraft {
        to: to.to_owned(),
        class: Some(Class::Flash),
        text: text.to_owned(),
        ..OrderDraft::default()
    })
}

pub fn order_to(place: usize, text: &str) -> Request {
    order(&unit_code(place), text)
}

pub fn receipt(id: SpokenId) -> Request {
    Request::SendReceipt(ReceiptDraft {
        id,
        rung: Rung::Acknowledged,
        note: "收到".to_owned(),
        person: Some("李".to_owned()),
        proxy: None,
        unit: None,
    })
}

pub fn received(depot: &str, count: i64) -> Request {
    Request::PostMovement(MovementDraft {
        kind: MovementKind::Receive,
        depot: depot.to_owned(),
        lines: vec![LineDraft { item: "冲锋舟".to_owned(), quantity: Quantity::units(count) }],
        party: "调入".to_owned(),
        note: String::new(),
        person: None,
    })
}

pub fn here(step: i32) -> Request {
    let point = Point { lat_e7: 290_600_000 + step * 1000, lon_e7: 1_061_250_000 };
    Request::ReportPosition(PositionDraft { unit: None, point, state: None })
}
