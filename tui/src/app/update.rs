//! From one model to the next. Only dispatch: what keys do on a screen is in `screen`, on an
//! overlay in `overlay`, what answers mean in `answers`.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::answers;
use super::effect::{Effect, Load, Msg};
use super::model::{Connection, Model, Screen};
use crate::keys::{self, Action, Layer};
use crate::lang::fill;
use crate::overlay::{self, Overlay, Reading, Subject};
use crate::screen;

/// How often the node is asked how it is: counters in the status line have no events.
const STATUS_EVERY_MS: u64 = 5_000;
/// How often the clock and the ages are drawn anew when nothing happens.
const DRAW_EVERY_MS: u64 = 10_000;
/// A countdown shorter than this is drawn every second.
const COUNTDOWN_MS: u64 = 2 * 60 * 1000;

/// Works one message into the model; what is to be done outside comes back.
pub fn update(model: &mut Model, msg: Msg, now_ms: u64) -> Vec<Effect> {
    let mut effects = Vec::new();
    let before_ms = model.now_ms;
    model.now_ms = now_ms;
    match msg {
        Msg::Key(key) if key.kind != KeyEventKind::Release => {
            model.dirty = true;
            model.notice = None;
            on_key(model, &key, &mut effects);
        }
        Msg::Key(_) => {}
        Msg::Paste(text) => {
            model.dirty = true;
            overlay::paste(model, &text);
        }
        Msg::Resize(columns, rows) => {
            model.dirty = true;
            model.size = (columns, rows);
        }
        Msg::KeysGone => effects.push(Effect::Quit),
        Msg::Tick => tick(model, before_ms, &mut effects),
        Msg::Heard(heard) => answers::heard(model, heard, &mut effects),
        Msg::Answer(id, answer) => answers::answered(model, id, answer, &mut effects),
    }
    screen::settle(model, &mut effects);
    effects
}

fn tick(model: &mut Model, before_ms: u64, effects: &mut Vec<Effect>) {
    let passed = |every_ms: u64| before_ms / every_ms != model.now_ms / every_ms;
    let counting = model.mirror.orders.iter().take(100).any(|order| {
        let close = |act_by_ms: u64| act_by_ms.abs_diff(model.now_ms) < COUNTDOWN_MS;
        screen::orders::runs(order) && order.act_by_ms.is_some_and(close)
    });
    if passed(DRAW_EVERY_MS) || counting || model.connection != Connection::Up {
        model.dirty = true;
    }
    if passed(STATUS_EVERY_MS) && model.connection == Connection::Up {
        model.want(Load::Status, effects);
        if model.screen == Screen::Links {
            for load in [Load::Bearers, Load::Peers, Load::Outbox] {
                model.want(load, effects);
            }
        }
    }
}

fn on_key(model: &mut Model, key: &KeyEvent, effects: &mut Vec<Effect>) {
    let layer = model.layer();
    let mut name = keys::name(key);
    if std::mem::take(&mut model.prefixed) {
        name = format!("g{name}");
        if keys::find(Layer::Everywhere, &name).is_none() {
            return model.say(model.text().key_go, true);
        }
    }
    let found = keys::find(layer, &name);
    if found.is_none() && key.modifiers == KeyModifiers::ALT {
        return apart(model, key, effects);
    }
    match (found, model.overlays.is_empty()) {
        (Some(action), true) => act(model, action, effects),
        (Some(action), false) => overlay::act(model, action, effects),
        (None, _) if overlay::type_key(model, key) => {}
        (None, _) => model.say(fill(model.text().key_unknown, &[&name]), true),
    }
}

/// A terminal sends Alt with a key as Esc and the key; so two keys pressed in quick succession,
/// or held up on a slow line, look like one. What is not bound is taken apart again.
fn apart(model: &mut Model, key: &KeyEvent, effects: &mut Vec<Effect>) {
    on_key(model, &KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE), effects);
    on_key(model, &KeyEvent::new(key.code, KeyModifiers::NONE), effects);
}

/// Carries out an action on the shown screen.
fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    let len = screen::len(model);
    let page = screen::page(model);
    let mut step = |rows: isize| screen::cursor_mut(model).step(rows, len);
    match action {
        Action::Up => step(-1),
        Action::Down => step(1),
        Action::PageUp => step(-page),
        Action::PageDown => step(page),
        Action::First => step(isize::MIN / 2),
        Action::Last => step(isize::MAX / 2),
        Action::Go(screen) => go(model, screen, effects),
        Action::Prefix => {
            model.prefixed = true;
            model.say(model.text().key_go, false);
        }
        Action::Back => {
            let place = model.place();
            model.filters[place].clear();
        }
        Action::Search => {
            let form = overlay::search(model);
            model.overlays.push(Overlay::Form(Box::new(form)));
        }
        Action::Help => {
            let subject = Subject::Keys(model.layer());
            model.overlays.push(Overlay::Reading(Reading::new(subject)));
        }
        Action::Language => model.lang = model.lang.other(),
        Action::Quit => effects.push(Effect::Quit),
        Action::Operator => {
            let form = overlay::operator(model);
            model.overlays.push(Overlay::Form(Box::new(form)));
        }
        Action::Unlock => overlay::unlock::turn(model, effects),
        other => {
            // Every table of a screen holds only actions of that screen; a test presses them all.
            screen::act(model, other, effects);
        }
    }
}

fn go(model: &mut Model, screen: Screen, effects: &mut Vec<Effect>) {
    model.screen = screen;
    if model.connection != Connection::Up {
        return;
    }
    // What has no events of its own is asked for when it is looked at.
    match screen {
        Screen::Links => {
            for load in [Load::Bearers, Load::Peers, Load::Outbox] {
                model.want(load, effects);
            }
        }
        Screen::Alert
        | Screen::Orders
        | Screen::Track
        | Screen::Stock
        | Screen::Report
        | Screen::Journal => {}
    }
}
