//! Commands that work on a node's folder while no daemon runs there: founding a network,
//! enrolment. They drive the same node over the same store, only without links and timers.

pub mod enrol;
pub mod found;
pub mod wipe;

use sanduan_protocol::local::Request;
use sanduan_protocol::node::input::AskId;
use sanduan_protocol::node::{Input, Node, Output, Settings};

use crate::clock::{Clock, wall};
use crate::machine;
use crate::pump::{Answer, Machine};
use crate::said::Said;
use crate::store::Store;
use crate::store::disk::DiskStore;
use crate::store::sealed::SealedStore;
use crate::vault::{Vault, migrate};

/// Outputs of one step beyond which a node is surely going round in circles.
const OUTPUTS_MAX: usize = 1_000_000;

/// A node and its store, nobody else.
pub struct Session {
    /// The node.
    pub node: Node,
    store: SealedStore<DiskStore>,
    clock: Clock,
}

impl Session {
    /// Open the store of this vault and the node in it.
    ///
    /// # Errors
    /// The store cannot be opened; a daemon that runs on it is the usual reason.
    pub fn open(vault: &mut Vault, settings: Settings) -> Result<Session, Said> {
        let mut store = migrate::open_store(vault, None, wall().0)?;
        let pairs = store.load()?;
        let clock = Clock::new();
        let node = machine::open(settings, pairs, clock.now())?;
        let mut session = Session { node, store, clock };
        session.settle()?;
        Ok(session)
    }

    /// Both clocks of the session.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Ask and wait for the answer; what was written is durable then.
    ///
    /// # Errors
    /// What the node refuses.
    pub fn ask(&mut self, request: Request) -> Result<sanduan_protocol::local::Reply, Said> {
        let ask = AskId(1);
        Machine::handle(&mut self.node, Input::Ask { ask, request }, self.clock.now());
        match self.settle()? {
            Some(answer) => answer.map_err(Said::from),
            None => Err(Said::new("节点没有应答", "the node gave no answer")),
        }
    }

    /// Carry out every output; gives the answer among them, if there was one.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn settle(&mut self) -> Result<Option<Answer>, Said> {
        let mut answer = None;
        for _ in 0..OUTPUTS_MAX {
            match Machine::poll_output(&mut self.node) {
                Output::Save(batch) => {
                    self.store.commit(&[&batch.puts])?;
                    let saved = Input::Saved { batch: batch.batch };
                    self.node.handle(saved, self.clock.now());
                }
                Output::Reply { reply, .. } => answer = Some(*reply),
                // There are no links and nobody listens.
                Output::Send { .. } | Output::Feed(_) => {}
                Output::Wait(_) => break,
            }
        }
        Ok(answer)
    }

    /// Bring the store to rest and let go of it.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn close(mut self) -> Result<(), Said> {
        self.store.settle(true).map_err(Said::from)
    }
}
