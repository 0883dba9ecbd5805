//! What happens in the story. Each act wishes something on one machine and tells it when it is
//! seen on another.

use sanduan_protocol::local::request::{Rung, UnitState};
use sanduan_protocol::local::rows::{OrderState, WaybillState};

use crate::machine::Machine;
use crate::round::{DEPOT_UNIT, DISTRICT_DEPOT, ITEM, TEAM};
use crate::story::cast::Cast;
use crate::story::teller::Teller;
use crate::trouble::{Outcome, Trouble, ensure};
use crate::wait::{seconds, stays, wait_for};

/// Longest time for one step over the slow radio.
const STEP_S: u64 = 120;
/// How long the radio stays cut after everything was written on both sides.
const CUT_S: u64 = 5;

fn step<T>(what: &str, ask: impl FnMut() -> Outcome<T>) -> Outcome<T> {
    wait_for(what, seconds(STEP_S), ask)
}

/// An order goes to the team and the depot; they acknowledge and carry it out.
///
/// # Errors
/// When a rung is not reached in time.
pub fn order(cast: &Cast, teller: &Teller) -> Outcome {
    teller.act("指令与回执 / an order and its receipts");
    let text = "水救二队即赴白沙镇滨江路3号楼接应被困约20人,带艇3条;白沙镇库备救生衣20件。";
    let to = format!("{TEAM},{DEPOT_UNIT}");
    let id = cast.centre.cli_saved(&[
        "order", "send", "--to", &to, "--class", "flash", "--text", text, "--act-by", "20m",
        "--need", "done",
    ])?;
    teller.tell(cast.centre.name(), &format!("已发出 特提 {id}: {text}"));
    for machine in [&cast.team, &cast.depot] {
        let row = step("the order over two hops", || {
            let row = machine.order(&id)?.order;
            ensure(row.state != OrderState::Provisional, || "未验".to_owned())?;
            Ok(row)
        })?;
        teller.tell(machine.name(), &format!("收到 {}:{}(已验签 / verified)", row.id, row.text));
    }
    step("已送达", || {
        let row = cast.centre.order(&id)?.order;
        ensure(row.delivered == 2, || format!("{} of {}", row.delivered, row.owed))
    })?;
    teller.tell(cast.centre.name(), "已送达 2/2(机器回应,不算签收 / by machines, not an answer)");
    answer(cast, teller, &cast.team, &id, "带队队长", "接应21人,其中老人4人")?;
    answer(cast, teller, &cast.depot, &id, "保管员", "救生衣20件已备")?;
    let row = cast.centre.order(&id)?.order;
    ensure(row.state == OrderState::Answered, || format!("{row:?}"))?;
    teller
        .tell(cast.centre.name(), &format!("{id} 已落实 {}/{} / done by all", row.done, row.owed));
    Ok(())
}

fn answer(
    cast: &Cast,
    teller: &Teller,
    machine: &Machine,
    id: &str,
    person: &str,
    note: &str,
) -> Outcome {
    let unit = machine.status()?.unit_name;
    for (word, zh, rung, note) in
        [("acknowledged", "已签收", Rung::Acknowledged, ""), ("done", "已落实", Rung::Done, note)]
    {
        let mut command = vec!["receipt", id, word, "--person", person];
        if !note.is_empty() {
            command.extend(["--note", note]);
        }
        machine.cli(&command)?;
        step(&format!("{zh} at the centre"), || {
            let detail = cast.centre.order(id)?;
            let row = detail.addressees.iter().find(|row| row.name == unit);
            ensure(row.is_some_and(|row| row.rung == Some(rung)), || format!("{row:?}"))
        })?;
        teller.tell(cast.centre.name(), &format!("{unit} {person} {zh} {note}"));
    }
    Ok(())
}

/// The team moves, and the centre sees it move.
///
/// # Errors
/// When a position is not seen in time.
pub fn positions(cast: &Cast, teller: &Teller) -> Outcome {
    teller.act("位置 / positions");
    for (lat, lon, word, state, zh) in [
        ("29.2150", "106.1750", "departed", UnitState::Departed, "出发"),
        ("29.1200", "106.1400", "en_route", UnitState::EnRoute, "在途"),
        ("29.0612", "106.1187", "arrived", UnitState::Arrived, "到达"),
    ] {
        let report = ["position", "report", "--lat", lat, "--lon", lon, "--state", word];
        cast.team.cli(&report)?;
        let expected: f64 = lat.parse().map_err(|_| Trouble::new("a bad latitude"))?;
        let row = step("the team's position at the centre", || {
            let rows = cast.centre.positions()?;
            let row = rows.iter().find(|row| row.name == TEAM);
            let near = row.filter(|row| (row.point.lat() - expected).abs() < 0.0005);
            let told = near.filter(|row| row.state == state);
            told.cloned().ok_or_else(|| Trouble::new(format!("{row:?}")))
        })?;
        let (lat, lon) = (row.point.lat(), row.point.lon());
        teller.tell(cast.centre.name(), &format!("{TEAM} {lat:.4},{lon:.4} {zh}"));
    }
    Ok(())
}

