//! What can be wrong with a line of an import, in words with a remedy.

use std::fmt;

use crate::local::refusal::{Refusal, RefusalCode};

/// Problems reported of one import; a file with more is of another kind altogether.
pub const PROBLEMS_MAX: usize = 20;

/// Which list a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sheet {
    /// 地点.
    Places,
    /// 单位.
    Units,
    /// 物资.
    Items,
    /// 储备库.
    Depots,
    /// 人员.
    Persons,
    /// 指令模板.
    Templates,
}

impl Sheet {
    /// Its name in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Sheet::Places => "地点",
            Sheet::Units => "单位",
            Sheet::Items => "物资",
            Sheet::Depots => "储备库",
            Sheet::Persons => "人员",
            Sheet::Templates => "指令模板",
        }
    }

    /// Its name in English.
    pub fn en(self) -> &'static str {
        match self {
            Sheet::Places => "places",
            Sheet::Units => "units",
            Sheet::Items => "items",
            Sheet::Depots => "depots",
            Sheet::Persons => "persons",
            Sheet::Templates => "templates",
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
        /// Row where it stands first.
        first: u32,
    },
    /// It names nothing that is known.
    Unknown(String),
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
    /// The sentence in Chinese.
    pub fn zh(&self) -> String {
        let what = match &self.problem {
            Problem::Empty => "为空，请填写".to_owned(),
            Problem::TooLong => "过长，最多 40 个汉字".to_owned(),
            Problem::BadSign => "含有逗号、顿号、分号、* 或控制字符，请去掉".to_owned(),
            Problem::Twice { first } => format!("与第 {first} 行重复，请改其中一个"),
            Problem::Unknown(text) => format!("“{text}”找不到，请核对或先在前面登记"),
            Problem::TooMany => "超过 65535 条，请分区建网".to_owned(),
        };
        format!("{}第 {} 行 {} 列{what}", self.sheet.zh(), self.row, self.column)
    }

    /// The sentence in English.
    pub fn en(&self) -> String {
        let what = match &self.problem {
            Problem::Empty => "is empty; fill it in".to_owned(),
            Problem::TooLong => "is too long; at most 120 bytes".to_owned(),
            Problem::BadSign => {
                "has a comma, a semicolon, * or a control character; remove it".to_owned()
            }
            Problem::Twice { first } => format!("repeats row {first}; change one of them"),
            Problem::Unknown(text) => {
                format!("names \"{text}\", which is unknown; check it or list it before this row")
            }
            Problem::TooMany => "is beyond 65,535 entries; split the network".to_owned(),
        };
        format!("{} row {}, column {} {what}", self.sheet.en(), self.row, self.column)
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
