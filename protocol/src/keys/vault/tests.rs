//! What is sealed opens again with the right key under the right name, and otherwise never.

use super::*;

fn key(seed: u8) -> VaultKey {
    VaultKey::from_bytes([seed; VAULT_KEY_BYTES])
}

#[test]
fn what_is_sealed_opens_again_and_says_nothing_in_clear() {
    let key = key(1);
    for value in [&b""[..], b"v", "立即转移".as_bytes(), &[7; VALUE_BYTES_MAX]] {
        let sealed = key.seal(b"name", value);
        assert_eq!(sealed.len(), value.len() + SEALED_EXTRA_BYTES);
        assert_eq!(key.open(b"name", &sealed).as_deref(), Ok(value));
        let shown = value.len() >= 8 && sealed.windows(8).any(|bytes| bytes == &value[..8]);
        assert!(!shown, "the value stands in what was sealed");
    }
}

#[test]
fn another_key_another_name_and_any_flipped_bit_open_nothing() {
    let sealed = key(1).seal(b"name", b"value");
    assert_eq!(key(2).open(b"name", &sealed), Err(NotOpened));
    assert_eq!(key(1).open(b"nama", &sealed), Err(NotOpened));
    for bit in 0..sealed.len() * 8 {
        let mut flipped = sealed.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(key(1).open(b"name", &flipped), Err(NotOpened), "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert_eq!(key(1).open(b"name", &sealed[..length]), Err(NotOpened), "{length} bytes");
    }
}

#[test]
fn one_nonce_never_covers_two_values() {
    let nonce = |name: &[u8], value: &[u8]| key(1).seal(name, value)[1..=NONCE_BYTES].to_vec();
    let mut nonces: Vec<_> = (0..500u32).map(|n| nonce(b"name", &n.to_be_bytes())).collect();
    nonces.extend((0..500u32).map(|n| nonce(&n.to_be_bytes(), b"value")));
    // The same bytes, divided otherwise between name and value.
    nonces.extend([nonce(b"ab", b"c"), nonce(b"a", b"bc"), nonce(b"", b"abc")]);
    let count = nonces.len();
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), count);
    assert_eq!(nonce(b"name", b"value"), nonce(b"name", b"value"), "made from what is sealed");
}

#[test]
fn long_texts_are_sealed_in_parts_that_cannot_be_moved_or_left_out() {
    let key = key(1);
    for length in [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES + 5] {
        let text: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        let sealed = key.seal_long(b"file", &text);
        assert_eq!(key.open_long(b"file", &sealed).as_deref(), Ok(&text), "{length} bytes");
        assert!(key.open_long(b"other", &sealed).is_err());
        assert!(key.open_long(b"file", &sealed[..sealed.len() - 1]).is_err());
    }
    let sealed = key.seal_long(b"file", &vec![1; 2 * PART_BYTES]);
    let part = 4 + PART_BYTES + SEALED_EXTRA_BYTES;
    let (first, second) = (&sealed[4..4 + part], &sealed[4 + part..]);
    let swapped = [&sealed[..4], second, first].concat();
    assert!(key.open_long(b"file", &swapped).is_err(), "parts in another order");
    let shortened = [&1u32.to_be_bytes()[..], first].concat();
    assert!(key.open_long(b"file", &shortened).is_err(), "the second part left out");
    assert!(key.open_long(b"file", &0u32.to_be_bytes()).is_err(), "no part at all");
    assert!(key.open_long(b"file", &[0xff; 9]).is_err(), "noise");
}

#[test]
fn a_key_is_wrapped_and_comes_back_only_with_its_wrapping_key() {
    let (data, wrapping) = (key(3), key(4));
    let wrapped = data.wrapped_by(&wrapping, b"slot");
    assert_eq!(wrapped.len(), VAULT_KEY_BYTES + SEALED_EXTRA_BYTES);
    assert_eq!(wrapping.unwrap_key(b"slot", &wrapped).as_ref(), Ok(&data));
    assert!(key(5).unwrap_key(b"slot", &wrapped).is_err());
    assert!(wrapping.unwrap_key(b"tols", &wrapped).is_err());
    let short = wrapping.seal(b"slot", b"no key");
    assert!(wrapping.unwrap_key(b"slot", &short).is_err());
}

/// Folders sealed with one version of this program open with every later one.
#[test]
fn the_sealed_bytes_do_not_change() {
    let sealed = key(1).seal(b"name", b"value");
    let hex: String = sealed.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, GOLDEN);
    assert_eq!(format!("{:?}", key(1)), "VaultKey(secret)");
}

const GOLDEN: &str = "013887ed5056439c79bc671b9c8ee325d0a989a32fafe6e797172b68e380cd41c378c2";
