//! The node: one machine made of all floors. Here it is only wired and dispatched; what happens
//! with a frame is in `heard`, what leaves in `talk`, what is saved in `commit`, what people ask
//! in `ask`.

mod ask;
mod commit;
mod differ;
mod disk;
mod evict;
mod fetched;
mod folds;
mod forks;
mod handed;
mod heard;
mod identity;
pub mod input;
mod links;
mod lists;
mod meet;
mod mute;
mod newcomers;
mod open;
mod order_key;
pub mod output;
mod parts;
mod registers;
mod rollback;
mod room;
mod said;
pub mod settings;
mod settle;
mod shares;
mod sight;
mod starts;
mod sums;
mod talk;
mod turns;
mod twins;
mod vitals;
mod ways;
mod witness;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::base::dice::Dice;
use crate::base::ids::{LaneId, SpokenId};
use crate::base::time::{Hlc, Mono, Now, Wall};
use crate::keys::frame_key::{FrameOpener, FrameSealer};
use crate::link::agenda::Links;
use crate::local::rows::ScrubRow;
use crate::local::{Event, Refusal, Reply};
use crate::log::book::Book;
use crate::log::share::Shares;
use crate::node::disk::Disk;
use crate::node::folds::Folds;
use crate::node::identity::Identity;
use crate::plan::whom::Whom;
use crate::sync::board::Board;
use crate::sync::digest::StateHashes;

#[cfg(feature = "canaries")]
pub use crate::node::folds::canary::Broken;
pub use crate::node::output::Output;
pub use input::Input;
pub use settings::Settings;

/// One node. See the crate's first page for how it is driven.
pub struct Node {
    settings: Settings,
    who: Identity,
    sealer: FrameSealer,
    opener: FrameOpener,
    turns: turns::Turns,
    book: Book,
    board: Board,
    folds: Folds,
    links: Links,
    /// Whom records concern, and where those stand.
    whom: Whom,
    /// What of our own lanes others have verified.
    handed: handed::Handed,
    /// What the links were told of.
    spoken: talk::Spoken,
    ways: ways::Ways,
    /// Orders whose rows changed and were not told yet.
    stale_rows: BTreeSet<SpokenId>,
    /// Nobody listens: rows are not made, and changed orders wait to be taken.
    is_unheard: bool,
    disk: Disk,
    clock: Hlc,
    dice: Dice,
    /// When our own unsealed lanes must be sealed.
    seal_at: BTreeMap<LaneId, Mono>,
    /// When orders must be answered, by the wall clock: their rows change then by themselves.
    due: BTreeSet<(u64, SpokenId)>,
    /// Lanes that were saved since the last fold.
    unfolded: Vec<LaneId>,
    /// Something that was folded does not count any more.
    refold: bool,
    /// Lanes whose newest records do not fit ours.
    doubts: BTreeMap<LaneId, forks::Doubt>,
    witnesses: BTreeMap<LaneId, witness::Witness>,
    claims: rollback::Claims,
    /// What each author may fill.
    shares: Shares,
    /// What the disk has room for, and what that holds back.
    held: room::HeldBack,
    evicting: evict::Evicting,
    fetched: fetched::Fetched,
    /// What came of reading the store again; the daemon knows it.
    scrub: ScrubRow,
    /// Our own last fix that went out, and when.
    own_fix: ask::position::OwnFix,
    own_vitals: vitals::OwnVitals,
    hashes: CachedHashes,
    cached_list: lists::CachedList,
    starts: starts::Starts,
    /// Who is at the console, if it was said since the configuration was written.
    on_duty: Option<String>,
    started: Now,
    now: Now,
    out: VecDeque<Output>,
}

/// The state hashes of this book version; the board changes more often than they are asked for.
#[derive(Debug, Default)]
struct CachedHashes {
    book_version: Option<u64>,
    board_stale: bool,
    state: StateHashes,
}

