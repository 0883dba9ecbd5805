//! Each suite on the vectors of its own standards, and what one says of the other.

use super::*;

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    std::array::from_fn(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hex"))
}

#[test]
fn the_first_test_vector_of_rfc_8032_gives_its_public_key_and_signature() {
    // RFC 8032 section 7.1, TEST 1: an empty message.
    let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let signature = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb88215\
                     90a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
    let key = SUITE_0.secret(&bytes(seed));
    assert_eq!(key.public(), bytes(public));
    assert_eq!(key.sign(b""), bytes(signature));
    assert!(SUITE_0.verify(&bytes(public), b"", &bytes(signature)));
}

#[test]
fn hashes_run_over_the_parts_as_if_they_were_one() {
    let whole = UNDER_TEST.hash(&[b"abc"]);
    assert_eq!(UNDER_TEST.hash(&[b"a", b"", b"bc"]), whole);
    let derived = UNDER_TEST.derive_key("one", &[b"abc"]);
    assert_eq!(UNDER_TEST.derive_key("one", &[b"ab", b"c"]), derived);
    assert_ne!(UNDER_TEST.derive_key("two", &[b"abc"]), derived);
    assert_ne!(whole, derived);
}

#[cfg(feature = "guomi")]
mod guomi {
    use ccm::KeyInit;
    use sm2::dsa::signature::hazmat::PrehashVerifier;
    use sm2::dsa::{Signature, VerifyingKey};
    use sm4::Sm4;
    use sm4::cipher::BlockCipherEncrypt;

    use super::*;
    use crate::base::ids::DeviceId;
    use crate::base::roles::Roles;
    use crate::base::start::Start;
    use crate::base::time::Mono;
    use crate::keys::certificate::{Certificate, CertificateError};
    use crate::keys::enrol::{EnrolRequest, JoinError, JoinFile, NetworkGrant, RequestError};
    use crate::keys::frame_key::{FrameKey, FrameOpener, FrameSealer, Manner, OpenError};
    use crate::keys::sign::DeviceKey;

    #[test]
    fn sm3_gives_the_hashes_of_gb_t_32905() {
        // GB/T 32905-2016, annex A.1 and A.2.
        let short = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        assert_eq!(SUITE_1.hash(&[b"abc"]), bytes(short));
        let long = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732";
        assert_eq!(SUITE_1.hash(&[&b"abcd".repeat(16)]), bytes(long));
    }

    #[test]
    fn sm4_gives_the_block_of_gb_t_32907() {
        // GB/T 32907-2016, annex A.1: key and plain text are the same.
        let key: [u8; 16] = bytes("0123456789abcdeffedcba9876543210");
        let mut block = key.into();
        Sm4::new(&key.into()).encrypt_block(&mut block);
        assert_eq!(<[u8; 16]>::from(block), bytes("681edf34d206965e86b3e94f536e4246"));
    }

    #[test]
    fn sm2_takes_the_signature_of_gb_t_32918() {
        // GB/T 32918.5-2017, annex A.2: the message "message digest" with the default id.
        let public: [u8; 65] = bytes(
            "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
             ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13",
        );
        let signature: [u8; 64] = bytes(
            "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
             b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
        );
        let key = VerifyingKey::from_sec1_bytes("1234567812345678", &public).expect("a point");
        let signature = Signature::from_bytes(&signature.into()).expect("in range");
        // Z | M, hashed: the e of the annex.
        let e: [u8; 32] = bytes("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640");
        assert!(key.verify_prehash(&e, &signature).is_ok());
        use sm2::dsa::signature::Verifier;
        assert!(key.verify(b"message digest", &signature).is_ok());
        assert!(key.verify(b"message digesT", &signature).is_err());
    }

    #[test]
    fn every_key_has_an_even_y_and_is_known_by_its_x() {
        for seed in 0..40 {
            let key = SUITE_1.secret(&[seed; 32]);
            assert!(SUITE_1.is_sound(&key.public()));
            assert!(SUITE_1.verify(&key.public(), b"x", &key.sign(b"x")), "seed {seed}");
        }
        assert!(!SUITE_1.is_sound(&[0xff; 32]), "beyond the field");
    }

    #[test]
    fn a_network_of_one_suite_refuses_what_is_of_the_other() {
        let both = [(SUITE_0, SUITE_1), (SUITE_1, SUITE_0)];
        for (ours, theirs) in both {
            let [authority, device] = [1, 2].map(|n| DeviceKey::of(theirs, [n; 32]));
            let sealed = FrameKey::derive(theirs, &[7; 32], 5);
            let mut sealer = FrameSealer::new(sealed, DeviceId(1));
            sealer.begin(Start::of_bytes([1; 6]));
            let mut opener = FrameOpener::new(FrameKey::derive(ours, &[7; 32], 5), DeviceId(2));
            let frame = sealer.seal(b"all leave", Manner::WHOLE).expect("sealed");
            assert_eq!(opener.open(&frame, Mono(0)), Err(OpenError::BadSuite));
            let carried = opener.open_carried(&frame, opener.keys());
            assert_eq!(carried, Err(OpenError::BadSuite));
            let brief = Manner { brief: true, ..Manner::SHORT };
            let brief = sealer.seal(b"same", brief).expect("sealed");
            assert_eq!(opener.open(&brief, Mono(0)), Err(OpenError::BadSuite));

            let request = EnrolRequest::of(&device);
            let refused = EnrolRequest::from_text(ours, &request.to_text());
            assert_eq!(refused, Err(RequestError::BadSuite));

            let join = join(theirs, &authority, &device);
            let asked = (join.network.authority, join.network.id());
            let refused = join.certificate.verify(ours, &asked.0, asked.1);
            assert_eq!(refused, Err(CertificateError::BadSuite));
            let text = join.seal(&[9; 32]).expect("sound");
            let opened = JoinFile::open(&text, &DeviceKey::of(ours, [2; 32]));
            assert_eq!(opened, Err(JoinError::BadSuite));
            assert_eq!(JoinFile::open(&text, &device), Ok(join));
        }
    }

    fn join(suite: Suite, authority: &DeviceKey, device: &DeviceKey) -> JoinFile {
        let network = NetworkGrant {
            suite,
            district: "500116".into(),
            name: "江津区".into(),
            drill: false,
            authority: authority.public(),
            epoch_secret: [7; 32],
            epoch: 5,
            grant: None,
        };
        let certificate = Certificate {
            serial: 4,
            issuer: DeviceId(0),
            device: DeviceId(4),
            public: device.public(),
            roles: Roles::RECEIPT,
            unit: crate::base::ids::UnitId(31),
            depot: None,
            not_before_s: 1_755_561_600,
            lifetime_h: 0,
            leaf: 4,
        };
        let certificate = certificate.issue(authority, network.id()).expect("sound");
        JoinFile { network, certificate, issuer: None }
    }
}
