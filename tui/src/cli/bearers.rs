//! `bearers`: the links of this node, and reading their configuration again.

use sanduan_protocol::local::{Reply, Request, rows};

use super::args::BearersCommand;
use super::session::{CommandError, Session};
use crate::lang::measure::{loss, percent};
use crate::lang::words::Word;
use crate::lang::{half, link};
use crate::paint::table::{Side, Table};

/// `sanduan bearers …`.
pub fn bearers(
    session: &mut Session,
    command: Option<&BearersCommand>,
) -> Result<(), CommandError> {
    match command {
        None => show(session),
        Some(BearersCommand::Reload) => reload(session, false),
        Some(BearersCommand::Check) => reload(session, true),
    }
}

fn reload(session: &mut Session, check_only: bool) -> Result<(), CommandError> {
    let row = match session.ask(&Request::ReloadBearers { check_only })? {
        Some(Reply::Reloaded(row)) => row,
        Some(_) => return Err(session.unexpected()),
        None => return Ok(()),
    };
    let text = session.text();
    let rows::ReloadRow { started, changed, ended, unchanged, needs_restart, .. } = *row;
    if started.is_empty() && changed.is_empty() && ended.is_empty() {
        session.line(text.reload_same)?;
    }
    for (what, names) in [
        (text.reload_started, started),
        (text.reload_changed, changed),
        (text.reload_ended, ended),
        (text.reload_unchanged, unchanged),
        (text.reload_needs_restart, needs_restart),
    ] {
        if !names.is_empty() {
            session.line(&format!("{what}{}", names.join(text.list_comma)))?;
        }
    }
    if check_only { session.line(text.reload_checked) } else { Ok(()) }
}

fn show(session: &mut Session) -> Result<(), CommandError> {
    let bearers = match session.ask(&Request::Bearers)? {
        Some(Reply::Bearers { bearers }) => bearers,
        Some(_) => return Err(session.unexpected()),
        None => return Ok(()),
    };
    if bearers.is_empty() {
        return session.line(session.lang.console().no_bearers);
    }
    let text = session.text();
    let mut table = Table::new(&[
        (text.link, Side::Left),
        (text.kind, Side::Left),
        (text.state, Side::Left),
        (text.signal, Side::Right),
        (text.rate, Side::Right),
        (text.loss, Side::Right),
        (text.answer, Side::Right),
        (text.queue, Side::Right),
        (text.last_heard, Side::Right),
        (text.target, Side::Left),
    ]);
    for row in &bearers {
        table.row(vec![
            row.name.clone(),
            row.kind.clone(),
            row.state.word(session.lang).to_owned(),
            percent(row.signal_pct),
            row.rate_bit_s.to_string(),
            loss(row.loss_permille),
            link::answer(row.latency_ms, session.lang),
            row.queue.to_string(),
            session.age_or_never(row.last_heard_ms),
            row.target.clone(),
        ]);
    }
    session.table(&table)?;
    for row in &bearers {
        let mut said = vec![link::today(row, session.lang)];
        said.extend(link::remarks(row, session.now_ms, session.lang));
        said.extend(link::trial(row, session.lang).map(str::to_owned));
        session.line(&format!("{}: {}", row.name, said.join(text.list_pause)))?;
        if let Some(error) = &row.error {
            session.line(&format!("{}: {}", row.name, half(error, session.lang)))?;
        }
        if !row.dropped.is_empty() {
            let counts: Vec<String> =
                row.dropped.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
            session.line(&format!("{}: {} {}", row.name, text.dropped, counts.join(", ")))?;
        }
    }
    Ok(())
}
