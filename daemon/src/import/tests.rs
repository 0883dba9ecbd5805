//! Tables: the district's own, and tables with mistakes.

use sanduan_protocol::field::directory::Directory;
use sanduan_protocol::field::directory::draft::PlaceDraft;

use super::*;

#[test]
fn the_tables_of_the_district_are_sound() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/jiangjin-819");
    let mut import = read(&folder, "500116").expect("sound");
    assert_eq!((import.places.len(), import.items.len(), import.depots.len()), (30, 75, 38));
    let teams = import.units.iter().filter(|unit| unit.kind == UnitKind::Team).count();
    assert_eq!(teams, 70);
    assert!(import.units.iter().any(|unit| unit.name == "白沙镇库"));
    assert_eq!(import.templates.len(), 15);
    assert!(import.depots.iter().all(|depot| depot.point.is_some()));
    // The district itself is not in its tables; whoever founds it puts it there.
    let district = PlaceDraft {
        row: 1,
        code: "500116".to_owned(),
        name: "江津区".to_owned(),
        ..PlaceDraft::default()
    };
    import.places.insert(0, district);
    let entries = import.entries(&Directory::new());
    assert!(entries.is_ok(), "{:?}", entries.err());
}

#[test]
fn the_opening_stock_adds_up_to_the_totals_of_the_item_list() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/jiangjin-819");
    let read = |name: &str, key: &str, value: &str| {
        let mut sums = std::collections::BTreeMap::new();
        let mut mistakes = Mistakes::default();
        let table = Table::read(&folder.join(name), &[key, value], &mut mistakes).expect(name);
        for row in table.rows() {
            *sums.entry(row.text(key)).or_insert(0) += row.count(value, &mut mistakes);
        }
        mistakes.into_result().expect(name);
        sums
    };
    let posted = read("opening.csv", "item", "quantity");
    assert_eq!(posted, read("items.csv", "item", "district_total"));
}

#[test]
fn every_mistake_is_named_with_file_line_and_column() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &[u8]| {
        std::fs::write(folder.path().join(name), text).expect("writable");
    };
    put("towns.csv", "code,name,lon,lat\nA,甲,106.1,29.1\nB,乙,206,x\n".as_bytes());
    put(
        "units.csv",
        "\u{feff}code,name,kind,people\nU1,中心,centre,ten\nU2,队,army,3\n".as_bytes(),
    );
    put("items.csv", b"item,name\nE1,boat\n");
    put("teams.csv", b"id,name,people\nT1,a\n");
    put("persons.csv", b"name\n\xff\xfe\n");
    let said = read(folder.path(), "500116").expect_err("unsound");
    for part in [
        "towns.csv:3: lon 列「206」须为 -180 到 180 的度数",
        "towns.csv:3: lat 列「x」",
        "units.csv:2: people 列「ten」须为整数",
        "units.csv:3: kind 列「army」须为以下之一",
        "items.csv:1: 缺少 unit 列",
        "teams.csv:2: 有 2 列，首行有 3 列",
        "persons.csv:2: 不是 UTF-8",
    ] {
        assert!(said.zh.contains(part), "{part} in {}", said.zh);
    }
    assert_eq!(said.zh.lines().count(), said.en.lines().count());
}

#[test]
fn mistakes_of_the_whole_list_are_named_with_the_file_they_came_from() {
    let folder = tempfile::tempdir().expect("a folder");
    let units = "code,name,kind\nU1,中心,centre\n";
    std::fs::write(folder.path().join("units.csv"), units).expect("writable");
    let teams = "id,name\nT1,一队\nU1,二队\n";
    std::fs::write(folder.path().join("teams.csv"), teams).expect("writable");
    let mut import = read(folder.path(), "").expect("each line is sound");
    for unit in &mut import.units {
        unit.place.clear();
    }
    let known = sanduan_protocol::field::directory::Directory::default();
    let errors = import.entries(&known).expect_err("U1 stands twice");
    let said = said(folder.path(), &errors);
    assert!(said.en.contains("teams.csv:3: units row 3"), "{}", said.en);
}

#[test]
fn a_missing_folder_is_said_and_missing_files_are_not_needed() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(read(folder.path(), "500116").expect("sound"), Import::default());
    let said = read(&folder.path().join("no"), "500116").expect_err("missing");
    assert!(said.zh.contains("--import"));
}
