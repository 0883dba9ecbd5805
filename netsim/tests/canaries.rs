//! Every promise that is broken on purpose is found in fewer than 200 seeds, and by the checker
//! that stands for it. Needs the feature `canaries`, which no default build has; `./check` turns
//! it on for this test alone.

use sanduan_netsim::realtime::Many;
use sanduan_netsim::swarm::Bounds;
use sanduan_netsim::world::Canary;

/// Seeds within which it must be found.
const SEEDS: u64 = 199;
/// Seeds that are told at one time.
const AT_A_TIME: u64 = 20;

/// The seeds that were needed until one of these checkers found it.
fn found_after(canary: Canary, checkers: &[&str]) -> u64 {
    let bounds =
        Bounds { nodes_min: 3, nodes_max: 5, minutes: 15, canary: Some(canary), crypto: None };
    let mut start = 0;
    while start < SEEDS {
        let seeds = AT_A_TIME.min(SEEDS - start);
        let many = Many { start, seeds, jobs: 2, budget: None, bounds, stop_at_first: false };
        let summary = many.tell(&|_, _| {});
        start += seeds;
        if checkers.iter().any(|checker| summary.kinds.contains_key(*checker)) {
            println!("{}: {} of {start} seeds, {:?}", canary.name(), summary.failed.len(), {
                summary.kinds
            });
            return start;
        }
    }
    panic!("{} is not found in {SEEDS} seeds", canary.name());
}

#[test]
fn a_confirmation_before_the_disk_has_it_is_found() {
    // What was confirmed and lost, or said to hold what it lost.
    found_after(Canary::ConfirmsEarly, &["S1", "S3", "S5"]);
}

#[test]
fn a_nonce_that_is_used_again_is_found() {
    found_after(Canary::ForgetsCounters, &["S6"]);
}

#[test]
fn a_record_beyond_its_author_s_role_is_found() {
    found_after(Canary::OverlooksRoles, &["S4"]);
}

#[test]
fn a_receipt_that_is_dropped_is_found() {
    found_after(Canary::DropsReceipts, &["S1", "S3"]);
}

#[test]
fn an_allowance_of_which_nobody_is_told_is_found() {
    found_after(Canary::Overdraws, &["S15"]);
}

#[test]
fn a_waybill_line_that_is_posted_twice_is_found() {
    found_after(Canary::PostsTwice, &["S7"]);
}
