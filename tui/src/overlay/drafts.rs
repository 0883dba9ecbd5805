//! The forms as they open: which fields, and what is in them already.

use sanduan_protocol::base::class::Class;
use sanduan_protocol::local::request::{MovementKind, Need, OrderKind, Proxy, Rung, UnitState};
use sanduan_protocol::local::rows;

use super::fields::{Field, FieldName};
use super::form::{Form, Purpose};
use crate::app::Model;
use crate::lang::Lang;
use crate::lang::words::Word;

/// Kinds of orders, in the order of the choice.
pub const KINDS: [OrderKind; 4] =
    [OrderKind::Order, OrderKind::Alert, OrderKind::Request, OrderKind::Update];
/// Answers wanted.
pub const NEEDS: [Need; 2] = [Need::Acknowledged, Need::Done];
/// Rungs, by their digits.
pub const RUNGS: [Rung; 5] =
    [Rung::Acknowledged, Rung::Accepted, Rung::Cannot, Rung::Done, Rung::Failed];
/// Means of a proxy receipt.
pub const MEANS: [Proxy; 4] = [Proxy::Phone, Proxy::Radio, Proxy::Gong, Proxy::Door];
/// What a unit may be doing.
pub const STATES: [UnitState; 7] = [
    UnitState::Standby,
    UnitState::Mustered,
    UnitState::Departed,
    UnitState::EnRoute,
    UnitState::Arrived,
    UnitState::Returning,
    UnitState::Withdrawn,
];

fn words<T: Word>(values: &[T]) -> Vec<(String, String)> {
    let pairs = values.iter().map(|value| value.pair());
    pairs.map(|(zh, en)| (zh.to_owned(), en.to_owned())).collect()
}

fn person(model: &Model) -> Field {
    Field::text(FieldName::Person, model.person.clone())
}

/// An order, or an alert.
pub fn issue_order(model: &Model, alert: bool) -> Form {
    let kind = KINDS.iter().position(|kind| *kind == OrderKind::Alert).filter(|_| alert);
    // An alert asks at once; an order is urgent but not for life and death unless chosen so.
    let class = if alert { Class::Flash } else { Class::Immediate };
    let mut fields = vec![
        Field::text(FieldName::To, ""),
        Field::text(FieldName::Text, ""),
        Field::choice(FieldName::Class, words(&Class::ALL), class as usize),
        Field::choice(FieldName::Kind, words(&KINDS), kind.unwrap_or(0)),
        Field::choice(FieldName::Need, words(&NEEDS), 0),
        Field::text(FieldName::ActBy, if alert { "5m" } else { "20m" }),
        Field::text(FieldName::Expires, ""),
        person(model),
    ];
    if let Some(groups) = groups(model) {
        fields.insert(2, Field::choice(FieldName::Group, groups, 0));
    }
    Form::new(Purpose::IssueOrder { alert }, fields)
}

/// A plea for help: what a machine may send that may not order.
pub fn plea(model: &Model) -> Form {
    let mut form = Form { purpose: Purpose::Plead, ..issue_order(model, false) };
    form.fields.retain(|field| field.name != FieldName::Kind);
    form
}

/// Everybody, then the groups that this device can seal to; none without groups, so that who has
/// none is not asked.
fn groups(model: &Model) -> Option<Vec<(String, String)>> {
    let rows = model.mirror.directory.groups.iter().filter(|row| row.readable);
    let mut words: Vec<_> = rows.map(|row| (row.name.clone(), row.name.clone())).collect();
    let [zh, en] = [Lang::Zh, Lang::En].map(|lang| lang.group().everybody.to_owned());
    words.insert(0, (zh, en));
    (words.len() > 1).then_some(words)
}

/// An order for somebody else to sign.
pub fn draft_order(model: &Model) -> Form {
    Form { purpose: Purpose::DraftOrder, ..issue_order(model, false) }
}

/// The signature of a draft: only the name is left to give.
pub fn signature(model: &Model, order: &rows::OrderRow) -> Form {
    Form::new(Purpose::Sign { id: order.id }, vec![person(model)])
}

/// Who is at this device from now on.
pub fn operator(model: &Model) -> Form {
    Form::new(Purpose::Operator, vec![person(model)])
}

/// A receipt of the own unit: only a note and a name are left to give.
pub fn answer(model: &Model, order: &rows::OrderRow, rung: Rung) -> Form {
    let fields = vec![person(model), Field::text(FieldName::Note, "")];
    // A receipt without a name is none, so the name is asked for first, once in a shift.
    let reason = matches!(rung, Rung::Cannot | Rung::Failed);
    let focus = match model.person.is_empty() && !reason {
        true => FieldName::Person,
        false => FieldName::Note,
    };
    Form::new(Purpose::Answer { id: order.id, rung }, fields).focused_on(focus)
}

