//! CCM (NIST SP 800-38C) with either tag, whatever the block cipher is.

use ccm::aead::{Aead, AeadCore, Payload};
use ccm::consts::U13;

use super::{Cipher, NONCE_BYTES, Tag};

/// One key, set up for both lengths of tag.
pub(super) struct Pair<Whole, Brief> {
    pub whole: Whole,
    pub brief: Brief,
}

impl<Whole, Brief> Cipher for Pair<Whole, Brief>
where
    Whole: Aead + AeadCore<NonceSize = U13> + Send + Sync,
    Brief: Aead + AeadCore<NonceSize = U13> + Send + Sync,
{
    fn seal(&self, nonce: &[u8; NONCE_BYTES], aad: &[u8], plain: &[u8], tag: Tag) -> Vec<u8> {
        let (nonce, payload) = (&(*nonce).into(), Payload { msg: plain, aad });
        let sealed = match tag {
            Tag::Whole => self.whole.encrypt(nonce, payload),
            Tag::Brief => self.brief.encrypt(nonce, payload),
        };
        sealed.expect("CCM takes 65,535 bytes and callers give fewer")
    }

    fn open(
        &self,
        nonce: &[u8; NONCE_BYTES],
        aad: &[u8],
        sealed: &[u8],
        tag: Tag,
    ) -> Option<Vec<u8>> {
        let (nonce, payload) = (&(*nonce).into(), Payload { msg: sealed, aad });
        match tag {
            Tag::Whole => self.whole.decrypt(nonce, payload).ok(),
            Tag::Brief => self.brief.decrypt(nonce, payload).ok(),
        }
    }
}
