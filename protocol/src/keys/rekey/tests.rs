//! Rekeys: who opens them, who does not, how long they are, and what hostile ones do.

use proptest::prelude::*;

use super::*;
use crate::base::dice::Dice;
use crate::keys::suite::UNDER_TEST;

#[cfg(not(feature = "guomi"))]
const GOLDEN: &str = include_str!("../../../golden/rekey.hex");
#[cfg(feature = "guomi")]
const GOLDEN: &str = include_str!("../../../golden/guomi/rekey.hex");

const NETWORK: NetworkId = NetworkId([4; 8]);
const SEED: [u8; 32] = [1; 32];

fn authority() -> DeviceKey {
    DeviceKey::of(UNDER_TEST, SEED)
}

fn master() -> TreeMaster {
    TreeMaster::new(UNDER_TEST, NETWORK, &SEED)
}

fn head(epoch: u32, last: u16, shut_out: &[u16]) -> RekeyHead {
    let shut_out = shut_out.iter().copied().map(DeviceId).collect();
    RekeyHead { epoch, began_s: 1_787_097_600, last: DeviceId(last), shut_out }
}

fn parts(head: &RekeyHead) -> Vec<Rekey> {
    Rekey::make(&master(), &authority(), NETWORK, head, None).expect("few enough")
}

