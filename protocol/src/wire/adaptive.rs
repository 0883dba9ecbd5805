//! Values whose likelihood is learnt while they are told: for long tables whose columns resemble
//! themselves. Both ends count alike, so nothing about the counts is sent. The shares become bytes
//! in [`super::text::coder`]; which values there are is the business of whoever tells them.
//!
//! One drawing for both directions: a layout hands every value to a [`Teller`] and goes on with
//! what it gets back. A reader of hostile bytes gets values that nobody meant, never an error:
//! whoever asks checks them and bounds how many it asks for.

use crate::wire::text::coder::{Reader, Share, Writer};

/// Bits of a large number that are told at once; far below what a share can divide.
const FLAT_BITS: u32 = 16;
/// What seeing a class of numbers once adds to it, when at first each has one.
const CLASS_STEP: u64 = 12;
/// Classes of [`Number`]: no bits, up to 64 bits.
const CLASSES: usize = 65;

/// Writes or reads one choice after another.
pub trait Teller {
    /// One of `count` values, all as likely.
    fn flat(&mut self, value: u64, count: u64) -> u64;

    /// One of these slots, as likely as their weights say. The sum is above 0 and below 2³⁷; the
    /// slot told has a weight above 0.
    fn slot(&mut self, slot: usize, weights: &[u64]) -> usize;
}

fn share(slot: usize, weights: &[u64]) -> Share {
    let from = weights.iter().take(slot).sum();
    let width = weights.get(slot).copied().unwrap_or_default();
    Share { from, width, whole: weights.iter().sum() }
}

impl Teller for Writer {
    fn flat(&mut self, value: u64, count: u64) -> u64 {
        self.put(Share { from: value, width: 1, whole: count });
        value
    }

    fn slot(&mut self, slot: usize, weights: &[u64]) -> usize {
        self.put(share(slot, weights));
        slot
    }
}

impl Teller for Reader<'_> {
    fn flat(&mut self, _: u64, count: u64) -> u64 {
        self.take_flat(count)
    }

    fn slot(&mut self, _: usize, weights: &[u64]) -> usize {
        let point = self.point(weights.iter().sum());
        let mut sum = 0;
        let holds = |weight: &u64| {
            sum += weight;
            point < sum
        };
        let slot = weights.iter().position(holds).unwrap_or_default();
        self.take(share(slot, weights));
        slot
    }
}

/// Yes or no.
#[derive(Clone, Debug)]
pub struct Flag {
    seen: [u64; 2],
}

impl Default for Flag {
    fn default() -> Flag {
        Flag { seen: [1; 2] }
    }
}

impl Flag {
    /// Tell one.
    pub fn tell(&mut self, teller: &mut impl Teller, is_set: bool) -> bool {
        let slot = teller.slot(usize::from(is_set), &self.seen);
        self.seen[slot] += 2;
        slot == 1
    }
}

/// A number by how many bits it has; that and the bit after the highest are learnt, the rest is
/// as likely one way as the other.
#[derive(Clone, Debug)]
pub struct Number {
    classes: [u64; CLASSES],
    tops: Vec<Flag>,
}

impl Default for Number {
    fn default() -> Number {
        Number { classes: [1; CLASSES], tops: vec![Flag::default(); CLASSES] }
    }
}

impl Number {
    /// Tell one.
    pub fn tell(&mut self, teller: &mut impl Teller, value: u64) -> u64 {
        let class = (u64::BITS - value.leading_zeros()) as usize;
        let class = teller.slot(class, &self.classes);
        self.classes[class] += CLASS_STEP;
        if class < 2 {
            return class as u64;
        }
        let mut left = class as u32 - 2;
        let top = self.tops[class].tell(teller, value >> left & 1 == 1);
        let mut told = 2 | u64::from(top);
        while left > 0 {
            let bits = left.min(FLAT_BITS);
            left -= bits;
            told = told << bits | teller.flat(value >> left & ((1 << bits) - 1), 1 << bits);
        }
        told
    }
}

