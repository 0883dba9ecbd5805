//! Two links to the same device, one dear: everything goes by the cheap one, and an order by both
//! when the cheap one does not answer or is too slow for it.

use super::converge::{movement, saved_id};
use super::lab::Lab;
use super::made_up::udp;
use crate::base::class::Class;
use crate::base::ids::{LinkId, SpokenId};
use crate::link::profile::{Price, Profile};
use crate::local::request::{MovementKind, OrderDraft};
use crate::local::rows::BearerRow;
use crate::local::{Reply, Request};
use crate::node::Input;

const CHEAP: LinkId = LinkId(1);
const DEAR: LinkId = LinkId(2);

fn dear() -> Profile {
    let price = Price { message_milli_yuan: 300, kilobyte_milli_yuan: 0 };
    Profile { price, beacon_max_ms: 3_600_000, ..udp("dear") }
}

/// Two nodes in step, with a cheap and a dear link.
fn both(cheap: Profile, seed: u64) -> Lab {
    let mut lab = Lab::new(2, seed);
    lab.join(&[0, 1], &cheap);
    lab.join(&[0, 1], &dear());
    lab.run_ms(600_000);
    lab
}

fn row(lab: &mut Lab, link: LinkId) -> BearerRow {
    match lab.ask_now(0, Request::Bearers) {
        Some(Ok(Reply::Bearers { bearers })) => {
            bearers.into_iter().find(|row| row.link == link).expect("there")
        }
        other => panic!("{other:?}"),
    }
}

fn sent(lab: &mut Lab, link: LinkId) -> u64 {
    row(lab, link).sent_frames
}

fn send(lab: &mut Lab, class: Class, act_by_s: Option<u32>) -> SpokenId {
    let draft = OrderDraft {
        to: "U2".into(),
        class: Some(class),
        text: "即赴白沙镇接应".into(),
        act_by_s,
        expires_s: None,
        person: Some("王".into()),
        ..OrderDraft::default()
    };
    saved_id(lab.ask(0, Request::SendOrder(draft)))
}

fn holds(lab: &mut Lab, id: SpokenId) -> bool {
    lab.ask_now(1, Request::Order { id }).expect("answered at once").is_ok()
}

#[test]
fn nothing_goes_by_the_dear_link_while_the_cheap_one_answers() {
    let mut lab = both(udp("cheap"), 31);
    let before = row(&mut lab, DEAR).sent_bytes;
    for number in 1..20 {
        lab.ask(0, movement(MovementKind::Receive, "D01", number)).expect("saved");
    }
    let flash = send(&mut lab, Class::Flash, Some(60));
    lab.run_ms(120_000);
    assert!(holds(&mut lab, flash) && lab.agree());
    let bytes = row(&mut lab, DEAR).sent_bytes - before;
    assert!(bytes < 100, "no more than beacons: {bytes} bytes");
}

#[test]
fn an_order_goes_by_both_when_the_cheap_link_does_not_answer_and_what_can_wait_only_later() {
    let mut lab = both(udp("cheap"), 32);
    cut_cheap(&mut lab);
    let before = (sent(&mut lab, CHEAP), sent(&mut lab, DEAR));
    let order = send(&mut lab, Class::Priority, None);
    lab.run_ms(500);
    assert_eq!(sent(&mut lab, DEAR), before.1, "the cheap one has not failed yet");
    lab.run_ms(4_000);
    assert!(holds(&mut lab, order), "one answer that did not come is enough");
    assert!(sent(&mut lab, CHEAP) > before.0 && sent(&mut lab, DEAR) > before.1);
    lab.ask(0, movement(MovementKind::Receive, "D01", 1)).expect("saved");
    lab.run_ms(180_000);
    assert!(lab.agree(), "then everything goes by the link that works");
}

/// Frames on the cheap link vanish, and nobody is told: the bearer of the other end is gone.
fn cut_cheap(lab: &mut Lab) {
    let reason = "made up".to_owned();
    lab.input(1, Input::LinkDown { link: CHEAP, profile: udp("cheap"), reason });
}

#[test]
fn an_answer_on_one_link_stops_the_other() {
    let mut lab = both(udp("cheap"), 33);
    cut_cheap(&mut lab);
    let order = send(&mut lab, Class::Flash, None);
    lab.run_ms(10_000);
    assert!(holds(&mut lab, order));
    let before = sent(&mut lab, CHEAP);
    lab.run_ms(60_000);
    // A beacon or two, and none of the repetitions of a second, two, four … that were due.
    assert!(sent(&mut lab, CHEAP) <= before + 4, "{} frames", sent(&mut lab, CHEAP) - before);
}

#[test]
fn an_order_whose_time_is_too_short_for_the_cheap_link_goes_by_both_at_once() {
    // An answer takes a minute at least.
    let slow = Profile { per_burst_ms: 30_000, ..udp("slow") };
    for (class, act_by_s, is_dear) in [
        (Class::Priority, Some(20), true),
        (Class::Priority, None, false),
        (Class::Flash, Some(20), true),
    ] {
        let mut lab = both(slow.clone(), 34);
        let before = sent(&mut lab, DEAR);
        let order = send(&mut lab, class, act_by_s);
        lab.run_ms(2_000);
        assert_eq!(holds(&mut lab, order), is_dear, "{class:?} {act_by_s:?}");
        assert_eq!(sent(&mut lab, DEAR) > before, is_dear, "{class:?} {act_by_s:?}");
    }
}

#[test]
fn an_order_takes_the_dear_link_as_soon_as_the_cheap_one_could_not_be_in_time_any_more() {
    let slow = Profile { per_burst_ms: 10_000, ..udp("slow") };
    let mut lab = both(slow, 35);
    let before = sent(&mut lab, DEAR);
    // The link is busy with something else when the order comes.
    lab.input(1, Input::LinkDown { link: CHEAP, profile: udp("slow"), reason: "cut".into() });
    let order = send(&mut lab, Class::Priority, Some(40));
    lab.run_ms(2_000);
    assert_eq!(sent(&mut lab, DEAR), before, "it may still be in time");
    lab.run_ms(36_000);
    assert!(holds(&mut lab, order), "before its time was up");
}
