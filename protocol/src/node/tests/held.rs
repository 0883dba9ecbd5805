//! Word of who holds an order reaches its author over hops and losses, and nobody else.

use super::converge::{order, saved_id};
use super::lab::Lab;
use super::made_up::udp;
use crate::base::ids::DeviceId;
use crate::local::{Reply, Request};
use crate::wire::bundle::RegisterId;

/// Nodes at which it is known that this device holds some order.
fn who_knows(lab: &Lab, holder: u16) -> Vec<usize> {
    let knows = |node: &usize| {
        let node = lab.nodes[*node].as_ref().expect("started");
        let held = |id| matches!(id, RegisterId::Held(device, _) if device == DeviceId(holder));
        node.board().iter().any(|(id, _, _)| held(id))
    };
    (0..lab.nodes.len()).filter(knows).collect()
}

#[test]
fn only_those_on_the_way_to_the_author_hear_who_holds_an_order() {
    let mut lab = Lab::new(5, 3);
    for (a, b) in [(0, 1), (1, 2), (1, 3), (3, 4)] {
        lab.join(&[a, b], &udp(&format!("{a}-{b}")));
    }
    lab.run_ms(5_000);
    saved_id(lab.ask(0, order("U3", "即赴白沙镇")));
    lab.run_ms(120_000);
    assert_eq!(who_knows(&lab, 3), [0, 1], "node 2 is device 3; 3 and 4 lie aside");
    assert_eq!(who_knows(&lab, 5), [0, 1, 3]);
}

#[test]
fn a_delivery_becomes_known_three_hops_away_although_one_frame_in_three_is_lost() {
    for seed in 0..12 {
        let mut lab = Lab::new(4, seed);
        for (a, b) in [(0, 1), (1, 2), (2, 3)] {
            lab.join(&[a, b], &udp(&format!("{a}-{b}")));
        }
        lab.run_ms(5_000);
        lab.loss_ppm = 330_000;
        let id = saved_id(lab.ask(0, order("U4", "即赴白沙镇")));
        lab.run_ms(30 * 60_000);
        let Ok(Reply::Order(detail)) = lab.ask(0, Request::Order { id }) else {
            panic!("no order")
        };
        assert_eq!(detail.order.delivered, 1, "seed {seed}");
    }
}
