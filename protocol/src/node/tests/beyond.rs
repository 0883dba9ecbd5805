//! What no link can take is told as well: after a restart with nobody there, for units that others
//! are to bring it to, and for those without a terminal.

use super::converge::{movement, saved_id};
use super::lab::Lab;
use super::made_up::udp;
use crate::base::class::Class;
use crate::base::ids::{SpokenId, UnitId};
use crate::field::directory::UnitKind;
use crate::field::directory::entry::{Entry, UnitEntry};
use crate::local::request::{MovementKind, OrderDraft};
use crate::local::rows::{OutboxRow, WaitWhy};
use crate::local::{Reply, Request};

fn outbox(lab: &mut Lab) -> Vec<OutboxRow> {
    match lab.ask_now(0, Request::Outbox) {
        Some(Ok(Reply::Outbox { outbox })) => outbox,
        other => panic!("{other:?}"),
    }
}

fn order(lab: &mut Lab, to: &str) -> SpokenId {
    let draft = OrderDraft {
        to: to.into(),
        class: Some(Class::Immediate),
        text: "即赴白沙镇接应".into(),
        person: Some("王".into()),
        ..OrderDraft::default()
    };
    saved_id(lab.ask(0, Request::SendOrder(draft)))
}

/// What waits of a lane, and why, where no link takes it.
fn beyond(lab: &mut Lab, what: &str) -> Vec<(WaitWhy, u32, u32, Vec<String>)> {
    let rows = outbox(lab).into_iter().filter(|row| row.link.is_none() && row.what == what);
    rows.map(|row| (row.why, row.first, row.last, row.to)).collect()
}

fn restart(lab: &mut Lab) {
    lab.stop(0);
    lab.start(0);
}

#[test]
fn after_a_restart_with_nobody_there_what_nobody_holds_is_told_to_wait() {
    let mut lab = Lab::new(2, 61);
    order(&mut lab, "U2");
    for number in 1..=3 {
        lab.ask(0, movement(MovementKind::Receive, "D01", number)).expect("saved");
    }
    restart(&mut lab);
    assert_eq!(beyond(&mut lab, "command"), [(WaitWhy::Unmet, 1, 1, vec![])]);
    assert_eq!(beyond(&mut lab, "stock"), [(WaitWhy::Unmet, 1, 3, vec![])]);
    let all: u32 = outbox(&mut lab).iter().map(|row| row.last - row.first + 1).sum();
    assert_eq!(lab.status(0).outbox, all, "the head of the screen counts the same");
    assert!(outbox(&mut lab).iter().all(|row| row.bytes > 0));

    lab.join(&[0, 1], &udp("a-b"));
    lab.run_ms(1_200_000);
    assert_eq!(outbox(&mut lab), [], "met, and told");

    lab.cut(0, 1, true);
    restart(&mut lab);
    assert_eq!(outbox(&mut lab), [], "what another verified before does not wait again");
    assert_eq!(lab.status(0).outbox, 0);
    lab.ask(0, movement(MovementKind::Receive, "D01", 4)).expect("saved");
    assert_eq!(beyond(&mut lab, "stock"), [(WaitWhy::Unmet, 4, 4, vec![])]);
    assert_eq!(lab.status(0).outbox, 1);
}

#[test]
fn an_order_that_another_is_to_pass_on_is_told_until_it_arrived() {
    let mut lab = Lab::new(3, 62);
    lab.join(&[0, 1], &udp("a-b"));
    lab.run_ms(60_000);
    let id = order(&mut lab, "U2,U3");
    assert_eq!(beyond(&mut lab, "command"), [], "its link has it");
    lab.run_ms(60_000);
    let waits = (WaitWhy::Relayed, id.seq, id.seq, vec!["单位3".to_owned()]);
    assert_eq!(beyond(&mut lab, "command"), std::slice::from_ref(&waits));
    assert_eq!(lab.status(0).outbox, 0, "nothing waits here");
    lab.cut(0, 1, true);
    restart(&mut lab);
    assert_eq!(beyond(&mut lab, "command"), [waits]);
    lab.cut(0, 1, false);
    lab.join(&[1, 2], &udp("b-c"));
    lab.run_ms(600_000);
    assert_eq!(outbox(&mut lab), []);
}

#[test]
fn an_order_to_a_unit_without_a_terminal_says_so_until_somebody_answers() {
    let mut lab = Lab::new(2, 63);
    lab.join(&[0, 1], &udp("a-b"));
    let village = Entry::Unit(UnitEntry {
        index: UnitId(9),
        code: "U9".into(),
        name: "响水村".into(),
        kind: UnitKind::Village,
        place: None,
        people: 0,
    });
    let now = lab.now();
    lab.nodes[0].as_mut().expect("started").publish(vec![vec![village]], now).expect("authority");
    lab.drain(0);
    lab.run_ms(60_000);
    let id = order(&mut lab, "U2,U9");
    lab.run_ms(60_000);
    let waits = (WaitWhy::NoTerminal, id.seq, id.seq, vec!["响水村".to_owned()]);
    assert_eq!(beyond(&mut lab, "command"), [waits]);
    assert_eq!(lab.status(0).outbox, 0);
    let reason = "路已通".to_owned();
    lab.ask(0, Request::CancelOrder { id, reason, person: Some("王".into()) }).expect("withdrawn");
    assert_eq!(outbox(&mut lab).iter().filter(|row| row.link.is_none()).count(), 0);
}
