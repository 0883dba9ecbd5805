//! Tests of the channel with made-up traffic. Its figures are checked against a real TNC in
//! `tests/calibration.rs`.

use super::super::hearing::Pair;
use super::*;

const A: StationId = StationId(0);
const B: StationId = StationId(1);
const C: StationId = StationId(2);

fn quick() -> Config {
    // Always takes the first slot: makes moments foreseeable within the 10 ms of looking.
    Config { persist: 255, ..Config::direwolf(1200) }
}

fn line() -> Hearing {
    Hearing::only(&["A-B", "B-C"].map(|pair| pair.parse().expect("a pair")))
}

/// Everything that happens until the channel is silent.
fn drain(air: &mut Air) -> Vec<(u64, AirEvent)> {
    let mut story = Vec::new();
    while let Some(now) = air.next_deadline() {
        while let Some((at, event)) = air.poll(now) {
            story.push((at.0, event));
        }
    }
    story
}

fn delivered(story: &[(u64, AirEvent)]) -> Vec<(StationId, StationId, Vec<u8>)> {
    let take = |event: &AirEvent| match event {
        AirEvent::Delivered { from, station, frame } => Some((*from, *station, frame.clone())),
        AirEvent::Keyed { .. } | AirEvent::Unkeyed { .. } | AirEvent::Missed { .. } => None,
    };
    story.iter().filter_map(|(_, event)| take(event)).collect()
}

#[test]
fn a_lone_frame_is_heard_by_everyone_in_reach_and_nobody_else() {
    let mut air = Air::new(quick(), line(), 3, 1);
    air.offer(A, vec![0; 72], Mono(1000));
    let story = drain(&mut air);
    assert_eq!(delivered(&story), [(A, B, vec![0; 72])]);
    // Slot 100 ms and up to 10 ms of looking, TXDELAY 300 ms, 500 ms of frame, TXTAIL 100 ms.
    let moments: Vec<u64> = story.iter().map(|(at, _)| at - story[0].0).collect();
    assert_eq!(moments, [0, 800, 900]);
    assert!((1100..1110).contains(&story[0].0), "keyed at {}", story[0].0);
    assert_eq!(air.counts(A).keyed_ms, 900);
    assert_eq!(air.counts(A).air_permille(9000), 100);
}

#[test]
fn frames_that_wait_share_one_key_up() {
    let mut air = Air::new(quick(), Hearing::all(2), 2, 1);
    for n in 0..10 {
        assert_eq!(air.offer(A, vec![n; 72], Mono(0)), Offer::Queued);
    }
    let story = drain(&mut air);
    let order: Vec<u8> = delivered(&story).iter().map(|(_, _, frame)| frame[0]).collect();
    assert_eq!(order, (0..10).collect::<Vec<u8>>());
    assert_eq!((air.counts(A).keyed, air.counts(A).sent_frames), (1, 10));
}

#[test]
fn a_full_queue_refuses_and_counts() {
    let config = Config { queue_frames_max: 3, ..quick() };
    let mut air = Air::new(config, Hearing::all(2), 2, 1);
    let offers: Vec<Offer> = (0..5).map(|n| air.offer(A, vec![n; 20], Mono(0))).collect();
    assert_eq!(offers[2..], [Offer::Queued, Offer::Refused, Offer::Refused]);
    drain(&mut air);
    let counts = air.counts(A);
    assert_eq!((counts.offered_frames, counts.refused_frames, counts.sent_frames), (5, 2, 3));
    assert_eq!(air.counts(B).heard_frames, 3);
}

#[test]
fn a_station_waits_while_it_hears_another() {
    let mut air = Air::new(quick(), Hearing::all(2), 2, 1);
    air.offer(A, vec![1; 200], Mono(0));
    air.offer(B, vec![2; 200], Mono(500));
    let story = drain(&mut air);
    assert_eq!(delivered(&story).len(), 2);
    let starts: Vec<u64> = story
        .iter()
        .filter(|(_, event)| matches!(event, AirEvent::Keyed { .. }))
        .map(|(at, _)| *at)
        .collect();
    // B's slot begins when A's key goes up: 0.1 + 0.3 + 1.37 + 0.1 s.
    assert!(starts[1] - starts[0] > 1800, "{starts:?}");
}

