//! The lines that a person or a script may type to made-up Meshtastic nodes, and how the nodes are
//! told to whoever owns their ports.

use sanduan_protocol::base::time::Mono;

use super::{MeshEvent, MeshFault, MeshNet};
use crate::modem::{BadOrder, Did, Terminals, name_of, named};

const WORDS: &str = "reboot A | hang A | free A | full A | empty A | lose A 1 | text A | \
    stats | quit";

/// Nodes, and the present moment as it was last told: faults begin there.
#[derive(Debug)]
pub struct MeshTerminals {
    net: MeshNet,
    now: Mono,
}

impl MeshTerminals {
    /// These nodes.
    pub fn new(net: MeshNet) -> MeshTerminals {
        MeshTerminals { net, now: Mono::default() }
    }
}

fn order_of(line: &str, nodes: usize) -> Option<(usize, MeshFault)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let fault = |who: &str, fault: MeshFault| named(who, nodes).map(|at| (at, fault));
    match words[..] {
        ["reboot", who] => fault(who, MeshFault::Reboot),
        ["hang", who] => fault(who, MeshFault::Hung(true)),
        ["free", who] => fault(who, MeshFault::Hung(false)),
        ["full", who] => fault(who, MeshFault::Full(true)),
        ["empty", who] => fault(who, MeshFault::Full(false)),
        ["lose", who, count] => fault(who, MeshFault::Lose(count.parse().ok()?)),
        ["text", who] => fault(who, MeshFault::Text),
        _ => None,
    }
}

impl Terminals for MeshTerminals {
    fn labels(&self) -> Vec<String> {
        (0..self.net.nodes.len()).map(|at| format!("node-{:08x}", super::number(at))).collect()
    }

    fn host_wrote(&mut self, terminal: usize, bytes: &[u8], now: Mono) {
        self.now = now;
        self.net.host_wrote(terminal, bytes, now);
    }

    fn poll(&mut self, now: Mono) -> Option<Did> {
        self.now = now;
        self.net.poll(now).map(|event| match event {
            MeshEvent::ToHost(at, bytes) => Did::ToHost(at, bytes),
            MeshEvent::Sent(at, bytes, reached) => {
                Did::Note(format!("{} sent {bytes} to {reached}", name_of(at)))
            }
            MeshEvent::Refused(at, code) => Did::Note(format!("{} refused {code}", name_of(at))),
            MeshEvent::Asked(at) => Did::Note(format!("{} asked", name_of(at))),
            MeshEvent::Restarted(at) => Did::Note(format!("{} restarted", name_of(at))),
        })
    }

    fn next_deadline(&self) -> Option<Mono> {
        self.net.next_deadline()
    }

    fn order_line(&mut self, line: &str) -> Result<(), BadOrder> {
        let bad = || BadOrder { line: line.trim().to_owned(), words: WORDS };
        let (at, fault) = order_of(line, self.net.nodes.len()).ok_or_else(bad)?;
        self.net.order(at, fault, self.now);
        Ok(())
    }

    fn counts_line(&self) -> String {
        let row = |(at, node): (usize, &super::Node)| {
            format!("{}: sent {}, heard {}", name_of(at), node.sent, node.heard)
        };
        self.net.nodes.iter().enumerate().map(row).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_documented_and_others_refused() {
        let cases = [
            ("reboot A", Some((0, MeshFault::Reboot))),
            ("hang B", Some((1, MeshFault::Hung(true)))),
            ("free B", Some((1, MeshFault::Hung(false)))),
            ("full A", Some((0, MeshFault::Full(true)))),
            ("empty A", Some((0, MeshFault::Full(false)))),
            ("lose A 2", Some((0, MeshFault::Lose(2)))),
            ("text B", Some((1, MeshFault::Text))),
            ("lose A many", None),
            ("text C", None),
            ("reboot", None),
        ];
        for (line, want) in cases {
            assert_eq!(order_of(line, 2), want, "{line}");
        }
    }
}
