//! `group list|show|add|remove`, and what a sealed order looks like.

use sanduan_protocol::base::ids::{DeviceId, GroupId};
use sanduan_protocol::local::rows::{GroupMark, GroupRow};

use super::*;
use crate::sandbox::stores;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::at(NOW_MS);
    sandbox.rows().directory.groups.push(GroupRow {
        group: GroupId(1),
        name: "指挥组".to_owned(),
        turn: 2,
        units: vec!["指挥中心".to_owned(), "前方指挥部".to_owned()],
        devices: 3,
        missing: vec![DeviceId(9)],
        depots: vec!["区储备库".to_owned()],
        readable: true,
    });
    sandbox
}

#[test]
fn groups_are_listed_and_shown_with_who_lacks_the_key() {
    let text = run_on(&sandbox(), &["group", "list"]).expect("known");
    let line = text.lines().find(|line| line.contains("指挥组")).expect("listed");
    assert!(line.contains('3') && line.contains("可读") && line.contains("前方指挥部"), "{line}");
    let text = run_on(&sandbox(), &["group", "show", "指挥组"]).expect("known");
    assert!(text.contains("第 2 轮密钥，3 台终端持有"), "{text}");
    assert!(text.contains("加密记账的储备库：区储备库"), "{text}");
    assert!(text.contains("尚无密钥的终端：9"), "{text}");
    let text = run_on(&sandbox(), &["--json", "group", "show", "1"]).expect("known");
    assert!(text.contains(r#""missing":[9]"#), "{text}");
    assert!(run_on(&sandbox(), &["group", "show", "指挥部"]).is_err());
    let none = run_on(&Sandbox::at(NOW_MS), &["group", "list"]).expect("none is no error");
    assert!(none.contains("sanduan group add"), "{none}");
}

#[test]
fn units_are_added_and_taken_out() {
    let sandbox = sandbox();
    let said = run_on(&sandbox, &["group", "add", "指挥组", "T05", "T06"]).expect("added");
    let (group, units) = ("指挥组".to_owned(), vec!["T05".to_owned(), "T06".to_owned()]);
    let depots = Vec::new();
    assert_eq!(last_asked(&sandbox), Request::AddToGroup { group: group.clone(), units, depots });
    assert!(said.contains("已写入名录"), "{said}");
    run_on(&sandbox, &["group", "add", "指挥组", "--depot", "D1"]).expect("a depot alone");
    let (units, depots) = (vec![], vec!["D1".to_owned()]);
    assert_eq!(last_asked(&sandbox), Request::AddToGroup { group: group.clone(), units, depots });
    run_on(&sandbox, &["group", "remove", "指挥组"]).expect("ended");
    let (units, depots) = (vec![], vec![]);
    assert_eq!(last_asked(&sandbox), Request::RemoveFromGroup { group, units, depots });
    assert!(run_on(&sandbox, &["group", "add", "指挥组"]).is_err(), "no unit");
}

#[test]
fn a_sealed_order_says_who_can_read_it() {
    let sandbox = sandbox();
    let id = sandbox.rows().orders[0].order.id.to_string();
    for (readable, words) in [(true, "指挥组（指挥中心） 可读"), (false, "本机代为转送")]
    {
        let units = vec!["指挥中心".to_owned()];
        let mark = GroupMark { name: "指挥组".to_owned(), units, readable };
        sandbox.rows().orders[0].order.group = Some(mark);
        let text = run_on(&sandbox, &["order", "show", &id]).expect("known");
        let bare = text.replace(' ', "");
        assert!(bare.contains(&words.replace(' ', "")), "{text}");
    }
    let send = ["order", "send", "--to", "T05", "--text", "勿外传", "--group", "指挥组"];
    run_on(&sandbox, &send).expect("sent");
    let sent = sandbox.rows().asked.iter().rev().find_map(|request| match request {
        Request::SendOrder(draft) => Some(draft.group.clone()),
        _ => None,
    });
    assert_eq!(sent, Some(Some("指挥组".to_owned())));
}

#[test]
fn the_stock_list_names_depots_that_are_not_in_it_and_who_can_read_them() {
    let sandbox = sandbox();
    let text = run_on(&sandbox, &["stock", "list"]).expect("known");
    assert!(!text.contains("未含"), "{text}");
    sandbox.rows().sealed.push(stores::sealed_depot(NOW_MS));
    let text = run_on(&sandbox, &["stock", "list"]).expect("known");
    assert!(text.contains("未含 1 库（密）：山洞库（仅 储备组 可读）"), "{text}");
    let text = run_on(&sandbox, &["--json", "stock", "list"]).expect("known");
    assert!(text.contains(r#""depot_name":"山洞库""#) && text.contains(r#""posts":3"#), "{text}");
}
