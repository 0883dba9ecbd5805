//! What surrounds every screen: the status line with network, unit, bearers and clock above, then
//! banners and the screen's name; below, what was just said, the screens and the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use sanduan_protocol::local::rows::LinkState;

use super::orders::to_sign;
use super::{banner, cursor, len, summary};
use crate::app::{Model, Screen};
use crate::keys;
use crate::lang::age;
use crate::lang::fill;
use crate::lang::words::Word;
use crate::paint::fit::{clean, cut, fit, width};
use crate::paint::list::put;
use crate::paint::wrap;

/// Draws the frame; gives the room inside.
pub fn draw(model: &Model, buffer: &mut Buffer) -> Rect {
    let window = buffer.area;
    put(buffer, window, 0, &status_line(model, window.width), model.theme.bar);
    for (row, line) in (1..).zip(banner::lines(model, window.width, window.height)) {
        put(buffer, window, row, &line, model.theme.banner);
    }
    let room = room(model, window);
    put(buffer, window, room.y - 1, &title_line(model, window.width), model.theme.heading);
    let last = window.height - 1;
    let footer = keys::footer(model.layer(), model.lang, usize::from(window.width));
    put(buffer, window, last, &footer, model.theme.quiet);
    put(buffer, window, last - 1, &screens_line(model), model.theme.bar);
    if let Some(notice) = &model.notice {
        let style = if notice.alarm { model.theme.alarm } else { model.theme.heading };
        let lines = notice_lines(model, window).into_iter();
        for (row, line) in (room.bottom()..).zip(lines) {
            put(buffer, window, row, &line, style);
        }
    }
    room
}

/// The room inside the frame: below banners and title, above what was just said and the keys.
pub fn room(model: &Model, window: Rect) -> Rect {
    let top = 2 + banner::lines(model, window.width, window.height).len() as u16;
    let said = notice_lines(model, window).len() as u16;
    let bottom = window.height.saturating_sub(2 + said);
    Rect { y: top, height: bottom.saturating_sub(top), ..window }
}

/// What was just said, in two lines at most: the second half is what to do next.
fn notice_lines(model: &Model, window: Rect) -> Vec<String> {
    let Some(notice) = &model.notice else { return Vec::new() };
    let (said, columns) = (clean(&notice.text), usize::from(window.width));
    match *wrap::lines(&said, columns) {
        [] => Vec::new(),
        [only] => vec![only.to_owned()],
        [first, ..] => {
            vec![first.to_owned(), cut(said[first.len()..].trim_start(), columns)]
        }
    }
}

fn status_line(model: &Model, columns: u16) -> String {
    let text = model.text();
    let clock = age::clock(model.now_ms, model.now_ms, &model.zone);
    let (left, waiting) = match &model.mirror.status {
        None => (text.connecting.to_owned(), String::new()),
        Some(status) => {
            let left = format!("{} {}", status.name, status.unit_name);
            (left, fill(text.waiting, &[&status.outbox]))
        }
    };
    // What is cut off at the edge must not be the link that is down.
    let mut links: Vec<_> = model.mirror.bearers.iter().collect();
    links.sort_by_key(|row| match row.state {
        LinkState::Down => 0,
        LinkState::NoSignal | LinkState::QuotaSpent => 1,
        LinkState::Silent | LinkState::Unknown => 2,
        LinkState::Cooling => 3,
        LinkState::Up => 4,
    });
    let bearers: Vec<String> = links
        .into_iter()
        .map(|row| format!("{}:{}", row.name, row.state.word(model.lang)))
        .collect();
    // Whatever screen is shown: somebody waits for us.
    let owed = match model.mirror.orders.iter().filter(|row| row.unanswered_here).count() {
        0 => String::new(),
        count => fill(text.owed, &[&count]),
    };
    let drafts = match to_sign(model) {
        0 => String::new(),
        count => fill(text.to_sign, &[&count]),
    };
    let right = format!("{owed}{drafts}{waiting}  {clock}");
    let room = usize::from(columns).saturating_sub(width(&right) + 1);
    let line = format!("{}  {}", clean(&left), clean(&bearers.join(" ")));
    format!("{} {right}", fit(&line, room))
}

fn title_line(model: &Model, columns: u16) -> String {
    let text = model.text();
    let mut title = format!("{} {}", model.screen as u8, model.screen.title(text));
    if !model.filter().is_empty() {
        title.push_str(&format!(" > {}", fill(text.filter, &[&model.filter()])));
    }
    let orders = matches!(model.screen, Screen::Alert | Screen::Orders);
    if orders {
        let which = if model.open_only { text.only_open } else { text.all_orders };
        title.push_str(&format!(" > {which}"));
    }
    let summary = summary(model);
    let len = len(model);
    let place = match len {
        0 => String::new(),
        _ => fill(text.place_of, &[&(cursor(model).at + 1), &len]),
    };
    let right = format!("{summary}  {place}");
    let room = usize::from(columns).saturating_sub(width(&right) + 1);
    format!("{} {right}", fit(&cut(&title, room), room))
}

fn screens_line(model: &Model) -> String {
    let text = model.text();
    let names: Vec<String> = Screen::ALL
        .into_iter()
        .map(|screen| {
            let name = format!("F{}{}", screen as u8, screen.title(text));
            if screen == model.screen { format!("[{name}]") } else { format!(" {name} ") }
        })
        .collect();
    names.join("")
}
