//! One round of the main job between an operations centre and a depot that it cannot hear: an
//! order, its receipts, positions, stock, and three equal pictures. The bearers in between are
//! the journey's business.

use sanduan_protocol::local::request::Rung;
use sanduan_protocol::local::rows::{OrderState, StockRow, WaybillState};

use crate::lab::equal_pictures;
use crate::machine::Machine;
use crate::trouble::{Outcome, Trouble, ensure};
use crate::wait::{seconds, wait_for};

/// The operations centre, as `init` names it.
pub const CENTRE: &str = "区应急指挥中心";
/// The forward command post.
pub const FORWARD: &str = "前方指挥部";
/// A team on the water.
pub const TEAM: &str = "水上救援队2";
/// A depot's unit, which has the depot's name.
pub const DEPOT_UNIT: &str = "白沙镇库";
/// Code of the district depot.
pub const DISTRICT_DEPOT: &str = "D00";
/// Life jackets.
pub const ITEM: &str = "E004";

/// Roles of a command post.
pub const COMMAND_ROLES: &[&str] =
    &["order.issue", "order.sign", "receipt", "stock.all", "position"];
/// Roles of a depot.
pub const DEPOT_ROLES: &[&str] = &["receipt", "stock.post", "position"];
/// Roles of a team.
pub const TEAM_ROLES: &[&str] = &["receipt", "position"];

/// Three machines in a line: no direct path between the first and the last.
#[derive(Debug)]
pub struct Line {
    /// Operations centre.
    pub centre: Machine,
    /// In the middle.
    pub forward: Machine,
    /// At the far end.
    pub depot: Machine,
    /// How long the slowest step may take, in seconds.
    pub step_s: u64,
}

/// The depot kept by a unit, by its code.
///
/// # Errors
/// When the directory does not say so here.
pub fn depot_of(machine: &Machine, unit: &str) -> Outcome<String> {
    let directory = machine.directory()?;
    let unit = directory.units.iter().find(|row| row.name == unit);
    let depot = unit.and_then(|unit| directory.depots.iter().find(|d| d.custodian == unit.unit));
    let missing = || Trouble::new(format!("{}: no depot of that unit yet", machine.name()));
    depot.map(|depot| depot.code.clone()).ok_or_else(missing)
}

/// Brings everything that one machine holds to others, by hand, as is done before they leave.
///
/// # Errors
/// When an export or import is refused.
pub fn preload(from: &Machine, to: &[&Machine]) -> Outcome {
    let file = from.folder().with_extension("carry");
    let file = file.to_string_lossy();
    from.cli(&["carry", "export", &file])?;
    for machine in to {
        machine.cli(&["carry", "import", &file])?;
    }
    std::fs::remove_file(file.as_ref()).map_err(Trouble::from)
}

impl Line {
    /// The whole round.
    ///
    /// # Errors
    /// At the first step that does not come true in time.
    pub fn round(&self) -> Outcome {
        self.order()?;
        self.positions()?;
        self.stock()?;
        equal_pictures(&[&self.centre, &self.forward, &self.depot], self.step_s).map(drop)
    }

    /// An order goes out, is delivered, acknowledged by a named person and done.
    ///
    /// # Errors
    /// At the first rung that is not reached in time.
    pub fn order(&self) -> Outcome {
        let text = "即赴白沙镇滨江路3号楼接应被困约20人,带艇3条,到达即报位置。";
        let id = self.centre.cli_saved(&[
            "order", "send", "--to", DEPOT_UNIT, "--class", "flash", "--text", text, "--act-by",
            "20m", "--need", "done",
        ])?;
        self.step("the order at the far end, verified", || {
            let seen = self.depot.order(&id)?.order;
            let whole = seen.text == text && seen.state != OrderState::Provisional;
            ensure(whole && seen.unanswered_here, || format!("{seen:?}"))
        })?;
        self.step("已送达 at the centre", || {
            let row = self.centre.order(&id)?.order;
            let delivered = row.delivered == 1 && row.acknowledged == 0;
            ensure(delivered && row.state == OrderState::Open, || format!("{row:?}"))
        })?;
        self.depot.cli(&["receipt", &id, "acknowledged", "--person", "保管员"])?;
        self.answered(&id, Rung::Acknowledged, "保管员")?;
        let note = "接应21人,其中老人4人";
        self.depot.cli(&["receipt", &id, "done", "--person", "保管员", "--note", note])?;
        self.answered(&id, Rung::Done, "保管员")?;
        let row = self.centre.order(&id)?.order;
        ensure(row.state == OrderState::Answered, || format!("{row:?}"))
    }

