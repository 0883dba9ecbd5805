//! What free texts cost: the held-out messages of `protocol/model`, which the text model has never
//! seen, and the scenario's sample messages, by kind. Sizes only; how long it takes is measured
//! where there is a clock.

use sanduan_protocol::wire::text::{Model, encode, escape};

use crate::realtime::Language;

/// Messages that the model was not made from.
const HELD_OUT: &str = include_str!("../../../protocol/model/held-out.txt");
/// Sample messages of the scenario; rules of the training text follow their patterns.
const SAMPLES: &str = include_str!("../../../data/jiangjin-819/messages.csv");

/// What the messages of one kind cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct TextRow {
    /// The kind.
    pub kind: String,
    /// Messages.
    pub messages: usize,
    /// Characters.
    pub chars: usize,
    /// Bytes as UTF-8.
    pub utf8_bytes: usize,
    /// Bytes as GB18030.
    pub gb18030_bytes: usize,
    /// Bytes as sanduan writes them, the form included.
    pub ours_bytes: usize,
    /// Bytes of the longest message as sanduan writes it.
    pub longest_bytes: usize,
}

impl TextRow {
    fn add(&mut self, text: &str) {
        let ours = encode(text, Model::standard()).len();
        self.messages += 1;
        self.chars += text.chars().count();
        self.utf8_bytes += text.len();
        // A text outside GB18030 would have to go as UTF-8.
        self.gb18030_bytes += escape::to_gb18030(text).map_or(text.len(), |bytes| bytes.len());
        self.ours_bytes += ours;
        self.longest_bytes = self.longest_bytes.max(ours);
    }

    fn join(&mut self, other: &TextRow) {
        self.messages += other.messages;
        self.chars += other.chars;
        self.utf8_bytes += other.utf8_bytes;
        self.gb18030_bytes += other.gb18030_bytes;
        self.ours_bytes += other.ours_bytes;
        self.longest_bytes = self.longest_bytes.max(other.longest_bytes);
    }

    /// Thousandths of a bit for each character.
    fn bits_milli(&self, bytes: usize) -> usize {
        (bytes * 8000 + self.chars / 2) / self.chars.max(1)
    }
}

/// One row for each kind of message, then all Chinese of the held-out messages, those of them
/// with 34 to 38 characters, and the samples.
pub fn text() -> Vec<TextRow> {
    let mut rows: Vec<TextRow> = Vec::new();
    let named = |kind: &str| TextRow { kind: kind.to_owned(), ..TextRow::default() };
    let mut order = named("34-38 chars");
    for line in HELD_OUT.lines() {
        match (line.strip_prefix("## "), rows.last_mut()) {
            (Some(kind), _) => rows.push(named(kind)),
            (None, Some(row)) => {
                row.add(line);
                if !line.is_ascii() && (34..=38).contains(&line.chars().count()) {
                    order.add(line);
                }
            }
            (None, None) => {}
        }
    }
    let mut all = named("all Chinese");
    rows.iter().filter(|row| row.kind != "english").for_each(|row| all.join(row));
    let mut samples = named("samples");
    for line in SAMPLES.lines().skip(1) {
        let text = line.splitn(3, ',').nth(2).unwrap_or_default();
        samples.add(text.trim_matches('"'));
    }
    rows.extend([all, order, samples]);
    rows
}

/// Chinese messages of 34 to 38 characters that the model has never seen.
pub(super) fn middling() -> Vec<&'static str> {
    let is_middling = |line: &&str| {
        !line.starts_with('#') && !line.is_ascii() && (34..=38).contains(&line.chars().count())
    };
    HELD_OUT.lines().filter(is_middling).collect()
}

/// A text of 400 characters, the longest that an order may have: held-out messages in a row.
pub fn long_text() -> String {
    let lines = HELD_OUT.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::chars).take(400).collect()
}

/// The rows as a table.
pub fn text_table(rows: &[TextRow], language: Language) -> String {
    let head = match language {
        Language::Zh => {
            "未见过的短文，每字多少比特（目标：中文不超过 9.0；英文不超过 UTF-8 的 0.75，即 6.0）"
        }
        Language::En => {
            "texts never seen, bits a character (goal: Chinese at most 9.0, English at most 6.0)"
        }
    };
    let mut table = format!(
        "{head}\n{:<12} {:>8} {:>6} {:>7} {:>8} {:>8} {:>11} {:>7}\n",
        "kind", "messages", "chars", "UTF-8", "GB18030", "sanduan", "B/message", "longest"
    );
    for row in rows {
        let bits = |bytes: usize| milli(row.bits_milli(bytes));
        let mean = milli(row.ours_bytes * 1000 / row.messages.max(1));
        table += &format!(
            "{:<12} {:>8} {:>6} {:>7} {:>8} {:>8} {:>11} {:>7}\n",
            row.kind,
            row.messages,
            row.chars,
            bits(row.utf8_bytes),
            bits(row.gb18030_bytes),
            bits(row.ours_bytes),
            mean,
            row.longest_bytes
        );
    }
    table
}

/// Thousandths as a decimal with two digits.
fn milli(value: usize) -> String {
    let hundredths = (value + 5) / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_held_out_message_is_in_one_row_and_chinese_keeps_its_goal() {
        let rows = text();
        let all = rows.iter().find(|row| row.kind == "all Chinese").unwrap();
        let lines = HELD_OUT.lines().filter(|line| !line.starts_with('#') && !line.is_ascii());
        assert_eq!(all.messages, lines.count());
        assert!(all.bits_milli(all.ours_bytes) <= 9000);
        assert!(rows.iter().all(|row| row.messages > 0));
    }
}
