//! Posts, plans, cards and duties from files: taken whole, taken again, and every mistake named.

use super::*;
use crate::field::directory::draft::{Import, ImportError, Missing};
use crate::field::directory::noun::Noun;
use crate::field::directory::sample::{BOATS, YANGSHI, directory};
use crate::field::directory::{Directory, Target};
use crate::local::rows::ChangeKind;

fn post(row: u32, code: &str, unit: &str, primary: &str, stand_in: &str) -> PostDraft {
    let [code, unit, primary, stand_in] = [code, unit, primary, stand_in].map(str::to_owned);
    PostDraft { row, name: format!("{code}岗"), code, unit, primary, stand_in }
}

fn import() -> Import {
    let plan = PlanDraft {
        row: 2,
        code: "P1".into(),
        name: "防汛预案简本".into(),
        text: "一、先转后报。\n二、断网走北斗。".into(),
    };
    let card = CardDraft {
        row: 2,
        code: "C1".into(),
        place: "白沙镇".into(),
        people: 38,
        when: "水位到 180 米".into(),
        who: "沿江一、二社".into(),
        leader: "社长".into(),
        to: "镇中心小学".into(),
        care: "村医到点".into(),
    };
    let duty = DutyDraft {
        row: 2,
        post: "B1".into(),
        day: "2025-08-19".into(),
        shift: "08:00-20:00".into(),
        person: "丙员".into(),
    };
    Import {
        sheets: [Sheet::Posts, Sheet::Plans, Sheet::Cards, Sheet::Duties].into(),
        posts: vec![post(2, "P01", "指挥中心外", "甲员", ""), post(3, "B1", "T07", "丙员", "乙员")],
        plans: vec![plan],
        cards: vec![card],
        duties: vec![duty],
        ..Import::default()
    }
}

fn sound() -> Import {
    let mut import = import();
    import.posts[0].unit = "C01".into();
    import.posts[0].name = "总值班室".into();
    import
}

fn taken(known: &Directory, import: &Import) -> Directory {
    let mut next = known.clone();
    let entries = import.entries(known).expect("sound");
    assert!(next.apply_record(known.version() + 1, &entries));
    next
}

#[test]
fn papers_are_taken_whole_and_again_without_change() {
    let next = taken(&directory(), &sound());
    assert_eq!(sound().entries(&next), Ok(vec![]));
    let [posts, plans, cards, duties] =
        [Noun::Post, Noun::Plan, Noun::Card, Noun::Duty].map(|noun| next.list(noun).entries);
    assert_eq!((posts.len(), plans.len(), cards.len(), duties.len()), (2, 1, 1, 1));
    assert_eq!(posts[1].fields["primary"], "丙员");
    assert_eq!(posts[1].fields["stand_in"], "乙员");
    assert!(plans[0].fields["text"].contains("断网走北斗"));
    assert_eq!((cards[0].name.as_str(), cards[0].fields["people"].as_str()), ("白沙镇", "38"));
    assert_eq!(duties[0].fields["shift"], "08:00-20:00");
}

#[test]
fn a_person_of_the_posts_own_unit_is_meant_before_others_of_that_name() {
    // The sample has a 丙员 in the team and one in the village.
    let next = taken(&directory(), &sound());
    let post = next.post("B1").expect("imported");
    let named = |post| next.posts[&post].entry.primary;
    assert_eq!(next.person_entry(named(post)).map(|it| it.unit), Some(BOATS));
    let mut import = sound();
    import.posts[1].unit = "V01".into();
    let next = taken(&directory(), &import);
    let entry = &next.posts[&next.post("B1").expect("imported")].entry;
    assert_eq!(next.person_entry(entry.primary).map(|it| it.unit), Some(YANGSHI));
}

#[test]
fn an_order_to_a_post_goes_to_its_unit_after_the_post_moved() {
    let next = taken(&directory(), &sound());
    assert_eq!(next.parse_audience("B1岗"), Ok(vec![Target::Unit(BOATS)]));
    let mut moved = sound();
    moved.posts[1].unit = "V01".into();
    let next = taken(&next, &moved);
    assert_eq!(next.parse_audience("B1岗"), Ok(vec![Target::Unit(YANGSHI)]));
}

#[test]
fn another_person_in_a_shift_changes_it_and_adds_none() {
    let next = taken(&directory(), &sound());
    let mut import = sound();
    import.duties[0].person = "乙员".into();
    let changes = import.difference(&next, Missing::Withdraw).expect("sound").changes;
    assert_eq!((changes.len(), changes[0].change), (1, ChangeKind::Changed));
    assert_eq!((changes[0].list.as_str(), changes[0].index), ("duties", 1));
}

#[test]
fn every_mistake_of_a_paper_names_its_file_line_and_column() {
    type Change<'a> = &'a dyn Fn(&mut Import);
    let long = "长".repeat(401);
    let cases: [(Change<'_>, &str); 9] = [
        (&|i| i.posts[0].unit = "某局".into(), "posts.csv row 2, column unit names \"某局\""),
        (&|i| i.posts[1].primary.clear(), "posts.csv row 3, column primary is empty"),
        (
            &|i| i.posts[1].stand_in = "丁员".into(),
            "posts.csv row 3, column stand_in names \"丁员\"",
        ),
        (
            &|i| i.posts[0].primary = "丙员".into(),
            "posts.csv row 2, column primary names \"丙员\", as",
        ),
        (
            &|i| i.plans[0].text.clone_from(&long),
            "plans.csv row 2, column text is too long; at most 1200",
        ),
        (&|i| i.cards[0].place = "某地".into(), "cards.csv row 2, column place names \"某地\""),
        (&|i| i.cards[0].care = "\u{1b}[2J".into(), "cards.csv row 2, column care has"),
        (&|i| i.duties[0].day = "8月19日".into(), "duty.csv row 2, column day is no day"),
        (
            &|i| {
                let again = DutyDraft { row: 3, ..i.duties[0].clone() };
                i.duties.push(again);
            },
            "duty.csv row 3, column shift repeats duty.csv row 2",
        ),
    ];
    for (change, wanted) in cases {
        let mut import = sound();
        change(&mut import);
        let errors = import.entries(&directory()).expect_err(wanted);
        let said: Vec<String> = errors.iter().map(ImportError::en).collect();
        assert!(said.iter().any(|line| line.starts_with(wanted)), "{wanted}: {said:?}");
    }
}
