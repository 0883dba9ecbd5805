//! Tables taken into the directory of a running network.

use super::lab::Lab;
use super::made_up::radio;
use crate::base::ids::UnitId;
use crate::field::directory::draft::{Import, Sheet, UnitDraft};
use crate::field::directory::noun::Noun;
use crate::local::request::{ImportDraft, OrderDraft};
use crate::local::rows::{ChangeKind, ImportRow};
use crate::local::{Refusal, RefusalCode, Reply, Request};
use crate::node::input::AskId;

const ASK: AskId = AskId(9_000);

/// The units of the lab and one more.
fn tables(more: &[(&str, &str)]) -> Import {
    let unit = |(row, (code, name)): (u32, &(&str, &str))| UnitDraft {
        sheet: Sheet::Teams,
        row,
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        people: 10,
        ..UnitDraft::default()
    };
    let standing = [("U1", "单位1"), ("U2", "单位2"), ("U3", "单位3")];
    let units = (2..).zip(standing.iter().chain(more)).map(unit).collect();
    Import { sheets: [Sheet::Teams].into(), units, ..Import::default() }
}

fn import(
    lab: &mut Lab,
    node: usize,
    draft: &ImportDraft,
    tables: Import,
) -> Result<ImportRow, Refusal> {
    let now = lab.now();
    lab.nodes[node].as_mut().expect("it runs").import(ASK, draft, Ok(tables), now);
    lab.drain(node);
    match lab.reply(node, ASK).expect("the disk is quick")? {
        Reply::Imported(row) => Ok(*row),
        other => panic!("{other:?}"),
    }
}

fn heads(lab: &mut Lab, node: usize) -> String {
    lab.status(node).digest
}

#[test]
fn a_dry_run_and_a_mistake_write_nothing_and_only_the_authority_may() {
    let mut lab = Lab::new(3, 31);
    let before = heads(&mut lab, 0);
    let draft = ImportDraft { dry_run: true, ..ImportDraft::default() };
    let row = import(&mut lab, 0, &draft, tables(&[("T9", "夜航队")])).expect("sound");
    assert_eq!((row.dry_run, row.records, row.changes.len()), (true, 1, 1));
    let twice = tables(&[("T9", "夜航队"), ("t9", "夜航队")]);
    let refusal = import(&mut lab, 0, &ImportDraft::default(), twice).expect_err("T9 twice");
    assert!(
        refusal.en.contains("teams.csv row 6, column code repeats teams.csv row 5"),
        "{refusal}"
    );
    assert_eq!(heads(&mut lab, 0), before);
    for draft in [&draft, &ImportDraft::default()] {
        let refusal = import(&mut lab, 1, draft, tables(&[])).expect_err("it has no such key");
        assert_eq!(refusal.code, RefusalCode::NotAllowed);
        assert!(refusal.en.contains("the machine that"), "{refusal}");
    }
}

#[test]
fn an_import_waits_for_the_one_before_to_be_on_the_disk() {
    let mut lab = Lab::new(3, 35);
    lab.disks_work = false;
    let now = lab.now();
    let first = tables(&[("T9", "夜航队")]);
    let draft = ImportDraft::default();
    lab.nodes[0].as_mut().expect("it runs").import(AskId(9_001), &draft, Ok(first), now);
    lab.drain(0);
    let second = || tables(&[("T9", "夜航队"), ("T8", "架桥队")]);
    let refusal = import(&mut lab, 0, &draft, second()).expect_err("the disk is slow");
    assert_eq!(refusal.code, RefusalCode::Busy);
    lab.release_disks();
    let row = import(&mut lab, 0, &draft, second()).expect("now it is known");
    assert_eq!((row.changes[0].code.as_str(), row.changes[0].index), ("T8", 5));
}

