//! The sorts of units, and their words in files and rows. Units themselves live in `entry`.

use crate::pack_enum;

/// What sort of unit it is; orders can go to all of one sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum UnitKind {
    /// 指挥中心.
    Centre = 0,
    /// 前方指挥部.
    Forward = 1,
    /// 镇街.
    Town = 2,
    /// 队伍.
    #[default]
    Team = 3,
    /// 储备库.
    Depot = 4,
    /// 村社区.
    Village = 5,
    /// 部门.
    Agency = 6,
}
pack_enum!(UnitKind { Centre, Forward, Town, Team, Depot, Village, Agency });

impl UnitKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [UnitKind; 7] = [
        UnitKind::Centre,
        UnitKind::Forward,
        UnitKind::Town,
        UnitKind::Team,
        UnitKind::Depot,
        UnitKind::Village,
        UnitKind::Agency,
    ];

    /// The word in files and rows.
    pub fn word(self) -> &'static str {
        match self {
            UnitKind::Centre => "centre",
            UnitKind::Forward => "forward",
            UnitKind::Town => "town",
            UnitKind::Team => "team",
            UnitKind::Depot => "depot",
            UnitKind::Village => "village",
            UnitKind::Agency => "agency",
        }
    }

    /// The kind of this word.
    pub fn from_word(word: &str) -> Option<UnitKind> {
        UnitKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}
