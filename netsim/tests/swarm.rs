//! The swarm as far as it runs among the tests: a few seeds of small worlds, the canaries, and a
//! crash at every save of one story. `./check` tells 300 seeds more, in quick code.

mod story;

use sanduan_netsim::realtime::{Many, Summary};
use sanduan_netsim::swarm::{Bounds, History, Options, Seen};
use sanduan_netsim::world::{Canary, Unsynced, WireConfig};
use story::{Story, here, order, order_to, received};

fn tell(start: u64, seeds: u64, bounds: Bounds, stop_at_first: bool) -> Summary {
    let many = Many { start, seeds, jobs: 2, budget: None, bounds, stop_at_first };
    many.tell(&|outcome, _| {
        if bounds.canary.is_none() {
            assert!(outcome.breaches.is_empty(), "seed {}: {:?}", outcome.seed, outcome.breaches);
        }
    })
}

#[test]
fn twelve_seeds_of_small_worlds_keep_every_promise() {
    let bounds = Bounds { nodes_min: 3, nodes_max: 6, minutes: 10, canary: None, crypto: None };
    let summary = tell(0, 12, bounds, false);
    assert_eq!((summary.seeds, summary.twice, summary.failed.len()), (12, 1, 0));
    assert!(summary.confirmed > 90 && summary.crashes > 20, "{summary:?}");
}

#[test]
fn disks_that_fill_up_let_go_what_nobody_needs_and_every_promise_is_kept() {
    let bounds = Bounds { nodes_min: 4, nodes_max: 5, minutes: 60, canary: None, crypto: None };
    let mut evicted = 0;
    for seed in 0..4 {
        let mut options = Options::draw(seed, &bounds);
        options.disk.fills_every_s = Some(300);
        options.enter_every_s = 5;
        // Devices that are off, or may not speak, fill no disks.
        (options.allowances, options.power.batteries) = (Default::default(), None);
        let outcome = History::begin(options, &bounds).finish();
        assert!(outcome.breaches.is_empty(), "seed {seed}: {:?}", outcome.breaches);
        evicted += outcome.evicted;
    }
    assert!(evicted > 20, "{evicted} records went in four worlds");
}

#[test]
fn what_is_sealed_to_groups_is_read_in_them_and_nowhere_else_whatever_befalls_the_world() {
    let bounds = Bounds { nodes_min: 4, nodes_max: 5, minutes: 30, canary: None, crypto: None };
    let mut seen = Seen::default();
    for seed in 0..12 {
        let mut options = Options::draw(seed, &bounds);
        options.errands.groups_every_s = Some(60);
        options.enter_every_s = 5;
        options.errands.seals_depots = true;
        let outcome = History::begin(options, &bounds).finish();
        assert!(outcome.breaches.is_empty(), "seed {seed}: {:?}", outcome.breaches);
        seen += &outcome.seen;
    }
    assert!(seen.sealed_read > 10 && seen.sealed_hidden > 10, "{seen:?}");
    assert!(seen.depots_hidden > 4, "{seen:?}");
}

/// The checker of this name finds it among so many seeds; some checker does much sooner.
fn found_by(canary: Canary, checker: &str, seeds: u64) {
    let bounds =
        Bounds { nodes_min: 3, nodes_max: 4, minutes: 10, canary: Some(canary), crypto: None };
    let first = tell(0, 200, bounds, true);
    let summary = tell(0, seeds, bounds, false);
    assert!(!first.failed.is_empty(), "{first:?}");
    assert!(summary.kinds.contains_key(checker), "{summary:?}");
}

#[test]
fn a_daemon_that_confirms_before_the_disk_has_it_is_found() {
    // Seldom: an order is on the air at once, and then others have it.
    found_by(Canary::ConfirmsEarly, "S1", 120);
}

#[test]
fn a_daemon_that_forgets_its_counters_is_found() {
    found_by(Canary::ForgetsCounters, "S6", 30);
}

#[test]
fn a_disk_that_leaves_something_out_is_found() {
    found_by(Canary::DropsPairs, "S1", 30);
}

