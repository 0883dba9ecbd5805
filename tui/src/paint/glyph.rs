//! Glyphs of frames and rules, and their ASCII twins. Box drawing is one column on most terminals
//! and two on some that are set for East Asian text; there `--ascii` is the way out.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::fit::{cut, width};

/// One set of frame glyphs, each one column wide.
#[derive(Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// Horizontal line.
    pub across: &'static str,
    /// Vertical line.
    pub down: &'static str,
    /// Corners: top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    /// True if braille dots may be used on maps.
    pub braille: bool,
}

/// Box drawing.
pub static BOX: Glyphs =
    Glyphs { across: "─", down: "│", corners: ["┌", "┐", "└", "┘"], braille: true };
/// Plain ASCII.
pub static ASCII: Glyphs =
    Glyphs { across: "-", down: "|", corners: ["+", "+", "+", "+"], braille: false };

impl Glyphs {
    /// Draws a rule across a row.
    pub fn rule(&self, buffer: &mut Buffer, area: Rect, style: Style) {
        for x in area.left()..area.right() {
            buffer.set_string(x, area.y, self.across, style);
        }
    }

    /// Draws a frame around `area` with a title in its upper line; gives the room inside.
    pub fn frame(&self, buffer: &mut Buffer, area: Rect, title: &str, style: Style) -> Rect {
        if area.width < 4 || area.height < 3 {
            return area;
        }
        let (right, bottom) = (area.right() - 1, area.bottom() - 1);
        for x in area.left() + 1..right {
            buffer.set_string(x, area.top(), self.across, style);
            buffer.set_string(x, bottom, self.across, style);
        }
        for y in area.top() + 1..bottom {
            buffer.set_string(area.left(), y, self.down, style);
            buffer.set_string(right, y, self.down, style);
        }
        let places = [
            (area.left(), area.top()),
            (right, area.top()),
            (area.left(), bottom),
            (right, bottom),
        ];
        for ((x, y), corner) in places.into_iter().zip(self.corners) {
            buffer.set_string(x, y, corner, style);
        }
        let title = cut(title, usize::from(area.width) - 4);
        if width(&title) > 0 {
            buffer.set_string(area.left() + 2, area.top(), format!("{title} "), style);
        }
        Rect::new(area.x + 2, area.y + 1, area.width - 4, area.height - 2)
    }
}
