//! One thing that happens in a drawn world, as a file can hold it: a fault, or somebody's wish.
//! Places and links are named by their numbers in the options, so that both can be taken out of a
//! world and the rest still means the same.

use std::collections::VecDeque;

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::time::Mono;
use serde::{Deserialize, Serialize};

use super::trouble::Trouble;
use crate::swarm::options::Left;
use crate::swarm::people::Errand;
use crate::world::Fault;

/// Something that happens at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When, ms after the begin.
    pub at_ms: u64,
    /// What.
    #[serde(flatten)]
    pub deed: Deed,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Deed {
    /// Somebody there enters something; what it is falls from these dice.
    Enter {
        /// Where.
        place: usize,
        /// Dice at that moment.
        dice: Kept,
    },
    /// A file with everything is made here and brought there.
    Carry {
        /// Here.
        place: usize,
        /// There.
        to: usize,
    },
    /// The device that was carried off says something forged; it falls from these dice.
    Forge {
        /// Dice at that moment.
        dice: Kept,
    },
    /// Nothing passes this wire; `from` is set if only what that place sends vanishes.
    Cut {
        /// Number of the link.
        link: usize,
        /// The place that is no longer heard.
        from: Option<usize>,
    },
    /// The wire works again.
    Heal {
        /// Number of the link.
        link: usize,
    },
    /// On this radio, one place no longer hears another.
    Deafen {
        /// Number of the link.
        link: usize,
        /// The place that is no longer heard.
        from: usize,
        /// The place that no longer hears it.
        place: usize,
        /// Nor the other way round.
        both_ways: bool,
    },
    /// It does again.
    Hear {
        /// Number of the link.
        link: usize,
        /// The place that is heard.
        from: usize,
        /// The place that hears it.
        place: usize,
        /// And the other way round.
        both_ways: bool,
    },
    /// A machine is gone.
    Crash {
        /// Where.
        place: usize,
        /// What is left of its unsynced batches.
        left: Left,
    },
    /// It is started again.
    Restart {
        /// Where.
        place: usize,
    },
    /// A disk refuses every batch, or no longer.
    Refuse {
        /// Where.
        place: usize,
        /// It does.
        refuses: bool,
    },
    /// A disk takes up to this long to sync.
    SlowDisk {
        /// Where.
        place: usize,
        /// At most, ms.
        most_ms: u64,
    },
    /// A bearer works, or fails.
    Flap {
        /// Where.
        place: usize,
        /// Number of the link.
        link: usize,
        /// It works.
        up: bool,
    },
    /// A clock is put to this much beyond the world's.
    Clock {
        /// Where.
        place: usize,
        /// Beyond the world's, ms.
        offset_ms: i64,
    },
    /// Something befalls one link, or no longer.
    Trouble {
        /// Number of the link.
        link: usize,
        /// What.
        trouble: Trouble,
    },
    /// The outsider says something; it falls from these dice.
    Noise {
        /// Dice at that moment.
        dice: Kept,
    },
    /// The authority takes out the device that was carried off.
    Revoke,
    /// Somebody there does what is not done every hour.
    Errand {
        /// Where.
        place: usize,
        /// What.
        #[serde(flatten)]
        errand: Errand,
    },
    /// Something befalls one machine.
    Befall {
        /// Where.
        place: usize,
        /// What.
        fault: Fault,
    },
}

/// The first event of a script if its moment has come; it is taken out.
pub fn next_due(script: &mut VecDeque<Event>, now: Mono) -> Option<Event> {
    let is_due = script.front().is_some_and(|event| event.at_ms <= now.0);
    if is_due { script.pop_front() } else { None }
}

/// Dice in a file: sixteen hexadecimal digits, since TOML's numbers end at 63 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Kept(u64);

impl Kept {
    /// Keep these dice.
    pub fn of(dice: &Dice) -> Kept {
        Kept(dice.state())
    }

    /// Dice that go on as the kept ones would have.
    pub fn dice(self) -> Dice {
        Dice::new(self.0)
    }
}

impl From<Kept> for String {
    fn from(kept: Kept) -> String {
        format!("{:016x}", kept.0)
    }
}

impl TryFrom<String> for Kept {
    type Error = String;

    fn try_from(text: String) -> Result<Kept, String> {
        let parsed = u64::from_str_radix(&text, 16);
        parsed.map(Kept).map_err(|_| format!("{text}: 应为十六进制数 / hexadecimal digits"))
    }
}

impl Deed {
    /// Every place in it, to be renumbered.
    pub fn places_mut(&mut self) -> Vec<&mut usize> {
        match self {
            Deed::Enter { place, .. }
            | Deed::Crash { place, .. }
            | Deed::Restart { place }
            | Deed::Refuse { place, .. }
            | Deed::SlowDisk { place, .. }
            | Deed::Flap { place, .. }
            | Deed::Clock { place, .. }
            | Deed::Befall { place, .. } => vec![place],
            Deed::Carry { place, to } => vec![place, to],
            Deed::Errand { place, errand } => {
                errand.place_mut().into_iter().chain([place]).collect()
            }
            Deed::Deafen { from, place, .. } | Deed::Hear { from, place, .. } => vec![from, place],
            Deed::Cut { from, .. } => from.iter_mut().collect(),
            Deed::Trouble { trouble, .. } => trouble.place_mut().into_iter().collect(),
            Deed::Forge { .. } | Deed::Noise { .. } | Deed::Revoke | Deed::Heal { .. } => {
                Vec::new()
            }
        }
    }

    /// The link in it, to be renumbered.
    pub fn link_mut(&mut self) -> Option<&mut usize> {
        match self {
            Deed::Cut { link, .. }
            | Deed::Heal { link }
            | Deed::Deafen { link, .. }
            | Deed::Hear { link, .. }
            | Deed::Trouble { link, .. }
            | Deed::Flap { link, .. } => Some(link),
            Deed::Enter { .. }
            | Deed::Carry { .. }
            | Deed::Forge { .. }
            | Deed::Noise { .. }
            | Deed::Revoke
            | Deed::Crash { .. }
            | Deed::Restart { .. }
            | Deed::Refuse { .. }
            | Deed::SlowDisk { .. }
            | Deed::Clock { .. }
            | Deed::Errand { .. }
            | Deed::Befall { .. } => None,
        }
    }

    /// The family of faults (or of wishes) that it belongs to.
    pub fn family(&self) -> &'static str {
        match self {
            Deed::Enter { .. } => "enter",
            Deed::Carry { .. } => "carry",
            Deed::Errand { .. } => "errand",
            Deed::Forge { .. } => "forge",
            Deed::Noise { .. } => "noise",
            Deed::Revoke => "revoke",
            Deed::Cut { .. } | Deed::Heal { .. } => "cut",
            Deed::Deafen { .. } | Deed::Hear { .. } => "deafen",
            Deed::Crash { .. } | Deed::Restart { .. } => "crash",
            Deed::Refuse { .. } => "refuse",
            Deed::SlowDisk { .. } => "slow_disk",
            Deed::Flap { .. } => "flap",
            Deed::Clock { .. } => "clock",
            Deed::Trouble { trouble, .. } => trouble.family(),
            Deed::Befall { fault, .. } => fault.family(),
        }
    }
}
