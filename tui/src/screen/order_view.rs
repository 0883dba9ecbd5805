//! Drawing the lists of orders and alerts, with the selected order and its answers below.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use sanduan_protocol::local::request::OrderKind;
use sanduan_protocol::local::rows::{AddresseeRow, OrderRow, OrderState};

use super::orders::{answer_line, detail, head, list_rows, runs, selected, visible};
use crate::app::Model;
use crate::lang::age::left;
use crate::lang::words::{Word, audience};
use crate::lang::{Lang, fill};
use crate::paint::list::{self, Column, Row, put};
use crate::paint::wrap;

/// Lines of an order's text shown below the list; the whole of it is one key away.
const TEXT_ROWS_MAX: usize = 3;

/// Draws list and selected order.
pub fn draw(model: &Model, buffer: &mut Buffer, room: Rect) {
    let rows = list_rows(room.height);
    let above = Rect { height: rows, ..room };
    let below = Rect { y: room.y + rows, height: room.height - rows, ..room };
    let visible = visible(model);
    list::draw(
        buffer,
        above,
        &model.theme,
        &columns(model, room.width),
        visible.len(),
        Some(model.cursor()),
        |place| cells(model, &model.mirror.orders[visible[place]], room.width),
    );
    if visible.is_empty() {
        super::say_empty(model, buffer, above, "orders");
    }
    if below.height > 1 {
        model.glyphs.rule(buffer, Rect { height: 1, ..below }, model.theme.quiet);
        let below = Rect { y: below.y + 1, height: below.height - 1, ..below };
        draw_selected(model, buffer, below);
    }
}

/// The audience has a column of its own where there is room for it.
fn wide(lang: Lang, columns: u16) -> bool {
    columns >= lang.pick(80, 100)
}

fn columns(model: &Model, width: u16) -> Vec<Column> {
    let (text, lang) = (model.text(), model.lang);
    let mut columns = vec![
        list::left(text.number, 7),
        list::left(text.class, lang.pick(4, 9)),
        list::left(text.state, lang.pick(6, 10)),
        list::left(text.text, 0),
    ];
    if wide(lang, width) {
        columns.push(list::left(text.to, 14));
    }
    columns.push(list::right(text.counts, counts_columns(model).max(lang.pick(11, 13))));
    columns.push(list::right(text.limit, lang.pick(8, 10)));
    columns
}

/// Room for four counts as large as the largest audience.
fn counts_columns(model: &Model) -> u16 {
    let most = model.mirror.orders.iter().map(|order| order.owed).max().unwrap_or(0);
    let digits = most.checked_ilog10().unwrap_or(0) as u16 + 1;
    4 * digits + 3
}

fn cells(model: &Model, row: &OrderRow, width: u16) -> Row {
    let lang = model.lang;
    let text = match row.kind {
        OrderKind::Order => row.text.clone(),
        kind => format!("[{}]{}", kind.word(lang), row.text),
    };
    let limit = match row.act_by_ms.filter(|_| runs(row)) {
        Some(act_by_ms) => left(act_by_ms, model.now_ms, lang),
        None => "--".to_owned(),
    };
    let mut cells = vec![
        row.id.to_string(),
        row.class.word(lang).to_owned(),
        row.state.word(lang).to_owned(),
        match &row.group {
            Some(group) if group.readable => format!("〔密〕{text}"),
            Some(_) | None => text,
        },
    ];
    if wide(lang, width) {
        cells.push(audience(&row.to, lang));
    }
    cells.push(format!("{}/{}/{}/{}", row.delivered, row.acknowledged, row.done, row.owed));
    cells.push(limit);
    let alarm = row.unanswered_here || row.state == OrderState::Overdue;
    Row { cells, alarm }
}

fn draw_selected(model: &Model, buffer: &mut Buffer, room: Rect) {
    let Some(order) = selected(model) else { return };
    let columns = usize::from(room.width);
    let mut row = 0;
    for line in head(model, order, columns) {
        let style = if row == 0 { model.theme.heading } else { model.theme.plain };
        put(buffer, room, row, &line, style);
        row += 1;
    }
    for line in wrap::lines(&order.text, columns.saturating_sub(2)).iter().take(TEXT_ROWS_MAX) {
        put(buffer, room, row, &format!("  {line}"), model.theme.plain);
        row += 1;
    }
    match detail(model, order.id) {
        None => put(buffer, room, row, model.text().loading, model.theme.quiet),
        Some(detail) => {
            let left = Rect { y: room.y + row, height: room.height.saturating_sub(row), ..room };
            draw_answers(model, buffer, left, &detail.addressees);
        }
    }
}

/// Answers, ours first and then those who have not given one: they are the ones to call again.
/// What finds no room is counted, never silently left out.
fn draw_answers(model: &Model, buffer: &mut Buffer, room: Rect, rows: &[AddresseeRow]) {
    let mut rows: Vec<&AddresseeRow> = rows.iter().collect();
    let rows_max = usize::from(room.height);
    let own = model.mirror.status.as_ref().map(|status| status.unit);
    let crowded = rows.len() > rows_max;
    // Ours above all: whoever sits here must see what is asked of them.
    rows.sort_by_key(|row| {
        let waits = (row.rung.is_some(), row.delivered);
        (Some(row.unit) != own, if crowded { waits } else { (false, false) })
    });
    let shown = if rows.len() > rows_max { rows_max.saturating_sub(1) } else { rows.len() };
    for (place, row) in rows.iter().take(shown).enumerate() {
        put(buffer, room, place as u16, &answer_line(model, row), model.theme.plain);
    }
    if rows.len() > shown {
        let unanswered = rows.iter().skip(shown).filter(|row| row.rung.is_none()).count();
        let more = fill(model.text().more_answers, &[&(rows.len() - shown), &unanswered]);
        put(buffer, room, shown as u16, &more, model.theme.heading);
    }
}
