//! Cases of one channel on which a post on a ridge hears all valleys, and no valley hears another:
//! answers meet at the one place where all are heard, and nobody who speaks can know.

use sanduan_protocol::base::class::Class;
use sanduan_protocol::local::Reply;

use super::Plan;
use super::cases::{LIMIT_MS, is_delivered, runs, send};
use super::row::Row;
use super::stage::{Cost, Stage};
use crate::air::{Hearing, Pair, StationId};

/// Where the post on the ridge is among the hosts.
const RIDGE: usize = 0;
/// The valley that speaks to the others over the ridge.
const VALLEY: usize = 1;

/// The ridge and each valley hear each other.
fn pairs(valleys: usize) -> Vec<Pair> {
    let to = (1..=valleys as u16).map(StationId);
    to.map(|to| Pair { from: StationId(RIDGE as u16), to, both_ways: true }).collect()
}

/// An order of that host to all others, until it knows that each has it on its disk.
fn costs(plan: Plan, author: usize, valleys: usize, loss_percent: u32) -> Vec<Cost> {
    runs(plan, |seed| {
        let hearing = Hearing::only(&pairs(valleys));
        let mut stage = Stage::among(valleys + 1, hearing, 1200, plan.keying, loss_percent, seed)
            .traced(plan.trace);
        let begun_ms = stage.begin();
        let Some(Reply::Saved { id: Some(id), .. }) = stage.ask(author, send(Class::Flash)) else {
            return Cost::default();
        };
        stage.measure(begun_ms, LIMIT_MS, |stage| is_delivered(stage, author, id))
    })
}

/// From the ridge to every valley.
pub(super) fn order(plan: Plan, valleys: usize, loss_percent: u32) -> Row {
    let costs = costs(plan, RIDGE, valleys, loss_percent);
    Row::new(&format!("ridge-order-{valleys}"), 1200, loss_percent, &costs).named(
        &format!("山脊台发指令到互不相闻的 {valleys} 台，含机器确认"),
        &format!("order from a ridge to {valleys} that do not hear each other"),
    )
}

/// From one valley to the ridge, and over it to all others.
pub(super) fn across(plan: Plan, valleys: usize) -> Row {
    let costs = costs(plan, VALLEY, valleys, 0);
    Row::new(&format!("ridge-across-{valleys}"), 1200, 0, &costs).named(
        &format!("山谷台发指令，经山脊台到其余互不相闻的台（共 {valleys} 谷）"),
        &format!("order from one of {valleys} valleys over the ridge to all others"),
    )
}
