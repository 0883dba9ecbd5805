//! Tests of the pacer: tables of frames handed over and the moments at which it is ready again.

use super::*;
use crate::link::profile::Medium;

fn profile(rate_bit_s: u32, per_burst_ms: u32, half_duplex: bool) -> Profile {
    Profile {
        name: "radio".to_owned(),
        kind: "kiss-tcp".to_owned(),
        target: "127.0.0.1:8001".to_owned(),
        mtu: 256,
        rate_bit_s,
        per_burst_ms,
        per_frame_bytes: 20,
        medium: Medium::Broadcast,
        half_duplex,
        min_interval_ms: 0,
        burst_max_ms: 4_000,
        beacon_max_ms: 60_000,
        ..Profile::default()
    }
}

/// Send whenever ready, `count` frames; the moments of sending.
fn send_all(pacer: &mut Pacer, bytes: usize, count: usize, from: Mono) -> Vec<u64> {
    let mut now = from;
    let mut sent = Vec::new();
    for _ in 0..count {
        now = now.max(pacer.ready_at());
        pacer.on_send(bytes, now);
        sent.push(now.0);
    }
    sent
}

#[test]
fn a_silent_link_is_ready_at_once() {
    assert_eq!(Pacer::new(&profile(1200, 800, true)).ready_at(), Mono(0));
}

#[test]
fn a_burst_at_1200_keeps_the_key_down_then_falls_silent() {
    let mut pacer = Pacer::new(&profile(1200, 800, true));
    // 130 + 20 bytes take 1,000 ms; 800 ms key-up; offered 400 ms before the end; the fourth
    // frame ends past four seconds, so 2 × 800 + 300 ms of silence follow.
    assert_eq!(send_all(&mut pacer, 130, 5, Mono(1000)), [1000, 2400, 3400, 4400, 7700]);
    assert_eq!(pacer.idle_at(), Mono(7700 + 1800));
}

#[test]
fn the_silence_is_kept_even_if_frames_come_late() {
    let mut pacer = Pacer::new(&profile(1200, 800, true));
    // Each frame is handed over 100 ms after the key went up: never a gap, so still one burst.
    let mut now = Mono(0);
    let mut silent_ms = Vec::new();
    for _ in 0..3 {
        pacer.on_send(130, now);
        silent_ms.push(pacer.ready_at().0.saturating_sub(pacer.idle_at().0));
        now = pacer.idle_at().after_ms(100);
    }
    assert_eq!(silent_ms, [0, 0, 1900]);
}

#[test]
fn a_burst_is_as_long_as_the_profile_says() {
    let one = Profile { burst_max_ms: 1, ..profile(1200, 800, true) };
    // 1,800 ms of key-up and frame, 1,900 ms for the others.
    assert_eq!(send_all(&mut Pacer::new(&one), 130, 3, Mono(0)), [0, 3700, 7400]);
    let long = Profile { burst_max_ms: 6_000, ..one };
    let sent = send_all(&mut Pacer::new(&long), 130, 7, Mono(0));
    assert_eq!(sent, [0, 1400, 2400, 3400, 4400, 5400, 8700]);
}

#[test]
fn a_device_with_a_queue_is_handed_the_head_of_a_burst_at_once() {
    let tnc = Profile { queue_ms: 2_000, ..profile(1200, 800, true) };
    // Each frame takes 1,000 ms: two wait beside the one on the air, none is handed over in the
    // silence after the burst.
    let sent = send_all(&mut Pacer::new(&tnc), 130, 7, Mono(0));
    assert_eq!(sent, [0, 0, 0, 1000, 6700, 6700, 6700]);
    let fast = Profile { rate_bit_s: 9600, ..tnc };
    let sent = send_all(&mut Pacer::new(&fast), 130, 40, Mono(0));
    // 125 ms each: sixteen wait behind the first.
    assert_eq!(sent.iter().filter(|at| **at == 0).count(), 17);
}

#[test]
fn after_a_pause_a_new_burst_begins() {
    let mut pacer = Pacer::new(&profile(1200, 800, true));
    for start in [0, 10_000, 20_000, 30_000] {
        assert_eq!(
            send_all(&mut pacer, 130, 2, Mono(start)),
            [start, start + 1400],
            "started at {start}"
        );
    }
}

#[test]
fn at_most_the_lead_waits_in_the_tnc() {
    let frames = [(1200, 60), (1200, 256), (9600, 60), (9600, 256)];
    let queues = frames.into_iter().flat_map(|frame| [(frame, 0, 400), (frame, 2_000, 2_800)]);
    for ((rate, bytes), queue_ms, lead_ms) in queues {
        let profile = Profile { queue_ms, ..profile(rate, 800, true) };
        let mut pacer = Pacer::new(&profile);
        let mut now = Mono(0);
        for _ in 0..50 {
            now = now.max(pacer.ready_at());
            let waiting_ms = pacer.idle_at().since_ms(now);
            assert!(waiting_ms <= lead_ms, "{waiting_ms} ms wait at {rate} bit/s, {bytes} B");
            pacer.on_send(bytes, now);
        }
    }
}

#[test]
fn what_is_heard_delays_what_waits() {
    let mut pacer = Pacer::new(&profile(1200, 800, true));
    pacer.on_send(130, Mono(0));
    assert_eq!((pacer.ready_at(), pacer.idle_at()), (Mono(1400), Mono(1800)));
    pacer.on_heard(130, Mono(1000));
    assert_eq!((pacer.ready_at(), pacer.idle_at()), (Mono(2400), Mono(2800)));
    // Nothing of ours waits any more: what is heard then changes nothing.
    pacer.on_heard(130, Mono(2800));
    assert_eq!((pacer.ready_at(), pacer.idle_at()), (Mono(2400), Mono(2800)));
}

#[test]
fn a_full_duplex_link_is_held_to_its_rate_alone() {
    // 80 + 20 bytes at 8,000 bit/s take 100 ms each, without key-up and without silence.
    let mut pacer = Pacer::new(&profile(8000, 800, false));
    let sent = send_all(&mut pacer, 80, 100, Mono(0));
    assert_eq!((sent[0], sent[1], sent[99]), (0, 95, 99 * 100 - AHEAD_MS));
    pacer.on_heard(80, Mono(9_800));
    assert_eq!(pacer.ready_at(), Mono(100 * 100 - AHEAD_MS));
}

#[test]
fn a_fast_link_is_not_slowed_to_one_frame_a_millisecond() {
    let mut pacer = Pacer::new(&profile(100_000_000, 0, false));
    // 1,250 bytes at 100 Mbit/s take 100 µs: a thousand of them take 100 ms.
    let sent = send_all(&mut pacer, 1230, 1000, Mono(50));
    assert!((135..=150).contains(&sent[999]), "last at {}", sent[999]);
}
