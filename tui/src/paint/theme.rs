//! Styles. Colour never carries a meaning of its own: what is coloured is also a word, and the
//! theme without colours loses nothing. With `NO_COLOR` no colour may be sent at all, because the
//! terminal library then resets bold and reverse along with the colour it leaves out.

use ratatui::style::{Color, Modifier, Style};

/// The styles of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Ordinary text.
    pub plain: Style,
    /// Headings and labels.
    pub heading: Style,
    /// Less important text.
    pub quiet: Style,
    /// The selected row.
    pub selected: Style,
    /// What somebody must act on.
    pub alarm: Style,
    /// Bars: status line, footer.
    pub bar: Style,
    /// Banners that must not be overlooked.
    pub banner: Style,
}

impl Theme {
    /// Bold and reverse only.
    pub fn plain() -> Theme {
        let plain = Style::new();
        Theme {
            plain,
            heading: plain.add_modifier(Modifier::BOLD),
            quiet: plain,
            selected: plain.add_modifier(Modifier::REVERSED),
            alarm: plain.add_modifier(Modifier::BOLD),
            bar: plain.add_modifier(Modifier::REVERSED),
            banner: plain.add_modifier(Modifier::REVERSED | Modifier::BOLD),
        }
    }

    /// Blue and orange, which people who confuse red and green tell apart; the banner is red.
    pub fn coloured() -> Theme {
        let plain = Theme::plain();
        Theme {
            heading: plain.heading.fg(Color::Cyan),
            quiet: Style::new().fg(Color::DarkGray),
            alarm: plain.alarm.fg(Color::Yellow),
            bar: Style::new().fg(Color::White).bg(Color::Blue),
            banner: Style::new().fg(Color::White).bg(Color::Red).add_modifier(Modifier::BOLD),
            ..plain
        }
    }

    /// The theme for this terminal: without colours if `NO_COLOR` is set and not empty
    /// (no-color.org), or on a terminal that has none.
    pub fn from_environment() -> Theme {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let colourless = set("TERM").is_some_and(|term| {
            ["dumb", "vt100", "vt220", "linux-m"].iter().any(|name| term == *name)
        });
        if set("NO_COLOR").is_some() || colourless { Theme::plain() } else { Theme::coloured() }
    }

    /// True if any style has a colour.
    pub fn has_colour(&self) -> bool {
        [self.plain, self.heading, self.quiet, self.selected, self.alarm, self.bar, self.banner]
            .iter()
            .any(|style| style.fg.is_some() || style.bg.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_theme_sends_no_colour_and_still_marks_the_selected_row() {
        assert!(!Theme::plain().has_colour());
        assert!(Theme::coloured().has_colour());
        assert!(Theme::plain().selected.add_modifier.contains(Modifier::REVERSED));
    }
}