impl Node {
    /// A node that knows nothing yet. Hand it what the disk holds, then call `opened`.
    pub fn new(settings: Settings, wall: Wall) -> Node {
        let now = Now { mono: Mono(0), wall };
        let who = Identity::new(&settings);
        let turns = turns::Turns::new(&settings, &who);
        Node {
            sealer: FrameSealer::new(turns.epochs.frame_key(), settings.device),
            opener: FrameOpener::of_keys(turns.epochs.frame_keys(), settings.device),
            turns,
            book: Book::of(settings.suite),
            board: Board::default(),
            folds: Folds::new(who.group_ring()),
            who,
            links: Links::default(),
            whom: Whom::default(),
            handed: handed::Handed::default(),
            spoken: talk::Spoken::default(),
            ways: ways::Ways::new(settings.device),
            stale_rows: BTreeSet::new(),
            is_unheard: false,
            disk: Disk::default(),
            clock: Hlc::default(),
            dice: Dice::new(settings.dice_seed),
            seal_at: BTreeMap::new(),
            due: BTreeSet::new(),
            unfolded: Vec::new(),
            refold: false,
            doubts: BTreeMap::new(),
            witnesses: BTreeMap::new(),
            claims: rollback::Claims::default(),
            shares: Shares::default(),
            held: room::HeldBack::default(),
            evicting: evict::Evicting::default(),
            fetched: fetched::Fetched::default(),
            scrub: ScrubRow::default(),
            own_fix: ask::position::OwnFix::default(),
            own_vitals: vitals::OwnVitals::default(),
            hashes: CachedHashes { board_stale: true, ..CachedHashes::default() },
            cached_list: lists::CachedList::default(),
            starts: starts::Starts::new(settings.dice_seed),
            on_duty: None,
            started: now,
            now,
            out: VecDeque::new(),
            settings,
        }
    }

    /// One thing happened. Drain `poll_output` before the next.
    pub fn handle(&mut self, input: Input, now: Now) {
        self.now = now;
        if !matches!(input, Input::Tick) {
            self.links.resume_acks(now.mono);
        }
        match input {
            Input::Tick => {}
            Input::LinkUp { link, profile } => self.link_up(link, profile),
            Input::LinkDown { link, profile, reason } => self.link_down(link, profile, reason),
            Input::LinkSaid { link, condition } => self.link_said(link, condition),
            Input::LinkGone { link } => self.link_gone(link),
            Input::LinkReady { link } => {
                if let Some(link) = self.links.get_mut(link) {
                    link.ready = link.up;
                }
            }
            Input::Heard { link, frame } => self.heard(link, &frame),
            Input::Dropped { link, reason } => {
                if let Some(link) = self.links.get_mut(link) {
                    link.note_dropped(reason);
                }
            }
            Input::Saved { batch } => self.saved(batch),
            Input::SaveFailed { batch: _, reason } => self.save_failed(reason),
            Input::Ask { ask, request } => self.ask(ask, request),
            Input::Fix(fix) => self.source_fix(fix),
            Input::Power { battery_pct, is_charged } => self.power(battery_pct, is_charged),
            Input::OrderKey(seed) => self.order_key_moved(seed.as_ref()),
            Input::AuthorityKey(seed) => self.authority_key_moved(seed.as_ref()),
            Input::Room(measured) => self.room_measured(measured),
            Input::Scrubbed(row) => self.scrub = *row,
        }
        self.follow_up();
    }

    /// What is due after anything happened: seals, what is saved, told and sent.
    fn follow_up(&mut self) {
        self.refold_due();
        self.turn_days();
        self.seal_due();
        self.vitals_due();
        self.feed_due();
        self.commit();
        self.feed_stale();
        self.talk();
    }

    /// The next wish; `Wait` when there is none.
    pub fn poll_output(&mut self) -> Output {
        self.out.pop_front().unwrap_or_else(|| Output::Wait(self.next_deadline()))
    }

    /// The hashes of all verified records and of the newest fixes: two nodes hold the same when
    /// theirs are equal.
    pub fn holds(&self) -> StateHashes {
        StateHashes { heads: self.book.state_hash(), board: self.board.fixes_hash() }
    }

    fn next_deadline(&self) -> Option<Mono> {
        // Before our start is saved nothing can be said; `Saved` wakes the links then.
        let mute = self.sealer.number().is_none();
        let links = [self.links.next_deadline(), self.spoken.look_at()].into_iter().flatten();
        let links = if mute { None } else { links.min() };
        let due = self.due.first().map(|(wall_ms, _)| {
            let wait_ms = wall_ms.saturating_sub(self.now.wall.0);
            self.now.mono.after_ms(wait_ms)
        });
        let others = [links, due, self.vitals_at(), self.turns_at()].into_iter().flatten();
        self.seal_at.values().copied().chain(others).min()
    }

    fn reply(&mut self, ask: input::AskId, reply: Result<Reply, Refusal>) {
        self.out.push_back(Output::Reply { ask, reply: Box::new(reply) });
    }

    fn feed(&mut self, event: Event) {
        self.out.push_back(Output::Feed(event));
    }

    /// The hashes of what this node holds.
    fn state(&mut self) -> StateHashes {
        if self.hashes.book_version != Some(self.book.version()) {
            self.hashes.state.heads = self.book.verified_hash();
            self.hashes.book_version = Some(self.book.version());
        }
        if self.hashes.board_stale {
            self.hashes.state.board = self.board.fixes_hash();
            self.hashes.board_stale = false;
        }
        self.hashes.state
    }
}

#[cfg(test)]
mod tests;
