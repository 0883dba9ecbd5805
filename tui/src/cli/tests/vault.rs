//! `unlock`, `lock`, `passphrase` and `wipe`, without a terminal.

use sanduan_protocol::local::request::VaultAsk;
use sanduan_protocol::local::rows::{OrderLock, Protection};

use super::*;

#[test]
fn status_says_how_the_disk_is_protected_and_whether_orders_go_out() {
    let sandbox = Sandbox::at(NOW_MS);
    assert!(run_on(&sandbox, &["status"]).expect("done").contains("由密钥文件打开"));
    {
        let vault = &mut sandbox.rows().status.vault;
        vault.protection = Protection::Passphrase;
        vault.orders = OrderLock::Locked;
    }
    let text = run_on(&sandbox, &["status"]).expect("done");
    assert!(text.contains("由口令打开") && text.contains("现已上锁"), "{text}");
}

#[test]
fn a_wipe_first_tells_what_goes_and_the_code() {
    let sandbox = Sandbox::at(NOW_MS);
    let text = run_on(&sandbox, &["wipe"]).expect("done");
    assert!(
        text.contains("/var/lib/sanduan/vault") && text.contains("sanduan wipe 407913"),
        "{text}"
    );
    assert!(text.contains("这是建网主机"), "who looks after the others goes: {text}");
    assert_eq!(last_asked(&sandbox), Request::Vault(VaultAsk::Wipe { code: None }));
    let text = run_on(&sandbox, &["wipe", "407913"]).expect("done");
    assert!(text.contains("密钥已销毁"), "{text}");
}

#[test]
fn locking_says_what_goes_on() {
    let text = run_on(&Sandbox::at(NOW_MS), &["lock"]).expect("done");
    assert!(text.contains("已上锁") && text.contains("回执"), "{text}");
}
