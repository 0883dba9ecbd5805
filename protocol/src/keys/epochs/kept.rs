//! [`Epochs`] as it lies on the disk. Secret: the store seals it.
//!
//! ```text
//! version 1 | epoch, day varints | began 4 | secret 32 | standing 32
//! | path: 0, or 1, next epoch varint, keys 160
//! | former keys: count, of each epoch, day, key 32, standing? 32, left 8
//! | left behind: 0, or 1 shut out, 2 no keys, and the epoch
//! | parts of the rekey: count, of each its bytes
//! ```

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::{Behind, Epochs, Former, Key, Owner};
use crate::base::caps::{FORMER_KEYS_MAX, REKEY_BYTES_MAX, REKEY_PARTS_MAX};
use crate::base::time::Mono;
use crate::keys::frame_key::Turn;
use crate::keys::rekey::Rekey;
use crate::keys::subtree::PathKeys;
use crate::wire::pack::{Pack, PackError, Reader, put_bytes};

const VERSION: u8 = 1;

impl Epochs {
    /// The bytes to keep.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        // The room is reserved at once: a growing vector would leave copies of secrets behind.
        let mut to = Zeroizing::new(Vec::with_capacity(1024 + self.parts.len() * REKEY_BYTES_MAX));
        to.push(VERSION);
        pack_turn(self.turn, &mut to);
        to.extend_from_slice(&self.began_s.to_be_bytes());
        to.extend_from_slice(self.secret.as_slice());
        to.extend_from_slice(self.standing.as_slice());
        match &self.path {
            Some(path) => {
                to.push(1);
                path.next_epoch().pack(&mut to);
                to.extend_from_slice(&path.to_bytes());
            }
            None => to.push(0),
        }
        to.push(self.former.len() as u8);
        for old in &self.former {
            pack_turn(old.turn, &mut to);
            to.extend_from_slice(old.key.as_slice());
            to.push(u8::from(old.standing.is_some()));
            old.standing.iter().for_each(|key| to.extend_from_slice(key.as_slice()));
            to.extend_from_slice(&old.left_ms.to_be_bytes());
        }
        match self.behind {
            None => to.push(0),
            Some((epoch, why)) => {
                to.push(match why {
                    Behind::ShutOut => 1,
                    Behind::NoKeys => 2,
                });
                epoch.pack(&mut to);
            }
        }
        to.push(self.parts.len() as u8);
        for part in self.parts.values() {
            put_bytes(&mut to, &part.packed());
        }
        to
    }

    /// Read them back; [`Epochs::begin`] then begins the run.
    ///
    /// # Errors
    /// They are damaged or of another version.
    pub fn from_bytes(owner: Owner, bytes: &[u8]) -> Result<Epochs, PackError> {
        let from = &mut Reader::new(bytes);
        if from.byte()? != VERSION {
            return Err(PackError::BadValue("version"));
        }
        let turn = unpack_turn(from)?;
        let began_s = u32::from_be_bytes(from.array()?);
        let (secret, standing) = (key(from)?, key(from)?);
        let path = match from.byte()? {
            0 => None,
            _ => {
                let next = u32::unpack(from)?.checked_sub(1).ok_or(PackError::BadValue("path"))?;
                Some(PathKeys::of_bytes(next, &Zeroizing::new(from.array()?)))
            }
        };
        let mut former = Vec::new();
        for _ in 0..bounded(from.byte()?, FORMER_KEYS_MAX)? {
            let (turn, key_then) = (unpack_turn(from)?, key(from)?);
            let standing = if from.byte()? == 1 { Some(key(from)?) } else { None };
            let left_ms = u64::from_be_bytes(from.array()?);
            former.push(Former { turn, key: key_then, standing, left_ms, over: Mono(u64::MAX) });
        }
        let behind = match from.byte()? {
            0 => None,
            1 => Some((u32::unpack(from)?, Behind::ShutOut)),
            _ => Some((u32::unpack(from)?, Behind::NoKeys)),
        };
        let mut parts = BTreeMap::new();
        for _ in 0..bounded(from.byte()?, REKEY_PARTS_MAX)? {
            let part = Rekey::unpack_all(from.bytes(REKEY_BYTES_MAX)?)?;
            parts.insert(part.first(), part);
        }
        if !from.is_empty() {
            return Err(PackError::Trailing);
        }
        Ok(Epochs { owner, turn, began_s, secret, standing, path, former, parts, behind })
    }
}

fn pack_turn(turn: Turn, to: &mut Vec<u8>) {
    turn.epoch.pack(to);
    turn.day.pack(to);
}

fn unpack_turn(from: &mut Reader<'_>) -> Result<Turn, PackError> {
    Ok(Turn { epoch: u32::unpack(from)?, day: u16::unpack(from)? })
}

fn key(from: &mut Reader<'_>) -> Result<Key, PackError> {
    from.array().map(Zeroizing::new)
}

fn bounded(count: u8, max: usize) -> Result<usize, PackError> {
    let count = usize::from(count);
    if count > max { Err(PackError::TooLong) } else { Ok(count) }
}
