//! `stock …`: movements, waybills, counts, and what is where. The import has its own file.

use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::local::request::{
    ArrivalDraft, ArrivalLine, CountDraft, LineDraft, MovementDraft, MovementKind, WaybillDraft,
};
use sanduan_protocol::local::{Reply, Request, rows};

use super::args_stock::{ArriveArgs, CountArgs, MovementArgs, ShipArgs, StockCommand};
use super::opening;
use super::session::{CommandError, Session};
use crate::lang::age::left;
use crate::lang::fill;
use crate::lang::group::left_out;
use crate::lang::measure::amount;
use crate::lang::words::Word;
use crate::paint::table::{Side, Table};

/// `sanduan stock …`.
pub fn stock(session: &mut Session, command: StockCommand) -> Result<(), CommandError> {
    match command {
        StockCommand::Import { file, person } => opening::import(session, &file, person),
        StockCommand::Receive(args) => movement(session, MovementKind::Receive, args),
        StockCommand::Issue(args) => movement(session, MovementKind::Issue, args),
        StockCommand::Loss(args) => movement(session, MovementKind::Loss, args),
        StockCommand::Ship(args) => ship(session, args),
        StockCommand::Arrive(args) => arrive(session, args),
        StockCommand::Count(args) => count(session, args),
        StockCommand::Snapshot { person } => session.save(&Request::SnapshotStock { person }),
        StockCommand::Seal => seal(session),
        StockCommand::List { depot, item } => list(session, depot, item),
        StockCommand::Card { item, depot } => card(session, item, depot),
        StockCommand::Waybills => waybills(session),
    }
}

fn seal(session: &mut Session) -> Result<(), CommandError> {
    let text = session.text();
    match session.ask(&Request::SealStock)? {
        None => Ok(()),
        Some(Reply::Saved { records: 0, .. }) => session.line(text.nothing_to_seal),
        Some(Reply::Saved { records, .. }) => session.line(&fill(text.sealed_now, &[&records])),
        Some(_) => Err(session.unexpected()),
    }
}

fn lines(typed: Vec<(String, Quantity)>) -> Vec<LineDraft> {
    typed.into_iter().map(|(item, quantity)| LineDraft { item, quantity }).collect()
}

fn movement(
    session: &mut Session,
    kind: MovementKind,
    args: MovementArgs,
) -> Result<(), CommandError> {
    let (depot, items) = (args.depot.clone(), args.lines.clone());
    session.save(&Request::PostMovement(MovementDraft {
        kind,
        depot: args.depot,
        lines: lines(args.lines),
        party: args.party,
        note: args.note,
        person: args.person,
    }))?;
    let items = items.into_iter().map(|(item, _)| item);
    items.into_iter().try_for_each(|item| warn_below_zero(session, &depot, item))
}

/// Facts are never refused, but a slip of the finger must be seen by whose finger it was.
fn warn_below_zero(session: &mut Session, depot: &str, item: String) -> Result<(), CommandError> {
    if session.json {
        return Ok(());
    }
    let request = Request::Stock { depot: Some(depot.to_owned()), item: Some(item) };
    // It is saved; a daemon that goes away now takes only the remark with it.
    let Ok(Reply::Stock { stock, .. }) = session.feed.ask(&request) else { return Ok(()) };
    for row in stock.iter().filter(|row| row.on_hand < Quantity::ZERO) {
        let sentence = session.text().below_zero;
        session.line(&fill(sentence, &[&row.depot_name, &row.item_name, &row.on_hand]))?;
    }
    Ok(())
}

fn ship(session: &mut Session, args: ShipArgs) -> Result<(), CommandError> {
    session.save(&Request::ShipWaybill(WaybillDraft {
        from: args.from,
        to: args.to,
        lines: lines(args.lines),
        carrier: args.carrier,
        eta_s: args.eta,
        note: args.note,
        person: args.person,
    }))
}

fn arrive(session: &mut Session, args: ArriveArgs) -> Result<(), CommandError> {
    session.save(&Request::ArriveWaybill(ArrivalDraft {
        id: args.id,
        lines: arrival_lines(args.lines, args.damaged),
        note: args.note,
        person: args.person,
    }))
}

/// Sound and broken goods of the same item in one line; an item of which only broken ones came
/// has a line with nothing sound.
fn arrival_lines(
    sound: Vec<(String, Quantity)>,
    broken: Vec<(String, Quantity)>,
) -> Vec<ArrivalLine> {
    let mut lines: Vec<ArrivalLine> = sound
        .into_iter()
        .map(|(item, received)| ArrivalLine { item, received, damaged: Quantity::ZERO })
        .collect();
    for (item, damaged) in broken {
        match lines.iter_mut().find(|line| line.item == item) {
            Some(line) => line.damaged = damaged,
            None => lines.push(ArrivalLine { item, received: Quantity::ZERO, damaged }),
        }
    }
    lines
}

fn count(session: &mut Session, args: CountArgs) -> Result<(), CommandError> {
    session.save(&Request::PostCount(CountDraft {
        depot: args.depot,
        lines: lines(args.lines),
        note: args.note,
        person: args.person,
    }))
}

