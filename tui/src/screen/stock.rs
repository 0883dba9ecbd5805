//! Screen 4 物资: what each depot has, what is on its way, and the forms that change it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::local::rows::{StockRow, WaybillRow, WaybillState};

use crate::app::{Connection, Effect, Load, Model};
use crate::keys::Action;
use crate::lang::age::{ago, left};
use crate::lang::fill;
use crate::lang::group::left_out;
use crate::lang::initials::finds;
use crate::lang::measure::amount;
use crate::lang::words::Word;
use crate::overlay::{self, Overlay, Reading, Subject};
use crate::paint::list::{self, Row, put};
use crate::paint::wrap;

/// Rows about the selected row of stock: a rule, its names in full, two for its remarks.
const ABOUT_ROWS: u16 = 4;

/// Places in the mirror of the rows that are shown.
pub fn visible(model: &Model) -> Vec<usize> {
    let filter = model.filter();
    let fits = |row: &StockRow| {
        let code = || row.item_code.to_lowercase().contains(&filter.to_lowercase());
        finds(&row.item_name, filter) || finds(&row.depot_name, filter) || code()
    };
    let rows = model.mirror.stock.iter().enumerate();
    rows.filter(|(_, row)| fits(row)).map(|(place, _)| place).collect()
}

/// The selected row of the stock list.
pub fn selected(model: &Model) -> Option<&StockRow> {
    let visible = visible(model);
    model.mirror.stock.get(*visible.get(model.cursor().at)?)
}

fn under_way(row: &WaybillRow) -> bool {
    matches!(row.state, WaybillState::InTransit | WaybillState::Late)
}

/// What is said beside the name of the screen.
pub fn summary(model: &Model) -> String {
    let text = model.text();
    let open = model.mirror.waybills.iter().filter(|row| under_way(row)).count();
    if model.waybills_shown {
        return fill(text.title_waybills, &[&model.mirror.waybills.len(), &open]);
    }
    fill(text.title_stock, &[&model.mirror.stock.len(), &open])
}

/// Carries out an action; false if this screen has no such action.
pub fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> bool {
    let text = model.text();
    let row = if model.waybills_shown { None } else { selected(model) };
    let form = match action {
        Action::Switch => {
            model.waybills_shown = !model.waybills_shown;
            return true;
        }
        Action::Open => {
            open_card(model, effects);
            return true;
        }
        Action::Move(kind) => overlay::movement(model, kind, row),
        Action::Ship => overlay::shipment(model, row),
        Action::Count => overlay::count(model, row),
        Action::Arrive => {
            let waybill = model.mirror.waybills.get(model.waybill_cursor.at);
            match waybill.filter(|row| model.waybills_shown && under_way(row)) {
                Some(waybill) => overlay::arrival(model, waybill),
                None => {
                    model.say(text.why_no_waybill, true);
                    return true;
                }
            }
        }
        _ => return false,
    };
    if model.connection == Connection::Up {
        model.overlays.push(Overlay::Form(Box::new(form)));
    } else {
        model.say(text.why_cut, true);
    }
    true
}

fn open_card(model: &mut Model, effects: &mut Vec<Effect>) {
    let chosen = match model.waybills_shown {
        true => {
            let waybill = model.mirror.waybills.get(model.waybill_cursor.at);
            let line = waybill.and_then(|waybill| waybill.lines.first());
            line.map(|line| (line.item_code.clone(), line.item_name.clone()))
        }
        false => selected(model).map(|row| (row.item_code.clone(), row.item_name.clone())),
    };
    let Some((code, name)) = chosen else {
        return model.say(model.text().why_no_stock, true);
    };
    model.mirror.card.clear();
    model.mirror.loaded.remove("card");
    model.want(Load::Card(code.clone()), effects);
    model.overlays.push(Overlay::Reading(Reading::new(Subject::Card { code, name })));
}

/// Rows of the list with its heading in a room of so many rows; below it stands what the selected
/// row has no room for.
pub fn list_rows(model: &Model, rows: u16) -> u16 {
    match model.waybills_shown {
        true => rows - (rows / 3).min(6),
        false if rows > 2 * ABOUT_ROWS => rows - ABOUT_ROWS,
        false => rows,
    }
}

/// Draws stock or waybills.
pub fn draw(model: &Model, buffer: &mut Buffer, room: Rect) {
    if model.waybills_shown {
        draw_waybills(model, buffer, room)
    } else {
        draw_rows(model, buffer, room)
    }
}

fn draw_rows(model: &Model, buffer: &mut Buffer, room: Rect) {
    let (text, lang) = (model.text(), model.lang);
    let room = draw_left_out(model, buffer, room);
    let visible = visible(model);
    let above = Rect { height: list_rows(model, room.height), ..room };
    let columns = [
        list::left(text.depot, 10),
        list::left(text.item, 0),
        list::right(text.on_hand, 10),
        list::right(text.inbound, lang.pick(6, 7)),
        list::right(text.outbound, lang.pick(6, 8)),
        list::right(text.unverified, lang.pick(5, 6)),
        list::right(text.counted, lang.pick(6, 7)),
        list::left(text.remarks, lang.pick(12, 11)),
    ];
    list::draw(
        buffer,
        above,
        &model.theme,
        &columns,
        visible.len(),
        Some(model.cursor()),
        |place| cells(model, &model.mirror.stock[visible[place]]),
    );
    if visible.is_empty() {
        super::say_empty(model, buffer, room, "stock");
    }
    let below = Rect { y: above.bottom(), height: room.height - above.height, ..room };
    if let Some(row) = selected(model).filter(|_| below.height > 0) {
        draw_about(model, row, buffer, below);
    }
}

