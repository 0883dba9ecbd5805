//! Takes values out of one TOML table, one key at a time, and notes what does not fit. Which keys
//! there are is decided in [`super::tables`].

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Findings;

/// One table under reading.
pub struct Section<'a, 'text> {
    name: &'static str,
    at: usize,
    table: &'a DeTable<'text>,
    findings: &'a mut Findings,
    known: BTreeSet<&'static str>,
}

impl<'a, 'text> Section<'a, 'text> {
    /// Begin with the table called `name` (for messages) that stands at byte `at`.
    pub fn new(
        name: &'static str,
        at: usize,
        table: &'a DeTable<'text>,
        findings: &'a mut Findings,
    ) -> Section<'a, 'text> {
        Section { name, at, table, findings, known: BTreeSet::new() }
    }

    /// Note a finding about `key`, or about the table when the key is absent.
    pub fn wrong(&mut self, key: &str, zh: &str, en: &str) {
        let at = self.place(key);
        let name = self.name;
        let found = match self.table.get(key).map(Spanned::as_ref) {
            Some(DeValue::String(text)) => format!(" \"{}\"", text.escape_debug()),
            Some(DeValue::Integer(number)) => format!(" {number}"),
            _ => String::new(),
        };
        self.findings.push(
            Some(at),
            format!("{name} 的 {key}{found}:{zh}"),
            format!("{key}{found} in {name}: {en}"),
        );
    }

    /// True if the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// A text, if the key is there.
    pub fn text(&mut self, key: &'static str) -> Option<String> {
        match self.value(key)?.as_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => {
                self.wrong(key, "须为带引号的文字", "must be a text in quotes");
                None
            }
        }
    }

    /// A text that must be there.
    pub fn needed_text(&mut self, key: &'static str) -> Option<String> {
        if self.value(key).is_none() {
            self.wrong(key, "缺少这一项，请补上", "is missing; add it");
            return None;
        }
        self.text(key)
    }

    /// A text that reads as `T`, such as an address; `like` is an example.
    pub fn needed_like<T: FromStr>(&mut self, key: &'static str, like: &str) -> Option<T> {
        let text = self.needed_text(key)?;
        let read = text.parse().ok();
        if read.is_none() {
            self.wrong(key, &format!("写法应如 {like}"), &format!("write it like {like}"));
        }
        read
    }

    /// Several texts that read as `T`.
    pub fn list_like<T: FromStr>(&mut self, key: &'static str, like: &str) -> Vec<T> {
        let Some(value) = self.value(key) else {
            self.wrong(key, "缺少这一项，请补上", "is missing; add it");
            return Vec::new();
        };
        let DeValue::Array(array) = value.as_ref() else {
            self.wrong(key, &format!("须为列表，如 [{like}]"), &format!("a list like [{like}]"));
            return Vec::new();
        };
        let mut read = Vec::new();
        for entry in array.iter() {
            let one = match entry.as_ref() {
                DeValue::String(text) => text.parse().ok(),
                _ => None,
            };
            match one {
                Some(one) => read.push(one),
                None => self.findings.push(
                    Some(entry.span().start),
                    format!("{key} 中有一项写法不对，应如 {like}"),
                    format!("an entry of {key} is wrong; write it like {like}"),
                ),
            }
        }
        read
    }

    /// A whole number within limits, or the default.
    pub fn number(&mut self, key: &'static str, fits: RangeInclusive<u32>, default: u32) -> u32 {
        let Some(value) = self.value(key) else { return default };
        let number = match value.as_ref() {
            DeValue::Integer(text) => u32::from_str_radix(text.as_str(), text.radix()).ok(),
            _ => None,
        };
        match number.filter(|number| fits.contains(number)) {
            Some(number) => number,
            None => {
                let (low, high) = (fits.start(), fits.end());
                self.wrong(
                    key,
                    &format!("须为 {low} 到 {high} 的整数"),
                    &format!("must be a whole number from {low} to {high}"),
                );
                default
            }
        }
    }

    /// True or false, or the default.
    pub fn flag(&mut self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.value(key) else { return default };
        match value.as_ref() {
            DeValue::Boolean(flag) => *flag,
            _ => {
                self.wrong(key, "须为 true 或 false", "must be true or false");
                default
            }
        }
    }

    /// A positive number with or without decimals, or the default.
    pub fn factor(&mut self, key: &'static str, max: f64, default: f64) -> f64 {
        let Some(value) = self.value(key) else { return default };
        let number: Option<f64> = match value.as_ref() {
            DeValue::Integer(text) => text.as_str().parse().ok(),
            DeValue::Float(text) => text.as_str().parse().ok(),
            _ => None,
        };
        match number.filter(|number| *number > 0.0 && *number <= max) {
            Some(number) => number,
            None => {
                self.wrong(
                    key,
                    &format!("须为大于 0、不超过 {max} 的数"),
                    &format!("must be a number above 0, at most {max}"),
                );
                default
            }
        }
    }

    /// Note every key that nobody asked for.
    pub fn finish(self) {
        for key in self.table.keys() {
            let name: &str = key.as_ref();
            if !self.known.contains(name) {
                let known: Vec<&str> = self.known.iter().copied().collect();
                let known = known.join(", ");
                self.findings.push(
                    Some(key.span().start),
                    format!("{} 中没有 {name} 这一项；可用的有：{known}", self.name),
                    format!("{} has no key {name}; there are: {known}", self.name),
                );
            }
        }
    }

    fn value(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'text>>> {
        self.known.insert(key);
        self.table.get(key)
    }

    fn place(&self, key: &str) -> usize {
        self.table.get_key_value(key).map_or(self.at, |(key, _)| key.span().start)
    }
}
