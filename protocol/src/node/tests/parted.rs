//! A key that told more than two stories: the first fork is found out behind a later one.

use super::converge::{movement, saved_id};
use super::forks::put_back;
use super::lab::Lab;
use super::made_up::{card, radio, udp};
use crate::link::profile::Profile;
use crate::local::request::MovementKind;

/// Node 0 holds one story of node 1's stock from its first record on; the others hold another one,
/// which parts in two behind its second record, and the proof of that, which alone vouches for it.
fn told_three_ways(profile: &Profile) -> Lab {
    let mut lab = Lab::new(4, 7);
    for pair in [[0, 1], [1, 2], [1, 3], [2, 3], [0, 2]] {
        lab.join(&pair, profile);
    }
    for (a, b) in [(1, 2), (1, 3), (2, 3), (0, 2)] {
        lab.cut(a, b, true);
    }
    lab.run_ms(20_000);
    let mut amount = 0;
    let mut say = |lab: &mut Lab, for_min: u64| {
        amount += 1;
        saved_id(lab.ask(1, movement(MovementKind::Receive, "D01", amount)));
        lab.run_ms(for_min * 60_000);
    };
    let before = lab.disks[1].clone();
    // Stock waits for its seal up to fifteen minutes.
    say(&mut lab, 25);
    lab.cut(0, 1, true);
    put_back(&mut lab, before);
    lab.cut(1, 2, false);
    say(&mut lab, 25);
    say(&mut lab, 5);
    let before = lab.disks[1].clone();
    say(&mut lab, 25);
    lab.cut(1, 2, true);
    put_back(&mut lab, before);
    lab.cut(1, 3, false);
    say(&mut lab, 25);
    lab.cut(2, 3, false);
    lab.run_ms(25 * 60_000);
    lab
}

#[test]
fn a_story_that_parted_before_the_fork_that_others_know_is_found_out() {
    for (profile, within_s) in [(udp("cable"), 300), (radio(2400), 900), (card(210), 3_600)] {
        let mut lab = told_three_ways(&profile);
        assert!(lab.status(0).forks.is_empty());
        assert_eq!([1, 2, 3].map(|node| lab.status(node).forks[0].at), [3, 3, 3]);
        lab.cut(0, 2, false);
        let took = lab.run_until_agreed(within_s);
        assert!(took.is_some(), "{}", profile.kind);
        lab.run_ms(130_000);
        let at = [0, 1, 2, 3].map(|node| lab.status(node).forks[0].at);
        assert_eq!(at, [1; 4], "{}", profile.kind);
    }
}