fn list(
    session: &mut Session,
    depot: Option<String>,
    item: Option<String>,
) -> Result<(), CommandError> {
    let (stock, sealed) = match session.ask(&Request::Stock { depot, item })? {
        Some(Reply::Stock { stock, sealed }) => (stock, sealed),
        Some(_) => return Err(session.unexpected()),
        None => return Ok(()),
    };
    let text = session.text();
    let mut table = Table::new(&[
        (text.depot, Side::Left),
        (text.code, Side::Left),
        (text.item, Side::Left),
        (text.on_hand, Side::Right),
        (text.unit, Side::Left),
        (text.inbound, Side::Right),
        (text.outbound, Side::Right),
        (text.provisional, Side::Right),
        (text.counted, Side::Right),
        (text.difference, Side::Right),
        (text.note, Side::Left),
    ]);
    for row in &stock {
        table.row(vec![
            row.depot_name.clone(),
            row.item_code.clone(),
            row.item_name.clone(),
            row.on_hand.to_string(),
            row.unit.clone(),
            amount(row.inbound),
            amount(row.outbound),
            amount(row.provisional),
            session.age_or_never(row.counted_ms),
            row.difference.map_or_else(|| "--".to_owned(), |found| found.to_string()),
            remarks(session, row),
        ]);
    }
    session.table(&table)?;
    match left_out(&sealed, session.lang) {
        Some(line) => session.line(&line),
        None => Ok(()),
    }
}

fn remarks(session: &Session, row: &rows::StockRow) -> String {
    let mut remarks = Vec::new();
    if row.on_hand < Quantity::ZERO {
        remarks.push(session.text().over_issued.to_owned());
    }
    if row.ambiguous > 0 {
        remarks.push(fill(session.text().look, &[&row.ambiguous]));
    }
    if let Some(told) = &row.reported {
        let age = session.age(told.at_ms);
        remarks.push(fill(session.text().told_by, &[&told.by, &age]));
    }
    remarks.join(" ")
}

fn card(session: &mut Session, item: String, depot: Option<String>) -> Result<(), CommandError> {
    let card = match session.ask(&Request::StockCard { item, depot })? {
        Some(Reply::StockCard { card }) => card,
        Some(_) => return Err(session.unexpected()),
        None => return Ok(()),
    };
    let text = session.text();
    let mut table = Table::new(&[
        (text.number, Side::Left),
        (text.age, Side::Right),
        (text.depot, Side::Left),
        (text.event, Side::Left),
        (text.change, Side::Right),
        (text.balance, Side::Right),
        (text.person, Side::Left),
        (text.note, Side::Left),
    ]);
    for row in &card {
        table.row(vec![
            row.id.to_string(),
            session.age(row.at_ms),
            row.depot_name.clone(),
            row.event.word(session.lang).to_owned(),
            row.change.to_string(),
            row.balance.to_string(),
            row.person.clone(),
            row.note.clone(),
        ]);
    }
    session.table(&table)
}

fn waybills(session: &mut Session) -> Result<(), CommandError> {
    let waybills = match session.ask(&Request::Waybills)? {
        Some(Reply::Waybills { waybills }) => waybills,
        Some(_) => return Err(session.unexpected()),
        None => return Ok(()),
    };
    let text = session.text();
    let mut table = Table::new(&[
        (text.number, Side::Left),
        (text.state, Side::Left),
        (text.from, Side::Left),
        (text.to, Side::Left),
        (text.item, Side::Left),
        (text.due, Side::Right),
        (text.received, Side::Right),
        (text.damaged, Side::Right),
        (text.short, Side::Right),
        (text.unit, Side::Left),
        (text.shipped, Side::Right),
        (text.eta, Side::Right),
        (text.carrier, Side::Left),
        (text.note, Side::Left),
    ]);
    for waybill in &waybills {
        for (place, line) in waybill.lines.iter().enumerate() {
            table.row(waybill_cells(session, waybill, line, place == 0));
        }
    }
    session.table(&table)
}

fn waybill_cells(
    session: &Session,
    waybill: &rows::WaybillRow,
    line: &rows::WaybillLineRow,
    first: bool,
) -> Vec<String> {
    let once = |text: String| if first { text } else { String::new() };
    vec![
        waybill.id.to_string(),
        waybill.state.word(session.lang).to_owned(),
        once(waybill.from.clone()),
        once(waybill.to.clone()),
        line.item_name.clone(),
        line.due.to_string(),
        amount(line.received),
        amount(line.damaged),
        amount(line.short),
        line.unit.clone(),
        once(session.age(waybill.shipped_ms)),
        once(arrival(session, waybill)),
        once(waybill.carrier.clone()),
        once(waybill.note.clone()),
    ]
}

/// When it came, or when it should.
fn arrival(session: &Session, waybill: &rows::WaybillRow) -> String {
    match (waybill.arrived_ms, waybill.eta_ms) {
        (Some(arrived_ms), _) => {
            format!("{} {}", session.text().arrived, session.age(arrived_ms))
        }
        (None, Some(eta_ms)) => left(eta_ms, session.now_ms, session.lang),
        (None, None) => "--".to_owned(),
    }
}
