//! A plain-text table: columns as wide as their widest cell, two blanks between them, headings
//! above. For the command line; the console lays its columns out itself.
//!
//! What is wider than the terminal is not left to it: words break within their column, and where
//! that is not enough, the last columns stand below the others, a little to the right.
//!
//! ```text
//! 序号  等级  状态    多久前
//!     去向        内容
//! 1-1   特急  已办结     5分
//!     水上救援    转移沿江一社群众到白沙小学，
//!     二队        转完报人数。
//! ```

use std::ops::Range;

use super::fit::{clean, fit, fit_right, width};
use super::wrap;

/// A column of words is not made narrower than this: six Chinese glyphs.
const WORDS_MIN: usize = 12;
/// Between two columns.
const GAP: usize = 2;
/// Columns that stand below others begin here.
const INDENT: usize = 4;

/// On which side a column is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A table being filled.
#[derive(Clone, Debug)]
pub struct Table {
    headings: Vec<String>,
    sides: Vec<Side>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings and sides.
    pub fn new(columns: &[(&str, Side)]) -> Table {
        Table {
            headings: columns.iter().map(|(heading, _)| (*heading).to_owned()).collect(),
            sides: columns.iter().map(|(_, side)| *side).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; it has as many cells as there are columns.
    pub fn row(&mut self, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.headings.len());
        self.rows.push(cells.iter().map(|cell| clean(cell)).collect());
    }

    /// True if no row was added.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines of the table, headings first, without blanks at their ends; no wider than
    /// `columns` if that can be.
    pub fn lines(&self, columns: Option<usize>) -> Vec<String> {
        let parts = self.parts(columns.unwrap_or(usize::MAX));
        let rows = std::iter::once(&self.headings).chain(&self.rows);
        rows.flat_map(|row| parts.iter().flat_map(|part| self.part_lines(row, part))).collect()
    }

    /// Which columns stand beside each other, from which column of the terminal, and how wide.
    fn parts(&self, columns: usize) -> Vec<Part> {
        let natural: Vec<usize> = (0..self.headings.len()).map(|at| self.natural(at)).collect();
        let mut parts = Vec::new();
        let mut from = 0;
        while from < natural.len() {
            let indent = if from == 0 { 0 } else { INDENT };
            let room = columns.saturating_sub(indent);
            let all = from..natural.len();
            let (cells, widths) = match self.fitted(&natural, all.clone(), room) {
                Some(widths) => (all, widths),
                None => {
                    let fits = |to: &usize| total(&natural[from..*to]) <= room;
                    let to = (from + 1..natural.len()).rev().find(fits).unwrap_or(from + 1);
                    let widths = self.fitted(&natural, from..to, room);
                    (from..to, widths.unwrap_or_else(|| natural[from..to].to_vec()))
                }
            };
            from = cells.end;
            parts.push(Part { indent, cells, widths });
        }
        parts
    }

    fn natural(&self, column: usize) -> usize {
        let cells = std::iter::once(&self.headings).chain(&self.rows).map(|row| &row[column]);
        cells.map(|cell| width(cell)).max().unwrap_or(0)
    }

    /// Widths in which these columns fit, the widest words made narrower; `None` if they do not.
    fn fitted(&self, natural: &[usize], cells: Range<usize>, room: usize) -> Option<Vec<usize>> {
        let mut widths = natural[cells.clone()].to_vec();
        let sides = &self.sides[cells];
        while total(&widths) > room {
            let words = widths.iter_mut().zip(sides).filter(|(_, side)| **side == Side::Left);
            let (widest, _) = words.max_by_key(|(width, _)| **width)?;
            *widest = widest.checked_sub(1).filter(|left| *left >= WORDS_MIN)?;
        }
        Some(widths)
    }

    fn part_lines(&self, row: &[String], part: &Part) -> Vec<String> {
        let cells = row[part.cells.clone()].iter().zip(&part.widths);
        let broken: Vec<Vec<&str>> =
            cells.map(|(cell, columns)| wrap::lines(cell, *columns)).collect();
        let height = broken.iter().map(Vec::len).max().unwrap_or(1);
        let line = |at: usize| {
            let sides = &self.sides[part.cells.clone()];
            let cells =
                broken.iter().zip(&part.widths).zip(sides).map(|((cell, columns), side)| {
                    let cell = cell.get(at).copied().unwrap_or("");
                    match side {
                        Side::Left => fit(cell, *columns),
                        Side::Right => fit_right(cell, *columns),
                    }
                });
            let cells: Vec<String> = cells.collect();
            let line = format!("{}{}", " ".repeat(part.indent), cells.join(&" ".repeat(GAP)));
            line.trim_end().to_owned()
        };
        (0..height).map(line).collect()
    }
}

/// Columns that stand beside each other.
struct Part {
    indent: usize,
    cells: Range<usize>,
    widths: Vec<usize>,
}

/// Columns of the terminal that columns of these widths take.
fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_with_chinese_and_latin_mixed() {
        let mut table =
            Table::new(&[("品名", Side::Left), ("在库", Side::Right), ("单位", Side::Left)]);
        table.row(vec!["救生衣".into(), "1203".into(), "件".into()]);
        table.row(vec!["boat".into(), "-2".into(), "艘".into()]);
        let expected = ["品名    在库  单位", "救生衣  1203  件", "boat      -2  艘"];
        assert_eq!(table.lines(None), expected);
        assert_eq!(table.lines(Some(18)), expected);
    }

    fn orders() -> Table {
        let sides = [("序号", Side::Left), ("签收", Side::Right), ("去向", Side::Left)];
        let mut table = Table::new(&[&sides[..], &[("内容", Side::Left)]].concat());
        let text = "水救二队即赴白沙镇滨江路3号楼接应被困约20人，带艇3条。";
        table.row(vec!["1.0-1".into(), "2/2".into(), "水上救援队2、白沙镇库".into(), text.into()]);
        table.row(vec!["1-2".into(), "0/1".into(), "白沙镇库".into(), "报存粮。".into()]);
        table
    }

    #[test]
    fn what_is_too_wide_breaks_within_its_column_or_stands_below() {
        let beside = [
            "序号   签收  去向                  内容",
            "1.0-1   2/2  水上救援队2、白沙镇   水救二队即赴白沙镇",
            "             库                    滨江路3号楼接应被困",
            "                                   约20人，带艇3条。",
            "1-2     0/1  白沙镇库              报存粮。",
        ];
        assert_eq!(orders().lines(Some(54)), beside);
        let below = [
            "序号   签收",
            "    去向            内容",
            "1.0-1   2/2",
            "    水上救援队2、   水救二队即赴",
            "    白沙镇库        白沙镇滨江路3",
        ];
        assert_eq!(orders().lines(Some(33))[..5], below);
    }

    #[test]
    fn nothing_is_wider_than_the_terminal_and_nothing_is_lost() {
        let all = |lines: Vec<String>| {
            let mut signs: Vec<char> =
                lines.concat().chars().filter(|sign| !sign.is_whitespace()).collect();
            signs.sort_unstable();
            signs
        };
        for columns in 20..120 {
            let lines = orders().lines(Some(columns));
            assert!(lines.iter().all(|line| width(line) <= columns), "{columns}: {lines:?}");
            assert_eq!(all(lines), all(orders().lines(None)), "{columns}");
        }
    }
}
