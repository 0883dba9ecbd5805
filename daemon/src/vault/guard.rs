//! Who may sign orders, and for how long: a passphrase given a moment ago lets orders out until
//! nothing was signed for a while. Answers what local programs ask of the vault, one at a time.
//!
//! ```text
//! wrong, wrong, wrong ─▶ wait 1 s, 2 s, 4 s … 60 s
//! locked ── right passphrase ──▶ open ── nothing signed for `open_for`, or lock ──▶ locked
//!                                 │ ▲ an order starts the time anew
//!                                 └─┘
//! ```
//!
//! The machine has the order key only while orders are open: it is handed over with the passphrase
//! and taken back with the last minute. The device's own key signs receipts, positions and stock,
//! which must go on unattended. Whoever can read the memory of a running daemon while orders are
//! open is not kept from anything by it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sanduan_protocol::local::request::{OrderKind, Passphrase, VaultAsk};
use sanduan_protocol::local::rows::{OrderLock, Protection, VaultRow, WipeRow};
use sanduan_protocol::local::{Refusal, RefusalCode, Reply, Request};
use sanduan_protocol::node::Input;
use sanduan_protocol::node::input::OrderSeed;
use tokio::sync::mpsc::{UnboundedSender, WeakUnboundedSender};
use tokio::sync::{Notify, watch};

pub use self::refusals::shut;
use self::refusals::{interrupted, no_passphrase, too_soon, wrong, wrong_code};
use super::wipe::{self, Plan};
use super::{Cost, Tried, Vault};
use crate::pump::Answer;
use crate::said::Said;

/// Wrong passphrases in a row before the next try must wait.
const TRIES_FREE: u32 = 3;
/// Longest wait between two tries.
const TRY_WAIT_MAX: Duration = Duration::from_secs(60);

/// Guards the vault of a running daemon.
#[derive(Debug)]
pub struct Guard {
    inside: Mutex<Inside>,
    /// Orders need the passphrase again when none was signed for so long.
    open_for: Duration,
    cost: Cost,
    /// Files outside the folder that a wipe destroys too.
    more: Vec<PathBuf>,
    turn: tokio::sync::Mutex<()>,
    opened: watch::Sender<bool>,
    /// Who is told of the order key: the machine, while it runs.
    told: Mutex<Option<WeakUnboundedSender<Input>>>,
    /// The order key was opened, or its time begun anew.
    moved: Notify,
    wiped: watch::Sender<Option<Plan>>,
}

#[derive(Debug)]
struct Inside {
    vault: Vault,
    gate: Gate,
}

impl Guard {
    /// A guard over this vault.
    pub fn new(vault: Vault, open_for: Duration, more: Vec<PathBuf>) -> Guard {
        let opened = watch::Sender::new(vault.key().is_some());
        Guard {
            inside: Mutex::new(Inside { vault, gate: Gate::default() }),
            open_for,
            cost: Cost::USUAL,
            more,
            turn: tokio::sync::Mutex::default(),
            opened,
            told: Mutex::default(),
            moved: Notify::new(),
            wiped: watch::Sender::new(None),
        }
    }

    /// True if the data can be read.
    pub fn is_open(&self) -> bool {
        *self.opened.borrow()
    }

    /// Wait until the data can be read.
    pub async fn opened(&self) {
        // The sender lives as long as the guard.
        let _ = self.opened.subscribe().wait_for(|opened| *opened).await;
    }

    /// Wait until the keys were destroyed; gives what is still to be destroyed.
    pub async fn wiped(&self) -> Plan {
        let mut wiped = self.wiped.subscribe();
        match wiped.wait_for(Option::is_some).await {
            Ok(plan) => plan.clone().unwrap_or_default(),
            Err(_) => std::future::pending().await,
        }
    }

