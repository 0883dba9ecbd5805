//! What a join file tells of the epoch besides its secret, so that the device can take part in
//! later days and, with keys of the tree, in later epochs. Join files of old have neither; those
//! of an issuer in the field have no keys of the tree.
//!
//! ```text
//! began 4, seconds since 1970 | day 2 | standing secret 32 | with bit 3: keys of the tree 160
//! ```

use zeroize::Zeroizing;

use super::{FLAG_GRANT, FLAG_PATH, JoinError, take};
use crate::keys::epochs::EpochGrant;
use crate::keys::subtree::{PATH_BYTES, PathKeys};

/// Append the grant; its flags.
pub(super) fn put(grant: Option<&EpochGrant>, to: &mut Vec<u8>) -> u8 {
    let Some(grant) = grant else { return 0 };
    to.extend_from_slice(&grant.began_s.to_be_bytes());
    to.extend_from_slice(&grant.day.to_be_bytes());
    to.extend_from_slice(&grant.standing);
    let Some(path) = &grant.path else { return FLAG_GRANT };
    to.extend_from_slice(Zeroizing::new(path.to_bytes()).as_slice());
    FLAG_GRANT | FLAG_PATH
}

/// Read it off the front, as the flags tell.
pub(super) fn take_from(
    rest: &mut &[u8],
    flags: u8,
    epoch: u32,
) -> Result<Option<EpochGrant>, JoinError> {
    if flags & FLAG_GRANT == 0 {
        return if flags & FLAG_PATH == 0 { Ok(None) } else { Err(JoinError::BadVersion) };
    }
    let began_s = u32::from_be_bytes(take(rest)?);
    let day = u16::from_be_bytes(take(rest)?);
    let standing = take(rest)?;
    let path = match flags & FLAG_PATH == 0 {
        true => None,
        false => {
            let path: Zeroizing<[u8; PATH_BYTES]> = Zeroizing::new(take(rest)?);
            Some(PathKeys::of_bytes(epoch, &path))
        }
    };
    Ok(Some(EpochGrant { began_s, day, standing, path }))
}
