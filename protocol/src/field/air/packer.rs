//! Puts records of one lane into the bits of a run, each in the shorter of its two forms.

use super::{Context, Forms, Known, RAW_K, parse, put_raw_form, record_of};
use crate::base::ids::{DeviceId, LaneId};
use crate::wire::bits::{BitWriter, Mark};
use crate::wire::bundle::{PackedRun, Signature};

/// Room that the bits of a run are given at first, bytes: a frame of a radio.
const RUN_ROOM_BYTES: usize = 256;

/// A run of records up to one of them, to go back to.
#[derive(Clone, Copy, Debug)]
pub struct RunMark {
    count: u32,
    bits: Mark,
}

/// Puts records of one lane into bits.
#[derive(Clone, Debug)]
pub struct Packer {
    lane: LaneId,
    first: u32,
    count: u32,
    base_s: u32,
    context: Context,
    bits: BitWriter,
}

impl Packer {
    /// Nothing yet; the first record will be `first`.
    pub fn new(lane: LaneId, first: u32) -> Packer {
        let context = Context::new(lane.author, 0);
        let bits = BitWriter::with_room(RUN_ROOM_BYTES);
        Packer { lane, first, count: 0, base_s: 0, context, bits }
    }

    /// Add the next record. Its form is the shorter one.
    pub fn push(&mut self, record: &[u8]) {
        let mut parsed = parse(record, self.lane.lane);
        if self.count == 0
            && let Some((head, _)) = &parsed
        {
            match u32::try_from(head.at.wall_ms / 1000) {
                Ok(base_s) => self.base_s = base_s,
                // A clock beyond 2106 has no base; such a record goes as it is.
                Err(_) => parsed = None,
            }
            self.context = Context::new(self.lane.author, self.base_s);
        }
        let known = parsed.and_then(|(head, body)| Some(Known { head, body: body? }));
        if !known.is_some_and(|known| self.push_known(known, record.len())) {
            put_raw_form(&mut self.bits, self.lane.lane);
            self.bits.golomb(record.len() as u64, RAW_K);
            self.bits.bytes(record);
        }
        self.context.is_first = false;
        self.count += 1;
    }

    /// Add a record that was taken apart, if that is no longer than its bytes. True if so.
    fn push_known(&mut self, known: Known, raw_bytes: usize) -> bool {
        let (before, mut context) = (self.bits.mark(), self.context.clone());
        let raw_end = self.bits.byte_len() + 2 + raw_bytes;
        let formed = self.bits.form(&known, self.lane.lane);
        let done = formed.and_then(|()| record_of(&mut self.bits, &mut context, known));
        let is_shorter = done.is_ok() && self.bits.byte_len() <= raw_end;
        match is_shorter {
            true => self.context = context,
            false => self.bits.cut_back(before),
        }
        is_shorter
    }

    /// Records so far.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The run as it is now, to go back to.
    pub fn mark(&self) -> RunMark {
        RunMark { count: self.count, bits: self.bits.mark() }
    }

    /// The run as it was there, for good: no record follows.
    pub fn cut_back(mut self, to: RunMark) -> Packer {
        self.bits.cut_back(to.bits);
        self.count = to.count;
        self
    }

    /// Bytes that the run takes in a frame of this sender, if something follows it.
    pub fn byte_len(&self, sender: DeviceId, is_sealed: bool) -> usize {
        let seal = is_sealed.then_some([0; _]);
        let bits = self.bits.byte_len();
        self.run_of(sender, seal, Vec::new()).byte_len_with(bits)
    }

    /// The run, in a frame of this sender.
    pub fn run(&self, sender: DeviceId, seal: Option<Signature>) -> PackedRun {
        self.run_of(sender, seal, self.bits.as_bytes().to_vec())
    }

    fn run_of(&self, sender: DeviceId, seal: Option<Signature>, bits: Vec<u8>) -> PackedRun {
        PackedRun {
            author: (self.lane.author != sender).then_some(self.lane.author),
            incarnation: self.lane.incarnation,
            lane: self.lane.lane,
            first: self.first,
            count: self.count,
            base_s: self.base_s,
            bits,
            seal,
            is_last: false,
        }
    }
}
