//! Figures in columns for a terminal: the first stands left, the others right.

use std::fmt::Write;

use crate::realtime::columns_of;

/// These lines, one below the other, each column as wide as its widest cell.
pub fn columns<const N: usize>(lines: &[[String; N]]) -> String {
    let widths: [usize; N] = std::array::from_fn(|column| {
        lines.iter().map(|line| columns_of(&line[column])).max().unwrap_or(0)
    });
    let mut text = String::new();
    for line in lines {
        for (column, (cell, width)) in line.iter().zip(widths).enumerate() {
            let pad = width - columns_of(cell);
            // Writing to a `String` cannot fail.
            let _ = match column {
                0 => write!(text, "{cell}{:pad$}  ", ""),
                _ => write!(text, "{:pad$}{cell}  ", ""),
            };
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}
