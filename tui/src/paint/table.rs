//! A plain-text table: columns as wide as their widest cell, two blanks between them, headings
//! above. For the command line; the console lays its columns out itself.

use super::fit::{clean, fit, fit_right, width};

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

    /// The lines of the table, headings first, without blanks at their ends.
    pub fn lines(&self) -> Vec<String> {
        let all = || std::iter::once(&self.headings).chain(&self.rows);
        let widths: Vec<usize> = (0..self.headings.len())
            .map(|column| all().map(|row| width(&row[column])).max().unwrap_or(0))
            .collect();
        let line = |row: &Vec<String>| {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .zip(&self.sides)
                .map(|((cell, columns), side)| match side {
                    Side::Left => fit(cell, *columns),
                    Side::Right => fit_right(cell, *columns),
                })
                .collect();
            cells.join("  ").trim_end().to_owned()
        };
        all().map(line).collect()
    }
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
        assert_eq!(table.lines(), expected);
    }
}
