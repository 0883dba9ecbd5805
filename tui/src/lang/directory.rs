//! Texts about the directory.

use sanduan_protocol::base::roles::role_zh;

use super::{Lang, texts};

texts! {
    /// Texts of `sanduan directory`.
    DirectoryTexts {
        number: "编号" | "no.",
        code: "编码" | "code",
        name: "名称" | "name",
        state: "状态" | "state",
        in_use: "在用" | "in use",
        withdrawn: "已撤销" | "withdrawn",
        no_change: "表格与名录一致，没有改动。" | "The tables say what the directory says; nothing changes.",
        would: "试算：将写入 {} 条记录、{} 字节，什么也没有写入。"
            | "Dry run: {} records, {} bytes would be written; nothing was.",
        done: "已写入 {} 条记录、{} 字节，将随同步发往各终端。"
            | "{} records, {} bytes written; they go to all devices as they meet.",
        change: "改动" | "change",
        list: "类别" | "list",
        added: "新增" | "added",
        changed: "变更" | "changed",
        restored: "恢复" | "in use again",
        gone: "撤销" | "withdrawn",
        missing: "表中没有，保留" | "not in the file; stays",
        still_named: "仍被引用，保留" | "still named elsewhere; stays",
        hint: "表中没有的要撤销，请加 --withdraw。" | "To withdraw what the files lack, add --withdraw.",
        no_tables: "{} 里没有名录表格。可用的文件名：{}。"
            | "There is no table of the directory in {}. There may be: {}.",
        mixed: "签名的名录文件请单独导入，不要与 CSV 或选项混用。"
            | "Import a signed directory file alone, without CSV files or options.",
        no_utf8: "{} 第 {} 行不是 UTF-8 文字：请另存为 UTF-8。"
            | "{} line {} is not UTF-8 text: save it as UTF-8.",
    }
}

/// The heading of a column of a list, by its name in files.
pub fn column(name: &str, lang: Lang) -> &str {
    let (zh, en) = match name {
        "parent" => ("上级", "part of"),
        "lon" => ("经度", "lon"),
        "lat" => ("纬度", "lat"),
        "aliases" => ("别的编码", "other codes"),
        "kind" => ("性质", "kind"),
        "place" => ("地点", "place"),
        "people" => ("人数", "people"),
        "unit" => ("单位", "unit"),
        "roles" => ("权限", "roles"),
        "depot" => ("限于库", "depot"),
        "custodian" => ("保管单位", "custodian"),
        "primary" => ("A 角", "primary"),
        "stand_in" => ("B 角", "stand-in"),
        "zh" => ("中文", "Chinese"),
        "en" => ("英文", "English"),
        "fields" => ("空格", "blanks"),
        "text" => ("内容", "text"),
        "when" => ("何时转", "when"),
        "who" => ("转移谁", "who"),
        "leader" => ("谁组织", "led by"),
        "to" => ("转到哪", "where to"),
        "care" => ("如何管", "care"),
        "post" => ("岗位", "post"),
        "day" => ("日期", "day"),
        "shift" => ("班次", "shift"),
        "person" => ("值班人", "person"),
        other => (other, other),
    };
    lang.pick(zh, en)
}

/// A cell of a list in one language: words of files, such as kinds of units and of blanks, have
/// another one in Chinese.
pub fn cell(column: &str, value: &str, lang: Lang) -> String {
    match (lang, column) {
        (Lang::Zh, "roles") => roles(value.split(' '), lang),
        (Lang::Zh, "kind") => unit_kind(value).to_owned(),
        (Lang::Zh, "fields") => {
            let one = |blank: &str| match blank.split_once(':') {
                Some((name, kind)) => format!("{name}({})", blank_kind(kind)),
                None => blank.to_owned(),
            };
            value.split(' ').map(one).collect::<Vec<_>>().join(" ")
        }
        _ => value.to_owned(),
    }
}

/// Roles in one language, one beside the other.
pub fn roles<'a>(words: impl IntoIterator<Item = &'a str>, lang: Lang) -> String {
    let words = words.into_iter().map(|word| lang.pick(role_zh(word), word));
    words.collect::<Vec<_>>().join(" ")
}

/// The word for a kind of unit in Chinese; another word stays as it is.
fn unit_kind(word: &str) -> &str {
    match word {
        "centre" => "指挥中心",
        "forward" => "前方指挥部",
        "town" => "镇街",
        "team" => "队伍",
        "depot" => "储备库",
        "village" => "村社区",
        "agency" => "部门",
        other => other,
    }
}

/// The word for what goes into a blank in Chinese; another word stays as it is.
fn blank_kind(word: &str) -> &str {
    match word {
        "text" => "文字",
        "number" => "数字",
        "place" => "地点",
        "unit" => "单位",
        other => other,
    }
}
