//! `directory list`, `import` and `export`.

use super::*;

fn put(folder: &tempfile::TempDir, name: &str, text: &[u8]) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("writable");
    path.to_str().expect("a plain path").to_owned()
}

#[test]
fn a_withdrawn_line_is_shown_as_withdrawn_and_can_be_left_out() {
    let sandbox = Sandbox::at(NOW_MS);
    let all = run_on(&sandbox, &["directory", "list", "posts"]).expect("listed");
    let line =
        |text: &str, code: &str| text.lines().find(|line| line.contains(code)).map(str::to_owned);
    assert!(all.contains("A 角") && line(&all, "P01").is_some_and(|line| line.contains("在用")));
    assert!(line(&all, "P02").is_some_and(|line| line.contains("已撤销")), "{all}");
    let some = run_on(&sandbox, &["directory", "list", "posts", "--in-use"]).expect("listed");
    assert_eq!(line(&some, "P02"), None);
    let json = run_on(&sandbox, &["--json", "directory", "list", "posts"]).expect("listed");
    let rows: serde_json::Value = serde_json::from_str(&json).expect("one JSON");
    assert_eq!(rows["entries"][1]["withdrawn"], true);
    assert_eq!(rows["entries"][0]["fields"]["primary"], "甲员");
    assert!(matches!(run_on(&sandbox, &["directory", "list", "x"]), Err(CommandError::Usage(_))));
    let same =
        run_on(&sandbox, &["directory", "list", "岗位"]).expect("listed by its Chinese name");
    assert_eq!(same, all);
}

#[test]
fn every_role_can_be_given_by_its_chinese_word() {
    use sanduan_protocol::base::roles::{ROLE_WORDS, role_zh};
    // What gives nothing is not offered.
    for word in ROLE_WORDS.into_iter().filter(|word| *word != "revoke") {
        let choice = super::super::choice::ROLES.iter().find(|(en, _, _)| *en == word);
        assert_eq!(choice.map(|(_, zh, _)| *zh), Some(role_zh(word)), "{word}");
    }
}

#[test]
fn a_chinese_list_holds_no_words_of_files() {
    let zh = crate::lang::Lang::Zh;
    let cell = |column: &str, value: &str| crate::lang::cell(column, value, zh);
    assert_eq!(cell("roles", "order.issue receipt issuer"), "下令 签收 现场签发员");
    assert_eq!(cell("fields", "地点:place 人数:number"), "地点(地点) 人数(数字)");
    assert_eq!((cell("kind", "town"), cell("people", "36")), ("镇街".into(), "36".into()));
    assert_eq!(crate::lang::cell("kind", "town", crate::lang::Lang::En), "town");
}

#[test]
fn tables_of_a_folder_are_sent_whole_and_other_files_stay() {
    let sandbox = Sandbox::at(NOW_MS);
    let folder = tempfile::tempdir().expect("a folder");
    put(&folder, "posts.csv", "code,name,unit,primary\n".as_bytes());
    put(&folder, "opening.csv", b"depot,item,quantity\n");
    let path = folder.path().to_str().expect("a plain path");
    let said = run_on(&sandbox, &["directory", "import", path, "--dry-run"]).expect("told");
    let first: Vec<&str> = said.lines().nth(1).unwrap_or_default().split_whitespace().collect();
    assert_eq!(first, ["变更", "岗位", "1", "P01", "总值班室"]);
    assert!(said.contains("表中没有，保留") && said.contains("--withdraw"), "{said}");
    assert!(said.contains("什么也没有写入"), "{said}");
    let Request::ImportDirectory(draft) = last_asked(&sandbox) else { panic!("an import") };
    let names: Vec<&str> = draft.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!((names, draft.dry_run, draft.withdraw), (vec!["posts.csv"], true, false));
    let said = run_on(&sandbox, &["--lang", "en", "directory", "import", path, "--withdraw"]);
    assert!(said.expect("done").contains("1 records, 40 bytes written"));
}

#[test]
fn what_is_no_table_is_said_before_anything_is_sent() {
    let sandbox = Sandbox::at(NOW_MS);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("a plain path").to_owned();
    let bad = put(&folder, "units.csv", b"code,name\nA,\xff\n");
    let signed = put(&folder, "copy.sdc", b"SDC");
    for (line, wanted) in [
        (vec!["directory", "import", bad.as_str()], "units.csv 第 2 行不是 UTF-8"),
        (vec!["directory", "import", signed.as_str(), "--dry-run"], "请单独导入"),
        (
            vec!["directory", "import", "/nowhere/units.csv"],
            "读不了 /nowhere/units.csv：没有这个文件",
        ),
    ] {
        let error = run_on(&sandbox, &line).expect_err(wanted);
        let words = error.words(crate::lang::Lang::Zh).unwrap_or_default();
        assert!(words.contains(wanted), "{words}");
    }
    std::fs::remove_file(&bad).expect("it was there");
    let error = run_on(&sandbox, &["directory", "import", &path]).expect_err("no table");
    assert!(error.words(crate::lang::Lang::En).unwrap_or_default().contains("towns.csv"));
    let asked = sandbox.rows().asked.clone();
    assert!(asked.iter().all(|it| !matches!(it, Request::ImportDirectory(_))), "{asked:?}");
}

#[test]
fn a_signed_copy_goes_out_and_in_as_a_file() {
    let sandbox = Sandbox::at(NOW_MS);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("copy.sdc");
    let file = path.to_str().expect("a plain path");
    let said = run_on(&sandbox, &["directory", "export", file]).expect("written");
    assert_eq!(last_asked(&sandbox), Request::ExportDirectory);
    assert!(said.contains("3") && path.is_file(), "{said}");
    let said = run_on(&sandbox, &["directory", "import", file]).expect("taken in");
    assert!(matches!(last_asked(&sandbox), Request::CarryImport { .. }), "{said}");
}

#[test]
fn a_template_is_listed_once_in_each_language_and_whole_in_json() {
    let sandbox = Sandbox::at(NOW_MS);
    let list = |lang: &str| run_on(&sandbox, &["--lang", lang, "directory", "list", "templates"]);
    let (zh, en) = (list("zh").expect("listed"), list("en").expect("listed"));
    assert_eq!(zh.matches("向{单位}移交现场指挥").count(), 1, "{zh}");
    assert!(!zh.contains("Hand over") && en.contains("Hand over"), "{zh}{en}");
    let json = run_on(&sandbox, &["--json", "directory", "list", "templates"]).expect("listed");
    let rows: serde_json::Value = serde_json::from_str(&json).expect("one JSON");
    assert_eq!(rows["entries"][0]["fields"]["en"], "Hand over command of the scene to {单位}");
}
