//! No two states look the same: a state is told by a word, on every screen that shows it.

use std::collections::BTreeSet;

use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::local::request::{Rung, UnitState};
use sanduan_protocol::local::rows::{LinkState, OrderState, WaybillState};

use super::*;

/// The screens for each state, which must all differ.
fn all_differ<T: Copy>(keys: &[&str], states: &[T], set: impl Fn(&mut Driver, T)) {
    for lang in [Lang::Zh, Lang::En] {
        let mut seen = BTreeSet::new();
        for state in states {
            let mut driver = Driver::connected(Sandbox::at(NOW_MS), lang);
            set(&mut driver, *state);
            driver.send(Msg::Heard(crate::feed::Heard::Reset));
            driver.press(keys);
            assert!(seen.insert(driver.text()), "{lang:?}:\n{}", driver.text());
        }
    }
}

#[test]
fn any_two_states_of_an_order_look_different() {
    use OrderState as O;
    let states = [O::Provisional, O::Open, O::Overdue, O::Answered, O::Failed, O::Cancelled];
    all_differ(&["F2"], &states, |driver, state| {
        let order = &mut driver.sandbox.rows().orders[0].order;
        order.state = state;
        order.act_by_ms = None;
    });
}

#[test]
fn any_two_answers_look_different_and_none_looks_like_an_answer() {
    use Rung as R;
    let rungs: Vec<(bool, Option<R>)> = vec![
        (false, None),
        (true, None),
        (true, Some(R::Acknowledged)),
        (true, Some(R::Accepted)),
        (true, Some(R::Cannot)),
        (true, Some(R::Done)),
        (true, Some(R::Failed)),
    ];
    all_differ(&["F2", "Down", "Down"], &rungs, |driver, (delivered, rung)| {
        let row = &mut driver.sandbox.rows().orders[0].addressees[1];
        row.delivered = delivered;
        row.rung = rung;
    });
}

#[test]
fn any_two_states_of_a_link_look_different() {
    let states = [LinkState::Up, LinkState::Down, LinkState::Silent];
    for keys in [&["F6"], &["F2"]] {
        all_differ(keys, &states, |driver, state| {
            driver.sandbox.rows().bearers[0].state = state;
        });
    }
}

#[test]
fn any_two_states_of_a_waybill_look_different() {
    use WaybillState as W;
    let states = [W::InTransit, W::Late, W::Full, W::Short, W::Disputed];
    all_differ(&["F4", "Tab"], &states, |driver, state| {
        driver.sandbox.rows().waybills[0].state = state;
    });
}

#[test]
fn any_two_states_of_a_unit_look_different_and_old_fixes_show_their_age() {
    use UnitState as U;
    let states =
        [U::Standby, U::Mustered, U::Departed, U::EnRoute, U::Arrived, U::Returning, U::Withdrawn];
    all_differ(&["F3"], &states, |driver, state| {
        driver.sandbox.rows().positions[0].state = state;
    });
    all_differ(&["F3"], &[1, 60, 3_600], |driver, age_s| {
        driver.sandbox.rows().positions[0].fixed_ms = NOW_MS - age_s * 1000;
    });
}

#[test]
fn unverified_stock_stands_beside_and_never_in_the_stock_on_hand() {
    let mut driver = console();
    driver.sandbox.rows().stock[0].provisional = Quantity::units(77);
    driver.send(Msg::Heard(crate::feed::Heard::Reset));
    driver.press(&["F4"]);
    let text = driver.text();
    let line = text.lines().find(|line| line.contains("E001")).expect("the row is shown");
    assert!(line.contains("6 艘") && line.contains("77") && !line.contains("83"), "{line}");
}

#[test]
fn of_many_addressees_those_without_answer_are_seen_first_and_the_rest_is_counted() {
    let mut driver = console();
    {
        let mut rows = driver.sandbox.rows();
        let order = &mut rows.orders[0];
        order.order.owed = 140;
        let (answered, silent) = (order.addressees[0].clone(), order.addressees[1].clone());
        order.addressees = vec![answered; 100];
        order.addressees.extend(vec![silent; 40]);
    }
    driver.send(Msg::Heard(crate::feed::Heard::Reset));
    driver.press(&["Down", "Down"]);
    let text = driver.text();
    assert!(text.contains("2/1/0/140"), "{text}");
    let shown = text.matches("已送达，未应答").count();
    assert!(shown > 0 && !text.contains("电话代签"), "{text}");
    let more = format!("另有 {} 个单位（未应答 {}）", 140 - shown, 40 - shown);
    assert!(text.contains(&more), "{more} in\n{text}");
}

#[test]
fn a_post_is_completed_as_an_addressee_by_code_and_by_the_letters_of_its_pinyin() {
    for typed in ["g01", "zzbs"] {
        let mut driver = console();
        driver.press(&["n"]);
        driver.type_text(typed);
        driver.press(&["Tab", "Enter"]);
        driver.type_text("报平安");
        driver.press(&["Ctrl-s"]);
        let Some(Request::SendOrder(draft)) = driver.last_wish() else { panic!("no order") };
        assert_eq!(draft.to, "总值班室", "{typed}");
    }
}