/// One of few values that come again, whatever they are.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    values: Vec<u64>,
    /// One more than there are values: the last is that of a value not seen before.
    weights: Vec<u64>,
}

impl Choice {
    /// Tell one. It is known not to be `but`. One not seen before is told by `fresh`.
    pub fn tell<T: Teller, E>(
        &mut self,
        teller: &mut T,
        value: u64,
        but: Option<u64>,
        fresh: impl FnOnce(&mut T, u64) -> Result<u64, E>,
    ) -> Result<u64, E> {
        if self.weights.is_empty() {
            self.weights.push(1);
        }
        let end = self.values.len();
        let ruled_out = but.and_then(|but| self.values.iter().position(|value| *value == but));
        let held = ruled_out.map(|slot| std::mem::take(&mut self.weights[slot]));
        let known = self.values.iter().position(|known| *known == value);
        let slot = teller.slot(known.unwrap_or(end), &self.weights);
        if let (Some(slot), Some(weight)) = (ruled_out, held) {
            self.weights[slot] = weight;
        }
        if let Some(known) = self.values.get(slot) {
            self.weights[slot] += 2;
            return Ok(*known);
        }
        let value = fresh(teller, value)?;
        self.values.push(value);
        self.weights.insert(end, 1);
        // As many have come for the first time: so likely is another one.
        self.weights[end + 1] = self.values.len() as u64;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is told in the tests: every kind, one after another.
    #[derive(Default)]
    struct Models {
        flag: Flag,
        number: Number,
        choice: Choice,
    }

    fn tell(teller: &mut impl Teller, values: &[(bool, u64, u64)]) -> Vec<(bool, u64, u64)> {
        let mut models = Models::default();
        let mut before = None;
        let mut told = Vec::new();
        for (flag, number, choice) in values {
            let flag = models.flag.tell(teller, *flag);
            let number = models.number.tell(teller, *number);
            let but = before.filter(|before| before != choice);
            let fresh = |teller: &mut _, value| Ok::<_, ()>(Number::default().tell(teller, value));
            let choice = models.choice.tell(teller, *choice, but, fresh).expect("never fails");
            before = Some(choice);
            told.push((flag, number, choice));
        }
        told
    }

    #[test]
    fn a_column_of_one_value_costs_next_to_nothing() {
        let mut writer = Writer::default();
        tell(&mut writer, &[(true, 700, 12_000); 1_000]);
        let bytes = writer.finish().len();
        // Eight bits of each number are not learnt.
        assert!((1_000..1_050).contains(&bytes), "{bytes}");
    }

    #[test]
    fn any_bytes_are_told_without_panic() {
        for seed in 0..64u8 {
            let bytes: Vec<u8> = (0..40).map(|n: u8| n.wrapping_mul(seed) ^ seed).collect();
            assert_eq!(tell(&mut Reader::new(&bytes), &[(false, 0, 0); 50]).len(), 50);
        }
    }

    proptest! {
        #[test]
        fn what_is_told_is_read_again(
            values in prop::collection::vec((any::<bool>(), any::<u64>(), 0u64..9), 0..60),
        ) {
            let mut writer = Writer::default();
            tell(&mut writer, &values);
            let bytes = writer.finish();
            // The reader is told nothing but what was ruled out, which it knows as well.
            let mut reader = Reader::new(&bytes);
            let mut models = Models::default();
            let mut before = None;
            for (flag, number, choice) in &values {
                prop_assert_eq!(models.flag.tell(&mut reader, false), *flag);
                prop_assert_eq!(models.number.tell(&mut reader, 0), *number);
                let but = before.filter(|before| before != choice);
                let fresh = |reader: &mut Reader<'_>, _| {
                    Ok::<_, ()>(Number::default().tell(reader, 0))
                };
                let told = models.choice.tell(&mut reader, 0, but, fresh);
                prop_assert_eq!(told, Ok(*choice));
                before = Some(*choice);
            }
        }
    }
}
