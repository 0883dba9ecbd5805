//! The fields of forms: a text with a caret, or a choice among words.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use sanduan_protocol::base::caps::TEXT_BYTES_MAX;
use tui_input::{Input, InputRequest};

use crate::lang::{ConsoleTexts, Lang};

/// Which field it is; its label and its meaning follow from this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldName {
    /// Audience of an order.
    To,
    /// Kind of an order.
    Kind,
    /// Precedence.
    Class,
    /// The answer wanted.
    Need,
    /// Time to answer.
    ActBy,
    /// How long an order is valid.
    Expires,
    /// The group that alone can read the text.
    Group,
    /// Text of an order.
    Text,
    /// A blank of the order's template, by its place.
    Blank(u8),
    /// Who.
    Person,
    /// Rung of a receipt.
    Rung,
    /// For which unit.
    Unit,
    /// By what means.
    Means,
    /// Numbers, place, reason.
    Note,
    /// Why an order is withdrawn.
    Reason,
    /// A depot.
    Depot,
    /// The depot goods leave.
    FromDepot,
    /// The depot goods go to.
    ToDepot,
    /// Items and quantities.
    Lines,
    /// Items and quantities that came broken.
    Damaged,
    /// From whom or to whom.
    Party,
    /// Carrier and plate.
    Carrier,
    /// Time until arrival.
    Eta,
    /// Latitude.
    Lat,
    /// Longitude.
    Lon,
    /// What a unit is doing.
    State,
    /// What rows must contain.
    Search,
}

impl FieldName {
    /// The label.
    pub fn label(self, text: &ConsoleTexts) -> &'static str {
        match self {
            FieldName::To => text.f_to,
            FieldName::Kind => text.f_kind,
            FieldName::Class => text.f_class,
            FieldName::Need => text.f_need,
            FieldName::ActBy => text.f_act_by,
            FieldName::Expires => text.f_expires,
            FieldName::Group => text.f_group,
            FieldName::Text => text.f_text,
            FieldName::Blank(_) => text.f_blank,
            FieldName::Person => text.f_person,
            FieldName::Rung => text.f_rung,
            FieldName::Unit => text.f_unit,
            FieldName::Means => text.f_means,
            FieldName::Note => text.f_note,
            FieldName::Reason => text.f_reason,
            FieldName::Depot => text.f_depot,
            FieldName::FromDepot => text.f_from,
            FieldName::ToDepot => text.f_to_depot,
            FieldName::Lines => text.f_lines,
            FieldName::Damaged => text.f_damaged,
            FieldName::Party => text.f_party,
            FieldName::Carrier => text.f_carrier,
            FieldName::Eta => text.f_eta,
            FieldName::Lat => text.f_lat,
            FieldName::Lon => text.f_lon,
            FieldName::State => text.f_state,
            FieldName::Search => text.f_search,
        }
    }

    /// Rows it takes in a form.
    pub fn rows(self) -> u16 {
        if self == FieldName::Text { 4 } else { 1 }
    }
}

/// What is in a field.
#[derive(Clone, Debug)]
pub enum Value {
    /// A text with a caret.
    Text(Input),
    /// One of several words, each in Chinese and English.
    Choice {
        /// The words.
        words: Vec<(String, String)>,
        /// The chosen one.
        at: usize,
    },
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Which one.
    pub name: FieldName,
    /// What is in it.
    pub value: Value,
}

impl Field {
    /// A text field with a text already in it, the caret behind it.
    pub fn text(name: FieldName, value: impl Into<String>) -> Field {
        Field { name, value: Value::Text(Input::new(value.into())) }
    }

    /// A choice.
    pub fn choice(name: FieldName, words: Vec<(String, String)>, at: usize) -> Field {
        Field { name, value: Value::Choice { words, at } }
    }

    /// What is in it, in words.
    pub fn shown(&self, lang: Lang) -> &str {
        match &self.value {
            Value::Text(input) => input.value(),
            Value::Choice { words, at } => {
                words.get(*at).map_or("", |(zh, en)| lang.pick(zh.as_str(), en.as_str()))
            }
        }
    }

    /// Byte at which the caret stands.
    pub fn caret(&self) -> usize {
        match &self.value {
            Value::Text(input) => {
                let text = input.value();
                text.char_indices().nth(input.cursor()).map_or(text.len(), |(at, _)| at)
            }
            Value::Choice { .. } => 0,
        }
    }

    /// Takes a key; true if it did something.
    pub fn type_key(&mut self, key: &KeyEvent) -> bool {
        match &mut self.value {
            Value::Text(input) => type_text(input, key),
            Value::Choice { words, at } => choose(words.len(), at, key),
        }
    }

    /// Puts a text in at the caret; what exceeds an order's text is left out.
    pub fn insert(&mut self, text: &str) {
        let Value::Text(input) = &mut self.value else { return };
        for c in text.chars() {
            if input.value().len() + c.len_utf8() > TEXT_BYTES_MAX {
                return;
            }
            input.handle(InputRequest::InsertChar(c));
        }
    }
}

fn type_text(input: &mut Input, key: &KeyEvent) -> bool {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let request = match key.code {
        KeyCode::Char('u') if control => InputRequest::DeleteLine,
        KeyCode::Char('w') if control => InputRequest::DeletePrevWord,
        KeyCode::Char('a') if control => InputRequest::GoToStart,
        KeyCode::Char('e') if control => InputRequest::GoToEnd,
        KeyCode::Char('k') if control => InputRequest::DeleteTillEnd,
        KeyCode::Char(c) if !control && !key.modifiers.contains(KeyModifiers::ALT) => {
            if input.value().len() + c.len_utf8() > TEXT_BYTES_MAX {
                return false;
            }
            InputRequest::InsertChar(c)
        }
        KeyCode::Backspace => InputRequest::DeletePrevChar,
        KeyCode::Delete => InputRequest::DeleteNextChar,
        KeyCode::Left => InputRequest::GoToPrevChar,
        KeyCode::Right => InputRequest::GoToNextChar,
        KeyCode::Home => InputRequest::GoToStart,
        KeyCode::End => InputRequest::GoToEnd,
        _ => return false,
    };
    input.handle(request);
    true
}

fn choose(len: usize, at: &mut usize, key: &KeyEvent) -> bool {
    let last = len.saturating_sub(1);
    match key.code {
        KeyCode::Left => *at = at.checked_sub(1).unwrap_or(last),
        KeyCode::Right | KeyCode::Char(' ') => *at = if *at >= last { 0 } else { *at + 1 },
        KeyCode::Char(c @ '1'..='9') => {
            let place = c as usize - '1' as usize;
            if place > last {
                return false;
            }
            *at = place;
        }
        _ => return false,
    }
    true
}
