//! The village gateway beside the machine: brings it rows of orders and texts of handsets, and
//! carries out what it wishes. What becomes of a text is decided in `protocol::field::village`.
//!
//! ```text
//! Feed's bell ──> orders, details ──> Desk ──> texts ──> Exchange ──> bearer `sms` ──> handset
//! handset ──> bearer ──> Exchange ──> Desk ──> receipts, reports ──> Api ──> the machine
//!                                       └──> village.json before either
//! ```

mod exchange;
mod file;
mod list;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sanduan_protocol::base::ids::SpokenId;
use sanduan_protocol::field::village::{Desk, Input, Outcome, Output, Registry, Settings, Wish};
use sanduan_protocol::local::request::TextMeans;
use sanduan_protocol::local::rows::{OrderDetail, OrderState, UnitRow};
use sanduan_protocol::local::{Refusal, RefusalCode, Reply, Request};
use tokio::sync::mpsc;

use crate::api::Api;
use crate::clock::wall;
use crate::config::VillageConfig;
use crate::home::Home;
use crate::pump::Ask;
use crate::said::Said;
use file::MemoryFile;

pub use exchange::{Exchange, Letter, Told};
pub use sanduan_protocol::field::village::Fate;

/// Orders of the last three days can be answered by a handset; older ones are history.
const ORDER_AGE_MS: u64 = 72 * 3_600_000;
/// Orders looked at, newest first.
const ORDERS_MAX: usize = 256;
/// Changes come in swarms; one look serves them all.
const CALM: Duration = Duration::from_millis(200);
/// The machine is looked at so often even if nothing rings.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// A device that just joined waits for its directory.
const JOIN_AGAIN: Duration = Duration::from_secs(2);
/// Requests of local programs that wait for the gateway.
const ASKS_MAX: usize = 16;

/// Read the list of handsets, for whoever checks a configuration; gives how many there are.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check(config: &VillageConfig) -> Result<usize, Said> {
    Ok(list::read(&config.handsets)?.iter().count())
}

/// Everything that the gateway's task needs.
#[derive(Debug)]
pub struct Gateway {
    desk: Desk,
    file: MemoryFile,
    api: Arc<Api>,
    exchange: Exchange,
    told: mpsc::Receiver<Told>,
    asks: mpsc::Receiver<Ask>,
    /// Orders that concern no handset, so that they need not be looked at again.
    foreign: BTreeSet<SpokenId>,
    registry: Registry,
    /// Code of every unit.
    codes: BTreeMap<u16, String>,
}

impl Gateway {
    /// The gateway of this configuration.
    ///
    /// # Errors
    /// Its list of handsets cannot be read.
    pub fn open(
        config: &VillageConfig,
        home: &Home,
        api: &Arc<Api>,
        exchange: &Exchange,
    ) -> Result<Gateway, Said> {
        let registry = list::read(&config.handsets)?;
        tracing::info!(handsets = registry.iter().count(), "村级网关 / village gateway");
        let settings = Settings {
            own: Vec::new(),
            is_drill: false,
            steps: config.steps.clone(),
            takeover_ms: u64::from(config.takeover_s) * 1000,
            confirm_ms: u64::from(config.confirm_s) * 1000,
            report_to: config.report_to.clone(),
        };
        let file = MemoryFile::of(home);
        let desk = Desk::new(settings, registry.clone(), file.load());
        let (to, asks) = mpsc::channel(ASKS_MAX);
        api.open_village(to);
        Ok(Gateway {
            desk,
            file,
            api: api.clone(),
            exchange: exchange.clone(),
            told: exchange.open_gateway(),
            asks,
            foreign: BTreeSet::new(),
            registry,
            codes: BTreeMap::new(),
        })
    }

    /// Serve handsets until dropped.
    pub async fn run(mut self) {
        while !self.settle_in().await {
            tokio::time::sleep(JOIN_AGAIN).await;
        }
        let mut bell = self.api.feed().bell();
        self.look().await;
        let mut look_at = Instant::now() + LOOK_AGAIN;
        loop {
            let wake_at = match self.drain().await {
                Some(at_ms) => {
                    let wait = Duration::from_millis(at_ms.saturating_sub(wall().0));
                    look_at.min(Instant::now() + wait)
                }
                None => look_at,
            };
            tokio::select! {
                told = self.told.recv() => match told {
                    Some(Told::Heard { means, number, text }) => {
                        self.hear(means, &number, &text).await;
                    }
                    Some(Told::Fate { tag, fate }) => self.give(Input::Text { tag, fate }),
                    // The exchange outlives this task.
                    None => return,
                },
                Some(ask) = self.asks.recv() => self.answer(ask).await,
                // The feed lives as long as the daemon.
                Ok(()) = bell.changed() => look_at = look_at.min(Instant::now() + CALM),
                () = tokio::time::sleep_until(wake_at.into()) => {
                    look_at = Instant::now() + LOOK_AGAIN;
                    self.look().await;
                }
            }
        }
    }

    fn give(&mut self, input: Input<'_>) {
        self.desk.handle(input, wall().0);
    }

