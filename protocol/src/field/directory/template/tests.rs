//! Templates into the directory, once and again, and out of it as words.

use super::*;
use crate::base::ids::PlaceId;
use crate::field::directory::draft::{Import, ImportError};
use crate::field::directory::sample;
use crate::wire::pack::Pack;

fn draft(row: u32, code: &str, zh: &str, fields: &str) -> TemplateDraft {
    let (code, zh, fields) = (code.to_owned(), zh.to_owned(), fields.to_owned());
    TemplateDraft { row, code, zh, en: String::new(), fields }
}

fn moved() -> TemplateDraft {
    draft(2, "M01", "立即转移{地点}群众{人数}人", "地点:place 人数:number")
}

fn entries(drafts: Vec<TemplateDraft>, known: &Directory) -> Result<Vec<Entry>, Vec<ImportError>> {
    Import { templates: drafts, ..Import::default() }.entries(known)
}

fn filled(template: u16, values: Vec<Value>) -> Words {
    Words::Filled(Filled { template: TemplateId(template), values })
}

#[test]
fn a_filled_template_reads_as_its_words_and_an_unknown_one_says_so() {
    let mut directory = sample::directory();
    let imported = entries(vec![moved()], &directory).expect("it can be taken");
    let version = directory.version() + 1;
    let values = vec![Value::Place(PlaceId(2)), Value::Number(23)];
    let before = directory.words(&filled(1, values.clone()));
    assert!(before.starts_with("模板 1（通讯录未更新）"), "{before}");
    assert!(before.ends_with(" 23"), "what was filled in is shown: {before}");
    directory.apply_record(version, &imported);
    assert_eq!(directory.words(&filled(1, values)), "立即转移白沙镇群众23人");
    assert_eq!(directory.words(&"原文".into()), "原文");
}

#[test]
fn a_corrected_template_has_a_new_index_and_old_orders_keep_their_words() {
    let mut directory = sample::directory();
    let first = entries(vec![moved()], &directory).expect("new");
    directory.apply_record(directory.version() + 1, &first);
    assert_eq!(entries(vec![moved()], &directory), Ok(vec![]), "nothing changed");
    let other = draft(2, "m01", "马上转移{地点}群众{人数}人", "地点:place 人数:number");
    let second = entries(vec![other], &directory).expect("corrected");
    assert_eq!(second.len(), 2, "the old one is retired: {second:?}");
    directory.apply_record(directory.version() + 1, &second);
    let values = || vec![Value::Text("河边".into()), Value::Number(2)];
    assert_eq!(directory.words(&filled(1, values())), "立即转移河边群众2人");
    assert_eq!(directory.words(&filled(2, values())), "马上转移河边群众2人");
    assert_eq!(directory.template("M01"), Ok(TemplateId(2)));
    // Whatever somebody signs later: the words of an index stay.
    let forged = TemplateEntry { zh: "原地不动".into(), ..template(&first) };
    directory.apply_record(directory.version() + 1, &[Entry::Template(forged)]);
    assert_eq!(directory.words(&filled(1, values())), "立即转移河边群众2人");
}

#[test]
fn what_is_wrong_with_a_template_is_named_with_its_column() {
    let known = sample::directory();
    let cases = [
        (draft(2, "", "x", ""), "template", Problem::Empty),
        (draft(2, "M", " ", ""), "zh", Problem::Empty),
        (draft(2, "M", "去{何处}", ""), "zh", Problem::Unknown("{何处}".into())),
        (draft(2, "M", "去", "何处"), "fields", Problem::Unknown("何处".into())),
        (draft(2, "M", "去{a}", "a:boat"), "fields", Problem::Unknown("boat".into())),
        (draft(2, "M", "去\u{1b}[2J", ""), "zh", Problem::BadSign),
        (draft(2, "M", &"长".repeat(201), ""), "zh", Problem::TooLong),
        (draft(2, "M", "{a}", "a b c d e f g h i"), "fields", Problem::TooLong),
    ];
    for (draft, column, problem) in cases {
        let wrong = entries(vec![draft], &known).expect_err("it is wrong");
        let wanted = ImportError { sheet: Sheet::Templates, row: 2, column, problem };
        assert_eq!(wrong, vec![wanted]);
    }
    let twice = vec![moved(), TemplateDraft { row: 3, ..moved() }];
    let wrong = entries(twice, &known).expect_err("twice");
    assert_eq!(wrong[0].problem, Problem::Twice { first: (Sheet::Templates, 2) });
}

#[test]
fn a_template_goes_both_ways_as_bytes_and_a_bad_one_is_refused() {
    let entry = template(&entries(vec![moved()], &Directory::new()).expect("new"));
    let bytes = Entry::Template(entry.clone()).packed();
    assert_eq!(Entry::unpack_all(&bytes), Ok(Entry::Template(entry.clone())));
    for bad in [
        TemplateEntry { index: TemplateId(0), ..entry.clone() },
        TemplateEntry { zh: String::new(), ..entry.clone() },
        TemplateEntry { en: "\u{9b}31m".into(), ..entry.clone() },
        TemplateEntry { zh: "长".repeat(201), ..entry },
    ] {
        assert!(Entry::unpack_all(&Entry::Template(bad).packed()).is_err());
    }
}

fn template(entries: &[Entry]) -> TemplateEntry {
    let Some(Entry::Template(entry)) = entries.last() else { panic!("a template: {entries:?}") };
    entry.clone()
}
