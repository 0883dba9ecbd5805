//! From the fields of a form to the request for the daemon, or to the sentence that says what is
//! missing. Whether names exist is for the daemon to say.

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::local::Request;
use sanduan_protocol::local::request::{
    ArrivalDraft, ArrivalLine, CountDraft, LineDraft, MovementDraft, MovementKind, OrderDraft,
    OrderKind, PositionDraft, ReceiptDraft, Rung, WaybillDraft,
};

use super::drafts::{KINDS, MEANS, NEEDS, RUNGS, STATES};
use super::fields::FieldName;
use super::form::{Form, Purpose};
use crate::app::Model;
use crate::lang::age::parse_span_s;
use crate::lang::measure::parse_line;
use crate::lang::{ConsoleTexts, fill};

/// Why a form is no request yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The field to be filled in next.
    pub about: FieldName,
    /// What is wrong with it, in the language of the screen.
    pub sentence: String,
}

impl Complaint {
    /// This field is empty and must not be.
    pub fn empty(form: &Form, about: FieldName, text: &ConsoleTexts) -> Complaint {
        Complaint { about, sentence: fill(text.bad_empty, &[&form.label(about, text)]) }
    }

    fn unreadable(about: FieldName, pattern: &str, text: &ConsoleTexts) -> Complaint {
        Complaint { about, sentence: fill(pattern, &[&about.label(text)]) }
    }

    /// What no form of this purpose is asked for.
    fn nothing() -> Complaint {
        Complaint { about: FieldName::Search, sentence: String::new() }
    }
}

/// The request a form stands for.
///
/// # Errors
/// A field is empty or unreadable; the sentence names it.
pub fn request(model: &Model, form: &Form) -> Result<Request, Complaint> {
    let text = model.text();
    match &form.purpose {
        Purpose::IssueOrder { .. } | Purpose::Plead => order(form, text, false),
        Purpose::DraftOrder => order(form, text, true),
        Purpose::Operator => {
            Ok(Request::SetOperator { name: needed(form, FieldName::Person, text)? })
        }
        Purpose::Sign { id } => {
            Ok(Request::SignOrder { id: *id, person: given(form, FieldName::Person) })
        }
        Purpose::Answer { .. } | Purpose::ProxyAnswer { .. } => receipt(form, text),
        Purpose::Withdraw { id } => Ok(Request::CancelOrder {
            id: *id,
            reason: needed(form, FieldName::Reason, text)?,
            person: given(form, FieldName::Person),
        }),
        Purpose::Movement(kind) => movement(form, *kind, text),
        Purpose::Ship => ship(form, text),
        Purpose::Arrive { .. } => arrive(form, text),
        Purpose::Count => count(form, text),
        Purpose::Fix => fix(form, text),
        Purpose::Search => Err(Complaint::nothing()),
    }
}

fn order(form: &Form, text: &ConsoleTexts, for_signature: bool) -> Result<Request, Complaint> {
    let mut filled = Vec::new();
    for field in &form.fields {
        if let Some(name) = form.blank_name(field.name) {
            filled.push(format!("{name}={}", needed(form, field.name, text)?));
        }
    }
    let template = form.template.as_ref().map(|(row, _)| row.code.clone());
    let words = match template {
        Some(_) => String::new(),
        None => needed(form, FieldName::Text, text)?,
    };
    Ok(Request::SendOrder(OrderDraft {
        to: needed(form, FieldName::To, text)?.replace('，', ","),
        kind: match form.purpose {
            Purpose::Plead => OrderKind::Request,
            _ => KINDS[form.chosen(FieldName::Kind)],
        },
        class: Some(Class::ALL[form.chosen(FieldName::Class)]),
        text: words,
        template,
        fields: filled,
        act_by_s: span(form, FieldName::ActBy, text)?,
        expires_s: span(form, FieldName::Expires, text)?,
        need: NEEDS[form.chosen(FieldName::Need)],
        person: given(form, FieldName::Person),
        for_signature,
        group: Some(form.value(FieldName::Group).to_owned())
            .filter(|_| form.chosen(FieldName::Group) > 0),
    }))
}

fn receipt(form: &Form, text: &ConsoleTexts) -> Result<Request, Complaint> {
    let note = form.value(FieldName::Note).to_owned();
    let (id, rung, proxy, unit) = match form.purpose {
        Purpose::Answer { id, rung } => (id, rung, None, None),
        Purpose::ProxyAnswer { id } => {
            let unit = needed(form, FieldName::Unit, text)?;
            // Who was spoken to is half of what a proxy receipt says.
            needed(form, FieldName::Person, text)?;
            let means = MEANS[form.chosen(FieldName::Means)];
            (id, RUNGS[form.chosen(FieldName::Rung)], Some(means), Some(unit))
        }
        _ => return Err(Complaint::nothing()),
    };
    if note.is_empty() && matches!(rung, Rung::Cannot | Rung::Failed) {
        let sentence = text.bad_reason.to_owned();
        return Err(Complaint { about: FieldName::Note, sentence });
    }
    let person = given(form, FieldName::Person);
    Ok(Request::SendReceipt(ReceiptDraft { id, rung, note, person, proxy, unit }))
}

