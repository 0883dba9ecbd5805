//! Making room for a popup. A wide glyph that starts one column left of it would cover its
//! border, because the terminal draws both of its columns; such a glyph is blanked.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::fit::width;

/// Blanks `area`, and the wide glyph that reaches into it from the left on each row.
pub fn clear(buffer: &mut Buffer, area: Rect, style: Style) {
    let area = area.intersection(buffer.area);
    for y in area.top()..area.bottom() {
        if area.left() > buffer.area.left() {
            let before = &mut buffer[(area.left() - 1, y)];
            if width(before.symbol()) > 1 {
                before.set_symbol(" ");
            }
        }
        for x in area.left()..area.right() {
            let cell = &mut buffer[(x, y)];
            cell.reset();
            cell.set_style(style);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paint::screen_text;

    #[test]
    fn a_glyph_reaching_into_the_popup_is_blanked() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 10, 1));
        buffer.set_string(0, 0, "调拨帐篷物", Style::new());
        clear(&mut buffer, Rect::new(3, 0, 4, 1), Style::new());
        buffer.set_string(3, 0, "|", Style::new());
        buffer.set_string(6, 0, "|", Style::new());
        assert_eq!(screen_text(&buffer), "调 |  | 物\n");
    }
}
