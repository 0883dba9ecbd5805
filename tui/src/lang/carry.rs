//! Texts about records carried by hand as files and codes.

use super::texts;

texts! {
    /// Texts about records carried by hand.
    CarryTexts {
        sheet_head: "第 {}/{} 张  {} 条记录，扫码后用 sanduan carry scan 导入"
            | "code {} of {}, {} records; read them with: sanduan carry scan",
        sheet_next: "回车下一张，b 上一张，数字直达，q 结束：" | "Enter next, b back, a number, q ends: ",
        sheets_none: "没有对方可能缺少的记录。如对方从未连通，请用 --for 指明收方。"
            | "Nothing that others are not known to hold. If the receiver was never connected, \
               name it with --for.",
        left_out: "注意：另有 {} 条放不下，已先带最紧急的。加大 --max-bytes 或改用 carry export。"
            | "Note: {} more records found no room; the most urgent went first. Allow more with \
               --max-bytes, or use carry export.",
        terminal_small: "终端窗口太小，画不下二维码：至少 37 列 21 行；用 --ascii 时至少 74 列 39 行。"
            | "The terminal is too small for a code: 37 columns and 21 rows at least, with --ascii \
               74 and 39.",
        code_beyond: "这张二维码要 {} 列 {} 行，窗口只有 {} 列 {} 行，画出来扫不了。\
                      请放大窗口或调小字号后重试，或用文件(U 盘)带去。"
            | "This code takes {} columns and {} rows, and the window has {} and {}: nobody could \
               read it. Make the window larger or its letters smaller, or carry the file.",
        text_too_long: "{} 的内容太长，一张二维码放不下。" | "{} is too long for one code.",
        scan_begin: "逐张扫描，每张一行；Ctrl-D 暂停。" | "Scan one code after another; Ctrl-D pauses.",
        scan_resumed: "接着上次：续存于 {}。" | "Going on from last time, kept in {}.",
        scan_have: "已收 {}/{} 张，缺 {}" | "{} of {} codes, {} lack",
        scan_bad: "这一行不是完整的码（{}），请重扫这一张" | "not a whole code ({}); scan it again",
        scan_paused: "还缺第 {} 张。已扫的存于 {}，再运行一次即可接着扫。"
            | "Still lacking: {}. What was scanned is kept in {}; run it again to go on.",
        scan_nothing: "没有扫到任何码。" | "No code was scanned.",
        scan_full: "扫描的行太多（{} 行）。请删除 {} 后重新扫描。"
            | "Too many lines ({}). Remove {} and scan again.",
        progress: "{} {} {}/{} kB" | "{} {} {}/{} kB",
        reading_in: "正在导入" | "taking in",
        writing_out: "正在写出" | "writing",
        disk_full: "写不了 {}：空间不足，需要 {} 字节。请删去盘上无关的文件，或换一个盘。"
            | "Cannot write {}: no room, {} bytes are needed. Remove files that are not needed, or \
               use another stick.",
    }
}
