//! Where thirty teams are, said every half minute on one channel, and what it leaves of the channel
//! for an order.

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::ids::{DeviceId, LaneId};
use sanduan_protocol::local::Request;
use sanduan_protocol::local::request::PositionDraft;

use super::Plan;
use super::cases::{LIMIT_MS, runs, send};
use super::row::Row;
use super::stage::{Cost, Stage};

const TEAMS: usize = 30;
/// Each reports so often, ms.
const EVERY_MS: u64 = 30_000;
/// The order is given after so long, ms.
const BEFORE_MS: u64 = 300_000;

/// Teams that move, and a flash order among them: bytes of five minutes before it, seconds until
/// all have verified it.
pub(super) fn moving(plan: Plan) -> Row {
    let costs = runs(plan, |seed| {
        let mut stage = Stage::new(TEAMS, 1200, plan.keying, 0, seed).traced(plan.trace);
        let mut dice = Dice::new(seed);
        stage.begin();
        let begun_ms = stage.world.now().0;
        let mut turns = 0;
        let mut report_until = |stage: &mut Stage, until_ms: u64| {
            while stage.world.now().0 < until_ms {
                stage.ask(turns % TEAMS, position(&mut dice));
                turns += 1;
                stage.run_ms(EVERY_MS / TEAMS as u64);
            }
        };
        report_until(&mut stage, begun_ms + BEFORE_MS);
        let before = stage.count();
        let given_ms = stage.world.now().0;
        stage.ask(0, send(Class::Flash));
        let is_there = |stage: &Stage| {
            stage.hosts.iter().all(|host| {
                let node = stage.world.host(*host).machine();
                let lane = node.and_then(|node| node.book().lane(LaneId::flash(DeviceId(1))));
                lane.is_some_and(|lane| lane.saved_sealed() > 0)
            })
        };
        while !is_there(&stage) && stage.world.now().0 < given_ms + LIMIT_MS {
            let until_ms = stage.world.now().0 + EVERY_MS / TEAMS as u64;
            report_until(&mut stage, until_ms);
        }
        let took_ms = stage.world.now().0 - given_ms;
        Cost { done_ms: (took_ms < LIMIT_MS).then_some(took_ms), ..before }
    });
    Row::new(&format!("moving-{TEAMS}"), 1200, 0, &costs).named(
        "30 队每半分钟报位：五分钟字节；其间特提到全部",
        "30 teams report every 30 s: bytes of 5 min; flash order among them",
    )
}

fn position(dice: &mut Dice) -> Request {
    let moved = |dice: &mut Dice| dice.below(20_000) as i32;
    let point = Point { lat_e7: 290_612_345 + moved(dice), lon_e7: 1_061_254_321 + moved(dice) };
    Request::ReportPosition(PositionDraft { unit: None, point, state: None })
}
