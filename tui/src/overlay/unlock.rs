//! The dialog for the passphrase: asked for when an order needs it, when the daemon waits for it
//! after a start, or by key. What is typed shows as stars. Once it is right, the order that waited
//! below goes out by itself.

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;
use sanduan_protocol::local::request::{Passphrase, VaultAsk};
use sanduan_protocol::local::rows::OrderLock;
use sanduan_protocol::local::{Reply, Request};
use zeroize::Zeroizing;

use super::{Overlay, popup};
use crate::app::{AskId, Connection, Effect, Load, Model, Pending};
use crate::feed::FeedError;
use crate::keys::Action;
use crate::paint::fit::width;
use crate::paint::{list, wrap};

/// Characters that are taken; beyond, nobody types a passphrase but lets something lie on a key.
const CHARS_MAX: usize = 256;

/// Why it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// An order waits below.
    Order,
    /// The daemon cannot read its data before.
    Shut,
    /// Somebody pressed the key.
    Asked,
}

/// The dialog.
pub struct Unlock {
    why: Why,
    typed: Zeroizing<String>,
    /// The answer waited for.
    pub(super) sending: Option<AskId>,
    /// What the daemon said against it.
    pub(super) complaint: Option<String>,
}

impl std::fmt::Debug for Unlock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Unlock({:?}, secret)", self.why)
    }
}

/// Opens the dialog, unless it is open.
pub fn ask(model: &mut Model, why: Why) {
    if model.overlays.iter().any(|overlay| matches!(overlay, Overlay::Unlock(_))) {
        return;
    }
    let typed = Zeroizing::new(String::new());
    model.overlays.push(Overlay::Unlock(Unlock { why, typed, sending: None, complaint: None }));
}

/// The key for it: asks for the passphrase, or locks what is open.
pub fn turn(model: &mut Model, effects: &mut Vec<Effect>) {
    if matches!(&model.connection, Connection::Lost { reason, .. } if reason.is_locked()) {
        return ask(model, Why::Shut);
    }
    match model.mirror.status.as_ref().map(|status| status.vault.orders) {
        None => model.say(model.text().why_cut, true),
        Some(OrderLock::NotNeeded) => model.say(model.lang.vault().none_set, false),
        Some(OrderLock::Locked) => ask(model, Why::Asked),
        Some(OrderLock::Open) => match model.ask(Pending::Vault, Request::Vault(VaultAsk::Lock)) {
            Some((_, effect)) => effects.push(effect),
            None => model.say(model.text().busy, true),
        },
    }
}

impl Unlock {
    /// Takes a typed key.
    pub fn type_key(&mut self, key: &KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            _ if self.sending.is_some() => {}
            KeyCode::Backspace => drop(self.typed.pop()),
            KeyCode::Char('u') if control => self.typed.clear(),
            KeyCode::Char(c) if !control && !key.modifiers.contains(KeyModifiers::ALT) => {
                self.insert(c);
            }
            _ => return false,
        }
        true
    }

    /// Takes a pasted text.
    pub fn paste(&mut self, text: &str) {
        text.trim_end_matches(['\r', '\n']).chars().for_each(|c| self.insert(c));
    }

    fn insert(&mut self, c: char) {
        if !c.is_control() && self.sending.is_none() && self.typed.chars().count() < CHARS_MAX {
            self.typed.push(c);
        }
    }

    /// Carries out an action; true if the dialog stays.
    pub fn act(&mut self, model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> bool {
        match action {
            Action::Back => return false,
            Action::Submit if self.sending.is_none() && self.typed.is_empty() => {
                self.complaint = Some(model.lang.vault().nothing_typed.to_owned());
            }
            Action::Submit if self.sending.is_none() => {
                let passphrase = Passphrase::new(self.typed.as_str());
                let request = Request::Vault(VaultAsk::Unlock { passphrase });
                match model.ask(Pending::Vault, request) {
                    Some((ask, effect)) => {
                        (self.sending, self.complaint) = (Some(ask), None);
                        effects.push(effect);
                    }
                    None => self.complaint = Some(model.text().busy.to_owned()),
                }
            }
            _ => {}
        }
        true
    }

    /// Shows what the daemon said against it. What was typed is gone: nobody can mend what only
    /// shows as stars, and the next try must not be added to it.
    pub(super) fn complain(&mut self, sentence: String) {
        self.typed = Zeroizing::new(String::new());
        (self.complaint, self.sending) = (Some(sentence), None);
    }

    /// Draws the dialog; gives the caret.
    pub fn draw(&self, model: &Model, buffer: &mut Buffer, room: Rect) -> Option<(u16, u16)> {
        let text = model.lang.vault();
        let area = popup(model, buffer, room, (60, 9), text.title);
        let why = match self.why {
            Why::Order => text.why_order,
            Why::Shut => text.why_shut,
            Why::Asked => text.why_asked,
        };
        for (row, line) in (0..2).zip(wrap::lines(why, usize::from(area.width))) {
            list::put(buffer, area, row, line, model.theme.plain);
        }
        let columns = usize::from(area.width).saturating_sub(width(text.ask) + 1);
        let stars = "*".repeat(self.typed.chars().count().min(columns));
        list::put(buffer, area, 3, &format!("{}{stars}", text.ask), model.theme.heading);
        let (last, style) = match (&self.complaint, self.sending) {
            (_, Some(_)) => (text.trying, model.theme.heading),
            (Some(complaint), None) => (complaint.as_str(), model.theme.alarm),
            (None, None) => (text.keys, model.theme.quiet),
        };
        for (row, line) in (5..7).zip(wrap::lines(last, usize::from(area.width))) {
            list::put(buffer, area, row, line, style);
        }
        Some((area.x + (width(text.ask) + stars.len()) as u16, area.y + 3))
    }
}

/// The daemon answered to a passphrase or to a lock.
pub fn answered(
    model: &mut Model,
    id: AskId,
    answer: Result<Reply, FeedError>,
    effects: &mut Vec<Effect>,
) {
    let place = model.overlays.iter().position(|overlay| overlay.waits_for(id));
    let row = match answer {
        Ok(Reply::Vault(row)) => row,
        Ok(_) => return,
        Err(error) => {
            let sentence = error.words(model.lang);
            return match place.and_then(|place| model.overlays.get_mut(place)) {
                Some(overlay) => overlay.complain(sentence),
                None => model.say(sentence, true),
            };
        }
    };
    let text = model.lang.vault();
    let said = if row.orders == OrderLock::Locked { text.locked } else { text.open_now };
    model.say(said, false);
    model.mirror.take(Reply::Vault(row));
    if model.connection == Connection::Up {
        model.want(Load::Status, effects);
    }
    let Some(place) = place else { return };
    let Overlay::Unlock(unlock) = model.overlays.remove(place) else { return };
    let again = match (unlock.why, model.overlays.last()) {
        (Why::Order, Some(Overlay::Form(_))) => Action::Submit,
        (Why::Order, Some(Overlay::Confirm(_))) => Action::Confirm,
        _ => return,
    };
    super::act(model, again, effects);
}
