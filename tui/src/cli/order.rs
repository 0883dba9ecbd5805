//! `order send|draft|sign|list|show|cancel` and `receipt`.

use sanduan_protocol::base::ids::SpokenId;
use sanduan_protocol::local::request::{OrderDraft, ReceiptDraft, Request};
use sanduan_protocol::local::{Reply, rows};

use super::args::{OrderCommand, ReceiptArgs, SendArgs};
use super::session::{CommandError, Session};
use super::template;
use crate::lang::age::{left, span};
use crate::lang::fill;
use crate::lang::group::mark;
use crate::lang::words::{Word, audience};
use crate::paint::table::{Side, Table};

/// `sanduan order …`.
pub fn order(session: &mut Session, command: OrderCommand) -> Result<(), CommandError> {
    match command {
        OrderCommand::Send(send) => session.save(&Request::SendOrder(draft(send, false))),
        OrderCommand::Draft(send) => session.save(&Request::SendOrder(draft(send, true))),
        OrderCommand::Sign { id, person } => sign(session, id, person),
        OrderCommand::Cancel { id, reason, person } => {
            session.save(&Request::CancelOrder { id, reason, person })
        }
        OrderCommand::List { open } => list(session, open),
        OrderCommand::Templates => template::list(session),
        OrderCommand::Show { id } => match session.ask(&Request::Order { id })? {
            Some(Reply::Order(detail)) => show(session, &detail),
            Some(_) => Err(session.unexpected()),
            None => Ok(()),
        },
    }
}

fn draft(send: SendArgs, for_signature: bool) -> OrderDraft {
    OrderDraft {
        to: send.to,
        kind: send.kind,
        class: Some(send.class),
        text: send.text,
        template: send.template,
        fields: send.fields,
        act_by_s: send.act_by,
        expires_s: send.expires,
        need: send.need,
        person: send.person,
        for_signature,
        group: send.group,
    }
}

/// The order keeps the number of its draft; that of the signature helps nobody.
fn sign(session: &mut Session, id: SpokenId, person: Option<String>) -> Result<(), CommandError> {
    match session.ask(&Request::SignOrder { id, person })? {
        Some(Reply::Saved { .. }) => session.line(&fill(session.text().signed, &[&id])),
        Some(_) => Err(session.unexpected()),
        None => Ok(()),
    }
}

/// `sanduan receipt …`.
pub fn receipt(session: &mut Session, receipt: ReceiptArgs) -> Result<(), CommandError> {
    let (id, own) = (receipt.id, receipt.unit.is_none());
    session.save(&Request::SendReceipt(ReceiptDraft {
        id: receipt.id,
        rung: receipt.rung,
        note: receipt.note,
        person: receipt.person,
        proxy: receipt.proxy,
        unit: receipt.unit,
    }))?;
    remark(session, id, own)
}

/// A receipt is a fact and is kept; but whoever gave it must know when it changes nothing.
fn remark(session: &mut Session, id: SpokenId, own: bool) -> Result<(), CommandError> {
    if session.json {
        return Ok(());
    }
    // It is saved; a daemon that goes away now takes only the remark with it.
    let (Ok(Reply::Order(detail)), Ok(Reply::Status(status))) =
        (session.feed.ask(&Request::Order { id }), session.feed.ask(&Request::Status))
    else {
        return Ok(());
    };
    let text = session.text();
    if detail.order.state == rows::OrderState::Cancelled {
        session.line(&fill(text.receipt_late, &[&id]))?;
    }
    if detail.order.state == rows::OrderState::Expired {
        session.line(&fill(text.receipt_expired, &[&id]))?;
    }
    if own && detail.addressees.iter().all(|row| row.unit != status.unit) {
        session.line(&fill(text.receipt_not_owed, &[&status.unit_name]))?;
    }
    Ok(())
}

fn list(session: &mut Session, open_only: bool) -> Result<(), CommandError> {
    let orders = match session.ask(&Request::Orders { open_only })? {
        Some(Reply::Orders { orders }) => orders,
        Some(_) => return Err(session.unexpected()),
        None => return Ok(()),
    };
    let text = session.text();
    let mut table = Table::new(&[
        (text.number, Side::Left),
        (text.class, Side::Left),
        (text.kind, Side::Left),
        (text.state, Side::Left),
        (text.delivered, Side::Right),
        (text.acknowledged, Side::Right),
        (text.done, Side::Right),
        (text.refused, Side::Right),
        (text.time_limit, Side::Right),
        (text.age, Side::Right),
        (text.to, Side::Left),
        (text.text, Side::Left),
    ]);
    for row in &orders {
        let of_owed = |count: u32| format!("{count}/{}", row.owed);
        table.row(vec![
            row.id.to_string(),
            row.class.word(session.lang).to_owned(),
            row.kind.word(session.lang).to_owned(),
            row.state.word(session.lang).to_owned(),
            of_owed(row.delivered),
            of_owed(row.acknowledged),
            of_owed(row.done),
            row.refused.to_string(),
            time_limit(session, row),
            session.age(row.issued_ms),
            audience(&row.to, session.lang),
            row.text.clone(),
        ]);
    }
    session.table(&table)
}

