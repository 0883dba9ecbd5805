//! What goes to the disk, under which key, and what waits for it to be there.
//!
//! ```text
//! key                                              value
//! r | author 2 | incarnation 1 | lane 1 | seq 4    the record as received
//! s | author 2 | incarnation 1 | lane 1 | seq 4    the seal, 64
//! f | author 2 | incarnation 1 | lane 1            a fork: where, and both branches
//! g | author 2 | incarnation 1 | lane 1 | seq 4    a stub of records from here on, see `log::stub`
//! b | register                                     version 4 | the value
//! n                                                newest start 6
//! c                                                counter ceiling of earlier versions 8
//! epochs                                           days, epochs and their keys
//! ```
//!
//! Numbers are big endian, so that keys in order are records in order, and stubs come before the
//! records behind them. An empty value means that the pair goes.

use std::collections::{BTreeMap, BTreeSet};

use zeroize::Zeroizing;

use crate::base::caps::BATCH_PUTS_MAX;
use crate::base::ids::{DeviceId, Lane, LaneId, RecordId};
use crate::base::start::Start;
use crate::field::track::Fix;
use crate::keys::frame_key::Turn;
use crate::local::{Refusal, RefusalCode, Reply, Request, halves};
use crate::log::book::Mark;
use crate::log::fork::Fork;
use crate::log::stub::Stub;
use crate::node::input::{AskId, BatchNo};
use crate::node::output::{Batch, Output};
use crate::wire::bundle::{Register, RegisterId, Signature};
use crate::wire::pack::Pack;

/// One pair, read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// A record.
    Record(RecordId, Vec<u8>),
    /// A seal.
    Seal(RecordId, Signature),
    /// The proof of a fork.
    Fork(LaneId, Fork),
    /// What stays of records that went, from this one on.
    Stub(RecordId, Stub),
    /// A register.
    Register(Register),
    /// The newest start of this device.
    Start(Start),
    /// The counter ceiling of earlier versions, which had no starts.
    Ceiling(u64),
    /// Up to which record of our own lane another has verified it, see [`crate::node::handed`].
    Handed(LaneId, u32),
    /// Who is at the console; empty for the one of the configuration.
    Operator(String),
    /// Days, epochs and their keys, see [`crate::keys::epochs`].
    Epochs(Zeroizing<Vec<u8>>),
}

/// The key of the newest start.
const START_KEY: &[u8] = b"n";
/// The key of the counter ceiling of earlier versions.
const CEILING_KEY: &[u8] = b"c";
/// The key of who is at the console.
const OPERATOR_KEY: &[u8] = b"operator";
/// The key of days and epochs.
const EPOCHS_KEY: &[u8] = b"epochs";

fn record_key(tag: u8, id: RecordId) -> Vec<u8> {
    let mut key = vec![tag];
    key.extend_from_slice(&id.lane.author.0.to_be_bytes());
    key.push(id.lane.incarnation);
    key.push(id.lane.lane as u8);
    key.extend_from_slice(&id.seq.to_be_bytes());
    key
}

fn fork_key(lane: LaneId) -> Vec<u8> {
    [b"f", lane.packed().as_slice()].concat()
}

fn parse_record_key(key: &[u8]) -> Option<RecordId> {
    let &[a, b, incarnation, lane, s0, s1, s2, s3] = key else { return None };
    let author = DeviceId(u16::from_be_bytes([a, b]));
    let lane = LaneId { author, incarnation, lane: Lane::from_u8(lane)? };
    Some(lane.at(u32::from_be_bytes([s0, s1, s2, s3])))
}

impl Stored {
    /// The pair as it is put on the disk.
    pub fn into_put(self) -> (Vec<u8>, Vec<u8>) {
        match self {
            Stored::Record(id, bytes) => (record_key(b'r', id), bytes),
            Stored::Seal(id, seal) => (record_key(b's', id), seal.to_vec()),
            Stored::Stub(first, stub) => (record_key(b'g', first), stub.packed()),
            Stored::Fork(lane, fork) => (fork_key(lane), fork.packed()),
            Stored::Register(register) => {
                let mut key = vec![b'b'];
                register.id.pack(&mut key);
                let mut value = register.version.to_be_bytes().to_vec();
                value.extend_from_slice(&register.value);
                (key, value)
            }
            Stored::Handed(lane, head) => {
                ([b"a", lane.packed().as_slice()].concat(), head.to_be_bytes().to_vec())
            }
            Stored::Operator(name) => (OPERATOR_KEY.to_vec(), name.into_bytes()),
            Stored::Epochs(bytes) => (EPOCHS_KEY.to_vec(), bytes.to_vec()),
            Stored::Start(start) => (START_KEY.to_vec(), start.to_bytes().to_vec()),
            Stored::Ceiling(ceiling) => (CEILING_KEY.to_vec(), ceiling.to_be_bytes().to_vec()),
        }
    }