#[test]
fn hidden_terminals_destroy_each_other_at_the_station_between() {
    let mut air = Air::new(quick(), line(), 3, 1);
    air.offer(A, vec![1; 60], Mono(0));
    air.offer(C, vec![2; 60], Mono(200));
    let story = drain(&mut air);
    assert_eq!(delivered(&story), []);
    assert_eq!(air.counts(B).collided_frames, 2);
}

#[test]
fn a_carrier_without_a_frame_destroys_too() {
    // C's key goes down so late that only its flags overlap the end of A's frame.
    let mut air = Air::new(quick(), line(), 3, 1);
    air.offer(A, vec![0; 72], Mono(0));
    air.offer(C, vec![0; 72], Mono(700));
    drain(&mut air);
    assert_eq!((air.counts(B).collided_frames, air.counts(B).heard_frames), (1, 1));
}

#[test]
fn who_sends_hears_nothing() {
    // C does not hear A, so it sends while A's frame passes; A cannot hear it.
    let one_way = ["A>B", "C>A"].map(|pair| pair.parse().expect("a pair"));
    let mut air = Air::new(quick(), Hearing::only(&one_way), 3, 1);
    air.offer(A, vec![0; 200], Mono(0));
    air.offer(C, vec![0; 20], Mono(300));
    drain(&mut air);
    assert_eq!((air.counts(A).deaf_frames, air.counts(B).heard_frames), (1, 1));
}

#[test]
fn two_that_start_within_the_time_of_sensing_collide() {
    let deaf_to_carriers = Config { sense_ms: 10_000, ..quick() };
    let mut air = Air::new(deaf_to_carriers, Hearing::all(3), 3, 1);
    air.offer(A, vec![0; 60], Mono(0));
    air.offer(B, vec![0; 60], Mono(0));
    drain(&mut air);
    assert_eq!(air.counts(C).collided_frames, 2);
    assert_eq!((air.counts(A).deaf_frames, air.counts(B).deaf_frames), (1, 1));
}

#[test]
fn a_cut_is_judged_at_the_end_of_a_frame_and_healing_restores() {
    let pair: Pair = "A-B".parse().expect("a pair");
    let mut air = Air::new(quick(), Hearing::all(2), 2, 1);
    air.offer(A, vec![1; 60], Mono(0));
    while air.poll(Mono(500)).is_some() {}
    air.set_hearing(pair, false);
    assert_eq!(delivered(&drain(&mut air)), []);
    air.set_hearing(pair, true);
    air.offer(A, vec![2; 60], Mono(5000));
    assert_eq!(delivered(&drain(&mut air)), [(A, B, vec![2; 60])]);
}

#[test]
fn loss_follows_the_configured_share() {
    let config = Config { rate_bit_s: 9600, loss_ppm: 100_000, ..quick() };
    let mut air = Air::new(config, Hearing::all(3), 3, 7);
    for n in 0..2000_u64 {
        air.offer(A, vec![0; 60], Mono(n * 1000));
        while air.poll(Mono(n * 1000 + 999)).is_some() {}
    }
    for hearer in [B, C] {
        let counts = air.counts(hearer);
        assert_eq!(counts.lost_frames + counts.heard_frames, 2000);
        // Ten in a hundred of 2,000, four deviations of √(2000 × 0.1 × 0.9) = 13.4 either way.
        assert!((146..=254).contains(&counts.lost_frames), "{} lost", counts.lost_frames);
    }
}

#[test]
fn the_same_seed_tells_the_same_story_and_another_seed_another() {
    let story = |seed| {
        let config = Config { loss_ppm: 200_000, ..Config::direwolf(1200) };
        let mut air = Air::new(config, line(), 3, seed);
        for n in 0..40_u64 {
            air.offer(StationId((n % 3) as u16), vec![n as u8; 30], Mono(n * 700));
        }
        drain(&mut air)
    };
    assert_eq!(story(5), story(5));
    assert_ne!(story(5), story(6));
}

