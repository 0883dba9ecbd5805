//! THE loop: one input into the machine, all outputs out of it, again. Nothing is decided here.
//!
//! ```text
//! asks, links, sources, fates ─▶ inbox ─▶ machine.handle ─▶ poll_output … Wait(deadline)
//!        ▲                                    │ Save   ─▶ writer thread ─▶ fates
//!        └── tick at the deadline             │ Send   ─▶ the link's task
//!                                             │ Reply  ─▶ whoever asked
//!                                             └ Feed   ─▶ the event ring
//! ```
//!
//! Runs on its own thread: it may wait for the writer when the disk is far behind, and must not
//! hold up the sockets then.

mod inbox;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sanduan_protocol::base::caps::ASKS_MAX;
use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::base::time::{Mono, Now};
use sanduan_protocol::local::{Event, Refusal, RefusalCode, Reply, Request};
use sanduan_protocol::node::input::AskId;
use sanduan_protocol::node::{Input, Output};
use tokio::sync::{oneshot, watch};

use crate::api::feed::Feed;
use crate::bearer::{Parcel, Switchboard};
use crate::clock::Clock;
use crate::store::writer::Writer;

pub use inbox::Inbox;
use inbox::Next;

/// Outputs after one input beyond which the machine is surely going round in circles.
const OUTPUTS_PER_INPUT_MAX: usize = 200_000;
/// Pause before a deadline that a tick did not move is tried again, so that it neither starves
/// the rest nor heats the machine.
const STUCK_PAUSE: Duration = Duration::from_millis(100);
/// How long a stopping daemon waits for the disk.
const DRAIN_MAX: Duration = Duration::from_secs(10);

/// What the pump drives: the node, or a stand-in of a test.
pub trait Machine {
    /// Take in one thing that happened.
    fn handle(&mut self, input: Input, now: Now);
    /// The next wish; ends with `Wait`.
    fn poll_output(&mut self) -> Output;
    /// A planned end is near: write what must not wait. Drained afterwards.
    fn close(&mut self, now: Now);
}

/// The answer to a request.
pub type Answer = Result<Reply, Refusal>;

/// A request on its way to the machine.
#[derive(Debug)]
pub struct Ask {
    /// What is asked.
    pub request: Request,
    /// Where the answer goes.
    pub answer: oneshot::Sender<Answer>,
}

/// Figures of the pump for `/metrics`.
#[derive(Debug, Default)]
pub struct Figures {
    /// Inputs handled.
    pub inputs: AtomicU64,
    /// Batches handed to the writer.
    pub batches: AtomicU64,
    /// Batches that the disk refused.
    pub batches_failed: AtomicU64,
    /// Frames that a link's task could not take; the machine sent without being asked.
    pub frames_refused: AtomicU64,
}

/// Everything the pump hands outputs to.
#[derive(Debug)]
pub struct Outlets {
    /// The writer thread.
    pub writer: Writer,
    /// The links.
    pub links: Switchboard,
    /// The event ring.
    pub feed: Arc<Feed>,
    /// Figures for the metrics.
    pub figures: Arc<Figures>,
}

/// The loop and what it must remember.
#[derive(Debug)]
pub struct Pump<M> {
    machine: M,
    clock: Clock,
    outlets: Outlets,
    asked: BTreeMap<u64, oneshot::Sender<Answer>>,
    next_ask: u64,
    unsaved: u64,
}

impl<M: Machine> Pump<M> {
    /// A pump that has not started.
    pub fn new(machine: M, clock: Clock, outlets: Outlets) -> Pump<M> {
        Pump { machine, clock, outlets, asked: BTreeMap::new(), next_ask: 1, unsaved: 0 }
    }

    /// Run until `stop` turns true, then wait for what is on its way to the disk.
    pub async fn run(mut self, mut inbox: Inbox, mut stop: watch::Receiver<bool>) {
        let mut deadline = self.drain();
        // A deadline that a tick did not move: others get their turn before the next tick.
        let mut stuck_until = None;
        loop {
            let due = deadline.map(|at| self.clock.instant(at));
            let wake = due.map(|due| stuck_until.map_or(due, |until| due.max(until)));
            let overdue = wake.is_some_and(|wake| wake <= Instant::now());
            let room = self.asked.len() < ASKS_MAX;
            let next = match overdue {
                true => Next::Input(Input::Tick),
                false => inbox.next(room, wake, &mut stop).await,
            };
            let ticked = matches!(next, Next::Input(Input::Tick));
            let before = deadline;
            match next {
                Next::Input(input) => deadline = self.step(input),
                Next::Ask(ask) => deadline = self.ask(ask),
                Next::Stop => break,
            }
            if ticked && deadline == before {
                tracing::debug!(?deadline, "a tick did not move the deadline");
                stuck_until = Some(Instant::now() + STUCK_PAUSE);
            }
        }
        self.finish(inbox).await;
    }

