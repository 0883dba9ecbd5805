//! Shares of a whole ↔ bytes: the arithmetic coder of short texts. What the shares are is the
//! business of [`super::model`]; nothing here knows a character.
//!
//! The message is one number below 1, high bytes first. Each step keeps the part of the interval
//! that belongs to what was said. The end is the shortest number inside the last interval, and a
//! reader finds zeros past the last byte, so zeros at the end are never sent.
//!
//! Integers only: 56 bits of interval, at least 48 of them in use, and a whole of at most 2³⁷, so
//! that eleven bits of precision or more are always left.

/// Bits of the interval.
const WINDOW_BITS: u32 = 56;
/// One past the largest value of the window.
const WINDOW: u64 = 1 << WINDOW_BITS;
/// Below this width the highest byte can no longer be told apart, and is moved out.
const NARROW: u64 = WINDOW >> 8;

/// One part of a whole: `from` up to `from + width`, out of `whole`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Where the part begins.
    pub from: u64,
    /// How wide it is; never 0.
    pub width: u64,
    /// Of how much; at most 2³⁷.
    pub whole: u64,
}

/// The part of an interval of this width: offset and width. The last part takes what the division
/// left over, so that no value of the interval is without an owner.
fn part(range: u64, share: Share) -> (u64, u64) {
    let unit = range / share.whole;
    let offset = unit * share.from;
    let is_last = share.from + share.width == share.whole;
    (offset, if is_last { range - offset } else { unit * share.width })
}

/// Writes shares.
#[derive(Clone, Debug)]
pub struct Writer {
    bytes: Vec<u8>,
    low: u64,
    range: u64,
}

impl Default for Writer {
    fn default() -> Writer {
        Writer { bytes: Vec::new(), low: 0, range: WINDOW }
    }
}

impl Writer {
    /// Say that this share was meant.
    pub fn put(&mut self, share: Share) {
        let (offset, range) = part(self.range, share);
        self.low += offset;
        self.range = range;
        self.carry();
        while self.range < NARROW {
            self.shift();
        }
    }

    /// The fewest bytes that say all of it.
    pub fn finish(mut self) -> Vec<u8> {
        let end = self.low + self.range;
        for kept in 0..=7 {
            let grain = WINDOW >> (8 * kept);
            let value = self.low.next_multiple_of(grain);
            if value < end {
                self.low = value;
                break;
            }
        }
        self.carry();
        while self.low != 0 {
            self.shift();
        }
        while self.bytes.last() == Some(&0) {
            self.bytes.pop();
        }
        self.bytes
    }

    fn shift(&mut self) {
        self.bytes.push((self.low >> (WINDOW_BITS - 8)).to_le_bytes()[0]);
        self.low = (self.low % NARROW) << 8;
        self.range <<= 8;
    }

    /// Moves a carry out of the window into the bytes before it.
    fn carry(&mut self) {
        if self.low < WINDOW {
            return;
        }
        self.low -= WINDOW;
        for byte in self.bytes.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
    }
}

/// Reads shares, from any bytes at all.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    value: u64,
    range: u64,
}

impl<'a> Reader<'a> {
    /// A reader at the start of these bytes.
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        let mut reader = Reader { bytes, value: 0, range: WINDOW };
        for _ in 0..WINDOW_BITS / 8 {
            reader.value = reader.value << 8 | reader.next_byte();
        }
        reader
    }

    /// Where in the whole the message points; below `whole`.
    pub fn point(&self, whole: u64) -> u64 {
        let unit = self.range / whole;
        (self.value / unit).min(whole - 1)
    }

    /// Go into the share that holds the point.
    pub fn take(&mut self, share: Share) {
        let (offset, range) = part(self.range, share);
        debug_assert!(self.value >= offset && self.value - offset < range, "the point is inside");
        self.value = self.value.saturating_sub(offset);
        self.range = range;
        while self.range < NARROW {
            self.range <<= 8;
            self.value = self.value << 8 | self.next_byte();
        }
    }

    /// One of `count` equal shares.
    pub fn take_flat(&mut self, count: u64) -> u64 {
        let from = self.point(count);
        self.take(Share { from, width: 1, whole: count });
        from
    }

    fn next_byte(&mut self) -> u64 {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                u64::from(*first)
            }
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn write(shares: &[Share]) -> Vec<u8> {
        let mut writer = Writer::default();
        shares.iter().for_each(|share| writer.put(*share));
        writer.finish()
    }

    #[test]
    fn what_is_certain_costs_nothing() {
        let sure = Share { from: 0, width: 1, whole: 1 };
        assert_eq!(write(&[sure; 100]), Vec::<u8>::new());
    }

    #[test]
    fn a_carry_runs_through_all_bytes_before_it() {
        let top = Share { from: (1 << 36) - 1, width: 1, whole: 1 << 36 };
        let shares = [Share { from: 0, width: 1, whole: 2 }, top, top, top];
        let bytes = write(&shares);
        let mut reader = Reader::new(&bytes);
        for share in shares {
            let point = reader.point(share.whole);
            assert!((share.from..share.from + share.width).contains(&point));
            reader.take(share);
        }
    }

    fn wholes() -> impl Strategy<Value = Vec<u64>> {
        proptest::collection::vec(1u64..=1 << 37, 0..200)
    }

    fn shares() -> impl Strategy<Value = Vec<Share>> {
        let share = (1u64..=1 << 37).prop_flat_map(|whole| {
            (0..whole).prop_flat_map(move |from| {
                (1..=whole - from).prop_map(move |width| Share { from, width, whole })
            })
        });
        proptest::collection::vec(share, 0..40)
    }

    proptest! {
        #[test]
        fn every_share_is_read_as_it_was_written(shares in shares()) {
            let bytes = write(&shares);
            let mut reader = Reader::new(&bytes);
            for share in &shares {
                let point = reader.point(share.whole);
                prop_assert!((share.from..share.from + share.width).contains(&point));
                reader.take(*share);
            }
        }

        #[test]
        fn any_bytes_can_be_read(bytes: Vec<u8>, wholes in wholes()) {
            let mut reader = Reader::new(&bytes);
            for whole in wholes {
                prop_assert!(reader.take_flat(whole) < whole);
            }
        }
    }
}
