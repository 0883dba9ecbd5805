//! Floor 2: who says it, and who may read it. Signing, sealing, enrolment, the roster. What the
//! words mean is read by the floors above; where keys are kept is the daemon's business.

pub mod between;
pub mod certificate;
pub mod enrol;
pub mod epochs;
pub mod frame_key;
pub mod group;
pub mod rekey;
pub mod roster;
pub mod sign;
pub mod subtree;
pub mod suite;
pub mod vault;
pub mod words;
