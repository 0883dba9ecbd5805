//! Two machines with one key and one disk, both taking part: whoever hears of both stories shows
//! it, counts neither, and nothing more is written under that key.

use super::converge::{movement, order, saved_id};
use super::lab::Lab;
use super::made_up::udp;
use crate::base::ids::{DepotId, DeviceId, ItemId};
use crate::base::quantity::Quantity;
use crate::local::request::MovementKind;
use crate::local::{RefusalCode, Request};

/// Nodes 0 and 2 are a post each, node 1 is near the first, and node 3, a copy of it, near the
/// second. The posts do not hear each other yet.
fn twins() -> Lab {
    let mut lab = Lab::new(4, 11);
    lab.join(&[0, 1], &udp("near the first"));
    lab.join(&[2, 3], &udp("near the second"));
    lab.join(&[0, 2], &udp("between the posts"));
    lab.cut(0, 2, true);
    saved_id(lab.ask(1, order("all", "先到高处")));
    lab.run_ms(30_000);
    lab.plays[3] = 1;
    lab.disks[3] = lab.disks[1].clone();
    lab.start(3);
    lab.run_ms(30_000);
    lab
}

fn forks_of_the_second(lab: &mut Lab, node: usize) -> usize {
    let forks = lab.status(node).forks;
    assert!(forks.iter().all(|fork| fork.device == DeviceId(2)), "{forks:?}");
    forks.len()
}

#[test]
fn both_stories_are_shown_as_one_fork_and_neither_counts() {
    let mut lab = twins();
    let told = [(1, "转移到北岸"), (3, "原地待命")];
    let told = told.map(|(node, text)| saved_id(lab.ask(node, order("all", text))));
    assert_eq!(told[0], told[1], "one key, one place");
    lab.run_ms(30_000);
    assert!([0, 2].iter().all(|node| forks_of_the_second(&mut lab, *node) == 0));
    lab.cut(0, 2, false);
    assert!(lab.run_until_agreed(900).is_some());
    for node in 0..4 {
        assert_eq!(forks_of_the_second(&mut lab, node), 1, "node {node}");
        assert!(lab.ask(node, Request::Order { id: told[0] }).is_err(), "node {node} shows it");
    }
    for node in [1, 3] {
        let refused = lab.ask(node, order("all", "继续")).map_err(|refusal| refusal.code);
        assert_eq!(refused, Err(RefusalCode::NotAllowed), "node {node}");
    }
    saved_id(lab.ask(2, order("U1", "照常")));
}

#[test]
fn goods_that_both_received_are_counted_by_nobody() {
    let mut lab = twins();
    for (node, count) in [(1, 5), (3, 6)] {
        saved_id(lab.ask(node, movement(MovementKind::Receive, "D01", count)));
    }
    lab.run_ms(20 * 60_000);
    lab.cut(0, 2, false);
    assert!(lab.run_until_agreed(900).is_some());
    for node in 0..4 {
        assert_eq!(forks_of_the_second(&mut lab, node), 1, "node {node}");
        let ledger = lab.nodes[node].as_ref().expect("up").ledger();
        let on_hand = ledger.on_hand(DepotId(1), ItemId(1));
        assert_eq!(on_hand, Quantity::units(0), "node {node}");
    }
}