#[test]
fn every_frame_is_accounted_for_and_time_never_goes_back() {
    let config =
        Config { loss_ppm: 100_000, loss_per_100_bytes_ppm: 100_000, ..Config::direwolf(9600) };
    let mut air = Air::new(config, Hearing::all(5), 5, 11);
    let mut dice = Dice::new(3);
    let mut now = 0;
    let mut last = Mono(0);
    for _ in 0..3000 {
        now += dice.below(200);
        let id = StationId(dice.below(5) as u16);
        air.offer(id, vec![0xFF; dice.between(15, 250) as usize], Mono(now));
        while let Some((at, _)) = air.poll(Mono(now)) {
            assert!(last <= at && at.0 <= now);
            last = at;
        }
    }
    drain(&mut air);
    let all: Vec<Counts> = air.stations().map(|id| air.counts(id)).collect();
    let sum = |of: fn(&Counts) -> u64| all.iter().map(of).sum::<u64>();
    assert_eq!(sum(|c| c.offered_frames), sum(|c| c.sent_frames) + sum(|c| c.refused_frames));
    let judged = sum(|c| c.heard_frames + c.lost_frames + c.collided_frames + c.deaf_frames);
    assert_eq!(judged, 4 * sum(|c| c.sent_frames));
    assert!(sum(|c| c.collided_frames) > 0 && sum(|c| c.lost_frames) > 0);
    assert!(air.past.len() <= 5, "{} carriers remembered", air.past.len());
}

#[test]
fn a_jammer_destroys_every_frame_that_it_touches_and_no_other() {
    // Key-up 400 ms after the offer at the latest, 500 ms of frame: on the air from 400 to 910.
    let cases = [((0, 300), true), ((0, 450), false), ((600, 700), false), ((920, 2000), true)];
    for ((from_ms, until_ms), is_heard) in cases {
        let mut air = Air::new(quick(), Hearing::all(2), 2, 1);
        air.offer(A, vec![7; 72], Mono(0));
        air.set_jammed(from_ms == 0, Mono(0));
        let mut heard = 0;
        for (at, jammed) in [(from_ms, true), (until_ms, false)] {
            while let Some((_, event)) = air.poll(Mono(at)) {
                heard += u32::from(matches!(event, AirEvent::Delivered { .. }));
            }
            air.set_jammed(jammed, Mono(at));
        }
        heard += delivered(&drain(&mut air)).len() as u32;
        assert_eq!(heard, u32::from(is_heard), "jammed from {from_ms} to {until_ms}");
        assert_eq!(air.counts(B).lost_frames, u64::from(!is_heard));
    }
}

#[test]
fn a_channel_that_falls_back_to_a_lower_rate_clogs_and_drops_what_comes_last() {
    let mut air = Air::new(Config { queue_frames_max: 4, ..quick() }, Hearing::all(2), 2, 1);
    air.set_rate_bit_s(12);
    let offers: Vec<Offer> = (0..6).map(|n| air.offer(A, vec![n; 72], Mono(0))).collect();
    assert_eq!(offers, [[Offer::Queued; 4].as_slice(), &[Offer::Refused; 2]].concat());
    let story = drain(&mut air);
    let heard: Vec<u8> = delivered(&story).iter().map(|(_, _, frame)| frame[0]).collect();
    assert_eq!(heard, [0, 1, 2, 3]);
    // A hundredth of the rate: fifty seconds a frame instead of half a second.
    assert!(story.last().is_some_and(|(at, _)| (200_000..204_000).contains(at)));
}

#[test]
fn each_hearer_fades_by_itself() {
    let fading = Some(Fading { good_ms: 20_000, bad_ms: 20_000, bad_ppm: 1_000_000 });
    let config = Config { rate_bit_s: 9600, fading, ..quick() };
    let mut air = Air::new(config, Hearing::all(3), 3, 4);
    for n in 0..1000_u64 {
        air.offer(A, vec![0; 60], Mono(n * 1000));
        while air.poll(Mono(n * 1000 + 999)).is_some() {}
    }
    let [b, c] = [B, C].map(|hearer| air.counts(hearer));
    for counts in [b, c] {
        assert!((350..=650).contains(&counts.lost_frames), "{} lost", counts.lost_frames);
    }
    assert_ne!(b.lost_frames, c.lost_frames);
}
