//! What a seed draws for work that is not done every hour: groups, what is said to them, and
//! snapshots of the stock.

use sanduan_protocol::base::dice::Dice;
use serde::{Deserialize, Serialize};

use super::rate_s;

/// A group changes, or something is said to one, at most this often in the mean, s: a change of
/// keys is some hundred bytes for every channel.
const GROUPS_EVERY_S_MIN: u64 = 120;
/// A snapshot is taken at most this often in the mean, s.
const SNAPSHOTS_EVERY_S_MIN: u64 = 300;

/// What people do beside their daily work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Errands {
    /// The authority changes a group, or somebody says something to one, this often, s.
    pub groups_every_s: Option<u64>,
    /// Depots are sealed to groups too.
    pub seals_depots: bool,
    /// Somebody tells everyone what lies in the depots, this often, s.
    pub snapshots_every_s: Option<u64>,
}

impl Errands {
    pub(super) fn draw(dice: &mut Dice) -> Errands {
        Errands {
            groups_every_s: rate_s(dice, GROUPS_EVERY_S_MIN),
            seals_depots: dice.below(3) > 0,
            snapshots_every_s: rate_s(dice, SNAPSHOTS_EVERY_S_MIN),
        }
    }
}
