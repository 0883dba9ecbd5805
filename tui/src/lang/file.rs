//! Texts of attachments.

use super::texts;

texts! {
    /// Texts of `sanduan file`.
    FileTexts {
        attached: "已附上 {}，编号 {}，摘要 {}" | "attached {}, number {}, hash {}",
        name: "文件" | "file",
        size: "大小" | "size",
        here: "本机" | "here",
        about: "指令" | "order",
        hash: "摘要" | "hash",
        number: "编号" | "no.",
        whole: "齐" | "whole",
        fetching: "在取 {}%" | "fetching {}%",
        part: "部分 {}%" | "part {}%",
        absent: "无" | "no",
        wanted: "已登记，连上有此文件的宽带对端后自动续取：{}"
            | "noted; it is fetched when a peer that has it is reached by broadband: {}",
        fetched: "已取到 {}" | "fetched {}",
        saved: "已存为 {}" | "saved as {}",
        too_long: "{} 有 {} 字节，超过 {} 字节：请压缩或拆分。"
            | "{} has {} bytes, more than {}: compress or split it.",
        no_name: "{} 没有文件名。请写明文件。" | "{} names no file. Name one.",
    }
}
