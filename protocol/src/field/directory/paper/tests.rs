//! Papers as bytes: both ways, hostile, and what no screen should be asked to show.

use super::*;
use crate::field::directory::entry::Entry;
use crate::field::directory::sample::{card, papers};
use crate::wire::pack::Pack;

#[test]
fn papers_go_both_ways_and_no_part_of_them_is_taken_for_the_whole() {
    for paper in papers() {
        let bytes = paper.packed();
        assert_eq!(Entry::unpack_all(&bytes), Ok(paper));
        for cut in 0..bytes.len() {
            assert!(Entry::unpack_all(&bytes[..cut]).is_err());
        }
    }
}

#[test]
fn a_paper_that_cannot_be_shown_is_refused() {
    let wrong = [
        Entry::Card(CardEntry { care: "\u{1b}[2J".into(), ..card() }),
        Entry::Card(CardEntry { when: "长".repeat(81), ..card() }),
        Entry::Card(CardEntry { index: CardId(0), ..card() }),
        Entry::Alias(AliasEntry { noun: Noun::Item, index: 1, codes: vec![String::new()] }),
        Entry::Alias(AliasEntry { noun: Noun::Item, index: 1, codes: vec!["a".into(); 9] }),
    ];
    for entry in wrong {
        assert!(Entry::unpack_all(&entry.packed()).is_err(), "{entry:?}");
    }
}

#[test]
fn a_day_is_written_with_dashes_and_has_a_month() {
    for (text, good) in [
        ("2025-08-19", true),
        ("2025-13-19", false),
        ("2025-08-32", false),
        ("2025-8-19", false),
        ("2025/08/19", false),
        ("20a5-08-19", false),
        ("2025-08-1九", false),
        ("+025-+8-+9", false),
        ("", false),
    ] {
        assert_eq!(is_day(text), good, "{text}");
    }
}