/// The depot issues, the centre ships, the depot takes in; the counts agree.
///
/// # Errors
/// When a count is not right in time.
pub fn stock(cast: &Cast, teller: &Teller) -> Outcome {
    teller.act("物资 / stock");
    let code = cast.depot_code.as_str();
    let before = cast.centre.stock_of(code, ITEM)?;
    let (name, unit) = (before.item_name.clone(), before.unit.clone());
    let (issued, shipped) = ("E004=20", "E004=60");
    cast.depot.cli(&["stock", "issue", "--depot", code, "--line", issued, "--party", TEAM])?;
    teller.tell(cast.depot.name(), &format!("出库 {name} 20 {unit} → {TEAM}"));
    let waybill = cast.centre.cli_saved(&[
        "stock",
        "ship",
        "--from",
        DISTRICT_DEPOT,
        "--to",
        code,
        "--line",
        shipped,
        "--carrier",
        "渝C应017",
        "--eta",
        "2h",
    ])?;
    teller.tell(cast.centre.name(), &format!("调拨 {waybill}:{name} 60 {unit},渝C应017,在途"));
    step("the waybill at the depot", || {
        let rows = cast.depot.waybills()?;
        let found = rows.iter().find(|row| row.id.to_string() == waybill);
        ensure(found.is_some_and(|row| row.state == WaybillState::InTransit), || {
            format!("{rows:?}")
        })
    })?;
    teller.tell(cast.depot.name(), &format!("看到在途 {waybill} / sees it in transit"));
    cast.depot.cli(&["stock", "arrive", &waybill])?;
    teller.tell(cast.depot.name(), "货物足额签收 / taken in, all of it");
    let expected = before.on_hand.0 - 20_000 + 60_000;
    let row = step("the depot's count at the centre", || {
        let row = cast.centre.stock_of(code, ITEM)?;
        let settled = row.on_hand.0 == expected && row.inbound.0 == 0;
        ensure(settled, || format!("{row:?}"))?;
        Ok(row)
    })?;
    let words =
        format!("{} {name} 在库 {} {unit}(原 {})", row.depot_name, row.on_hand, before.on_hand);
    teller.tell(cast.centre.name(), &words);
    Ok(())
}

/// The radio is cut; both sides go on writing; it heals, and both sides have everything.
///
/// # Errors
/// When something crosses the cut, or does not arrive after it.
pub fn cut(cast: &mut Cast, teller: &Teller) -> Outcome {
    teller.act("中断与恢复 / a cut and its healing");
    for pair in ["A-B", "A-C"] {
        cast.air.say(&format!("cut {pair}"))?;
    }
    teller.tell("电台", "前指与两台中断 / the forward post hears nobody");
    let id = cast.centre.cli_saved(&[
        "order",
        "send",
        "--to",
        TEAM,
        "--class",
        "immediate",
        "--text",
        "转移沿江一社群众到白沙小学,转完报人数。",
    ])?;
    teller.tell(cast.centre.name(), &format!("已发出 特急 {id},对方收不到 / cannot arrive"));
    let code = cast.depot_code.clone();
    let count = ["stock", "receive", "--depot", &code, "--line", "R012=80", "--party", "捐赠"];
    cast.depot.cli(&count)?;
    teller.tell(cast.depot.name(), "断开中照常入库 饮用水 80 件 / goes on posting");
    stays("the order must not cross the cut", seconds(CUT_S), || {
        ensure(cast.team.order(&id).is_err(), || "it did".to_owned())
    })?;
    for pair in ["A-B", "A-C"] {
        cast.air.say(&format!("heal {pair}"))?;
    }
    teller.tell("电台", "恢复 / healed");
    step("the order after the cut", || cast.team.order(&id))?;
    teller.tell(cast.team.name(), &format!("收到 {id} / arrived"));
    cast.team.cli(&["receipt", &id, "acknowledged", "--person", "带队队长"])?;
    step("its receipt", || {
        let row = cast.centre.order(&id)?.order;
        ensure(row.acknowledged == 1, || format!("{row:?}"))
    })?;
    teller.tell(cast.centre.name(), &format!("{id} 已签收 1/1 / acknowledged"));
    Ok(())
}
