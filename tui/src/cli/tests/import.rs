//! Opening stock from CSV: everything or nothing, and errors that name line, column and remedy.

use super::*;
use sanduan_protocol::local::request::MovementKind;

fn import(sandbox: &Sandbox, csv: &[u8]) -> Result<String, CommandError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("opening.csv");
    std::fs::write(&file, csv).expect("writable");
    run_on(sandbox, &["stock", "import", file.to_str().expect("a plain path")])
}

#[test]
fn names_and_codes_are_taken_in_one_request() {
    let sandbox = Sandbox::at(NOW_MS);
    let csv = "\u{feff}depot,item,quantity\n区储备库,E004,1200\nd08,救生衣,200.5\nD00,帐篷,40\n";
    let printed = import(&sandbox, csv.as_bytes()).expect("imported");
    assert_eq!(printed, "已导入 3 行，2 个储备库，2 条记录。\n");
    let Request::PostMovements { movements } = last_asked(&sandbox) else { panic!("no import") };
    assert!(movements.iter().all(|draft| draft.kind == MovementKind::Opening));
    assert_eq!(movements[0].depot, "D00");
    assert_eq!(movements[0].lines.len(), 2);
    assert_eq!(movements[1].lines[0].item, "E004");
    assert_eq!(movements[1].lines[0].quantity, Quantity(200_500));
    assert_eq!(movements[0].note, "opening.csv");
}

#[test]
fn long_files_are_split_into_movements_that_fit_a_record() {
    let sandbox = Sandbox::at(NOW_MS);
    let mut csv = "depot,item,quantity\n".to_owned();
    let mut item = sandbox.rows().directory.items[0].clone();
    for number in 100..225 {
        item.code = format!("X{number}");
        item.name = format!("物{number}");
        sandbox.rows().directory.items.push(item.clone());
        csv.push_str(&format!("D00,X{number},1\n"));
    }
    import(&sandbox, csv.as_bytes()).expect("imported");
    let Request::PostMovements { movements } = last_asked(&sandbox) else { panic!("no import") };
    let lengths: Vec<usize> = movements.iter().map(|draft| draft.lines.len()).collect();
    assert_eq!(lengths, [60, 60, 5]);
}

#[test]
fn one_bad_line_sends_nothing_and_names_line_column_and_remedy() {
    let good = "depot,item,quantity\nD00,E004,5\n";
    for (bad, words) in [
        ("D99,E004,5\n", ["第 3 行，列 depot", "D99", "D08 白沙库"]),
        ("D00,救生艇,5\n", ["第 3 行，列 item", "救生艇", "E004 救生衣"]),
        ("D08,E004,-5\n", ["第 3 行，列 quantity", "-5", "大于零"]),
        ("D08,E004,\n", ["第 3 行，列 quantity", "“”", "三位小数"]),
        ("D08,E004,1e9\n", ["第 3 行，列 quantity", "1e9", "大于零"]),
        ("D00,E004,5\n", ["第 3 行", "第 2 行", "合并"]),
        ("D08,E004\n", ["第 3 行", "CSV", "列数"]),
        ("D08,\"E004,5\n", ["第 3 行", "CSV", "引号"]),
    ] {
        let sandbox = Sandbox::at(NOW_MS);
        let error = import(&sandbox, format!("{good}{bad}").as_bytes()).expect_err(bad);
        let sentence = error.words(Lang::Zh).expect("a sentence");
        for word in words {
            assert!(sentence.contains(word), "{word} in {sentence}");
        }
        assert!(sentence.contains("没有导入"), "{sentence}");
        assert_eq!(error.exit_code(), 1);
        let asked = sandbox.rows().asked.clone();
        assert!(!asked.iter().any(|ask| matches!(ask, Request::PostMovements { .. })));
    }
}

#[test]
fn a_name_of_two_items_asks_for_the_code() {
    let sandbox = Sandbox::at(NOW_MS);
    sandbox.rows().directory.items[0].name = "救生衣".to_owned();
    let error = import(&sandbox, "depot,item,quantity\nD00,救生衣,5\n".as_bytes());
    let sentence = error.expect_err("ambiguous").words(Lang::Zh).expect("a sentence");
    assert!(sentence.contains("E001 E004") && sentence.contains("编码"), "{sentence}");
}

#[test]
fn files_that_are_no_csv_are_refused() {
    for (csv, word) in [
        (&b""[..], "depot"),
        (b"depot,item\nD00,E004\n", "quantity"),
        (b"depot,item,quantity\n", "没有数据行"),
        (b"depot,item,quantity\nD00,\xff\xfe,5\n", "第 2 行"),
    ] {
        let sandbox = Sandbox::at(NOW_MS);
        let sentence = import(&sandbox, csv).expect_err("refused").words(Lang::Zh);
        let sentence = sentence.expect("a sentence");
        assert!(sentence.contains(word), "{word} in {sentence}");
    }
}
