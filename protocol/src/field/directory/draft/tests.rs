//! Imports: the Jiangjin files whole, and one mistake at a time.

use super::*;
use crate::base::ids::{PlaceId, UnitId};
use crate::field::directory::sample::directory;
use crate::local::refusal::RefusalCode;

const TOWNS: &str = include_str!("../../../../../data/jiangjin-819/towns.csv");
const TEAMS: &str = include_str!("../../../../../data/jiangjin-819/teams.csv");
const ITEMS: &str = include_str!("../../../../../data/jiangjin-819/items.csv");

/// Rows of a file without quotes, with their line numbers.
fn lines(file: &str) -> impl Iterator<Item = (u32, Vec<&str>)> {
    (2..).zip(file.lines().skip(1).map(|line| line.split(',').collect()))
}

fn jiangjin() -> Import {
    let mut import = Import::default();
    for (row, cells) in lines(TOWNS) {
        let (code, name) = (cells[0].to_owned(), cells[1].to_owned());
        let degrees = |at: usize| cells[at].parse().expect("a number");
        let point = Point::from_degrees(degrees(9), degrees(8));
        let place = PlaceDraft { row, code, name, point, ..PlaceDraft::default() };
        import.units.push(UnitDraft {
            row,
            code: format!("Z{row:02}"),
            name: place.name.clone(),
            kind: UnitKind::Town,
            place: place.code.clone(),
            people: 6,
            ..UnitDraft::default()
        });
        import.depots.push(DepotDraft {
            row,
            code: format!("K{row:02}"),
            name: format!("{}库", place.name),
            custodian: place.name.clone(),
            point,
            aliases: None,
        });
        import.places.push(place);
    }
    for (row, cells) in lines(TEAMS) {
        let (code, name) = (cells[0].to_owned(), cells[1].to_owned());
        let people = cells[3].parse().expect("a number");
        import.units.push(UnitDraft { row, code, name, people, ..UnitDraft::default() });
    }
    for (row, cells) in lines(ITEMS) {
        let [code, name, unit] = [0, 1, 2].map(|at| cells[at].to_owned());
        import.items.push(ItemDraft { row, code, name, unit, aliases: None });
    }
    import.persons.push(PersonDraft { row: 2, name: "王镇长".into(), unit: "白沙镇".into() });
    import
}

#[test]
fn the_jiangjin_files_are_taken_whole_and_again_without_change() {
    let entries = jiangjin().entries(&Directory::new()).expect("a clean import");
    assert_eq!(entries.len(), 30 + 30 + 30 + 70 + 75 + 1);
    let mut directory = Directory::new();
    for (seq, chunk) in (1..).zip(chunk(entries)) {
        assert!(directory.apply_record(seq, &chunk));
    }
    let rows = directory.rows();
    assert_eq!((rows.places.len(), rows.units.len(), rows.items.len()), (30, 100, 75));
    let baisha = directory.unit("白沙镇").expect("imported");
    let depot = directory.depot("白沙镇库").expect("imported");
    assert_eq!(directory.custodian(depot), Some(baisha));
    assert_eq!(rows.units.iter().map(|unit| unit.people).sum::<u32>(), 30 * 6 + 3_696);
    assert_eq!(jiangjin().entries(&directory), Ok(vec![]));
}

#[test]
fn a_corrected_line_keeps_its_index() {
    let directory = directory();
    let mut import = Import::default();
    let unit = UnitDraft { row: 2, code: "z08".into(), people: 9, ..UnitDraft::default() };
    import
        .units
        .push(UnitDraft { name: "白沙镇政府".into(), place: "白沙镇".into(), ..unit });
    import.units.push(UnitDraft {
        row: 3,
        code: "Z99".into(),
        name: "新镇".into(),
        ..Default::default()
    });
    let entries = import.entries(&directory).expect("clean");
    let [Entry::Unit(changed), Entry::Unit(new)] = entries.as_slice() else {
        panic!("{entries:?}")
    };
    assert_eq!((changed.index, changed.place), (UnitId(3), Some(PlaceId(2))));
    assert_eq!(new.index, UnitId(9));
}

#[test]
fn records_of_an_import_stay_small_and_keep_the_order() {
    let entries = jiangjin().entries(&Directory::new()).expect("a clean import");
    let chunks = chunk(entries.clone());
    for chunk in &chunks {
        assert!(chunk.packed().len() <= CHUNK_BYTES_MAX + 1, "{}", chunk.packed().len());
    }
    let bytes: usize = chunks.iter().map(|chunk| chunk.packed().len()).sum();
    assert!(chunks.len() <= bytes / (CHUNK_BYTES_MAX * 9 / 10) + 1, "chunks are well filled");
    assert_eq!(chunks.concat(), entries);
}

fn errors(change: impl Fn(&mut Import)) -> Vec<ImportError> {
    let mut import = jiangjin();
    change(&mut import);
    import.entries(&Directory::new()).expect_err("a mistake was made")
}

#[test]
fn every_mistake_names_its_list_row_and_column() {
    let long = "长".repeat(41);
    type Change<'a> = &'a dyn Fn(&mut Import);
    let cases: [(Change<'_>, Sheet, u32, &str, Problem); 9] = [
        (&|i| i.places[3].name.clear(), Sheet::Places, 5, "name", Problem::Empty),
        (&|i| i.units[0].name.clone_from(&long), Sheet::Units, 2, "name", Problem::TooLong),
        (
            &|i| i.items[9].code = "e001".into(),
            Sheet::Items,
            11,
            "code",
            Problem::Twice { first: (Sheet::Items, 2) },
        ),
        (
            &|i| i.depots[1].custodian = "某镇".into(),
            Sheet::Depots,
            3,
            "custodian",
            Problem::Unknown("某镇".into()),
        ),
        (
            &|i| i.units[2].place = "某地".into(),
            Sheet::Units,
            4,
            "place",
            Problem::Unknown("某地".into()),
        ),
        (&|i| i.persons[0].unit.clear(), Sheet::Persons, 2, "unit", Problem::Empty),
        (&|i| i.units[5].name = "甲、乙".into(), Sheet::Units, 7, "name", Problem::BadSign),
        (&|i| i.items[0].unit = "\u{7}".into(), Sheet::Items, 2, "unit", Problem::BadSign),
        (
            &|i| i.persons.push(PersonDraft { row: 3, ..i.persons[0].clone() }),
            Sheet::Persons,
            3,
            "name",
            Problem::Twice { first: (Sheet::Persons, 2) },
        ),
    ];
    for (change, sheet, row, column, problem) in cases {
        let errors = errors(change);
        let wanted = ImportError { sheet, row, column, problem };
        assert_eq!(errors.first(), Some(&wanted));
        let refusal = refusal(&errors);
        assert_eq!(refusal.code, RefusalCode::BadValue);
        let file = sheet.file_name();
        let (zh, en) = (format!("{file} 第 {row} 行"), format!("{file} row {row}"));
        assert!(refusal.zh.contains(&zh) && refusal.en.contains(&en), "{refusal}");
    }
}

#[test]
fn a_file_of_another_kind_is_not_answered_with_a_book() {
    let errors = errors(|import| import.units.iter_mut().for_each(|unit| unit.name.clear()));
    assert_eq!(errors.len(), PROBLEMS_MAX);
}
