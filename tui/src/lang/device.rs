//! Texts about one device.

use super::texts;

texts! {
    /// Texts about one device.
    DeviceTexts {
        number: "编号" | "number",
        here: "（本机）" | " (this machine)",
        unit: "单位" | "unit",
        roles: "权限" | "roles",
        key: "公钥前八位" | "key begins",
        order_key: "指令密钥" | "order key",
        order_key_begins: "前八位 {}：下令、签发、撤回、批准只认这把"
            | "begins {}: orders, signatures, withdrawals and admissions count under it alone",
        no_order_key: "没有（未设口令）：下令用设备密钥"
            | "none (no passphrase was set): orders are signed with the device's key",
        trust: "是否有效" | "trusted",
        trusted: "有效，直至吊销" | "yes, until revoked",
        revoked: "已吊销" | "no: revoked",
        revoked_why: "已吊销：{}" | "no: revoked: {}",
        admitted: "由谁接纳" | "admitted by",
        by_authority: "授权机" | "the authority",
        by_issuer: "现场签发员 {}（{}）" | "field issuer {} ({})",
        term_soon: "【签发期将满】{}后本机不能再接纳设备，已接纳的不变。续期：\
                    授权机上 sanduan device renew {}"
            | "[TERM ENDS] in {} this machine can admit no more devices; those admitted stay. \
               Renew it on the authority's machine: sanduan device renew {}",
        term_ended: "【签发期已满】本机不能再接纳设备，已接纳的不变。续期：\
                     授权机上 sanduan device renew {}"
            | "[TERM OVER] this machine can admit no more devices; those admitted stay. \
               Renew it on the authority's machine: sanduan device renew {}",
        term: "签发期" | "may admit",
        term_line: "至 {}，编号 {} 到 {}，已接纳 {} 台" | "until {}, numbers {} to {}, {} admitted",
        term_over: "已满（{}），不能再接纳设备，已接纳的不变；续期：授权机上 sanduan device renew {}"
            | "over since {}: it can admit no more devices, those admitted stay; renew it on the \
               authority's machine: sanduan device renew {}",
        renewed: "终端 {} 已续期：是现场签发员的，自现在起再加 72 小时；换钥密钥已补发；名录到达后生效。"
            | "Device {} is renewed: an issuer has another 72 hours, and the keys to follow the \
               next change are given; both count once the directory reaches it.",
        heard: "听到" | "heard",
        not_heard_since: "吊销后不再听取" | "no longer listened to since it was revoked",
        not_heard: "本机启动以来没有直接听到（它的记录仍可经他机转来）"
            | "not directly since this machine started (its records may come through others)",
        heard_line: "{}，{}前，{}" | "{}, {} ago, {}",
        in_step: "与本机一致" | "in step with us",
        not_in_step: "与本机不一致" | "not in step with us",
        wrote: "写过" | "wrote",
        lane_line: "{} {} 条，已验 {}" | "{}: {} records, {} verified",
        disowned: "，其中 {} 条在吊销之后，不采信" | "; {} of them after it was revoked count nowhere",
        last: "最后一条" | "last",
        last_line: "{}前 {} {} {}" | "{} ago, {} {}: {}",
        nothing: "没有" | "nothing",
    }
}
