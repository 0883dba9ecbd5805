//! Texts of attachments.

use std::io::{self, ErrorKind};

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
/// has words of its own, and its own words are kept for the rest.
pub fn io_words(error: &io::Error, lang: Lang) -> String {
    let said = error.to_string();
    if error.get_ref().is_some() {
        // A sentence of ours, in the language asked for already.
        return said;
    }
    let known = match error.kind() {
        ErrorKind::NotFound => {
            ("没有这个文件或文件夹，请核对路径", "there is no such file or folder")
        }
        ErrorKind::PermissionDenied => ("没有权限，请换一个位置或用户", "permission denied"),
        ErrorKind::StorageFull => ("盘已满，请腾出空间", "the disk is full"),
        ErrorKind::ReadOnlyFilesystem => ("盘是只读的，请换一个盘", "the disk is read-only"),
        ErrorKind::IsADirectory => ("这是文件夹，请写明文件", "it is a folder; name a file"),
        _ => return said,
    };
    lang.pick(known.0, known.1).to_owned()
}
