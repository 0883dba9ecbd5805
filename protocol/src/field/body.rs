//! The bodies of records by kind. Only tells them apart; each body lives in its own room.

use crate::wire::pack::PackError;

/// Where the fold of a record gets it from: its place, time and author, next to its body.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<'a, T> {
    /// Where it stands.
    pub id: crate::base::ids::RecordId,
    /// When, by the author's clock.
    pub at: crate::base::time::Hlc,
    /// Who.
    pub person: &'a crate::wire::record::Person,
    /// What.
    pub body: &'a T,
}

/// Why a body is not understood.
pub type BodyError = PackError;
