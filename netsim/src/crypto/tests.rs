//! The stand-in refuses what suite 0 refuses, and costs as many bytes.

use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::base::start::Start;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::keys::frame_key::{FrameKey, FrameOpener, FrameSealer, Manner, OpenError};
use sanduan_protocol::keys::sign::{DeviceKey, NetworkId, SIGNATURE_BYTES, SignContext, verify};

use super::*;

const NOW: Mono = Mono(1_000);
const BRIEF: Manner = Manner { brief: true, ..Manner::WHOLE };

/// What is true of one is true of the other.
fn each(test: impl Fn(Suite)) {
    Crypto::ALL.iter().for_each(|crypto| test(crypto.suite()));
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut flipped = bytes.to_vec();
    flipped[bit / 8] ^= 1 << (bit % 8);
    flipped
}

fn sealer(suite: Suite, secret: u8) -> FrameSealer {
    let mut sealer = FrameSealer::new(FrameKey::derive(suite, &[secret; 32], 5), DeviceId(1));
    sealer.begin(Start::default());
    sealer
}

fn opener(suite: Suite, secret: u8) -> FrameOpener {
    FrameOpener::new(FrameKey::derive(suite, &[secret; 32], 5), DeviceId(2))
}

#[test]
fn a_frame_of_either_opens_once_and_only_under_its_own_key() {
    each(|suite| {
        let frame = sealer(suite, 7).seal(b"all leave", Manner::WHOLE).expect("sealed");
        assert_eq!(frame.len(), 9 + 18, "a whole number of one byte's counter");
        let mut opened = opener(suite, 7);
        assert_eq!(opened.open(&frame, NOW).expect("ours").plain, b"all leave");
        assert_eq!(opened.open(&frame, NOW), Err(OpenError::Replayed));
        assert_eq!(opener(suite, 8).open(&frame, NOW), Err(OpenError::NotAuthentic));
    });
}

#[test]
fn one_flipped_bit_anywhere_in_a_frame_is_seen() {
    each(|suite| {
        for plain in [&b""[..], b"a", b"eight by", b"thirteen in all"] {
            let whole = sealer(suite, 7).seal(plain, Manner::WHOLE).expect("sealed");
            let brief = sealer(suite, 7).seal(plain, BRIEF).expect("sealed");
            for frame in [whole, brief] {
                for bit in 0..frame.len() * 8 {
                    let opened = opener(suite, 7).open(&flipped(&frame, bit), NOW);
                    assert!(opened.is_err(), "{suite:?} bit {bit}");
                }
            }
        }
    });
}

#[test]
fn a_cut_or_lengthened_frame_is_seen() {
    each(|suite| {
        let frame = sealer(suite, 7).seal(&[0; 40], Manner::WHOLE).expect("sealed");
        for len in 0..frame.len() {
            assert!(opener(suite, 7).open(&frame[..len], NOW).is_err(), "{suite:?} {len}");
        }
        assert!(opener(suite, 7).open(&[&frame[..], &[0]].concat(), NOW).is_err());
    });
}

#[test]
fn sealed_text_does_not_show_what_it_says_and_never_twice_the_same() {
    each(|suite| {
        let mut sealer = sealer(suite, 7);
        let seal = |sealer: &mut FrameSealer| sealer.seal(&[0; 64], Manner::SHORT).expect("sealed");
        let (one, two) = (seal(&mut sealer), seal(&mut sealer));
        assert_ne!(one[5..], two[5..]);
        let ones: u32 = one[5..69].iter().map(|byte| byte.count_ones()).sum();
        assert!((180..330).contains(&ones), "{suite:?}: {ones} of 512 bits");
    });
}

#[test]
fn a_signature_of_either_holds_for_its_owner_words_and_purpose_alone() {
    each(|suite| {
        let [own, other] = [1, 2].map(|n| DeviceKey::of(suite, [n; 32]));
        let network = NetworkId::new(suite, &own.public(), true);
        let context = SignContext::Seal(network);
        let signature = own.sign(context, &[b"lane", b"head"]);
        let holds =
            |public: &[u8; 32], context, parts: &[&[u8]], signature: &[u8; SIGNATURE_BYTES]| {
                verify(suite, public, context, parts, signature)
            };
        assert!(holds(&own.public(), context, &[b"lane", b"head"], &signature));
        assert!(!holds(&other.public(), context, &[b"lane", b"head"], &signature));
        assert!(!holds(&own.public(), context, &[b"lane", b"heaD"], &signature));
        assert!(!holds(&own.public(), context, &[b"laneh", b"ead"], &signature));
        let request = SignContext::Request(network);
        assert!(!holds(&own.public(), request, &[b"lane", b"head"], &signature));
        for bit in 0..SIGNATURE_BYTES * 8 {
            let forged = flipped(&signature, bit).try_into().expect("as long as before");
            assert!(!holds(&own.public(), context, &[b"lane", b"head"], &forged), "bit {bit}");
        }
        assert!(!holds(&[0; 32], context, &[b"x"], &[0; SIGNATURE_BYTES]));
    });
}

#[test]
fn what_one_sealed_or_signed_is_nothing_to_the_other() {
    let [real, stand_in] = [Crypto::Real, Crypto::StandIn].map(Crypto::suite);
    assert_ne!(real, stand_in);
    for (from, to) in [(real, stand_in), (stand_in, real)] {
        let frame = sealer(from, 7).seal(b"all leave", Manner::WHOLE).expect("sealed");
        assert_eq!(opener(to, 7).open(&frame, NOW), Err(OpenError::NotAuthentic));
        let key = DeviceKey::of(from, [1; 32]);
        let context = SignContext::Seal(NetworkId([0; 8]));
        let signature = key.sign(context, &[b"x"]);
        assert!(!verify(to, &key.public(), context, &[b"x"], &signature));
    }
}

#[test]
fn hashes_tell_every_changed_bit_and_every_length() {
    let suite = Crypto::StandIn.suite();
    let mut seen = std::collections::BTreeSet::new();
    for len in 0..70 {
        let text = vec![0u8; len];
        assert!(seen.insert(suite.hash(&[&text])), "{len} zeros");
        for bit in 0..len * 8 {
            assert!(seen.insert(suite.hash(&[&flipped(&text, bit)])), "{len} bytes, bit {bit}");
        }
    }
}

#[test]
fn the_real_one_is_drawn_in_one_seed_of_fifty() {
    let real = (0..1000).filter(|seed| Crypto::of_seed(*seed) == Crypto::Real).count();
    assert_eq!(real, 20);
}
