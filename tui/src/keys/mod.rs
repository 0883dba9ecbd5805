//! Keys: their names, what they mean on each layer, and the hints made from the same tables. One
//! table a layer feeds dispatch, footer and help, so they cannot disagree. What an action does is
//! decided in `app`.

mod action;
mod tables;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

pub use action::{Action, Binding, Layer};
pub use tables::bindings;

use crate::lang::Lang;
use crate::paint::fit::width;

/// The name of a key as tables and help write it: `n`, `F2`, `Ctrl-s`, `Enter`.
pub fn name(key: &KeyEvent) -> String {
    let base = match key.code {
        KeyCode::Char(' ') => "Space".to_owned(),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::F(number) => format!("F{number}"),
        KeyCode::Enter => "Enter".to_owned(),
        KeyCode::Esc => "Esc".to_owned(),
        KeyCode::Tab => "Tab".to_owned(),
        KeyCode::BackTab => "Shift-Tab".to_owned(),
        KeyCode::Up => "Up".to_owned(),
        KeyCode::Down => "Down".to_owned(),
        KeyCode::Left => "Left".to_owned(),
        KeyCode::Right => "Right".to_owned(),
        KeyCode::PageUp => "PgUp".to_owned(),
        KeyCode::PageDown => "PgDn".to_owned(),
        KeyCode::Home => "Home".to_owned(),
        KeyCode::End => "End".to_owned(),
        KeyCode::Backspace => "Backspace".to_owned(),
        KeyCode::Delete => "Delete".to_owned(),
        _ => "?!".to_owned(),
    };
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        format!("Ctrl-{}", base.to_lowercase())
    } else if key.modifiers.contains(KeyModifiers::ALT) {
        format!("Alt-{base}")
    } else {
        base
    }
}

/// What a key means on a layer, the layer's own table first.
pub fn find(layer: Layer, key: &str) -> Option<Action> {
    let tables =
        [bindings(layer), if layer.is_screen() { bindings(Layer::Everywhere) } else { &[] }];
    let mut all = tables.into_iter().flatten();
    all.find(|binding| binding.keys.contains(&key)).map(|binding| binding.action)
}

/// The footer of a layer in so many columns: its own keys, then those that work everywhere. Keys
/// that find no room are left to the help, but how to get help and how to leave always stay.
pub fn footer(layer: Layer, lang: Lang, columns: usize) -> String {
    let everywhere = if layer.is_screen() { bindings(Layer::Everywhere) } else { &[] };
    let shown = bindings(layer).iter().chain(everywhere).filter(|binding| binding.in_footer);
    let stays =
        |binding: &Binding| matches!(binding.action, Action::Help | Action::Quit | Action::Back);
    let (last, first): (Vec<&Binding>, Vec<&Binding>) = shown.partition(|binding| stays(binding));
    let tail: Vec<String> = last.iter().map(|binding| hint(binding, lang)).collect();
    let tail = tail.join(" ");
    let mut line = String::new();
    for hint in first.iter().map(|binding| hint(binding, lang)) {
        if width(&line) + width(&hint) + 1 + width(&tail) <= columns {
            line.push_str(&hint);
            line.push(' ');
        }
    }
    line + &tail
}

/// A key and what it does. Chinese needs nothing between the two; an English word does, and a
/// colon says more clearly than two blanks where one key ends and the next begins.
fn hint(binding: &Binding, lang: Lang) -> String {
    let gap = lang.pick(if binding.keys[0].len() > 1 { " " } else { "" }, ":");
    format!("{}{gap}{}", binding.keys[0], binding.label(lang))
}

/// The help of a layer: every key with its meaning, the layer's own first.
pub fn help(layer: Layer, lang: Lang) -> Vec<(String, &'static str)> {
    let everywhere = if layer.is_screen() { bindings(Layer::Everywhere) } else { &[] };
    let all = bindings(layer).iter().chain(everywhere);
    all.map(|binding| (binding.keys.join(" "), binding.label(lang))).collect()
}

#[cfg(test)]
mod tests;
