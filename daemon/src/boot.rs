//! From a configuration to a running daemon, and back down again. Wiring only.
//!
//! ```text
//! main thread     control socket, links, sources           (one-threaded runtime)
//! thread "pump"   the machine
//! thread "writer" the disk
//! ```
//!
//! Going down: links and sources end, the pump waits for the disk, answers or refuses what is
//! open, the streams end, the socket's file goes away.
//!
//! A machine whose disk refused a save takes nothing more, because what it holds in memory is no
//! longer what is saved. When the disk works again, everything goes down and up once more within
//! the process, from what was saved.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use sanduan_protocol::local::Request;
use sanduan_protocol::node::{Input, Node, Settings};
use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use crate::api::feed::Feed;
use crate::api::listen::ControlSocket;
use crate::api::{ASKS_WAITING_MAX, Api, router};
use crate::bearer::Bearers;
use crate::clock::{Clock, wall};
use crate::config::Config;
use crate::files::{self, Files};
use crate::home::Home;
use crate::pump::{Figures, Inbox, Outlets, Pump};
use crate::reload::{RELOADS_WAITING_MAX, Reloader};
use crate::said::Said;
use crate::source::Sources;
use crate::store::probe::try_disk;
use crate::store::room::{self, Gauge};
use crate::store::upkeep::Upkeep;
use crate::store::writer::Writer;
use crate::store::{Pair, Store};
use crate::vault::door::{self, Passed};
use crate::vault::guard::Guard;
use crate::vault::wipe::{self, Plan};
use crate::vault::{Vault, migrate};
use crate::village::Gateway;
use crate::{machine, power};

/// Inputs from links that wait for the pump; beyond, the sockets wait.
const LINK_INPUTS_MAX: usize = 512;
/// Fixes that wait for the pump.
const SOURCE_INPUTS_MAX: usize = 16;
/// How long open HTTP requests may take after the pump has ended.
const HTTP_END_MAX: Duration = Duration::from_secs(2);
/// How long the machine may take to answer the watchdog.
const ALIVE_MAX: Duration = Duration::from_secs(10);

/// How often a disk that refused is tried again.
const DISK_RETRY: Duration = Duration::from_secs(5);

/// Ends when the process is asked to stop.
type StopAsked = Pin<Box<dyn Future<Output = ()>>>;

/// Why everything went down.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ended {
    /// A signal asked for it.
    Asked,
    /// The disk had refused a save and works again.
    DiskWorks,
    /// The keys were destroyed; this is to go too.
    Wiped(Plan),
    /// The pump ended, or does not answer.
    Alone,
}

/// The pump's thread and how to end it.
struct Running {
    thread: JoinHandle<()>,
    ended: oneshot::Receiver<()>,
    stop: watch::Sender<bool>,
}

/// Run the daemon with the configuration that was read from `path`, until a signal asks it to
/// stop. A hangup does not: it has the file read again.
///
/// # Errors
/// It could not start, or the pump ended by itself.
pub async fn run(path: &Path, mut config: Config) -> Result<(), Said> {
    // One listener for the whole life: a signal between two openings is not missed.
    let mut asked: StopAsked = Box::pin(asked_to_stop());
    let vault = Vault::enter(&config.data_dir, &config.vault.key_file)?;
    let handsets = config.village.iter().map(|village| village.handsets.clone()).collect();
    let guard = Arc::new(Guard::new(vault, config.vault.orders_open, handsets));
    if !guard.is_open() {
        match door::wait(&config, &guard, &mut asked).await? {
            Passed::Opened => {}
            Passed::Wiped(plan) => return wiped(&plan),
            Passed::Stop => return Ok(()),
        }
    }
    loop {
        match run_once(path, &config, &guard, &mut asked).await? {
            Ended::DiskWorks => {}
            Ended::Wiped(plan) => return wiped(&plan),
            Ended::Asked | Ended::Alone => break,
        }
        tracing::info!("磁盘已恢复，重新打开数据 / the disk works again; the data is opened anew");
        if let Ok(fresh) = Config::load(path) {
            // As after any other reading: a file with a mistake leaves what there was.
            (config.bearers, config.sources) = (fresh.bearers, fresh.sources);
        }
    }
    tracing::info!("已停止 / stopped");
    Ok(())
}

/// Everything is down; the rest goes too.
fn wiped(plan: &Plan) -> Result<(), Said> {
    wipe::destroy_files(plan)?;
    tracing::warn!("本机数据已销毁 / this machine was wiped");
    Ok(())
}