fn open(parts: &[Rekey], device: u16, path: &PathKeys) -> Result<[u8; 32], RekeyError> {
    let mut error = RekeyError::OtherPart;
    for part in parts {
        match part.open(UNDER_TEST, DeviceId(device), Some(&mut path.clone())) {
            Ok(seed) => return Ok(*seed.secret()),
            Err(RekeyError::OtherPart) => {}
            Err(other) => error = other,
        }
    }
    Err(error)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_rekey_has_the_golden_bytes_and_they_are_read_to_what_they_said() {
    let one = parts(&head(2, 60, &[7])).remove(0);
    let kept = GOLDEN.lines().find_map(|line| line.strip_prefix("one-of-60 "));
    assert_eq!(Some(hex(&one.packed()).as_str()), kept);
    assert_eq!(Rekey::unpack_all(&one.packed()), Ok(one));
}

#[test]
fn everybody_but_the_revoked_reads_every_rekey_of_a_small_network() {
    let master = master();
    let last = 6u16;
    for bits in 0..1u32 << last {
        let revoked: Vec<u16> = (1..=last).filter(|device| bits >> (device - 1) & 1 == 1).collect();
        let parts = parts(&head(3, last, &revoked));
        let mut secrets = BTreeSet::new();
        for device in 1..=last {
            let opened = open(&parts, device, &master.path(DeviceId(device), 1));
            assert_eq!(opened.is_err(), revoked.contains(&device), "{device} of {revoked:?}");
            secrets.extend(opened.ok());
        }
        assert!(secrets.len() <= 1, "all read the same");
    }
}

#[test]
fn no_key_of_a_revoked_device_opens_any_wrap() {
    let path = master().path(DeviceId(5), 1);
    let rekey = parts(&head(2, 1023, &[5])).remove(0);
    let subtrees = cover(&rekey.head.shut_out, rekey.head.last);
    assert!(subtrees.iter().all(|subtree| !subtree.holds(DeviceId(5))));
    let words = rekey.head.packed();
    for key in path.to_bytes().chunks_exact(SUBTREE_KEY_BYTES) {
        let key: &SubtreeKey = key.try_into().expect("of that length");
        for (wrapped, subtree) in rekey.wraps.iter().zip(&subtrees) {
            let seed = wrap(UNDER_TEST, wrapped, *subtree, key, &rekey.check);
            assert_ne!(check(UNDER_TEST, &seed, &words), rekey.check);
        }
    }
}

#[test]
fn a_device_that_was_away_for_many_epochs_needs_only_the_newest() {
    let path = master().path(DeviceId(9), 1);
    let newest = parts(&head(40, 1023, &[2, 77]));
    let fresh = open(&newest, 9, &master().path(DeviceId(9), 39));
    assert_eq!(open(&newest, 9, &path), fresh);
    assert!(fresh.is_ok());
    let later = master().path(DeviceId(9), 40);
    assert_eq!(open(&newest, 9, &later), Err(RekeyError::NoKeys), "keys are never stepped back");
}

#[test]
fn one_of_a_thousand_takes_the_bytes_that_are_promised() {
    let bytes = |last, revoked: &[u16]| {
        parts(&head(2, last, revoked)).iter().map(|part| part.packed().len()).sum::<usize>()
    };
    assert_eq!(bytes(1023, &[700]), 244, "goal: 320");
    assert_eq!(bytes(63, &[40]), 178);
    assert!(bytes(1023, &[9, 300, 700]) <= 677);
    assert!(bytes(1023, &[9, 99, 300, 700, 901]) <= 993);
}

#[test]
fn many_revoked_devices_take_several_parts_and_each_device_needs_its_own() {
    let mut dice = Dice::new(3);
    let revoked: BTreeSet<u16> = (0..120).map(|_| dice.between(1, 1023) as u16).collect();
    let revoked: Vec<u16> = revoked.into_iter().collect();
    let parts = parts(&head(2, 1023, &revoked));
    assert!(parts.len() > 1);
    assert!(parts.iter().all(|part| part.packed().len() <= REKEY_BYTES_MAX));
    for device in 1..=1023 {
        let opened = open(&parts, device, &master().path(DeviceId(device), 1));
        assert_eq!(opened.is_ok(), !revoked.contains(&device));
    }
    let last = parts.last().expect("some").open(
        UNDER_TEST,
        DeviceId((1..1023).find(|device| !revoked.contains(device)).expect("one is left")),
        Some(&mut master().path(DeviceId(1), 1)),
    );
    assert_eq!(last.err(), Some(RekeyError::OtherPart));
}

#[test]
fn more_than_can_be_shut_out_are_refused() {
    let many: Vec<u16> = (1..=SHUT_OUT_MAX as u16 + 1).collect();
    assert_eq!(Rekey::make(&master(), &authority(), NETWORK, &head(2, 1023, &many), None), None);
    let every_other: Vec<u16> = (0..SHUT_OUT_MAX as u16).map(|place| 4 * place + 2).collect();
    let most = parts(&head(2, 1023, &every_other));
    assert!(most.iter().all(|part| part.packed().len() <= REKEY_BYTES_MAX));
}

#[test]
fn the_same_words_give_the_same_bytes_and_other_words_another_secret() {
    let path = master().path(DeviceId(3), 1);
    assert_eq!(parts(&head(2, 60, &[7])), parts(&head(2, 60, &[7])));
    let (one, two) = (parts(&head(2, 60, &[7])), parts(&head(2, 60, &[7, 8])));
    assert_ne!(one[0].check, two[0].check);
    assert_ne!(open(&one, 3, &path), open(&two, 3, &path));
}

#[test]
fn whoever_missed_an_epoch_is_told_of_it_and_the_revoked_are_not() {
    let mut before = parts(&head(2, 1023, &[7])).remove(0);
    let mut seeds = BTreeSet::from([open(&[before.clone()], 3, &master().path(DeviceId(3), 1))]);
    for epoch in 3..=5 {
        let head = head(epoch, 1023, &[7, 8]);
        let made = Rekey::make(&master(), &authority(), NETWORK, &head, Some(&before));
        before = made.expect("few enough").remove(0);
        assert!(before.packed().len() <= 320, "{}", before.packed().len());
        let mut path = master().path(DeviceId(3), 1);
        let seed = before.open(UNDER_TEST, DeviceId(3), Some(&mut path)).expect("not revoked");
        let told: Vec<_> = before.formers(&seed).iter().map(|seed| Ok(*seed.secret())).collect();
        assert_eq!(told.len(), if epoch == 3 { 1 } else { 2 });
        assert!(told.iter().all(|secret| seeds.contains(secret)));
        seeds.insert(Ok(*seed.secret()));
    }
    assert_eq!(Rekey::unpack_all(&before.packed()), Ok(before));
}

#[test]
fn only_the_authority_of_this_network_is_believed() {
    let rekey = parts(&head(2, 60, &[7])).remove(0);
    let public = authority().public();
    assert!(rekey.verify(UNDER_TEST, &public, NETWORK));
    assert!(!rekey.verify(UNDER_TEST, &public, NetworkId([5; 8])));
    let other = DeviceKey::of(UNDER_TEST, [2; 32]).public();
    assert!(!rekey.verify(UNDER_TEST, &other, NETWORK));
    let bytes = rekey.packed();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        if let Ok(changed) = Rekey::unpack_all(&changed) {
            assert!(!changed.verify(UNDER_TEST, &public, NETWORK), "byte {place}");
        }
    }
}

#[test]
fn a_device_without_keys_is_told_so() {
    let rekey = parts(&head(2, 60, &[7])).remove(0);
    assert_eq!(rekey.open(UNDER_TEST, DeviceId(3), None).err(), Some(RekeyError::NoKeys));
    assert_eq!(rekey.open(UNDER_TEST, DeviceId(7), None).err(), Some(RekeyError::ShutOut));
    let mut others = master().path(DeviceId(60), 1);
    let opened = rekey.open(UNDER_TEST, DeviceId(3), Some(&mut others));
    assert_eq!(opened.err(), Some(RekeyError::BadKeys));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        if let Ok(rekey) = Rekey::unpack_all(&bytes) {
            prop_assert!(rekey.open(UNDER_TEST, DeviceId(3), None).is_err());
        }
    }
}
