//! What waits says why, for whom and until when, and that is what then happens.

use super::converge::{movement, saved_id};
use super::lab::{Lab, START_MS};
use super::made_up::udp;
use crate::base::class::{Class, Urgency};
use crate::base::ids::{LinkId, SpokenId};
use crate::base::time::Wall;
use crate::link::condition::{Condition, QuotaLeft, Standing};
use crate::link::profile::{Price, Profile, Quota};
use crate::local::request::{MovementKind, OrderDraft};
use crate::local::rows::{OutboxRow, WaitWhy};
use crate::local::{Reply, Request};
use crate::node::Input;

const FIRST: LinkId = LinkId(1);
const SECOND: LinkId = LinkId(2);

fn outbox(lab: &mut Lab) -> Vec<OutboxRow> {
    match lab.ask_now(0, Request::Outbox) {
        Some(Ok(Reply::Outbox { outbox })) => outbox,
        other => panic!("{other:?}"),
    }
}

fn on(lab: &mut Lab, link: LinkId) -> Vec<OutboxRow> {
    outbox(lab).into_iter().filter(|row| row.link == Some(link)).collect()
}

fn send(lab: &mut Lab, class: Class) -> SpokenId {
    let draft = OrderDraft {
        to: "U2".into(),
        class: Some(class),
        text: "即赴白沙镇接应".into(),
        person: Some("王".into()),
        ..OrderDraft::default()
    };
    saved_id(lab.ask(0, Request::SendOrder(draft)))
}

fn settled(profile: &Profile, seed: u64) -> Lab {
    let mut lab = Lab::new(2, seed);
    lab.join(&[0, 1], profile);
    lab.run_ms(600_000);
    assert_eq!(outbox(&mut lab), [], "nothing waits");
    lab
}

fn said(lab: &mut Lab, condition: Condition) {
    lab.input(0, Input::LinkSaid { link: FIRST, condition });
}

#[test]
fn a_link_that_is_down_or_deaf_is_named_before_anything_else() {
    let mut lab = settled(&udp("a-b"), 51);
    let reason = "cable".to_owned();
    lab.input(0, Input::LinkDown { link: FIRST, profile: udp("a-b"), reason });
    send(&mut lab, Class::Flash);
    let rows = outbox(&mut lab);
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!((row.why, row.urgency, row.at_ms), (WaitWhy::Down, Urgency::Flash, None));
    assert_eq!((row.to.as_slice(), row.first, row.last), (["单位2".to_owned()].as_slice(), 1, 1));
    said(&mut lab, Condition { standing: Standing::NoSignal, ..Condition::default() });
    assert_eq!(outbox(&mut lab)[0].why, WaitWhy::NoSignal);
}

#[test]
fn what_is_on_its_way_tells_when_it_is_sent_again_and_is_gone_with_the_answer() {
    let mut lab = settled(&udp("a-b"), 52);
    lab.cut(0, 1, true);
    send(&mut lab, Class::Priority);
    lab.run_ms(100);
    let row = outbox(&mut lab).remove(0);
    assert_eq!((row.why, row.tries), (WaitWhy::Answer, 0));
    let again_ms = row.at_ms.expect("told") - START_MS;
    assert!((lab.now_ms..lab.now_ms + 5_000).contains(&again_ms), "{again_ms}");
    let before = lab.sent_frames[0];
    lab.run_ms(again_ms - lab.now_ms - 5);
    assert_eq!(lab.sent_frames[0], before, "not before it said so");
    lab.run_ms(10);
    assert!(lab.sent_frames[0] > before, "and then it is sent again");
    lab.cut(0, 1, false);
    lab.run_ms(30_000);
    assert_eq!(outbox(&mut lab), []);
}

