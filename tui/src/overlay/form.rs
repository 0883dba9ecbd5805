//! A form: fields, which of them is being filled in, and its way to the daemon and back. What is
//! in the fields at first is in `drafts`, what becomes of them in `submit`.

use ratatui::crossterm::event::KeyEvent;
use sanduan_protocol::base::ids::SpokenId;
use sanduan_protocol::local::request::{MovementKind, Rung};
use sanduan_protocol::local::rows::TemplateRow;

use super::fields::{Field, FieldName, Value};
use super::submit::Complaint;
use super::{Confirm, Overlay, complete, submit};
use crate::app::{AskId, Connection, Effect, Model, Pending};
use crate::keys::Action;
use crate::lang::words::{Word, audience};
use crate::lang::{ConsoleTexts, Lang, fill};

/// What the form is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// An order; an alert if set.
    IssueOrder {
        /// True on the screen of alerts.
        alert: bool,
    },
    /// Who is at this device.
    Operator,
    /// An order that somebody else signs.
    DraftOrder,
    /// A plea for help, from a machine that may not order.
    Plead,
    /// The signature of a draft.
    Sign {
        /// The draft.
        id: SpokenId,
    },
    /// A receipt of the own unit.
    Answer {
        /// The order.
        id: SpokenId,
        /// The rung.
        rung: Rung,
    },
    /// A receipt for another unit.
    ProxyAnswer {
        /// The order.
        id: SpokenId,
    },
    /// The withdrawal of an order.
    Withdraw {
        /// The order.
        id: SpokenId,
    },
    /// Goods in or out.
    Movement(MovementKind),
    /// Goods to another depot.
    Ship,
    /// Goods of a waybill arrive.
    Arrive {
        /// The waybill.
        id: SpokenId,
    },
    /// A count.
    Count,
    /// A position.
    Fix,
    /// What the rows of the screen below must contain.
    Search,
}

/// A form.
#[derive(Clone, Debug)]
pub struct Form {
    /// What it is for.
    pub purpose: Purpose,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The one being filled in.
    pub focus: usize,
    /// The template whose blanks are among the fields, and the language of its words.
    pub template: Option<(TemplateRow, Lang)>,
    /// What is wrong with it.
    pub complaint: Option<String>,
    /// The answer waited for.
    pub sending: Option<AskId>,
    /// Something was typed.
    pub touched: bool,
    /// Esc was pressed once over something typed.
    pub leaving: bool,
}

impl Form {
    /// A form with these fields, the first of them being filled in.
    pub fn new(purpose: Purpose, fields: Vec<Field>) -> Form {
        Form {
            purpose,
            fields,
            focus: 0,
            template: None,
            complaint: None,
            sending: None,
            touched: false,
            leaving: false,
        }
    }

    /// The same form with another field being filled in.
    pub fn focused_on(mut self, name: FieldName) -> Form {
        self.focus = self.fields.iter().position(|field| field.name == name).unwrap_or(0);
        self
    }

    /// Says what is wrong, in the field in which it is: the next key belongs there.
    fn complain(&mut self, complaint: Complaint) {
        let at = self.fields.iter().position(|field| field.name == complaint.about);
        self.focus = at.unwrap_or(self.focus);
        self.complaint = Some(complaint.sentence);
    }

    /// What is in a field; empty if there is no such field.
    pub fn value(&self, name: FieldName) -> &str {
        let found = self.fields.iter().find(|field| field.name == name);
        match found.map(|field| &field.value) {
            Some(Value::Text(input)) => input.value().trim(),
            Some(Value::Choice { words, at }) => words.get(*at).map_or("", |(zh, _)| zh),
            None => "",
        }
    }

    /// Place of the chosen word of a field.
    pub fn chosen(&self, name: FieldName) -> usize {
        let found = self.fields.iter().find(|field| field.name == name);
        match found.map(|field| &field.value) {
            Some(Value::Choice { at, .. }) => *at,
            Some(Value::Text(_)) | None => 0,
        }
    }

