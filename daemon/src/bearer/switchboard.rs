//! The links there are: opened by bearers, also while the daemon runs, and reached by the pump.
//! Whatever passes is metered here, and what a bearer says of itself is completed by the meter, so
//! that no bearer counts for itself.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sanduan_protocol::base::caps::LINKS_MAX;
use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::link::condition::Condition;
use sanduan_protocol::link::profile::Profile;
use sanduan_protocol::node::Input;
use tokio::sync::mpsc;

use super::meter::{Draft, Meters};
use crate::clock::wall;

/// Frames on their way from the pump to a link's task. The machine sends one and waits for
/// `LinkReady`, so there is never more than one; the second place covers a reconnect.
const FRAMES_WAITING_MAX: usize = 2;

/// How often the machine is told of what was counted, where that does not change what may leave.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// How often the counters are written down. A power cut forgets as much.
const SAVE_EVERY: Duration = Duration::from_secs(60);

/// One frame on its way to a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parcel {
    /// The frame.
    pub frame: Vec<u8>,
    /// Nothing in it is urgent: a bearer with two ways may send it by the slower one.
    pub bulk: bool,
}

/// Opens links and hands frames to them. Clones share the same links.
#[derive(Clone, Debug)]
pub struct Switchboard {
    lines: Arc<Mutex<Lines>>,
    inputs: mpsc::Sender<Input>,
}

#[derive(Debug)]
struct Lines {
    /// Numbers never come back while the daemon runs, so that nothing meant for a link that is
    /// gone reaches a later one.
    next: u16,
    to: BTreeMap<LinkId, Line>,
    meters: Meters,
}

/// The pump's end of one link.
#[derive(Debug)]
struct Line {
    frames: mpsc::Sender<Parcel>,
    profile: Profile,
    /// The machine knows the link.
    is_known: bool,
    /// What its bearer last said of itself.
    said: Condition,
    /// What the machine was last told.
    told: Condition,
}

/// One link as its task sees it.
#[derive(Debug)]
pub struct LinkDoor {
    /// What it says.
    pub voice: LinkVoice,
    /// Frames to carry.
    pub frames: mpsc::Receiver<Parcel>,
}

/// What one link says to the machine.
#[derive(Clone, Debug)]
pub struct LinkVoice {
    link: LinkId,
    profile: Profile,
    board: Switchboard,
}

impl Switchboard {
    /// No links yet; what links say goes to `inputs`. Counters begin at nothing and are not kept.
    pub fn new(inputs: mpsc::Sender<Input>) -> Switchboard {
        Switchboard::over(inputs, Meters::default())
    }

    /// The same, with counters that are kept in `folder`.
    pub fn metered(inputs: mpsc::Sender<Input>, folder: &Path) -> Switchboard {
        Switchboard::over(inputs, Meters::load(folder))
    }

    fn over(inputs: mpsc::Sender<Input>, meters: Meters) -> Switchboard {
        let lines = Lines { next: 1, to: BTreeMap::new(), meters };
        Switchboard { lines: Arc::new(Mutex::new(lines)), inputs }
    }

    /// A new link; none if there are too many already. It says nothing before its task does.
    pub fn open(&self, profile: Profile) -> Option<LinkDoor> {
        let mut lines = self.lines();
        if lines.to.len() >= LINKS_MAX || lines.next == u16::MAX {
            return None;
        }
        let link = LinkId(lines.next);
        lines.next += 1;
        let (to, frames) = mpsc::channel(FRAMES_WAITING_MAX);
        let (said, told) = (Condition::default(), Condition::default());
        let line = Line { frames: to, profile: profile.clone(), is_known: false, said, told };
        lines.to.insert(link, line);
        let voice = LinkVoice { link, profile, board: self.clone() };
        Some(LinkDoor { voice, frames })
    }

    /// Take a link away for good.
    pub async fn close(&self, link: LinkId) {
        if self.lines().to.remove(&link).is_some() {
            let _ = self.inputs.send(Input::LinkGone { link }).await;
        }
    }

    /// Take all links of a bearer away for good, those too that it opened while it ran.
    pub async fn close_all(&self, bearer: &str) {
        let of_bearer =
            |(link, line): (&LinkId, &Line)| (line.profile.bearer == bearer).then_some(*link);
        let links: Vec<LinkId> = self.lines().to.iter().filter_map(of_bearer).collect();
        for link in links {
            self.close(link).await;
        }
    }

    /// Hand a frame to a link; false if it cannot take it.
    pub fn send(&self, link: LinkId, parcel: Parcel) -> bool {
        let mut lines = self.lines();
        let Lines { to, meters, .. } = &mut *lines;
        let Some(line) = to.get(&link) else { return false };
        let bytes = parcel.frame.len();
        let is_taken = line.frames.try_send(parcel).is_ok();
        if is_taken {
            meters.note_sent(&line.profile, bytes, wall());
        }
        is_taken
    }

