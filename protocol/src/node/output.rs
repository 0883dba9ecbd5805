//! Everything a node can want.

use std::collections::BTreeMap;

use crate::base::ids::LinkId;
use crate::base::time::Mono;
use crate::local::{Event, Refusal, Reply};
use crate::node::input::{AskId, BatchNo};

/// One wish of the node. `poll_output` gives them one by one and ends with `Wait`.
#[derive(Clone, Debug)]
pub enum Output {
    /// Put these on the disk, durably, then hand in `Saved`. Later batches never overtake.
    Save(Batch),
    /// Give this frame to the link, then hand in `LinkReady` when it can take the next.
    Send {
        /// Which link.
        link: LinkId,
        /// The frame, at most the link's mtu.
        frame: Vec<u8>,
        /// Nothing in it is urgent: a bearer with two ways may send it by the slower one.
        bulk: bool,
    },
    /// Answer a local program.
    Reply {
        /// Number of the request.
        ask: AskId,
        /// The answer.
        reply: Box<Result<Reply, Refusal>>,
    },
    /// Tell all local programs.
    Feed(Event),
    /// Nothing more now; hand in `Tick` at this moment, if nothing happens before.
    Wait(Option<Mono>),
}

/// Keys and values that belong on the disk together: all of them or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its number; counts up by one.
    pub batch: BatchNo,
    /// Must be on the disk before anyone is told. If false, the daemon may gather batches for up
    /// to [`LAZY_SAVE_MS`] before it writes them.
    pub urgent: bool,
    /// Pairs to put. A key put again replaces its value; one with an empty value goes, and is not
    /// there when the disk is read. Keys are at most 64 bytes, values at most 16 KiB.
    pub puts: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Keys whose former values hold secrets that were erased since, and should not stay on the disk
/// for long: what is written anew there lies beside the old until the store is rewritten.
pub const SECRET_KEYS: [&[u8]; 1] = [b"epochs"];

/// Lay pairs over what a disk holds: one with an empty value goes.
pub fn lay_over(stored: &mut BTreeMap<Vec<u8>, Vec<u8>>, puts: Vec<(Vec<u8>, Vec<u8>)>) {
    for (key, value) in puts {
        match value.is_empty() {
            true => stored.remove(&key),
            false => stored.insert(key, value),
        };
    }
}

/// How long a batch that is not urgent may wait for company (research, reliability-security 2.4).
pub const LAZY_SAVE_MS: u64 = 50;
