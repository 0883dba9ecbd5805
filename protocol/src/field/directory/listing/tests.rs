//! Lists of the sample directory.

use super::*;
use crate::field::directory::RetireEntry;
use crate::field::directory::sample::directory;

#[test]
fn every_list_has_a_word_and_every_line_fills_its_columns() {
    let directory = directory();
    for noun in Noun::ALL {
        assert_eq!(Noun::from_word(noun.word()), Some(noun));
        let list = directory.list(noun);
        assert_eq!(list.columns.len(), noun.columns().len());
        for entry in list.entries {
            let columns: Vec<&String> = entry.fields.keys().collect();
            assert_eq!(columns.len(), list.columns.len(), "{noun:?}: {columns:?}");
        }
    }
    assert_eq!(Noun::from_word("kings"), None);
}

#[test]
fn a_withdrawn_line_stays_in_its_list_and_says_so() {
    let mut directory = directory();
    let before = directory.list(Noun::Item).entries;
    assert!(!before[0].withdrawn);
    directory.apply_record(4, &[Entry::Retire(RetireEntry { noun: Noun::Item, index: 4 })]);
    let after = directory.list(Noun::Item).entries;
    assert_eq!(after[0], EntryRow { withdrawn: true, ..before[0].clone() });
}

#[test]
fn degrees_are_written_as_a_file_has_them() {
    let text = |lat_e7, lon_e7| degrees(Some(Point { lat_e7, lon_e7 }));
    assert_eq!(text(292_930_000, 1_062_620_000), ("106.262".into(), "29.293".into()));
    assert_eq!(text(-1, -1_800_000_000), ("-180".into(), "-0.0000001".into()));
    assert_eq!(degrees(None), (String::new(), String::new()));
}
