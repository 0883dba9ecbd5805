//! True randomness from the operating system: for new keys and for the seed of the dice.

/// Fill an array with random bytes.
///
/// # Errors
/// The system has no randomness yet, which only happens very early during boot.
pub fn bytes<const N: usize>() -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes)
}

/// A seed for dice that only spread retries. Falls back to the clock, because jitter needs no
/// secrecy and a link must not stay down for the lack of it.
pub fn dice_seed() -> u64 {
    match bytes() {
        Ok(bytes) => u64::from_le_bytes(bytes),
        Err(_) => crate::clock::wall().0,
    }
}
