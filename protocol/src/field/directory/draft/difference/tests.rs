//! What an import changes of the sample directory, and what it leaves alone.

use super::*;
use crate::base::ids::DepotId;
use crate::field::directory::draft::{ItemDraft, PersonDraft, UnitDraft, chunk};
use crate::field::directory::sample::{BOATS, FORWARD, YANGSHI, directory};

fn unit(row: u32, code: &str, name: &str, kind: UnitKind, place: &str) -> UnitDraft {
    let (code, name, place) = (code.to_owned(), name.to_owned(), place.to_owned());
    UnitDraft { row, code, name, kind, place, people: 20, ..UnitDraft::default() }
}

/// The units file of the sample as it stands, without these codes.
fn units(without: &[&str]) -> Import {
    let known = directory();
    let rows = known.list(Noun::Unit).entries;
    let kept = rows.iter().filter(|row| !without.contains(&row.code.as_str()));
    let drafts = kept.map(|row| {
        let kind = UnitKind::from_word(&row.fields["kind"]).expect("a kind");
        unit(row.index.into(), &row.code, &row.name, kind, &row.fields["place"])
    });
    let sheets = [Sheet::Units, Sheet::Teams].into();
    Import { sheets, units: drafts.collect(), ..Import::default() }
}

fn told(changes: &[ChangeRow]) -> Vec<(ChangeKind, &str)> {
    changes.iter().map(|row| (row.change, row.code.as_str())).collect()
}

/// The directory after this import, and the changes in words.
fn after(
    known: &Directory,
    import: &Import,
    missing: Missing,
) -> (Directory, Vec<(ChangeKind, String)>) {
    let difference = import.difference(known, missing).expect("sound");
    let mut next = known.clone();
    for (seq, group) in (known.version() + 1..).zip(chunk(difference.entries)) {
        assert!(next.apply_record(seq, &group));
    }
    let changes = told(&difference.changes).into_iter();
    (next, changes.map(|(kind, code)| (kind, code.to_owned())).collect())
}

#[test]
fn the_same_file_again_changes_nothing() {
    let difference = units(&[]).difference(&directory(), Missing::Withdraw).expect("sound");
    assert_eq!(difference, Difference::default());
}

#[test]
fn what_is_new_changed_and_missing_is_told_apart() {
    let mut import = units(&["F01"]);
    import.units[1].name = "白沙镇政府".to_owned();
    import.units.push(unit(99, "T99", "夜航队", UnitKind::Team, ""));
    let difference = import.difference(&directory(), Missing::Stay).expect("sound");
    let wanted =
        [(ChangeKind::Changed, "Z08"), (ChangeKind::Added, "T99"), (ChangeKind::Missing, "F01")];
    assert_eq!(told(&difference.changes), wanted);
    assert_eq!(difference.entries.len(), 2, "what is missing stays");
}

#[test]
fn what_the_file_lacks_is_withdrawn_only_on_request_and_keeps_its_name_and_number() {
    let known = directory();
    let (next, changes) = after(&known, &units(&["V01"]), Missing::Withdraw);
    // Nobody but a person of its own names the village; that person holds it in use.
    assert_eq!(changes, [(ChangeKind::StillNamed, "V01".to_owned())]);
    assert_eq!(next, known);

    let mut import = units(&["V01"]);
    import.sheets.insert(Sheet::Persons);
    for (row, (name, unit)) in (2..).zip([("甲员", "C01"), ("乙员", "Z08"), ("丙员", "T07")])
    {
        let (name, unit) = (name.to_owned(), unit.to_owned());
        import.persons.push(PersonDraft { row, name, unit });
    }
    let (next, changes) = after(&known, &import, Missing::Withdraw);
    let gone = [(ChangeKind::Withdrawn, String::new()), (ChangeKind::Withdrawn, "V01".to_owned())];
    assert_eq!(changes, gone);
    assert_eq!(next.unit_name(YANGSHI), "羊石村");
    let rows = next.list(Noun::Unit).entries;
    assert!(rows[6].withdrawn && rows[6].code == "V01" && !rows[5].withdrawn);

    // The number is not handed out again, not even to a new line.
    let mut more = units(&["V01"]);
    more.units.push(unit(99, "V02", "新村", UnitKind::Village, ""));
    let (next, _) = after(&next, &more, Missing::Stay);
    assert_eq!(next.unit("V02"), Ok(UnitId(9)));

    // What comes back under its code has the number it had.
    let (next, changes) = after(&next, &units(&[]), Missing::Stay);
    assert!(changes.contains(&(ChangeKind::Restored, "V01".to_owned())), "{changes:?}");
    assert_eq!(next.unit("V01"), Ok(YANGSHI));
}

#[test]
fn a_unit_that_a_device_or_a_depot_stands_for_is_never_withdrawn() {
    let (next, changes) = after(&directory(), &units(&["T07", "D00"]), Missing::Withdraw);
    let wanted = ["T07", "D00"].map(|code| (ChangeKind::StillNamed, code.to_owned()));
    assert_eq!(changes, wanted);
    assert_eq!((next.unit("T07"), next.custodian(DepotId(1))), (Ok(BOATS), Some(UnitId(6))));
}

#[test]
fn a_list_without_a_file_is_left_alone() {
    let item = ItemDraft {
        row: 2,
        code: "E004".into(),
        name: "救生衣".into(),
        unit: "件".into(),
        aliases: None,
    };
    let sheets = [Sheet::Items].into();
    let import = Import { sheets, items: vec![item], ..Import::default() };
    let difference = import.difference(&directory(), Missing::Withdraw).expect("sound");
    assert_eq!(difference, Difference::default());
    // Teams stand in a file of their own: that of the other units says nothing of them.
    let mut import = units(&["T07", "T24"]);
    import.sheets.remove(&Sheet::Teams);
    let difference = import.difference(&directory(), Missing::Stay).expect("sound");
    assert_eq!(difference, Difference::default());
}

#[test]
fn other_codes_are_found_and_only_named_files_change_them() {
    let known = directory();
    let mut import = units(&[]);
    import.units[1].aliases = Some("500116102 白沙公社".to_owned());
    let (next, changes) = after(&known, &import, Missing::Stay);
    assert_eq!(changes, [(ChangeKind::Changed, "F01".to_owned())]);
    assert_eq!(next.unit("500116102"), Ok(FORWARD));
    assert_eq!(next.unit("白沙公社"), Ok(FORWARD));
    // A file without the column says nothing of them.
    let (same, changes) = after(&next, &units(&[]), Missing::Stay);
    assert_eq!((changes, same.unit("500116102")), (vec![], Ok(FORWARD)));
    import.units[1].aliases = Some(String::new());
    let (none, _) = after(&next, &import, Missing::Stay);
    assert!(none.unit("500116102").is_err());
}

#[test]
fn a_mistake_anywhere_changes_nothing() {
    let mut import = units(&[]);
    import.units[2].name = "改名".to_owned();
    import.units[3].place = "某地".to_owned();
    let errors = import.difference(&directory(), Missing::Stay).expect_err("某地 is unknown");
    assert_eq!((errors.len(), errors[0].column), (1, "place"));
}
