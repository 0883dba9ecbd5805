//! From a passphrase to a key: Argon2id, version 1.3 (RFC 9106). What one try costs is written
//! beside each wrapped key, so that a later version may ask for more.

use argon2::{Algorithm, Argon2, Params, Version};
use sanduan_protocol::keys::vault::{VAULT_KEY_BYTES, VaultKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Bytes of a salt (RFC 9106, section 3.1 recommends 16).
pub const SALT_BYTES: usize = 16;
/// Memory that a damaged file can make us ask for at most, KiB: 1 GiB.
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
const PASSES_MAX: u32 = 64;

/// What one try costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Memory, KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Cost {
    /// 64 MiB and three passes: the second choice that RFC 9106 (section 4) recommends, for
    /// machines that cannot spare 2 GiB. One lane instead of its four, because the lanes would be
    /// computed one after another here. Some 150 ms of one core of a laptop.
    pub const USUAL: Cost = Cost { memory_kib: 64 * 1024, passes: 3 };
}

/// The key of a passphrase; none if there is no memory for it, or the cost makes no sense.
pub fn stretch(passphrase: &str, salt: &[u8; SALT_BYTES], cost: Cost) -> Option<VaultKey> {
    if cost.memory_kib > MEMORY_KIB_MAX || cost.passes > PASSES_MAX {
        return None;
    }
    let params = Params::new(cost.memory_kib, cost.passes, 1, Some(VAULT_KEY_BYTES)).ok()?;
    let blocks = params.block_count();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut key = Zeroizing::new([0; VAULT_KEY_BYTES]);
    // Asked for by ourselves, so that a machine without room says so instead of stopping.
    let mut memory = Vec::new();
    memory.try_reserve_exact(blocks).ok()?;
    memory.resize(blocks, argon2::Block::default());
    let made = argon2.hash_password_into_with_memory(
        passphrase.as_bytes(),
        salt,
        key.as_mut_slice(),
        &mut memory,
    );
    made.ok().map(|()| VaultKey::from_bytes(*key))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory_kib: 64, passes: 1 };

    #[test]
    fn passphrase_salt_and_cost_all_count() {
        let key = stretch("口令", &[1; SALT_BYTES], CHEAP).expect("room");
        assert_eq!(stretch("口令", &[1; SALT_BYTES], CHEAP), Some(key.clone()));
        assert_ne!(stretch("口令 ", &[1; SALT_BYTES], CHEAP), Some(key.clone()));
        assert_ne!(stretch("口令", &[2; SALT_BYTES], CHEAP), Some(key.clone()));
        assert_ne!(stretch("口令", &[1; SALT_BYTES], Cost { passes: 2, ..CHEAP }), Some(key));
    }

    #[test]
    fn a_cost_that_makes_no_sense_gives_no_key() {
        for (memory_kib, passes) in [(0, 1), (64, 0), (u32::MAX, 1), (64, u32::MAX)] {
            assert_eq!(stretch("口令", &[1; SALT_BYTES], Cost { memory_kib, passes }), None);
        }
    }
}
