//! What keys, answers and changes do to the model, without a terminal.

mod drafted;
mod goods;
mod link;
mod lock;
mod room;
mod sealed;
mod template;
mod words;

use sanduan_protocol::base::class::Class;
use sanduan_protocol::local::request::{Need, OrderKind, Proxy, Rung};
use sanduan_protocol::local::rows::{self, OrderState};
use sanduan_protocol::local::{Event, Refusal, RefusalCode, Request};

use super::*;
use crate::keys::{Action, Layer, bindings};
use crate::lang::Lang;
use crate::overlay::Overlay;
use crate::sandbox::{Driver, NOW_MS, Sandbox};

fn console() -> Driver {
    Driver::connected(Sandbox::at(NOW_MS), Lang::Zh)
}

fn notice(driver: &Driver) -> &str {
    driver.model.notice.as_ref().map_or("", |notice| &notice.text)
}

#[test]
fn an_order_is_written_in_chinese_and_sent() {
    let mut driver = console();
    driver.press(&["n"]);
    driver.type_text("白沙");
    driver.press(&["Tab", "Enter"]);
    driver.type_text("立即转移沿江二社");
    driver.press(&["Enter", "1", "Enter", "Enter", "Right", "Enter", "Backspace"]);
    driver.press(&["Backspace", "Backspace"]);
    driver.type_text("1h30m");
    driver.press(&["Enter"]);
    driver.type_text("6h");
    driver.press(&["Enter"]);
    driver.type_text("王芳");
    driver.press(&["Enter"]);
    let Some(Request::SendOrder(draft)) = driver.last_wish() else { panic!("no order") };
    assert_eq!(draft.to, "白沙镇");
    assert_eq!(draft.text, "立即转移沿江二社");
    assert_eq!((draft.class, draft.kind), (Some(Class::Flash), OrderKind::Order));
    assert_eq!((draft.need, draft.act_by_s), (Need::Done, Some(5_400)));
    assert_eq!(draft.expires_s, Some(21_600));
    assert_eq!(draft.person.as_deref(), Some("王芳"));
    assert!(driver.model.overlays.is_empty());
    assert_eq!(notice(&driver), "已保存 1-907");
    let selected = crate::screen::orders::selected(&driver.model).expect("a row");
    assert_eq!(selected.text, "立即转移沿江二社", "its answers are watched coming in");
}

#[test]
fn digits_answer_the_selected_order_and_ask_only_for_a_note() {
    for (key, rung) in [("1", Rung::Acknowledged), ("2", Rung::Accepted), ("4", Rung::Done)] {
        let mut driver = console();
        driver.press(&["F1", key]);
        driver.press(&["Enter", "Enter"]);
        let Some(Request::SendReceipt(draft)) = driver.last_wish() else { panic!("no receipt") };
        assert_eq!((draft.rung, draft.id.seq, draft.proxy), (rung, 410, None));
    }
}

#[test]
fn cannot_and_failed_need_a_reason() {
    for key in ["3", "5"] {
        let mut driver = console();
        driver.press(&["F1", key, "Ctrl-s"]);
        assert_eq!(driver.last_wish(), None);
        assert!(driver.text().contains("请写明原因"), "{}", driver.text());
        driver.type_text("石门路断");
        driver.press(&["Ctrl-s"]);
        let Some(Request::SendReceipt(draft)) = driver.last_wish() else { panic!("no receipt") };
        assert_eq!(draft.note, "石门路断");
    }
}

#[test]
fn an_order_not_for_us_is_answered_only_by_proxy_with_unit_means_and_person() {
    let mut driver = console();
    driver.press(&["Down", "Down", "1"]);
    assert!(driver.model.overlays.is_empty());
    assert!(notice(&driver).contains("代签请按 p"), "{}", notice(&driver));
    driver.press(&["p", "Ctrl-s"]);
    assert_eq!(driver.last_wish(), None, "a person is needed");
    // The caret stands where the name belongs; how it was said is two fields above.
    driver.type_text("王镇长");
    driver.press(&["Up", "Up", "2", "Ctrl-s"]);
    let Some(Request::SendReceipt(draft)) = driver.last_wish() else { panic!("no receipt") };
    assert_eq!(draft.unit.as_deref(), Some("白沙镇"), "who has not answered comes first");
    assert_eq!((draft.proxy, draft.rung), (Some(Proxy::Radio), Rung::Acknowledged));
    assert_eq!(draft.person.as_deref(), Some("王镇长"));
}