    fn ask(&mut self, ask: Ask) -> Option<Mono> {
        let number = self.next_ask;
        self.next_ask += 1;
        self.asked.insert(number, ask.answer);
        self.step(Input::Ask { ask: AskId(number), request: ask.request })
    }

    fn step(&mut self, input: Input) -> Option<Mono> {
        match input {
            Input::Saved { .. } => self.unsaved = self.unsaved.saturating_sub(1),
            Input::SaveFailed { .. } => {
                self.unsaved = self.unsaved.saturating_sub(1);
                count(&self.outlets.figures.batches_failed);
            }
            Input::Tick
            | Input::LinkUp { .. }
            | Input::LinkDown { .. }
            | Input::LinkSaid { .. }
            | Input::LinkGone { .. }
            | Input::LinkReady { .. }
            | Input::Heard { .. }
            | Input::Dropped { .. }
            | Input::Ask { .. }
            | Input::Fix(_)
            | Input::Power { .. }
            | Input::OrderKey(_)
            | Input::AuthorityKey(_)
            | Input::Room(_)
            | Input::Scrubbed(_) => {}
        }
        count(&self.outlets.figures.inputs);
        self.machine.handle(input, self.clock.now());
        self.drain()
    }

    fn drain(&mut self) -> Option<Mono> {
        for _ in 0..OUTPUTS_PER_INPUT_MAX {
            match self.machine.poll_output() {
                Output::Save(batch) => {
                    self.unsaved += 1;
                    count(&self.outlets.figures.batches);
                    let alive = self.outlets.writer.save(batch);
                    assert!(alive, "the writer thread ended; nothing can be promised any more");
                }
                Output::Send { link, frame, bulk } => self.send(link, Parcel { frame, bulk }),
                Output::Reply { ask, reply } => self.reply(ask, *reply),
                Output::Feed(event) => {
                    if let Event::Room(row) = &event {
                        tracing::info!(
                            level = ?row.level,
                            percent = row.pct,
                            evicted_records = row.evicted_records,
                            "存储余量 / room for the store"
                        );
                    }
                    self.feed(&event);
                }
                Output::Wait(deadline) => return deadline,
            }
        }
        tracing::error!(
            "内部错误：输出不止，略过其余 / the machine keeps giving outputs; going on without the rest"
        );
        Some(self.clock.now().mono.after_ms(100))
    }

    fn send(&self, link: LinkId, parcel: Parcel) {
        if !self.outlets.links.send(link, parcel) {
            count(&self.outlets.figures.frames_refused);
            tracing::debug!(%link, "a frame for a link that cannot take it was dropped");
        }
    }

    fn reply(&mut self, ask: AskId, answer: Answer) {
        match self.asked.remove(&ask.0) {
            // Whoever asked may have gone away; what was done stays done.
            Some(to) => drop(to.send(answer)),
            None => tracing::error!(ask = ask.0, "答非所问 / an answer nobody asked for"),
        }
    }

    fn feed(&self, event: &Event) {
        self.outlets.feed.publish(event);
    }

    /// Wait for the disk, tell those who wait for it, and refuse the others.
    async fn finish(mut self, mut inbox: Inbox) {
        self.machine.close(self.clock.now());
        self.drain();
        let until = tokio::time::Instant::now() + DRAIN_MAX;
        while self.unsaved > 0 {
            match tokio::time::timeout_at(until, inbox.fate()).await {
                Ok(Some(fate)) => {
                    self.step(fate);
                }
                Ok(None) | Err(_) => {
                    tracing::error!(
                        batches = self.unsaved,
                        "停机时仍有未落盘的内容 / stopped with content still on its way to the disk"
                    );
                    break;
                }
            }
        }
        for (_, answer) in std::mem::take(&mut self.asked) {
            let _ = answer.send(Err(stopping()));
        }
        self.outlets.feed.close();
        self.outlets.writer.close();
    }
}

/// What a request is told when the daemon is going down.
pub fn stopping() -> Refusal {
    Refusal::new(
        RefusalCode::Busy,
        "守护进程正在停止，请稍后重试",
        "the daemon is stopping; try again in a moment",
    )
}

fn count(figure: &AtomicU64) {
    figure.fetch_add(1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests;
