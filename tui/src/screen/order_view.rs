//! Drawing the lists of orders and alerts, with the selected order and its answers below.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use sanduan_protocol::local::request::OrderKind;
use sanduan_protocol::local::rows::{OrderRow, OrderState};

use super::orders::{answer_line, detail, head, list_rows, runs, selected, visible};
use crate::app::Model;
use crate::lang::Lang;
use crate::lang::age::left;
use crate::lang::words::Word;
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
        let known = model.mirror.loaded.contains_key("orders");
        let text = if known { model.text().no_rows } else { model.text().loading };
        put(buffer, above, 1, text, model.theme.plain);
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
    columns.push(list::right(text.counts, lang.pick(11, 13)));
    columns.push(list::right(text.limit, lang.pick(8, 10)));
    columns
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
        text,
    ];
    if wide(lang, width) {
        cells.push(row.to.clone());
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
    for line in head(model, order) {
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
            for line in detail.addressees.iter().map(|line| answer_line(model, line)) {
                put(buffer, room, row, &line, model.theme.plain);
                row += 1;
            }
        }
    }
}
