//! The configuration file, read again while the daemon runs: bearers and sources come, change and
//! go; orders go on meanwhile. A file with a mistake changes nothing and says where it is. What
//! `[node]` says counts from the next start on. Beside the pump: the machine only hears of links
//! that come and go.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sanduan_protocol::local::rows::ReloadRow;
use sanduan_protocol::local::{Refusal, RefusalCode, Reply};
use tokio::signal::unix::Signal;
use tokio::sync::{mpsc, oneshot};

use crate::bearer::Bearers;
use crate::config::{Config, Findings};
use crate::pump::Answer;
use crate::source::Sources;

/// Requests to read the configuration again that wait for the one under way.
pub const RELOADS_WAITING_MAX: usize = 4;

/// A request to read the configuration again.
#[derive(Debug)]
pub struct ReloadAsk {
    /// Only say what would change.
    pub check_only: bool,
    /// Where the answer goes.
    pub answer: oneshot::Sender<Answer>,
}

/// Who has the configuration file, and everything that follows it while the daemon runs.
#[derive(Debug)]
pub struct Reloader {
    path: PathBuf,
    config: Config,
    bearers: Bearers,
    sources: Sources,
}

impl Reloader {
    /// Start what `config` names; it was read from `path`.
    pub async fn start(
        path: &Path,
        config: &Config,
        bearers: Bearers,
        sources: Sources,
    ) -> Reloader {
        let (path, config) = (path.to_owned(), config.clone());
        let mut reloader = Reloader { path, config, bearers, sources };
        reloader.apply().await;
        reloader
    }

    /// Answer requests and hangups until the daemon stops. Dropped, everything ends.
    pub async fn run(mut self, mut asks: mpsc::Receiver<ReloadAsk>, mut hangups: Signal) {
        loop {
            tokio::select! {
                ask = asks.recv() => {
                    let Some(ReloadAsk { check_only, answer }) = ask else { return };
                    // Whoever asked may have gone away; what was done stays done.
                    let _ = answer.send(self.reload(check_only).await);
                }
                _ = hangups.recv() => match self.reload(false).await {
                    Ok(_) => {}
                    Err(refusal) => tracing::error!(
                        %refusal,
                        "配置有误，未作任何改动 / the configuration has mistakes; nothing was changed"
                    ),
                },
            }
        }
    }

    async fn reload(&mut self, check_only: bool) -> Answer {
        let path = self.path.clone();
        let read = tokio::task::spawn_blocking(move || Config::load(&path)).await;
        let fresh = match read {
            Ok(Ok(fresh)) => fresh,
            Ok(Err(findings)) => return Err(refused(&findings)),
            // Only a panic ends the reading early.
            Err(error) => {
                return Err(Refusal::new(
                    RefusalCode::BadFile,
                    format!("配置文件没有读完({error})，请重试"),
                    format!("the configuration was not read to its end ({error}); try again"),
                ));
            }
        };
        let row = ReloadRow { check_only, ..difference(&self.config, &fresh) };
        if !check_only {
            self.config.bearers = fresh.bearers;
            self.config.sources = fresh.sources;
            self.apply().await;
            tracing::info!(
                started = ?row.started,
                changed = ?row.changed,
                ended = ?row.ended,
                needs_restart = ?row.needs_restart,
                "已重读配置 / the configuration was read again"
            );
        }
        Ok(Reply::Reloaded(Box::new(row)))
    }

    async fn apply(&mut self) {
        self.bearers.apply(&self.config.bearers).await;
        self.sources.apply(&self.config.sources).await;
    }
}

fn refused(findings: &Findings) -> Refusal {
    Refusal::new(
        RefusalCode::BadFile,
        format!("配置有误，未作任何改动。\n{}", findings.lines(|finding| &finding.zh)),
        format!("Nothing was changed:\n{}", findings.lines(|finding| &finding.en)),
    )
}

/// What reading `fresh` in place of `known` comes to.
pub fn difference(known: &Config, fresh: &Config) -> ReloadRow {
    let mut row = ReloadRow::default();
    let bearers = named(&known.bearers, &fresh.bearers, |bearer| &bearer.name);
    let sources = named(&known.sources, &fresh.sources, |source| &source.name);
    for (name, fate) in bearers.into_iter().chain(sources) {
        match fate {
            Fate::Started => row.started.push(name),
            Fate::Changed => row.changed.push(name),
            Fate::Ended => row.ended.push(name),
            Fate::Unchanged => row.unchanged.push(name),
        }
    }
    let node = [
        ("data_dir", known.data_dir != fresh.data_dir),
        ("socket", known.socket != fresh.socket),
        ("operator", known.operator != fresh.operator),
        ("seal_after_s", known.seal_after_s != fresh.seal_after_s),
        ("battery", known.battery != fresh.battery),
        ("log", known.log != fresh.log),
        ("vault", known.vault != fresh.vault),
        ("village", known.village != fresh.village),
    ];
    let differing = node.into_iter().filter(|(_, differs)| *differs);
    row.needs_restart = differing.map(|(key, _)| key.to_owned()).collect();
    row
}

/// What becomes of one bearer or source.
enum Fate {
    Started,
    Changed,
    Ended,
    Unchanged,
}

/// The fate of each by its name, in the order of the fresh file; what ends comes last.
fn named<T: PartialEq>(known: &[T], fresh: &[T], name: impl Fn(&T) -> &str) -> Vec<(String, Fate)> {
    let mut fates = Vec::new();
    for one in fresh {
        let fate = match known.iter().find(|old| name(old) == name(one)) {
            None => Fate::Started,
            Some(old) if old == one => Fate::Unchanged,
            Some(_) => Fate::Changed,
        };
        fates.push((name(one).to_owned(), fate));
    }
    let names: BTreeSet<&str> = fresh.iter().map(&name).collect();
    let gone = known.iter().filter(|old| !names.contains(name(old)));
    fates.extend(gone.map(|old| (name(old).to_owned(), Fate::Ended)));
    fates
}

#[cfg(test)]
mod tests;