    /// What a pair from the disk is; `None` for a key of another version.
    pub fn parse(key: &[u8], value: &[u8]) -> Option<Stored> {
        match *key.first()? {
            b'r' => Some(Stored::Record(parse_record_key(&key[1..])?, value.to_vec())),
            b's' => Some(Stored::Seal(parse_record_key(&key[1..])?, value.try_into().ok()?)),
            b'f' => {
                let lane = LaneId::unpack_all(&key[1..]).ok()?;
                Some(Stored::Fork(lane, Fork::unpack_all(value).ok()?))
            }
            b'g' => {
                let first = parse_record_key(&key[1..])?;
                Some(Stored::Stub(first, Stub::unpack_all(value).ok()?))
            }
            b'b' => {
                let id = RegisterId::unpack_all(&key[1..]).ok()?;
                let (version, value) = value.split_first_chunk::<4>()?;
                let version = u32::from_be_bytes(*version);
                Some(Stored::Register(Register { id, version, value: value.to_vec() }))
            }
            b'a' => {
                let lane = LaneId::unpack_all(&key[1..]).ok()?;
                Some(Stored::Handed(lane, u32::from_be_bytes(value.try_into().ok()?)))
            }
            b'o' if key == OPERATOR_KEY => {
                String::from_utf8(value.to_vec()).ok().map(Stored::Operator)
            }
            b'e' if key == EPOCHS_KEY => Some(Stored::Epochs(Zeroizing::new(value.to_vec()))),
            b'n' if key == START_KEY => {
                Some(Stored::Start(Start::of_bytes(value.try_into().ok()?)))
            }
            b'c' => Some(Stored::Ceiling(u64::from_be_bytes(value.try_into().ok()?))),
            _ => None,
        }
    }
}

/// What a batch means once it is on the disk.
#[derive(Debug, Default)]
pub struct Meaning {
    /// Head and sealed mark of lanes.
    pub marks: Vec<Mark>,
    /// The start in it.
    pub start: Option<Start>,
    /// The day and epoch whose keys are in it.
    pub turn: Option<Turn>,
    /// Lanes whose proof of a fork is in it.
    pub proofs: Vec<LaneId>,
    /// Fixes of this device in it, which are told then.
    pub fixes: Vec<Fix>,
    /// Records go with it, so that what the folds made of their words goes as well.
    pub evicts: bool,
    /// Answers that may be given then.
    pub replies: Vec<(AskId, Reply)>,
    /// Requests to be taken up again then.
    pub again: Vec<(AskId, Request)>,
}

/// What waits to be handed to the disk, and what was handed over and not confirmed.
#[derive(Debug, Default)]
pub struct Disk {
    next: u64,
    puts: Vec<(Vec<u8>, Vec<u8>)>,
    urgent: bool,
    /// Meaning of what waits.
    pub meaning: Meaning,
    flying: BTreeMap<BatchNo, Meaning>,
    /// Forks whose proof is on its way to the disk: nobody is told of it before it is there.
    unsaved_proofs: BTreeSet<LaneId>,
    /// Why nothing can be saved any more.
    pub poisoned: Option<String>,
}

impl Disk {
    /// Put a pair with the next batch.
    pub fn put(&mut self, stored: Stored, urgent: bool) {
        self.puts.push(stored.into_put());
        self.urgent |= urgent;
    }

    /// With the next batch a record goes.
    pub fn drop_record(&mut self, id: RecordId) {
        self.puts.push((record_key(b'r', id), Vec::new()));
    }

    /// With the next batch the stub that begins at this record goes.
    pub fn drop_stub(&mut self, first: RecordId) {
        self.puts.push((record_key(b'g', first), Vec::new()));
    }

    /// With the next batch a seal goes.
    pub fn drop_seal(&mut self, id: RecordId) {
        self.puts.push((record_key(b's', id), Vec::new()));
    }

    /// Put the proof of a fork with the next batch.
    pub fn put_proof(&mut self, lane: LaneId, fork: Fork) {
        self.put(Stored::Fork(lane, fork), true);
        self.unsaved_proofs.insert(lane);
        self.meaning.proofs.push(lane);
    }

    /// With the next batch the proof of a fork goes.
    pub fn drop_proof(&mut self, lane: LaneId) {
        self.puts.push((fork_key(lane), Vec::new()));
    }

    /// True if the proof of this fork, which we know, is on the disk.
    pub fn has_proof(&self, lane: LaneId) -> bool {
        !self.unsaved_proofs.contains(&lane)
    }

    /// Someone waits for this batch.
    pub fn hurry(&mut self) {
        self.urgent = true;
    }

    /// Requests that wait for the disk.
    pub fn waiting_asks(&self) -> usize {
        let flying: usize = self.flying.values().map(|batch| batch.replies.len()).sum();
        flying + self.meaning.replies.len()
    }

