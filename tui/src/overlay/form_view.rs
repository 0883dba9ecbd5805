//! Drawing a form: labels, fields, the caret where the input method opens, offers, complaint.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::fields::{Field, FieldName, Value};
use super::form::{Form, Purpose};
use super::{complete, popup};
use crate::app::Model;
use crate::paint::fit::{clean, fit, width};
use crate::paint::{list, wrap};

/// Columns of the labels.
const LABEL_COLUMNS: u16 = 12;

/// Draws a form; gives the caret.
pub fn draw(model: &Model, form: &Form, buffer: &mut Buffer, room: Rect) -> Option<(u16, u16)> {
    let rows: u16 = form.fields.iter().map(|field| field.name.rows()).sum();
    let area = popup(model, buffer, room, (72, rows + 5), &form.title(model));
    let mut caret = None;
    let mut y = area.y;
    let fields_bottom = area.bottom().saturating_sub(2);
    let first = first_shown(form, area.height.saturating_sub(2));
    for (place, field) in form.fields.iter().enumerate().skip(first) {
        let focused = place == form.focus;
        let room = Rect::new(area.x, y, area.width, field.name.rows());
        if room.bottom() > fields_bottom {
            break;
        }
        let label = fit(form.label(field.name, model.text()), usize::from(LABEL_COLUMNS) - 1);
        let mark = if focused { ">" } else { " " };
        let style = if focused { model.theme.heading } else { model.theme.plain };
        buffer.set_string(room.x, room.y, format!("{mark}{label}"), style);
        let found = draw_value(model, field, buffer, room, focused);
        caret = caret.or(found);
        y += room.height;
    }
    let last = area.height.saturating_sub(1);
    let (line, style) = match (&form.complaint, form.sending) {
        (_, Some(_)) => (model.text().saving, model.theme.heading),
        (Some(complaint), None) => (complaint.as_str(), model.theme.alarm),
        (None, None) => (model.text().hint_form, model.theme.quiet),
    };
    // What is wrong ends with what to do next: it takes the room of the hint before it is cut.
    match *wrap::lines(line, usize::from(area.width)) {
        [first, second, ..] => {
            list::put(buffer, area, last.saturating_sub(1), first, style);
            list::put(buffer, area, last, second, style);
        }
        [_] | [] => {
            let hint = hint(model, form);
            list::put(buffer, area, last.saturating_sub(1), &hint, model.theme.quiet);
            list::put(buffer, area, last, line, style);
        }
    }
    caret
}

/// The first field shown, so that in a low window the one being filled in is always seen.
fn first_shown(form: &Form, rows_max: u16) -> usize {
    let mut first = 0;
    let rows = |first: usize| -> u16 {
        let shown = form.fields.iter().take(form.focus + 1).skip(first);
        shown.map(|field| field.name.rows()).sum()
    };
    while first < form.focus && rows(first) > rows_max {
        first += 1;
    }
    first
}

fn draw_value(
    model: &Model,
    field: &Field,
    buffer: &mut Buffer,
    room: Rect,
    focused: bool,
) -> Option<(u16, u16)> {
    let area =
        Rect { x: room.x + LABEL_COLUMNS, width: room.width.saturating_sub(LABEL_COLUMNS), ..room };
    match &field.value {
        Value::Choice { words, at } => {
            let shown: Vec<String> = words
                .iter()
                .enumerate()
                .map(|(place, (zh, en))| {
                    let word = model.lang.pick(zh, en);
                    if place == *at { format!("[{word}]") } else { format!(" {word} ") }
                })
                .collect();
            list::put(buffer, area, 0, &window(&shown, *at, area.width), model.theme.plain);
            focused.then_some((area.x, area.y))
        }
        Value::Text(input) => {
            let text = input.value();
            let columns = usize::from(area.width.saturating_sub(1));
            let lines = wrap::wrap(text, columns);
            let (row, column) = wrap::caret(text, &lines, field.caret());
            // The line with the caret is always seen.
            let top = (row + 1).saturating_sub(usize::from(area.height));
            for (place, line) in lines.iter().skip(top).take(usize::from(area.height)).enumerate() {
                let line = clean(text[line.clone()].trim_end_matches('\n'));
                list::put(buffer, area, place as u16, &line, model.theme.plain);
            }
            let column = (column as u16).min(area.width.saturating_sub(1));
            focused.then_some((area.x + column, area.y + (row - top) as u16))
        }
    }
}

/// The words of a choice from the first one that lets the chosen one be seen.
fn window(words: &[String], at: usize, columns: u16) -> String {
    let mut first = 0;
    while first < at && width(&words[first..=at].join("")) > usize::from(columns) {
        first += 1;
    }
    words[first.min(words.len())..].join("")
}

/// Offers for what is being typed, or how to fill in the field.
fn hint(model: &Model, form: &Form) -> String {
    let offers = complete::offers(model, form);
    if !offers.is_empty() {
        let shown: Vec<&str> = offers.iter().map(|offer| offer.shown.as_str()).collect();
        return format!("Tab: {}", shown.join(" | "));
    }
    let text = model.text();
    let Some(field) = form.fields.get(form.focus) else { return String::new() };
    let arrives = matches!(form.purpose, Purpose::Arrive { .. });
    let hint = match (field.name, &field.value) {
        (_, Value::Choice { .. }) => text.hint_choice,
        (FieldName::To, _) => text.hint_to,
        (FieldName::Text, _) if !model.mirror.directory.templates.is_empty() => text.hint_text,
        (FieldName::ActBy | FieldName::Eta, _) => text.hint_span,
        (FieldName::Expires, _) => text.hint_expires,
        (FieldName::Blank(_), _) => match form.blank_kind(field.name) {
            Some("number") => text.hint_number,
            Some("place" | "unit") => text.hint_name,
            Some(_) | None => "",
        },
        (FieldName::Lines, _) if arrives => text.hint_arrive,
        (FieldName::Lines | FieldName::Damaged, _) => text.hint_lines,
        (_, Value::Text(_)) => "",
    };
    hint.to_owned()
}
