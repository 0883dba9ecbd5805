//! The lines that a person or a script may type to made-up BeiDou terminals, and how the
//! terminals are told to whoever owns their ports.

use sanduan_protocol::base::time::Mono;

use super::handsets::handling_of;
use super::{Fault, Inhibited, RdssEvent, RdssSky, TerminalId};
use crate::modem::{BadOrder, Did, Terminals, name_of, named};

const WORDS: &str = "block A | open A | lose fki A 1 | lose message A 1 | double A 1 | \
    silence A | suppress A | power A | free A | card out A | card in A | text 455555 A 1 | \
    mixed 455555 A 1 | off 455555 | on 455555 | stats | quit";

fn order_of(line: &str, terminals: usize) -> Option<(TerminalId, Fault)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let fault =
        |fault: Fault, who: &str| named(who, terminals).map(|at| (TerminalId(at as u16), fault));
    let count = |text: &str| text.parse::<u32>().ok();
    match words[..] {
        ["block", who] => fault(Fault::Blocked(true), who),
        ["open", who] => fault(Fault::Blocked(false), who),
        ["lose", "fki", who, n] => fault(Fault::LoseFeedback(count(n)?), who),
        ["lose", "message", who, n] => fault(Fault::LoseMessages(count(n)?), who),
        ["double", who, n] => fault(Fault::DoubleMessages(count(n)?), who),
        ["silence", who] => fault(Fault::Inhibited(Some(Inhibited::Silence)), who),
        ["suppress", who] => fault(Fault::Inhibited(Some(Inhibited::Suppressed)), who),
        ["power", who] => fault(Fault::Inhibited(Some(Inhibited::Power)), who),
        ["free", who] => fault(Fault::Inhibited(None), who),
        ["card", "out", who] => fault(Fault::CardOut(true), who),
        ["card", "in", who] => fault(Fault::CardOut(false), who),
        _ => None,
    }
}

impl Terminals for RdssSky {
    fn labels(&self) -> Vec<String> {
        self.terminals().map(|(_, card)| card.to_string()).collect()
    }

    fn host_wrote(&mut self, terminal: usize, bytes: &[u8], now: Mono) {
        RdssSky::host_wrote(self, TerminalId(terminal as u16), bytes, now);
    }

    fn poll(&mut self, now: Mono) -> Option<Did> {
        let at = |id: TerminalId| name_of(usize::from(id.0));
        RdssSky::poll(self, now).map(|event| match event {
            RdssEvent::ToHost(id, bytes) => Did::ToHost(usize::from(id.0), bytes),
            RdssEvent::Sent(id, bytes) => Did::Note(format!("{} sent {bytes}", at(id))),
            RdssEvent::Refused(id, why) => Did::Note(format!("{} refused {}", at(id), why.word())),
            RdssEvent::Shown(card, text) => Did::Note(format!("handset {card} got {text}")),
            RdssEvent::Arrived(id) => Did::Note(format!("{} arrived", at(id))),
            RdssEvent::Missed(id, why) => Did::Note(format!("{} missed {}", at(id), why.word())),
        })
    }

    fn next_deadline(&self) -> Option<Mono> {
        RdssSky::next_deadline(self)
    }

    fn order_line(&mut self, line: &str) -> Result<(), BadOrder> {
        let count = self.terminals().count();
        let bad = || BadOrder { line: line.trim().to_owned(), words: WORDS };
        if let Some(handling) = handling_of(line, count) {
            self.handle(handling);
            return Ok(());
        }
        let (id, fault) = order_of(line, count).ok_or_else(bad)?;
        self.order(id, fault);
        Ok(())
    }

    fn counts_line(&self) -> String {
        let row = |(id, card): (TerminalId, u32)| {
            let counts = self.counts(id);
            format!(
                "{} {card}: sent {} ({} B), refused {} ({} early), arrived {}, missed {}",
                name_of(usize::from(id.0)),
                counts.sent,
                counts.sent_bytes,
                counts.refused,
                counts.early,
                counts.arrived,
                counts.missed,
            )
        };
        self.terminals().map(row).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_documented_and_others_refused() {
        let cases = [
            ("block A", Some((0, Fault::Blocked(true)))),
            (" open  B ", Some((1, Fault::Blocked(false)))),
            ("lose fki A 2", Some((0, Fault::LoseFeedback(2)))),
            ("lose message B 1", Some((1, Fault::LoseMessages(1)))),
            ("double A 3", Some((0, Fault::DoubleMessages(3)))),
            ("silence A", Some((0, Fault::Inhibited(Some(Inhibited::Silence))))),
            ("suppress A", Some((0, Fault::Inhibited(Some(Inhibited::Suppressed))))),
            ("power A", Some((0, Fault::Inhibited(Some(Inhibited::Power))))),
            ("free A", Some((0, Fault::Inhibited(None)))),
            ("card out B", Some((1, Fault::CardOut(true)))),
            ("card in B", Some((1, Fault::CardOut(false)))),
            ("block C", None),
            ("block a", None),
            ("block", None),
            ("lose fki A many", None),
        ];
        for (line, want) in cases {
            let want = want.map(|(at, fault)| (TerminalId(at), fault));
            assert_eq!(order_of(line, 2), want, "{line}");
        }
    }
}
