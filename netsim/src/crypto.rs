//! Which cryptography a made-up world uses: that of the product, or a keyed hash that stands in
//! for it and costs next to nothing. Only this crate has the stand-in, and the daemon does not
//! depend on this crate.

use sanduan_protocol::keys::suite::{SUITE_0, Suite};
use serde::{Deserialize, Serialize};

mod stand_in;

pub use stand_in::StandIn;

/// One seed in so many uses the cryptography of the product.
pub const SEEDS_PER_REAL: u64 = 50;

/// Whose seals and frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Crypto {
    /// Those of the product.
    #[default]
    Real,
    /// A keyed hash with the same sizes.
    StandIn,
}

impl Crypto {
    /// Both.
    pub const ALL: [Crypto; 2] = [Crypto::Real, Crypto::StandIn];

    /// What a seed draws: the real one in 2 % of the seeds, the first of a swarm among them.
    pub fn of_seed(seed: u64) -> Crypto {
        match seed.is_multiple_of(SEEDS_PER_REAL) {
            true => Crypto::Real,
            false => Crypto::StandIn,
        }
    }

    /// What it is called on the command line and among the options of a seed.
    pub fn name(self) -> &'static str {
        match self {
            Crypto::Real => "real",
            Crypto::StandIn => "stand-in",
        }
    }

    /// As nodes take it.
    pub fn suite(self) -> Suite {
        match self {
            Crypto::Real => SUITE_0,
            Crypto::StandIn => Suite::of(&StandIn),
        }
    }
}

#[cfg(test)]
mod tests;
