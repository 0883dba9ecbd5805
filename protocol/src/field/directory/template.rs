//! Order templates and plan codes: words that everyone has in the directory, so that an order to
//! act by them takes a few bytes. Here are their entry, their import, and how a filled one is read.
//!
//! ```text
//! 10 template  index, code, text zh, text en, blanks list of (name, kind 1)
//! ```
//!
//! A blank stands in the texts as `{name}`. The words of an index never change: what was ordered
//! by them would change with them. A corrected text is a template of its own, and the old one is
//! retired.

use std::collections::BTreeMap;

use crate::base::caps::{FIELDS_MAX, TEMPLATE_BYTES_MAX};
use crate::base::ids::TemplateId;
use crate::field::directory::draft::desk::{At, Desk};
use crate::field::directory::draft::{Problem, Sheet};
use crate::field::directory::{Directory, Entry, Noun, RetireEntry, live};
use crate::field::order::words::{Filled, Value, Words};
use crate::field::text::{check_name, is_clean};
use crate::wire::pack::PackError;
use crate::{pack_enum, pack_struct};

/// What a blank takes. A place or a unit that the directory does not know goes as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum FieldKind {
    /// Anything on one line.
    #[default]
    Text = 0,
    /// A whole number.
    Number = 1,
    /// A place.
    Place = 2,
    /// A unit.
    Unit = 3,
}
pack_enum!(FieldKind { Text, Number, Place, Unit });

impl FieldKind {
    /// The kind of this word.
    pub fn from_word(word: &str) -> Option<FieldKind> {
        [FieldKind::Text, FieldKind::Number, FieldKind::Place, FieldKind::Unit]
            .into_iter()
            .find(|kind| kind.word() == word)
    }

    /// The word in files and rows.
    pub fn word(self) -> &'static str {
        match self {
            FieldKind::Text => "text",
            FieldKind::Number => "number",
            FieldKind::Place => "place",
            FieldKind::Unit => "unit",
        }
    }
}

/// A blank of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, as it stands in the texts between braces.
    pub name: String,
    /// What it takes.
    pub kind: FieldKind,
}
pack_struct!(Field { name, kind });

/// Words that an order can be given in by their number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateEntry {
    /// Its index.
    pub index: TemplateId,
    /// Its code, such as M01 or the number of a plan.
    pub code: String,
    /// The words in Chinese.
    pub zh: String,
    /// The same in English; may be empty.
    pub en: String,
    /// The blanks in the order in which their values travel.
    pub fields: Vec<Field>,
}
pack_struct!(TemplateEntry { index, code, zh, en, fields });

impl TemplateEntry {
    pub(super) fn check(&self) -> Result<(), PackError> {
        if self.zh.len() > TEMPLATE_BYTES_MAX || self.en.len() > TEMPLATE_BYTES_MAX {
            return Err(PackError::TooLong);
        }
        if self.zh.trim().is_empty() || !is_clean(&self.zh) || !is_clean(&self.en) {
            return Err(PackError::BadValue("template"));
        }
        if self.fields.len() > FIELDS_MAX {
            return Err(PackError::TooLong);
        }
        self.fields.iter().try_for_each(|field| check_name(&field.name))
    }
}

/// A template as read from a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemplateDraft {
    /// Line of the file, for messages.
    pub row: u32,
    /// Code; once only.
    pub code: String,
    /// The words in Chinese.
    pub zh: String,
    /// The same in English; may be empty.
    pub en: String,
    /// Names of the blanks, each with `:` and its kind if it is not a text; blanks between them.
    pub fields: String,
}

/// The entries of all templates of an import, or what is wrong with them.
pub(super) fn import(drafts: &[TemplateDraft], desk: &mut Desk<'_>) {
    let known = desk.known;
    let mut rows: BTreeMap<String, At> = BTreeMap::new();
    let mut next = known.templates.last_key_value().map_or(0, |(index, _)| index.0);
    for draft in drafts {
        let at = (Sheet::Templates, draft.row);
        let entry = match draft.entry() {
            Ok(entry) => entry,
            Err((column, problem)) => {
                desk.wrong(at, column, problem);
                continue;
            }
        };
        if let Some(first) = rows.insert(entry.code.to_ascii_lowercase(), at) {
            desk.wrong(at, "template", Problem::Twice { first });
        }
        let before = live(&known.templates).find(|old| old.code.eq_ignore_ascii_case(&entry.code));
        if let Some(old) = before {
            let (noun, index) = (Noun::Template, old.index.0);
            desk.seen.insert((noun, index));
            if (TemplateEntry { index: old.index, ..entry.clone() }) == *old {
                continue;
            }
            desk.entries.push(Entry::Retire(RetireEntry { noun, index }));
        }
        match next.checked_add(1) {
            Some(more) => next = more,
            None => desk.wrong(at, "template", Problem::TooMany),
        }
        desk.seen.insert((Noun::Template, next));
        desk.entries.push(Entry::Template(TemplateEntry { index: TemplateId(next), ..entry }));
    }
}

