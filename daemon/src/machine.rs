//! The real node behind the pump's door, and how it is built from what the disk holds.

use sanduan_protocol::base::time::Now;
use sanduan_protocol::local::Request;
use sanduan_protocol::node::{Input, Node, Output, Settings};

use crate::import;
use crate::pump::Machine;
use crate::store::Pair;

impl Machine for Node {
    fn handle(&mut self, input: Input, now: Now) {
        match input {
            // The node reads no files: it gets what stands in them.
            Input::Ask { ask, request: Request::ImportDirectory(draft) } => {
                let read = import::read_files(&draft.files, self.district());
                self.import(ask, &draft, read, now);
            }
            other => Node::handle(self, other, now),
        }
    }

    fn poll_output(&mut self) -> Output {
        Node::poll_output(self)
    }

    fn close(&mut self, now: Now) {
        Node::close(self, now);
    }
}

/// A node that has taken in every pair and begun to speak. Drain it before the first input.
pub fn open(settings: Settings, pairs: Vec<Pair>, now: Now) -> Node {
    let mut node = Node::new(settings, now.wall);
    for (key, value) in pairs {
        node.restore(&key, &value);
    }
    node.opened(now);
    node
}