#[test]
fn a_new_unit_is_a_number_where_the_directory_is_behind_and_becomes_its_name() {
    let mut lab = Lab::new(3, 32);
    lab.join(&[0, 1, 2], &radio(1200));
    lab.run_until_agreed(600).expect("they meet");
    lab.cut(0, 1, true);
    lab.cut(0, 2, true);
    lab.cut(1, 2, true);
    let row = import(&mut lab, 0, &ImportDraft::default(), tables(&[("T9", "夜航队")]));
    let row = row.expect("the authority's");
    assert_eq!((row.changes[0].change, row.changes[0].index), (ChangeKind::Added, 4));
    assert!(row.bytes < 40, "a difference, not the directory: {} bytes", row.bytes);
    let order =
        OrderDraft { to: "夜航队,U2".into(), text: "集结".into(), ..OrderDraft::default() };
    lab.ask(0, Request::SendOrder(order)).expect("sent");
    lab.cut(0, 1, false);
    lab.cut(0, 2, false);
    lab.cut(1, 2, false);
    let mut seen = Vec::new();
    for _ in 0..2400 {
        lab.run_ms(500);
        let Some(Ok(Reply::Orders { orders })) =
            lab.ask_now(1, Request::Orders { open_only: false })
        else {
            panic!("orders are listed at once")
        };
        if let Some(order) = orders.first().filter(|order| seen.last() != Some(&order.to)) {
            seen.push(order.to.clone());
        }
    }
    // Orders go before the directory: what they name is not here yet, and says so.
    assert!(seen[0].contains("编号 4（通讯录未更新）"), "{seen:?}");
    assert_eq!(seen.last().map(String::as_str), Some("夜航队、单位2"), "{seen:?}");
    let Some(Ok(Reply::DirectoryList(list))) =
        lab.ask_now(2, Request::DirectoryList { list: Noun::Unit.word().into() })
    else {
        panic!("a list")
    };
    assert_eq!(list.entries.last().map(|row| row.name.as_str()), Some("夜航队"));
    assert!(lab.agree());
}

#[test]
fn a_withdrawn_unit_is_no_addressee_any_more_but_what_it_owes_stays() {
    let mut lab = Lab::new(3, 33);
    lab.join(&[0, 1, 2], &radio(1200));
    import(&mut lab, 0, &ImportDraft::default(), tables(&[("T9", "夜航队")])).expect("sound");
    let order = |to: &str| {
        Request::SendOrder(OrderDraft {
            to: to.into(), text: "集结".into(), ..Default::default()
        })
    };
    lab.ask(0, order("夜航队")).expect("sent");
    let draft = ImportDraft { withdraw: true, ..ImportDraft::default() };
    let row = import(&mut lab, 0, &draft, tables(&[])).expect("sound");
    let told: Vec<_> = row.changes.iter().map(|row| (row.change, row.code.as_str())).collect();
    assert_eq!(told, [(ChangeKind::Withdrawn, "T9")]);
    assert!(lab.ask(0, order("夜航队")).is_err());
    lab.run_until_agreed(1200).expect("they come to the same");
    for node in 0..3 {
        let directory = lab.nodes[node].as_ref().expect("it runs").directory();
        assert_eq!(directory.unit_name(UnitId(4)), "夜航队");
        assert!(directory.list(Noun::Unit).entries[3].withdrawn);
        let Some(Ok(Reply::Orders { orders })) =
            lab.ask_now(node, Request::Orders { open_only: false })
        else {
            panic!("orders are listed at once")
        };
        assert_eq!((orders[0].owed, orders[0].to.as_str()), (1, "夜航队"));
    }
}

#[test]
fn the_directory_alone_goes_out_as_a_file_and_in_elsewhere() {
    let mut lab = Lab::new(3, 34);
    import(&mut lab, 0, &ImportDraft::default(), tables(&[("T9", "夜航队")])).expect("sound");
    let order = OrderDraft { to: "U2".into(), text: "集结".into(), ..OrderDraft::default() };
    lab.ask(0, Request::SendOrder(order)).expect("sent");
    let Ok(Reply::CarryFile { bytes, records }) = lab.ask(0, Request::ExportDirectory) else {
        panic!("a file")
    };
    assert_eq!(records, 2, "the founding and the import, not the order");
    let taken = lab.ask(2, Request::CarryImport { bytes });
    assert!(matches!(taken, Ok(Reply::CarryTaken { new: 1, known: 1, .. })), "{taken:?}");
    let there = lab.nodes[2].as_ref().expect("it runs").directory();
    assert_eq!(there.unit("T9"), Ok(UnitId(4)));
}
