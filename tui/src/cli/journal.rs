//! `log export`: the log as a printable page or as CSV.

use sanduan_protocol::local::{Reply, Request, rows};

use super::args::{LogCommand, LogFormat};
use super::session::{CommandError, Session};
use crate::lang::age::stamp;
use crate::lang::fill;
use crate::lang::words::{Word, log_text};

/// Columns of the CSV form. They are English in every language, because programs read them.
const HEADINGS: [&str; 11] =
    ["at", "at_ms", "kind", "id", "about", "class", "rung", "unit", "person", "text", "drill"];

/// `sanduan log …`.
pub fn log(session: &mut Session, command: LogCommand) -> Result<(), CommandError> {
    let LogCommand::Export { format, since, limit } = command;
    let after_ms = since.map(|since_s| session.now_ms.saturating_sub(u64::from(since_s) * 1000));
    let log = match session.ask(&Request::Log { after_ms, limit })? {
        Some(Reply::Log { log }) => log,
        Some(_) => return Err(session.unexpected()),
        None => return Ok(()),
    };
    let Reply::Status(status) = session.feed.ask(&Request::Status)? else {
        return Err(session.unexpected());
    };
    match format {
        LogFormat::Text => page(session, &status, &log),
        LogFormat::Csv => sheet(session, status.drill, &log),
    }
}

fn page(
    session: &mut Session,
    status: &rows::StatusRow,
    log: &[rows::LogRow],
) -> Result<(), CommandError> {
    let text = session.text();
    session.banners_of(status)?;
    session.line(&fill(text.log_title, &[&status.district, &status.name]))?;
    let exported = stamp(session.now_ms, &session.zone);
    session.line(&fill(
        text.log_head,
        &[&status.unit_name, &status.device, &exported, &status.digest],
    ))?;
    session.line("")?;
    for row in log {
        let line = printed(session, row);
        session.line(&line)?;
    }
    session.line("")?;
    session.line(&fill(text.log_end, &[&log.len()]))
}

fn printed(session: &Session, row: &rows::LogRow) -> String {
    let lang = session.lang;
    let mut parts =
        vec![stamp(row.at_ms, &session.zone), row.id.to_string(), row.kind.word(lang).to_owned()];
    parts.extend(row.about.map(|about| format!("-> {about}")));
    parts.extend(row.class.map(|class| class.word(lang).to_owned()));
    parts.extend(row.rung.map(|rung| rung.word(lang).to_owned()));
    parts.push(row.unit_name.clone());
    parts.extend((!row.person.is_empty()).then(|| row.person.clone()));
    parts.push(log_text(row.kind, &row.text, lang));
    parts.join("  ")
}

/// Every line says whether it is a drill: lines are cut out of files and sent around.
fn sheet(session: &mut Session, drill: bool, log: &[rows::LogRow]) -> Result<(), CommandError> {
    let zone = session.zone.clone();
    let mut writer = csv::Writer::from_writer(&mut *session.out);
    let failed = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => CommandError::Output(error),
        other => CommandError::Local(format!("{other:?}")),
    };
    writer.write_record(HEADINGS).map_err(failed)?;
    for row in log {
        let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let of = |value: Option<serde_json::Value>| value.map(word).unwrap_or_default();
        writer
            .write_record([
                stamp(row.at_ms, &zone),
                row.at_ms.to_string(),
                word(serde_json::json!(row.kind)),
                row.id.to_string(),
                row.about.map(|about| about.to_string()).unwrap_or_default(),
                of(row.class.map(|class| serde_json::json!(class))),
                of(row.rung.map(|rung| serde_json::json!(rung))),
                row.unit_name.clone(),
                row.person.clone(),
                row.text.clone(),
                if drill { "drill" } else { "live" }.to_owned(),
            ])
            .map_err(failed)?;
    }
    Ok(writer.flush()?)
}
