//! Choosing the place from which distances are measured: units and places with a point, narrowed
//! by typing a part of the name.

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::Rect;
use sanduan_protocol::base::geo::Point;

use super::fields::{Field, FieldName};
use super::popup;
use crate::app::Model;
use crate::keys::Action;
use crate::lang::initials::finds;
use crate::paint::fit::width;
use crate::paint::list::{self, Cursor, Row};

/// A list to choose from.
#[derive(Clone, Debug)]
pub struct Pick {
    /// Names and points.
    options: Vec<(String, Point)>,
    typed: Field,
    cursor: Cursor,
}

impl Pick {
    /// The places and units whose point is known; `None` if there is none.
    pub fn origins(model: &Model) -> Option<Pick> {
        let places = model.mirror.directory.places.iter();
        let places = places.filter_map(|row| row.point.map(|point| (row.name.clone(), point)));
        let units = model.mirror.positions.iter().map(|row| (row.name.clone(), row.point));
        let options: Vec<(String, Point)> = units.chain(places).collect();
        let typed = Field::text(FieldName::Search, "");
        (!options.is_empty()).then(|| Pick { options, typed, cursor: Cursor::default() })
    }

    fn fitting(&self) -> Vec<&(String, Point)> {
        let typed = self.typed.shown(crate::lang::Lang::Zh);
        self.options.iter().filter(|(name, _)| finds(name, typed)).collect()
    }

    /// Takes a typed key.
    pub fn type_key(&mut self, key: &KeyEvent) -> bool {
        self.cursor = Cursor::default();
        self.typed.type_key(key)
    }

    /// Carries out an action; true if the list stays.
    pub fn act(&mut self, action: Action, model: &mut Model) -> bool {
        let len = self.fitting().len();
        match action {
            Action::Up => self.cursor.step(-1, len),
            Action::Down => self.cursor.step(1, len),
            Action::PageUp => self.cursor.step(-10, len),
            Action::PageDown => self.cursor.step(10, len),
            Action::Back => return false,
            Action::Open => {
                if let Some(chosen) = self.fitting().get(self.cursor.at) {
                    model.origin = Some((*chosen).clone());
                    return false;
                }
            }
            _ => {}
        }
        true
    }

    /// Draws the list; gives the caret.
    pub fn draw(&self, model: &Model, buffer: &mut Buffer, room: Rect) -> Option<(u16, u16)> {
        let text = model.text();
        let area = popup(model, buffer, room, (50, 16), text.measure_from);
        let typed = self.typed.shown(model.lang);
        list::put(buffer, area, 0, &format!("{}: {typed}", text.f_search), model.theme.plain);
        let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        let fitting = self.fitting();
        let columns = [list::left(text.unit, 0), list::left(text.coordinates, 19)];
        list::draw(
            buffer,
            below,
            &model.theme,
            &columns,
            fitting.len(),
            Some(self.cursor),
            |place| {
                let (name, point) = fitting[place];
                let point = format!("{:.4},{:.4}", point.lat(), point.lon());
                Row { cells: vec![name.clone(), point], alarm: false }
            },
        );
        let column = width(text.f_search) + 2 + width(&typed[..self.typed.caret()]);
        Some((area.x + (column as u16).min(area.width.saturating_sub(1)), area.y))
    }
}
