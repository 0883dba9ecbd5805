//! The map: a grid in kilometres, and the units with their names. No outline is shipped, because
//! showing one is the bureau's to decide; north is up, and one grid square is named.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::symbols::Marker;
use ratatui::widgets::Widget;
use ratatui::widgets::canvas::{Canvas, Line};
use sanduan_protocol::base::geo::Point;

use super::track::age;
use crate::app::Model;
use crate::lang::fill;
use crate::lang::measure::metres;
use crate::paint::fit::{clean, cut};
use crate::paint::list::put;

/// Metres of one degree of latitude (IUGG mean radius, π/180 · 6,371,008.8 m).
const METRES_PER_DEGREE: f64 = 111_195.0;
/// Metres of ground from edge to edge at the least: below this a fix is not that good.
const SPAN_M_MIN: f64 = 400.0;
/// Squares of the grid, metres a side.
const GRIDS_M: [f64; 9] =
    [100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0, 20_000.0, 50_000.0];
/// Columns of a unit's label.
const LABEL_COLUMNS: usize = 14;

/// Metres east and north of a centre.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Spot {
    east_m: f64,
    north_m: f64,
}

fn spot(centre: Point, point: Point) -> Spot {
    let shrink = centre.lat().to_radians().cos();
    Spot {
        east_m: (point.lon() - centre.lon()) * METRES_PER_DEGREE * shrink,
        north_m: (point.lat() - centre.lat()) * METRES_PER_DEGREE,
    }
}

/// Draws the units at `visible` of the mirror.
pub fn draw(model: &Model, buffer: &mut Buffer, room: Rect, visible: &[usize]) {
    let text = model.text();
    let rows: Vec<_> = visible.iter().map(|place| &model.mirror.positions[*place]).collect();
    let Some(middle) = centre(rows.iter().map(|row| row.point)) else {
        return put(buffer, room, 1, text.map_empty, model.theme.plain);
    };
    // Who looks closer looks at the selected unit: in the middle of all there may be nobody.
    let selected = model.cursor().at.min(rows.len() - 1);
    let centre = if model.zoom > 0 { rows[selected].point } else { middle };
    let spots: Vec<Spot> = rows.iter().map(|row| spot(centre, row.point)).collect();
    let whole: Vec<Spot> = rows.iter().map(|row| spot(middle, row.point)).collect();
    let half_m = half_span_m(&whole, room) / f64::from(2_i32).powi(i32::from(model.zoom));
    // A cell is about twice as high as wide, so that a row is twice as many metres as a column.
    let half_north_m = half_m * f64::from(room.height) * 2.0 / f64::from(room.width);
    let grid_m = GRIDS_M.into_iter().find(|grid| half_m / grid < 5.0).unwrap_or(100_000.0);
    let map = Rect { height: room.height - 1, ..room };
    let marker = if model.glyphs.braille { Marker::Braille } else { Marker::Custom('.') };
    Canvas::default()
        .marker(marker)
        .x_bounds([-half_m, half_m])
        .y_bounds([-half_north_m, half_north_m])
        .paint(|context| {
            let colour = model.theme.quiet.fg.unwrap_or_default();
            for step in -12..=12 {
                let at = f64::from(step) * grid_m;
                context.draw(&Line::new(at, -half_north_m, at, half_north_m, colour));
                context.draw(&Line::new(-half_m, at, half_m, at, colour));
            }
        })
        .render(map, buffer);
    let mut outside = 0;
    // The selected one first: it gets its own place, the others what is left around it.
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|place| *place != selected);
    for place in order {
        let name = cut(&clean(&rows[place].name), LABEL_COLUMNS);
        let mark = if place == selected { ">" } else { "+" };
        let words = format!("{mark}{name} {}", age(model, rows[place]));
        let at = cell(spots[place], map, half_m, half_north_m);
        if !at.is_some_and(|at| label(buffer, map, at, &words, model)) {
            outside += 1;
        }
    }
    let scale = fill(text.map_scale, &[&metres(grid_m as u32)]);
    let centred = match model.zoom > 0 {
        true => fill(text.map_centre, &[&rows[selected].name]),
        false => String::new(),
    };
    // Who is not on the map must not be taken for one who is nowhere.
    let outside = match outside {
        0 => String::new(),
        count => fill(text.map_outside, &[&count]),
    };
    let line = format!("{scale}  {centred}  {outside}");
    put(buffer, room, room.height - 1, &line, model.theme.quiet);
}

/// The middle of the smallest box around all points.
fn centre(points: impl Iterator<Item = Point> + Clone) -> Option<Point> {
    let lat = || points.clone().map(|point| point.lat_e7);
    let lon = || points.clone().map(|point| point.lon_e7);
    let middle = |low: i32, high: i32| ((i64::from(low) + i64::from(high)) / 2) as i32;
    Some(Point {
        lat_e7: middle(lat().min()?, lat().max()?),
        lon_e7: middle(lon().min()?, lon().max()?),
    })
}

/// Half of the metres from left to right, so that every spot is seen with some room around.
fn half_span_m(spots: &[Spot], room: Rect) -> f64 {
    let shape = f64::from(room.width) / (f64::from(room.height) * 2.0);
    let farthest = spots
        .iter()
        .map(|spot| spot.east_m.abs().max(spot.north_m.abs() * shape))
        .fold(0.0, f64::max);
    (farthest * 1.3).max(SPAN_M_MIN / 2.0)
}

fn cell(spot: Spot, map: Rect, half_m: f64, half_north_m: f64) -> Option<(u16, u16)> {
    let across = (spot.east_m + half_m) / (2.0 * half_m);
    let down = (half_north_m - spot.north_m) / (2.0 * half_north_m);
    let inside = (0.0..1.0).contains(&across) && (0.0..1.0).contains(&down);
    inside.then(|| {
        let x = map.x + (across * f64::from(map.width)) as u16;
        let y = map.y + (down * f64::from(map.height)) as u16;
        (x, y)
    })
}

/// Writes a label at its cell, on the next free row below if another label stands there; false if
/// there is none.
fn label(buffer: &mut Buffer, map: Rect, at: (u16, u16), text: &str, model: &Model) -> bool {
    let columns = crate::paint::fit::width(text) as u16;
    let x = at.0.min(map.right().saturating_sub(columns));
    let taken = |buffer: &Buffer, y: u16| {
        (x..(x + columns).min(map.right())).any(|x| {
            let symbol = buffer[(x, y)].symbol();
            let dots = symbol.chars().all(|c| ('\u{2800}'..='\u{28ff}').contains(&c));
            !(dots || symbol == " " || symbol == ".")
        })
    };
    let free = (at.1..map.bottom()).find(|y| !taken(buffer, *y));
    let Some(y) = free else { return false };
    buffer.set_stringn(x, y, text, usize::from(map.right() - x), model.theme.heading);
    true
}