#[test]
fn withdrawing_asks_twice_and_wants_a_reason() {
    let mut driver = console();
    driver.press(&["Down", "Down", "x", "Ctrl-s"]);
    assert!(driver.text().contains("请填写：原因"));
    driver.type_text("改道");
    driver.press(&["Ctrl-s"]);
    assert_eq!(driver.last_wish(), None, "not before the second yes");
    assert!(matches!(driver.model.overlays.last(), Some(Overlay::Confirm(_))));
    driver.press(&["0"]);
    assert_eq!(driver.last_wish(), None);
    driver.press(&["x"]);
    driver.type_text("改道");
    driver.press(&["Ctrl-s", "1"]);
    let Some(Request::CancelOrder { id, reason, .. }) = driver.last_wish() else { panic!("none") };
    assert_eq!((id.seq, reason.as_str()), (412, "改道"));
    assert!(driver.text().contains("已撤回：改道"), "{}", driver.text());
    driver.press(&["1"]);
    assert_eq!(notice(&driver), "已撤回，不再答复。");
}

#[test]
fn a_refusal_stays_in_the_form_so_that_it_can_be_mended() {
    let mut driver = console();
    let refusal = Refusal::new(RefusalCode::UnknownName, "名录中没有“白沙洲”", "no such name");
    driver.sandbox.rows().refusal = Some(refusal);
    driver.press(&["n"]);
    driver.type_text("白沙洲");
    driver.press(&["Enter"]);
    driver.type_text("x");
    driver.press(&["Ctrl-s"]);
    assert!(driver.text().contains("名录中没有“白沙洲”"), "{}", driver.text());
    driver.sandbox.rows().refusal = None;
    driver.press(&["Ctrl-s"]);
    assert!(driver.model.overlays.is_empty());
}

#[test]
fn a_draft_is_dropped_only_by_a_second_escape() {
    let mut driver = console();
    driver.press(&["n", "Esc"]);
    assert!(driver.model.overlays.is_empty(), "nothing was typed");
    driver.press(&["n"]);
    driver.type_text("白");
    driver.press(&["Esc"]);
    assert!(driver.text().contains("再按一次 Esc"));
    driver.type_text("沙");
    driver.press(&["Esc"]);
    assert_eq!(driver.model.overlays.len(), 1, "typing takes the first Esc back");
    driver.press(&["Esc"]);
    assert!(driver.model.overlays.is_empty());
}

#[test]
fn pasted_line_ends_become_line_feeds_in_a_text_and_blanks_elsewhere() {
    let mut driver = console();
    driver.press(&["n"]);
    driver.send(Msg::Paste("白沙镇\r".to_owned()));
    driver.press(&["Enter"]);
    driver.send(Msg::Paste("一\r二\r\n三\u{1b}".to_owned()));
    driver.press(&["Ctrl-s"]);
    let Some(Request::SendOrder(draft)) = driver.last_wish() else { panic!("no order") };
    assert_eq!((draft.to.as_str(), draft.text.as_str()), ("白沙镇", "一\n二\n三"));
}

#[test]
fn a_new_order_above_does_not_change_what_is_selected() {
    let mut driver = console();
    driver.press(&["Down", "Down"]);
    let selected = crate::screen::orders::selected(&driver.model).expect("a row").id;
    let mut row = driver.model.mirror.orders[0].clone();
    row.id.seq = 999;
    row.issued_ms = NOW_MS;
    row.unanswered_here = true;
    driver.send(Msg::Heard(crate::feed::Heard::Event(Box::new(Event::Order(Box::new(row))))));
    assert_eq!(driver.model.mirror.orders[0].id.seq, 999);
    let after = crate::screen::orders::selected(&driver.model).expect("a row").id;
    assert_eq!(after, selected);
    assert!(driver.effects.contains(&Effect::Bell), "an order for us rings");
}

fn hear(driver: &mut Driver, row: rows::OrderRow) {
    driver.effects.clear();
    driver.send(Msg::Heard(crate::feed::Heard::Event(Box::new(Event::Order(Box::new(row))))));
}

#[test]
fn an_order_rings_when_its_seal_has_come_and_when_it_is_withdrawn() {
    let mut driver = console();
    let mut row = driver.model.mirror.orders[0].clone();
    row.id.seq = 999;
    (row.state, row.unanswered_here) = (OrderState::Provisional, false);
    hear(&mut driver, row.clone());
    assert!(!driver.effects.contains(&Effect::Bell), "nobody vouches for it yet");
    (row.state, row.unanswered_here) = (OrderState::Open, true);
    hear(&mut driver, row.clone());
    assert!(driver.effects.contains(&Effect::Bell));
    assert!(notice(&driver).contains("999"), "{}", notice(&driver));
    hear(&mut driver, row.clone());
    assert!(!driver.effects.contains(&Effect::Bell), "once is enough");
    (row.state, row.unanswered_here) = (OrderState::Cancelled, false);
    row.cancel_reason = Some("桥已通".to_owned());
    hear(&mut driver, row);
    assert!(driver.effects.contains(&Effect::Bell));
    assert!(notice(&driver).contains("桥已通"), "{}", notice(&driver));
}

