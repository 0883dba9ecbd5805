//! `sanduan handbook`: the page of `docs/handbook.md`, carried along in the program, because who
//! needs it has no network to look it up.

use crate::lang::{Lang, half};

/// The whole page.
pub const PAGE: &str = include_str!("../../../docs/handbook.md");

/// The page, or its chapters with this word in their titles; `None` if there is none.
pub fn chapters(word: Option<&str>) -> Option<String> {
    let Some(word) = word else { return Some(PAGE.to_owned()) };
    let word = word.to_lowercase();
    let title = |chapter: &str| chapter.lines().next().unwrap_or_default().to_lowercase();
    let found: Vec<&str> = split().filter(|chapter| title(chapter).contains(&word)).collect();
    let text = || found.iter().map(|chapter| format!("## {}\n\n", chapter.trim_end())).collect();
    (!found.is_empty()).then(text)
}

/// The titles of all chapters in one line.
pub fn titles(lang: Lang) -> String {
    let titles = split().filter_map(|chapter| chapter.lines().next());
    titles.map(|title| half(title, lang)).collect::<Vec<_>>().join(lang.command().list_comma)
}

fn split() -> impl Iterator<Item = &'static str> {
    PAGE.split("\n## ").skip(1)
}