/// Three in a row; all write, answer and move goods within a minute.
fn row_of_three(crash: Option<(u64, Unsynced)>) -> (Story, Option<u64>) {
    let mut story = Story::new(5, 3);
    let [a, b, c] = story.hosts[..] else { unreachable!("three hosts were made") };
    story.world.add_wire(a, b, WireConfig::satellite());
    story.world.add_wire(b, c, WireConfig::lan());
    if let Some((save, unsynced)) = crash {
        story.world.crash_at_save(save, unsynced);
    }
    story.world.start_all();
    story.run_s(4);
    story.enter(0, order("all", "立即集结"));
    story.enter(1, order_to(2, "报告位置"));
    story.run_s(2);
    for place in 0..3 {
        story.enter(place, received("D01", 1 + place as i64));
        story.enter(place, here(place as i32));
    }
    // What is not sealed at once is sealed after a minute.
    story.run_s(70);
    let healed = story.heal_within(400);
    (story, healed)
}

#[test]
fn a_crash_at_any_save_loses_nothing_that_was_confirmed() {
    let (mut whole, healed) = row_of_three(None);
    assert!(healed.is_some());
    whole.check_healed("no crash");
    assert!(whole.frame_bytes() < 20_000);
    let saves = whole.world.saves();
    assert!(saves > 40, "{saves} saves");
    for save in 0..saves {
        for unsynced in [Unsynced::Lost, Unsynced::Kept] {
            let (mut story, healed) = row_of_three(Some((save, unsynced)));
            let what = format!("save {save}, {unsynced:?}");
            assert!(healed.is_some(), "{what}: not healed");
            story.check_healed(&what);
        }
    }
}

/// One seed with the bounds under which it once broke a promise.
fn keeps_its_promises(seed: u64, nodes_max: usize) {
    let outcome = History::tell(
        seed,
        &Bounds { nodes_min: 3, nodes_max, minutes: 30, canary: None, crypto: None },
    );
    assert!(outcome.breaches.is_empty(), "seed {seed}: {:?}", outcome.breaches);
}

#[test]
fn a_position_entered_after_a_clock_was_put_back_is_not_lost() {
    keeps_its_promises(7, 7);
}

#[test]
fn nobody_is_said_to_hold_an_order_for_what_was_only_assumed_of_it() {
    keeps_its_promises(8, 7);
    keeps_its_promises(16, 7);
    keeps_its_promises(1891, 9);
}

#[test]
fn records_forged_without_a_seal_do_not_keep_the_others_apart() {
    keeps_its_promises(12, 7);
    keeps_its_promises(18, 7);
}

#[test]
fn a_record_forged_in_the_place_of_a_true_one_gives_way_to_its_seal() {
    let outcome = History::tell(
        24,
        &Bounds { nodes_min: 3, nodes_max: 6, minutes: 10, canary: None, crypto: None },
    );
    assert!(outcome.breaches.is_empty(), "{:?}", outcome.breaches);
    keeps_its_promises(123, 7);
}

#[test]
fn a_node_that_is_gone_is_not_called_once_for_every_lane() {
    keeps_its_promises(124, 7);
    keeps_its_promises(30, 7);
}

#[test]
fn a_record_that_is_here_already_is_acknowledged_when_it_comes_in_parts_again() {
    keeps_its_promises(5124, 9);
    keeps_its_promises(5010, 9);
}

/// One seed of the small worlds in which faults are dense.
fn keeps_its_promises_when_faults_are_dense(seed: u64) {
    let outcome = History::tell(
        seed,
        &Bounds { nodes_min: 3, nodes_max: 6, minutes: 12, canary: None, crypto: None },
    );
    assert!(outcome.breaches.is_empty(), "seed {seed}: {:?}", outcome.breaches);
}

#[test]
fn seals_that_cannot_be_checked_do_not_keep_the_directory_from_coming_back() {
    keeps_its_promises_when_faults_are_dense(322);
}

#[test]
fn two_stories_are_known_to_everyone_over_short_frames_and_past_those_who_know_one() {
    [238, 277, 494].into_iter().for_each(keeps_its_promises_when_faults_are_dense);
}

#[test]
fn lists_do_not_fill_every_frame_of_a_card_while_records_wait() {
    keeps_its_promises_when_faults_are_dense(150);
}