    /// Hand over everything that waits. The meaning goes with the last batch, which the disk
    /// confirms last.
    pub fn flush(&mut self, out: &mut impl Extend<Output>) {
        if self.poisoned.is_some() || (self.puts.is_empty() && !self.has_meaning()) {
            return;
        }
        let mut puts = std::mem::take(&mut self.puts);
        while puts.len() > BATCH_PUTS_MAX {
            let rest = puts.split_off(BATCH_PUTS_MAX);
            self.hand_over(puts, Meaning::default(), out);
            puts = rest;
        }
        let meaning = std::mem::take(&mut self.meaning);
        self.hand_over(puts, meaning, out);
        self.urgent = false;
    }

    /// The disk confirmed a batch.
    pub fn confirm(&mut self, batch: BatchNo) -> Option<Meaning> {
        let meaning = self.flying.remove(&batch)?;
        meaning.proofs.iter().for_each(|lane| {
            self.unsaved_proofs.remove(lane);
        });
        Some(meaning)
    }

    /// The disk refused a batch: everything unconfirmed is void, and so are its answers.
    pub fn poison(&mut self, reason: String) -> Vec<(AskId, Refusal)> {
        let refusal = not_saved(&reason);
        self.poisoned = Some(reason);
        self.puts.clear();
        let waiting = std::mem::take(&mut self.meaning);
        let flying = std::mem::take(&mut self.flying);
        flying
            .into_values()
            .chain([waiting])
            .flat_map(|meaning| {
                let asked = meaning.again.into_iter().map(|(ask, _)| ask);
                meaning.replies.into_iter().map(|(ask, _)| ask).chain(asked).collect::<Vec<_>>()
            })
            .map(|ask| (ask, refusal.clone()))
            .collect()
    }

    fn has_meaning(&self) -> bool {
        // What a proof vouches for again is verified without anything new for the disk.
        let is_verified = !self.meaning.marks.is_empty();
        is_verified || !self.meaning.replies.is_empty() || !self.meaning.again.is_empty()
    }

    fn hand_over(
        &mut self,
        puts: Vec<(Vec<u8>, Vec<u8>)>,
        meaning: Meaning,
        out: &mut impl Extend<Output>,
    ) {
        self.next += 1;
        let batch = BatchNo(self.next);
        self.flying.insert(batch, meaning);
        out.extend([Output::Save(Batch { batch, urgent: self.urgent, puts })]);
    }
}

/// The refusal while the disk does not save.
pub fn not_saved(reason: &str) -> Refusal {
    let (zh, en) = halves(reason);
    Refusal::new(
        RefusalCode::NotSaved,
        format!("未保存，恢复后请重新录入。{zh}"),
        format!("Not saved; enter it again once the disk works. {en}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::UnitId;

    #[test]
    fn pairs_go_both_ways_and_foreign_keys_are_passed_over() {
        let lane = LaneId { author: DeviceId(300), incarnation: 2, lane: Lane::Stock };
        let register = Register {
            id: RegisterId::Fix(DeviceId(4), UnitId(9)),
            version: 77,
            value: b"value".to_vec(),
        };
        for stored in [
            Stored::Record(lane.at(7), b"bytes".to_vec()),
            Stored::Seal(lane.at(7), [9; 64]),
            Stored::Stub(lane.at(8), Stub { hash: [3; 32], left: vec![b"left".to_vec()] }),
            Stored::Register(register),
            Stored::Start(Start::of_bytes([1, 2, 3, 4, 5, 6])),
            Stored::Ceiling(1 << 33),
            Stored::Handed(lane, 70_000),
            Stored::Operator("李强".to_owned()),
            Stored::Epochs(Zeroizing::new(vec![1, 2, 3])),
        ] {
            let (key, value) = stored.clone().into_put();
            assert_eq!(Stored::parse(&key, &value), Some(stored));
        }
        for key in [b"".as_slice(), b"z", b"r123", b"b\xff"] {
            assert_eq!(Stored::parse(key, b""), None);
        }
    }

    #[test]
    fn keys_in_order_are_records_in_order() {
        let lane = LaneId::first(DeviceId(1), Lane::Command);
        let key = |seq| Stored::Record(lane.at(seq), vec![]).into_put().0;
        assert!(key(255) < key(256) && key(256) < key(70_000));
    }

    #[test]
    fn a_refused_batch_voids_every_answer_that_waits() {
        let mut disk = Disk::default();
        let mut out = Vec::new();
        disk.put(Stored::Ceiling(1), true);
        disk.meaning.replies.push((AskId(1), Reply::Saved { id: None, records: 1 }));
        disk.flush(&mut out);
        disk.put(Stored::Ceiling(2), true);
        disk.meaning.replies.push((AskId(2), Reply::Saved { id: None, records: 1 }));
        assert_eq!(disk.waiting_asks(), 2);
        let refused: Vec<AskId> = disk.poison("full".into()).iter().map(|(ask, _)| *ask).collect();
        assert_eq!(refused, vec![AskId(1), AskId(2)]);
        disk.put(Stored::Ceiling(3), true);
        disk.flush(&mut out);
        assert_eq!(out.len(), 1, "nothing is handed to a disk that failed");
    }
}
