//! Any frames and sums together make the block whole, as long as there are enough.

use super::*;
use crate::base::dice::Dice;

/// Frames of different lengths.
fn block(count: usize, dice: &mut Dice) -> Vec<Vec<u8>> {
    let frame = |dice: &mut Dice| {
        let bytes = dice.below(200) as usize;
        (0..bytes).map(|_| dice.below(256) as u8).collect()
    };
    (0..count).map(|_| frame(dice)).collect()
}

fn sums(frames: &[Vec<u8>], numbers: impl Iterator<Item = usize>) -> Vec<(usize, Vec<u8>)> {
    let slices: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
    numbers.map(|number| (number, sum(&slices, number).expect("within limits"))).collect()
}

/// The frames with these places lost and those sums heard.
fn recovered(
    frames: &[Vec<u8>],
    lost: &[usize],
    heard: &[(usize, Vec<u8>)],
) -> Option<Vec<(usize, Vec<u8>)>> {
    let left: Vec<Option<&[u8]>> = (0..frames.len())
        .map(|place| (!lost.contains(&place)).then_some(frames[place].as_slice()))
        .collect();
    let heard: Vec<(usize, &[u8])> = heard.iter().map(|(n, sum)| (*n, sum.as_slice())).collect();
    recover(&left, &heard)
}

#[test]
fn every_loss_of_a_block_of_six_is_repaired_by_any_sums_of_as_many() {
    let mut dice = Dice::new(1);
    let frames = block(6, &mut dice);
    let all = sums(&frames, 0..6);
    for lost_mask in 0u32..64 {
        let lost: Vec<usize> = (0..6).filter(|place| lost_mask >> place & 1 == 1).collect();
        let expected: Vec<_> = lost.iter().map(|place| (*place, frames[*place].clone())).collect();
        for heard_mask in 0u32..64 {
            let heard = all.iter().filter(|(number, _)| heard_mask >> number & 1 == 1);
            let heard: Vec<_> = heard.cloned().collect();
            let got = recovered(&frames, &lost, &heard);
            match heard.len() >= lost.len() {
                true => assert_eq!(got.as_ref(), Some(&expected), "{lost_mask:b} {heard_mask:b}"),
                false => assert_eq!(got, None),
            }
        }
    }
}

#[test]
fn the_longest_block_is_repaired_from_the_last_sums_alone() {
    let mut dice = Dice::new(2);
    let frames = block(PARITY_FRAMES_MAX, &mut dice);
    let last = PARITY_SUMS_MAX - PARITY_FRAMES_MAX..PARITY_SUMS_MAX;
    let lost: Vec<usize> = (0..PARITY_FRAMES_MAX).collect();
    let got = recovered(&frames, &lost, &sums(&frames, last)).expect("as many as frames");
    assert!(got.iter().map(|(_, frame)| frame).eq(&frames));
}

#[test]
fn one_sum_repairs_a_different_loss_at_each_hearer() {
    let frames = block(16, &mut Dice::new(3));
    let one = sums(&frames, 4..5);
    for place in 0..16 {
        assert_eq!(recovered(&frames, &[place], &one), Some(vec![(place, frames[place].clone())]));
    }
}

#[test]
fn what_does_not_belong_together_is_refused_or_another_frame_and_never_a_panic() {
    let mut dice = Dice::new(4);
    let frames = block(8, &mut dice);
    let good = sums(&frames, 0..2);
    assert_eq!(recovered(&frames, &[0, 1], &[good[0].clone(), good[0].clone()]), None, "twice one");
    for _ in 0..200 {
        let mut bad = good.clone();
        let at = dice.below(bad[1].1.len() as u64) as usize;
        bad[1].1[at] ^= 1 + dice.below(255) as u8;
        let truth = vec![(2, frames[2].clone()), (5, frames[5].clone())];
        assert_ne!(recovered(&frames, &[2, 5], &bad), Some(truth));
    }
    let empty: [(usize, Vec<u8>); 2] = [(0, Vec::new()), (1, Vec::new())];
    assert!(recovered(&frames, &[2, 5], &empty).is_none_or(|got| got.len() == 2));
}

#[test]
fn what_is_too_long_or_too_much_is_refused() {
    let long = vec![0; FRAME_BYTES_MAX + 1];
    assert_eq!(sum(&[long.as_slice()], 0), None);
    assert_eq!(sum(&[&[1]], PARITY_SUMS_MAX), None);
    let frames = [[1u8].as_slice(); PARITY_FRAMES_MAX + 1];
    assert_eq!(sum(&frames, 0), None);
    assert_eq!(recover(&[None; PARITY_FRAMES_MAX + 1], &[]), None);
    assert_eq!(recover(&[None], &[(PARITY_SUMS_MAX, &[0, 1, 1])]), None);
    let too_long = vec![0; LENGTH_BYTES + FRAME_BYTES_MAX + 1];
    assert_eq!(recover(&[None], &[(0, too_long.as_slice())]), None);
}
