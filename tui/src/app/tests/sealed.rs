//! The form of an order where there are groups, and how a sealed order looks.

use sanduan_protocol::base::ids::GroupId;
use sanduan_protocol::local::rows::{GroupMark, GroupRow};

use super::*;
use crate::sandbox::stores;

fn group(name: &str, readable: bool) -> GroupRow {
    let units = vec!["区应急局指挥中心".to_owned()];
    let (turn, devices, missing, depots) = (1, 2, Vec::new(), Vec::new());
    let (group, name) = (GroupId(1), name.to_owned());
    GroupRow { group, name, turn, units, devices, missing, depots, readable }
}

fn sent(driver: &Driver) -> Option<String> {
    let Some(Request::SendOrder(draft)) = driver.last_wish() else { panic!("no order") };
    draft.group.clone()
}

fn compose(driver: &mut Driver, keys: &[&str]) {
    driver.press(&["n"]);
    driver.type_text("白沙");
    driver.press(&["Tab", "Enter"]);
    driver.type_text("勿外传");
    driver.press(&["Enter"]);
    driver.press(keys);
    driver.press(&["Ctrl-s"]);
}

#[test]
fn an_order_is_sealed_to_the_group_that_was_chosen() {
    let sandbox = Sandbox::at(NOW_MS);
    let groups = vec![group("别家组", false), group("指挥组", true)];
    sandbox.rows().directory.groups = groups;
    let mut driver = Driver::connected(sandbox, Lang::Zh);
    compose(&mut driver, &["Right"]);
    assert_eq!(sent(&driver).as_deref(), Some("指挥组"), "the one that it can read");
}

#[test]
fn nothing_is_sealed_unless_it_was_chosen() {
    let sandbox = Sandbox::at(NOW_MS);
    sandbox.rows().directory.groups = vec![group("指挥组", true)];
    let mut driver = Driver::connected(sandbox, Lang::Zh);
    driver.press(&["n"]);
    assert!(driver.text().contains("不加密"), "{}", driver.text());
    driver.press(&["Esc"]);
    compose(&mut driver, &[]);
    assert_eq!(sent(&driver), None);
    let mut driver = console();
    driver.press(&["n"]);
    assert!(!driver.text().contains("密组"), "without groups nobody is asked");
}

#[test]
fn a_sealed_order_is_marked_and_says_who_can_read_it() {
    let sandbox = Sandbox::at(NOW_MS);
    let units = vec!["前方指挥部".to_owned()];
    let mark = GroupMark { name: "指挥组".to_owned(), units, readable: true };
    for order in &mut sandbox.rows().orders {
        order.order.group = Some(mark.clone());
    }
    let mut driver = Driver::connected(sandbox, Lang::Zh);
    driver.press(&["F2"]);
    let text = driver.text();
    assert!(text.contains("〔密〕") && text.contains("密件：指挥组（前方指挥部）可读"), "{text}");
}

#[test]
fn the_stock_screen_says_which_depot_is_not_in_it_and_who_can_read_it() {
    for (lang, says) in [
        (Lang::Zh, "未含 1 库（密）：山洞库（仅 储备组 可读）"),
        (Lang::En, "Not included, 1 sealed: 山洞库 (only 储备组 can read it)"),
    ] {
        let sandbox = Sandbox::at(NOW_MS);
        sandbox.rows().sealed.push(stores::sealed_depot(NOW_MS));
        let mut driver = Driver::connected(sandbox, lang);
        driver.press(&["F4"]);
        let text = driver.text();
        assert!(text.contains(says) && text.contains("E001"), "{text}");
    }
}