/// A receipt for another unit, first those that have not answered.
pub fn proxy_answer(model: &Model, order: &rows::OrderRow) -> Form {
    let detail = model.mirror.detail.as_ref().filter(|detail| detail.order.id == order.id);
    let mut owing: Vec<&rows::AddresseeRow> =
        detail.map(|detail| detail.addressees.iter().collect()).unwrap_or_default();
    owing.sort_by_key(|row| row.rung);
    let units: Vec<(String, String)> =
        owing.iter().map(|row| (row.name.clone(), row.name.clone())).collect();
    let unit = match units.is_empty() {
        true => Field::text(FieldName::Unit, ""),
        false => Field::choice(FieldName::Unit, units, 0),
    };
    let fields = vec![
        unit,
        Field::choice(FieldName::Means, words(&MEANS), 0),
        Field::choice(FieldName::Rung, words(&RUNGS), 0),
        Field::text(FieldName::Person, ""),
        Field::text(FieldName::Note, ""),
    ];
    Form::new(Purpose::ProxyAnswer { id: order.id }, fields)
}

/// The withdrawal of an order.
pub fn withdrawal(model: &Model, order: &rows::OrderRow) -> Form {
    let fields = vec![Field::text(FieldName::Reason, ""), person(model)];
    Form::new(Purpose::Withdraw { id: order.id }, fields)
}

/// Depot and first line from the row that is selected.
fn from_row(row: Option<&rows::StockRow>) -> (String, String) {
    match row {
        Some(row) => (row.depot_name.clone(), format!("{}=", row.item_code)),
        None => (String::new(), String::new()),
    }
}

/// Goods in or out of a depot.
pub fn movement(model: &Model, kind: MovementKind, row: Option<&rows::StockRow>) -> Form {
    let (depot, lines) = from_row(row);
    let fields = vec![
        Field::text(FieldName::Depot, depot),
        Field::text(FieldName::Lines, lines),
        Field::text(FieldName::Party, ""),
        Field::text(FieldName::Note, ""),
        person(model),
    ];
    Form::new(Purpose::Movement(kind), fields).focused_on(focus_for(row))
}

/// Goods to another depot.
pub fn shipment(model: &Model, row: Option<&rows::StockRow>) -> Form {
    let (depot, lines) = from_row(row);
    let fields = vec![
        Field::text(FieldName::FromDepot, depot),
        Field::text(FieldName::ToDepot, ""),
        Field::text(FieldName::Lines, lines),
        Field::text(FieldName::Carrier, ""),
        Field::text(FieldName::Eta, "2h"),
        Field::text(FieldName::Note, ""),
        person(model),
    ];
    let focus = if row.is_some() { FieldName::ToDepot } else { FieldName::FromDepot };
    Form::new(Purpose::Ship, fields).focused_on(focus)
}

/// Goods of a waybill arrive.
pub fn arrival(model: &Model, waybill: &rows::WaybillRow) -> Form {
    let fields = vec![
        Field::text(FieldName::Lines, ""),
        Field::text(FieldName::Damaged, ""),
        Field::text(FieldName::Note, ""),
        person(model),
    ];
    Form::new(Purpose::Arrive { id: waybill.id }, fields)
}

/// A count.
pub fn count(model: &Model, row: Option<&rows::StockRow>) -> Form {
    let (depot, lines) = from_row(row);
    let fields = vec![
        Field::text(FieldName::Depot, depot),
        Field::text(FieldName::Lines, lines),
        Field::text(FieldName::Note, ""),
        person(model),
    ];
    Form::new(Purpose::Count, fields).focused_on(focus_for(row))
}

fn focus_for(row: Option<&rows::StockRow>) -> FieldName {
    if row.is_some() { FieldName::Lines } else { FieldName::Depot }
}

/// A position by hand; it starts from where the own unit last was.
pub fn fix(model: &Model) -> Form {
    let own = model.mirror.status.as_ref().map(|status| status.unit);
    let last = model.mirror.positions.iter().find(|row| Some(row.unit) == own);
    let degrees = |value: Option<f64>| value.map(|value| format!("{value:.5}")).unwrap_or_default();
    let state = last.map_or(0, |row| row.state as usize);
    let fields = vec![
        Field::text(FieldName::Unit, ""),
        Field::choice(FieldName::State, words(&STATES), state),
        Field::text(FieldName::Lat, degrees(last.map(|row| row.point.lat()))),
        Field::text(FieldName::Lon, degrees(last.map(|row| row.point.lon()))),
    ];
    Form::new(Purpose::Fix, fields).focused_on(FieldName::State)
}

/// What the rows of the screen below must contain.
pub fn search(model: &Model) -> Form {
    Form::new(Purpose::Search, vec![Field::text(FieldName::Search, model.filter())])
}
