//! Carried by hand: finds the sticks that are plugged in, takes in what lies on them and leaves
//! what this device holds. The files themselves are made and read by the node; here they are
//! only moved. Each stick has a task of its own, so that a slow one keeps no other waiting.

mod sticks;
mod visit;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sanduan_protocol::link::condition::Condition;
use sanduan_protocol::link::profile::{Medium, Profile};
use sanduan_protocol::local::{Reply, Request};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use self::sticks::Stick;
use self::visit::{Host, News};
use super::{LinkVoice, profile_of};
use crate::api::Api;
use crate::clock;
use crate::config::{BearerConfig, CarryConfig};

/// How often is looked for sticks: a person who plugs one in waits a few seconds for it.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// Words from visits that wait to be said.
const NEWS_MAX: usize = 64;
/// Sticks served at once; a hub has fewer ports.
const STICKS_MAX: usize = 16;

/// The profile of the link, if anything is watched.
pub fn profiles(bearer: &BearerConfig, config: &CarryConfig) -> Vec<Profile> {
    let place = config.folder.as_deref().or(config.watch.as_deref());
    let profile = |at: &Path| {
        let target = at.display().to_string();
        Profile { medium: Medium::Carry, ..profile_of(bearer, bearer.name.clone(), target) }
    };
    place.into_iter().map(profile).collect()
}

/// Watch until the task is dropped.
pub async fn run(config: CarryConfig, voice: LinkVoice, api: Arc<Api>) {
    let host = Arc::new(Host::new(own_name(&api).await, api));
    let (tell, mut news) = mpsc::channel(NEWS_MAX);
    let mut desk = Desk::new(config, voice);
    let mut visits = JoinSet::new();
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            _ = look.tick() => {
                let found = sticks::find(&desk.config).await;
                desk.compare(found, &host, &tell, &mut visits).await;
            }
            Some(said) = news.recv() => desk.hear(said).await,
            Some(_) = visits.join_next() => {}
        }
    }
}

/// Name of the file that this device leaves: told apart by district and device.
async fn own_name(api: &Api) -> String {
    match api.ask(Request::Status).await {
        Ok(Reply::Status(status)) => {
            format!("{}-{}.{}", status.district, status.device, visit::ENDING)
        }
        _ => format!("sanduan.{}", visit::ENDING),
    }
}

/// The link, and the sticks that are there.
struct Desk {
    config: CarryConfig,
    voice: LinkVoice,
    here: BTreeMap<Stick, tokio::task::AbortHandle>,
    /// Why one of them cannot be used, by its path.
    troubles: BTreeMap<String, String>,
    said: Option<Result<(), String>>,
    condition: Condition,
}

impl Desk {
    fn new(config: CarryConfig, voice: LinkVoice) -> Desk {
        let (here, troubles) = (BTreeMap::new(), BTreeMap::new());
        Desk { config, voice, here, troubles, said: None, condition: Condition::default() }
    }

    /// Begin a visit to each stick that came, end those to sticks that went.
    async fn compare(
        &mut self,
        found: Vec<Stick>,
        host: &Arc<Host>,
        tell: &mpsc::Sender<News>,
        visits: &mut JoinSet<()>,
    ) {
        let gone: Vec<Stick> =
            self.here.keys().filter(|stick| !found.contains(stick)).cloned().collect();
        for stick in gone {
            tracing::info!(stick = %stick.root.display(), "U 盘已取走 / the stick is gone");
            self.troubles.remove(&stick.name());
            if let Some(visit) = self.here.remove(&stick) {
                visit.abort();
            }
        }
        for stick in found {
            let is_over = self.here.get(&stick).is_some_and(|visit| visit.is_finished());
            if (self.here.contains_key(&stick) && !is_over) || self.here.len() >= STICKS_MAX {
                continue;
            }
            tracing::info!(
                stick = %stick.root.display(),
                writable = stick.leave_in.is_some(),
                "发现 U 盘 / a stick is there"
            );
            let task = visit::run(stick.clone(), host.clone(), tell.clone());
            self.here.insert(stick, visits.spawn(task));
        }
        self.settle().await;
    }

    async fn hear(&mut self, news: News) {
        match news {
            News::Took { bytes } => {
                self.condition.last_heard = Some(clock::wall());
                self.voice.carried(0, bytes);
            }
            News::Left { stick, bytes } => {
                self.condition.last_sent = Some(clock::wall());
                self.voice.carried(bytes, 0);
                self.troubles.remove(&stick);
            }
            News::Dropped { reason } => self.voice.dropped(reason).await,
            News::Trouble { stick, reason } => {
                self.troubles.insert(stick, reason);
            }
        }
        self.settle().await;
        self.voice.tell(self.condition).await;
    }

    /// Say how the link stands, if that is news.
    async fn settle(&mut self) {
        let names: Vec<String> = self.here.keys().map(Stick::name).collect();
        let now = match (self.troubles.values().next(), names.is_empty()) {
            (Some(trouble), _) => Err(trouble.clone()),
            (None, true) => Err(self.absent()),
            (None, false) => Ok(()),
        };
        let target = names.join(", ");
        let is_moved = !target.is_empty() && target != self.voice.profile().target;
        if is_moved {
            // The last stick stays named when it is gone: that is what people ask for.
            let profile = Profile { target, ..self.voice.profile().clone() };
            self.voice.learn(profile);
        }
        if self.said.as_ref() == Some(&now) && !is_moved {
            return;
        }
        match &now {
            Ok(()) => self.voice.up().await,
            Err(reason) => self.voice.down(reason).await,
        }
        self.said = Some(now);
    }

    fn absent(&self) -> String {
        match (&self.config.folder, &self.config.watch) {
            (Some(folder), _) => {
                let folder = folder.display();
                format!(
                    "{folder} 不在：插入 U 盘并挂载到此处 / {folder} is not there: plug in the \
                     stick and mount it here"
                )
            }
            (None, Some(watch)) => {
                let watch = watch.display();
                format!(
                    "{watch} 下没有 U 盘：插入并挂载；要写出本机记录，盘上须有 sanduan 文件夹 / no \
                     stick below {watch}: plug one in and mount it; to have records left on it, \
                     make a folder sanduan there"
                )
            }
            (None, None) => "没有可看的地方 / nowhere to look".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
