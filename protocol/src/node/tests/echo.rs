//! What an echo of our digest, one byte, proves about the one who said it.

use super::converge::{order, saved_id};
use super::lab::Lab;
use super::made_up::{radio, udp};
use crate::base::ids::{DeviceId, LinkId, SpokenId};
use crate::base::time::Mono;
use crate::local::{Reply, Request};

fn delivered(lab: &mut Lab, id: SpokenId) -> u32 {
    match lab.ask_now(0, Request::Order { id }) {
        Some(Ok(Reply::Order(detail))) => detail.order.delivered,
        other => panic!("{other:?}"),
    }
}

/// The first node says a digest that begins with this byte, and hears it echoed.
fn said_and_echoed(lab: &mut Lab, first: u8, now: Mono) {
    let node = lab.nodes[0].as_mut().expect("it runs");
    let version = node.book.version();
    node.links.get_mut(LinkId(1)).expect("it was joined").note_digest(first, version, now);
    node.heard_same(LinkId(1), DeviceId(2), first);
}

#[test]
fn an_echo_may_be_late_and_mean_an_older_digest_and_proves_no_delivery() {
    let mut lab = Lab::new(2, 61);
    lab.join(&[0, 1], &udp("a-b"));
    lab.run_ms(30_000);
    lab.cut(0, 1, true);
    let id = saved_id(lab.ask(0, order("U2", "立即转移")));
    let now = lab.now().mono;
    said_and_echoed(&mut lab, 7, now);
    assert_eq!(delivered(&mut lab, id), 0, "one byte in 256 echoes what was said before");
    // A link that stood still gives out what it stored after any time.
    lab.run_ms(300_000);
    let now = lab.now().mono;
    said_and_echoed(&mut lab, 9, now);
    assert_eq!(delivered(&mut lab, id), 0, "nor does it when nothing else was said for long");
    lab.cut(0, 1, false);
    lab.run_ms(60_000);
    assert_eq!(delivered(&mut lab, id), 1, "said again until it is answered");
}

#[test]
fn an_echo_on_a_shared_channel_may_answer_one_whom_we_do_not_hear() {
    let mut lab = Lab::new(2, 62);
    lab.join(&[0, 1], &radio(1200));
    lab.run_ms(60_000);
    lab.cut(0, 1, true);
    let id = saved_id(lab.ask(0, order("U2", "立即转移")));
    lab.run_ms(300_000);
    let now = lab.now().mono;
    said_and_echoed(&mut lab, 9, now);
    assert_eq!(delivered(&mut lab, id), 0);
}
