//! The counters of all links, kept in the node's folder: bytes and money of the day, and what is
//! used of each bearer's quota. The sums are `protocol::link::meter`'s; here they meet the disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sanduan_protocol::base::time::Wall;
use sanduan_protocol::link::condition::Condition;
use sanduan_protocol::link::meter::{DayTally, WindowTally, complete};
use sanduan_protocol::link::profile::Profile;
use sanduan_protocol::link::purse::{Allowance, Purse, PurseLeft};
use serde::{Deserialize, Serialize};

use crate::home::file::{read_small, write_private};

/// Names that are remembered: four times as many links as there may be at once, because peers come
/// and go. Beyond that, the one that was used least lately is forgotten.
const NAMES_MAX: usize = 256;
/// File in the node's folder.
const FILE: &str = "meters";

/// All counters.
#[derive(Debug, Default)]
pub struct Meters {
    tallies: Tallies,
    /// Where they are kept; nowhere in tests of the rest.
    path: Option<PathBuf>,
    is_changed: bool,
}

/// What is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Tallies {
    /// Of each link, by its name.
    links: BTreeMap<String, DayTally>,
    /// Of each bearer that has a quota, by its name.
    bearers: BTreeMap<String, WindowTally>,
    /// What is left of air time and money of each bearer that has an allowance, by its name.
    purses: BTreeMap<String, Purse>,
}

/// Counters on their way to the disk.
#[derive(Clone, Debug)]
pub struct Draft {
    path: PathBuf,
    tallies: Tallies,
}

impl Meters {
    /// Those kept in `folder`. What cannot be read is said and begins anew.
    pub fn load(folder: &Path) -> Meters {
        let path = folder.join(FILE);
        let tallies = match read_small(&path) {
            Ok(None) => Tallies::default(),
            Ok(Some(text)) => serde_json::from_str(&text).unwrap_or_else(|error| {
                tracing::warn!(
                    %error,
                    "流量与额度的计数无法读取，从零计起 / the counters of the links cannot be \
                     read; they begin anew"
                );
                Tallies::default()
            }),
            Err(said) => {
                tracing::warn!(%said, "用量计数 / meters");
                Tallies::default()
            }
        };
        Meters { tallies, path: Some(path), is_changed: false }
    }

    /// A frame was handed to a link.
    pub fn note_sent(&mut self, profile: &Profile, frame_bytes: usize, now: Wall) {
        let bytes = on_the_wire(profile, frame_bytes);
        self.day(profile).note_sent(bytes, &profile.price, now);
        if let Some(quota) = &profile.quota {
            self.window(profile).note_sent(bytes, quota, now);
        }
        if profile.allowance != Allowance::default() {
            self.purse(profile).note_sent(profile, frame_bytes, bytes, now);
        }
    }

    /// A frame was heard on a link.
    pub fn note_heard(&mut self, profile: &Profile, frame_bytes: usize, now: Wall) {
        let bytes = on_the_wire(profile, frame_bytes);
        self.day(profile).note_heard(bytes, now);
    }

    /// What a bearer says of a link, completed by what was counted.
    pub fn complete(&mut self, profile: &Profile, said: Condition, now: Wall) -> Condition {
        let mut day = self.tallies.links.get(&profile.name).copied().unwrap_or_default();
        day.turn(now);
        let window = profile.quota.map(|quota| {
            let known = self.tallies.bearers.get(bearer_of(profile)).copied();
            let mut window = known.unwrap_or_default();
            window.turn(&quota, now);
            window
        });
        let purse_left = match profile.allowance == Allowance::default() {
            true => PurseLeft::default(),
            false => self.purse(profile).left(profile, now),
        };
        complete(said, profile, &day, window.as_ref(), purse_left, now)
    }

    /// What is to be written now; nothing if nothing changed since.
    pub fn draft(&mut self) -> Option<Draft> {
        if !std::mem::take(&mut self.is_changed) {
            return None;
        }
        let path = self.path.clone()?;
        Some(Draft { path, tallies: self.tallies.clone() })
    }

    fn day(&mut self, profile: &Profile) -> &mut DayTally {
        self.is_changed = true;
        entry(&mut self.tallies.links, &profile.name, |tally| tally.began)
    }

    fn window(&mut self, profile: &Profile) -> &mut WindowTally {
        self.is_changed = true;
        entry(&mut self.tallies.bearers, bearer_of(profile), |tally| tally.began)
    }

    fn purse(&mut self, profile: &Profile) -> &mut Purse {
        self.is_changed = true;
        let purses = &mut self.tallies.purses;
        let name = bearer_of(profile);
        if !purses.contains_key(name) && purses.len() >= NAMES_MAX {
            // A bearer that is gone from the configuration; there are never so many at once.
            purses.pop_first();
        }
        purses.entry(name.to_owned()).or_default()
    }
}

