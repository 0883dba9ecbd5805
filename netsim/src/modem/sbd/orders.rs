//! The lines that a person or a script may type to made-up Iridium modems, and how the modems are
//! told to whoever owns their ports.

use sanduan_protocol::base::time::Mono;

use super::{SbdEvent, SbdFault, SbdNet};
use crate::modem::{BadOrder, Did, Terminals, name_of, named};

const WORDS: &str = "block A | open A | off A | on A | status A 18 lost | \
    status A 18 delivered | miss ring A 1 | answer A -5 | stats | quit";

fn order_of(line: &str, modems: usize) -> Option<(usize, SbdFault)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let fault = |who: &str, fault: SbdFault| named(who, modems).map(|at| (at, fault));
    match words[..] {
        ["block", who] => fault(who, SbdFault::Blocked(true)),
        ["open", who] => fault(who, SbdFault::Blocked(false)),
        ["off", who] => fault(who, SbdFault::RadioOff(true)),
        ["on", who] => fault(who, SbdFault::RadioOff(false)),
        ["status", who, code, "lost"] => {
            fault(who, SbdFault::NextStatus(code.parse().ok()?, false))
        }
        ["status", who, code, "delivered"] => {
            fault(who, SbdFault::NextStatus(code.parse().ok()?, true))
        }
        ["answer", who, status] => fault(who, SbdFault::NextAnswer(status.parse().ok()?)),
        ["miss", "ring", who, count] => fault(who, SbdFault::MissRings(count.parse().ok()?)),
        _ => None,
    }
}

impl Terminals for SbdNet {
    fn labels(&self) -> Vec<String> {
        (0..self.modems.len()).map(super::shore::imei).collect()
    }

    fn host_wrote(&mut self, terminal: usize, bytes: &[u8], now: Mono) {
        SbdNet::host_wrote(self, terminal, bytes, now);
    }

    fn poll(&mut self, now: Mono) -> Option<Did> {
        SbdNet::poll(self, now).map(|event| match event {
            SbdEvent::ToHost(at, bytes) => Did::ToHost(at, bytes),
            SbdEvent::Session(at, status, Some(bytes)) => {
                Did::Note(format!("{} session {status} sent {bytes}", name_of(at)))
            }
            SbdEvent::Session(at, status, None) => {
                Did::Note(format!("{} session {status}", name_of(at)))
            }
            SbdEvent::Fetched(at, bytes) => Did::Note(format!("{} fetched {bytes}", name_of(at))),
            SbdEvent::Overflow(at) => Did::Note(format!("{} overflow", name_of(at))),
            SbdEvent::ToShore(bytes) => Did::ToShore(bytes),
            SbdEvent::FromShore(Some(at), status) => {
                Did::Note(format!("{} from shore {status}", name_of(at)))
            }
            SbdEvent::FromShore(None, status) => Did::Note(format!("nobody from shore {status}")),
        })
    }

    fn shore_wrote(&mut self, bytes: &[u8], now: Mono) -> Option<Vec<u8>> {
        SbdNet::shore_wrote(self, bytes, now)
    }

    fn next_deadline(&self) -> Option<Mono> {
        SbdNet::next_deadline(self)
    }

    fn order_line(&mut self, line: &str) -> Result<(), BadOrder> {
        let bad = || BadOrder { line: line.trim().to_owned(), words: WORDS };
        let (at, fault) = order_of(line, self.modems.len()).ok_or_else(bad)?;
        self.order(at, fault);
        Ok(())
    }

    fn counts_line(&self) -> String {
        let row = |(at, modem): (usize, &super::Modem)| {
            let (sessions, fetched, queued) = (modem.sessions, modem.fetched, modem.queue.len());
            format!("{}: sessions {sessions}, fetched {fetched}, queued {queued}", name_of(at))
        };
        self.modems.iter().enumerate().map(row).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_documented_and_others_refused() {
        let cases = [
            ("block A", Some((0, SbdFault::Blocked(true)))),
            ("open B", Some((1, SbdFault::Blocked(false)))),
            ("off A", Some((0, SbdFault::RadioOff(true)))),
            ("on A", Some((0, SbdFault::RadioOff(false)))),
            ("status A 18 lost", Some((0, SbdFault::NextStatus(18, false)))),
            ("status B 18 delivered", Some((1, SbdFault::NextStatus(18, true)))),
            ("miss ring A 2", Some((0, SbdFault::MissRings(2)))),
            ("answer B -5", Some((1, SbdFault::NextAnswer(-5)))),
            ("answer B full", None),
            ("status A 18", None),
            ("status A many lost", None),
            ("block C", None),
        ];
        for (line, want) in cases {
            assert_eq!(order_of(line, 2), want, "{line}");
        }
    }
}
