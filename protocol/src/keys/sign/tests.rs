//! Signatures: whose they are, what for, and in which network.

use super::*;
use crate::keys::suite::SUITE_0;

fn network() -> NetworkId {
    NetworkId::new(SUITE_0, &[9; 32], false)
}

#[test]
fn what_was_signed_verifies_and_nothing_else_does() {
    let (key, other) = (DeviceKey::from_seed([1; 32]), DeviceKey::from_seed([2; 32]));
    let context = SignContext::Seal(network());
    let signature = key.sign(context, &[b"lane", b"head"]);
    assert!(verify(SUITE_0, &key.public(), context, &[b"lane", b"head"], &signature));
    assert!(!verify(SUITE_0, &other.public(), context, &[b"lane", b"head"], &signature));
    assert!(!verify(SUITE_0, &key.public(), context, &[b"lane", b"heaD"], &signature));
    assert!(!verify(SUITE_0, &key.public(), context, &[b"lanehead"], &signature));
    assert!(!verify(SUITE_0, &key.public(), context, &[b"laneh", b"ead"], &signature));
}

#[test]
fn a_signature_is_bound_to_its_purpose_and_network() {
    let key = DeviceKey::from_seed([1; 32]);
    let contexts = |network| {
        [
            SignContext::Seal(network),
            SignContext::Certificate(network),
            SignContext::Directory(network),
            SignContext::Request(network),
        ]
    };
    let drill = NetworkId::new(SUITE_0, &[9; 32], true);
    let all: Vec<_> = contexts(network()).into_iter().chain(contexts(drill)).collect();
    for made in &all {
        let signature = key.sign(*made, &[b"x"]);
        for asked in &all {
            assert_eq!(verify(SUITE_0, &key.public(), *asked, &[b"x"], &signature), made == asked);
        }
    }
}

#[test]
fn one_flipped_bit_anywhere_in_a_signature_is_seen() {
    let key = DeviceKey::from_seed([1; 32]);
    let context = SignContext::Request(network());
    let signature = key.sign(context, &[b"x"]);
    for bit in 0..SIGNATURE_BYTES * 8 {
        let mut flipped = signature;
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(!verify(SUITE_0, &key.public(), context, &[b"x"], &flipped), "bit {bit}");
    }
}

#[test]
fn a_weak_public_key_verifies_nothing_and_agrees_on_nothing() {
    // There is no point with y = 2.
    let mut no_point = [0u8; 32];
    no_point[0] = 2;
    // The neutral element, for which a signature of zeros would otherwise hold.
    let mut neutral = [0u8; 32];
    neutral[0] = 1;
    let mut signature = [0u8; 64];
    signature[0] = 1;
    assert!(!SUITE_0.is_sound(&neutral) && !SUITE_0.is_sound(&no_point));
    assert!(SUITE_0.is_sound(&DeviceKey::from_seed([1; 32]).public()));
    assert!(!verify(SUITE_0, &neutral, SignContext::Seal(network()), &[b"x"], &signature));
    assert!(DeviceKey::from_seed([1; 32]).agree(&neutral).is_none());
    assert!(DeviceKey::from_seed([1; 32]).agree(&no_point).is_none());
}

#[test]
fn two_devices_agree_on_one_secret_and_a_third_does_not() {
    let [a, b, c] = [1, 2, 3].map(|n| DeviceKey::from_seed([n; 32]));
    let secret = a.agree(&b.public()).expect("a sound key");
    assert_eq!(secret, b.agree(&a.public()).expect("a sound key"));
    assert_ne!(secret, c.agree(&a.public()).expect("a sound key"));
}

#[test]
fn the_first_test_vector_of_rfc_8032_gives_its_public_key() {
    // RFC 8032 section 7.1, TEST 1.
    let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let bytes = |hex: &str| -> [u8; 32] {
        std::array::from_fn(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hex"))
    };
    assert_eq!(DeviceKey::from_seed(bytes(seed)).public(), bytes(public));
}
