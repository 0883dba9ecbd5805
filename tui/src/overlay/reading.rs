//! Texts to read: the keys, an order with all its receipts, a stock card, a line of the log.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use sanduan_protocol::base::ids::SpokenId;
use sanduan_protocol::local::rows::LogRow;

use super::popup;
use crate::app::Model;
use crate::keys::{self, Action, Layer};
use crate::lang::fill;
use crate::paint::fit::fit;
use crate::paint::{list, wrap};
use crate::screen;

/// What is read.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// The keys of a layer.
    Keys(Layer),
    /// An order with all its receipts.
    Order(SpokenId),
    /// The card of an item.
    Card {
        /// Its code.
        code: String,
        /// Its name.
        name: String,
    },
    /// A line of the log.
    Log(Box<LogRow>),
}

/// A text to read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What it is.
    pub subject: Subject,
    /// First line shown.
    top: usize,
}

impl Reading {
    /// From its first line.
    pub fn new(subject: Subject) -> Reading {
        Reading { subject, top: 0 }
    }

    /// Carries out an action; true if the text stays.
    pub fn act(&mut self, action: Action, model: &Model) -> bool {
        let size = size(model, screen::room(model));
        let page = usize::from(size.1).saturating_sub(2).max(1);
        let len = self.lines(model, usize::from(size.0).saturating_sub(4)).len();
        let last = len.saturating_sub(page);
        self.top = match action {
            Action::Up => self.top.saturating_sub(1),
            Action::Down => self.top + 1,
            Action::PageUp => self.top.saturating_sub(page),
            Action::PageDown => self.top + page,
            Action::First => 0,
            Action::Last => last,
            Action::Back => return false,
            _ => self.top,
        }
        .min(last);
        true
    }

    fn title(&self, model: &Model) -> String {
        let text = model.text();
        match &self.subject {
            Subject::Keys(_) => text.help_title.to_owned(),
            Subject::Order(id) => format!("{} {id}", text.orders),
            Subject::Card { code, name } => fill(text.card_title, &[&format!("{code} {name}")]),
            Subject::Log(row) => format!("{} {}", text.journal, row.id),
        }
    }

    fn lines(&self, model: &Model, columns: usize) -> Vec<String> {
        let lines = match &self.subject {
            Subject::Keys(layer) => keys::help(*layer, model.lang)
                .into_iter()
                .map(|(keys, label)| format!("{} {label}", fit(&keys, 18)))
                .collect(),
            Subject::Order(id) => screen::orders::whole(model, *id),
            Subject::Card { .. } => screen::card::lines(model),
            Subject::Log(row) => screen::journal::whole(model, row),
        };
        let wrapped = lines.iter().flat_map(|line| wrap::lines(line, columns));
        wrapped.map(str::to_owned).collect()
    }

    /// Draws the text.
    pub fn draw(&self, model: &Model, buffer: &mut Buffer, room: Rect) {
        let area = popup(model, buffer, room, size(model, room), &self.title(model));
        let lines = self.lines(model, usize::from(area.width));
        let rows = usize::from(area.height);
        // A banner or a sentence above the keys may have come since the last key.
        let top = self.top.min(lines.len().saturating_sub(rows));
        for (row, line) in lines.iter().skip(top).take(rows).enumerate() {
            list::put(buffer, area, row as u16, line, model.theme.plain);
        }
        if lines.len() > rows {
            let place = format!(" {}-{}/{} ", top + 1, top + rows, lines.len());
            let x = area.right().saturating_sub(place.len() as u16);
            buffer.set_string(x, area.bottom(), place, model.theme.heading);
        }
    }
}

/// Columns and rows of the popup in a room: as much as there is, up to a row below.
fn size(model: &Model, room: Rect) -> (u16, u16) {
    (room.width.saturating_sub(4), room.height.min(model.size.1.saturating_sub(5)))
}
