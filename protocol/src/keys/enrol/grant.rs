//! What a join file tells of the epoch besides its secret, so that the device can take part in
//! later days and later epochs. Join files of old do not have it.
//!
//! ```text
//! began 4, seconds since 1970 | day 2 | standing secret 32 | keys of the tree 160     (198 B)
//! ```

use zeroize::Zeroizing;

use super::{JoinError, take};
use crate::keys::epochs::EpochGrant;
use crate::keys::subtree::{PATH_BYTES, PathKeys};

/// Append the grant. A device whose keys are not known would be cut off by the next rekey: then
/// nothing is written, and `false` says so.
pub(super) fn put(grant: Option<&EpochGrant>, to: &mut Vec<u8>) -> bool {
    let Some((grant, path)) = grant.and_then(|grant| Some((grant, grant.path.as_ref()?))) else {
        return false;
    };
    to.extend_from_slice(&grant.began_s.to_be_bytes());
    to.extend_from_slice(&grant.day.to_be_bytes());
    to.extend_from_slice(&grant.standing);
    to.extend_from_slice(Zeroizing::new(path.to_bytes()).as_slice());
    true
}

/// Read it off the front.
pub(super) fn take_from(rest: &mut &[u8], epoch: u32) -> Result<EpochGrant, JoinError> {
    let began_s = u32::from_be_bytes(take(rest)?);
    let day = u16::from_be_bytes(take(rest)?);
    let standing = take(rest)?;
    let path: Zeroizing<[u8; PATH_BYTES]> = Zeroizing::new(take(rest)?);
    let path = Some(PathKeys::of_bytes(epoch, &path));
    Ok(EpochGrant { began_s, day, standing, path })
}
