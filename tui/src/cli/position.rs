//! `position report|list`.

use sanduan_protocol::base::geo::Point;
use sanduan_protocol::local::request::PositionDraft;
use sanduan_protocol::local::{Reply, Request};

use super::args::PositionCommand;
use super::session::{CommandError, Session};
use crate::lang::measure::{kilometres_per_hour, percent};
use crate::lang::words::Word;
use crate::paint::table::{Side, Table};

/// `sanduan position …`.
pub fn position(session: &mut Session, command: PositionCommand) -> Result<(), CommandError> {
    match command {
        PositionCommand::List => list(session),
        PositionCommand::Report { lat, lon, unit, state } => {
            let point = Point::from_degrees(lat, lon)
                .ok_or_else(|| CommandError::Usage(session.text().bad_point.to_owned()))?;
            session.save(&Request::ReportPosition(PositionDraft { unit, point, state }))
        }
    }
}

fn list(session: &mut Session) -> Result<(), CommandError> {
    let positions = match session.ask(&Request::Positions)? {
        Some(Reply::Positions { positions }) => positions,
        Some(_) => return Err(session.unexpected()),
        None => return Ok(()),
    };
    let text = session.text();
    let mut table = Table::new(&[
        (text.unit, Side::Left),
        (text.state, Side::Left),
        (text.age, Side::Right),
        (text.position, Side::Left),
        (text.speed, Side::Right),
        (text.battery, Side::Right),
        (text.source, Side::Left),
        (text.device, Side::Right),
    ]);
    for row in &positions {
        table.row(vec![
            row.name.clone(),
            row.state.word(session.lang).to_owned(),
            session.age(row.fixed_ms),
            format!("{:.5},{:.5}", row.point.lat(), row.point.lon()),
            row.speed_dm_s.map_or_else(|| "--".to_owned(), kilometres_per_hour),
            percent(row.battery_pct),
            row.source.clone(),
            row.device.to_string(),
        ]);
    }
    session.table(&table)
}
