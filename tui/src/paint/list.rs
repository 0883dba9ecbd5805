//! Lists on the screen: headings, and only those rows that are seen. Pages instead of scrolling:
//! on a serial line a page that stands still costs nothing.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::fit::{clean, fit, fit_right};
use super::table::Side;
use super::theme::Theme;

/// One column. A width of 0 takes what is left.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its heading.
    pub heading: &'static str,
    /// Its width in columns of the terminal.
    pub width: u16,
    /// On which side it is filled.
    pub side: Side,
}

/// A column of words.
pub fn left(heading: &'static str, width: u16) -> Column {
    Column { heading, width, side: Side::Left }
}

/// A column of numbers.
pub fn right(heading: &'static str, width: u16) -> Column {
    Column { heading, width, side: Side::Right }
}

/// One row: its cells, and whether somebody must act on it.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// One text a column.
    pub cells: Vec<String>,
    /// Drawn in the style for alarms; some cell says why in words.
    pub alarm: bool,
}

/// Which row is selected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Its place, from 0.
    pub at: usize,
}

impl Cursor {
    /// Moves by `step` rows, staying among `len` rows.
    pub fn step(&mut self, step: isize, len: usize) {
        self.at = self.at.saturating_add_signed(step).min(len.saturating_sub(1));
    }
}

/// Rows of a list that fit below its headings.
pub fn page_rows(area: Rect) -> usize {
    usize::from(area.height.saturating_sub(1)).max(1)
}

/// Draws a list of `len` rows. `row` is asked only for the rows of the page on which the cursor
/// stands. Without a cursor the first page is drawn and nothing is marked.
pub fn draw(
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    columns: &[Column],
    len: usize,
    cursor: Option<Cursor>,
    row: impl Fn(usize) -> Row,
) {
    if area.height == 0 {
        return;
    }
    let widths = widths(columns, area.width.saturating_sub(2));
    let headings: Vec<String> = columns.iter().map(|column| column.heading.to_owned()).collect();
    let line = joined(&headings, &widths, columns);
    put(buffer, area, 0, &format!("  {line}"), theme.heading);
    let page = page_rows(area);
    let at = cursor.map(|cursor| cursor.at.min(len.saturating_sub(1)));
    let top = at.unwrap_or(0) / page * page;
    for (place, index) in (top..len.min(top + page)).enumerate() {
        let row = row(index);
        let selected = at == Some(index);
        let mark = if selected { "> " } else { "  " };
        let line = format!("{mark}{}", joined(&row.cells, &widths, columns));
        let style = match (selected, row.alarm) {
            (true, _) => theme.selected,
            (false, true) => theme.alarm,
            (false, false) => theme.plain,
        };
        put(buffer, area, place as u16 + 1, &line, style);
    }
}

/// Writes a line on row `row` of `area`, cut or filled to its width.
pub fn put(buffer: &mut Buffer, area: Rect, row: u16, text: &str, style: Style) {
    if row >= area.height {
        return;
    }
    let text = fit(&clean(text), usize::from(area.width));
    buffer.set_stringn(area.x, area.y + row, text, usize::from(area.width), style);
}

fn widths(columns: &[Column], total: u16) -> Vec<u16> {
    let gaps = columns.len().saturating_sub(1) as u16;
    let fixed: u16 = columns.iter().map(|column| column.width).sum::<u16>() + gaps;
    let open = columns.iter().filter(|column| column.width == 0).count().max(1) as u16;
    let share = total.saturating_sub(fixed) / open;
    let width = |column: &Column| if column.width == 0 { share } else { column.width };
    columns.iter().map(width).collect()
}

fn joined(cells: &[String], widths: &[u16], columns: &[Column]) -> String {
    let cells: Vec<String> = cells
        .iter()
        .zip(widths)
        .zip(columns)
        .map(|((cell, width), column)| match column.side {
            Side::Left => fit(&clean(cell), usize::from(*width)),
            Side::Right => fit_right(&clean(cell), usize::from(*width)),
        })
        .collect();
    cells.join(" ")
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::paint::screen_text;

    #[test]
    fn only_the_rows_of_the_page_are_asked_for() {
        let area = Rect::new(0, 0, 20, 4);
        let mut buffer = Buffer::empty(area);
        let asked = RefCell::new(Vec::new());
        let columns = [left("名", 0), right("数", 4)];
        let cursor = Some(Cursor { at: 4 });
        draw(&mut buffer, area, &Theme::plain(), &columns, 10_000, cursor, |index| {
            asked.borrow_mut().push(index);
            Row { cells: vec![format!("第{index}"), index.to_string()], alarm: false }
        });
        assert_eq!(asked.into_inner(), [3, 4, 5]);
        let text = screen_text(&buffer);
        assert!(text.contains("> 第4"), "{text}");
        assert!(text.lines().all(|line| crate::paint::fit::width(line) <= 20), "{text}");
    }

    #[test]
    fn the_cursor_stays_among_the_rows() {
        let mut cursor = Cursor::default();
        cursor.step(-3, 5);
        assert_eq!(cursor.at, 0);
        cursor.step(99, 5);
        assert_eq!(cursor.at, 4);
        cursor.step(1, 0);
        assert_eq!(cursor.at, 0);
    }
}
