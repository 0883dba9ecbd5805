//! The order key: what binds others is signed by a key of its own, which only a passphrase opens,
//! while the device's own key goes on signing receipts, positions and stock unattended.
//!
//! ```text
//! order key word: public key 32
//! ```
//!
//! The word stands in the first command lane and in the first flash lane of its author, under the
//! device's key. From there on nothing that binds others counts in that lane; it stands in the two
//! keyed lanes instead ([`LaneId::keyed`]), whose seals are made with the order key.

use crate::field::body::Body;
use crate::keys::sign::PUBLIC_BYTES;
use crate::local::request::OrderKind;
use crate::wire::pack::{Pack, PackError, Reader};

#[cfg(doc)]
use crate::base::ids::LaneId;

/// From here on the author's orders are under this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderKey {
    /// The public order key.
    pub public: [u8; PUBLIC_BYTES],
}

impl Pack for OrderKey {
    fn pack(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.public);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<OrderKey, PackError> {
        Ok(OrderKey { public: from.array()? })
    }
}

/// True for what others must obey or build on: orders and alerts, signatures, withdrawals, and
/// admissions. A plea for help, an update, a draft and an answer bind nobody, and must go out while
/// nobody is there to give a passphrase.
pub fn binds(body: &Body) -> bool {
    match body {
        Body::Order(order) => match order.kind {
            OrderKind::Alert | OrderKind::Order => true,
            OrderKind::Request | OrderKind::Update => false,
        },
        Body::Signature(_) | Body::Cancel(_) | Body::Admission(_) => true,
        Body::Directory(_)
        | Body::Receipt(_)
        | Body::Draft(_)
        | Body::OrderKey(_)
        | Body::SealedNote(_)
        | Body::SealedPost(_)
        | Body::Attachment(_)
        | Body::Stock(_)
        | Body::Snapshot(_)
        | Body::Unknown { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_its_key_and_nothing_else() {
        let word = OrderKey { public: [7; PUBLIC_BYTES] };
        assert_eq!(word.packed(), vec![7; PUBLIC_BYTES]);
        assert_eq!(OrderKey::unpack_all(&word.packed()), Ok(word));
        for length in [0, PUBLIC_BYTES - 1, PUBLIC_BYTES + 1] {
            assert!(OrderKey::unpack_all(&vec![7; length]).is_err(), "{length}");
        }
    }
}