impl TemplateDraft {
    /// The entry without its index, or the column that is wrong.
    fn entry(&self) -> Result<TemplateEntry, (&'static str, Problem)> {
        let (code, zh, en) = (self.code.trim(), self.zh.trim(), self.en.trim());
        for (column, text) in [("template", code), ("zh", zh)] {
            if text.is_empty() {
                return Err((column, Problem::Empty));
            }
        }
        if check_name(code).is_err() {
            return Err(("template", Problem::TooLong));
        }
        let fields = self.blanks()?;
        for (column, text) in [("zh", zh), ("en", en)] {
            if text.len() > TEMPLATE_BYTES_MAX {
                return Err((column, Problem::TooLong));
            }
            if !is_clean(text) {
                return Err((column, Problem::BadSign));
            }
            let strange = blanks_of(text).find(|blank| fields.iter().all(|f| f.name != *blank));
            if let Some(blank) = strange {
                return Err((column, Problem::Unknown(format!("{{{blank}}}"))));
            }
        }
        let unused = fields.iter().find(|field| blanks_of(zh).all(|blank| blank != field.name));
        if let Some(field) = unused {
            return Err(("fields", Problem::Unknown(field.name.clone())));
        }
        let (code, zh, en) = (code.to_owned(), zh.to_owned(), en.to_owned());
        Ok(TemplateEntry { index: TemplateId(0), code, zh, en, fields })
    }

    fn blanks(&self) -> Result<Vec<Field>, (&'static str, Problem)> {
        let mut fields = Vec::new();
        for word in self.fields.split([' ', ';', '；']).filter(|word| !word.is_empty()) {
            let (name, kind) = word.split_once(':').unwrap_or((word, "text"));
            let kind = FieldKind::from_word(kind)
                .ok_or_else(|| ("fields", Problem::Unknown(kind.chars().take(40).collect())))?;
            if check_name(name).is_err() || fields.len() >= FIELDS_MAX {
                return Err(("fields", Problem::TooLong));
            }
            fields.push(Field { name: name.to_owned(), kind });
        }
        Ok(fields)
    }
}

/// Names that stand between braces.
fn blanks_of(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

impl Directory {
    /// A template by its index, retired ones too.
    pub fn template_entry(&self, index: TemplateId) -> Option<&TemplateEntry> {
        self.templates.get(&index).map(|kept| &kept.entry)
    }

    /// Templates in use, by index.
    pub fn templates(&self) -> impl Iterator<Item = &TemplateEntry> + Clone {
        live(&self.templates)
    }

    /// What an order says, written out.
    pub fn words(&self, words: &Words) -> String {
        match words {
            Words::Plain(text) => text.clone(),
            Words::Filled(filled) => self.filled(filled),
            Words::Sealed(sealed) => {
                format!("〔密〕{}", self.group_mark(sealed.group, false).name)
            }
        }
    }

    fn filled(&self, filled: &Filled) -> String {
        let values = filled.values.iter().map(|value| self.value(value));
        let Some(entry) = self.template_entry(filled.template) else {
            let values: Vec<String> = values.collect();
            let (n, said) = (filled.template, values.join(" "));
            return format!(
                "模板 {n}（通讯录未更新） / template {n} (directory not up to date): {said}"
            );
        };
        let mut text = entry.zh.clone();
        for (field, value) in entry.fields.iter().zip(values) {
            text = text.replace(&format!("{{{}}}", field.name), &value);
        }
        text
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Number(number) => number.to_string(),
            Value::Place(place) => self.place_name(*place),
            Value::Unit(unit) => self.unit_name(*unit),
            Value::Text(text) => text.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
