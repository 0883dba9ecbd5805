//! The lines that a person or a script may type to made-up modems for short messages, and how they
//! are told to whoever owns their ports.

use sanduan_protocol::base::time::Mono;

use super::pdu::plain;
use super::{SmsEvent, SmsFault, SmsNet};
use crate::modem::{BadOrder, Did, Terminals, name_of, named};

const WORDS: &str = "text 13800000001 A 3 38 121 | block A | open A | pin A | ready A | \
    error A 42 2 | full A | lose A 1 | off 13800000001 | on 13800000001 | \
    no number 13800000001 | number 13800000001 | stats | quit";

fn order_of(line: &str, modems: usize) -> Option<SmsFault> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = |who: &str| named(who, modems);
    match words[..] {
        ["text", from, who, ..] => {
            // The text as it was typed, blanks included.
            let rest = line.trim().splitn(4, ' ').nth(3)?;
            Some(SmsFault::Text(number(from)?, at(who)?, rest.to_owned()))
        }
        ["block", who] => Some(SmsFault::Blocked(at(who)?, true)),
        ["open", who] => Some(SmsFault::Blocked(at(who)?, false)),
        ["pin", who] => Some(SmsFault::Locked(at(who)?, true)),
        ["ready", who] => Some(SmsFault::Locked(at(who)?, false)),
        ["error", who, code, count] => {
            Some(SmsFault::Error(at(who)?, code.parse().ok()?, count.parse().ok()?))
        }
        ["full", who] => Some(SmsFault::Full(at(who)?)),
        ["lose", who, count] => Some(SmsFault::Lose(at(who)?, count.parse().ok()?)),
        ["off", of] => Some(SmsFault::Off(number(of)?, true)),
        ["on", of] => Some(SmsFault::Off(number(of)?, false)),
        ["no", "number", of] => Some(SmsFault::NoNumber(number(of)?, true)),
        ["number", of] => Some(SmsFault::NoNumber(number(of)?, false)),
        _ => None,
    }
}

fn number(text: &str) -> Option<String> {
    let number = plain(text);
    (3..=20).contains(&number.len()).then_some(number)
}

impl Terminals for SmsNet {
    fn labels(&self) -> Vec<String> {
        self.modems.iter().map(|modem| modem.number.clone()).collect()
    }

    fn host_wrote(&mut self, terminal: usize, bytes: &[u8], now: Mono) {
        SmsNet::host_wrote(self, terminal, bytes, now);
    }

    fn poll(&mut self, now: Mono) -> Option<Did> {
        SmsNet::poll(self, now).map(|event| match event {
            SmsEvent::ToHost(at, bytes) => Did::ToHost(at, bytes),
            SmsEvent::Sent(at, to, word) => Did::Note(format!("{} {word} to {to}", name_of(at))),
            SmsEvent::Phone(number, text) => Did::Note(format!("phone {number} got {text}")),
        })
    }

    fn next_deadline(&self) -> Option<Mono> {
        // What a line of control brought about waits for nothing.
        let at_once = (!self.events.is_empty()).then_some(self.now);
        at_once.or_else(|| SmsNet::next_deadline(self))
    }

    fn order_line(&mut self, line: &str) -> Result<(), BadOrder> {
        let bad = || BadOrder { line: line.trim().to_owned(), words: WORDS };
        let order = order_of(line, self.modems.len()).ok_or_else(bad)?;
        self.order(order);
        Ok(())
    }

    fn counts_line(&self) -> String {
        let row = |(at, modem): (usize, &super::Modem)| {
            format!("{}: sent {}, heard {}", name_of(at), modem.sent, modem.heard)
        };
        self.modems.iter().enumerate().map(row).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_documented_and_others_refused() {
        let phone = || "13800000001".to_owned();
        let text = |text: &str| Some(SmsFault::Text(phone(), 0, text.to_owned()));
        let cases = [
            ("text +8613800000001 A 3 38 121", text("3 38 121")),
            ("text 13800000001 A 收到", text("收到")),
            ("block A", Some(SmsFault::Blocked(0, true))),
            ("open B", Some(SmsFault::Blocked(1, false))),
            ("pin A", Some(SmsFault::Locked(0, true))),
            ("ready A", Some(SmsFault::Locked(0, false))),
            ("error A 42 2", Some(SmsFault::Error(0, 42, 2))),
            ("full A", Some(SmsFault::Full(0))),
            ("lose B 1", Some(SmsFault::Lose(1, 1))),
            ("off 13800000001", Some(SmsFault::Off(phone(), true))),
            ("on 13800000001", Some(SmsFault::Off(phone(), false))),
            ("no number 13800000001", Some(SmsFault::NoNumber(phone(), true))),
            ("number 13800000001", Some(SmsFault::NoNumber(phone(), false))),
            ("text 13800000001 A", None),
            ("text me A 1", None),
            ("block C", None),
            ("error A x 1", None),
        ];
        for (line, want) in cases {
            assert_eq!(order_of(line, 2), want, "{line}");
        }
    }
}
