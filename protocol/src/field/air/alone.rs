//! One record on its own, for those that fit no frame and go in parts: the same bits as in a run
//! of one, so that a long order takes as few parts as can be.
//!
//! ```text
//! time of the record in seconds since 1970, 4, high byte first | bits of `air`
//! ```
//!
//! Whoever passes the record on makes the same bytes of it, so that parts of several senders fit
//! together. Parts of a program that packs otherwise have another length, and are kept apart by
//! it.

use super::{Packer, open};
use crate::base::ids::{LaneId, RecordId};
use crate::wire::bundle::PackedRun;
use crate::wire::pack::{PackError, Reader};

/// What is cut into parts.
pub fn pack(id: RecordId, record: &[u8]) -> Vec<u8> {
    let mut packer = Packer::new(id.lane, id.seq);
    packer.push(record);
    let run = packer.run(id.lane.author, None);
    let mut bytes = run.base_s.to_be_bytes().to_vec();
    bytes.extend_from_slice(&run.bits);
    bytes
}

/// The record that the parts of it add up to.
///
/// # Errors
/// They are no record of this lane.
pub fn unpack(id: RecordId, whole: &[u8]) -> Result<Vec<u8>, PackError> {
    let mut reader = Reader::new(whole);
    let base_s = u32::from_be_bytes(reader.array()?);
    let LaneId { author, incarnation, lane } = id.lane;
    let run = PackedRun {
        author: None,
        incarnation,
        lane,
        first: id.seq,
        count: 1,
        base_s,
        bits: reader.rest().to_vec(),
        seal: None,
        is_last: true,
    };
    let mut records = open(&run, author)?.records;
    records.pop().ok_or(PackError::Short)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::caps::{PACKED_RECORD_BYTES_MAX, RECORD_BYTES_MAX};
    use crate::base::class::Class;
    use crate::base::ids::{DeviceId, Lane};
    use crate::field::body::Body;
    use crate::field::directory::Target;
    use crate::field::order::Order;
    use crate::local::request::{Need, OrderKind};
    use crate::wire::record::{Head, Person};

    fn id(lane: Lane) -> RecordId {
        LaneId { author: DeviceId(300), incarnation: 2, lane }.at(70_000)
    }

    fn order(text: &str) -> Vec<u8> {
        let body = Body::Order(Order {
            kind: OrderKind::Order,
            class: Class::Routine,
            need: Need::Done,
            targets: vec![Target::All],
            directory_version: 40,
            act_by_s: Some(1_800),
            expires_s: None,
            signer: Person::Nobody,
            text: text.into(),
        });
        let at = crate::base::time::Hlc { wall_ms: 1_787_076_600_123, count: 0 };
        Head { kind: body.kind(), at, person: Person::Nobody }.with_body(&body.packed())
    }

    #[test]
    fn a_long_order_comes_out_as_it_went_in_and_takes_a_third_of_its_bytes() {
        let record = order(&"沿江低洼户立即转移到白沙中学安置点，".repeat(20));
        let whole = pack(id(Lane::Command), &record);
        assert_eq!(unpack(id(Lane::Command), &whole), Ok(record.clone()));
        assert!(whole.len() * 3 <= record.len(), "{} of {}", whole.len(), record.len());
    }

    #[test]
    fn the_longest_record_of_any_kind_keeps_to_the_limit_of_its_parts() {
        let record = vec![0x7f; RECORD_BYTES_MAX];
        for lane in Lane::ALL {
            let whole = pack(id(lane), &record);
            assert!(whole.len() <= PACKED_RECORD_BYTES_MAX, "{}", whole.len());
            assert_eq!(unpack(id(lane), &whole), Ok(record.clone()), "{lane:?}");
        }
    }

    #[test]
    fn what_is_no_record_is_refused() {
        let whole = pack(id(Lane::Command), &order("立即转移"));
        for cut in 0..whole.len() {
            assert!(unpack(id(Lane::Command), &whole[..cut]).is_err(), "{cut}");
        }
        assert!(unpack(id(Lane::Report), &whole).is_err(), "of another lane");
    }
}