/// Time left of an order that still runs, `--` for one without limit or already over.
fn time_limit(session: &Session, row: &rows::OrderRow) -> String {
    let runs = matches!(
        row.state,
        rows::OrderState::Provisional | rows::OrderState::Open | rows::OrderState::Overdue
    );
    match (row.act_by_ms.filter(|_| runs), row.act_by_s) {
        (Some(act_by_ms), _) => left(act_by_ms, session.now_ms, session.lang),
        (None, Some(span_s)) => {
            fill(session.text().after_signature, &[&span(span_s, session.lang)])
        }
        (None, None) => "--".to_owned(),
    }
}

fn show(session: &mut Session, detail: &rows::OrderDetail) -> Result<(), CommandError> {
    let (text, lang, row) = (session.text(), session.lang, &detail.order);
    session.line(&format!(
        "{}  {}  {}  {}",
        row.id,
        row.class.word(lang),
        row.kind.word(lang),
        row.state.word(lang)
    ))?;
    let issued = session.clock(row.issued_ms);
    let issuer = format!("{} {}", row.from, row.person);
    let age = session.age(row.issued_ms);
    let limit = time_limit(session, row);
    let named = |name: &str, value: &str| format!("{name}{}{value}", lang.pick("：", ": "));
    let drafter = row.drafter.as_deref();
    if row.state == rows::OrderState::Draft {
        let drafter = format!("{} {}", row.from, drafter.unwrap_or_default());
        let drafted = fill(text.issued_line, &[&drafter.trim(), &issued, &age]);
        session.line(&fill(text.drafted_by, &[&drafted]))?;
        session.line(&fill(text.sign_next, &[&row.id]))?;
    } else {
        drafter.map_or(Ok(()), |name| session.line(&fill(text.drafted_by, &[&name])))?;
        let issued = fill(text.issued_line, &[&issuer.trim(), &issued, &age]);
        session.line(&named(text.issued, &issued))?;
    }
    session.line(&named(text.to, &audience(&row.to, lang)))?;
    session.line(&named(text.need, row.need.word(lang)))?;
    session.line(&named(text.time_limit, &limit))?;
    if let Some(span_s) = row.expires_s {
        let span = fill(text.after_signature, &[&span(span_s, lang)]);
        session.line(&named(text.valid_for, &span))?;
    }
    if let Some(expires_ms) = row.expires_ms {
        session.line(&named(text.valid_until, &session.clock(expires_ms)))?;
    }
    if let Some(group) = &row.group {
        session.line(&mark(group, lang))?;
    }
    session.line(&named(text.text, &row.text))?;
    if let Some(reason) = &row.cancel_reason {
        session.line(&fill(text.withdrawn_because, &[reason]))?;
    }
    session.line("")?;
    addressees(session, &detail.addressees)?;
    if !detail.receipts.is_empty() {
        session.line("")?;
        session.line(text.receipts)?;
        receipts(session, &detail.receipts)?;
    }
    Ok(())
}

fn addressees(session: &mut Session, rows: &[rows::AddresseeRow]) -> Result<(), CommandError> {
    let text = session.text();
    let mut table = Table::new(&[
        (text.addressee, Side::Left),
        (text.rung, Side::Left),
        (text.person, Side::Left),
        (text.by_proxy, Side::Left),
        (text.age, Side::Right),
        (text.note, Side::Left),
    ]);
    for row in rows {
        let rung = match (row.rung, row.delivered) {
            (Some(rung), _) => rung.word(session.lang),
            (None, true) => text.delivered_only,
            (None, false) => text.no_answer,
        };
        table.row(vec![
            row.name.clone(),
            rung.to_owned(),
            row.person.clone().unwrap_or_default(),
            row.proxy.map_or("", |proxy| proxy.word(session.lang)).to_owned(),
            row.at_ms.map_or_else(String::new, |at_ms| session.age(at_ms)),
            row.note.clone(),
        ]);
    }
    session.table(&table)
}

fn receipts(session: &mut Session, rows: &[rows::ReceiptRow]) -> Result<(), CommandError> {
    let text = session.text();
    let mut table = Table::new(&[
        (text.number, Side::Left),
        (text.age, Side::Right),
        (text.unit, Side::Left),
        (text.rung, Side::Left),
        (text.person, Side::Left),
        (text.by_proxy, Side::Left),
        (text.typed_by, Side::Left),
        (text.note, Side::Left),
    ]);
    for row in rows {
        table.row(vec![
            row.id.to_string(),
            session.age(row.at_ms),
            row.unit_name.clone(),
            row.rung.word(session.lang).to_owned(),
            row.person.clone(),
            row.proxy.map_or("", |proxy| proxy.word(session.lang)).to_owned(),
            row.typed_by.clone(),
            row.note.clone(),
        ]);
    }
    session.table(&table)
}
