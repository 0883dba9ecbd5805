//! What can be wrong with a line of an import, in words with a remedy.

use std::fmt;

use crate::local::refusal::{Refusal, RefusalCode};
use crate::local::request::TABLE_FILES;

/// Problems reported of one import; a file with more is of another kind altogether.
pub const PROBLEMS_MAX: usize = 20;
/// Bytes of a Chinese character.
const HAN_BYTES: usize = 3;

/// Which list a line belongs to: one file of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sheet {
    /// 地点.
    Places,
    /// 单位.
    #[default]
    Units,
    /// 队伍: units as well, in a file of their own.
    Teams,
    /// 物资.
    Items,
    /// 储备库.
    Depots,
    /// 人员.
    Persons,
    /// 指令模板.
    Templates,
    /// 岗位.
    Posts,
    /// 预案.
    Plans,
    /// 转移明白卡.
    Cards,
    /// 值班表.
    Duties,
}

impl Sheet {
    /// Every list, each after those that it refers to.
    pub const ALL: [Sheet; 11] = [
        Sheet::Places,
        Sheet::Units,
        Sheet::Teams,
        Sheet::Items,
        Sheet::Depots,
        Sheet::Persons,
        Sheet::Templates,
        Sheet::Posts,
        Sheet::Plans,
        Sheet::Cards,
        Sheet::Duties,
    ];

    /// The name of its file.
    pub fn file_name(self) -> &'static str {
        let [towns, units, teams, items, depots, persons, templates, posts, plans, cards, duty] =
            TABLE_FILES;
        match self {
            Sheet::Places => towns,
            Sheet::Units => units,
            Sheet::Teams => teams,
            Sheet::Items => items,
            Sheet::Depots => depots,
            Sheet::Persons => persons,
            Sheet::Templates => templates,
            Sheet::Posts => posts,
            Sheet::Plans => plans,
            Sheet::Cards => cards,
            Sheet::Duties => duty,
        }
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nothing stands there.
    Empty,
    /// More than a name can hold.
    TooLong,
    /// A sign that cannot be typed or shown: a comma, `*`, the end of a line.
    BadSign,
    /// The code (or the person) stands there a second time.
    Twice {
        /// List and row where it stands first.
        first: (Sheet, u32),
    },
    /// It names nothing that is known.
    Unknown(String),
    /// Several persons of other units have this name.
    Several(String),
    /// A text beyond its limit.
    LongText {
        /// The limit.
        bytes_max: usize,
    },
    /// No day as `2025-08-19`.
    BadDay,
    /// More entries than indexes.
    TooMany,
}

/// One line that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// Which list.
    pub sheet: Sheet,
    /// Which line.
    pub row: u32,
    /// Which column.
    pub column: &'static str,
    /// What is wrong.
    pub problem: Problem,
}

impl ImportError {
    /// The sentence in Chinese, with file and line.
    pub fn zh(&self) -> String {
        format!("{} 第 {} 行 {}", self.sheet.file_name(), self.row, self.what_zh())
    }

    /// The sentence in English, with file and line.
    pub fn en(&self) -> String {
        format!("{} row {}, {}", self.sheet.file_name(), self.row, self.what_en())
    }

    /// Column and mistake in Chinese, for whoever has said file and line.
    pub fn what_zh(&self) -> String {
        let what = match &self.problem {
            Problem::Empty => "为空，请填写".to_owned(),
            Problem::TooLong => "过长，最多 40 个汉字".to_owned(),
            Problem::BadSign => "含有逗号、顿号、分号、* 或控制字符，请去掉".to_owned(),
            Problem::Twice { first: (sheet, row) } => {
                format!("与 {} 第 {row} 行重复，请改其中一个", sheet.file_name())
            }
            Problem::Several(name) => {
                format!("“{name}”有几个人，且都不在该单位；请先在 persons.csv 登记到该单位")
            }
            Problem::LongText { bytes_max } => {
                format!("过长，最多 {} 个汉字", bytes_max / HAN_BYTES)
            }
            Problem::BadDay => "不是日期，应如 2025-08-19".to_owned(),
            Problem::Unknown(text) => format!("“{text}”找不到，请核对或先在前面登记"),
            Problem::TooMany => "超过 65535 条，请分区建网".to_owned(),
        };
        format!("{} 列{what}", self.column)
    }

    /// The same in English.
    pub fn what_en(&self) -> String {
        let what = match &self.problem {
            Problem::Empty => "is empty; fill it in".to_owned(),
            Problem::TooLong => "is too long; at most 120 bytes".to_owned(),
            Problem::BadSign => {
                "has a comma, a semicolon, * or a control character; remove it".to_owned()
            }
            Problem::Twice { first: (sheet, row) } => {
                format!("repeats {} row {row}; change one of them", sheet.file_name())
            }
            Problem::Several(name) => format!(
                "names \"{name}\", as several persons of other units are; list the one of this \
                 unit in persons.csv"
            ),
            Problem::LongText { bytes_max } => format!("is too long; at most {bytes_max} bytes"),
            Problem::BadDay => "is no day; write it as 2025-08-19".to_owned(),
            Problem::Unknown(text) => {
                format!("names \"{text}\", which is unknown; check it or list it before this row")
            }
            Problem::TooMany => "is beyond 65,535 entries; split the network".to_owned(),
        };
        format!("column {} {what}", self.column)
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.zh(), self.en())
    }
}

impl std::error::Error for ImportError {}

/// One refusal for all problems: the first in full, and how many more there are.
pub fn refusal(errors: &[ImportError]) -> Refusal {
    let zh: Vec<String> = errors.iter().map(ImportError::zh).collect();
    let en: Vec<String> = errors.iter().map(ImportError::en).collect();
    Refusal::new(
        RefusalCode::BadValue,
        format!("导入未进行，没有写入任何内容。{}。", zh.join("；")),
        format!("Nothing was imported. {}.", en.join("; ")),
    )
}