#[test]
fn a_spent_quota_holds_everything_but_flash_until_its_window_begins_anew() {
    let quota = Quota { messages: Some(20), bytes: None, window_s: 86_400 };
    let mut lab = settled(&Profile { quota: Some(quota), ..udp("a-b") }, 53);
    let quota_left = Some(QuotaLeft { messages: Some(2), bytes: None, until: Wall(START_MS * 2) });
    said(&mut lab, Condition { quota_left, ..Condition::default() });
    send(&mut lab, Class::Routine);
    let row = outbox(&mut lab).remove(0);
    assert_eq!((row.why, row.at_ms), (WaitWhy::Quota, Some(START_MS * 2)));
}

#[test]
fn what_a_cheaper_link_carries_names_that_link() {
    let mut lab = Lab::new(2, 54);
    lab.join(&[0, 1], &udp("cheap"));
    let price = Price { message_milli_yuan: 300, kilobyte_milli_yuan: 0 };
    lab.join(&[0, 1], &Profile { price, ..udp("dear") });
    lab.run_ms(600_000);
    lab.cut(0, 1, true);
    send(&mut lab, Class::Priority);
    lab.run_ms(100);
    assert_eq!(on(&mut lab, FIRST)[0].why, WaitWhy::Answer);
    let dear = on(&mut lab, SECOND).remove(0);
    assert_eq!((dear.why, dear.by.as_deref()), (WaitWhy::Cheaper, Some("cheap")));
    assert!(dear.at_ms.is_some_and(|at_ms| at_ms > START_MS + lab.now_ms), "before its time is up");
    lab.run_ms(3_000);
    assert_eq!(on(&mut lab, SECOND)[0].why, WaitWhy::Answer, "now it goes here as well");
}

#[test]
fn a_card_that_waits_for_its_slot_tells_the_order_of_what_follows() {
    let card = Profile { mtu: 128, min_interval_ms: 60_000, ..udp("card") };
    let mut lab = settled(&card, 55);
    // The slot is a minute away: the first thing takes it, and everything after that waits.
    lab.input(0, Input::LinkDown { link: FIRST, profile: card.clone(), reason: "cut".into() });
    for number in 1..=12 {
        lab.ask(0, movement(MovementKind::Receive, "D01", number)).expect("saved");
    }
    send(&mut lab, Class::Immediate);
    let slot = Wall(START_MS + lab.now_ms + 40_000);
    lab.input(0, Input::LinkUp { link: FIRST, profile: card });
    let condition =
        Condition { standing: Standing::Cooling, next_slot: Some(slot), ..Condition::default() };
    said(&mut lab, condition);
    let rows = outbox(&mut lab);
    let order = rows.first().expect("the order is first");
    assert_eq!((order.urgency, order.ahead), (Urgency::Immediate, 0));
    assert_eq!((order.why, order.at_ms), (WaitWhy::Slot, Some(slot.0)));
    let stock = rows.get(1).expect("then the stock");
    assert_eq!((stock.urgency, stock.ahead), (Urgency::Stock, 1));
    assert_eq!(stock.first..=stock.last, 1..=12);
}

#[test]
fn what_waits_for_answers_to_what_is_on_its_way_tells_when_the_next_one_is_missed() {
    let cable = Profile { mtu: 128, ..udp("a-b") };
    let mut lab = settled(&cable, 56);
    // More than may be on its way without an answer, once the link is up again.
    lab.input(0, Input::LinkDown { link: FIRST, profile: cable.clone(), reason: "cut".into() });
    for number in 1..=3_000 {
        lab.ask(0, movement(MovementKind::Receive, "D01", number)).expect("saved");
    }
    lab.cut(0, 1, true);
    lab.input(0, Input::LinkUp { link: FIRST, profile: cable });
    lab.input(0, Input::LinkReady { link: FIRST });
    lab.run_ms(300);
    let rows = outbox(&mut lab);
    let row = rows.iter().find(|row| row.why == WaitWhy::Window);
    let row = row.unwrap_or_else(|| panic!("the window is full: {rows:?}"));
    let until_ms = row.at_ms.expect("told") - START_MS;
    assert!((lab.now_ms..lab.now_ms + 10_000).contains(&until_ms), "{until_ms}");
}
