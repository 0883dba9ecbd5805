//! How text becomes columns and cells. Chinese glyphs are two columns wide; nothing here or above
//! may count `char`s or bytes for layout. Which words are painted is not decided here.

pub mod clear;
pub mod fit;
pub mod glyph;
pub mod list;
pub mod qr;
pub mod table;
pub mod theme;
pub mod wrap;

use ratatui::buffer::Buffer;

/// The text of a screen as people see it: one line a row, the second cell of a wide glyph left
/// out, blanks at line ends cut. Snapshots are made of this.
pub fn screen_text(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut line = String::new();
        let mut skip = 0;
        for x in buffer.area.left()..buffer.area.right() {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buffer[(x, y)].symbol();
            skip = fit::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
