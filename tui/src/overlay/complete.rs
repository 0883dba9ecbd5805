//! Completion of names in forms from the directory. Matches by code, by any part of the name, and
//! by the first letters of its pinyin, so that two keys are often enough.

use super::fields::{FieldName, Value};
use super::form::{Form, Purpose};
use super::template;
use crate::app::Model;
use crate::lang::initials::finds;

/// Names offered at once.
const OFFERS_MAX: usize = 4;

/// One entry of the directory: what is put into the field, and what is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Put into the field.
    pub put: String,
    /// Shown.
    pub shown: String,
}

/// What fits the part that is being typed; nothing before something is typed.
pub fn offers(model: &Model, form: &Form) -> Vec<Offer> {
    let Some(field) = form.fields.get(form.focus) else { return Vec::new() };
    let Value::Text(input) = &field.value else { return Vec::new() };
    let typed = last_part(field.name, input.value());
    if typed.is_empty() {
        return Vec::new();
    }
    if field.name == FieldName::Text {
        return templates(model, form, typed);
    }
    let code_typed = typed.to_lowercase();
    let fits = |code: &str, name: &str| {
        (code.to_lowercase().starts_with(&code_typed) || finds(name, typed)) && name != typed
    };
    let known = entries(model, form, field.name);
    let fitting = known.into_iter().filter(|(code, name)| fits(code, name));
    fitting
        .take(OFFERS_MAX)
        .map(|(code, name)| {
            let shown = format!("{code} {name}").trim().to_owned();
            let put = match field.name {
                FieldName::Lines | FieldName::Damaged => format!("{code}="),
                _ => name,
            };
            Offer { put, shown }
        })
        .collect()
}

/// Completes the part that is being typed with the first offer; false if there is none.
pub fn complete(model: &Model, form: &mut Form) -> bool {
    let Some(offer) = offers(model, form).into_iter().next() else { return false };
    let chosen = model.mirror.directory.templates.iter().find(|row| row.code == offer.put);
    if let (Some(row), FieldName::Text) = (chosen, form.fields[form.focus].name) {
        form.take_template(row, model.lang);
        return true;
    }
    let Some(field) = form.fields.get_mut(form.focus) else { return false };
    let Value::Text(input) = &mut field.value else { return false };
    let kept = input.value().len() - last_part(field.name, input.value()).len();
    let text = format!("{}{}", &input.value()[..kept], offer.put);
    *input = tui_input::Input::new(text);
    let name = field.name;
    form.changed(name);
    form.touched = true;
    true
}

/// Templates that fit a code, where an order is given.
fn templates(model: &Model, form: &Form, typed: &str) -> Vec<Offer> {
    if !matches!(form.purpose, Purpose::IssueOrder { .. } | Purpose::DraftOrder | Purpose::Plead)
        || form.template.is_some()
    {
        return Vec::new();
    }
    template::fitting(&model.mirror.directory.templates, typed)
        .take(OFFERS_MAX)
        .map(|row| {
            let shown = format!("{} {}", row.code, template::words(row, model.lang));
            Offer { put: row.code.clone(), shown }
        })
        .collect()
}

/// Codes and names that a field may hold.
fn entries(model: &Model, form: &Form, name: FieldName) -> Vec<(String, String)> {
    let directory = &model.mirror.directory;
    let units = || directory.units.iter().map(|row| (row.code.clone(), row.name.clone()));
    let places = || directory.places.iter().map(|row| (row.code.clone(), row.name.clone()));
    let depots = || directory.depots.iter().map(|row| (row.code.clone(), row.name.clone()));
    let posts = || directory.posts.iter().map(|row| (row.code.clone(), row.name.clone()));
    match name {
        FieldName::To => units().chain(places()).chain(posts()).collect(),
        FieldName::Unit => units().collect(),
        FieldName::Blank(_) => match form.blank_kind(name) {
            Some("place") => places().collect(),
            Some("unit") => units().collect(),
            Some(_) | None => Vec::new(),
        },
        FieldName::Depot | FieldName::FromDepot | FieldName::ToDepot => depots().collect(),
        FieldName::Lines | FieldName::Damaged => {
            directory.items.iter().map(|row| (row.code.clone(), row.name.clone())).collect()
        }
        FieldName::Person => {
            directory.persons.iter().map(|name| (String::new(), name.clone())).collect()
        }
        FieldName::Kind
        | FieldName::Class
        | FieldName::Need
        | FieldName::ActBy
        | FieldName::Expires
        | FieldName::Text
        | FieldName::Group
        | FieldName::Rung
        | FieldName::Means
        | FieldName::Note
        | FieldName::Reason
        | FieldName::Party
        | FieldName::Carrier
        | FieldName::Eta
        | FieldName::Lat
        | FieldName::Lon
        | FieldName::State
        | FieldName::Search => Vec::new(),
    }
}

/// The part of a field that is being typed: behind the last comma or blank where several fit.
fn last_part(name: FieldName, text: &str) -> &str {
    let several = matches!(name, FieldName::To | FieldName::Lines | FieldName::Damaged);
    let apart = |c: char| c.is_whitespace() || ",，;；、".contains(c);
    let part = if several { text.rsplit(apart).next().unwrap_or(text) } else { text };
    // Behind the sign stands a quantity, for which nothing is offered.
    if part.contains(['=', '＝']) { "" } else { part }
}
