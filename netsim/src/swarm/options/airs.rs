//! What a seed draws for frames under way and for single bearers. Every family is off in about a
//! third of the seeds; a rate of nothing means off.

use sanduan_protocol::base::dice::Dice;
use serde::{Deserialize, Serialize};

use super::{off_in_a_third, rate_s};
use crate::air::Fading;
use crate::world::Mangle;

/// How a local network falls into parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parting {
    /// Every size of a part is as likely as any other.
    UniformSize,
    /// Each machine falls to either part by a coin.
    UniformAssignment,
    /// One machine is alone.
    IsolateOne,
}

/// What befalls frames and bearers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AirFaults {
    /// Frames with wrong bits that a short check sum let pass, per million.
    pub flip_ppm: u32,
    /// Frames that lack their end, per million.
    pub truncate_ppm: u32,
    /// Frames that come once more, per million, and at most how much later, s.
    pub replay: Option<(u32, u64)>,
    /// Radios and satellites lose in spells.
    pub fading: Option<Fading>,
    /// Cards refuse as too early, per million of sends.
    pub early_ppm: u32,
    /// Cards say nothing about a send, per million.
    pub unreported_ppm: u32,
    /// Cards say "failed" of what left, per million; modems end a session with nobody knowing.
    pub misreported_ppm: u32,
    /// Sessions of modems that fail, per million.
    pub failed_ppm: u32,
    /// Rings that modems miss, per million.
    pub missed_rings_ppm: u32,
    /// A jammer works for a while this often, s.
    pub jams_every_s: Option<u64>,
    /// A radio or satellite has another rate for a while this often, s: down to a hundredth.
    pub rates_every_s: Option<u64>,
    /// A satellite lets only small packets pass for a while this often, s.
    pub shrinks_every_s: Option<u64>,
    /// A local network falls into parts this often, s, and how; one way only in a third.
    pub parts: Option<(Parting, u64)>,
    /// Machines of a local network clog one after the other this often, s, and are freed in
    /// another order.
    pub clogs_every_s: Option<u64>,
}

impl AirFaults {
    pub(super) fn draw(dice: &mut Dice) -> AirFaults {
        let ppm = |dice: &mut Dice, most: u64| {
            off_in_a_third(dice, |dice| dice.between(1, most) as u32).unwrap_or(0)
        };
        let parting = [Parting::UniformSize, Parting::UniformAssignment, Parting::IsolateOne];
        AirFaults {
            flip_ppm: ppm(dice, 20_000),
            truncate_ppm: ppm(dice, 20_000),
            replay: off_in_a_third(dice, |dice| {
                (dice.between(1, 100_000) as u32, dice.between(60, 14_400))
            }),
            fading: off_in_a_third(dice, |dice| Fading {
                good_ms: dice.between(10_000, 600_000),
                bad_ms: dice.between(1_000, 120_000),
                bad_ppm: dice.between(200_000, 1_000_000) as u32,
            }),
            early_ppm: ppm(dice, 200_000),
            unreported_ppm: ppm(dice, 200_000),
            misreported_ppm: ppm(dice, 200_000),
            failed_ppm: ppm(dice, 400_000),
            missed_rings_ppm: ppm(dice, 500_000),
            jams_every_s: rate_s(dice, 200),
            rates_every_s: rate_s(dice, 200),
            shrinks_every_s: rate_s(dice, 200),
            parts: off_in_a_third(dice, |dice| {
                (parting[dice.below(3) as usize], dice.between(60, 480))
            }),
            clogs_every_s: rate_s(dice, 100),
        }
    }

    /// What befalls frames of every link.
    pub fn mangle(&self) -> Mangle {
        let (replay_ppm, replay_most_s) = self.replay.unwrap_or_default();
        Mangle {
            flip_ppm: self.flip_ppm,
            truncate_ppm: self.truncate_ppm,
            replay_ppm,
            replay_most_ms: replay_most_s * 1000,
        }
    }

    /// The same without what a plot tells as events.
    pub fn without_events(self) -> AirFaults {
        AirFaults {
            jams_every_s: None,
            rates_every_s: None,
            shrinks_every_s: None,
            parts: None,
            clogs_every_s: None,
            ..self
        }
    }
}
