//! When a post of stock is sealed: with company after a while, at once when it is large, and when
//! somebody asks for it.

use super::converge::{movement, saved_id};
use super::lab::Lab;
use super::made_up::udp;
use crate::local::request::MovementKind;
use crate::local::{Reply, Request};

/// Two that hear each other; the second keeps a depot with a hundred, of which the first knows.
fn depot() -> Lab {
    let mut lab = Lab::new(2, 75);
    lab.join(&[0, 1], &udp("a-b"));
    saved_id(lab.ask(1, movement(MovementKind::Receive, "D02", 100)));
    lab.run_ms(70_000);
    assert_eq!(shown(&mut lab), ("100".into(), "0".into()));
    lab
}

/// What the first node counts, and what it only heard of.
fn shown(lab: &mut Lab) -> (String, String) {
    let Some(Ok(Reply::Stock { stock, .. })) =
        lab.ask_now(0, Request::Stock { depot: Some("D02".into()), item: None })
    else {
        panic!("no stock")
    };
    let row = stock.first().expect("a row");
    (row.on_hand.to_string(), row.provisional.to_string())
}

fn seal(lab: &mut Lab, node: usize) -> u32 {
    match lab.ask(node, Request::SealStock) {
        Ok(Reply::Saved { records, id }) => {
            assert_eq!(id.is_some(), records > 0);
            records
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_small_issue_waits_and_a_large_one_counts_at_once_with_all_before_it() {
    let mut lab = depot();
    saved_id(lab.ask(1, movement(MovementKind::Issue, "D02", 10)));
    lab.run_ms(5_000);
    assert_eq!(shown(&mut lab), ("100".into(), "-10".into()), "heard of, not counted");
    saved_id(lab.ask(1, movement(MovementKind::Issue, "D02", 45)));
    lab.run_ms(5_000);
    assert_eq!(shown(&mut lab), ("45".into(), "0".into()), "half of ninety");
}

#[test]
fn whoever_asks_has_what_waits_sealed_and_is_told_how_much_it_was() {
    let mut lab = depot();
    assert_eq!(seal(&mut lab, 1), 0, "nothing waits");
    for _ in 0..3 {
        saved_id(lab.ask(1, movement(MovementKind::Issue, "D02", 10)));
    }
    lab.run_ms(5_000);
    assert_eq!(shown(&mut lab), ("100".into(), "-30".into()));
    assert_eq!(seal(&mut lab, 0), 0, "nobody seals what another wrote");
    assert_eq!(seal(&mut lab, 1), 3);
    lab.run_ms(5_000);
    assert_eq!(shown(&mut lab), ("70".into(), "0".into()));
    assert_eq!(seal(&mut lab, 1), 0, "once");
}
