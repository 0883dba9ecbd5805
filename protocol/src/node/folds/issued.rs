//! Whom issuers admitted, on top of whom the authority named. An admission stands in the lane of
//! its issuer and may be here before or after the issuer's own name, so the two are put together
//! anew whenever one of them grew: first all that the authority wrote, then all admissions in the
//! order of their numbers. Networks without issuers never come here.

use crate::base::ids::{DeviceId, Lane, LaneId, RecordId};
use crate::base::time::Hlc;
use crate::field::body::Body;
use crate::field::directory::{DeviceEntry, Directory};
use crate::log::book::Book;
use crate::log::lane::Lane as LaneLog;
use crate::node::folds::{Folds, parse};
use crate::wire::record::kind;

impl Folds {
    /// True if a lane of an issuer holds admissions that were not folded yet.
    pub(super) fn issuers_wrote(&self, book: &Book, lanes: &[LaneId]) -> bool {
        let is_issuer =
            |id: &&LaneId| id.lane == Lane::Command && self.directory.issuer(id.author).is_some();
        lanes.iter().filter(is_issuer).any(|id| {
            let Some(lane) = book.lane(*id) else { return false };
            let folded = self.marks.get(id).map_or(0, |mark| mark.verified);
            let mut new = folded + 1..=self.counted(lane, id.author);
            new.any(|seq| is_admission(lane, seq))
        })
    }

    /// Who is who, from the start: the authority's lines, then the admissions of its issuers.
    pub(super) fn admit_anew(&mut self, book: &Book) {
        self.admissions.clear();
        if self.directory.issuers().next().is_none() {
            return;
        }
        self.directory = Directory::default();
        for (id, lane) in book.directory_lanes() {
            let folded = self.marks.get(id).map_or(0, |mark| mark.verified);
            for seq in 1..=folded {
                if let Some((_, Body::Directory(entries))) = parse(lane, seq) {
                    self.directory.apply_record(seq, &entries);
                }
            }
        }
        let issuers: Vec<DeviceId> = self.directory.issuers().map(|term| term.index).collect();
        let all = book.lanes().filter(|(id, _)| id.lane == Lane::Command);
        for (id, lane) in all.filter(|(id, _)| issuers.contains(&id.author)) {
            for seq in (1..=self.counted(lane, id.author)).filter(|seq| is_admission(lane, *seq)) {
                let Some((head, Body::Admission(device))) = parse(lane, seq) else { continue };
                let disowned = self.directory.is_disowned(id.at(seq));
                if !disowned && self.directory.admit(id.author, head.at, &device).is_ok() {
                    self.admissions.insert(id.at(seq));
                }
            }
        }
    }

    /// Note an admission that does not count, with the reason.
    pub(super) fn weigh_admission(&mut self, id: RecordId, at: Hlc, device: &DeviceEntry) {
        if self.admissions.contains(&id) {
            return;
        }
        let why = self.directory.may_admit(id.lane.author, at, device).err();
        self.refuse(id, why.map_or("no_issuer", |why| why.word()));
    }

    /// How far a lane counts here: verified, or our own and on the disk.
    fn counted(&self, lane: &LaneLog, author: DeviceId) -> u32 {
        if author == self.ring.own() { lane.saved() } else { lane.saved_sealed() }
    }
}

fn is_admission(lane: &LaneLog, seq: u32) -> bool {
    lane.record(seq).and_then(|record| record.first()) == Some(&kind::ADMISSION)
}
