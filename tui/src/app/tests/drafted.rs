//! Who acts, with keys: an order that one writes and another signs, and a change of operator.

use super::*;

#[test]
fn an_order_is_drafted_with_one_key_and_signed_with_another() {
    let mut driver = console();
    driver.press(&["F2", "s"]);
    assert_eq!(notice(&driver), "这不是待签发的拟稿。");
    driver.press(&["d"]);
    driver.type_text("白沙镇");
    driver.press(&["Enter"]);
    driver.type_text("转移沿江一社");
    driver.press(&["Enter", "Enter", "Enter", "Enter", "Enter"]);
    driver.type_text("2h");
    driver.press(&["Enter"]);
    driver.type_text("参谋乙");
    assert!(driver.text().contains("签发之前不是指令"), "{}", driver.text());
    driver.press(&["Ctrl-s"]);
    let Some(Request::SendOrder(draft)) = driver.last_wish() else { panic!("no draft") };
    assert!(draft.for_signature);
    assert_eq!((draft.to.as_str(), draft.text.as_str()), ("白沙镇", "转移沿江一社"));
    let selected = crate::screen::orders::selected(&driver.model).expect("a row");
    let id = selected.id;
    assert_eq!(selected.state, OrderState::Draft);
    assert!(driver.text().contains("待签发"), "{}", driver.text());
    assert!(driver.text().contains("参谋乙 拟稿 "), "{}", driver.text());
    for told in ["尚未签发", "按 s 签发", "签发后 20分 内应答", "签发后 2时 内有效"]
    {
        assert!(driver.text().contains(told), "{told}: {}", driver.text());
    }
    assert!(driver.text().contains("待签发 1"), "the status line counts it: {}", driver.text());
    assert!(driver.text().contains("s签发 x撤回 d拟稿"), "{}", driver.text());
    driver.press(&["1"]);
    assert!(driver.model.overlays.is_empty(), "a draft is not answered");
    assert!(notice(&driver).contains("签发请按 s"), "{}", notice(&driver));
    driver.press(&["s"]);
    let title = format!("签发 {id} 特急 -> 白沙镇: 转移沿江一社");
    assert!(driver.text().contains(&title), "the signer sees what is signed: {}", driver.text());
    for _ in 0..8 {
        driver.press(&["Backspace"]);
    }
    driver.type_text("指挥长");
    driver.press(&["Ctrl-s"]);
    let person = Some("指挥长".to_owned());
    assert_eq!(driver.last_wish(), Some(Request::SignOrder { id, person }));
    assert!(!driver.text().contains("待签发"), "{}", driver.text());
    assert_eq!(notice(&driver), format!("已签发 {id}，自现在起为正式指令。"));
}

#[test]
fn a_change_of_operator_counts_for_the_next_receipt() {
    let mut driver = console();
    driver.press(&["F1", "w", "Ctrl-s"]);
    assert!(driver.text().contains("请填写：姓名"), "{}", driver.text());
    driver.type_text("李强");
    driver.press(&["Ctrl-s"]);
    let name = "李强".to_owned();
    assert_eq!(driver.last_wish(), Some(Request::SetOperator { name }));
    assert!(driver.model.overlays.is_empty());
    driver.press(&["1", "Ctrl-s"]);
    let Some(Request::SendReceipt(draft)) = driver.last_wish() else { panic!("no receipt") };
    assert_eq!(draft.person.as_deref(), Some("李强"));
}

#[test]
fn a_form_that_would_be_refused_is_not_opened() {
    let mut driver = console();
    driver.press(&["F2", "d"]);
    driver.type_text("白沙镇");
    driver.press(&["Enter"]);
    driver.type_text("转移沿江一社");
    driver.press(&["Ctrl-s"]);
    let status = driver.model.mirror.status.as_mut().expect("a status");
    status.roles = vec!["order.draft".to_owned()];
    driver.press(&["s"]);
    assert!(driver.model.overlays.is_empty(), "{}", driver.text());
    assert_eq!(notice(&driver), "本机无权签发；请有权者在其机器上签发。");
    assert!(!driver.text().contains("待签发 1"), "it waits for somebody else: {}", driver.text());
    driver.press(&["d"]);
    assert_eq!(driver.model.overlays.len(), 1, "{}", driver.text());
    driver.press(&["Esc"]);
    // What it may send by itself is a plea, and the form says so.
    driver.press(&["n"]);
    assert!(driver.text().contains("求助（本机无权下令；拟稿按 d）"), "{}", driver.text());
    assert!(!driver.text().contains("种类"), "it is of one kind: {}", driver.text());
    driver.type_text("白沙镇");
    driver.press(&["Enter"]);
    driver.type_text("缺饮用水200件");
    driver.press(&["Ctrl-s"]);
    let Some(Request::SendOrder(plea)) = driver.last_wish() else { panic!("no plea") };
    assert_eq!((plea.kind, plea.for_signature), (OrderKind::Request, false));
    driver.model.mirror.status.as_mut().expect("a status").roles = vec!["relay".to_owned()];
    driver.press(&["n"]);
    assert!(driver.model.overlays.is_empty(), "{}", driver.text());
    assert!(notice(&driver).contains("只转送"), "{}", notice(&driver));
    driver.press(&["d"]);
    assert!(driver.model.overlays.is_empty(), "{}", driver.text());
    assert!(notice(&driver).contains("请联系授权机"), "{}", notice(&driver));
}
