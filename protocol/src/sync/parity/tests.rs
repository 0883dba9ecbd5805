//! Any sums of any holders together make whole what is lacking, as long as there are enough.

use super::*;
use crate::base::ids::{DeviceId, Lane};

/// Runs of different lengths.
fn runs(count: u16, dice: &mut Dice) -> Vec<(Item, Vec<u8>)> {
    let run = |author: u16, dice: &mut Dice| {
        let lane = LaneId::first(DeviceId(author), Lane::Command);
        let bytes = (0..1 + dice.below(200)).map(|_| dice.below(256) as u8).collect();
        (Item { lane, first: 1 + dice.below(9) as u32, count: 5 }, bytes)
    };
    (1..=count).map(|author| run(author, dice)).collect()
}

fn without(runs: &[(Item, Vec<u8>)], lost: &[usize]) -> BTreeMap<Item, Vec<u8>> {
    let kept = (0..runs.len()).filter(|place| !lost.contains(place));
    kept.map(|place| runs[place].clone()).collect()
}

#[test]
fn one_sum_repairs_another_loss_at_each_hearer() {
    let runs = runs(30, &mut Dice::new(1));
    let sum = sum(7, &runs).expect("within limits");
    for place in 0..30 {
        let held = without(&runs, &[place]);
        let got = recover(std::slice::from_ref(&sum), |item| held.get(item).cloned());
        assert_eq!(got, [runs[place].clone()]);
    }
}

#[test]
fn as_many_sums_as_runs_are_lacking_do_nearly_always_and_fewer_never_give_a_wrong_one() {
    let mut dice = Dice::new(2);
    let mut failed = 0;
    for round in 0..300 {
        let runs = runs(20, &mut dice);
        let lost: Vec<usize> = (0..5).map(|n| n * 4 + dice.below(4) as usize).collect();
        let held = without(&runs, &lost);
        let sums: Vec<Sum> =
            (0..5).map(|n| sum(round * 8 + n, &runs).expect("within limits")).collect();
        let got = recover(&sums, |item| held.get(item).cloned());
        let expected: Vec<_> = lost.iter().map(|place| runs[*place].clone()).collect();
        failed += u32::from(got != expected);
        assert!(got.iter().all(|run| expected.contains(run)));
        let fewer = recover(&sums[1..], |item| held.get(item).cloned());
        assert!(fewer.len() < 5 && fewer.iter().all(|run| expected.contains(run)));
    }
    assert!(failed <= 6, "{failed} of 300");
}

#[test]
fn sums_of_several_holders_over_different_runs_make_one_system() {
    let runs = runs(6, &mut Dice::new(3));
    let sums = [
        sum(1, &runs[..4]).expect("within limits"),
        sum(2, &runs[1..]).expect("within limits"),
        sum(3, &[runs[0].clone(), runs[5].clone()]).expect("within limits"),
    ];
    let held = without(&runs, &[0, 2, 5]);
    let got = recover(&sums, |item| held.get(item).cloned());
    assert_eq!(got, [runs[0].clone(), runs[2].clone(), runs[5].clone()]);
}

#[test]
fn what_can_be_told_of_too_few_sums_is_told() {
    let runs = runs(6, &mut Dice::new(4));
    let sums = [sum(1, &runs[..2]).expect("within limits"), sum(2, &runs).expect("within limits")];
    let held = without(&runs, &[1, 4, 5]);
    let got = recover(&sums, |item| held.get(item).cloned());
    assert_eq!(got, [runs[1].clone()]);
}

#[test]
fn more_or_longer_runs_than_a_sum_takes_are_refused() {
    let mut many = runs(33, &mut Dice::new(5));
    assert_eq!(sum(1, &many), None);
    many.truncate(32);
    assert!(sum(1, &many).is_some());
    many[3].1 = vec![0; FRAME_BYTES_MAX - 1];
    assert_eq!(sum(1, &many), None);
    assert_eq!(sum(1, &[]), None);
}

#[test]
fn hostile_sums_give_runs_that_nobody_believes_or_none_and_no_panic() {
    let mut dice = Dice::new(6);
    let runs = runs(8, &mut dice);
    for _ in 0..200 {
        let mut sums: Vec<Sum> = (0..4).map(|n| sum(n, &runs).expect("within limits")).collect();
        for sum in &mut sums {
            let at = dice.below(sum.bytes.len() as u64) as usize;
            sum.bytes[at] ^= dice.below(256) as u8;
            sum.bytes.truncate(at + dice.below(3) as usize);
        }
        let held = without(&runs, &[1, 2, 3]);
        let _ = recover(&sums, |item| held.get(item).cloned());
    }
}