/// The selected row with its names and remarks in full: the list cuts them.
fn draw_about(model: &Model, row: &StockRow, buffer: &mut Buffer, room: Rect) {
    model.glyphs.rule(buffer, Rect { height: 1, ..room }, model.theme.quiet);
    let named = format!(
        "{}  {} {}  {} {}",
        row.depot_name, row.item_code, row.item_name, row.on_hand, row.unit
    );
    put(buffer, room, 1, &named, model.theme.heading);
    let said = about(model, row).join(model.lang.pick("；", "; "));
    let lines = wrap::lines(&said, usize::from(room.width));
    for (place, line) in (2..).zip(lines) {
        put(buffer, room, place, line, model.theme.plain);
    }
}

/// What somebody must know of a row, in sentences.
fn about(model: &Model, row: &StockRow) -> Vec<String> {
    let (text, lang) = (model.text(), model.lang);
    let mut said = Vec::new();
    if row.on_hand < Quantity::ZERO {
        said.push(text.is_over_issued.to_owned());
    }
    said.extend(
        row.reported
            .as_ref()
            .map(|told| fill(text.is_told, &[&told.by, &ago(told.at_ms, model.now_ms, lang)])),
    );
    if row.ambiguous > 0 {
        said.push(fill(text.is_look, &[&row.ambiguous]));
    }
    let found = row.difference.filter(|found| *found != Quantity::ZERO);
    said.extend(found.map(|found| fill(text.is_found, &[&found, &row.unit])));
    said
}

/// The last line says what no row shows; what is above it is left to the rows.
fn draw_left_out(model: &Model, buffer: &mut Buffer, room: Rect) -> Rect {
    let line = left_out(&model.mirror.sealed, model.lang).filter(|_| room.height > 3);
    let Some(line) = line else { return room };
    put(buffer, room, room.height - 1, &line, model.theme.heading);
    Rect { height: room.height - 1, ..room }
}

fn cells(model: &Model, row: &StockRow) -> Row {
    let (text, lang) = (model.text(), model.lang);
    let counted = match row.counted_ms {
        Some(counted_ms) => ago(counted_ms, model.now_ms, lang),
        None => text.never.to_owned(),
    };
    let mut remarks = Vec::new();
    if row.on_hand < Quantity::ZERO {
        remarks.push(text.over_issued.to_owned());
    }
    if row.ambiguous > 0 {
        remarks.push(fill(text.look, &[&row.ambiguous]));
    }
    if let Some(told) = &row.reported {
        remarks.push(fill(text.told, &[&ago(told.at_ms, model.now_ms, lang)]));
    }
    if let Some(found) = row.difference.filter(|found| *found != Quantity::ZERO) {
        remarks.push(format!("{}{found}", text.difference));
    }
    let alarm = row.on_hand < Quantity::ZERO || row.ambiguous > 0;
    let cells = vec![
        row.depot_name.clone(),
        format!("{} {}", row.item_code, row.item_name),
        format!("{} {}", row.on_hand, row.unit),
        amount(row.inbound),
        amount(row.outbound),
        amount(row.provisional),
        counted,
        remarks.join(" "),
    ];
    Row { cells, alarm }
}

fn draw_waybills(model: &Model, buffer: &mut Buffer, room: Rect) {
    let (text, lang) = (model.text(), model.lang);
    let waybills = &model.mirror.waybills;
    let columns = [
        list::left(text.number, 7),
        list::left(text.state, lang.pick(8, 10)),
        list::left(text.from, 10),
        list::left(text.to, 10),
        list::left(text.goods, 0),
        list::left(text.carrier, 9),
        list::right(text.due_in, lang.pick(12, 11)),
    ];
    let above = Rect { height: list_rows(model, room.height), ..room };
    let below = Rect { y: above.bottom(), height: room.height - above.height, ..room };
    list::draw(
        buffer,
        above,
        &model.theme,
        &columns,
        waybills.len(),
        Some(model.waybill_cursor),
        |place| waybill_cells(model, &waybills[place]),
    );
    if waybills.is_empty() {
        put(buffer, above, 1, text.no_rows, model.theme.plain);
    }
    let Some(waybill) = waybills.get(model.waybill_cursor.at) else { return };
    model.glyphs.rule(buffer, Rect { height: 1, ..below }, model.theme.quiet);
    for (row, line) in waybill.lines.iter().enumerate() {
        let name = format!("{} {}", line.item_code, line.item_name);
        let values: [&dyn std::fmt::Display; 5] =
            [&name, &line.due, &line.received, &line.damaged, &line.short];
        put(buffer, below, row as u16 + 1, &fill(text.goods_line, &values), model.theme.plain);
    }
    let note = format!("{} {}", text.note, waybill.note);
    put(buffer, below, waybill.lines.len() as u16 + 1, &note, model.theme.plain);
}

fn waybill_cells(model: &Model, row: &WaybillRow) -> Row {
    let (text, lang) = (model.text(), model.lang);
    let goods: Vec<String> = row
        .lines
        .iter()
        .map(|line| format!("{}{}{}", line.item_name, line.due, line.unit))
        .collect();
    let due = match (row.arrived_ms, row.eta_ms) {
        (Some(arrived_ms), _) => fill(text.arrived_ago, &[&ago(arrived_ms, model.now_ms, lang)]),
        (None, Some(eta_ms)) => left(eta_ms, model.now_ms, lang),
        (None, None) => "--".to_owned(),
    };
    let alarm = matches!(row.state, WaybillState::Late | WaybillState::Disputed);
    let cells = vec![
        row.id.to_string(),
        row.state.word(lang).to_owned(),
        row.from.clone(),
        row.to.clone(),
        goods.join(" "),
        row.carrier.clone(),
        due,
    ];
    Row { cells, alarm }
}
