//! A sum over runs of records: whoever lacks some of these runs makes them of as many sums as it
//! lacks runs, whichever they are (`sync::parity`).
//!
//! ```text
//! sum    seed 2 | length, names | length, bytes
//! names  one code of `wire::adaptive`: count N | runs …
//! run    author less the one before N | lane S | first life F [incarnation flat 256]
//!        | first record N | records less 1 N
//! ```

use crate::base::caps::{FRAME_BYTES_MAX, PARITY_FRAMES_MAX};
use crate::base::ids::{DeviceId, Lane, LaneId};
use crate::wire::adaptive::{Flag, Number, Teller};
use crate::wire::pack::{Pack, PackError, Reader, put_bytes};
use crate::wire::text::coder;

/// Bytes of all names at most: 32 runs of which none is like the one before.
const NAMES_BYTES_MAX: usize = 512;
/// Records of one run at most: they fit a frame.
const RECORDS_MAX: u32 = 4096;

/// Records of one lane, whole and sealed at the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// The lane.
    pub lane: LaneId,
    /// The first record.
    pub first: u32,
    /// How many.
    pub count: u32,
}

impl Item {
    /// The record whose seal covers it.
    pub fn last(&self) -> u32 {
        self.first + self.count - 1
    }
}

/// A sum over the packed forms of some runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// From which follows what each run counts in it.
    pub seed: u16,
    /// The runs, in order; at most one of each lane.
    pub items: Vec<Item>,
    /// The sum.
    pub bytes: Vec<u8>,
}

impl Pack for Sum {
    fn pack(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.seed.to_be_bytes());
        let mut writer = coder::Writer::default();
        // What is written is never refused: the limits are those of the reader.
        let _ = names(&mut writer, &self.items);
        put_bytes(to, &writer.finish());
        put_bytes(to, &self.bytes);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Sum, PackError> {
        let seed = u16::from_be_bytes(from.array()?);
        let items = names(&mut coder::Reader::new(from.bytes(NAMES_BYTES_MAX)?), &[])?;
        let bytes = from.bytes(FRAME_BYTES_MAX)?.to_vec();
        let is_sound = !items.is_empty()
            && !bytes.is_empty()
            && items.windows(2).all(|pair| pair[0].lane < pair[1].lane);
        if is_sound { Ok(Sum { seed, items, bytes }) } else { Err(PackError::BadValue("sum")) }
    }
}

fn names(teller: &mut impl Teller, items: &[Item]) -> Result<Vec<Item>, PackError> {
    let bad = PackError::BadValue("sum");
    let small = |value: u64| u32::try_from(value).map_err(|_| bad);
    let (mut steps, mut lives) = (Number::default(), Flag::default());
    let (mut firsts, mut counts) = (Number::default(), Number::default());
    let mut lanes = [1u64; Lane::ALL.len()];
    let count = Number::default().tell(teller, items.len() as u64);
    if count > PARITY_FRAMES_MAX as u64 {
        return Err(PackError::TooLong);
    }
    let none = Item { lane: LaneId::first(DeviceId(0), Lane::Command), first: 1, count: 1 };
    let (mut told, mut before) = (Vec::new(), 0u16);
    for place in 0..count as usize {
        let Item { lane, first, count } = items.get(place).copied().unwrap_or(none);
        let step = steps.tell(teller, u64::from(lane.author.0.saturating_sub(before)));
        let author = u16::try_from(step).ok().and_then(|step| before.checked_add(step));
        before = author.ok_or(bad)?;
        let kind = teller.slot(lane.lane as usize, &lanes);
        lanes[kind] += 4;
        let incarnation = match lives.tell(teller, lane.incarnation == 0) {
            true => 0,
            false => teller.flat(u64::from(lane.incarnation), 256) as u8,
        };
        let first = small(firsts.tell(teller, u64::from(first)))?;
        let count = small(counts.tell(teller, u64::from(count - 1)))?;
        if count >= RECORDS_MAX || first == 0 || first.checked_add(count).is_none() {
            return Err(bad);
        }
        let lane = LaneId { author: DeviceId(before), incarnation, lane: Lane::ALL[kind] };
        told.push(Item { lane, first, count: count + 1 });
    }
    Ok(told)
}
