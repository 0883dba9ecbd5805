//! The real node behind the pump's door, and how it is built from what the disk holds.

use sanduan_protocol::base::time::Now;
use sanduan_protocol::local::Request;
use sanduan_protocol::node::{Input, Node, Output, Settings};

use crate::import;
use crate::pump::Machine;
use crate::said::Said;
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
///
/// # Errors
/// The keys of days and epochs were left to the store, and it has none of them.
pub fn open(settings: Settings, pairs: Vec<Pair>, now: Now) -> Result<Node, Said> {
    let mut node = Node::new(settings, now.wall);
    for (key, value) in pairs {
        node.restore(&key, &value);
    }
    if !node.has_keys() {
        return Err(Said::new(
            "数据中的密钥已丢失，本机不能再与本网通信：请移走数据目录，在新目录中重新 \
             sanduan device request 入网；其他机器上的记录不受影响",
            "the keys in the data are lost, so this machine cannot speak in its network any more: \
             move the folder away and enrol anew with `sanduan device request` in a new one; what \
             other machines hold is safe",
        ));
    }
    node.opened(now);
    Ok(node)
}