    /// The label of a field.
    pub fn label<'a>(&'a self, name: FieldName, text: &ConsoleTexts) -> &'a str {
        self.blank_name(name).unwrap_or(name.label(text))
    }

    /// The title.
    pub fn title(&self, model: &Model) -> String {
        let (text, lang) = (model.text(), model.lang);
        match &self.purpose {
            Purpose::IssueOrder { alert: true } => text.new_alert.to_owned(),
            Purpose::IssueOrder { alert: false } => text.new_order.to_owned(),
            Purpose::Operator => text.operator_title.to_owned(),
            Purpose::DraftOrder => text.new_draft.to_owned(),
            Purpose::Plead => text.new_plea.to_owned(),
            Purpose::Sign { id } => {
                let row = model.mirror.orders.iter().find(|row| row.id == *id);
                let about = row.map(|row| {
                    let to = audience(&row.to, lang);
                    format!(" {} -> {to}: {}", row.class.word(lang), row.text)
                });
                fill(text.sign_title, &[id]) + &about.unwrap_or_default()
            }
            Purpose::Answer { id, rung } => fill(text.answer_title, &[id, &rung.word(lang)]),
            Purpose::ProxyAnswer { id } => fill(text.proxy_title, &[id]),
            Purpose::Withdraw { id } => fill(text.cancel_title, &[id]),
            Purpose::Movement(kind) => kind.word(lang).to_owned(),
            Purpose::Ship => text.ship_title.to_owned(),
            Purpose::Arrive { id } => fill(text.arrive_title, &[id]),
            Purpose::Count => text.count_title.to_owned(),
            Purpose::Fix => text.fix_title.to_owned(),
            Purpose::Search => text.search_title.to_owned(),
        }
    }

    /// Takes a typed key; true if it did something.
    pub fn type_key(&mut self, key: &KeyEvent) -> bool {
        if self.sending.is_some() {
            return true;
        }
        let Some(field) = self.fields.get_mut(self.focus) else { return false };
        let before = field.shown(Lang::Zh).to_owned();
        let took = field.type_key(key);
        let (name, changed) = (field.name, field.shown(Lang::Zh) != before);
        if changed {
            self.changed(name);
        }
        self.touched |= took;
        self.leaving &= !took;
        took
    }

    /// Takes a pasted text. Terminals paste line ends as CR; a form has one line a field, except
    /// for an order's text.
    pub fn paste(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let Some(field) = self.fields.get_mut(self.focus) else { return };
        let text = match field.name.rows() {
            1 => text.trim().replace('\n', " "),
            _ => text,
        };
        let text: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
        field.insert(&text);
        let name = field.name;
        self.changed(name);
        self.touched = true;
    }
}

/// Carries out an action; true if the form stays.
pub fn act(model: &mut Model, form: &mut Form, action: Action, effects: &mut Vec<Effect>) -> bool {
    let last = form.fields.len().saturating_sub(1);
    match action {
        Action::Back if form.touched && !form.leaving && form.purpose != Purpose::Search => {
            form.leaving = true;
            form.complaint = Some(model.text().last_escape.to_owned());
        }
        Action::Back => return false,
        _ if form.sending.is_some() => {}
        // Moving about never saves; only Enter on the last field does, and Ctrl-S.
        Action::Down => form.focus = last.min(form.focus + 1),
        Action::PreviousField => form.focus = form.focus.saturating_sub(1),
        Action::NextField if form.focus < last => form.focus += 1,
        Action::Switch if complete::complete(model, form) => {}
        Action::Switch => form.focus = if form.focus < last { form.focus + 1 } else { 0 },
        Action::NextField | Action::Submit => return submit(model, form, effects),
        _ => {}
    }
    true
}

/// Sends the form on its way; true if it stays open.
fn submit(model: &mut Model, form: &mut Form, effects: &mut Vec<Effect>) -> bool {
    let text = model.text();
    form.leaving = false;
    if form.purpose == Purpose::Search {
        let place = model.place();
        model.filters[place] = form.value(FieldName::Search).to_owned();
        return false;
    }
    if model.connection != Connection::Up {
        form.complaint = Some(text.why_cut.to_owned());
        return true;
    }
    if let Purpose::Withdraw { id } = form.purpose {
        return match ask_twice(model, form, id) {
            Ok(confirm) => {
                model.overlays.push(Overlay::Confirm(confirm));
                false
            }
            Err(complaint) => {
                form.complain(complaint);
                true
            }
        };
    }
    let request = match submit::request(model, form) {
        Ok(request) => request,
        Err(complaint) => {
            form.complain(complaint);
            return true;
        }
    };
    form.complaint = None;
    let person = form.value(FieldName::Person);
    if !person.is_empty() {
        model.person = person.to_owned();
    }
    let order =
        matches!(form.purpose, Purpose::IssueOrder { .. } | Purpose::DraftOrder | Purpose::Plead);
    match model.ask(Pending::Save { order }, request) {
        Some((ask, effect)) => {
            form.sending = Some(ask);
            effects.push(effect);
        }
        None => form.complaint = Some(text.busy.to_owned()),
    }
    true
}

fn ask_twice(model: &mut Model, form: &Form, id: SpokenId) -> Result<Confirm, Complaint> {
    let reason = form.value(FieldName::Reason).to_owned();
    if reason.is_empty() {
        return Err(Complaint::empty(form, FieldName::Reason, model.text()));
    }
    let person = form.value(FieldName::Person);
    if !person.is_empty() {
        model.person = person.to_owned();
    }
    let person = Some(person.to_owned()).filter(|name| !name.is_empty());
    let order = model.mirror.orders.iter().find(|order| order.id == id);
    let text = order.map(|order| order.text.clone()).unwrap_or_default();
    Ok(Confirm { id, text, reason, person, sending: None, complaint: None })
}
