//! Tables: the district's own, and tables with mistakes.

use sanduan_protocol::field::directory::Directory;
use sanduan_protocol::field::directory::draft::PlaceDraft;
use sanduan_protocol::field::directory::entry::UnitKind;

use sanduan_protocol::local::request::{TABLE_FILES, TableFile};

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
    assert!(said.en.contains("teams.csv:3: column code repeats"), "{}", said.en);
    assert!(said.en.contains("repeats units.csv row 2"), "{}", said.en);
}

#[test]
fn a_missing_folder_is_said_and_missing_files_are_not_needed() {
    let folder = tempfile::tempdir().expect("a folder");
    let nothing = Import { district: "500116".to_owned(), ..Import::default() };
    assert_eq!(read(folder.path(), "500116").expect("sound"), nothing);
    let said = read(&folder.path().join("no"), "500116").expect_err("missing");
    assert!(said.zh.contains("--import"));
}

fn file(name: &str, text: &str) -> TableFile {
    TableFile { name: name.to_owned(), text: text.to_owned() }
}

#[test]
fn the_tables_that_are_read_are_those_that_callers_may_name() {
    let read: Vec<&str> = Sheet::ALL.into_iter().map(Sheet::file_name).collect();
    let mut named = TABLE_FILES.to_vec();
    named.sort_unstable();
    let mut sorted = read.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!((sorted, read.len()), (named, TABLE_FILES.len()));
}

#[test]
fn papers_handed_over_are_read_and_only_their_lists_are_spoken_of() {
    let import = read_files(
        &[
            file("posts.csv", "code,name,unit,primary,stand_in\nB1,带班,EOC,甲,乙\n"),
            file("plans.csv", "code,name,text\nP1,简本,\"一、\n二、\"\n"),
            file("towns.csv", "code,name,parent,aliases\nA1,甲村,A,旧村 500\n"),
        ],
        "500116",
    )
    .expect("sound");
    assert_eq!(import.sheets, [Sheet::Posts, Sheet::Plans, Sheet::Places].into());
    assert_eq!((import.posts[0].stand_in.as_str(), import.posts[0].row), ("乙", 2));
    assert_eq!(import.plans[0].text, "一、\n二、");
    let place = &import.places[0];
    assert_eq!((place.parent.as_str(), place.aliases.as_deref()), ("A", Some("旧村 500")));
}

#[test]
fn a_file_that_is_no_table_or_comes_twice_is_refused_by_name() {
    let items = file("items.csv", "item,name,unit\nE1,艇,艘\n");
    let refusal = read_files(&[items.clone(), file("opening.csv", "a\n"), items], "")
        .expect_err("two mistakes");
    assert!(refusal.en.contains("opening.csv: is no table"), "{refusal}");
    assert!(refusal.zh.contains("items.csv: 给了两次"), "{refusal}");
    assert!(read_files(&[], "").is_err());
    let long = file("items.csv", &"x".repeat(TABLES_BYTES_MAX + 1));
    assert!(read_files(&[long], "").expect_err("too long").en.contains("in parts"));
}

#[test]
fn the_example_papers_fit_the_district() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/jiangjin-819");
    let mut tables = read(&folder, "500116").expect("sound");
    let (row, code, name) = (1, "500116".to_owned(), "江津区".to_owned());
    tables.places.insert(0, PlaceDraft { row, code, name, ..PlaceDraft::default() });
    let mut directory = Directory::new();
    assert!(directory.apply_record(1, &tables.entries(&Directory::new()).expect("sound")));
    let papers = read(&folder.join("papers"), "500116").expect("sound");
    assert_eq!(papers.sheets.len(), 5);
    let entries = papers.entries(&directory);
    assert_eq!(entries.map(|entries| entries.len()), Ok(6 + 3 + 2 + 2 + 4));
}
