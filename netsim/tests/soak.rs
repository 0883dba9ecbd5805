//! A day of made-up traffic over a lossy satellite and a lossy radio: what waits does not pile up,
//! and an hour costs no more air in the evening than in the morning. Memory and descriptors of a
//! real daemon are watched in the crate `tests`.

mod story;

use std::io::{Write, stdout};

use sanduan_netsim::air::{Config, Hearing};
use sanduan_netsim::world::{Action, HostId, RadioId, WireConfig};
use sanduan_protocol::local::rows::StatusRow;
use sanduan_protocol::local::{Reply, Request};
use story::{Story, here, order, order_to, received};

const SEED: u64 = 24;
const HOURS: usize = 24;
/// Rounds in an hour in which everybody orders, moves goods and reports.
const ROUNDS: i32 = 4;
/// Hours in which the radio is cut for twenty minutes.
const CUT: [usize; 3] = [5, 11, 17];

/// One hour at its end.
struct Hour {
    outbox: u32,
    records: u64,
    frame_bytes: usize,
}

fn status(story: &mut Story, host: HostId) -> StatusRow {
    match story.question(host, Request::Status) {
        Reply::Status(row) => *row,
        other => panic!("{other:?}"),
    }
}

fn hour(story: &mut Story, number: usize) -> Hour {
    let pair = "A-B".parse().expect("a pair");
    let end = story.world.now().after_ms(3_600_000);
    if CUT.contains(&number) {
        story.world.act(Action::CutRadio(RadioId(0), pair));
    }
    for round in 0..ROUNDS {
        for place in 0..story.hosts.len() {
            let text = "即赴白沙镇滨江路三号楼接应被困二十人速办";
            let next = (place + 1) % story.hosts.len();
            story.enter(
                place,
                if round % 2 == 0 { order("all", text) } else { order_to(next, text) },
            );
            story.enter(place, received("D01", 1));
            story.enter(place, here(round));
            story.run_s(100);
        }
    }
    story.world.act(Action::HealRadio(RadioId(0), pair));
    story.heal_within(1_800).expect("everything is answered within half an hour");
    story.run_s(end.since_ms(story.world.now()) / 1000);
    let rows: Vec<StatusRow> =
        story.hosts.clone().into_iter().map(|host| status(story, host)).collect();
    Hour {
        outbox: rows.iter().map(|row| row.outbox).max().unwrap_or(0),
        records: rows[0].records,
        frame_bytes: story.frame_bytes(),
    }
}

#[test]
fn a_day_of_traffic_leaves_nothing_waiting_and_costs_no_more_at_its_end() {
    let mut story = Story::new(SEED, 3);
    let [a, b, c] = story.hosts[..] else { unreachable!("three hosts were made") };
    let satellite = WireConfig { loss_ppm: 50_000, ..WireConfig::satellite() };
    story.world.add_wire(a, b, satellite);
    let radio = Config { loss_ppm: 50_000, ..Config::direwolf(9_600) };
    story.world.add_radio(radio, Hearing::all(2), &[b, c]);
    story.world.start_all();
    story.run_s(60);
    story.frame_bytes();
    let begin = story.world.now();
    let hours: Vec<Hour> = (0..HOURS).map(|number| hour(&mut story, number)).collect();
    let mut out = stdout();
    for (number, Hour { outbox, records, frame_bytes }) in hours.iter().enumerate() {
        let line = format!("hour {number:>2}: {records:>5} records, {frame_bytes:>6} bytes on air");
        writeln!(out, "{line}, {outbox} waiting").expect("standard output is there");
    }
    let days = story.world.now().since_ms(begin) as f64 / 86_400_000.0;
    writeln!(out, "{days:.2} days").expect("standard output is there");
    assert!(hours.iter().all(|hour| hour.outbox == 0), "something was left waiting");
    let quarter = |from: usize| -> usize {
        hours[from..from + HOURS / 4].iter().map(|hour| hour.frame_bytes).sum()
    };
    // The first hour of each quarter but the first follows a cut, so quarters can be compared.
    let (second, last) = (quarter(HOURS / 4), quarter(HOURS * 3 / 4));
    assert!(last * 10 <= second * 13, "{second} bytes in the second quarter, {last} in the last");
    story.check_healed("a day");
}
