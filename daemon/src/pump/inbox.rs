//! Which input is next. Local work that is finished (saves) goes first, then people, then the
//! air, then receivers; each has a share of a round, so that none can starve the others.

use std::time::Instant;

use sanduan_protocol::node::Input;
use tokio::sync::{mpsc, watch};

use super::Ask;

/// Requests taken in one round before the air gets its turn.
const ASKS_PER_ROUND: u32 = 16;
/// Inputs from links taken in one round.
const LINKS_PER_ROUND: u32 = 64;
/// Fixes taken in one round.
const SOURCES_PER_ROUND: u32 = 4;

/// What the loop does next.
#[derive(Debug)]
pub(super) enum Next {
    /// Hand this in.
    Input(Input),
    /// Someone asks.
    Ask(Ask),
    /// Stop.
    Stop,
}

/// The receiving ends of everything that feeds the machine.
#[derive(Debug)]
pub struct Inbox {
    fates: mpsc::UnboundedReceiver<Input>,
    asks: mpsc::Receiver<Ask>,
    links: mpsc::Receiver<Input>,
    sources: mpsc::Receiver<Input>,
    round: Round,
}

#[derive(Clone, Copy, Debug)]
struct Round {
    asks: u32,
    links: u32,
    sources: u32,
}

const FULL_ROUND: Round =
    Round { asks: ASKS_PER_ROUND, links: LINKS_PER_ROUND, sources: SOURCES_PER_ROUND };

impl Inbox {
    /// An inbox over these channels: fates of batches, requests, links, sources.
    pub fn new(
        fates: mpsc::UnboundedReceiver<Input>,
        asks: mpsc::Receiver<Ask>,
        links: mpsc::Receiver<Input>,
        sources: mpsc::Receiver<Input>,
    ) -> Inbox {
        Inbox { fates, asks, links, sources, round: FULL_ROUND }
    }

    /// The next input; waits until there is one, the moment `wake`, or the stop. Requests are
    /// left waiting when there is no `room` for them.
    pub(super) async fn next(
        &mut self,
        room: bool,
        wake: Option<Instant>,
        stop: &mut watch::Receiver<bool>,
    ) -> Next {
        if *stop.borrow() {
            return Next::Stop;
        }
        // Twice: the first look may only find that everybody with something to say has used up
        // the round.
        for _ in 0..2 {
            if let Some(next) = self.ready(room) {
                return next;
            }
            self.round = FULL_ROUND;
        }
        let sleep = async {
            match wake {
                Some(wake) => tokio::time::sleep_until(wake.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            // The other end of `stop` is gone only when the daemon is going down.
            _ = stop.wait_for(|stop| *stop) => Next::Stop,
            Some(fate) = self.fates.recv() => Next::Input(fate),
            Some(ask) = self.asks.recv(), if room => Next::Ask(ask),
            Some(input) = self.links.recv() => Next::Input(input),
            Some(input) = self.sources.recv() => Next::Input(input),
            () = sleep => Next::Input(Input::Tick),
        }
    }

    /// The fate of the next batch, for a daemon that is stopping.
    pub(super) async fn fate(&mut self) -> Option<Input> {
        self.fates.recv().await
    }

    fn ready(&mut self, room: bool) -> Option<Next> {
        if let Ok(fate) = self.fates.try_recv() {
            return Some(Next::Input(fate));
        }
        if room && let Some(ask) = within(&mut self.round.asks, || self.asks.try_recv().ok()) {
            return Some(Next::Ask(ask));
        }
        let link = within(&mut self.round.links, || self.links.try_recv().ok());
        let source = || within(&mut self.round.sources, || self.sources.try_recv().ok());
        link.or_else(source).map(Next::Input)
    }
}

fn within<T>(budget: &mut u32, take: impl FnOnce() -> Option<T>) -> Option<T> {
    if *budget == 0 {
        return None;
    }
    let taken = take()?;
    *budget -= 1;
    Some(taken)
}
