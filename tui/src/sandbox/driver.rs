//! Drives the console's core by hand: keys in, questions answered by the made-up daemon at once,
//! the screen out as text. For tests; the real loop is `app::run`.

use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;
use sanduan_protocol::local::Request;

use super::Sandbox;
use crate::app::{Effect, Model, Msg, update};
use crate::feed::{Feed, Heard};
use crate::lang::Lang;
use crate::paint::screen_text;
use crate::screen;

/// A console under test.
pub struct Driver {
    /// Its core.
    pub model: Model,
    /// Its daemon.
    pub sandbox: Sandbox,
    /// Questions are answered at once unless this is set.
    pub holds_answers: bool,
    /// What came out besides questions.
    pub effects: Vec<Effect>,
}

impl Driver {
    /// A console that has just reached its daemon, in a zone eight hours east.
    pub fn connected(sandbox: Sandbox, lang: Lang) -> Driver {
        let mut driver = Driver::cut_off(sandbox, lang);
        driver.send(Msg::Heard(Heard::Connected { resumed: false }));
        driver
    }

    /// A console that has not reached its daemon.
    pub fn cut_off(sandbox: Sandbox, lang: Lang) -> Driver {
        let now_ms = sandbox.rows().now_ms;
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let model = Model::new(lang, zone, now_ms);
        Driver { model, sandbox, holds_answers: false, effects: Vec::new() }
    }

    /// Works in one message, and the answers to whatever it asks.
    pub fn send(&mut self, msg: Msg) {
        let now_ms = self.sandbox.rows().now_ms;
        let mut waiting = update(&mut self.model, msg, now_ms);
        while let Some(effect) = waiting.pop() {
            match effect {
                Effect::Ask(id, request) if !self.holds_answers => {
                    let answer = self.sandbox.ask(&request);
                    waiting.extend(update(&mut self.model, Msg::Answer(id, answer), now_ms));
                }
                other => self.effects.push(other),
            }
        }
    }

    /// Presses keys by name (`F2`, `Enter`, `Ctrl-s`), one after the other.
    pub fn press(&mut self, keys: &[&str]) {
        for key in keys {
            self.send(Msg::Key(key_named(key)));
        }
    }

    /// Types a text.
    pub fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.send(Msg::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)));
        }
    }

    /// The screen as text, with the place of the caret.
    pub fn screen(&mut self, columns: u16, rows: u16) -> (String, Option<(u16, u16)>) {
        self.model.size = (columns, rows);
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        let caret = screen::draw(&self.model, &mut buffer);
        (screen_text(&buffer), caret)
    }

    /// The text of an 80 by 24 screen.
    pub fn text(&mut self) -> String {
        self.screen(80, 24).0
    }

    /// The last thing asked of the daemon that was to be saved.
    pub fn last_wish(&self) -> Option<Request> {
        let asked = self.sandbox.rows().asked.clone();
        asked.into_iter().rev().find(|request| {
            matches!(
                request,
                Request::SendOrder(_)
                    | Request::SignOrder { .. }
                    | Request::SetOperator { .. }
                    | Request::CancelOrder { .. }
                    | Request::SendReceipt(_)
                    | Request::ReportPosition(_)
                    | Request::PostMovement(_)
                    | Request::ShipWaybill(_)
                    | Request::ArriveWaybill(_)
                    | Request::PostCount(_)
                    | Request::SnapshotStock { .. }
                    | Request::SealStock
            )
        })
    }
}

/// The key of that name.
///
/// # Panics
/// There is none; a test has a typing error.
pub fn key_named(name: &str) -> KeyEvent {
    let (name, modifiers) = match name.split_once('-') {
        Some(("Ctrl", rest)) => (rest, KeyModifiers::CONTROL),
        Some(("Alt", rest)) => (rest, KeyModifiers::ALT),
        Some(("Shift", "Tab")) => ("Shift-Tab", KeyModifiers::SHIFT),
        _ => (name, KeyModifiers::NONE),
    };
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" => KeyCode::Tab,
        "Shift-Tab" => KeyCode::BackTab,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "PgUp" => KeyCode::PageUp,
        "PgDn" => KeyCode::PageDown,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "Backspace" => KeyCode::Backspace,
        "Space" => KeyCode::Char(' '),
        other => match (other.strip_prefix('F').and_then(|n| n.parse().ok()), other.len()) {
            (Some(number), _) => KeyCode::F(number),
            (None, 1) => KeyCode::Char(other.chars().next().expect("its length is one")),
            (None, _) => panic!("no key is called {other}"),
        },
    };
    KeyEvent::new(code, modifiers)
}