impl Draft {
    /// Write it. A disk that refuses costs some counting after a restart, so the links go on.
    pub fn write(self) {
        // Names and numbers only: nothing in it cannot be written.
        let text = serde_json::to_string(&self.tallies).unwrap_or_default();
        if let Err(said) = write_private(&self.path, text.as_bytes()) {
            tracing::warn!(%said, "用量计数 / meters");
        }
    }
}

/// The tally of a name; the one that began first makes room if there are too many.
fn entry<'a, T: Default>(
    tallies: &'a mut BTreeMap<String, T>,
    name: &str,
    began: impl Fn(&T) -> Wall,
) -> &'a mut T {
    if !tallies.contains_key(name) && tallies.len() >= NAMES_MAX {
        let oldest = tallies.iter().min_by_key(|(_, tally)| began(tally));
        if let Some(oldest) = oldest.map(|(name, _)| name.clone()) {
            tallies.remove(&oldest);
        }
    }
    tallies.entry(name.to_owned()).or_default()
}

/// Whose quota a link uses: a profile made by hand need not name a bearer.
fn bearer_of(profile: &Profile) -> &str {
    if profile.bearer.is_empty() { &profile.name } else { &profile.bearer }
}

fn on_the_wire(profile: &Profile, frame_bytes: usize) -> u64 {
    frame_bytes as u64 + u64::from(profile.per_frame_bytes)
}

#[cfg(test)]
mod tests {
    use sanduan_protocol::link::condition::Standing;
    use sanduan_protocol::link::profile::{Price, Quota};

    use super::*;

    const TEN: Wall = Wall(1_755_482_400_000);

    fn profile(name: &str) -> Profile {
        Profile {
            name: format!("card {name}"),
            bearer: "card".to_owned(),
            mtu: 77,
            per_frame_bytes: 3,
            quota: Some(Quota { messages: Some(4), bytes: None, window_s: 86_400 }),
            price: Price { message_milli_yuan: 300, kilobyte_milli_yuan: 0 },
            ..Profile::default()
        }
    }

    #[test]
    fn counters_go_on_after_a_restart_and_links_share_the_quota_of_their_bearer() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut meters = Meters::load(folder.path());
        assert!(meters.draft().is_none(), "nothing to write yet");
        meters.note_sent(&profile("a"), 77, TEN);
        meters.note_sent(&profile("a"), 77, TEN);
        meters.note_heard(&profile("b"), 20, TEN);
        meters.draft().expect("something changed").write();
        assert!(meters.draft().is_none(), "written");
        let mut meters = Meters::load(folder.path());
        meters.note_sent(&profile("b"), 77, TEN);
        let told = meters.complete(&profile("a"), Condition::default(), TEN);
        assert_eq!((told.today_bytes, told.today_milli_yuan), ((160, 0), 600));
        assert_eq!(told.quota_left.and_then(|left| left.messages), Some(1));
        assert_eq!(told.standing, Standing::QuotaSpent, "the last one is for a flash order");
        let told = meters.complete(&profile("b"), Condition::default(), TEN);
        assert_eq!((told.today_bytes, told.today_milli_yuan), ((80, 23), 300));
    }

    #[test]
    fn a_restart_does_not_give_back_what_was_spent_of_air_and_money() {
        let folder = tempfile::tempdir().expect("a folder");
        let allowance = Allowance { air_permille: Some(10), day_milli_yuan: Some(1_200) };
        let limited = || Profile { allowance, rate_bit_s: 800, ..profile("a") };
        let mut meters = Meters::load(folder.path());
        (0..4).for_each(|_| meters.note_sent(&limited(), 77, TEN));
        let spent = meters.complete(&limited(), Condition::default(), TEN);
        assert_eq!(spent.standing, Standing::QuotaSpent);
        let (air, money) = (spent.purse_left.air, spent.purse_left.money);
        // Six seconds of air, of which four frames of 0.8 s are gone; 1.20 yuan, all of it.
        assert_eq!(air.map(|left| left.left), Some(6_000 - 4 * 800));
        assert_eq!(money.map(|left| left.left), Some(0));
        meters.draft().expect("something changed").write();
        let again = Meters::load(folder.path()).complete(&limited(), Condition::default(), TEN);
        assert_eq!(again.purse_left, spent.purse_left);
    }

    #[test]
    fn a_damaged_file_begins_anew_and_names_have_a_limit() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(FILE), "{\"links\":7}").expect("written");
        let mut meters = Meters::load(folder.path());
        assert_eq!(meters.tallies, Tallies::default());
        for number in 0..NAMES_MAX as u64 + 10 {
            let day_later = Wall(TEN.0 + number * 86_400_000);
            meters.note_heard(&profile(&number.to_string()), 1, day_later);
        }
        assert_eq!(meters.tallies.links.len(), NAMES_MAX);
        assert!(meters.tallies.links.contains_key("card 265"), "the newest stay");
        assert!(!meters.tallies.links.contains_key("card 0"));
        // All of them still fit the small file that is read back.
        meters.draft().expect("changed").write();
        assert_eq!(Meters::load(folder.path()).tallies, meters.tallies);
    }
}
