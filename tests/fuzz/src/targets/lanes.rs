//! Chains of records and lists of heads: what stands between a frame and the disk. The bytes are
//! read as a story: what is offered, in which order.

use sanduan_protocol::base::class::Urgency;
use sanduan_protocol::base::ids::{DeviceId, Lane, LaneId};
use sanduan_protocol::base::start::{FrameNo, Start};
use sanduan_protocol::log::book::Book;
use sanduan_protocol::log::part::Assembly;
use sanduan_protocol::sync::digest::Salt;
use sanduan_protocol::sync::sketch;
use sanduan_protocol::sync::vector::HeadVector;
use sanduan_protocol::wire::bundle::{self, SealPiece, Section};

/// Takes small numbers and pieces from the front of the bytes; zeros and nothing at their end.
struct Story<'a>(&'a [u8]);

impl<'a> Story<'a> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn number(&mut self) -> u32 {
        u32::from_be_bytes([0, 0, self.byte(), self.byte()])
    }

    fn piece(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()).min(self.0.len());
        let (piece, rest) = self.0.split_at(length);
        self.0 = rest;
        piece
    }
}

/// Pieces of one record, in any order.
pub fn reassembly(bytes: &[u8]) -> bool {
    let mut story = Story(bytes);
    let Some(mut assembly) = Assembly::new(story.number() as usize) else { return false };
    while !story.0.is_empty() {
        let offset = story.number() as usize;
        if assembly.add(offset, story.piece()) {
            let total = assembly.total();
            return assembly.into_record().is_some_and(|record| record.len() == total);
        }
    }
    false
}

/// A book that is offered records, parts, seals and pieces of seals; a seal is good when it begins
/// with the hash that it covers, or with a byte that says so.
pub fn book(bytes: &[u8]) -> bool {
    let mut story = Story(bytes);
    let mut book = Book::default();
    let mut took = false;
    while !story.0.is_empty() {
        let (what, who) = (story.byte(), story.byte());
        let lane = Lane::from_u8(who & 3).unwrap_or(Lane::Command);
        let id = LaneId::first(DeviceId(u16::from(who >> 2 & 3)), lane).at(story.number());
        let mut seal = [what; 64];
        let piece = story.piece();
        seal[..piece.len().min(64)].copy_from_slice(&piece[..piece.len().min(64)]);
        match what % 8 {
            0..=2 => drop(book.offer(id, piece, &|_| Urgency::Routine)),
            3 => book.offer_seal(id, &seal),
            4 => {
                let piece = SealPiece::of(&seal, usize::from(who), usize::from(what));
                let _ = piece.and_then(|piece| book.offer_piece(id, &piece));
            }
            5 => drop(book.offer_part(id, story.number(), story.number(), piece)),
            6 => {
                let good = |_, _, hash: &[u8; 32], seal: &[u8; 64]| match seal[0] % 3 {
                    0 => None,
                    1 => Some(true),
                    _ => Some(seal[..32] == hash[..]),
                };
                if book.settle(id.lane, &good) > 0 {
                    book.drop_unsealed(id.lane);
                }
            }
            _ => {
                let out = book.hand_out();
                took |= !out.records.is_empty();
                book.note_saved(&out.marks);
            }
        }
    }
    for (_, lane) in book.lanes() {
        assert!(lane.sealed() <= lane.head() && lane.saved() <= lane.head());
        drop(lane.holding());
    }
    took
}

/// What salts the sketches.
pub const SALT: Salt = Salt { network_key: [3; 32], sender: DeviceId(2), number: NUMBER };
/// The number of the frame that is salted.
const NUMBER: FrameNo = FrameNo { start: Start::of_bytes([0; 6]), counter: 9 };

/// Our own list: forty devices with three lanes each.
pub fn heads() -> HeadVector {
    let lanes: Vec<LaneId> = (1..=40)
        .flat_map(|device| [Lane::Command, Lane::Report, Lane::Stock].map(|lane| (device, lane)))
        .map(|(device, lane)| LaneId::first(DeviceId(device), lane))
        .collect();
    let heads = (0..lanes.len() as u32).map(|n| n * n % 17).collect();
    HeadVector::new(lanes, heads, Vec::new())
}

/// Sketches and deltas against a list of our own, and syndromes that were made up.
pub fn sketch(bytes: &[u8]) -> bool {
    let (ours, salt) = (heads(), SALT);
    let mut understood = false;
    for section in bundle::read(bytes).0 {
        understood |= match section {
            Section::Sketch(sketch) => ours.by_sketch(&sketch, &salt).is_some(),
            Section::Delta(delta) => ours.by_delta(&delta, &salt).is_some(),
            _ => false,
        };
    }
    let (count, theirs) = bytes.split_at(bytes.len().min(1));
    let mut values = vec![5; 1 + usize::from(count.first().copied().unwrap_or(0)) * 3];
    understood | sketch::correct(&mut values, 0, theirs)
}
