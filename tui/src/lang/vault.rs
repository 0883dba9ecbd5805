//! Texts about the protection of the data on the disk: passphrase, lock, wipe.

use sanduan_protocol::local::rows::{OrderLock, Protection, VaultRow};

use super::{Lang, age, fill, texts};

texts! {
    /// Texts about passphrase, lock and wipe.
    VaultTexts {
        heading: "数据保护" | "data on disk",
        key_file: "由密钥文件打开：可无人值守，下令无须口令；整机丢失即可被读出"
            | "opened by a key file: starts unattended, orders need nothing; whoever takes the \
               machine can read it",
        for_orders: "由密钥文件打开：可无人值守；下令须口令"
            | "opened by a key file: starts unattended; orders need the passphrase",
        passphrase: "由口令打开：重启后须有人输入；下令须口令"
            | "opened by the passphrase after every start; orders need it too",
        orders_open: "{}，现已解锁，{}内未下令即上锁" | "{}; unlocked now, for {} without an order",
        orders_locked: "{}，现已上锁" | "{}; locked now",

        screen: "数据：{}  下令：{}" | "Disk: {}  Orders: {}",
        short_key_file: "密钥文件打开，整机丢失即可被读"
            | "key file; whoever takes the machine can read it",
        short_passphrase: "每次启动须口令" | "passphrase at every start",
        short_not_needed: "无须口令" | "no passphrase",
        short_open: "已解锁，余{}" | "open, {} left",
        short_locked: "已上锁，按 u" | "locked, press u",

        ask: "口令：" | "passphrase: ",
        ask_old: "现用口令：" | "passphrase so far: ",
        ask_new: "新口令：" | "new passphrase: ",
        ask_again: "再输一遍：" | "once more: ",
        differ: "两遍不一样，口令未改。请重来。"
            | "The two differ; nothing was changed. Try again.",
        no_input: "没有读到口令：请在终端里输入，或从标准输入逐行给出。"
            | "No passphrase was given: type it at a terminal, or hand it in line by line on \
               standard input.",
        unlocked: "已解锁：{}内未下令即重新上锁"
            | "Unlocked: locked again after {} without an order",
        opening: "口令正确，正在打开数据" | "The passphrase is right; the data is being opened",
        slow: "口令正确，但守护进程还没有就绪。请稍候，用 sanduan status 查看。"
            | "The passphrase is right, but the daemon is not ready yet. Wait a little and look \
               with `sanduan status`.",
        locked: "已上锁：下令须再输口令；收报、回执、报位照常"
            | "Locked: orders need the passphrase again; receiving, receipts and positions go on",
        set: "口令已设。{}。忘记口令，数据谁也打不开：请按保密规定留底。"
            | "The passphrase is set; the data is now {}. If it is forgotten nobody can open the \
               data: keep a copy as your rules allow.",
        removed: "口令已取消，数据现{}。" | "The passphrase is removed; the data is now {}.",

        wipe_head: "将被彻底销毁，无法恢复：" | "This will be destroyed for good:",
        wipe_kept: "配置文件 sanduan.toml 与自己放进目录的文件不动。其他机器上的记录不受影响。"
            | "The configuration and files of your own stay. What other machines hold is safe.",
        wipe_authority: "注意：这是建网主机(授权机)。销毁后谁也不能再接纳、续期、吊销终端或改名录，只能重新建网。"
            | "This machine founded the network. Without it nobody admits, renews or revokes \
               devices or changes the directory; the network must be founded anew.",
        wipe_how: "确认请运行：sanduan wipe {}" | "To do it, run: sanduan wipe {}",
        wiped: "密钥已销毁，加封的数据谁也打不开了。守护进程正清除文件并停止。"
            | "The keys are destroyed; nobody can open what was sealed. The daemon removes the \
               files and stops.",

        title: "输入口令" | "Passphrase",
        why_order: "下令、撤回须先输入口令；通过后自动发出。"
            | "An order or withdrawal needs the passphrase; then it is sent by itself.",
        why_shut: "本机已锁：输入口令后才能读取和收发。"
            | "This machine is locked: nothing is read or sent before the passphrase.",
        why_asked: "输入后一段时间内可下令。" | "Orders may then be issued for a while.",
        nothing_typed: "请先键入口令，再按 Enter" | "Type the passphrase, then Enter",
        keys: "Enter 确定   Esc 返回" | "Enter go on   Esc back",
        trying: "正在核对" | "checking",
        shut_banner: "【已锁】数据打不开，也不收发。按 u 输入口令"
            | "[LOCKED] nothing is read, sent or received. Press u for the passphrase",
        open_now: "已解锁" | "Unlocked",
        none_set: "本机未设口令；设口令：sanduan passphrase set"
            | "No passphrase is set; set one with: sanduan passphrase set",
    }
}

/// What opens the data.
pub fn protection(protection: Protection, lang: Lang) -> &'static str {
    let text = lang.vault();
    match protection {
        Protection::KeyFile => text.key_file,
        Protection::PassphraseForOrders => text.for_orders,
        Protection::Passphrase => text.passphrase,
    }
}

/// What opens the data, and whether orders may be given now.
pub fn line(row: &VaultRow, lang: Lang) -> String {
    let (text, how) = (lang.vault(), protection(row.protection, lang));
    match row.orders {
        OrderLock::NotNeeded => how.to_owned(),
        OrderLock::Open => fill(text.orders_open, &[&how, &left(row, lang)]),
        OrderLock::Locked => fill(text.orders_locked, &[&how]),
    }
}

/// The same in one row of the console.
pub fn screen(row: &VaultRow, lang: Lang) -> String {
    let text = lang.vault();
    let how = match row.protection {
        Protection::KeyFile | Protection::PassphraseForOrders => text.short_key_file,
        Protection::Passphrase => text.short_passphrase,
    };
    let orders = match row.orders {
        OrderLock::NotNeeded => text.short_not_needed.to_owned(),
        OrderLock::Open => fill(text.short_open, &[&left(row, lang)]),
        OrderLock::Locked => text.short_locked.to_owned(),
    };
    fill(text.screen, &[&how, &orders])
}

/// For how long orders may still be given.
pub fn left(row: &VaultRow, lang: Lang) -> String {
    let left_s = u64::from(row.open_for_s.unwrap_or(0));
    // A quarter of an hour that began a second ago is still called that.
    age::span(if left_s > 60 { left_s.next_multiple_of(60) } else { left_s }, lang)
}
