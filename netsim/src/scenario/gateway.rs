//! One village gateway of a story: the shipped machine, what its town's node told it, and the
//! records that it asked for. Phones and people are in [`super::villages`].

use std::collections::{BTreeMap, BTreeSet};

use sanduan_protocol::base::ids::{SpokenId, UnitId};
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::field::village::{Desk, Handset, Input, Outcome};
use sanduan_protocol::local::request::TextMeans;
use sanduan_protocol::local::rows::{OrderDetail, OrderState};
use sanduan_protocol::node::Node;

use super::file::Scenario;
use super::roll::village_code;

/// A record that was asked for is awaited so long, ms.
const SAVED_WITHIN_MS: u64 = 30_000;

/// One gateway.
pub struct Gateway {
    /// The shipped machine.
    pub desk: Desk,
    /// Orders for its villages, as its machine shows them.
    pub orders: BTreeMap<SpokenId, OrderDetail>,
    /// Orders that changed since it looked.
    pub rung: BTreeSet<SpokenId>,
    /// When it looked last.
    pub looked: Mono,
    /// When its machine wants to be woken.
    pub wake_ms: Option<u64>,
    /// Records asked for, with the order, the village and the moment.
    pub wishes: BTreeMap<u64, (SpokenId, UnitId, Mono)>,
}

impl Gateway {
    /// A gateway that knows of no order yet.
    pub fn new(desk: Desk) -> Gateway {
        Gateway {
            desk,
            orders: BTreeMap::new(),
            rung: BTreeSet::new(),
            looked: Mono(0),
            wake_ms: None,
            wishes: BTreeMap::new(),
        }
    }

    /// Read the orders that rang; true if one of them is for a village of this town.
    pub fn read(&mut self, node: &Node, is_own: &dyn Fn(UnitId) -> bool) -> bool {
        let mut changed = false;
        for id in std::mem::take(&mut self.rung) {
            let Some(mut detail) = node.shown_order(id) else { continue };
            if detail.order.state == OrderState::Provisional {
                continue;
            }
            detail.addressees.retain(|row| is_own(row.unit));
            detail.receipts.retain(|row| is_own(row.unit));
            if !detail.addressees.is_empty() && self.orders.get(&id) != Some(&detail) {
                self.orders.insert(id, detail);
                changed = true;
            }
        }
        changed
    }

    /// Answers that were asked for and are on the disk by now.
    pub fn hear_of_saved(&mut self, wall_ms: u64) {
        let is_saved = |(id, unit, _): &(SpokenId, UnitId, Mono)| {
            let detail = self.orders.get(id);
            detail.is_some_and(|detail| detail.receipts.iter().any(|row| row.unit == *unit))
        };
        let saved: Vec<u64> =
            self.wishes.iter().filter(|(_, wish)| is_saved(wish)).map(|(tag, _)| *tag).collect();
        for tag in saved {
            self.wishes.remove(&tag);
            self.desk.handle(Input::Wish { tag, outcome: Outcome::Saved }, wall_ms);
            self.wake_ms = Some(wall_ms);
        }
    }

    /// The machine went off before it said that an answer is saved: asked for again.
    pub fn give_up_waiting(&mut self, now: Mono, wall_ms: u64) {
        let is_old = |asked: Mono| now.since_ms(asked) > SAVED_WITHIN_MS;
        let old: Vec<u64> =
            self.wishes.iter().filter(|(_, wish)| is_old(wish.2)).map(|(tag, _)| *tag).collect();
        for tag in old {
            self.wishes.remove(&tag);
            self.desk.handle(Input::Wish { tag, outcome: Outcome::Later }, wall_ms);
            self.wake_ms = Some(wall_ms);
        }
    }
}

/// The handset of a turn of a village: B角 of some have a BeiDou handset.
pub fn handset(village: usize, turn: u8, has_card: bool) -> Handset {
    let means = if turn == 1 && has_card { TextMeans::Beidou } else { TextMeans::Sms };
    Handset {
        means,
        number: number_of(village, turn),
        unit: village_code(village),
        person: if turn == 0 { "村甲".to_owned() } else { "村乙".to_owned() },
        turn,
        gateways: Vec::new(),
    }
}

/// By what means it is reached.
pub fn means_of(scenario: &Scenario, village: usize, turn: u8) -> TextMeans {
    handset(village, turn, scenario.roll.villages[village].has_card).means
}

/// Number of a handset: of no real phone.
pub fn number_of(village: usize, turn: u8) -> String {
    format!("1000000{:04}", village * 2 + usize::from(turn))
}

/// Village and turn of a number.
pub fn whose(number: &str) -> Option<(usize, u8)> {
    let number: usize = number.strip_prefix("1000000")?.parse().ok()?;
    Some((number / 2, (number % 2) as u8))
}
