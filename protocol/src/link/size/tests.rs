//! Tests of the length of frames: tables of losses, and a made-up channel on which long frames
//! die first.

use super::*;
use crate::base::dice::Dice;

fn radio() -> Profile {
    Profile {
        mtu: 200,
        rate_bit_s: 1200,
        medium: Medium::Broadcast,
        half_duplex: true,
        ..Profile::default()
    }
}

/// Frames of four records each at 200 bytes, fewer where they are shorter; each is lost with the
/// chance that `loss_ppm` gives for its length. The lengths after each of `frames` frames.
fn run(
    size: &mut FrameSize,
    frames: usize,
    from: Mono,
    seed: u64,
    loss_ppm: impl Fn(u64) -> u64,
) -> Vec<u16> {
    run_packed(50, size, frames, from, seed, loss_ppm)
}

/// The same, of records of so many bytes each.
fn run_packed(
    record_bytes: u16,
    size: &mut FrameSize,
    frames: usize,
    from: Mono,
    seed: u64,
    loss_ppm: impl Fn(u64) -> u64,
) -> Vec<u16> {
    let profile = radio();
    let mut dice = Dice::new(seed);
    let mut now = from;
    let mut lengths = Vec::new();
    for _ in 0..frames {
        let bytes = match size.frame_bytes(&profile) {
            0 => 200,
            bytes => bytes,
        };
        let records = u32::from(bytes / record_bytes).max(1);
        size.note_frame(records);
        let tally = match dice.below(1_000_000) < loss_ppm(u64::from(bytes)) {
            true => Tally { lost: records, arrived: 0 },
            false => Tally { lost: 0, arrived: records },
        };
        now = now.after_ms(1_000);
        size.note(tally, &profile, now);
        lengths.push(bytes);
    }
    lengths
}

/// Share of frames that had this length, in percent.
fn share(lengths: &[u16], fits: impl Fn(u16) -> bool) -> usize {
    lengths.iter().filter(|bytes| fits(**bytes)).count() * 100 / lengths.len()
}

#[test]
fn nothing_lost_changes_nothing() {
    let lengths = run(&mut FrameSize::default(), 1_000, Mono(0), 1, |_| 0);
    assert!(lengths.iter().all(|bytes| *bytes == 200));
}

#[test]
fn frames_become_shorter_where_long_ones_die_and_longer_again_in_the_clear() {
    let mut shares = Vec::new();
    for seed in 1..=20 {
        let mut size = FrameSize::default();
        // Half of the 200-byte frames is lost, a third of 120 bytes, a fifth of 64: what white
        // noise does when each bit has its chance.
        let noisy = run(&mut size, 400, Mono(0), seed, |bytes| 2_500 * bytes);
        let short = share(&noisy[60..], |bytes| bytes <= 120);
        shares.push(short);
        let clear = run(&mut size, 3_000, Mono(400_000), seed, |_| 0);
        assert_eq!(clear.last(), Some(&200), "seed {seed}");
    }
    let mean = shares.iter().sum::<usize>() / shares.len();
    assert!(mean >= 70, "frames that were short, percent: {shares:?}");
}

#[test]
fn where_nothing_long_passes_the_shortest_are_tried() {
    for seed in 1..=20 {
        let mut size = FrameSize::default();
        let cliff = |bytes| if bytes > 100 { 1_000_000 } else { 20_000 };
        let lengths = run(&mut size, 300, Mono(0), seed, cliff);
        assert!(lengths[60] <= 90, "seed {seed}: {:?}", &lengths[..61]);
        // Longer ones are tried again now and then, each time later.
        let short = share(&lengths[60..], |bytes| bytes <= 90);
        assert!(short >= 80, "seed {seed}: {short} %");
    }
}

#[test]
fn loss_that_takes_short_frames_as_well_seldom_leads_to_the_shortest() {
    let (mut moderate, mut shortest) = (0, 0);
    for seed in 1..=20 {
        let lengths = run(&mut FrameSize::default(), 1_000, Mono(0), seed, |_| 200_000);
        moderate += share(&lengths, |bytes| bytes >= 120);
        shortest += share(&lengths, |bytes| bytes == 64);
    }
    assert!(moderate >= 20 * 60 && shortest <= 20 * 15, "{} %, {} %", moderate / 20, shortest / 20);
}

#[test]
fn a_tenth_lost_is_lived_with() {
    let mut total = 0;
    for seed in 1..=20 {
        let lengths = run(&mut FrameSize::default(), 500, Mono(0), seed, |_| 100_000);
        total += share(&lengths, |bytes| bytes == 200);
    }
    assert!(total >= 20 * 75, "{} % of frames were long", total / 20);
}

#[test]
fn a_fifth_lost_is_taken_for_noise_as_seldom_however_many_records_a_frame_holds() {
    for record_bytes in [10, 20, 50] {
        let mut long = 0;
        for seed in 1..=200 {
            let mut size = FrameSize::default();
            let lengths = run_packed(record_bytes, &mut size, 60, Mono(0), seed, |_| 200_000);
            long += usize::from(lengths.iter().all(|bytes| *bytes == 200));
        }
        assert!(long >= 165, "{long} of 200, records of {record_bytes} bytes");
    }
}

#[test]
fn noise_is_found_in_as_many_frames_however_many_records_a_frame_holds() {
    let frames_until_shorter = |record_bytes| {
        let until = |seed| {
            let mut size = FrameSize::default();
            let lengths = run_packed(record_bytes, &mut size, 400, Mono(0), seed, |bytes| {
                if bytes > 120 { 600_000 } else { 100_000 }
            });
            lengths.iter().position(|bytes| *bytes < 200).expect("it is noise")
        };
        (1..=100).map(until).sum::<usize>() / 100
    };
    for record_bytes in [10, 20, 50] {
        let frames = frames_until_shorter(record_bytes);
        assert!((6..=16).contains(&frames), "{frames} frames, records of {record_bytes} bytes");
    }
}

#[test]
fn a_peer_that_is_switched_off_says_nothing_of_noise() {
    let mut size = FrameSize::default();
    run(&mut size, 40, Mono(0), 1, |_| 0);
    let gone = Tally { lost: 500, arrived: 0 };
    assert!(!size.note(gone, &radio(), Mono(50_000)));
    assert_eq!(size.frame_bytes(&radio()), 0);
}

#[test]
fn a_quiet_link_goes_back_by_time() {
    let mut size = FrameSize::default();
    let lost = Tally { lost: 8, arrived: 0 };
    for _ in 0..3 {
        size.note(lost, &radio(), Mono(1_000));
    }
    assert_eq!(size.frame_bytes(&radio()), 120);
    let few = Tally { lost: 0, arrived: GROW_AFTER_MIN * FILL_MIN / 2 };
    assert!(!size.note(few, &radio(), Mono(2_000)));
    assert!(size.note(few, &radio(), Mono(1_000 + GROW_AFTER_MS)));
    assert_eq!(size.frame_bytes(&radio()), 0);
}

#[test]
fn links_where_a_shorter_frame_costs_as_much_keep_their_length() {
    let card = Profile { min_interval_ms: 60_000, ..radio() };
    let line = Profile { half_duplex: false, medium: Medium::Unicast, ..radio() };
    let narrow = Profile { mtu: 64, ..radio() };
    for profile in [card, line, narrow] {
        let mut size = FrameSize::default();
        for at in 0..100 {
            size.note(Tally { lost: 8, arrived: 1 }, &profile, Mono(at * 1_000));
        }
        assert_eq!(size.frame_bytes(&profile), 0, "{profile:?}");
    }
}
