//! Certificates as bytes, signed, damaged and out of their time.

use proptest::prelude::*;

use super::*;
use crate::keys::suite::SUITE_0;
use crate::wire::golden;

const GOLDEN: &str = include_str!("../../../golden/certificate.hex");

fn authority() -> DeviceKey {
    DeviceKey::from_seed([1; 32])
}

fn network() -> NetworkId {
    NetworkId::new(SUITE_0, &authority().public(), false)
}

fn certificate() -> Certificate {
    Certificate {
        serial: 0x01_0203,
        issuer: DeviceId(0),
        device: DeviceId(0x0405),
        public: DeviceKey::from_seed([2; 32]).public(),
        roles: Roles::RECEIPT.with(Roles::STOCK_POST).with(Roles::POSITION),
        unit: UnitId(0x0607),
        depot: Some(DepotId(0x0809)),
        not_before_s: 1_755_561_600,
        lifetime_h: 72,
        leaf: 0x0a0b,
    }
}

fn issue(certificate: Certificate) -> SignedCertificate {
    certificate.issue(&authority(), network()).expect("a sound certificate")
}

#[test]
fn certificates_have_the_golden_bytes() {
    let plain = Certificate { depot: None, lifetime_h: 0, ..certificate() };
    let made = [
        ("depot-72-hours", issue(certificate()).emit().to_vec()),
        ("unit-until-revoked", issue(plain).emit().to_vec()),
    ];
    golden::compare("golden/certificate.hex", GOLDEN, &made);
}

#[test]
fn the_golden_certificate_says_what_it_said_and_verifies() {
    let bytes = golden::bytes(GOLDEN, "depot-72-hours");
    assert_eq!(bytes.len(), 118);
    let read = SignedCertificate::read(&bytes).expect("our own format");
    assert_eq!(read.verify(SUITE_0, &authority().public(), network()), Ok(certificate()));
    assert_eq!(read.emit().to_vec(), bytes);
}

#[test]
fn one_flipped_bit_anywhere_is_refused() {
    let bytes = issue(certificate()).emit();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes;
        flipped[bit / 8] ^= 1 << (bit % 8);
        let verified = SignedCertificate::read(&flipped)
            .and_then(|read| read.verify(SUITE_0, &authority().public(), network()));
        assert!(verified.is_err(), "bit {bit}");
    }
}

#[test]
fn another_authority_and_a_drill_are_refused() {
    let signed = issue(certificate());
    let other = DeviceKey::from_seed([3; 32]).public();
    let drill = NetworkId::new(SUITE_0, &authority().public(), true);
    let refused = Err(CertificateError::BadSignature);
    assert_eq!(signed.verify(SUITE_0, &other, network()), refused);
    assert_eq!(signed.verify(SUITE_0, &authority().public(), drill), refused);
}

#[test]
fn lengths_versions_and_suites_are_refused_by_name() {
    let bytes = issue(certificate()).emit();
    let read = |bytes: &[u8]| SignedCertificate::read(bytes).err();
    assert_eq!(read(&bytes[..117]), Some(CertificateError::BadLength));
    assert_eq!(read(&[bytes.as_slice(), &[0]].concat()), Some(CertificateError::BadLength));
    let with_head = |head: u8| {
        let mut changed = bytes;
        changed[0] = head;
        read(&changed)
    };
    assert_eq!(with_head(0b0010_0000), None);
    assert_eq!(with_head(0b0100_0000), Some(CertificateError::BadVersion));
    assert_eq!(with_head(0b0010_0001), Some(CertificateError::BadVersion));
    assert_eq!(with_head(0b0011_0000), Some(CertificateError::BadSuite));
    let mut other = bytes;
    other[0] = 0b0010_1000;
    let other = SignedCertificate::read(&other).expect("a suite that some network may have");
    let refused = other.verify(SUITE_0, &authority().public(), network());
    assert_eq!(refused, Err(CertificateError::BadSuite));
}

#[test]
fn what_cannot_be_written_is_not_signed() {
    let refused = |certificate: Certificate| certificate.issue(&authority(), network()).err();
    let wide = Certificate { serial: 1 << 24, ..certificate() };
    assert_eq!(refused(wide), Some(CertificateError::BadSerial));
    let nowhere = Certificate { depot: Some(DepotId(0)), ..certificate() };
    assert_eq!(refused(nowhere), Some(CertificateError::BadDepot));
    let weak = Certificate { public: [0; 32], ..certificate() };
    assert_eq!(refused(weak), Some(CertificateError::BadKey));
}

#[test]
fn a_certificate_is_in_force_from_its_first_second_to_its_last() {
    let certificate = certificate();
    let first_ms = 1_755_561_600_000;
    let end_ms = first_ms + 72 * 3_600_000;
    assert_eq!(certificate.validity(Wall(first_ms - 1)), Validity::NotYet);
    assert_eq!(certificate.validity(Wall(first_ms)), Validity::Valid);
    assert_eq!(certificate.validity(Wall(end_ms - 1)), Validity::Valid);
    assert_eq!(certificate.validity(Wall(end_ms)), Validity::Expired);
    let endless = Certificate { lifetime_h: 0, ..certificate };
    assert_eq!(endless.validity(Wall(u64::MAX)), Validity::Valid);
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_the_same_bytes_or_refused(
        mut bytes in prop::collection::vec(any::<u8>(), 100..130),
        ours in any::<bool>(),
    ) {
        if ours {
            bytes.resize(CERTIFICATE_BYTES, 7);
            bytes[0] = version_suite(0);
        }
        match SignedCertificate::read(&bytes) {
            Ok(read) => {
                prop_assert_eq!(read.emit().to_vec(), bytes);
                prop_assert!(read.verify(SUITE_0, &authority().public(), network()).is_err());
            }
            Err(_) => prop_assert!(!ours),
        }
    }
}