async fn run_once(
    path: &Path,
    config: &Config,
    guard: &Arc<Guard>,
    asked: &mut StopAsked,
) -> Result<Ended, Said> {
    let hangups = signal(SignalKind::hangup()).map_err(no_thread)?;
    let home = guard.with(|vault| Home::of(vault))?;
    let settings = home.settings(config)?;
    let clock = Clock::new();
    let mut store = guard.with(|vault| migrate::open_store(vault, Some(config.store), wall().0))?;
    let pairs = store.load()?;
    tracing::info!(
        pairs = pairs.len(),
        journal_bytes = store.inner().journal_bytes(),
        "已打开数据 / data opened"
    );
    let socket = ControlSocket::open(&config.socket).await?;
    let node = node_of(&home, settings, pairs, &mut store, clock)?;
    let (link_inputs, links) = mpsc::channel(LINK_INPUTS_MAX);
    let (source_inputs, sources) = mpsc::channel(SOURCE_INPUTS_MAX);
    let (fates_in, fates) = mpsc::unbounded_channel::<Input>();
    let (asks_in, asks) = mpsc::channel(ASKS_WAITING_MAX);
    let feed = Arc::new(Feed::new(wall()));
    let figures = Arc::new(Figures::default());
    let (reloads_in, reloads) = mpsc::channel(RELOADS_WAITING_MAX);
    let files = Arc::new(Files::open(&config.data_dir, config.files_bytes_max)?);
    let api = Api::new(asks_in, feed.clone(), figures.clone()).with_reloads(reloads_in);
    let api = Arc::new(api.with_files(files.clone()).with_guard(guard.clone()));
    let bearers = Bearers::new(&home, &link_inputs, clock, &api);
    let switchboard = bearers.switchboard();
    let mut tasks = JoinSet::new();
    tasks.spawn(switchboard.clone().keep_metering());
    if let Some(village) = &config.village {
        let gateway = Gateway::open(village, &home, &api, &bearers.exchange())?;
        tasks.spawn(gateway.run());
    }
    let following = Sources::new(source_inputs.clone());
    let reloader = Reloader::start(path, config, bearers, following).await;
    tasks.spawn(reloader.run(reloads, hangups));
    let upkeep = store.inner().upkeep();
    upkeep.scrub_every(u64::from(config.scrub_hours) * 3_600_000);
    tasks.spawn(room::run(gauge(config, upkeep.clone()), source_inputs.clone()));
    tasks.spawn(power::run(config.battery.clone(), source_inputs, upkeep));
    tasks.spawn(files::fetch::run(files, api.clone()));
    guard.tell_of_orders(&fates_in);
    tasks.spawn(guard.clone().close_orders_in_time());
    let writer = Writer::start(Box::new(store), fates_in).map_err(no_thread)?;
    let outlets = Outlets { writer, links: switchboard.clone(), feed, figures: figures.clone() };
    let pump = Pump::new(node, clock, outlets);
    let running = start_pump(|stop| pump.run(Inbox::new(fates, asks, links, sources), stop))?;
    let serving = serve(socket, api.clone(), running.stop.subscribe());
    let mut served = tokio::spawn(serving);
    let _ = sd_notify::notify(&[NotifyState::Ready]);
    tracing::info!(socket = %config.socket.display(), "已就绪 / ready");
    let mended = disk_works_again(config.data_dir.clone(), figures);
    let why = why_end(asked, guard, mended, &api);
    let result = wait(running, why, tasks).await;
    switchboard.save_meters();
    if tokio::time::timeout(HTTP_END_MAX, &mut served).await.is_err() {
        tracing::debug!("some HTTP requests were cut off");
        // The socket must be free before it is opened again.
        served.abort();
        let _ = served.await;
    }
    result
}

/// The node that the store tells of, and its keys in the store alone.
fn node_of(
    home: &Home,
    settings: Settings,
    pairs: Vec<Pair>,
    store: &mut dyn Store,
    clock: Clock,
) -> Result<Node, Said> {
    if pairs.is_empty() {
        return Err(lost_disk(home.folder()));
    }
    let node = machine::open(settings, pairs, clock.now())?;
    if !node.has_started_before() {
        return Err(lost_disk(home.folder()));
    }
    if let Err(said) = home.leave_epoch_keys_to(store, &node) {
        tracing::warn!(%said, "入网当日的密钥仍在 network.secret / network.secret keeps its keys");
    }
    Ok(node)
}

/// Wait for a reason to end, then bring everything down.
async fn wait(
    mut running: Running,
    why: impl Future<Output = Ended>,
    mut tasks: JoinSet<()>,
) -> Result<Ended, Said> {
    let ended = tokio::select! {
        ended = why => ended,
        _ = &mut running.ended => Ended::Alone,
    };
    if ended != Ended::DiskWorks {
        let _ = sd_notify::notify(&[NotifyState::Stopping]);
        tracing::info!("正在停止 / stopping");
    }
    tasks.shutdown().await;
    running.stop.send_replace(true);
    // The pump bounds its own ending.
    let _ = running.ended.await;
    let panicked = running.thread.join().is_err();
    if panicked || ended == Ended::Alone {
        return Err(Said::new(
            "内部错误，已停止；已确认保存的内容没有丢失，请重新启动 sanduand 并报告日志",
            "an internal error stopped the daemon; nothing that was confirmed is lost. Restart \
             sanduand and report the log",
        ));
    }
    Ok(ended)
}