    /// Keep the machine told of what was counted, and the counters on the disk, until dropped.
    pub async fn keep_metering(self) {
        let saves_after = SAVE_EVERY.as_secs() / TELL_EVERY.as_secs();
        for round in 1.. {
            tokio::time::sleep(TELL_EVERY).await;
            self.tell_all().await;
            let draft = (round % saves_after == 0).then(|| self.lines().meters.draft()).flatten();
            if let Some(draft) = draft {
                // Only a panic ends the writing early, and that is told by itself.
                let _ = tokio::task::spawn_blocking(move || draft.write()).await;
            }
        }
    }

    async fn tell_all(&self) {
        let links: Vec<LinkId> = self.lines().to.keys().copied().collect();
        for link in links {
            self.tell_news(link, |_, _| true).await;
        }
    }

    /// Write the counters down, at the end.
    pub fn save_meters(&self) {
        let draft = self.lines().meters.draft();
        draft.into_iter().for_each(Draft::write);
    }

    /// Tell the machine how a link stands, if that is news of the kind that `matters`: compared
    /// are what it was told and what is true now.
    async fn tell_news(&self, link: LinkId, matters: impl Fn(&Condition, &Condition) -> bool) {
        let news = {
            let mut lines = self.lines();
            let Lines { to, meters, .. } = &mut *lines;
            let Some(line) = to.get_mut(&link).filter(|line| line.is_known) else { return };
            let condition = meters.complete(&line.profile, line.said, wall());
            let is_news = condition != line.told && matters(&line.told, &condition);
            is_news.then(|| {
                line.told = condition;
                condition
            })
        };
        if let Some(condition) = news {
            let _ = self.inputs.send(Input::LinkSaid { link, condition }).await;
        }
    }

    /// Change what is kept of a link, if it is still there.
    fn with_line(&self, link: LinkId, change: impl FnOnce(&mut Line)) {
        if let Some(line) = self.lines().to.get_mut(&link) {
            change(line);
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        // The map is whole after every statement, whoever panicked meanwhile.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Parcel {
    /// A frame that may hold something urgent.
    pub fn urgent(frame: Vec<u8>) -> Parcel {
        Parcel { frame, bulk: false }
    }
}

impl LinkVoice {
    /// The link's number.
    pub fn link(&self) -> LinkId {
        self.link
    }

    /// What the link can carry.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What the link can carry was learned from its device.
    pub fn learn(&mut self, profile: Profile) {
        self.board.with_line(self.link, |line| line.profile = profile.clone());
        self.profile = profile;
    }

    /// The link carries frames.
    pub async fn up(&self) {
        let (link, profile) = (self.link, self.profile.clone());
        self.say(Input::LinkUp { link, profile }).await;
        self.introduce().await;
    }

    /// The link stopped working. The reason names a remedy.
    pub async fn down(&self, reason: &str) {
        tracing::warn!(link = %self.profile.name, reason, "链路中断 / link down");
        let (link, profile) = (self.link, self.profile.clone());
        self.say(Input::LinkDown { link, profile, reason: reason.to_owned() }).await;
        self.introduce().await;
    }

    /// How the bearer stands. What is counted for all bearers (quota, bytes, cost) need not be
    /// said.
    pub async fn tell(&self, condition: Condition) {
        self.board.with_line(self.link, |line| line.said = condition);
        self.board.tell_news(self.link, |_, _| true).await;
    }

    /// The link can take one frame.
    pub async fn ready(&self) {
        // What may still leave must be known before the next frame is filled; the rest has time.
        let matters = |told: &Condition, now: &Condition| {
            (told.standing, told.quota_left, told.purse_left.gate())
                != (now.standing, now.quota_left, now.purse_left.gate())
        };
        self.board.tell_news(self.link, matters).await;
        self.say(Input::LinkReady { link: self.link }).await;
    }

    /// A frame came.
    pub async fn heard(&self, frame: Vec<u8>) {
        self.board.lines().meters.note_heard(&self.profile, frame.len(), wall());
        self.say(Input::Heard { link: self.link, frame }).await;
    }

    /// Something was carried that is no frame, such as a file on a stick; it counts all the same.
    pub fn carried(&self, sent_bytes: usize, heard_bytes: usize) {
        let mut lines = self.board.lines();
        if sent_bytes > 0 {
            lines.meters.note_sent(&self.profile, sent_bytes, wall());
        }
        if heard_bytes > 0 {
            lines.meters.note_heard(&self.profile, heard_bytes, wall());
        }
    }

    /// Something came that is no frame.
    pub async fn dropped(&self, reason: &'static str) {
        self.say(Input::Dropped { link: self.link, reason }).await;
    }

    /// The machine knows the link from now on, and may be told of it.
    async fn introduce(&self) {
        let mut is_first = false;
        self.board.with_line(self.link, |line| {
            is_first = !std::mem::replace(&mut line.is_known, true);
        });
        if is_first {
            self.board.tell_news(self.link, |_, _| true).await;
        }
    }

    async fn say(&self, input: Input) {
        // A full channel makes the task wait and with it the socket: the outside is slowed down,
        // nothing grows. A closed one means that the daemon is stopping.
        let _ = self.board.inputs.send(input).await;
    }
}

#[cfg(test)]
mod tests;
