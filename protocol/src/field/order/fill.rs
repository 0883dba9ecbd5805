//! Fills the blanks of a template with what people typed, before it becomes a record.

use crate::base::caps::NAME_BYTES_MAX;
use crate::field::directory::Directory;
use crate::field::directory::template::{Field, FieldKind, TemplateEntry};
use crate::field::order::words::{Filled, Value, Words};
use crate::field::text::check_name;
use crate::local::refusal::{Refusal, RefusalCode};

/// The template of this code with its blanks filled: `name=value`, or values in the order of the
/// blanks.
///
/// # Errors
/// A refusal that names the template near by, or the blank and what it takes.
pub fn fill(directory: &Directory, template: &str, typed: &[String]) -> Result<Words, Refusal> {
    let index = directory.template(template)?;
    let entry = directory.template_entry(index).expect("it was found among them just now");
    let mut given: Vec<Option<&str>> = vec![None; entry.fields.len()];
    for text in typed {
        let place = place_of(entry, text, &given).ok_or_else(|| unasked(entry, text))?;
        given[place.0] = Some(place.1);
    }
    let mut values = Vec::new();
    for (field, given) in entry.fields.iter().zip(given) {
        let text = given.map(str::trim).filter(|text| !text.is_empty());
        values.push(value(directory, entry, field, text.ok_or_else(|| missing(entry, field))?)?);
    }
    Ok(Words::Filled(Filled { template: index, values }))
}

/// Which blank a typed value is for, and the value alone.
fn place_of<'a>(
    entry: &TemplateEntry,
    text: &'a str,
    given: &[Option<&str>],
) -> Option<(usize, &'a str)> {
    let named = text.split_once('=').and_then(|(name, value)| {
        let place = entry.fields.iter().position(|field| field.name == name.trim())?;
        Some((place, value))
    });
    named.or_else(|| Some((given.iter().position(Option::is_none)?, text)))
}

fn value(
    directory: &Directory,
    entry: &TemplateEntry,
    field: &Field,
    text: &str,
) -> Result<Value, Refusal> {
    let said = || {
        check_name(text).map(|()| Value::Text(text.to_owned())).map_err(|_| too_long(entry, field))
    };
    match field.kind {
        FieldKind::Text => said(),
        FieldKind::Number => {
            text.parse().map(Value::Number).map_err(|_| no_number(entry, field, text))
        }
        // What the directory does not have is said in words: an order must not fail for it.
        FieldKind::Place => {
            directory.place(text).map_or_else(|_| said(), |it| Ok(Value::Place(it)))
        }
        FieldKind::Unit => directory.unit(text).map_or_else(|_| said(), |it| Ok(Value::Unit(it))),
    }
}

fn names(entry: &TemplateEntry) -> String {
    let names: Vec<&str> = entry.fields.iter().map(|field| field.name.as_str()).collect();
    names.join(", ")
}

fn bad(zh: String, en: String) -> Refusal {
    Refusal::new(RefusalCode::BadValue, zh, en)
}

fn missing(entry: &TemplateEntry, field: &Field) -> Refusal {
    let (code, name, names) = (&entry.code, &field.name, names(entry));
    bad(
        format!("模板 {code} 缺少“{name}”。请填写：{names}。"),
        format!("Template {code} lacks \"{name}\". Fill in: {names}."),
    )
}

fn unasked(entry: &TemplateEntry, text: &str) -> Refusal {
    let (code, names) = (&entry.code, names(entry));
    let text: String = text.chars().take(40).collect();
    bad(
        format!("模板 {code} 没有可填“{text}”的空格。它的空格为：{names}。"),
        format!("Template {code} has no blank for \"{text}\". Its blanks are: {names}."),
    )
}

fn no_number(entry: &TemplateEntry, field: &Field, text: &str) -> Refusal {
    let (code, name) = (&entry.code, &field.name);
    let text: String = text.chars().take(40).collect();
    bad(
        format!("模板 {code} 的“{name}”须为数字，“{text}”不是。"),
        format!("\"{name}\" of template {code} takes a number, which \"{text}\" is not."),
    )
}

fn too_long(entry: &TemplateEntry, field: &Field) -> Refusal {
    let (code, name) = (&entry.code, &field.name);
    bad(
        format!("模板 {code} 的“{name}”须为一行，最多 40 个汉字。请缩短。"),
        format!("\"{name}\" of template {code} takes one line of {NAME_BYTES_MAX} bytes. Shorten."),
    )
}

#[cfg(test)]
mod tests;