    fn answered(&self, id: &str, rung: Rung, person: &str) -> Outcome {
        self.step(&format!("{rung:?} by {person} at the centre and on the way"), || {
            for machine in [&self.centre, &self.forward] {
                let detail = machine.order(id)?;
                let row = detail.addressees.iter().find(|row| row.name == DEPOT_UNIT);
                let told = row.is_some_and(|row| {
                    row.rung == Some(rung) && row.person.as_deref() == Some(person)
                });
                ensure(told, || format!("{}: {:?}", machine.name(), detail.addressees))?;
            }
            Ok(())
        })
    }

    /// Both ends tell where they are, and each sees the other.
    ///
    /// # Errors
    /// When one is not seen in time.
    pub fn positions(&self) -> Outcome {
        self.depot.cli(&["position", "report", "--lat", "29.0612", "--lon", "106.1187"])?;
        self.centre.cli(&["position", "report", "--lat", "29.2900", "--lon", "106.2580"])?;
        for (at, unit, lat_e7) in
            [(&self.centre, DEPOT_UNIT, 290_612_000), (&self.depot, CENTRE, 292_900_000)]
        {
            self.step(&format!("{unit} on the map of {}", at.name()), || {
                let rows = at.positions()?;
                let found = rows
                    .iter()
                    .any(|row| row.name == unit && (row.point.lat_e7 - lat_e7).abs() <= 1_000);
                ensure(found, || format!("{rows:?}"))
            })?;
        }
        Ok(())
    }

    /// Goods come in, go out and travel between depots; all counts agree.
    ///
    /// # Errors
    /// When a count is not right in time.
    pub fn stock(&self) -> Outcome {
        let own = depot_of(&self.depot, DEPOT_UNIT)?;
        let before = self.on_hand(&self.depot, &own)?;
        self.depot.cli(&["stock", "receive", "--depot", &own, "--line", "E004=30"])?;
        self.depot
            .cli(&["stock", "issue", "--depot", &own, "--line", "E004=12", "--party", TEAM])?;
        let waybill = self.centre.cli_saved(&[
            "stock",
            "ship",
            "--from",
            DISTRICT_DEPOT,
            "--to",
            &own,
            "--line",
            "E004=20",
            "--carrier",
            "渝C应017",
        ])?;
        self.step("the waybill at the far end", || {
            let rows = self.depot.waybills()?;
            let found = rows.iter().find(|row| row.id.to_string() == waybill);
            let moving = found.is_some_and(|row| row.state == WaybillState::InTransit);
            ensure(moving, || format!("{rows:?}"))
        })?;
        self.depot.cli(&["stock", "arrive", &waybill])?;
        let expected = before + (30 - 12 + 20) * 1000;
        self.step("the depot's count at the centre", || {
            let row = self.centre.stock_of(&own, ITEM)?;
            let settled = row.on_hand.0 == expected && row.inbound.0 == 0;
            ensure(settled, || format!("expected {expected} thousandths: {row:?}"))
        })
    }

    fn on_hand(&self, machine: &Machine, depot: &str) -> Outcome<i64> {
        let rows: Outcome<StockRow> = machine.stock_of(depot, ITEM);
        Ok(rows.map_or(0, |row| row.on_hand.0))
    }

    fn step<T>(&self, what: &str, ask: impl FnMut() -> Outcome<T>) -> Outcome<T> {
        wait_for(what, seconds(self.step_s), ask)
    }
}
