//! Real nodes in made-up districts: whatever is lost, cut or crashed, once it heals all hold the
//! same, every order is answered, the goods add up, and nothing that was confirmed is missing.

mod story;

use sanduan_netsim::air::{Config, Hearing};
use sanduan_netsim::world::{Action, RadioId, Unsynced, WireConfig, WireId};
use story::{Story, here, order, order_to, received};

/// Text of 20 characters.
const TEXT: &str = "即赴白沙镇滨江路三号楼接应被困二十人速办";

fn lossy(rate_bit_s: u32) -> Config {
    Config { loss_ppm: 100_000, ..Config::direwolf(rate_bit_s) }
}

/// A–B by satellite, B–C by radio at 1,200 bit/s, C–D by cable.
fn line(seed: u64) -> Story {
    let mut story = Story::new(seed, 4);
    let [a, b, c, d] = story.hosts[..] else { unreachable!("four hosts were made") };
    let satellite = WireConfig { loss_ppm: 100_000, ..WireConfig::satellite() };
    story.world.add_wire(a, b, satellite);
    story.world.add_radio(lossy(1200), Hearing::all(2), &[b, c]);
    story.world.add_wire(c, d, WireConfig::lan());
    story.world.start_all();
    story.run_s(60);
    story.frame_bytes();
    story
}

/// Everyone orders, moves goods and reports a few times.
fn work(story: &mut Story, rounds: i32, pause_s: u64) {
    for round in 0..rounds {
        for place in 0..story.hosts.len() {
            story.enter(place, order("all", &format!("第{round}轮 {TEXT}")));
            story.enter(place, received("D01", 1));
            story.enter(place, here(round));
            story.run_s(pause_s);
        }
    }
}

#[test]
fn a_line_agrees_after_loss_a_cut_and_crashes_with_lost_batches() {
    for seed in 0..6 {
        let mut story = line(seed);
        let pair = "A-B".parse().expect("a pair");
        work(&mut story, 1, 5);
        story.world.act(Action::CutRadio(RadioId(0), pair));
        story.world.cut(WireId(0));
        work(&mut story, 1, 5);
        let c = story.hosts[2];
        story.enter(2, order_to(0, "断网期间的报告"));
        story.world.crash(c, Unsynced::Lost);
        story.run_s(20);
        story.world.start(c);
        story.run_s(180);
        story.world.act(Action::HealRadio(RadioId(0), pair));
        story.world.heal(WireId(0));
        for place in 0..4 {
            story.enter(place, here(100));
        }
        // In the middle of the catching up, C loses power again.
        story.run_s(15);
        story.world.crash(c, Unsynced::Lost);
        story.run_s(10);
        story.world.start(c);
        let took = story.heal_within(600);
        let bytes = story.frame_bytes();
        println!("line, seed {seed}: healed in {took:?} s, {bytes} bytes in all");
        assert!(took.is_some() && bytes < 40_000, "seed {seed}");
        story.check_healed(&format!("seed {seed}"));
    }
}

#[test]
fn who_cannot_hear_a_depot_learns_from_the_one_between_that_it_has_the_order() {
    let mut known = 0;
    for seed in 0..8 {
        let mut story = Story::new(seed, 3);
        let hearing = Hearing::only(&["A-B", "B-C"].map(|pair| pair.parse().expect("a pair")));
        let hosts = story.hosts.clone();
        story.world.add_radio(Config::direwolf(1200), hearing, &hosts);
        story.world.start_all();
        story.run_s(120);
        story.enter(0, order_to(2, TEXT));
        let is_delivered = |story: &mut Story| story.orders(hosts[0])[0].delivered == 1;
        let took_s = (0..60).map(|step| step * 5).find(|_| {
            story.run_s(5);
            is_delivered(&mut story)
        });
        println!("hidden, seed {seed}: delivered in {took_s:?} s");
        known += u32::from(took_s.is_some());
    }
    // A word of the board is said once; one that collides is made up for by the answer itself.
    assert!(known >= 7, "{known} of 8 knew it within five minutes");
}

#[test]
fn hidden_terminals_are_served_by_the_one_between_them() {
    for seed in 0..6 {
        let mut story = Story::new(seed, 3);
        let hearing = Hearing::only(&["A-B", "B-C"].map(|pair| pair.parse().expect("a pair")));
        let hosts = story.hosts.clone();
        story.world.add_radio(lossy(1200), hearing, &hosts);
        story.world.start_all();
        story.run_s(60);
        story.frame_bytes();
        story.enter(0, order_to(2, TEXT));
        story.enter(2, order_to(0, TEXT));
        for place in 0..3 {
            story.enter(place, received("D02", 5));
            story.enter(place, here(place as i32));
        }
        let took = story.heal_within(600);
        let bytes = story.frame_bytes();
        println!("hidden, seed {seed}: healed in {took:?} s, {bytes} bytes");
        assert!(took.is_some() && bytes < 12_000, "seed {seed}");
        assert_eq!(story.orders(hosts[1]).len(), 2, "the one between holds both");
        // Stock that nobody has sealed yet is no part of what they agree upon.
        story.run_s(120);
        story.check_healed(&format!("seed {seed}"));
    }
}

#[test]
fn eight_nodes_on_one_lossy_radio_agree() {
    for seed in 0..4 {
        let mut story = Story::new(seed, 8);
        let hosts = story.hosts.clone();
        story.world.add_radio(lossy(9600), Hearing::all(8), &hosts);
        story.world.start_all();
        story.run_s(60);
        story.frame_bytes();
        work(&mut story, 2, 2);
        let took = story.heal_within(900);
        let bytes = story.frame_bytes();
        println!("eight, seed {seed}: healed in {took:?} s, {bytes} bytes");
        assert!(took.is_some() && bytes < 100_000, "seed {seed}");
        story.check_healed(&format!("seed {seed}"));
    }
}

#[test]
fn nodes_with_nothing_to_say_sleep_between_beacons() {
    let mut story = Story::new(3, 8);
    let hosts = story.hosts.clone();
    story.world.add_radio(lossy(1200), Hearing::all(8), &hosts);
    story.world.start_all();
    work(&mut story, 1, 5);
    assert!(story.heal_within(1200).is_some());
    story.run_s(600);
    let ticks =
        |story: &Story| -> u64 { hosts.iter().map(|host| story.world.host(*host).ticks()).sum() };
    let before = ticks(&story);
    story.run_s(3600);
    let each = (ticks(&story) - before) / 8;
    println!("sleep: {each} deadlines an hour and node");
    assert!((1..=120).contains(&each), "{each}");
}