/// The first reason to end that is not the pump's own.
async fn why_end(
    asked: &mut StopAsked,
    guard: &Guard,
    mended: impl Future<Output = ()>,
    api: &Api,
) -> Ended {
    tokio::select! {
        () = asked => Ended::Asked,
        plan = guard.wiped() => Ended::Wiped(plan),
        () = mended => Ended::DiskWorks,
        () = keep_watchdog(api) => Ended::Alone,
    }
}

/// Ends when a save was refused and the disk takes writes again; never, if none was refused.
async fn disk_works_again(folder: PathBuf, figures: Arc<Figures>) {
    loop {
        tokio::time::sleep(DISK_RETRY).await;
        if figures.batches_failed.load(Ordering::Relaxed) == 0 {
            continue;
        }
        let folder = folder.clone();
        match tokio::task::spawn_blocking(move || try_disk(&folder)).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => tracing::debug!(%error, "the disk still refuses"),
            Err(error) => tracing::error!(%error, "磁盘试不了 / the disk could not be tried"),
        }
    }
}

fn gauge(config: &Config, upkeep: Arc<Upkeep>) -> Gauge {
    Gauge { folder: config.data_dir.clone(), quota_bytes: config.store_bytes_max, upkeep }
}

/// The pump waits for the disk at times, so it has a thread and a small runtime of its own.
fn start_pump<F, R>(run: F) -> Result<Running, Said>
where
    F: FnOnce(watch::Receiver<bool>) -> R + Send + 'static,
    R: Future<Output = ()>,
{
    let (stop, stopped) = watch::channel(false);
    let (end, ended) = oneshot::channel();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(no_thread)?;
    let thread = std::thread::Builder::new()
        .name("pump".to_owned())
        .spawn(move || {
            // Dropped at the end however it comes, a panic included.
            let _end: oneshot::Sender<()> = end;
            runtime.block_on(run(stopped));
        })
        .map_err(no_thread)?;
    Ok(Running { thread, ended, stop })
}

/// The folder names a member, but its store has never been written: it was lost or put back.
fn lost_disk(folder: &Path) -> Said {
    let folder = folder.display();
    Said::new(
        format!(
            "{folder} 的数据已丢失（没有日志）：为安全起见不能再用原密钥通信。请移走该目录，\
             在新目录中重新 sanduan device request 入网；其他机器上的记录不受影响"
        ),
        format!(
            "the data in {folder} is lost (no journal): for safety the old key must not speak \
             again. Move this folder away and enrol anew with `sanduan device request` in a new \
             one; what other machines hold is safe"
        ),
    )
}

fn no_thread(error: std::io::Error) -> Said {
    let Said { zh, en } = Said::of_line(&error);
    Said::new(format!("无法启动线程（{zh}）"), format!("cannot start a thread ({en})"))
}

async fn serve(socket: ControlSocket, api: Arc<Api>, mut stop: watch::Receiver<bool>) {
    let stopped = async move {
        // The sender is gone only when the daemon is down anyway.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let served = axum::serve(socket, router(api)).with_graceful_shutdown(stopped).await;
    if let Err(error) = served {
        tracing::error!(%error, "控制套接字出错 / the control socket failed");
    }
}

async fn asked_to_stop() {
    let kinds = [SignalKind::terminate(), SignalKind::interrupt()];
    let mut signals = Vec::new();
    for kind in kinds {
        match signal(kind) {
            Ok(signal) => signals.push(signal),
            Err(error) => tracing::error!(%error, "信号收不到 / a signal cannot be watched"),
        }
    }
    let waits = signals.iter_mut().map(|signal| Box::pin(signal.recv()));
    futures_util::future::select_all(waits).await;
}

/// Tell systemd that the machine still answers, as often as it asks for; for ever if it does
/// not. Returns when the machine no longer answers.
async fn keep_watchdog(api: &Api) {
    let Some(period) = sd_notify::watchdog_enabled() else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(period / 2).await;
        match tokio::time::timeout(ALIVE_MAX, api.ask(Request::Status)).await {
            Ok(_) => drop(sd_notify::notify(&[NotifyState::Watchdog])),
            Err(_) => {
                tracing::error!("节点不再应答 / the machine does not answer any more");
                return;
            }
        }
    }
}
