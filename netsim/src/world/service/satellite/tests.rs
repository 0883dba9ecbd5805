//! Satellite IP told by the table.

use super::*;

fn run(satellite: &mut Satellite) -> Vec<(u64, usize, usize)> {
    let mut heard = Vec::new();
    while let Some(at) = satellite.next_deadline() {
        while let Some(one) = satellite.poll(at) {
            if let Told::Heard { seat, frame } = one {
                heard.push((at.0, seat.0, frame.len()));
            }
        }
    }
    heard
}

/// A frame of a hundred bytes a second, one way: how many of 1,000 come, and what is counted.
fn send_thousand(config: SatelliteConfig) -> (u64, SatelliteCounts) {
    let mut satellite = Satellite::new(config, 2);
    for n in 0..1000 {
        satellite.offer(Seat(0), vec![1; 100], Mono(n * 1000));
    }
    (run(&mut satellite).len() as u64, satellite.counts())
}

#[test]
fn a_frame_takes_its_bits_and_the_way_up_and_down() {
    let mut satellite = Satellite::new(SatelliteConfig::clear(64_000), 1);
    satellite.offer(Seat(0), vec![0; 1172], Mono(1000));
    satellite.offer(Seat(1), vec![0; 72], Mono(1000));
    let heard = run(&mut satellite);
    // 1,200 bytes at 64 kbit/s: 150 ms; 300 to 340 ms of way.
    assert_eq!((heard[0].1, heard[1].1), (0, 1));
    assert!((1313..=1353).contains(&heard[0].0), "{heard:?}");
    assert!((1450..=1490).contains(&heard[1].0), "{heard:?}");
}

#[test]
fn loss_doubles_and_spells_come_as_often_as_told() {
    let clear = SatelliteConfig::clear(64_000);
    assert_eq!(send_thousand(clear).0, 1000);
    let (arrived, counts) = send_thousand(SatelliteConfig { loss_ppm: 200_000, ..clear });
    assert!((140..=260).contains(&counts.lost) && arrived == 1000 - counts.lost, "{counts:?}");
    let (arrived, _) = send_thousand(SatelliteConfig { duplicate_ppm: 200_000, ..clear });
    assert!((1140..=1260).contains(&arrived), "{arrived}");
    let fading = Some(Fading { good_ms: 30_000, bad_ms: 10_000, bad_ppm: 1_000_000 });
    let (arrived, counts) = send_thousand(SatelliteConfig { fading, ..clear });
    assert!((100..=400).contains(&counts.lost) && arrived == 1000 - counts.lost, "{counts:?}");
}

#[test]
fn at_a_hundredth_of_its_rate_the_bottleneck_fills_and_drops_what_comes_last() {
    let mut satellite = Satellite::new(SatelliteConfig::clear(64_000), 1);
    satellite.set_rate(Some(640));
    // 100 bytes: 16 ms before, 1.6 s now; the queue holds four seconds.
    for n in 0..100 {
        satellite.offer(Seat(0), vec![0; 100], Mono(n * 16));
    }
    let arrived = run(&mut satellite).len() as u64;
    assert_eq!((arrived, satellite.counts().dropped), (4, 96));
    satellite.set_rate(None);
    (0..100).for_each(|n| satellite.offer(Seat(0), vec![0; 100], Mono(60_000 + n * 16)));
    assert_eq!(run(&mut satellite).len(), 100);
}

#[test]
fn frames_that_are_under_way_when_the_mtu_shrinks_die_too() {
    let mut satellite = Satellite::new(SatelliteConfig::clear(64_000), 1);
    satellite.offer(Seat(0), vec![0; 700], Mono(0));
    satellite.offer(Seat(0), vec![0; 500], Mono(0));
    satellite.set_mtu(Some(576));
    let sizes: Vec<usize> = run(&mut satellite).iter().map(|(_, _, bytes)| *bytes).collect();
    assert_eq!((sizes, satellite.counts().too_large), (vec![500], 1));
    satellite.set_mtu(None);
    satellite.offer(Seat(0), vec![0; 1200], Mono(2000));
    assert_eq!(run(&mut satellite).len(), 1);
}

#[test]
fn a_cut_may_be_one_way_and_calm_ends_everything() {
    let mut satellite = Satellite::new(SatelliteConfig::clear(64_000), 1);
    satellite.cut(0, true);
    satellite.set_rate(Some(1));
    satellite.set_mtu(Some(10));
    satellite.offer(Seat(0), vec![0; 9], Mono(0));
    assert_eq!((run(&mut satellite), satellite.counts().cut), (Vec::new(), 1));
    satellite.calm();
    [0, 1].into_iter().for_each(|n| satellite.offer(Seat(n), vec![0; 1200], Mono(1)));
    assert_eq!(run(&mut satellite).len(), 2);
}
