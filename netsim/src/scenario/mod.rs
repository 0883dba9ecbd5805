//! Worlds made by hand: places, bearers, outages, orders and goods read from a TOML file, told
//! with real nodes under the swarm's oracle, and measured against pass marks.
//!
//! ```text
//! file.rs  the file, and the world it becomes      posts.rs    who orders and answers, when
//! lists.rs the district's lists as places, links   routine.rs  what goes on all the time
//! roll.rs  villages, boats, stores, items          villages.rs handsets behind their gateway
//! rates.rs how often what is entered               tell.rs     one story to its end
//! paths.rs which ways stood open when              count.rs    what it came to, marks.rs its table
//! log.rs   what chosen places say, frame by frame
//! ```
//!
//! Files and clocks are opened in [`crate::realtime`], never here.

mod count;
mod file;
mod fresh;
mod gateway;
mod link;
mod lists;
mod log;
mod marks;
mod paths;
mod posts;
mod rates;
mod roll;
mod routine;
mod tell;
mod villages;

#[cfg(test)]
mod tests;

pub use file::{BadScenario, Scenario};
pub use link::Kind;
pub use log::Listener;
pub use marks::{Bearer, Level, Mark, Marks, percentile};
pub use tell::{tell, tell_aloud};

/// Scenarios that come with the program, by name: the eight named events of the district, small,
/// two towns with nothing but a card, and its worst three days with all towns.
pub const LIBRARY: [(&str, &str); 10] = [
    ("0626-neilao", include_str!("../../scenarios/0626-neilao.toml")),
    ("0818-shanhuo", include_str!("../../scenarios/0818-shanhuo.toml")),
    ("qijiang-youwu", include_str!("../../scenarios/qijiang-youwu.toml")),
    ("nishui", include_str!("../../scenarios/nishui.toml")),
    ("0819-hongfeng", include_str!("../../scenarios/0819-hongfeng.toml")),
    ("0502-baoyu", include_str!("../../scenarios/0502-baoyu.toml")),
    ("0809-baoyu", include_str!("../../scenarios/0809-baoyu.toml")),
    ("0101-huozai", include_str!("../../scenarios/0101-huozai.toml")),
    ("danka", include_str!("../../scenarios/danka.toml")),
    ("jiangjin-819", include_str!("../../scenarios/jiangjin-819.toml")),
];

/// The text of a scenario of this name.
pub fn named(name: &str) -> Option<&'static str> {
    LIBRARY.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
