//! Cases in which several hold what the others lack: two relays after a cut, and a whole channel
//! of stations that could not hear each other.

use sanduan_protocol::base::class::Class;
use sanduan_protocol::node::Node;

use super::Plan;
use super::cases::{LIMIT_MS, runs, send};
use super::row::Row;
use super::stage::Stage;
use crate::air::{Pair, StationId};
use crate::world::Action;

/// Records that both relays hold before they are cut off from each other.
const HELD_RECORDS: usize = 5_000;
/// Records written during the cut, half of them at each.
const DIFFER: usize = 20;
/// Time from one record to the next while the relays hear each other, ms.
const EACH_MS: u64 = 300;
/// Records that every station of the channel wrote while it was alone.
const UNSENT: usize = 5;
/// A cut, ms: long enough that nobody is believed to be there any more.
const CUT_MS: u64 = 3_600_000;

/// Two with thousands of records in common, of which a few differ: until both hold the same.
pub(super) fn relays(plan: Plan) -> Row {
    // Writing what they have in common takes longest by far.
    let costs = runs(Plan { seeds: plan.seeds.min(1), ..plan }, |seed| {
        let mut stage = Stage::new(2, 9600, plan.keying, 0, seed).traced(plan.trace);
        for n in 0..HELD_RECORDS {
            stage.ask(n % 2, send(Class::Routine));
            stage.run_ms(EACH_MS);
        }
        stage.run_ms(CUT_MS);
        hear(&mut stage, false);
        for n in 0..DIFFER {
            stage.ask(n % 2, send(Class::Routine));
            stage.run_ms(EACH_MS);
        }
        stage.run_ms(CUT_MS);
        meet_again(&mut stage)
    });
    Row::new("relays-20", 9600, 0, &costs)
        .named("两台同有 5,000 条，断后各新写 10 条", "two relays with 5,000 records differ in 20")
        .within(2_500)
        .within_ms(4_000)
}

/// Thirty stations with records that nobody else has yet: until all hold all.
pub(super) fn scattered(plan: Plan, stations: usize, loss_percent: u32) -> Row {
    let costs = runs(plan, |seed| {
        let mut stage =
            Stage::new(stations, 1200, plan.keying, loss_percent, seed).traced(plan.trace);
        hear(&mut stage, false);
        for place in 0..stations {
            for _ in 0..UNSENT {
                stage.ask(place, send(Class::Routine));
            }
        }
        stage.run_ms(CUT_MS);
        meet_again(&mut stage)
    });
    Row::new(&format!("scattered-{stations}"), 1200, loss_percent, &costs)
        .named(
            &format!("{stations} 台各有 5 条未发，重新互通"),
            &format!("{stations} stations with 5 unsent records each hear each other again"),
        )
        .within(13_000)
}

/// Bytes from the end of the cut, seconds from the moment at which one hears another again.
fn meet_again(stage: &mut Stage) -> super::stage::Cost {
    hear(stage, true);
    stage.begin();
    let begun_ms = stage.until_heard();
    stage.measure(begun_ms, LIMIT_MS, |stage| stage.world.agree(&stage.hosts, Node::holds))
}

/// From now on all stations hear each other, or none does.
fn hear(stage: &mut Stage, hears: bool) {
    let count = stage.hosts.len() as u16;
    for from in 0..count {
        for to in from + 1..count {
            let pair = Pair { from: StationId(from), to: StationId(to), both_ways: true };
            let action = match hears {
                true => Action::HealRadio(stage.radio, pair),
                false => Action::CutRadio(stage.radio, pair),
            };
            stage.world.act(action);
        }
    }
}
