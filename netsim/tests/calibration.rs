//! The channel model beside a real TNC: the measured table lies in `direwolf-1.6.csv`, and every
//! row must come out of the model within 25 % (DESIGN section 11). Means over many seeds.

use sanduan_netsim::air::{Air, AirEvent, Config, Hearing, StationId};
use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::time::Mono;

const TABLE: &str = include_str!("direwolf-1.6.csv");
/// Bytes of an AX.25 UI frame around its payload: two addresses, control, protocol.
const UI_BYTES: usize = 16;
const SEEDS: u64 = 200;

struct Row {
    rate_bit_s: u32,
    timing: String,
    what: String,
    payload_bytes: usize,
    every_ms: u64,
    measured: u64,
}

fn rows() -> Vec<Row> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            Row {
                rate_bit_s: cells[0].parse().expect("a rate"),
                timing: cells[1].to_owned(),
                what: cells[2].to_owned(),
                payload_bytes: cells[3].parse().expect("bytes"),
                every_ms: cells[4].parse().unwrap_or(0),
                measured: cells[5].parse().expect("a figure"),
            }
        })
        .collect()
}

fn config(row: &Row) -> Config {
    let default = Config::direwolf(row.rate_bit_s);
    match row.timing.as_str() {
        "default" => default,
        "near" => Config { txdelay_ms: 200, txtail_ms: 30, slot_ms: 50, persist: 255, ..default },
        other => panic!("no timing {other}"),
    }
}

fn frame(row: &Row, dice: &mut Dice) -> Vec<u8> {
    (0..row.payload_bytes + UI_BYTES).map(|_| dice.roll() as u8).collect()
}

/// Moments at which frames arrived, until the channel is silent.
fn arrivals(air: &mut Air) -> Vec<u64> {
    let mut arrived = Vec::new();
    while let Some(now) = air.next_deadline() {
        while let Some((at, event)) = air.poll(now) {
            if matches!(event, AirEvent::Delivered { .. }) {
                arrived.push(at.0);
            }
        }
    }
    arrived
}

/// ms from offering `count` frames to one station until the last one is heard.
fn one_way(row: &Row, count: u64, seed: u64) -> u64 {
    let mut dice = Dice::new(seed);
    let mut air = Air::new(config(row), Hearing::all(2), 2, seed);
    for _ in 0..count {
        air.offer(StationId(0), frame(row, &mut dice), Mono(0));
    }
    let arrived = arrivals(&mut air);
    assert_eq!(arrived.len() as u64, count);
    arrived[arrived.len() - 1]
}

/// Payload bit/s when both ends offer six frames at once. The two may start in the same slot and
/// destroy each other; the measured run had no such accident, so those seeds are left out.
fn both_ways(row: &Row, seed: u64) -> Option<u64> {
    let mut dice = Dice::new(seed);
    let mut air = Air::new(config(row), Hearing::all(2), 2, seed);
    for n in 0..12 {
        air.offer(StationId(n % 2), frame(row, &mut dice), Mono(0));
    }
    let arrived = arrivals(&mut air);
    (arrived.len() == 12).then(|| 12 * row.payload_bytes as u64 * 8 * 1000 / arrived[11])
}

/// Frames that arrive, in thousandths, when A and C hear only B and each send one per period.
fn hidden(row: &Row) -> u64 {
    const FRAMES: u64 = 2000;
    let pairs = ["A-B", "B-C"].map(|pair| pair.parse().expect("a pair"));
    let mut dice = Dice::new(1);
    let mut air = Air::new(config(row), Hearing::only(&pairs), 3, 1);
    for period in 0..FRAMES / 2 {
        let start = period * row.every_ms;
        let mut offers = [0, 2].map(|id| (start + dice.below(row.every_ms), StationId(id)));
        offers.sort_unstable();
        for (at, id) in offers {
            air.offer(id, frame(row, &mut dice), Mono(at));
            while air.poll(Mono(at)).is_some() {}
        }
    }
    arrivals(&mut air);
    air.counts(StationId(1)).heard_frames * 1000 / FRAMES
}

fn mean(values: impl Iterator<Item = u64>) -> u64 {
    let values: Vec<u64> = values.collect();
    values.iter().sum::<u64>() / values.len() as u64
}

#[test]
fn every_row_of_the_measured_table_is_met_within_a_quarter() {
    let rows = rows();
    assert_eq!(rows.len(), 14);
    let mut misses = Vec::new();
    for row in &rows {
        let (model, measured) = match row.what.as_str() {
            "lone" => (mean((0..SEEDS).map(|seed| one_way(row, 1, seed))), row.measured),
            "burst" => (mean((0..20).map(|seed| one_way(row, 20, seed) / 20)), row.measured),
            "both" => (mean((0..40).filter_map(|seed| both_ways(row, seed))), row.measured),
            "hidden" => (hidden(row), row.measured * 100),
            other => panic!("no measure {other}"),
        };
        let line = format!(
            "{} bit/s {} {} {} B: measured {measured}, model {model}",
            row.rate_bit_s, row.timing, row.what, row.payload_bytes
        );
        if model.abs_diff(measured) * 4 > measured {
            misses.push(line);
        }
    }
    assert_eq!(misses, Vec::<String>::new());
}

#[test]
fn stations_that_hear_each_other_lose_little_at_the_load_that_kills_hidden_ones() {
    // Measured: 8 to 10 of 10 frames arrive when all hear all and each sends one per 2 s.
    let mut dice = Dice::new(2);
    let mut air = Air::new(Config::direwolf(1200), Hearing::all(3), 3, 2);
    for period in 0..500 {
        let mut offers = [0, 2].map(|id| (period * 2000 + dice.below(2000), StationId(id)));
        offers.sort_unstable();
        for (at, id) in offers {
            air.offer(id, vec![0x55; 76], Mono(at));
            while air.poll(Mono(at)).is_some() {}
        }
    }
    arrivals(&mut air);
    let arrived = air.counts(StationId(1)).heard_frames;
    assert!((800..=1000).contains(&arrived), "{arrived} of 1000 arrived");
}
