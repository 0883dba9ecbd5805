//! The screens: which rows each shows, what its keys do, how it is drawn. Rows come from the
//! mirror; nothing is folded here. One file a screen, `frame` for what surrounds all of them.

mod banner;
pub mod card;
mod frame;
pub mod journal;
mod links;
mod map;
mod order_view;
pub mod orders;
mod stock;
mod track;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::{Effect, Load, Model, Screen};
use crate::keys::Action;
use crate::lang::fill;
use crate::overlay;
use crate::paint::list::{self, Cursor};
use crate::paint::wrap;

/// Draws everything; gives the place of the caret, if text is being typed.
pub fn draw(model: &Model, buffer: &mut Buffer) -> Option<(u16, u16)> {
    let window = buffer.area;
    if window.width < 60 || window.height < 16 {
        list::put(buffer, window, 0, model.text().too_small, model.theme.alarm);
        return None;
    }
    let room = frame::draw(model, buffer);
    match model.screen {
        Screen::Alert | Screen::Orders => order_view::draw(model, buffer, room),
        Screen::Track => track::draw(model, buffer, room),
        Screen::Stock => stock::draw(model, buffer, room),
        Screen::Report => draw_report(model, buffer, room),
        Screen::Links => links::draw(model, buffer, room),
        Screen::Journal => journal::draw(model, buffer, room),
    }
    overlay::draw(model, buffer, room)
}

fn draw_report(model: &Model, buffer: &mut Buffer, room: Rect) {
    let lines = wrap::lines(model.text().report_not_yet, usize::from(room.width));
    for (row, line) in lines.into_iter().enumerate() {
        list::put(buffer, room, row as u16 + 1, line, model.theme.plain);
    }
}

/// Below the headings of a list without rows: that there are none, or that they are not known yet.
fn say_empty(model: &Model, buffer: &mut Buffer, room: Rect, rows: &str) {
    let text = model.text();
    let known = model.mirror.loaded.contains_key(rows);
    let said = match (known, model.filter().is_empty()) {
        (false, _) => text.loading.to_owned(),
        (true, true) => text.no_rows.to_owned(),
        // Whoever comes back to a screen has forgotten the filter.
        (true, false) => fill(text.no_rows_fit, &[&model.filter()]),
    };
    list::put(buffer, room, 1, &said, model.theme.plain);
}

/// The room inside the frame of the window as it is now.
pub fn room(model: &Model) -> Rect {
    frame::room(model, Rect::new(0, 0, model.size.0, model.size.1))
}

/// What the shown screen says beside its name.
pub fn summary(model: &Model) -> String {
    match model.screen {
        Screen::Alert | Screen::Orders => orders::summary(model),
        Screen::Track => track::summary(model),
        Screen::Stock => stock::summary(model),
        Screen::Report => String::new(),
        Screen::Links => links::summary(model),
        Screen::Journal => journal::summary(model),
    }
}

/// How many rows the shown list has.
pub fn len(model: &Model) -> usize {
    match model.screen {
        Screen::Alert | Screen::Orders => orders::visible(model).len(),
        Screen::Track => track::visible(model).len(),
        Screen::Stock if model.waybills_shown => model.mirror.waybills.len(),
        Screen::Stock => stock::visible(model).len(),
        Screen::Report => 0,
        Screen::Links => model.mirror.bearers.len(),
        Screen::Journal => journal::visible(model).len(),
    }
}

/// The cursor of the shown list.
pub fn cursor_mut(model: &mut Model) -> &mut Cursor {
    if model.screen == Screen::Stock && model.waybills_shown {
        return &mut model.waybill_cursor;
    }
    let place = model.place();
    &mut model.cursors[place]
}

/// The cursor of the shown list.
pub fn cursor(model: &Model) -> Cursor {
    if model.screen == Screen::Stock && model.waybills_shown {
        return model.waybill_cursor;
    }
    model.cursor()
}

/// Carries out an action of the shown screen; false if it has no such action.
pub fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> bool {
    match model.screen {
        Screen::Alert | Screen::Orders => orders::act(model, action),
        Screen::Track => track::act(model, action),
        Screen::Stock => stock::act(model, action, effects),
        Screen::Journal => journal::act(model, action),
        Screen::Report | Screen::Links => false,
    }
}

/// Brings cursors back among their rows, and asks for what the screen looks at more closely.
pub fn settle(model: &mut Model, effects: &mut Vec<Effect>) {
    let len = len(model);
    cursor_mut(model).step(0, len);
    if let Some(id) = orders::selected(model).map(|order| order.id) {
        let known = model.mirror.detail.as_ref().is_some_and(|detail| detail.order.id == id);
        let refused = model.detail_refused == Some(id);
        if !known && !refused && model.connection == crate::app::Connection::Up {
            let asked = crate::app::Pending::Load(Load::Detail(id));
            if !model.pending.values().any(|pending| *pending == asked) {
                model.want(Load::Detail(id), effects);
            }
        }
    }
}

/// Rows a page of the shown list has.
pub fn page(model: &Model) -> isize {
    let rows = room(model).height;
    let rows = match model.screen {
        Screen::Alert | Screen::Orders => orders::list_rows(rows),
        Screen::Stock => stock::list_rows(model, rows),
        Screen::Track | Screen::Report | Screen::Links | Screen::Journal => rows,
    };
    isize::try_from(rows.saturating_sub(1).max(1)).unwrap_or(1)
}
