//! Loss that comes in spells, after Gilbert ("Capacity of a Burst-Noise Channel", 1960) and
//! Elliott (1963): a way is good for a while, then bad for a while, and in a bad spell most of
//! what is sent dies. Anything whose losses are not spread evenly owns one of these per hearer.

use sanduan_protocol::base::dice::Dice;
use serde::{Deserialize, Serialize};

/// How long spells last and what they cost. Lengths are drawn evenly up to twice the mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fading {
    /// Mean length of a good spell, ms.
    pub good_ms: u64,
    /// Mean length of a bad spell, ms.
    pub bad_ms: u64,
    /// What is lost in a bad spell, per million.
    pub bad_ppm: u32,
}

impl Fading {
    /// Loss over a long time, per million, of what is sent evenly.
    pub fn mean_ppm(&self) -> u32 {
        let whole_ms = (self.good_ms + self.bad_ms).max(1);
        (u64::from(self.bad_ppm) * self.bad_ms / whole_ms) as u32
    }
}

/// Where one way stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spell {
    is_bad: bool,
    until_ms: u64,
}

impl Spell {
    /// True if something sent now dies of the spell. To be asked in the order of time.
    pub fn loses(&mut self, fading: &Fading, now_ms: u64, dice: &mut Dice) -> bool {
        while self.until_ms <= now_ms {
            // The first spell is a good one: `until_ms` of nothing is the end of a bad one.
            self.is_bad = self.until_ms > 0 && !self.is_bad;
            let mean_ms = if self.is_bad { fading.bad_ms } else { fading.good_ms };
            self.until_ms += dice.between(1, (2 * mean_ms).max(1));
        }
        self.is_bad && dice.chance(fading.bad_ppm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Losses of one frame a second: how many, and the longest run of them.
    fn told(fading: &Fading, seconds: u64) -> (u64, u64) {
        let (mut spell, mut dice) = (Spell::default(), Dice::new(3));
        let (mut lost, mut run, mut longest) = (0, 0, 0);
        for second in 0..seconds {
            let dies = spell.loses(fading, second * 1000, &mut dice);
            (lost, run) = if dies { (lost + 1, run + 1) } else { (lost, 0) };
            longest = longest.max(run);
        }
        (lost, longest)
    }

    #[test]
    fn spells_lose_their_share_and_in_runs() {
        let cases = [
            (Fading { good_ms: 90_000, bad_ms: 10_000, bad_ppm: 1_000_000 }, 10),
            (Fading { good_ms: 60_000, bad_ms: 60_000, bad_ppm: 500_000 }, 4),
            (Fading { good_ms: 600_000, bad_ms: 30_000, bad_ppm: 900_000 }, 12),
        ];
        for (fading, run) in cases {
            let (lost, longest) = told(&fading, 200_000);
            let share_ppm = lost * 5;
            let mean_ppm = u64::from(fading.mean_ppm());
            assert!(share_ppm.abs_diff(mean_ppm) * 10 <= mean_ppm, "{share_ppm} for {mean_ppm}");
            // Evenly spread losses of this rate would hardly ever make such a run.
            assert!(longest >= run, "{fading:?}: {longest} in a row");
        }
    }

    #[test]
    fn a_way_begins_in_a_good_spell_and_long_silence_costs_no_more_than_its_spells() {
        let fading = Fading { good_ms: 1_000, bad_ms: 1_000, bad_ppm: 1_000_000 };
        let (mut spell, mut dice) = (Spell::default(), Dice::new(1));
        assert!(!spell.loses(&fading, 0, &mut dice));
        spell.loses(&fading, 86_400_000, &mut dice);
        assert!(spell.until_ms > 86_400_000);
    }
}
