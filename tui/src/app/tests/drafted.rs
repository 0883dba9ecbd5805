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
    driver.press(&["Enter", "Enter", "Enter", "Enter", "Enter", "Enter"]);
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
    assert!(driver.text().contains("拟稿 参谋乙"), "{}", driver.text());
    driver.press(&["1"]);
    assert!(driver.model.overlays.is_empty(), "a draft is not answered");
    assert!(notice(&driver).contains("签发请按 s"), "{}", notice(&driver));
    driver.press(&["s"]);
    for _ in 0..8 {
        driver.press(&["Backspace"]);
    }
    driver.type_text("指挥长");
    driver.press(&["Ctrl-s"]);
    let person = Some("指挥长".to_owned());
    assert_eq!(driver.last_wish(), Some(Request::SignOrder { id, person }));
    assert!(!driver.text().contains("待签发"), "{}", driver.text());
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
