//! Texts of attachments.

use std::io;

use sanduan_protocol::local::system;

use super::{Lang, texts};

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

/// Why a file cannot be read or written. The system speaks English; what happens at a duty desk
/// has words of its own, and the rest its number.
pub fn io_words(error: &io::Error, lang: Lang) -> String {
    let said = error.to_string();
    if error.get_ref().is_some() {
        // A sentence of ours, in the language asked for already.
        return said;
    }
    match system::words(error.kind()) {
        Some((zh, en)) => lang.pick(zh, en).to_owned(),
        None => {
            let (zh, en) = system::of_line(error);
            lang.pick(zh, en)
        }
    }
}
