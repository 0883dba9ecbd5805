//! What a link is known to be: how fast it answers, whether it answers at all, and what still
//! leaves when the quota of its bearer is spent.

use super::converge::{order, saved_id};
use super::lab::Lab;
use super::made_up::udp;
use crate::base::class::Class;
use crate::base::ids::{LinkId, SpokenId};
use crate::base::time::Wall;
use crate::link::condition::{Condition, QuotaLeft, Standing};
use crate::link::profile::{Profile, Quota};
use crate::local::request::OrderDraft;
use crate::local::rows::{BearerRow, LinkState};
use crate::local::{Event, Reply, Request};
use crate::node::Input;

const LINK: LinkId = LinkId(1);

fn row(lab: &mut Lab) -> BearerRow {
    match lab.ask_now(0, Request::Bearers) {
        Some(Ok(Reply::Bearers { bearers })) => bearers.into_iter().next().expect("one link"),
        other => panic!("{other:?}"),
    }
}

fn send(lab: &mut Lab, class: Class, text: &str) -> SpokenId {
    let draft = OrderDraft {
        to: "U2".into(),
        class: Some(class),
        text: text.into(),
        person: Some("王".into()),
        ..OrderDraft::default()
    };
    saved_id(lab.ask(0, Request::SendOrder(draft)))
}

fn holds(lab: &mut Lab, id: SpokenId) -> bool {
    lab.ask_now(1, Request::Order { id }).expect("answered at once").is_ok()
}

/// The first node's bearer has so many messages left.
fn left(lab: &mut Lab, messages: u64) {
    let quota_left = Some(QuotaLeft { messages: Some(messages), bytes: None, until: Wall(0) });
    let condition = Condition { quota_left, ..Condition::default() };
    lab.input(0, Input::LinkSaid { link: LINK, condition });
}

#[test]
fn a_link_tells_how_long_answers_take_and_when_they_cease() {
    let mut lab = Lab::new(2, 11);
    lab.join(&[0, 1], &Profile { per_burst_ms: 400, ..udp("a-b") });
    lab.run_ms(60_000);
    let id = saved_id(lab.ask(0, order("U2", "立即转移")));
    lab.run_ms(20_000);
    assert!(holds(&mut lab, id));
    let answered = row(&mut lab);
    assert_eq!(answered.state, LinkState::Up);
    // Two bursts of 400 ms, and the pause before an ack.
    let latency_ms = answered.latency_ms.expect("there were answers");
    assert!((800..1_500).contains(&latency_ms), "{latency_ms}");
    lab.cut(0, 1, true);
    saved_id(lab.ask(0, order("U2", "报到")));
    lab.run_ms(60_000);
    assert_eq!(row(&mut lab).state, LinkState::Unknown);
    let told = |lab: &Lab, state| {
        lab.feeds.iter().any(|(node, event)| {
            *node == 0 && matches!(event, Event::Bearer(row) if row.state == state)
        })
    };
    assert!(told(&lab, LinkState::Unknown), "consoles were told");
    lab.feeds.clear();
    lab.cut(0, 1, false);
    lab.run_ms(180_000);
    assert_eq!(row(&mut lab).state, LinkState::Up);
    assert!(told(&lab, LinkState::Up), "consoles were told");
}

#[test]
fn a_spent_quota_lets_flash_orders_pass_until_the_reserve_is_spent_too() {
    let mut lab = Lab::new(2, 12);
    let quota = Quota { messages: Some(20), bytes: None, window_s: 86_400 };
    lab.join(&[0, 1], &Profile { quota: Some(quota), ..udp("a-b") });
    lab.run_ms(60_000);
    left(&mut lab, 2);
    let before = lab.sent_frames[0];
    let routine = send(&mut lab, Class::Routine, "明日会商");
    lab.run_ms(3_600_000);
    assert_eq!(lab.sent_frames[0], before, "not even a beacon in an hour");
    assert!(!holds(&mut lab, routine));
    let flash = send(&mut lab, Class::Flash, "立即转移");
    lab.run_ms(5_000);
    assert!(holds(&mut lab, flash));
    assert!(lab.sent_frames[0] > before);
    left(&mut lab, 0);
    lab.run_ms(5_000);
    let before = lab.sent_frames[0];
    let late = send(&mut lab, Class::Flash, "再次转移");
    lab.run_ms(600_000);
    assert!(!holds(&mut lab, late));
    assert_eq!(lab.sent_frames[0], before);
    left(&mut lab, 20);
    lab.run_ms(60_000);
    assert!(holds(&mut lab, late) && holds(&mut lab, routine), "the window began anew");
}

#[test]
fn a_bearer_that_says_its_quota_is_spent_is_shown_so() {
    let mut lab = Lab::new(2, 13);
    lab.join(&[0, 1], &udp("a-b"));
    let condition = Condition { standing: Standing::QuotaSpent, ..Condition::default() };
    lab.input(0, Input::LinkSaid { link: LINK, condition });
    assert_eq!(row(&mut lab).state, LinkState::QuotaSpent);
}

#[test]
fn one_that_is_gone_does_not_make_a_link_look_lossy() {
    let mut lab = Lab::new(2, 44);
    lab.join(&[0, 1], &udp("a-b"));
    lab.run_ms(60_000);
    for number in 0..30 {
        send(&mut lab, Class::Routine, &format!("第{number}条"));
        lab.run_ms(2_000);
    }
    assert_eq!(row(&mut lab).loss_permille, Some(0));
    lab.stop(1);
    for number in 0..30 {
        send(&mut lab, Class::Routine, &format!("无人听到的第{number}条"));
        lab.run_ms(20_000);
    }
    assert_eq!(row(&mut lab).loss_permille, Some(0), "nobody was there to lose it");
    lab.start(1);
    lab.loss_ppm = 300_000;
    for number in 0..60 {
        send(&mut lab, Class::Routine, &format!("丢了又说的第{number}条"));
        // Somebody there is heard meanwhile: what did not arrive was lost on the way.
        lab.run_ms(200);
        saved_id(lab.ask(1, order("U1", "仍在")));
        lab.run_ms(20_000);
    }
    let lost = row(&mut lab).loss_permille.expect("evidence");
    assert!((50..600).contains(&lost), "{lost}");
}
