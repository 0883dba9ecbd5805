//! Reads journal and query store again in quiet hours, a little at a time, and checks every sum, so
//! that a bit that went bad in what nobody reads is found while there is still another copy. What
//! is done about it is in [`super::disk`].
//!
//! ```text
//! Rests ──a day, or so long after the start──▶ Journal ──end──▶ Query ──end──▶ Rests
//!            a step is a few milliseconds, then a hundred times as long nothing
//! ```
//!
//! It holds while power is low, and goes on where it was.

use std::time::{Duration, Instant, SystemTime};

use sanduan_protocol::local::rows::ScrubRow;

use super::StoreFault;
use super::engine::QueryStore;
use super::frame::Place;
use super::journal::Journal;
use super::segment::Damage;
use super::upkeep::Upkeep;

/// The first one begins so long after the start, so that a restart disturbs nobody; none sooner.
const FIRST_AFTER: Duration = Duration::from_secs(3_600);
/// Bytes of the journal in one step.
const STEP_BYTES: u64 = 128 * 1024;
/// Pairs of the query store in one step.
const STEP_PAIRS: usize = 256;
/// A step is followed by so many times its length of nothing: less than one percent of a core.
const REST_TIMES: u32 = 120;
/// And by so much at least.
const REST_MIN: Duration = Duration::from_millis(25);

#[derive(Clone, Debug, Default)]
enum At {
    #[default]
    Rests,
    Journal(Option<Place>),
    Query(Option<Vec<u8>>),
}

/// Where the scrub is.
#[derive(Debug)]
pub struct Scrub {
    at: At,
    /// When the next step is due.
    due: Instant,
    /// When the last whole one began; the start, before there was one.
    began: Instant,
    is_first: bool,
    row: ScrubRow,
}

impl Default for Scrub {
    fn default() -> Scrub {
        let now = Instant::now();
        let row = ScrubRow::default();
        Scrub { at: At::Rests, due: now, began: now, is_first: true, row }
    }
}

/// What a step came to.
#[derive(Debug)]
pub enum Step {
    /// It is not time.
    Rests,
    /// What was read is sound.
    Sound,
    /// The journal is damaged there.
    Journal(Vec<Damage>),
    /// The query store is damaged, in its own words.
    Query(String),
}

impl Scrub {
    /// What came of it so far.
    pub fn row(&self) -> &ScrubRow {
        &self.row
    }

    /// How long nothing of it is to be done; for ever, if it is switched off.
    pub fn wait(&self, upkeep: &Upkeep) -> Duration {
        let Some(every_ms) = upkeep.scrub_every_ms() else { return Duration::MAX };
        let every = Duration::from_millis(every_ms);
        let due = match (&self.at, self.is_first) {
            (At::Rests, true) => self.began + FIRST_AFTER.min(every),
            (At::Rests, false) => self.began + every,
            (At::Journal(_) | At::Query(_), _) => self.due,
        };
        due.saturating_duration_since(Instant::now())
    }

    /// Read a little, if it is time.
    pub fn step(&mut self, upkeep: &Upkeep, journal: &Journal, query: &dyn QueryStore) -> Step {
        if !self.wait(upkeep).is_zero() {
            return Step::Rests;
        }
        let began = Instant::now();
        let step = match std::mem::take(&mut self.at) {
            At::Rests => {
                (self.began, self.is_first) = (began, false);
                (self.row.journal_bytes, self.row.pairs) = (0, 0);
                self.at = At::Journal(Some(journal.start()));
                Step::Sound
            }
            At::Journal(place) => self.read_journal(place.unwrap_or(journal.start()), journal),
            At::Query(after) => self.read_query(after.as_deref(), query),
        };
        self.row.running_pct = match &self.at {
            At::Rests => None,
            // The query store is read as fast, and is about as large as what is live.
            At::Journal(_) => Some(percent(self.row.journal_bytes, journal.bytes()) / 2),
            At::Query(_) => Some(50),
        };
        match &step {
            Step::Rests | Step::Sound => {}
            Step::Journal(damage) => self.row.found += damage.len() as u32,
            Step::Query(_) => self.row.found += 1,
        }
        self.due = Instant::now() + (began.elapsed() * REST_TIMES).max(REST_MIN);
        upkeep.note_scrub(self.row.clone());
        step
    }

    /// What was found is healed, or is not.
    pub fn settled(&mut self, is_healed: bool, upkeep: &Upkeep) {
        match is_healed {
            true => self.row.healed = self.row.found,
            false => {
                self.row.words = "巡检发现存储损坏，未能补齐：请查磁盘，重启后由同伴补齐 / \
                                  The store is damaged and could not be healed: check the disk \
                                  and restart; peers fill in what is lost"
                    .to_owned();
            }
        }
        let is_any = self.row.found > 0;
        if is_healed && is_any {
            self.row.words = format!(
                "巡检发现 {} 处损坏，已由另一份补齐，没有丢失内容；若再出现请换磁盘 / {} damaged \
                 places were found and healed from the other copy, nothing is lost; if it happens \
                 again, replace the disk",
                self.row.found, self.row.found
            );
        }
        upkeep.note_scrub(self.row.clone());
    }

    /// The journal is taken for read.
    #[cfg(test)]
    pub fn skip_journal(&mut self) {
        self.at = At::Query(None);
    }

    fn read_journal(&mut self, place: Place, journal: &Journal) -> Step {
        match journal.check_some(place, STEP_BYTES) {
            Ok(checked) => {
                self.row.journal_bytes += checked.bytes;
                // A damaged one is written anew as a whole: the rest is looked at next time.
                let goes_on = checked.next.filter(|_| checked.damage.is_empty());
                self.at = goes_on.map_or(At::Query(None), |next| At::Journal(Some(next)));
                match checked.damage.is_empty() {
                    true => Step::Sound,
                    false => Step::Journal(checked.damage),
                }
            }
            Err(fault) => self.give_up(&fault),
        }
    }

    fn read_query(&mut self, after: Option<&[u8]>, query: &dyn QueryStore) -> Step {
        match query.check_some(after, STEP_PAIRS) {
            Ok(Some(last)) => {
                self.row.pairs += STEP_PAIRS as u64;
                self.at = At::Query(Some(last));
                Step::Sound
            }
            Ok(None) => {
                self.row.done_ms = now_ms();
                Step::Sound
            }
            Err(StoreFault::Damaged(why)) => {
                self.row.done_ms = now_ms();
                Step::Query(why)
            }
            Err(fault) => self.give_up(&fault),
        }
    }

    /// The disk cannot be read now: the next one tries again.
    fn give_up(&mut self, fault: &StoreFault) -> Step {
        tracing::warn!(%fault, "巡检未完成 / the scrub could not be ended");
        self.row.words = format!("{fault}");
        Step::Sound
    }
}

fn percent(part: u64, whole: u64) -> u8 {
    (part.min(whole) * 100 / whole.max(1)) as u8
}

fn now_ms() -> Option<u64> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    u64::try_from(since.as_millis()).ok()
}

#[cfg(test)]
mod tests;