#[test]
fn what_we_owe_stands_first_and_is_counted_on_every_screen() {
    let mut driver = console();
    let mut row = driver.model.mirror.orders[0].clone();
    (row.id.seq, row.issued_ms) = (998, 1);
    (row.state, row.unanswered_here, row.class) = (OrderState::Open, true, Class::Flash);
    hear(&mut driver, row);
    let first = &crate::screen::orders::visible(&driver.model)[..2];
    let first = first.iter().map(|place| driver.model.mirror.orders[*place].id.seq);
    assert_eq!(first.collect::<Vec<_>>(), [410, 998], "the oldest, but ours");
    driver.press(&["F6"]);
    assert!(driver.text().contains("待我回执 2"), "{}", driver.text());
}

#[test]
fn a_key_that_does_nothing_says_why() {
    let mut driver = console();
    for (keys, words) in [
        (&["F3", "+"][..], "按 m 看地图"),
        (&["F4", "4"], "在途运单"),
        (&["F6", "z"], "z 在这里没有作用"),
        (&["F2", "g", "9"], "1 至 7"),
    ] {
        driver.press(keys);
        assert!(notice(&driver).contains(words), "{keys:?}: {}", notice(&driver));
        assert!(driver.model.overlays.is_empty(), "{keys:?}");
    }
}

#[test]
fn every_key_of_every_screen_does_something_or_says_why() {
    for screen in Screen::ALL {
        for binding in bindings(Layer::Screen(screen)) {
            for key in binding.keys {
                let mut driver = console();
                driver.press(&[&format!("F{}", screen as u8)]);
                let before = driver.text();
                driver.press(&[key]);
                assert_ne!(driver.text(), before, "{key} on {screen:?}");
            }
        }
    }
}

#[test]
fn screens_are_reached_by_function_key_alt_or_g() {
    for screen in Screen::ALL {
        let number = screen as u8;
        for keys in [vec![format!("F{number}")], vec![format!("Alt-{number}")]] {
            let mut driver = console();
            driver.press(&keys.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(driver.model.screen, screen);
        }
        let mut driver = console();
        driver.press(&["g", &number.to_string()]);
        assert_eq!(driver.model.screen, screen);
        assert!(driver.model.overlays.is_empty(), "the digit was no receipt");
    }
}

#[test]
fn moving_about_in_a_form_never_saves_it() {
    let mut driver = console();
    driver.press(&["n"]);
    driver.type_text("白沙镇");
    driver.press(&["Down"]);
    driver.type_text("x");
    driver.press(&["Down"; 20]);
    assert_eq!(driver.last_wish(), None);
    driver.press(&["Up", "Down", "Enter"]);
    assert!(matches!(driver.last_wish(), Some(Request::SendOrder(_))), "Enter on the last saves");
}

#[test]
fn in_a_low_window_the_field_being_filled_in_is_seen() {
    let mut driver = console();
    driver.press(&["n"]);
    for _ in 0..7 {
        let (text, caret) = driver.screen(60, 16);
        let (_, y) = caret.unwrap_or_else(|| panic!("no caret\n{text}"));
        let line = text.lines().nth(usize::from(y)).expect("the caret is on the screen");
        assert!(line.contains(">"), "{text}");
        driver.press(&["Down"]);
    }
}

#[test]
fn escape_and_a_key_in_quick_succession_are_two_keys() {
    let mut driver = console();
    driver.press(&["?", "Alt-n"]);
    assert!(matches!(driver.model.overlays[..], [Overlay::Form(_)]), "help left, form opened");
    driver.press(&["Esc", "?", "Alt-q"]);
    assert!(driver.effects.contains(&Effect::Quit));
}

#[test]
fn leaving_switching_language_and_filtering_work_from_the_keyboard() {
    let mut driver = console();
    driver.press(&["L"]);
    assert_eq!(driver.model.lang, Lang::En);
    driver.press(&["L", "/"]);
    driver.type_text("柴油");
    driver.press(&["Enter"]);
    assert_eq!(crate::screen::len(&driver.model), 1);
    driver.press(&["Esc"]);
    assert_eq!(crate::screen::len(&driver.model), 7);
    driver.press(&["o"]);
    assert_eq!(crate::screen::len(&driver.model), 4, "open, overdue, unverified");
    driver.press(&["q"]);
    assert!(driver.effects.contains(&Effect::Quit));
    assert_eq!(crate::keys::find(Layer::Screen(Screen::Alert), "Ctrl-c"), Some(Action::Quit));
}
