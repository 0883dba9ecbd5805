//! Promises broken on purpose, to see that the checkers find it. Most are broken here, by a driver
//! that lies as a bad daemon would; those that only the machine could break are broken inside
//! `protocol`, in builds with the feature `canaries` alone (`docs/decisions/0025`).

use sanduan_protocol::field::body::Body;
use sanduan_protocol::wire::record::Head;
use serde::{Deserialize, Serialize};

/// A promise that every host breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Canary {
    /// Batches are confirmed when they are handed over, before the disk has them.
    #[serde(rename = "ack-early")]
    ConfirmsEarly,
    /// The start before is not on the disk when the host starts again, and neither its clock nor
    /// its chance goes on: nonces are used twice.
    #[serde(rename = "forget-counters")]
    ForgetsCounters,
    /// One pair in sixteen is left out of what the disk keeps.
    #[serde(rename = "drop-pairs")]
    DropsPairs,
    /// One receipt in four is left out of what the disk keeps.
    #[serde(rename = "drop-receipts")]
    DropsReceipts,
    /// Nobody is told what a bearer has spent.
    #[serde(rename = "overdraw")]
    Overdraws,
    /// A record beyond its author's role is acted on.
    #[cfg(feature = "canaries")]
    #[serde(rename = "overlook-roles")]
    OverlooksRoles,
    /// A line of a waybill is posted twice when it arrives.
    #[cfg(feature = "canaries")]
    #[serde(rename = "post-twice")]
    PostsTwice,
}

impl Canary {
    /// All that this build has.
    pub const ALL: &[Canary] = &[
        Canary::ConfirmsEarly,
        Canary::ForgetsCounters,
        Canary::DropsPairs,
        Canary::DropsReceipts,
        Canary::Overdraws,
        #[cfg(feature = "canaries")]
        Canary::OverlooksRoles,
        #[cfg(feature = "canaries")]
        Canary::PostsTwice,
    ];

    /// What it is called on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Canary::ConfirmsEarly => "ack-early",
            Canary::ForgetsCounters => "forget-counters",
            Canary::DropsPairs => "drop-pairs",
            Canary::DropsReceipts => "drop-receipts",
            Canary::Overdraws => "overdraw",
            #[cfg(feature = "canaries")]
            Canary::OverlooksRoles => "overlook-roles",
            #[cfg(feature = "canaries")]
            Canary::PostsTwice => "post-twice",
        }
    }
}

/// True for a pair that is a receipt.
pub(super) fn is_receipt(key: &[u8], value: &[u8]) -> bool {
    let record = || {
        let (head, rest) = Head::split(value).ok()?;
        Body::parse(head.kind, rest).ok()
    };
    key.first() == Some(&b'r') && matches!(record(), Some(Body::Receipt(_)))
}
