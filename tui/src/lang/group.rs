//! Texts about groups and what is sealed to them.

use sanduan_protocol::local::rows::{GroupMark, SealedDepotRow};

use super::{Lang, fill, texts};

/// Whom a sealed text is for, and whether it can be read here.
pub fn mark(group: &GroupMark, lang: Lang) -> String {
    let text = lang.group();
    let line = if group.readable { text.sealed_to } else { text.not_for_us };
    fill(line, &[&group.name, &group.units.join(lang.pick("、", ", "))])
}

/// Depots that no figure here includes, and who can read them; `None` if there are none.
pub fn left_out(sealed: &[SealedDepotRow], lang: Lang) -> Option<String> {
    let text = lang.group();
    let depots: Vec<String> = sealed
        .iter()
        .map(|row| fill(text.left_out_depot, &[&row.depot_name, &row.group.name]))
        .collect();
    let list = depots.join(lang.pick("、", ", "));
    (!depots.is_empty()).then(|| fill(text.left_out, &[&depots.len(), &list]))
}

texts! {
    /// Texts about groups.
    GroupTexts {
        name: "密组" | "group",
        units: "单位" | "units",
        is: "：" | ": ",
        devices: "终端" | "devices",
        here: "本机" | "here",
        readable: "可读" | "readable",
        unreadable: "不可读" | "not readable",
        no_groups: "没有密组。授权机可新建：sanduan group add 名称 单位…"
            | "There are no groups. The authority makes one: sanduan group add NAME UNIT...",
        no_such_group: "没有密组“{}”。用 sanduan group list 查看。"
            | "There is no group \"{}\". See sanduan group list.",
        turn_line: "第 {} 轮密钥，{} 台终端持有" | "key {}, held by {} devices",
        missing_line: "尚无密钥的终端：{}。补发：sanduan group add {} 其单位"
            | "devices without it: {}. Give it to them: sanduan group add {} with their unit",
        added: "已写入名录；名录到达后，组内终端即可读写此组密件。"
            | "Saved. Devices of the group read and write sealed texts when the directory reaches \
               them.",
        removed: "已写入名录；此后的密件换用新密钥，退出的终端只能读以前的。"
            | "Saved. What is sealed from now on has another key; whoever left reads only what was \
               before.",
        depots_line: "加密记账的储备库：{}" | "depots whose posts are sealed to it: {}",
        left_out: "未含 {} 库（密）：{}" | "Not included, {} sealed: {}",
        left_out_depot: "{}（仅 {} 可读）" | "{} (only {} can read it)",
        sealed_to: "密件：{}（{}）可读" | "Sealed: for {} ({})",
        not_for_us: "密件：仅 {}（{}）可读，本机代为转送"
            | "Sealed: only {} ({}) can read it; this machine passes it on",
        everybody: "不加密" | "everybody",
    }
}
