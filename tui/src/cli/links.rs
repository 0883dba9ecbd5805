//! `status`, `peers`, `outbox`: how this node is connected and what it holds. Its links are in
//! [`super::bearers`].

use sanduan_protocol::local::{Reply, Request, rows};

use super::session::{CommandError, Session};
use crate::lang::age::span;
use crate::lang::command::CommandTexts;
use crate::lang::measure::percent;
use crate::lang::outbox::{by_link, numbers, reason, whom};
use crate::lang::words::{Word, lane};
use crate::lang::{fill, half, keys, roles, room, vault};
use crate::paint::table::{Side, Table};

/// `sanduan status`.
pub fn status(session: &mut Session) -> Result<(), CommandError> {
    match session.ask(&Request::Status)? {
        Some(Reply::Status(row)) => print_status(session, &row),
        Some(_) => Err(session.unexpected()),
        None => Ok(()),
    }
}

fn print_status(session: &mut Session, row: &rows::StatusRow) -> Result<(), CommandError> {
    let text = session.text();
    session.banners_of(row)?;
    let records = fill(text.records_line, &[&row.records, &row.provisional, &row.refused]);
    let held = match row.roles.is_empty() {
        true => text.no_roles_yet.to_owned(),
        false => roles(row.roles.iter().map(String::as_str), session.lang),
    };
    let saving = row.unsaved.as_deref().map(|reason| half(reason, session.lang));
    let saving = saving.unwrap_or(text.saving_ok).to_owned();
    let pairs: [(&str, String); 19] = [
        (text.network, format!("{} {}", row.district, row.name)),
        (text.own_unit, format!("{} ({})", row.unit_name, row.unit)),
        (text.device, row.device.to_string()),
        (text.roles, held),
        (text.records, records),
        (text.digest, row.digest.clone()),
        (text.board_digest, row.board_digest.clone()),
        (text.open_orders, row.open_orders.to_string()),
        (text.unanswered_here, row.unanswered_here.to_string()),
        (text.outbox, row.outbox.to_string()),
        (text.saving, saving),
        (room::heading(session.lang), room::figures(&row.room, session.lang)),
        (room::scrub_heading(session.lang), room::scrub_line(&row.scrub, row.now_ms, session.lang)),
        (session.lang.vault().heading, vault::line(&row.vault, session.lang)),
        (session.lang.keys().heading, keys::line(&row.keys, session.lang)),
        (text.links_up, kinds(&row.links_up)),
        (text.battery, battery(row, text)),
        (text.uptime, span(row.uptime_s, session.lang)),
        (text.version, row.version.clone()),
    ];
    session.pairs(&pairs)
}

fn battery(row: &rows::StatusRow, text: &CommandTexts) -> String {
    let left = percent(row.battery_pct);
    if row.sparing_battery { format!("{left}  {}", text.sparing) } else { left }
}

fn kinds(words: &[String]) -> String {
    if words.is_empty() { "--".to_owned() } else { words.join(" ") }
}

/// `sanduan peers`.
pub fn peers(session: &mut Session) -> Result<(), CommandError> {
    let peers = match session.ask(&Request::Peers)? {
        Some(Reply::Peers { peers }) => peers,
        Some(_) => return Err(session.unexpected()),
        None => return Ok(()),
    };
    let text = session.text();
    let mut table = Table::new(&[
        (text.device, Side::Right),
        (text.unit, Side::Left),
        (text.link, Side::Left),
        (text.last_heard, Side::Right),
        (text.in_step, Side::Left),
        (text.lacks, Side::Right),
        (text.battery, Side::Right),
        (text.links_up, Side::Left),
        (text.said, Side::Right),
    ]);
    for row in &peers {
        table.row(vec![
            row.device.to_string(),
            row.unit_name.clone(),
            row.link_name.clone(),
            session.age(row.last_heard_ms),
            if row.in_step { text.yes } else { text.no }.to_owned(),
            row.lacks.to_string(),
            percent(row.battery_pct),
            kinds(&row.links_up),
            row.status_ms.map_or_else(|| "--".to_owned(), |at_ms| session.age(at_ms)),
        ]);
    }
    session.table(&table)
}

/// `sanduan outbox`.
pub fn outbox(session: &mut Session) -> Result<(), CommandError> {
    let outbox = match session.ask(&Request::Outbox)? {
        Some(Reply::Outbox { outbox }) => outbox,
        Some(_) => return Err(session.unexpected()),
        None => return Ok(()),
    };
    let text = session.text();
    let mut table = Table::new(&[
        (text.link, Side::Left),
        (text.urgency, Side::Left),
        (text.what, Side::Left),
        (text.span, Side::Right),
        (text.bytes, Side::Right),
        (text.to, Side::Left),
        (text.why, Side::Left),
    ]);
    for row in &outbox {
        table.row(vec![
            by_link(row).to_owned(),
            row.urgency.word(session.lang).to_owned(),
            lane(&row.what, session.lang).to_owned(),
            numbers(row),
            row.bytes.to_string(),
            whom(row, session.lang),
            reason(row, session.now_ms, session.lang),
        ]);
    }
    session.table(&table)
}
