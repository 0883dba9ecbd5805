//! The dialog for the passphrase: when it comes, what it shows, and what goes on behind it.

use sanduan_protocol::local::rows::{OrderLock, Protection, VaultRow};

use super::*;
use crate::feed::{FeedError, Heard};
use crate::sandbox::PASSPHRASE;

/// A console whose daemon wants the passphrase before orders.
fn locked() -> Driver {
    let mut driver = console();
    driver.sandbox.rows().status.vault = VaultRow {
        protection: Protection::PassphraseForOrders,
        opened: true,
        orders: OrderLock::Locked,
        open_for_s: None,
    };
    driver.send(Msg::Heard(Heard::Reset));
    driver
}

fn write_order(driver: &mut Driver) {
    driver.press(&["n"]);
    driver.type_text("白沙镇");
    driver.press(&["Enter"]);
    driver.type_text("立即转移");
    driver.press(&["Ctrl-s"]);
}

fn orders(driver: &Driver) -> usize {
    driver.sandbox.rows().orders.len()
}

fn asks_for_it(driver: &Driver) -> bool {
    driver.model.overlays.iter().any(|overlay| matches!(overlay, Overlay::Unlock(_)))
}

#[test]
fn an_order_that_needs_the_passphrase_asks_for_it_and_then_goes_out_once() {
    let mut driver = locked();
    let before = orders(&driver);
    write_order(&mut driver);
    assert!(asks_for_it(&driver) && orders(&driver) == before, "{}", driver.text());
    driver.type_text(PASSPHRASE);
    let text = driver.text();
    assert!(text.contains("口令：****") && !text.contains(PASSPHRASE), "{text}");
    driver.press(&["Enter"]);
    assert!(driver.model.overlays.is_empty(), "{}", driver.text());
    assert_eq!(orders(&driver), before + 1);
    write_order(&mut driver);
    assert!(!asks_for_it(&driver), "not again");
    assert_eq!(orders(&driver), before + 2);
}

#[test]
fn a_wrong_passphrase_can_be_mended_and_giving_up_keeps_the_draft() {
    let mut driver = locked();
    let before = orders(&driver);
    write_order(&mut driver);
    driver.type_text("山高");
    driver.press(&["Enter"]);
    assert!(driver.text().contains("口令不对"), "{}", driver.text());
    assert!(!driver.text().contains("口令：*"), "the next try begins anew: {}", driver.text());
    driver.press(&["Enter"]);
    assert_eq!(driver.model.overlays.len(), 2, "nothing typed is nothing tried");
    assert!(driver.text().contains("请先键入口令"), "{}", driver.text());
    driver.press(&["Esc"]);
    assert!(!asks_for_it(&driver) && orders(&driver) == before);
    let text = driver.text();
    assert!(text.contains("立即转移") && text.contains("须先输入口令"), "{text}");
    driver.press(&["Ctrl-s"]);
    assert!(asks_for_it(&driver), "the next try asks again");
}

#[test]
fn a_withdrawal_waits_for_the_passphrase_too_and_receipts_do_not() {
    let mut driver = locked();
    driver.press(&["Down", "Down", "x"]);
    driver.type_text("改道");
    driver.press(&["Ctrl-s", "1"]);
    assert!(asks_for_it(&driver), "{}", driver.text());
    driver.type_text(PASSPHRASE);
    driver.press(&["Enter"]);
    assert!(driver.text().contains("已撤回：改道"), "{}", driver.text());
    let mut driver = locked();
    driver.press(&["F1", "1", "Ctrl-s"]);
    assert!(matches!(driver.last_wish(), Some(Request::SendReceipt(_))));
    assert!(driver.model.overlays.is_empty(), "{}", driver.text());
}

#[test]
fn a_daemon_that_waits_for_the_passphrase_after_its_start_is_opened_from_here() {
    let mut driver = Driver::cut_off(Sandbox::at(NOW_MS), Lang::Zh);
    let refusal = Refusal::new(RefusalCode::Locked, "本机已锁", "this machine is locked");
    let shut = || Msg::Heard(Heard::Lost(FeedError::Refused(refusal.clone())));
    driver.send(shut());
    assert!(asks_for_it(&driver) && driver.text().contains("【已锁】"), "{}", driver.text());
    driver.press(&["Esc"]);
    driver.send(shut());
    assert!(!asks_for_it(&driver), "asked once, not at every try to connect");
    driver.press(&["u"]);
    driver.type_text(PASSPHRASE);
    driver.press(&["Enter"]);
    assert!(!asks_for_it(&driver), "{}", driver.text());
    driver.send(Msg::Heard(Heard::Connected { resumed: false }));
    assert!(!driver.text().contains("【已锁】"), "{}", driver.text());
}

#[test]
fn one_key_asks_for_the_passphrase_locks_or_says_that_there_is_none() {
    let mut driver = console();
    driver.press(&["u"]);
    assert!(notice(&driver).contains("passphrase set"), "{}", notice(&driver));
    let mut driver = locked();
    driver.press(&["u"]);
    driver.type_text(PASSPHRASE);
    driver.press(&["Enter"]);
    assert_eq!(notice(&driver), "已解锁");
    driver.press(&["u"]);
    assert!(notice(&driver).starts_with("已上锁"), "{}", notice(&driver));
    write_order(&mut driver);
    assert!(asks_for_it(&driver));
}

#[test]
fn what_is_typed_is_not_in_what_the_console_writes_about_itself() {
    let mut driver = locked();
    driver.press(&["u"]);
    driver.type_text(PASSPHRASE);
    assert!(!format!("{:?}", driver.model).contains(PASSPHRASE));
}
