//! Nothing is out of reach: texts longer than their window, banners above them, windows taller than
//! usual, units beside the map.

use sanduan_protocol::base::ids::UnitId;
use sanduan_protocol::local::rows::AddresseeRow;

use super::*;
use crate::feed::Heard;

#[test]
fn the_last_line_of_a_text_is_reached_below_banners_and_a_notice() {
    let mut driver = console();
    driver.sandbox.rows().status.drill = true;
    driver.sandbox.rows().status.unsaved = Some("磁盘已满 disk full".to_owned());
    driver.send(Msg::Heard(Heard::Reset));
    driver.press(&["?"]);
    let last = crate::keys::help(Layer::Screen(Screen::Orders), Lang::Zh).pop().expect("a key").1;
    assert!(!driver.text().contains(last), "the help is longer than the window");
    driver.press(&["End"]);
    assert!(driver.text().contains(last), "{}", driver.text());
}

#[test]
fn a_text_that_goes_on_says_which_part_is_shown() {
    let mut driver = console();
    driver.press(&["?"]);
    assert!(driver.text().contains(" 1-17/"), "{}", driver.text());
    let (tall, _) = driver.screen(120, 60);
    assert!(!tall.contains(" 1-17/"), "all of it is there: {tall}");
}

#[test]
fn our_own_answer_stands_first_and_a_tall_window_shows_more_of_the_others() {
    let mut driver = console();
    let own = driver.sandbox.rows().status.unit;
    let row = |n: u16| AddresseeRow {
        unit: UnitId(900 + n),
        name: format!("第{n}村"),
        delivered: false,
        rung: None,
        person: None,
        at_ms: None,
        proxy: None,
        note: String::new(),
    };
    let mut rows: Vec<AddresseeRow> = (0..40).map(row).collect();
    rows.push(AddresseeRow { unit: own, name: "本单位".to_owned(), delivered: true, ..row(40) });
    driver.sandbox.rows().orders[0].addressees = rows;
    driver.send(Msg::Heard(Heard::Reset));
    let id = driver.sandbox.rows().orders[0].order.id;
    crate::screen::orders::select(&mut driver.model, id);
    driver.send(Msg::Tick);
    let units = |text: &str| text.lines().filter(|line| line.contains("未应答")).count();
    let low = driver.text();
    let first = low.lines().find(|line| line.contains("未应答")).expect("somebody owes one");
    assert!(first.contains("本单位"), "{low}");
    let (tall, _) = driver.screen(120, 40);
    assert!(units(&tall) >= units(&low) + 6, "{tall}");
}

#[test]
fn who_is_beside_the_map_is_counted_and_zooming_in_follows_the_selected_unit() {
    let mut driver = console();
    driver.press(&["F3", "m"]);
    assert!(!driver.text().contains("未画出"), "{}", driver.text());
    driver.press(&["Down", "Down", "+", "+", "+", "+", "+", "+", "+", "+"]);
    assert!(driver.text().contains("未画出 3 个"), "{}", driver.text());
    assert!(driver.text().contains(">水上救援队二队"), "{}", driver.text());
    driver.press(&["Up"]);
    assert!(driver.text().contains(">前方指挥部"), "{}", driver.text());
}

#[test]
fn a_long_sentence_above_the_keys_keeps_its_end() {
    let mut driver = console();
    driver.model.say("前半句说明出了什么事，写得比一行还长一些，".repeat(2) + "请按 u", true);
    assert!(driver.text().contains("请按 u"), "{}", driver.text());
}

#[test]
fn a_filter_that_nothing_fits_is_named_with_the_way_out() {
    for screen in ["F2", "F3", "F4", "F7"] {
        let mut driver = console();
        driver.press(&[screen, "/"]);
        driver.type_text("zzz");
        driver.press(&["Enter"]);
        let text = driver.text();
        assert!(text.contains("没有一行符合筛选“zzz”；按 Esc 看全部"), "{screen}: {text}");
        driver.press(&["Esc"]);
        assert!(!driver.text().contains("zzz"), "{screen}: {}", driver.text());
    }
}