    /// Carry out what the machine of texts wishes; gives its next deadline.
    async fn drain(&mut self) -> Option<u64> {
        loop {
            match self.desk.poll_output() {
                Output::Wait(at_ms) => return at_ms,
                Output::Keep => {
                    // A disk that refuses costs a repeated text after a restart, so work goes on:
                    // an alert that is not texted would cost more.
                    if let Err(said) = self.file.save(self.desk.memory()) {
                        tracing::error!(%said, "村级网关 / village gateway");
                    }
                }
                Output::Text { tag, means, number, text } => {
                    let letter = Letter { tag, number, text };
                    if !self.exchange.send(means, &letter) {
                        self.give(Input::Text { tag, fate: Fate::NoBearer });
                    }
                }
                Output::Wish { tag, wish } => self.carry_out(tag, wish).await,
            }
        }
    }

    async fn carry_out(&mut self, tag: u64, wish: Wish) {
        let request = match wish {
            Wish::Receipt(draft) => Request::SendReceipt(draft),
            Wish::Report { draft, .. } => Request::SendOrder(draft),
        };
        let outcome = match self.api.ask(request).await {
            Ok(_) => Outcome::Saved,
            Err(refusal) => outcome_of(&refusal),
        };
        if outcome == Outcome::Saved {
            self.look().await;
        }
        self.give(Input::Wish { tag, outcome });
    }

    /// A text is understood against the orders as they stand now.
    async fn hear(&mut self, means: TextMeans, number: &str, text: &str) {
        self.look().await;
        self.give(Input::Heard { means, number, text });
    }

    async fn answer(&mut self, ask: Ask) {
        if let Request::VillageHear { means, number, text } = &ask.request {
            self.hear(means.unwrap_or(TextMeans::Sms), number, text).await;
            self.drain().await;
        }
        // Whoever asked may have gone away.
        let _ = ask.answer.send(Ok(Reply::Village(Box::new(self.desk.rows()))));
    }

    /// Who this device speaks for; false while the directory does not know it.
    async fn settle_in(&mut self) -> bool {
        let Ok(Reply::Status(status)) = self.api.ask(Request::Status).await else { return false };
        let Ok(Reply::Directory(rows)) = self.api.ask(Request::Directory).await else {
            return false;
        };
        let Some(own) = rows.units.iter().find(|row| row.unit == status.unit) else { return false };
        self.codes = rows.units.iter().map(|row| (row.unit.0, row.code.clone())).collect();
        for handset in self.registry.iter() {
            let is_known = |row: &UnitRow| row.name == handset.unit || row.code == handset.unit;
            if !rows.units.iter().any(is_known) {
                tracing::warn!(
                    unit = %handset.unit, number = %handset.number,
                    "名单中的单位不在名录里，收不到指令：核对名称或代码 / a unit of the list is not in \
                     the directory and gets no orders: check its name or code"
                );
            }
        }
        self.desk.settle_in(vec![own.name.clone(), own.code.clone()], status.drill);
        self.give(Input::Units(&rows.units));
        self.foreign.clear();
        true
    }

    /// Bring the orders as they stand now.
    async fn look(&mut self) {
        let open_only = false;
        let Ok(Reply::Directory(rows)) = self.api.ask(Request::Directory).await else { return };
        if rows.units.len() != self.codes.len() {
            self.settle_in().await;
        }
        let Ok(Reply::Orders { orders }) = self.api.ask(Request::Orders { open_only }).await else {
            return;
        };
        let oldest_ms = wall().0.saturating_sub(ORDER_AGE_MS);
        let mut details = Vec::new();
        let recent = orders.iter().filter(|row| row.issued_ms >= oldest_ms);
        for row in recent.take(ORDERS_MAX) {
            if matches!(row.state, OrderState::Provisional | OrderState::Draft)
                || self.foreign.contains(&row.id)
            {
                continue;
            }
            let Ok(Reply::Order(detail)) = self.api.ask(Request::Order { id: row.id }).await else {
                continue;
            };
            if self.concerns_handsets(&detail) {
                details.push(*detail);
            } else {
                self.foreign.insert(row.id);
            }
        }
        self.give(Input::Orders(details));
    }

    fn concerns_handsets(&self, detail: &OrderDetail) -> bool {
        detail.addressees.iter().any(|row| {
            let code = self.codes.get(&row.unit.0).map_or("", String::as_str);
            !self.registry.of_unit(&row.name, code).is_empty()
        })
    }
}

fn outcome_of(refusal: &Refusal) -> Outcome {
    match refusal.code {
        RefusalCode::Busy | RefusalCode::NotSaved | RefusalCode::NotJoined => Outcome::Later,
        RefusalCode::BadValue
        | RefusalCode::UnknownName
        | RefusalCode::AmbiguousName
        | RefusalCode::UnknownId
        | RefusalCode::NotAllowed
        | RefusalCode::AlreadyOver
        | RefusalCode::TooLong
        | RefusalCode::Locked
        | RefusalCode::BadFile => {
            tracing::warn!(%refusal, "手持机的答复未能记录 / a handset's answer was refused");
            Outcome::Refused(refusal.to_string())
        }
    }
}
