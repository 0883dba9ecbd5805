//! Order templates in a form: a code and Tab open the template's blanks as fields of their own, and
//! the words stand ready in the text as the blanks are filled in. Whoever then types in the text
//! itself gives the order in their own words again. Filling in offline is the daemon's.

use sanduan_protocol::local::rows::TemplateRow;
use tui_input::Input;

use super::fields::{Field, FieldName, Value};
use super::form::Form;
use crate::lang::Lang;

/// Templates whose code begins as typed. Only codes count: words of a text must never be replaced.
pub fn fitting<'a>(
    templates: &'a [TemplateRow],
    typed: &str,
) -> impl Iterator<Item = &'a TemplateRow> {
    let typed = typed.to_lowercase();
    templates.iter().filter(move |row| row.code.to_lowercase().starts_with(&typed))
}

/// The words of a template in the language of the console.
pub fn words(row: &TemplateRow, lang: Lang) -> &str {
    match lang {
        Lang::En if !row.en.is_empty() => &row.en,
        Lang::Zh | Lang::En => &row.zh,
    }
}

/// Name and kind of a blank, such as `people` and `number`; a blank without a kind takes a text.
pub fn blank(row: &TemplateRow, place: u8) -> (&str, &str) {
    let field = row.fields.get(usize::from(place)).map_or("", String::as_str);
    field.split_once(':').unwrap_or((field, ""))
}

impl Form {
    /// Opens the blanks of a template below the text, the first of them being filled in.
    pub fn take_template(&mut self, row: &TemplateRow, lang: Lang) {
        self.drop_template();
        let Some(text) = self.fields.iter().position(|field| field.name == FieldName::Text) else {
            return;
        };
        let blanks = (0..row.fields.len()).filter_map(|place| u8::try_from(place).ok());
        let fields = blanks.map(|place| Field::text(FieldName::Blank(place), ""));
        self.fields.splice(text + 1..text + 1, fields);
        self.focus = text + 1;
        self.template = Some((row.clone(), lang));
        self.touched = true;
        self.show_template();
    }

    /// The order is in words of its own again; what stands in the text stays.
    pub fn drop_template(&mut self) {
        self.template = None;
        self.fields.retain(|field| !matches!(field.name, FieldName::Blank(_)));
        self.focus = self.focus.min(self.fields.len().saturating_sub(1));
    }

    /// The words with what is filled in so far.
    pub fn show_template(&mut self) {
        let Some((row, lang)) = &self.template else { return };
        let mut shown = words(row, *lang).to_owned();
        for field in &self.fields {
            let (FieldName::Blank(place), Value::Text(input)) = (field.name, &field.value) else {
                continue;
            };
            let value = input.value().trim();
            if !value.is_empty() {
                shown = shown.replace(&format!("{{{}}}", blank(row, place).0), value);
            }
        }
        let text = self.fields.iter_mut().find(|field| field.name == FieldName::Text);
        if let Some(Value::Text(input)) = text.map(|field| &mut field.value) {
            *input = Input::new(shown);
        }
    }

    /// After a change of this field: a blank changes the words, the words end the template.
    pub fn changed(&mut self, name: FieldName) {
        match name {
            FieldName::Blank(_) => self.show_template(),
            FieldName::Text if self.template.is_some() => self.drop_template(),
            _ => {}
        }
    }

    /// What a blank is called; nothing for other fields.
    pub fn blank_name(&self, name: FieldName) -> Option<&str> {
        match (name, &self.template) {
            (FieldName::Blank(place), Some((row, _))) => Some(blank(row, place).0),
            _ => None,
        }
    }

    /// What a blank takes; nothing for other fields.
    pub fn blank_kind(&self, name: FieldName) -> Option<&str> {
        match (name, &self.template) {
            (FieldName::Blank(place), Some((row, _))) => Some(blank(row, place).1),
            _ => None,
        }
    }
}
