//! Screen 3 位置: who is where, how old that is, how far and in which direction from a chosen
//! place. The table works on every terminal and can be read aloud; the map is in `map`.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use sanduan_protocol::base::geo::Point;
use sanduan_protocol::local::rows::PositionRow;

use super::map;
use crate::app::{Connection, Model};
use crate::keys::Action;
use crate::lang::age::ago;
use crate::lang::fill;
use crate::lang::initials::finds;
use crate::lang::measure::{direction, kilometres_per_hour, metres, percent};
use crate::lang::words::Word;
use crate::overlay::{self, Overlay, Pick};
use crate::paint::list::{self, Row};

/// A fix older than this is drawn as one to doubt: a team reports every 5 to 10 minutes.
const OLD_MS: u64 = 30 * 60 * 1000;
/// How far the map may be zoomed in or out, in steps of two.
const ZOOM_MAX: i8 = 8;
/// Places in the mirror of the rows that are shown.
pub fn visible(model: &Model) -> Vec<usize> {
    let filter = model.filter();
    let rows = model.mirror.positions.iter().enumerate();
    rows.filter(|(_, row)| finds(&row.name, filter)).map(|(place, _)| place).collect()
}

/// From where distances are measured: the chosen place, else where our own unit is.
pub fn origin(model: &Model) -> Option<(String, Point)> {
    let own = || {
        let unit = model.mirror.status.as_ref()?.unit;
        let row = model.mirror.positions.iter().find(|row| row.unit == unit)?;
        Some((row.name.clone(), row.point))
    };
    model.origin.clone().or_else(own)
}

/// What is said beside the name of the screen.
pub fn summary(model: &Model) -> String {
    let text = model.text();
    let count = model.mirror.positions.len();
    match origin(model) {
        Some((name, _)) => fill(text.title_track, &[&count, &name]),
        None => fill(text.title_track_bare, &[&count]),
    }
}

/// Carries out an action; false if this screen has no such action.
pub fn act(model: &mut Model, action: Action) -> bool {
    match action {
        Action::Map => model.map_shown = !model.map_shown,
        Action::ZoomIn | Action::ZoomOut if !model.map_shown => {
            model.say(model.text().why_no_map, true);
        }
        Action::ZoomIn => model.zoom = (model.zoom + 1).min(ZOOM_MAX),
        Action::ZoomOut => model.zoom = (model.zoom - 1).max(-ZOOM_MAX),
        Action::Origin => match Pick::origins(model) {
            Some(pick) => model.overlays.push(Overlay::Pick(pick)),
            None => model.say(model.text().why_no_places, true),
        },
        Action::ReportFix if model.connection != Connection::Up => {
            model.say(model.text().why_cut, true);
        }
        Action::ReportFix => {
            let form = overlay::fix(model);
            model.overlays.push(Overlay::Form(Box::new(form)));
        }
        _ => return false,
    }
    true
}

/// How old a fix is; one to doubt says so in a word.
pub fn age(model: &Model, row: &PositionRow) -> String {
    let past = ago(row.fixed_ms, model.now_ms, model.lang);
    if is_old(model, row) { fill(model.text().old, &[&past]) } else { past }
}

fn is_old(model: &Model, row: &PositionRow) -> bool {
    model.now_ms.saturating_sub(row.fixed_ms) > OLD_MS
}

/// Draws table or map.
pub fn draw(model: &Model, buffer: &mut Buffer, room: Rect) {
    let visible = visible(model);
    if model.map_shown {
        return map::draw(model, buffer, room, &visible);
    }
    let (text, lang) = (model.text(), model.lang);
    let columns = [
        list::left(text.unit, 0),
        list::left(text.state, lang.pick(4, 9)),
        list::right(text.age, 10),
        list::left(text.bearing, 7),
        list::right(text.distance, 7),
        list::left(text.coordinates, 16),
        list::right(text.speed, 6),
        list::right(text.battery, lang.pick(4, 5)),
    ];
    let from = origin(model).map(|(_, point)| point);
    list::draw(
        buffer,
        room,
        &model.theme,
        &columns,
        visible.len(),
        Some(model.cursor()),
        |place| row(model, &model.mirror.positions[visible[place]], from),
    );
    if visible.is_empty() {
        super::say_empty(model, buffer, room, "positions");
    }
}

fn row(model: &Model, row: &PositionRow, from: Option<Point>) -> Row {
    let lang = model.lang;
    let (bearing, distance) = match from {
        Some(from) if from != row.point => {
            (direction(from.bearing_deg(row.point), lang), metres(from.distance_m(row.point)))
        }
        _ => ("--".to_owned(), "--".to_owned()),
    };
    let cells = vec![
        row.name.clone(),
        row.state.word(lang).to_owned(),
        age(model, row),
        bearing,
        distance,
        format!("{:.4},{:.4}", row.point.lat(), row.point.lon()),
        row.speed_dm_s.map_or_else(|| "--".to_owned(), kilometres_per_hour),
        percent(row.battery_pct),
    ];
    Row { cells, alarm: is_old(model, row) }
}
