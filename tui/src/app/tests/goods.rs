//! Positions and stock from the keyboard.

use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::local::request::{MovementKind, UnitState};

use super::*;

#[test]
fn goods_go_out_from_the_selected_row_with_few_keys() {
    let mut driver = console();
    driver.press(&["F4", "Down", "2"]);
    driver.type_text("20 E012＝5");
    driver.press(&["Enter"]);
    driver.type_text("水救二队");
    driver.press(&["Ctrl-s"]);
    let Some(Request::PostMovement(draft)) = driver.last_wish() else { panic!("no movement") };
    assert_eq!((draft.kind, draft.depot.as_str()), (MovementKind::Issue, "区储备库"));
    let lines: Vec<_> =
        draft.lines.iter().map(|line| (line.item.as_str(), line.quantity)).collect();
    assert_eq!(lines, [("E004", Quantity::units(20)), ("E012", Quantity::units(5))]);
    assert_eq!(draft.party, "水救二队");
}

#[test]
fn receive_and_loss_have_their_own_digits() {
    for (key, kind) in [("1", MovementKind::Receive), ("6", MovementKind::Loss)] {
        let mut driver = console();
        driver.press(&["F4", key]);
        driver.type_text("3");
        driver.press(&["Ctrl-s"]);
        let Some(Request::PostMovement(draft)) = driver.last_wish() else { panic!("none") };
        assert_eq!(draft.kind, kind);
    }
}

#[test]
fn a_line_without_quantity_is_not_sent() {
    let mut driver = console();
    for typed in ["", "0", "x", "-3"] {
        driver.press(&["F4", "1"]);
        driver.type_text(typed);
        driver.press(&["Ctrl-s"]);
        assert_eq!(driver.last_wish(), None, "{typed}");
        assert!(driver.text().contains("E004=20"), "{typed}: {}", driver.text());
        driver.press(&["Esc", "Esc"]);
    }
}

#[test]
fn goods_are_shipped_to_another_depot_with_a_due_time() {
    let mut driver = console();
    driver.press(&["F4", "3"]);
    driver.type_text("d08");
    driver.press(&["Tab", "Enter"]);
    driver.type_text("2");
    driver.press(&["Enter"]);
    driver.type_text("渝C");
    driver.press(&["Ctrl-s"]);
    let Some(Request::ShipWaybill(draft)) = driver.last_wish() else { panic!("no waybill") };
    assert_eq!((draft.from.as_str(), draft.to.as_str()), ("区储备库", "白沙库"));
    assert_eq!((draft.eta_s, draft.carrier.as_str()), (Some(7_200), "渝C"));
    assert_eq!(draft.lines[0].item, "E001");
}

#[test]
fn a_waybill_in_transit_is_taken_in_whole_or_by_line() {
    let mut driver = console();
    driver.press(&["F4", "Tab", "4", "Ctrl-s"]);
    let Some(Request::ArriveWaybill(draft)) = driver.last_wish() else { panic!("no arrival") };
    assert_eq!((draft.id.to_string().as_str(), draft.lines.len()), ("2-5", 0));
    driver.press(&["4"]);
    driver.press(&["Enter"]);
    driver.type_text("E004=1");
    driver.press(&["Ctrl-s"]);
    assert!(driver.text().contains("请填写：物资=数量"), "{}", driver.text());
    driver.type_text("E004=17");
    driver.press(&["Ctrl-s"]);
    let Some(Request::ArriveWaybill(draft)) = driver.last_wish() else { panic!("no arrival") };
    assert_eq!(draft.lines.len(), 1);
    assert_eq!(draft.lines[0].received, Quantity::units(17));
    assert_eq!(draft.lines[0].damaged, Quantity::units(1));
    driver.press(&["Down", "Down", "4"]);
    assert!(notice(&driver).contains("在途运单"), "an arrived waybill is not taken in again");
}

#[test]
fn items_and_units_are_found_by_the_first_letters_of_their_pinyin() {
    let mut driver = console();
    driver.press(&["F4", "/"]);
    driver.type_text("zp");
    driver.press(&["Enter"]);
    assert_eq!(crate::screen::len(&driver.model), 2);
    driver.press(&["1"]);
    driver.press(&["Ctrl-u"]);
    driver.type_text("jsy");
    driver.press(&["Tab"]);
    driver.type_text("7");
    driver.press(&["Ctrl-s"]);
    let Some(Request::PostMovement(draft)) = driver.last_wish() else { panic!("no movement") };
    assert_eq!((draft.lines[0].item.as_str(), draft.lines.len()), ("E004", 1));
}

#[test]
fn a_count_may_find_nothing() {
    let mut driver = console();
    driver.press(&["F4", "5"]);
    driver.type_text("0");
    driver.press(&["Ctrl-s"]);
    let Some(Request::PostCount(draft)) = driver.last_wish() else { panic!("no count") };
    assert_eq!(draft.lines[0].quantity, Quantity::ZERO);
}

#[test]
fn the_card_of_the_selected_item_is_asked_for_and_read() {
    let mut driver = console();
    driver.press(&["F4", "Down", "Enter"]);
    let asked = driver.sandbox.rows().asked.last().cloned();
    assert_eq!(asked, Some(Request::StockCard { item: "E004".to_owned(), depot: None }));
    let text = driver.text();
    assert!(text.contains("物资卡 E004 救生衣") && text.contains("借出未登记"), "{text}");
    driver.press(&["Esc"]);
    assert!(driver.model.overlays.is_empty());
}

#[test]
fn a_position_is_reported_and_nonsense_is_not() {
    let mut driver = console();
    driver.press(&["F3", "n", "4", "Enter"]);
    driver.press(&["Ctrl-u"]);
    driver.type_text("99");
    driver.press(&["Ctrl-s"]);
    assert_eq!(driver.last_wish(), None);
    assert!(driver.text().contains("纬度 -90 至 90"));
    driver.press(&["Ctrl-u"]);
    driver.type_text("29.06");
    driver.press(&["Ctrl-s"]);
    let Some(Request::ReportPosition(draft)) = driver.last_wish() else { panic!("no fix") };
    assert_eq!(draft.state, Some(UnitState::EnRoute));
    assert_eq!(Some(draft.point), Point::from_degrees(29.06, 106.258));
}

#[test]
fn distances_are_measured_from_the_chosen_place() {
    let mut driver = console();
    driver.press(&["F3"]);
    assert!(driver.text().contains("西南205  22.6km"), "{}", driver.text());
    driver.press(&["c"]);
    driver.type_text("白沙");
    driver.press(&["Enter"]);
    let text = driver.text();
    assert!(text.contains("自 白沙镇 起算"), "{text}");
    assert!(text.contains("6.0km"), "{text}");
}
