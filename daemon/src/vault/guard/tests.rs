//! Passphrases are tried, cached and forgotten; orders pass only in between.

use sanduan_protocol::base::ids::{DeviceId, SpokenId};
use sanduan_protocol::local::request::{OrderDraft, ReceiptDraft, Rung};
use sanduan_protocol::local::rows::OrderLock;

use super::*;
use crate::vault::KEY_FILE;

const CHEAP: Cost = Cost { memory_kib: 64, passes: 1 };
const WORD: &str = "山高水长";

fn guard(folder: &tempfile::TempDir) -> Arc<Guard> {
    let vault = Vault::enter(folder.path(), &folder.path().join(KEY_FILE)).expect("writable");
    let guard = Guard::new(vault, Duration::from_secs(600), Vec::new());
    Arc::new(Guard { cost: CHEAP, ..guard })
}

async fn set(guard: &Arc<Guard>, unattended: bool) {
    let (old, new) = (Passphrase::default(), Passphrase::new(WORD));
    guard.answer(VaultAsk::SetPassphrase { old, new, unattended }).await.expect("set");
}

async fn unlock(guard: &Arc<Guard>, word: &str) -> Answer {
    guard.answer(VaultAsk::Unlock { passphrase: Passphrase::new(word) }).await
}

fn order(kind: OrderKind) -> Request {
    Request::SendOrder(OrderDraft { kind, ..OrderDraft::default() })
}

fn receipt() -> Request {
    let id = SpokenId { author: DeviceId(1), incarnation: 0, seq: 1 };
    let (note, person, proxy, unit) = (String::new(), None, None, None);
    Request::SendReceipt(ReceiptDraft { id, rung: Rung::Acknowledged, note, person, proxy, unit })
}

#[tokio::test]
async fn without_a_passphrase_orders_need_nothing_and_there_is_nothing_to_lock() {
    let folder = tempfile::tempdir().expect("a folder");
    let guard = guard(&folder);
    assert_eq!(guard.admit(&order(OrderKind::Order)), Ok(()));
    assert_eq!(guard.row().orders, OrderLock::NotNeeded);
    for refused in [guard.answer(VaultAsk::Lock).await, unlock(&guard, WORD).await] {
        assert!(refused.is_err_and(|refusal| refusal.zh.contains("passphrase set")));
    }
}

#[tokio::test]
async fn orders_wait_for_the_passphrase_and_receipts_never_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let guard = guard(&folder);
    set(&guard, true).await;
    let [alert, plain, note, help] =
        [OrderKind::Alert, OrderKind::Order, OrderKind::Update, OrderKind::Request].map(order);
    let revoke = Request::RevokeDevice { device: DeviceId(2), reason: String::new() };
    for request in [&alert, &plain, &note, &revoke] {
        let refusal = guard.admit(request).expect_err("locked");
        assert_eq!(refusal.code, RefusalCode::Locked);
        assert!(refusal.zh.contains("sanduan unlock") && refusal.en.contains("sanduan unlock"));
    }
    for request in [&help, &receipt(), &Request::Positions] {
        assert_eq!(guard.admit(request), Ok(()));
    }
    assert!(unlock(&guard, "山高水短").await.is_err_and(|r| r.code == RefusalCode::Locked));
    assert!(guard.admit(&plain).is_err());
    unlock(&guard, WORD).await.expect("right");
    assert_eq!(guard.row().orders, OrderLock::Open);
    assert_eq!(guard.admit(&plain), Ok(()));
    guard.answer(VaultAsk::Lock).await.expect("locks");
    assert!(guard.admit(&plain).is_err());
}

/// What the machine was told of the order key so far.
fn told(machine: &mut tokio::sync::mpsc::UnboundedReceiver<Input>) -> Vec<bool> {
    let mut told = Vec::new();
    while let Ok(input) = machine.try_recv() {
        match input {
            Input::OrderKey(seed) => told.push(seed.is_some()),
            // There is none in this folder.
            Input::AuthorityKey(None) => {}
            other => panic!("{other:?}"),
        }
    }
    told
}

#[tokio::test]
async fn the_machine_has_the_order_key_only_while_orders_are_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let vault = Vault::enter(folder.path(), &folder.path().join(KEY_FILE)).expect("writable");
    let guard = Guard::new(vault, Duration::from_millis(300), Vec::new());
    let guard = Arc::new(Guard { cost: CHEAP, ..guard });
    let (inputs, mut machine) = tokio::sync::mpsc::unbounded_channel();
    guard.tell_of_orders(&inputs);
    assert_eq!(told(&mut machine), [false], "there is none yet");
    set(&guard, true).await;
    assert_eq!(told(&mut machine), [true], "it is made, and named to the others");
    unlock(&guard, WORD).await.expect("right");
    guard.answer(VaultAsk::Lock).await.expect("locks");
    assert_eq!(told(&mut machine), [true, false]);
    assert!(unlock(&guard, "山高水短").await.is_err());
    assert_eq!(told(&mut machine), [] as [bool; 0], "a wrong one changes nothing");
    unlock(&guard, WORD).await.expect("right");
    assert_eq!(told(&mut machine), [true]);
    let closing = tokio::spawn(guard.clone().close_orders_in_time());
    while told(&mut machine) != [false] {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(guard.admit(&order(OrderKind::Order)).is_err(), "its time is up");
    closing.abort();
}

