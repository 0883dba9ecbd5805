//! Plain handsets under the sky of made-up terminals: cards that people read and key texts into.
//! Nothing is kept for one that is off. The terminals of hosts are [`super`]'s.

use sanduan_protocol::link::modem::rdss::Dialect;
use sanduan_protocol::link::modem::rdss::content::hex;
use sanduan_protocol::link::modem::rdss::text::{cut, text_of};

use super::words::Content;
use super::{Due, LATENCY_MS, Mono, RdssEvent, RdssSky, TerminalId, Why};
use crate::modem::named;

/// The longest message of any card, in signs.
const SIGNS_MAX: u16 = 1_000;

/// Something that a person does with a handset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handling {
    /// Texts the card of a terminal; many handsets mark their texts as bytes.
    Text {
        /// The handset's card.
        from: u32,
        /// The terminal.
        at: TerminalId,
        /// What.
        text: String,
        /// Marked as bytes.
        as_bytes: bool,
    },
    /// Switches it off, or on.
    Off(u32, bool),
}

/// The lines `text 455555 A 3 38 121`, `mixed 455555 A 1`, `off 455555`, `on 455555`.
pub(super) fn handling_of(line: &str, terminals: usize) -> Option<Handling> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let card = |word: &str| word.parse().ok().filter(|card| (1..=99_999_999).contains(card));
    match words[..] {
        [word @ ("text" | "mixed"), from, who, ..] => {
            let at = TerminalId(named(who, terminals)? as u16);
            // The text as it was typed, blanks included.
            let text = line.trim().splitn(4, ' ').nth(3)?.to_owned();
            Some(Handling::Text { from: card(from)?, at, text, as_bytes: word == "mixed" })
        }
        ["off", of] => Some(Handling::Off(card(of)?, true)),
        ["on", of] => Some(Handling::Off(card(of)?, false)),
        _ => None,
    }
}

impl RdssSky {
    /// A person does something with a handset.
    pub fn handle(&mut self, handling: Handling) {
        match handling {
            Handling::Text { from, at, text, as_bytes } => {
                let to = self.terminals[usize::from(at.0)].card;
                let gb = cut(&text, SIGNS_MAX).and_then(|pieces| pieces.into_iter().next());
                let content = content_of(self.config.dialect, &gb.unwrap_or_default(), as_bytes);
                self.arrive(from, at, to, &content);
            }
            Handling::Off(card, true) => drop(self.off.insert(card)),
            Handling::Off(card, false) => drop(self.off.remove(&card)),
        }
    }

    /// A text for a card that is in no terminal is on its way to a handset.
    pub(super) fn send_to_handset(&mut self, sender: TerminalId, to: u32, gb: Vec<u8>, now: Mono) {
        let after_ms = self.dice.between(LATENCY_MS.0, LATENCY_MS.1);
        let after_ms = self.scaled(after_ms);
        self.plan(now.after_ms(after_ms), Due::Show { sender, to, gb });
    }

    /// A handset shows what came, if it is on.
    pub(super) fn show(&mut self, sender: TerminalId, to: u32, gb: &[u8]) {
        match text_of(gb) {
            Some(text) if !self.off.contains(&to) => {
                self.events.push_back(RdssEvent::Shown(to, text));
            }
            Some(_) | None => self.events.push_back(RdssEvent::Missed(sender, Why::Blocked)),
        }
    }
}

/// As the network hands it to a terminal.
fn content_of(dialect: Dialect, gb: &[u8], as_bytes: bool) -> Content {
    let encoding = match (dialect, as_bytes) {
        (Dialect::V2_1, false) => "0",
        (Dialect::V2_1, true) => "2",
        (Dialect::Bds3 { .. }, false) => "1",
        (Dialect::Bds3 { .. }, true) => "3",
    };
    let written = if as_bytes { hex(Some(0xA4), gb).into_bytes() } else { gb.to_vec() };
    let (encoding, head) = (encoding.to_owned(), usize::from(as_bytes));
    Content { encoding, written, is_text: !as_bytes, head }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_documented_and_others_refused() {
        let text = |text: &str, as_bytes| {
            let (at, text) = (TerminalId(1), text.to_owned());
            Some(Handling::Text { from: 455_555, at, text, as_bytes })
        };
        let cases = [
            ("text 455555 B 3 38 121", text("3 38 121", false)),
            ("mixed 0455555 B 收到", text("收到", true)),
            ("off 455555", Some(Handling::Off(455_555, true))),
            ("on 455555", Some(Handling::Off(455_555, false))),
            ("text 455555 B", None),
            ("text 455555 C 1", None),
            ("off 0", None),
            ("block A", None),
        ];
        for (line, want) in cases {
            assert_eq!(handling_of(line, 2), want, "{line}");
        }
    }
}
