//! An order in the words of a template.

use super::*;

fn filled() -> Driver {
    let mut driver = console();
    driver.press(&["n"]);
    driver.type_text("白沙");
    driver.press(&["Tab", "Enter"]);
    driver.type_text("m02");
    driver.press(&["Tab"]);
    driver
}

fn sent(driver: &Driver) -> (Option<String>, Vec<String>, String) {
    let Some(Request::SendOrder(draft)) = driver.last_wish() else { panic!("no order") };
    (draft.template.clone(), draft.fields.clone(), draft.text.clone())
}

#[test]
fn a_code_and_tab_open_its_blanks_and_its_words_are_seen_as_they_fill() {
    let mut driver = filled();
    assert!(driver.text().contains("即赴{地点}接应被困群众{人数}人"), "{}", driver.text());
    driver.type_text("白");
    driver.press(&["Tab", "Enter"]);
    driver.type_text("20");
    assert!(driver.text().contains("即赴白沙镇接应被困群众20人"), "{}", driver.text());
    driver.press(&["Ctrl-s"]);
    let fields = vec!["地点=白沙镇".to_owned(), "人数=20".to_owned()];
    assert_eq!(sent(&driver), (Some("M02".to_owned()), fields, String::new()));
}

#[test]
fn a_blank_left_empty_is_asked_for_by_its_name() {
    let mut driver = filled();
    driver.type_text("白沙镇");
    driver.press(&["Ctrl-s"]);
    assert_eq!(driver.last_wish(), None);
    assert!(driver.text().contains("请填写：人数"), "{}", driver.text());
    // The caret stands in it already.
    driver.type_text("20");
    driver.press(&["Ctrl-s"]);
    let fields = ["地点=白沙镇", "人数=20"].map(str::to_owned).to_vec();
    assert_eq!(sent(&driver), (Some("M02".to_owned()), fields, String::new()));
}

#[test]
fn typing_in_the_words_themselves_makes_them_the_order_s_own() {
    let mut driver = filled();
    driver.type_text("白沙镇");
    driver.press(&["Enter"]);
    driver.type_text("20");
    driver.press(&["Up", "Up", "Left", "Right"]);
    assert!(driver.text().contains("人数"), "moving the caret changes nothing: {}", driver.text());
    driver.type_text("，带担架");
    driver.press(&["Ctrl-s"]);
    let words = "即赴白沙镇接应被困群众20人，带担架".to_owned();
    assert_eq!(sent(&driver), (None, Vec::new(), words));
}

#[test]
fn words_of_an_order_are_never_taken_for_a_template() {
    let mut driver = console();
    driver.press(&["n"]);
    driver.type_text("白沙");
    driver.press(&["Tab", "Enter"]);
    driver.type_text("接应");
    driver.press(&["Tab"]);
    driver.press(&["Ctrl-s"]);
    assert_eq!(sent(&driver), (None, Vec::new(), "接应".to_owned()));
}