#[tokio::test]
async fn after_a_start_nothing_passes_until_the_only_passphrase_is_given() {
    let folder = tempfile::tempdir().expect("a folder");
    set(&guard(&folder), false).await;
    assert!(!folder.path().join(KEY_FILE).exists(), "the key file is destroyed");
    let again = guard(&folder);
    assert!(!again.is_open() && !again.row().opened);
    assert!(again.admit(&Request::Positions).is_err_and(|r| r.code == RefusalCode::Locked));
    assert!(unlock(&again, "").await.is_err());
    assert!(!again.is_open());
    unlock(&again, WORD).await.expect("right");
    again.opened().await;
    assert_eq!(again.admit(&order(OrderKind::Order)), Ok(()));
}

#[tokio::test]
async fn the_passphrase_is_changed_only_by_whoever_knows_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let guard = guard(&folder);
    set(&guard, true).await;
    let other = || Passphrase::new("另一句话");
    let (old, new) = (Passphrase::default(), other());
    let ask = VaultAsk::SetPassphrase { old: old.clone(), new, unattended: true };
    assert!(guard.answer(ask).await.is_err());
    assert!(guard.answer(VaultAsk::RemovePassphrase { old }).await.is_err());
    let old = Passphrase::new(WORD);
    let ask = VaultAsk::SetPassphrase { old, new: other(), unattended: true };
    guard.answer(ask).await.expect("known");
    assert!(unlock(&guard, WORD).await.is_err());
    guard.answer(VaultAsk::RemovePassphrase { old: other() }).await.expect("known");
    assert_eq!(guard.row().protection, Protection::KeyFile);
}

#[tokio::test]
async fn a_passphrase_that_is_too_short_is_not_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let guard = guard(&folder);
    let (old, new) = (Passphrase::default(), Passphrase::new("短句"));
    let refused = guard.answer(VaultAsk::SetPassphrase { old, new, unattended: true }).await;
    assert!(refused.is_err_and(|refusal| refusal.zh.contains("太短")));
    assert_eq!(guard.row().protection, Protection::KeyFile);
}

#[tokio::test]
async fn a_wipe_takes_two_steps_and_leaves_nothing_that_opens() {
    let folder = tempfile::tempdir().expect("a folder");
    let guard = guard(&folder);
    std::fs::write(folder.path().join("device.key"), "sealed").expect("writable");
    std::fs::write(folder.path().join("photo of mine"), "kept").expect("writable");
    let first = guard.answer(VaultAsk::Wipe { code: None }).await.expect("told");
    let Reply::Wipe(WipeRow { destroyed, code: Some(code) }) = first else { panic!("{first:?}") };
    assert!(destroyed[0].ends_with("/vault"), "the key goes first: {destroyed:?}");
    assert!(!destroyed.iter().any(|path| path.ends_with("mine")), "not ours: {destroyed:?}");
    let other = if code == "000000" { "000001" } else { "000000" };
    let ask = VaultAsk::Wipe { code: Some(other.to_owned()) };
    assert!(guard.answer(ask).await.is_err_and(|refusal| refusal.zh.contains("没有销毁")));
    assert!(folder.path().join("vault").exists());
    guard.answer(VaultAsk::Wipe { code: Some(code) }).await.expect("done");
    let plan = guard.wiped().await;
    for gone in ["vault", "vault.spare", KEY_FILE] {
        assert!(!folder.path().join(gone).exists(), "{gone} goes at once");
    }
    wipe::destroy_files(&plan).expect("removable");
    assert!(!folder.path().join("device.key").exists());
    assert!(folder.path().join("photo of mine").exists());
    let again = Vault::enter(folder.path(), &folder.path().join(KEY_FILE));
    assert!(again.is_err_and(|said| said.zh.contains("已于") && said.en.contains("wiped")));
}

#[test]
fn the_gate_closes_when_nothing_was_signed_for_a_while() {
    let (start, span) = (Instant::now(), Duration::from_secs(60));
    let at = |s| start + Duration::from_secs(s);
    let mut gate = Gate::default();
    assert_eq!(gate.pass(start, span), None);
    gate.right(start, span);
    assert_eq!(gate.pass(at(50), span), Some(()));
    assert_eq!(gate.pass(at(109), span), Some(()), "each order starts the time anew");
    assert_eq!(gate.open_for(at(168)), Some(Duration::from_secs(1)));
    assert_eq!(gate.pass(at(169), span), None);
    gate.right(at(200), span);
    gate.lock();
    assert_eq!(gate.pass(at(201), span), None);
}

#[test]
fn wrong_passphrases_in_a_row_must_wait_longer_and_longer() {
    let start = Instant::now();
    let mut gate = Gate::default();
    let mut waits = Vec::new();
    for _ in 0..12 {
        gate.wrong(start);
        waits.push(gate.wait(start).map_or(0, |wait| wait.as_secs()));
    }
    assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
    assert_eq!(gate.wait(start + TRY_WAIT_MAX), None);
    gate.right(start, TRY_WAIT_MAX);
    assert_eq!(gate.wait(start), None);
}