fn movement(form: &Form, kind: MovementKind, text: &ConsoleTexts) -> Result<Request, Complaint> {
    Ok(Request::PostMovement(MovementDraft {
        kind,
        depot: needed(form, FieldName::Depot, text)?,
        lines: positive(form, text)?,
        party: form.value(FieldName::Party).to_owned(),
        note: form.value(FieldName::Note).to_owned(),
        person: given(form, FieldName::Person),
    }))
}

fn ship(form: &Form, text: &ConsoleTexts) -> Result<Request, Complaint> {
    Ok(Request::ShipWaybill(WaybillDraft {
        from: needed(form, FieldName::FromDepot, text)?,
        to: needed(form, FieldName::ToDepot, text)?,
        lines: positive(form, text)?,
        carrier: form.value(FieldName::Carrier).to_owned(),
        eta_s: span(form, FieldName::Eta, text)?,
        note: form.value(FieldName::Note).to_owned(),
        person: given(form, FieldName::Person),
    }))
}

fn arrive(form: &Form, text: &ConsoleTexts) -> Result<Request, Complaint> {
    let Purpose::Arrive { id } = form.purpose else { return Err(Complaint::nothing()) };
    let damaged = lines(form, FieldName::Damaged, text)?;
    let mut taken: Vec<ArrivalLine> = lines(form, FieldName::Lines, text)?
        .into_iter()
        .map(|(item, received)| ArrivalLine { item, received, damaged: Quantity::ZERO })
        .collect();
    // Broken goods alone would read as "all the rest is missing": the sound ones are asked for.
    if taken.is_empty() && !damaged.is_empty() {
        return Err(Complaint::empty(form, FieldName::Lines, text));
    }
    for (item, damaged) in damaged {
        match taken.iter_mut().find(|line| line.item == item) {
            Some(line) => line.damaged = damaged,
            None => taken.push(ArrivalLine { item, received: Quantity::ZERO, damaged }),
        }
    }
    let note = form.value(FieldName::Note).to_owned();
    let person = given(form, FieldName::Person);
    Ok(Request::ArriveWaybill(ArrivalDraft { id, lines: taken, note, person }))
}

fn count(form: &Form, text: &ConsoleTexts) -> Result<Request, Complaint> {
    let found = lines(form, FieldName::Lines, text)?;
    if found.is_empty() {
        return Err(Complaint::empty(form, FieldName::Lines, text));
    }
    Ok(Request::PostCount(CountDraft {
        depot: needed(form, FieldName::Depot, text)?,
        lines: drafted(found),
        note: form.value(FieldName::Note).to_owned(),
        person: given(form, FieldName::Person),
    }))
}

fn fix(form: &Form, text: &ConsoleTexts) -> Result<Request, Complaint> {
    let degrees = |name| form.value(name).parse::<f64>().ok();
    let point = degrees(FieldName::Lat)
        .zip(degrees(FieldName::Lon))
        .and_then(|(lat, lon)| Point::from_degrees(lat, lon))
        .ok_or_else(|| Complaint { about: FieldName::Lat, sentence: text.bad_point.to_owned() })?;
    let state = Some(STATES[form.chosen(FieldName::State)]);
    let unit = given(form, FieldName::Unit);
    Ok(Request::ReportPosition(PositionDraft { unit, point, state }))
}

/// A field that must not be empty.
fn needed(form: &Form, name: FieldName, text: &ConsoleTexts) -> Result<String, Complaint> {
    match form.value(name) {
        "" => Err(Complaint::empty(form, name, text)),
        value => Ok(value.to_owned()),
    }
}

fn given(form: &Form, name: FieldName) -> Option<String> {
    Some(form.value(name).to_owned()).filter(|value| !value.is_empty())
}

/// A span in seconds; none if the field is empty.
fn span(form: &Form, name: FieldName, text: &ConsoleTexts) -> Result<Option<u32>, Complaint> {
    match form.value(name) {
        "" => Ok(None),
        value => match parse_span_s(value) {
            Some(span_s) => Ok(Some(span_s)),
            None => Err(Complaint::unreadable(name, text.bad_span, text)),
        },
    }
}

fn lines(
    form: &Form,
    name: FieldName,
    text: &ConsoleTexts,
) -> Result<Vec<(String, Quantity)>, Complaint> {
    let apart = |c: char| c.is_whitespace() || ",，;；、".contains(c);
    form.value(name)
        .split(apart)
        .filter(|part| !part.is_empty())
        .map(|part| {
            // Chinese input methods type the wide sign.
            let part = part.replace('＝', "=");
            parse_line(&part).ok_or_else(|| Complaint::unreadable(name, text.bad_lines, text))
        })
        .collect()
}

fn drafted(lines: Vec<(String, Quantity)>) -> Vec<LineDraft> {
    lines.into_iter().map(|(item, quantity)| LineDraft { item, quantity }).collect()
}

/// At least one line, none of them zero.
fn positive(form: &Form, text: &ConsoleTexts) -> Result<Vec<LineDraft>, Complaint> {
    let lines = lines(form, FieldName::Lines, text)?;
    if lines.is_empty() {
        return Err(Complaint::empty(form, FieldName::Lines, text));
    }
    if lines.iter().any(|(_, quantity)| *quantity == Quantity::ZERO) {
        return Err(Complaint::unreadable(FieldName::Lines, text.bad_lines, text));
    }
    Ok(drafted(lines))
}
