//! `device list` and `device show`: everything that is known of one device, for whoever must
//! decide whether it is still to be trusted.

use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::local::rows::{DeviceDetail, DeviceRow};
use sanduan_protocol::local::{Reply, Request};

use super::session::{CommandError, Session};
use crate::lang::words::{Word, lane, log_text};
use crate::lang::{DeviceTexts, fill, roles};
use crate::paint::table::{Side, Table};

/// `sanduan device list`.
pub fn list(session: &mut Session) -> Result<(), CommandError> {
    let Reply::Directory(directory) = session.feed.ask(&Request::Directory)? else {
        return Err(session.unexpected());
    };
    if session.json {
        return session.line(&serde_json::json!({ "devices": directory.devices }).to_string());
    }
    let text = session.lang.device();
    let mut table = Table::new(&[
        (text.number, Side::Right),
        (text.unit, Side::Left),
        (text.key, Side::Left),
        (text.order_key, Side::Left),
        (text.roles, Side::Left),
    ]);
    for row in &directory.devices {
        let held = roles(row.roles.iter().map(String::as_str), session.lang);
        let order_key = row.order_key.clone().unwrap_or_default();
        let (number, unit) = (row.device.to_string(), row.unit_name.clone());
        table.row(vec![number, unit, row.key.clone(), order_key, held]);
    }
    session.table(&table)
}

/// `sanduan device show N`.
pub fn show(session: &mut Session, device: u16) -> Result<(), CommandError> {
    match session.ask(&Request::ShowDevice { device: DeviceId(device) })? {
        Some(Reply::DeviceDetail(detail)) => print(session, &detail),
        Some(_) => Err(session.unexpected()),
        None => Ok(()),
    }
}

fn print(session: &mut Session, detail: &DeviceDetail) -> Result<(), CommandError> {
    let text = session.lang.device();
    let row = &detail.device;
    let here = if detail.here { text.here } else { "" };
    let mut pairs = vec![
        (text.number, format!("{}{here}", row.device)),
        (text.unit, format!("{} ({})", row.unit_name, row.unit)),
        (text.roles, roles(row.roles.iter().map(String::as_str), session.lang)),
        (text.key, row.key.clone()),
        (text.order_key, order_key(text, row)),
        (text.trust, trust(text, detail)),
    ];
    let admitter = match &detail.admitted_by {
        Some(by) => fill(text.by_issuer, &[&by.device, &by.unit_name]),
        None => text.by_authority.to_owned(),
    };
    pairs.push((text.admitted, admitter));
    if let Some(term) = &detail.issuer {
        let ends = session.clock(term.ends_ms);
        let line = match term.over {
            true => fill(text.term_over, &[&ends, &row.device]),
            false => fill(text.term_line, &[&ends, &term.first, &term.last, &term.admitted]),
        };
        pairs.push((text.term, line));
    }
    if detail.heard.is_empty() {
        let why = if detail.revoked.is_some() { text.not_heard_since } else { text.not_heard };
        pairs.push((text.heard, why.to_owned()));
    }
    for peer in &detail.heard {
        let step = if peer.in_step { text.in_step } else { text.not_in_step };
        let age = session.age(peer.last_heard_ms);
        pairs.push((text.heard, fill(text.heard_line, &[&peer.link_name, &age, &step])));
    }
    for row in &detail.lanes {
        let name = lane(&row.lane, session.lang);
        let mut line = fill(text.lane_line, &[&name, &row.records, &row.verified]);
        if row.disowned > 0 {
            line += &fill(text.disowned, &[&row.disowned]);
        }
        pairs.push((text.wrote, line));
    }
    let last = match &detail.last {
        Some(row) => {
            let (age, kind) = (session.age(row.at_ms), row.kind.word(session.lang));
            let said = log_text(row.kind, &row.text, session.lang);
            fill(text.last_line, &[&age, &kind, &row.id, &said])
        }
        None => text.nothing.to_owned(),
    };
    pairs.push((text.last, last));
    session.pairs(&pairs)
}

/// Under which key its orders count.
fn order_key(text: &DeviceTexts, row: &DeviceRow) -> String {
    match &row.order_key {
        Some(begins) => fill(text.order_key_begins, &[begins]),
        None => text.no_order_key.to_owned(),
    }
}

fn trust(text: &DeviceTexts, detail: &DeviceDetail) -> String {
    match detail.revoked.as_deref() {
        None => text.trusted.to_owned(),
        Some("") => text.revoked.to_owned(),
        Some(reason) => fill(text.revoked_why, &[&reason]),
    }
}
