//! What befalls a frame on its way beyond being lost: bits that a check sum of 16 bits did not
//! notice, an end that is missing, a copy that comes again minutes or hours later. Of every kind
//! of link alike; a machine must drop or bear it.

use sanduan_protocol::base::dice::Dice;

/// Bits that are wrong at most; more than the two or three that every check sum notices.
const BITS: (u64, u64) = (4, 24);

/// How often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mangle {
    /// Frames with wrong bits, per million.
    pub flip_ppm: u32,
    /// Frames that lack their end, per million.
    pub truncate_ppm: u32,
    /// Frames that come once more, per million.
    pub replay_ppm: u32,
    /// At most so much later, ms.
    pub replay_most_ms: u64,
}

impl Mangle {
    /// True if nothing befalls any frame.
    pub fn is_off(&self) -> bool {
        self.flip_ppm == 0 && self.truncate_ppm == 0 && self.replay_ppm == 0
    }

    /// What becomes of `frame`; when it comes again, ms from now, as it was sent.
    pub fn befall(&self, frame: &mut Vec<u8>, dice: &mut Dice) -> Option<u64> {
        let again = dice.chance(self.replay_ppm);
        let again_ms = again.then(|| dice.between(1, self.replay_most_ms.max(1)));
        if dice.chance(self.flip_ppm) && !frame.is_empty() {
            for _ in 0..dice.between(BITS.0, BITS.1) {
                let bit = dice.below(frame.len() as u64 * 8) as usize;
                frame[bit / 8] ^= 1 << (bit % 8);
            }
        }
        if dice.chance(self.truncate_ppm) {
            let bytes = dice.below(frame.len() as u64 + 1) as usize;
            frame.truncate(bytes);
        }
        again_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames that were changed in place, cut short, or come again, of ten thousand.
    fn told(mangle: Mangle) -> (u64, u64, u64) {
        let mut dice = Dice::new(8);
        let (mut flipped, mut cut, mut again) = (0, 0, 0);
        for _ in 0..10_000 {
            let mut frame = vec![0; 60];
            let later_ms = mangle.befall(&mut frame, &mut dice);
            flipped += u64::from(frame.len() == 60 && frame.iter().any(|byte| *byte != 0));
            cut += u64::from(frame.len() < 60);
            again += u64::from(later_ms.is_some());
            assert!(later_ms.is_none_or(|ms| (1..=7_200_000).contains(&ms)));
        }
        (flipped, cut, again)
    }

    #[test]
    fn each_kind_of_mischief_comes_as_often_as_told_and_no_other() {
        let off = Mangle { replay_most_ms: 7_200_000, ..Mangle::default() };
        let near = |count: u64| (400..=600).contains(&count);
        assert!(off.is_off());
        assert_eq!(told(off), (0, 0, 0));
        let (flipped, cut, again) = told(Mangle { flip_ppm: 50_000, ..off });
        assert!(near(flipped) && (cut, again) == (0, 0), "{flipped}");
        let (flipped, cut, again) = told(Mangle { truncate_ppm: 50_000, ..off });
        assert!(near(cut) && (flipped, again) == (0, 0), "{cut}");
        let (flipped, cut, again) = told(Mangle { replay_ppm: 50_000, ..off });
        assert!(near(again) && (flipped, cut) == (0, 0), "{again}");
    }
}