    /// From now on this machine is told when the order key is opened and closed.
    pub fn tell_of_orders(&self, machine: &UnboundedSender<Input>) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = Some(machine.downgrade());
        self.tell_order_key();
    }

    /// Close the order key when its time is up, for ever.
    pub async fn close_orders_in_time(self: Arc<Guard>) {
        loop {
            let moved = self.moved.notified();
            let left = self.inside(|inside| match inside.vault.protection() {
                Protection::KeyFile => None,
                Protection::PassphraseForOrders | Protection::Passphrase => inside
                    .vault
                    .order_seed()
                    .is_some()
                    .then(|| inside.gate.open_for(Instant::now())),
            });
            match left {
                None => moved.await,
                Some(None) => {
                    self.inside(|inside| inside.vault.close_orders());
                    self.tell_order_key();
                }
                Some(Some(left)) => {
                    let _ = tokio::time::timeout(left, moved).await;
                }
            }
        }
    }

    /// What the machine must know of the order key. Its next request comes after this.
    fn tell_order_key(&self) {
        let seed = self.inside(|inside| inside.vault.order_seed().map(|seed| OrderSeed(**seed)));
        let authority = self.inside(|inside| inside.vault.authority_seed());
        let is_guarded = self.row().protection != Protection::KeyFile;
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(machine) = told.and_then(|machine| machine.upgrade()) {
            // It is gone only when the daemon is going down.
            let _ = machine.send(Input::OrderKey(seed));
            // Without a passphrase it stays as it was given at the start.
            if is_guarded || authority.is_some() {
                let _ = machine.send(Input::AuthorityKey(authority.map(|seed| OrderSeed(*seed))));
            }
        }
        self.moved.notify_one();
    }

    /// Look at the vault, or work on it for a moment.
    pub fn with<T>(&self, work: impl FnOnce(&mut Vault) -> T) -> T {
        self.inside(|inside| work(&mut inside.vault))
    }

    /// The vault at a glance.
    pub fn row(&self) -> VaultRow {
        let now = Instant::now();
        self.inside(|Inside { vault, gate }| {
            let protection = vault.protection();
            let left = gate.open_for(now);
            let orders = match (protection, left) {
                (Protection::KeyFile, _) => OrderLock::NotNeeded,
                (_, Some(_)) => OrderLock::Open,
                (_, None) => OrderLock::Locked,
            };
            let open_for_s = left.filter(|_| orders == OrderLock::Open);
            VaultRow {
                protection,
                opened: vault.key().is_some(),
                orders,
                open_for_s: open_for_s.map(|left| left.as_secs() as u32),
            }
        })
    }

    /// Let a request pass, or say what it needs first.
    ///
    /// # Errors
    /// The vault is locked, or an order needs the passphrase.
    pub fn admit(&self, request: &Request) -> Result<(), Refusal> {
        if !self.is_open() {
            return Err(shut());
        }
        if !needs_passphrase(request) {
            return Ok(());
        }
        let (now, open_for) = (Instant::now(), self.open_for);
        self.inside(|Inside { vault, gate }| match vault.protection() {
            Protection::KeyFile => Ok(()),
            Protection::PassphraseForOrders | Protection::Passphrase => {
                gate.pass(now, open_for).ok_or_else(Refusal::orders_locked)
            }
        })
    }

    /// Answer what a local program asks of the vault.
    ///
    /// # Errors
    /// The passphrase or the code is wrong, or the disk refuses.
    pub async fn answer(self: &Arc<Guard>, ask: VaultAsk) -> Answer {
        let _turn = self.turn.lock().await;
        let is_change = ask != VaultAsk::Show;
        match ask {
            VaultAsk::Show => {}
            VaultAsk::Lock => self.lock()?,
            VaultAsk::Unlock { passphrase } => self.try_passphrase(passphrase).await?,
            VaultAsk::SetPassphrase { old, new, unattended } => {
                self.prove(old).await?;
                let cost = self.cost;
                self.change(move |vault| vault.set_passphrase(new.as_str(), unattended, cost))
                    .await?;
            }
            VaultAsk::RemovePassphrase { old } => {
                self.prove(old).await?;
                self.change(Vault::remove_passphrase).await?;
            }
            VaultAsk::Wipe { code } => return self.wipe(code),
        }
        if is_change {
            self.tell_order_key();
        }
        Ok(Reply::Vault(self.row()))
    }

    fn lock(&self) -> Result<(), Refusal> {
        self.inside(|Inside { vault, gate }| match vault.protection() {
            Protection::KeyFile => Err(no_passphrase()),
            Protection::PassphraseForOrders | Protection::Passphrase => {
                gate.lock();
                vault.close_orders();
                Ok(())
            }
        })
    }

    /// Whoever changes the passphrase knows the one so far.
    async fn prove(self: &Arc<Guard>, old: Passphrase) -> Result<(), Refusal> {
        match self.row().protection {
            Protection::KeyFile => Ok(()),
            Protection::PassphraseForOrders | Protection::Passphrase => {
                self.try_passphrase(old).await
            }
        }
    }

    async fn try_passphrase(self: &Arc<Guard>, passphrase: Passphrase) -> Result<(), Refusal> {
        let now = Instant::now();
        let mut vault = self.inside(|Inside { vault, gate }| match vault.protection() {
            Protection::KeyFile => Err(no_passphrase()),
            Protection::PassphraseForOrders | Protection::Passphrase => match gate.wait(now) {
                Some(wait) => Err(too_soon(wait)),
                None => Ok(vault.clone()),
            },
        })?;
        // One try takes a while by purpose; the links must not wait for it.
        let tried = tokio::task::spawn_blocking(move || {
            let tried = vault.unlock(passphrase.as_str());
            (tried, vault)
        });
        let (tried, vault) = tried.await.map_err(|_| interrupted())?;
        let (now, open_for) = (Instant::now(), self.open_for);
        self.inside(|inside| match tried {
            Tried::Right => {
                inside.vault = vault;
                inside.gate.right(now, open_for);
                self.opened.send_replace(true);
                Ok(())
            }
            Tried::Wrong => {
                inside.gate.wrong(now);
                Err(wrong())
            }
        })
    }

    /// Work on a copy of the vault without holding anybody up, then put it in its place.
    async fn change(
        self: &Arc<Guard>,
        work: impl FnOnce(&mut Vault) -> Result<(), Said> + Send + 'static,
    ) -> Result<(), Refusal> {
        let mut vault = self.with(|vault| vault.clone());
        let done = tokio::task::spawn_blocking(move || work(&mut vault).map(|()| vault));
        let done = done.await.map_err(|_| interrupted())?;
        let changed = done.map_err(|said| Refusal::new(RefusalCode::BadValue, said.zh, said.en))?;
        self.with(|vault| *vault = changed);
        Ok(())
    }

    fn wipe(&self, code: Option<String>) -> Answer {
        let refuse = |said: Said| Refusal::new(RefusalCode::NotSaved, said.zh, said.en);
        let plan = self.with(|vault| Plan::of(vault, &self.more)).map_err(refuse)?;
        let destroyed = plan.destroyed.iter().map(|path| path.display().to_string()).collect();
        let Some(code) = code else {
            return Ok(Reply::Wipe(WipeRow { destroyed, code: Some(plan.code) }));
        };
        if code.trim() != plan.code {
            return Err(wrong_code());
        }
        self.with(wipe::destroy_keys).map_err(refuse)?;
        tracing::warn!("密钥已销毁，正在停止 / the keys are destroyed; stopping");
        self.wiped.send_replace(Some(plan));
        Ok(Reply::Wipe(WipeRow { destroyed, code: None }))
    }

    fn inside<T>(&self, work: impl FnOnce(&mut Inside) -> T) -> T {
        work(&mut self.inside.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// True if it is signed for others to obey. A plea for help, receipts, positions and stock go out
/// unattended: they bind nobody, and waiting may cost lives.
fn needs_passphrase(request: &Request) -> bool {
    match request {
        // A draft binds nobody before its signature, which needs the passphrase.
        Request::SendOrder(draft) => draft.kind != OrderKind::Request && !draft.for_signature,
        Request::SignOrder { .. }
        | Request::CancelOrder { .. }
        | Request::AdmitDevice { .. }
        | Request::RenewDevice { .. }
        | Request::RevokeDevice { .. }
        | Request::AddToGroup { .. }
        | Request::RemoveFromGroup { .. } => true,
        Request::ImportDirectory(draft) => !draft.dry_run,
        _ => false,
    }
}

/// Whether orders go out, and whether a passphrase may be tried. Times are handed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Gate {
    open_until: Option<Instant>,
    wrong: u32,
    shut_until: Option<Instant>,
}

impl Gate {
    /// For how long orders still go out without the passphrase.
    fn open_for(&self, now: Instant) -> Option<Duration> {
        let left = self.open_until?.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    /// An order passes, and starts the time anew; `None` if it may not.
    fn pass(&mut self, now: Instant, open_for: Duration) -> Option<()> {
        self.open_for(now)?;
        self.open_until = now.checked_add(open_for);
        Some(())
    }

    /// How long the next try must wait.
    fn wait(&self, now: Instant) -> Option<Duration> {
        let left = self.shut_until?.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    fn right(&mut self, now: Instant, open_for: Duration) {
        *self = Gate { open_until: now.checked_add(open_for), ..Gate::default() };
    }

    fn wrong(&mut self, now: Instant) {
        self.wrong = self.wrong.saturating_add(1);
        let Some(beyond) = self.wrong.checked_sub(TRIES_FREE) else { return };
        let wait = Duration::from_secs(1 << beyond.min(6)).min(TRY_WAIT_MAX);
        self.shut_until = now.checked_add(wait);
    }

    fn lock(&mut self) {
        self.open_until = None;
    }
}

mod refusals;
#[cfg(test)]
mod tests;
