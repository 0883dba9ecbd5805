//! Codes shown and scanned, against the made-up daemon; and files as codes.

use super::*;
use crate::cli::sheets::scan_lines;

fn scan_on(sandbox: &Sandbox, state: &std::path::Path, typed: &str) -> (String, Option<String>) {
    let mut feed = sandbox.clone();
    let mut out = Vec::new();
    let mut session = Session {
        feed: &mut feed,
        out: &mut out,
        lang: Lang::Zh,
        json: false,
        ascii: false,
        columns: None,
        now_ms: NOW_MS,
        zone: TimeZone::fixed(jiff::tz::offset(8)),
    };
    let ended = scan_lines(&mut session, state, &mut typed.as_bytes());
    let printed = String::from_utf8(out).expect("we print text");
    (printed, ended.err().and_then(|error| error.words(Lang::Zh)))
}

#[test]
fn codes_are_drawn_one_after_another_with_number_and_drill_banner_kept() {
    let sandbox = Sandbox::at(NOW_MS);
    let printed = run_on(&sandbox, &["carry", "qr", "--for", "白沙镇"]).expect("shown");
    for number in 1..=3 {
        assert!(printed.contains(&format!("第 {number}/3 张  4 条记录")), "{printed}");
    }
    let widest = printed.lines().map(|line| line.chars().count()).max();
    assert!(widest.is_some_and(|widest| widest <= 80), "{printed}");
    let Request::CarrySheets { for_device, bytes_max, chars_max } = last_asked(&sandbox) else {
        panic!("not sheets")
    };
    assert_eq!((for_device.as_deref(), bytes_max, chars_max), (Some("白沙镇"), 1000, 114));
    let printed = run_on(&sandbox, &["--ascii", "carry", "qr"]).expect("shown");
    let picture = printed.lines().filter(|line| line.starts_with("####"));
    assert_eq!(picture.count(), 3 * 41, "{printed}");
}

#[test]
fn a_scan_says_what_lacks_survives_a_pause_and_forgets_when_done() {
    let sandbox = Sandbox::at(NOW_MS);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let state = folder.path().join("deep").join("scan.txt");
    let (printed, error) = scan_on(&sandbox, &state, "SDQ:CCCC\n\nSDQ:CCCX\nSDQ:CCCC\n");
    assert!(printed.contains("已收 1/3 张，缺 1、2"), "{printed}");
    assert!(printed.contains("damaged") && printed.contains("重扫"), "{printed}");
    assert!(error.expect("not whole yet").contains("还缺第 1、2 张"));
    let (printed, error) = scan_on(&sandbox, &state, "SDQ:AAAA\r\n");
    assert!(printed.contains("接着上次") && printed.contains("已收 2/3 张，缺 2"), "{printed}");
    assert!(error.is_some() && state.exists());
    let (printed, error) = scan_on(&sandbox, &state, "SDQ:BBBB\nSDQ:AAAA\n");
    assert!(printed.contains("新记录 4 条"), "{printed}");
    assert!(error.is_none() && !state.exists(), "{error:?}");
    let (_, error) = scan_on(&sandbox, &state, "");
    assert_eq!(error.as_deref(), Some("没有扫到任何码。"));
}

#[test]
fn a_request_file_is_shown_as_one_code_and_a_novel_is_not() {
    let sandbox = Sandbox::at(NOW_MS);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("request.txt");
    let name = file.to_str().expect("a plain path");
    std::fs::write(&file, "SDREQ:0123-4567-89AB\n").expect("writable");
    let printed = run_on(&sandbox, &["device", "qr", name]).expect("shown");
    assert!(printed.lines().count() >= 14, "{printed}");
    std::fs::write(&file, "长".repeat(2000)).expect("writable");
    let error = run_on(&sandbox, &["device", "qr", name]).expect_err("too long");
    assert_eq!(error.exit_code(), 1);
}

#[test]
fn a_large_file_is_taken_in_piece_by_piece_and_the_counts_add_up() {
    use sanduan_protocol::local::carry_file;
    let sandbox = Sandbox::at(NOW_MS);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("large.carry");
    let mut bytes = carry_file::head(b"network1");
    for _ in 0..40 {
        carry_file::add_frame(&mut bytes, &[9; 16_000]);
    }
    std::fs::write(&file, &bytes).expect("writable");
    let name = file.to_str().expect("a plain path");
    let printed = run_on(&sandbox, &["carry", "import", name]).expect("taken");
    assert_eq!(printed, "新记录 6 条，已有 15 条。\n未采用 bad_tag：3\n");
    let json = run_on(&sandbox, &["--json", "carry", "import", name]).expect("taken");
    assert!(json.contains("\"new\":6") && json.contains("\"known\":15"), "{json}");
}
