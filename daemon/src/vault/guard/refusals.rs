//! What people are told whose request the vault does not let pass.

use std::time::Duration;

use sanduan_protocol::local::{Refusal, RefusalCode};

/// What everything is told before the vault was opened.
pub fn shut() -> Refusal {
    Refusal::new(
        RefusalCode::Locked,
        "本机已锁，数据打不开，也不收发：请运行 sanduan unlock 输入口令(控制台会自动询问)",
        "this machine is locked: nothing can be read, sent or received. Run `sanduan unlock` and \
         enter the passphrase (the console asks for it by itself)",
    )
}

pub(super) fn no_passphrase() -> Refusal {
    Refusal::new(
        RefusalCode::NotAllowed,
        "本机未设口令：先运行 sanduan passphrase set",
        "no passphrase is set on this machine: run `sanduan passphrase set` first",
    )
}

pub(super) fn wrong() -> Refusal {
    Refusal::new(
        RefusalCode::Locked,
        "口令不对，请再试(注意大小写和输入法)",
        "the passphrase is wrong; try again (mind capitals and the input method)",
    )
}

pub(super) fn too_soon(wait: Duration) -> Refusal {
    let seconds = wait.as_secs() + 1;
    Refusal::new(
        RefusalCode::Locked,
        format!("口令连续输错，请 {seconds} 秒后再试"),
        format!("too many wrong passphrases: try again in {seconds} s"),
    )
}

pub(super) fn wrong_code() -> Refusal {
    Refusal::new(
        RefusalCode::BadValue,
        "确认码不对，什么也没有销毁：先运行 sanduan wipe 看清内容和确认码",
        "the code is wrong and nothing was destroyed: run `sanduan wipe` to see what would go and \
         the code",
    )
}

pub(super) fn interrupted() -> Refusal {
    Refusal::new(RefusalCode::Busy, "没有做完，请再试", "it was not finished; try again")
}
