//! The links there are: opened by bearers, also while the daemon runs, and reached by the pump.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sanduan_protocol::base::caps::LINKS_MAX;
use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::link::condition::Condition;
use sanduan_protocol::link::profile::Profile;
use sanduan_protocol::node::Input;
use tokio::sync::mpsc;

/// Frames on their way from the pump to a link's task. The machine sends one and waits for
/// `LinkReady`, so there is never more than one; the second place covers a reconnect.
const FRAMES_WAITING_MAX: usize = 2;

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
    to: BTreeMap<LinkId, mpsc::Sender<Parcel>>,
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
    inputs: mpsc::Sender<Input>,
}

impl Switchboard {
    /// No links yet; what links say goes to `inputs`.
    pub fn new(inputs: mpsc::Sender<Input>) -> Switchboard {
        let lines = Lines { next: 1, to: BTreeMap::new() };
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
        lines.to.insert(link, to);
        let voice = LinkVoice { link, profile, inputs: self.inputs.clone() };
        Some(LinkDoor { voice, frames })
    }

    /// Take a link away for good.
    pub async fn close(&self, link: LinkId) {
        if self.lines().to.remove(&link).is_some() {
            let _ = self.inputs.send(Input::LinkGone { link }).await;
        }
    }

    /// Hand a frame to a link; false if it cannot take it.
    pub fn send(&self, link: LinkId, parcel: Parcel) -> bool {
        self.lines().to.get(&link).is_some_and(|to| to.try_send(parcel).is_ok())
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
        self.profile = profile;
    }

    /// The link carries frames.
    pub async fn up(&self) {
        let (link, profile) = (self.link, self.profile.clone());
        self.say(Input::LinkUp { link, profile }).await;
    }

    /// The link stopped working. The reason names a remedy.
    pub async fn down(&self, reason: &str) {
        tracing::warn!(link = %self.profile.name, reason, "链路中断 / link down");
        let (link, profile) = (self.link, self.profile.clone());
        self.say(Input::LinkDown { link, profile, reason: reason.to_owned() }).await;
    }

    /// How the bearer stands.
    pub async fn tell(&self, condition: Condition) {
        self.say(Input::LinkSaid { link: self.link, condition }).await;
    }

    /// The link can take one frame.
    pub async fn ready(&self) {
        self.say(Input::LinkReady { link: self.link }).await;
    }

    /// A frame came.
    pub async fn heard(&self, frame: Vec<u8>) {
        self.say(Input::Heard { link: self.link, frame }).await;
    }

    /// Something came that is no frame.
    pub async fn dropped(&self, reason: &'static str) {
        self.say(Input::Dropped { link: self.link, reason }).await;
    }

    async fn say(&self, input: Input) {
        // A full channel makes the task wait and with it the socket: the outside is slowed down,
        // nothing grows. A closed one means that the daemon is stopping.
        let _ = self.inputs.send(input).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Profile {
        Profile { name: name.to_owned(), ..Profile::default() }
    }

    #[tokio::test]
    async fn a_link_that_was_taken_away_takes_no_frames_and_its_number_stays_unused() {
        let (inputs, mut said) = mpsc::channel(8);
        let board = Switchboard::new(inputs);
        let first = board.open(named("a")).expect("the first");
        let link = first.voice.link();
        assert!(board.send(link, Parcel { frame: vec![1], bulk: false }));
        board.close(link).await;
        assert!(!board.send(link, Parcel { frame: vec![1], bulk: false }));
        assert!(matches!(said.recv().await, Some(Input::LinkGone { link: gone }) if gone == link));
        assert_ne!(board.open(named("b")).expect("room").voice.link(), link);
    }

    #[test]
    fn there_are_no_more_links_than_a_node_drives() {
        let (inputs, _said) = mpsc::channel(1);
        let board = Switchboard::new(inputs);
        let doors: Vec<LinkDoor> = (0..LINKS_MAX).filter_map(|_| board.open(named("x"))).collect();
        assert_eq!(doors.len(), LINKS_MAX);
        assert!(board.open(named("one more")).is_none());
    }
}
