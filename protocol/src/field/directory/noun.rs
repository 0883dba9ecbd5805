//! What an index of the directory counts, and the words for it: in commands and files, in
//! sentences, in both languages. The entries themselves live in `entry` and `paper`.

use crate::pack_enum;

/// What an index counts. The numbers are the tags on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Noun {
    /// 地点.
    Place = 1,
    /// 单位.
    Unit = 2,
    /// 人员.
    Person = 3,
    /// 终端.
    Device = 4,
    /// 物资.
    Item = 5,
    /// 储备库.
    Depot = 6,
    /// 岗位.
    Post = 7,
    /// 指令模板.
    Template = 10,
    /// 预案.
    Plan = 21,
    /// 转移明白卡.
    Card = 22,
    /// 值班表.
    Duty = 23,
}
pack_enum!(Noun { Place, Unit, Person, Device, Item, Depot, Post, Template, Plan, Card, Duty });

impl Noun {
    /// Every noun, in the order in which an import takes them.
    pub const ALL: [Noun; 11] = [
        Noun::Place,
        Noun::Unit,
        Noun::Item,
        Noun::Depot,
        Noun::Person,
        Noun::Post,
        Noun::Template,
        Noun::Plan,
        Noun::Card,
        Noun::Duty,
        Noun::Device,
    ];

    /// The word in commands and rows: the name of its list.
    pub fn word(self) -> &'static str {
        match self {
            Noun::Place => "places",
            Noun::Unit => "units",
            Noun::Person => "persons",
            Noun::Device => "devices",
            Noun::Item => "items",
            Noun::Depot => "depots",
            Noun::Post => "posts",
            Noun::Template => "templates",
            Noun::Plan => "plans",
            Noun::Card => "cards",
            Noun::Duty => "duties",
        }
    }

    /// The noun of this word.
    pub fn from_word(word: &str) -> Option<Noun> {
        Noun::ALL.into_iter().find(|noun| noun.word() == word)
    }

    /// In a Chinese sentence.
    pub fn zh(self) -> &'static str {
        match self {
            Noun::Place => "地点",
            Noun::Unit => "单位",
            Noun::Person => "人员",
            Noun::Device => "终端",
            Noun::Item => "物资",
            Noun::Depot => "储备库",
            Noun::Post => "岗位",
            Noun::Template => "指令模板",
            Noun::Plan => "预案",
            Noun::Card => "转移明白卡",
            Noun::Duty => "值班安排",
        }
    }

    /// In an English sentence.
    pub fn en(self) -> &'static str {
        match self {
            Noun::Place => "place",
            Noun::Unit => "unit",
            Noun::Person => "person",
            Noun::Device => "device",
            Noun::Item => "item",
            Noun::Depot => "depot",
            Noun::Post => "post",
            Noun::Template => "order template",
            Noun::Plan => "plan",
            Noun::Card => "evacuation card",
            Noun::Duty => "duty",
        }
    }
}
