//! The tree: every cover of every revoked set of a small one, random ones of a full one.

use super::*;
use crate::base::dice::Dice;
use crate::keys::suite::UNDER_TEST;

fn numbers(devices: impl IntoIterator<Item = u16>) -> BTreeSet<DeviceId> {
    devices.into_iter().map(DeviceId).collect()
}

fn master() -> TreeMaster {
    TreeMaster::new(UNDER_TEST, NetworkId([5; 8]), &[3; 32])
}

/// Everybody but the revoked is held once, the revoked by nobody.
fn check(revoked: &BTreeSet<DeviceId>, last: u16) -> usize {
    let subtrees = cover(revoked, DeviceId(last));
    for device in (1..=last).map(DeviceId) {
        let count = subtrees.iter().filter(|subtree| subtree.holds(device)).count();
        assert_eq!(count, usize::from(!revoked.contains(&device)), "{device} of {revoked:?}");
    }
    assert!(revoked.iter().all(|device| !subtrees.iter().any(|tree| tree.holds(*device))));
    subtrees.len()
}

#[test]
fn every_revoked_set_of_a_small_tree_has_a_cover() {
    let last = 12u16;
    for bits in 0..1u32 << last {
        check(&numbers((1..=last).filter(|device| bits >> (device - 1) & 1 == 1)), last);
    }
}

#[test]
fn random_sets_of_a_thousand_have_covers_of_the_size_that_is_promised() {
    let mut dice = Dice::new(7);
    for count in [1, 1, 1, 2, 3, 5, 10, 64, 200, 1000] {
        let revoked = numbers((0..count).map(|_| dice.between(1, 1024) as u16));
        let subtrees = check(&revoked, 1023);
        // Naor, Naor and Lotspiech: at most r log2(N / r) subtrees.
        let log = (1024 / revoked.len().max(1)).ilog2() as usize + 1;
        assert!(subtrees <= revoked.len() * log, "{subtrees} for {}", revoked.len());
    }
    for device in [2, 511, 512, 513, 1023] {
        assert_eq!(check(&numbers([device]), 1023), 10);
    }
    assert_eq!(check(&numbers([1]), 1023), 9, "its neighbour is 0, which nobody has");
}

#[test]
fn nobody_revoked_takes_a_key_for_each_half_in_use() {
    assert_eq!(cover(&BTreeSet::new(), DeviceId(511)).len(), 1);
    assert_eq!(cover(&BTreeSet::new(), DeviceId(1023)).len(), 2);
    assert_eq!(cover(&BTreeSet::new(), DeviceId(u16::MAX)).len(), 128);
    assert_eq!(
        cover(&BTreeSet::new(), DeviceId(0)).len(),
        1,
        "0 is in the tree, and nobody has it"
    );
}

#[test]
fn more_than_a_thousand_devices_stand_in_further_trees() {
    let subtrees = check(&numbers([7, 1500]), 2100);
    assert_eq!(subtrees, 10 + 10 + 1);
}

#[test]
fn a_device_has_the_keys_of_the_subtrees_that_hold_it_and_of_no_others() {
    let master = master();
    let path = master.path(DeviceId(700), 4);
    assert_eq!(path.next_epoch(), 5);
    for subtree in cover(&numbers([2, 90, 701]), DeviceId(1023)) {
        let theirs = path.key(subtree).is_some_and(|key| *key == master.key(subtree, 5));
        assert_eq!(theirs, subtree.holds(DeviceId(700)), "{subtree:?}");
    }
}

#[test]
fn keys_step_on_together_however_many_epochs_were_missed_and_never_back() {
    let master = master();
    let (mut early, late) = (master.path(DeviceId(3), 1), master.path(DeviceId(3), 30));
    assert!(early.step_to(UNDER_TEST, 31));
    assert_eq!(early, late);
    assert!(!early.step_to(UNDER_TEST, 30));
    assert_eq!(early, late);
    assert_eq!(PathKeys::of_bytes(30, &late.to_bytes()), late);
    let mut far = late.clone();
    assert!(!far.step_to(UNDER_TEST, u32::MAX), "bounded by the last epoch");
    assert_eq!(far.next_epoch(), EPOCH_END);
}

#[test]
fn another_network_of_the_same_authority_has_other_keys() {
    let drill = TreeMaster::new(UNDER_TEST, NetworkId([6; 8]), &[3; 32]);
    assert_ne!(drill.path(DeviceId(3), 1), master().path(DeviceId(3), 1));
}
