//! Prints how many orders a second a machine confirms as durable, and how long the answer takes:
//! the real node behind the real pump and writer, each order signed, sealed under the data key,
//! appended to the journal and synced before it is answered. No sockets: what HTTP adds is not in
//! it. The folder is in the system's folder for temporary files; `TMPDIR` names another disk.
//!
//! `cargo run --release -p sanduan-daemon --example durable_orders -- 3000`

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sanduan_daemon::api::feed::Feed;
use sanduan_daemon::api::{ASKS_WAITING_MAX, Api};
use sanduan_daemon::bearer::Switchboard;
use sanduan_daemon::clock::{Clock, wall};
use sanduan_daemon::config::Config;
use sanduan_daemon::home::Home;
use sanduan_daemon::machine;
use sanduan_daemon::offline::found::{Founding, found};
use sanduan_daemon::pump::{Figures, Inbox, Outlets, Pump};
use sanduan_daemon::store::Store;
use sanduan_daemon::store::engine::Engine;
use sanduan_daemon::store::writer::Writer;
use sanduan_daemon::vault::{Vault, migrate};
use sanduan_protocol::base::class::Class;
use sanduan_protocol::local::Request;
use sanduan_protocol::local::request::OrderDraft;
use tokio::sync::{mpsc, watch};

type Fault = Box<dyn std::error::Error>;

/// Orders of one row, unless the command line says otherwise.
const ORDERS: usize = 3_000;
/// People and programs that each wait for an answer before they give the next order.
const ASKERS: [usize; 3] = [1, 8, 64];
/// Who is to answer.
const UNITS: &str = "code,name,kind\nT01,一中队,team\nT02,二中队,team\n";
/// Inputs of links and receivers: there are none.
const OTHERS: usize = 1;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fault> {
    let count: usize = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => ORDERS,
    };
    let mut out = std::io::stdout();
    writeln!(
        out,
        "每种 {count} 条，先落盘后应答 {count} orders a row, on the disk before the answer"
    )?;
    writeln!(
        out,
        "{:<6} {:>6} {:>10} {:>9} {:>9} {:>9}",
        "store", "askers", "orders/s", "p50 ms", "p99 ms", "max ms"
    )?;
    for engine in Engine::ALL {
        for askers in ASKERS {
            let (waits, span) = run(engine, askers, count).await?;
            let of = |percent: usize| {
                let place = (waits.len() * percent).div_ceil(100).max(1) - 1;
                waits[place].as_secs_f64() * 1000.0
            };
            let per_s = waits.len() as f64 / span.as_secs_f64();
            writeln!(
                out,
                "{:<6} {askers:>6} {per_s:>10.0} {:>9.2} {:>9.2} {:>9.2}",
                engine.name(),
                of(50),
                of(99),
                of(100),
            )?;
        }
    }
    Ok(())
}

/// So many orders; how long each waited for its answer, shortest first, and how long all took.
async fn run(
    engine: Engine,
    askers: usize,
    count: usize,
) -> Result<(Vec<Duration>, Duration), Fault> {
    let name = format!("sanduan-durable-{}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    let measured = measure(&folder, engine, askers, count).await;
    std::fs::remove_dir_all(&folder)?;
    measured
}

async fn measure(
    folder: &Path,
    engine: Engine,
    askers: usize,
    count: usize,
) -> Result<(Vec<Duration>, Duration), Fault> {
    let tables = folder.join("tables");
    std::fs::create_dir_all(&tables)?;
    std::fs::write(tables.join("units.csv"), UNITS)?;
    let folder = &folder.join("eoc");
    let founding = Founding {
        folder: folder.to_owned(),
        import: Some(tables),
        district: "500116".to_owned(),
        name: "江津区".to_owned(),
        ..Founding::default()
    };
    found(&founding)?;
    let config = Config::load(&Home::at(folder).config_path())?;
    let mut vault = Vault::enter_open(folder, &config.vault.key_file)?;
    let settings = Home::of(&vault)?.settings(&config)?;
    let mut store = migrate::open_store(&mut vault, Some(engine), wall().0)?;
    let (pairs, clock) = (store.load()?, Clock::new());
    let node = machine::open(settings, pairs, clock.now())?;
    let (links, links_out) = mpsc::channel(OTHERS);
    let (_sources, sources_out) = mpsc::channel(OTHERS);
    let (fates_in, fates) = mpsc::unbounded_channel();
    let (asks, asks_out) = mpsc::channel(ASKS_WAITING_MAX);
    let (feed, figures) = (Arc::new(Feed::new(wall())), Arc::new(Figures::default()));
    let api = Arc::new(Api::new(asks, feed.clone(), figures.clone()));
    let writer = Writer::start(Box::new(store), fates_in)?;
    let outlets = Outlets { writer, links: Switchboard::new(links), feed, figures };
    let (stop, stopped) = watch::channel(false);
    let inbox = Inbox::new(fates, asks_out, links_out, sources_out);
    let pump = tokio::spawn(Pump::new(node, clock, outlets).run(inbox, stopped));
    let began = Instant::now();
    let each = count.div_ceil(askers);
    let tasks: Vec<_> =
        (0..askers).map(|asker| tokio::spawn(give(api.clone(), asker, each))).collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await??);
    }
    let span = began.elapsed();
    stop.send_replace(true);
    pump.await?;
    waits.sort_unstable();
    Ok((waits, span))
}

/// One asker: an order, its answer, the next one.
async fn give(api: Arc<Api>, asker: usize, count: usize) -> Result<Vec<Duration>, String> {
    let mut waits = Vec::with_capacity(count);
    for number in 0..count {
        let draft = OrderDraft {
            to: "all".to_owned(),
            class: Some(Class::Immediate),
            text: format!("滨江路{asker}号楼{number}人被困，请派冲锋舟"),
            ..OrderDraft::default()
        };
        let asked = Instant::now();
        api.ask(Request::SendOrder(draft)).await.map_err(|refusal| refusal.to_string())?;
        waits.push(asked.elapsed());
    }
    Ok(waits)
}
