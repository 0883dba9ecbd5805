//! Terms of issuers: their numbers, their end, and what they may grant.

use super::*;
use crate::field::directory::sample::{admission, directory};
use crate::keys::certificate::Certificate;
use crate::keys::sign::{DeviceKey, NetworkId};
use crate::keys::suite::UNDER_TEST;
use crate::wire::golden;

#[cfg(not(feature = "guomi"))]
const GOLDEN: &str = include_str!("../../../../golden/issuer.hex");
#[cfg(feature = "guomi")]
const GOLDEN: &str = include_str!("../../../../golden/guomi/issuer.hex");

const FROM_S: u32 = 1_755_480_000;
const END_MS: u64 = FROM_S as u64 * 1000 + 72 * MS_PER_HOUR;

fn certificate(device: DeviceId) -> SignedCertificate {
    let authority = DeviceKey::of(UNDER_TEST, [7; 32]);
    let certificate = Certificate {
        serial: 1,
        issuer: DeviceId(0),
        device,
        public: DeviceKey::of(UNDER_TEST, [8; 32]).public(),
        roles: Roles::ISSUER,
        unit: UnitId(2),
        depot: None,
        not_before_s: FROM_S,
        lifetime_h: ISSUER_HOURS,
        leaf: 1,
    };
    let network = NetworkId::new(UNDER_TEST, &authority.public(), false);
    certificate.issue(&authority, network).expect("sound")
}

fn term(device: u16, first: u16, last: u16) -> Entry {
    let (index, certificate) = (DeviceId(device), certificate(DeviceId(device)));
    Entry::Issuer(Box::new(IssuerEntry { index, first, last, certificate }))
}

/// The sample with the forward post, device 2, as an issuer.
fn issued() -> Directory {
    let mut directory = directory();
    let roles = directory.member(DeviceId(2)).expect("sample").roles.with(Roles::ISSUER);
    let entry = DeviceEntry { roles, ..directory.devices[&DeviceId(2)].entry };
    let (first, last) = directory.next_block().expect("all are free");
    assert!(directory.apply_record(4, &[Entry::Device(entry), term(2, first, last)]));
    directory
}

fn at(wall_ms: u64) -> Hlc {
    Hlc { wall_ms, count: 0 }
}

#[test]
fn a_term_goes_both_ways_as_bytes_and_no_part_of_it_is_taken_for_the_whole() {
    let entry = term(2, 4_033, 4_096);
    let bytes = entry.packed();
    golden::compare("issuer.hex", GOLDEN, &[("issuer", bytes.clone())]);
    assert!(bytes.len() < 130, "one frame of a satellite terminal: {}", bytes.len());
    assert_eq!(Entry::unpack_all(&bytes), Ok(entry));
    for cut in 0..bytes.len() {
        assert!(Entry::unpack_all(&bytes[..cut]).is_err());
    }
    for (first, last) in [(0, 5), (6, 5)] {
        assert!(Entry::unpack_all(&term(2, first, last).packed()).is_err());
    }
}

#[test]
fn an_admission_counts_up_to_the_end_of_the_term_and_not_after() {
    let mut directory = issued();
    let device = admission();
    let late = directory.may_admit(DeviceId(2), at(END_MS + 1), &device);
    assert_eq!(late, Err(WhyNot::Over));
    assert_eq!(directory.admit(DeviceId(2), at(END_MS), &device), Ok(()));
    assert_eq!(directory.member(device.index).map(|member| member.public), Some(device.public));
    // Told again, the number is taken.
    let again = directory.admit(DeviceId(2), at(END_MS), &device);
    assert_eq!(again, Err(WhyNot::NotItsNumber));
}

#[test]
fn an_issuer_gives_its_own_numbers_and_no_command() {
    let directory = issued();
    let good = admission();
    let may = |entry: DeviceEntry| directory.may_admit(DeviceId(2), at(END_MS), &entry);
    let foreign = DeviceEntry { index: DeviceId(9), ..good };
    assert_eq!(may(foreign), Err(WhyNot::NotItsNumber));
    for role in [Roles::ORDER_ISSUE, Roles::ORDER_SIGN, Roles::ISSUER, Roles::AUTHORITY] {
        let roles = good.roles.with(role);
        assert_eq!(may(DeviceEntry { roles, ..good }), Err(WhyNot::TooMuch), "{role:?}");
    }
    let key = directory.member(DeviceId(3)).expect("sample").public;
    assert_eq!(may(DeviceEntry { public: key, ..good }), Err(WhyNot::KeyInUse));
    assert_eq!(directory.may_admit(DeviceId(3), at(0), &good), Err(WhyNot::NoIssuer));
    assert_eq!(may(good), Ok(()));
}

#[test]
fn blocks_are_disjoint_and_the_authority_counts_below_them() {
    let mut directory = issued();
    let mut blocks = vec![(4_033, 4_096)];
    let mut seq = 4;
    while let Some((first, last)) = directory.next_block() {
        let before = blocks.last().expect("one at least");
        assert_eq!((last, last - first + 1), (before.0 - 1, ISSUER_NUMBERS));
        seq += 1;
        assert!(directory.apply_record(seq, &[term(100 + seq as u16, first, last)]));
        blocks.push((first, last));
    }
    // Only the block in which the authority counts itself is left to it.
    assert_eq!(blocks.len(), 63);
    assert_eq!(directory.next_device(), Some(DeviceId(7)));
    let lowest = blocks.last().expect("many").0;
    let last = DeviceEntry { index: DeviceId(lowest - 1), ..admission() };
    assert!(directory.apply_record(seq + 1, &[Entry::Device(last)]));
    assert_eq!(directory.next_device(), None, "never a number of an issuer");
}

#[test]
fn who_was_revoked_before_the_admission_came_stays_revoked() {
    let mut directory = issued();
    let device = admission();
    let (index, cut) = (device.index, std::collections::BTreeMap::new());
    let revoke = crate::field::directory::RevokeEntry { index, reason: "遗失".into(), cut };
    assert!(directory.apply_record(5, &[Entry::Revoke(revoke)]));
    directory.admit(DeviceId(2), at(0), &device).expect("in its term");
    assert!(directory.member(index).is_some_and(|member| member.retired));
    assert!(!directory.devices_of(device.unit).any(|other| other == index));
}
