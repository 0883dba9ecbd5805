//! The pacer of the KISS links on the channel model: bursts stay together, the TNC holds
//! little, and another station gets in between. Means over seeds, because access is drawn.

use sanduan_netsim::air::{Air, AirEvent, Config, Hearing, StationId};
use sanduan_netsim::world::radio_profile;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::modem::pace::Pacer;

const A: StationId = StationId(0);
const B: StationId = StationId(1);
const SEEDS: u64 = 50;

/// What became of a long run of frames from A, with one urgent frame offered at B meanwhile.
#[derive(Debug, Default)]
struct Outcome {
    ended_ms: u64,
    keyed: u64,
    waiting_max: usize,
    urgent_after_ms: Option<u64>,
}

fn run(rate_bit_s: u32, bytes: usize, count: usize, urgent_at: Option<u64>, seed: u64) -> Outcome {
    let config = Config::direwolf(rate_bit_s);
    let mut pacer = Pacer::new(&radio_profile(&config, "radio"));
    let mut air = Air::new(config, Hearing::all(2), 2, seed);
    let (mut offered, mut urgent_waits) = (0, urgent_at);
    let mut outcome = Outcome::default();
    loop {
        let offer_at = (offered < count).then(|| pacer.ready_at());
        let next = [offer_at, urgent_waits.map(Mono), air.next_deadline()];
        let Some(now) = next.into_iter().flatten().min() else { break };
        while let Some((at, event)) = air.poll(now) {
            outcome.ended_ms = at.0;
            if let AirEvent::Delivered { station: A, frame, .. } = event {
                outcome.urgent_after_ms = urgent_at.map(|from| at.0 - from);
                pacer.on_heard(frame.len(), now);
            }
        }
        if urgent_waits.is_some_and(|at| at <= now.0) {
            urgent_waits = None;
            air.offer(B, vec![0xA5; 40], now);
        }
        if offered < count && pacer.ready_at() <= now {
            offered += 1;
            air.offer(A, vec![0x5A; bytes], now);
            pacer.on_send(bytes, now);
            outcome.waiting_max = outcome.waiting_max.max(air.waiting_frames(A));
        }
    }
    outcome.keyed = air.counts(A).keyed;
    outcome
}

fn mean(values: impl Iterator<Item = u64>) -> u64 {
    let values: Vec<u64> = values.collect();
    values.iter().sum::<u64>() / values.len() as u64
}

#[test]
fn frames_share_key_ups_and_the_tnc_holds_little_air_time() {
    // Rate, bytes, and how many key-ups 20 frames may take. Alone each would take its own.
    for (rate, bytes, keyed_max) in [(1200, 60, 4), (1200, 200, 8), (9600, 60, 2), (9600, 200, 3)] {
        let outcomes: Vec<Outcome> = (0..SEEDS).map(|s| run(rate, bytes, 20, None, s)).collect();
        let keyed = mean(outcomes.iter().map(|outcome| outcome.keyed));
        assert!(keyed <= keyed_max, "{rate} bit/s, {bytes} B: {keyed} key-ups");
        // An urgent order waits behind what the TNC holds. Access is drawn and may take long, so
        // the worst moment of nine runs of ten is looked at.
        let frame_ms = Config::direwolf(rate).frame_ms(&vec![0x5A; bytes]);
        let held_ms = |outcome: &Outcome| outcome.waiting_max as u64 * frame_ms;
        let mut held_ms: Vec<u64> = outcomes.iter().map(held_ms).collect();
        held_ms.sort_unstable();
        let worst_ms = held_ms[held_ms.len() * 9 / 10];
        assert!(worst_ms <= 4_500, "{rate} bit/s, {bytes} B: {worst_ms} ms wait in the TNC");
    }
}

#[test]
fn another_station_gets_in_during_a_long_run() {
    for (rate, count) in [(1200, 60), (9600, 300)] {
        let outcomes = (0..SEEDS).map(|seed| run(rate, 200, count, Some(3_000), seed));
        for (seed, outcome) in outcomes.enumerate() {
            // The rest of the burst, the other's access, keying and its own frame.
            let waited_ms = outcome.urgent_after_ms.expect("every urgent frame is heard");
            assert!(waited_ms <= 8_500, "{rate} bit/s, seed {seed}: {waited_ms} ms");
            assert!(outcome.ended_ms > 20_000, "the run was long: {} ms", outcome.ended_ms);
        }
    }
}
