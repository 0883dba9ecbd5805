//! What people type into the blanks of a template.

use super::*;
use crate::base::ids::{PlaceId, TemplateId};
use crate::field::directory::draft::Import;
use crate::field::directory::sample;
use crate::field::directory::template::TemplateDraft;

/// The sample with one template of three blanks.
fn directory() -> Directory {
    let mut directory = sample::directory();
    let template = TemplateDraft {
        row: 2,
        code: "M01".into(),
        zh: "立即转移{place}群众{people}人，{how}".into(),
        en: "Move {people} people from {place} now, {how}".into(),
        fields: "place:place people:number how".into(),
    };
    let import = Import { templates: vec![template], ..Import::default() };
    let entries = import.entries(&directory).expect("it can be taken");
    directory.apply_record(directory.version() + 1, &entries);
    directory
}

fn typed(fields: &[&str]) -> Result<Words, Refusal> {
    let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
    fill(&directory(), "m01", &fields)
}

#[test]
fn blanks_are_filled_by_name_or_in_their_order() {
    let wanted = Words::Filled(Filled {
        template: TemplateId(1),
        values: vec![Value::Place(PlaceId(2)), Value::Number(23), Value::Text("带艇3条".into())],
    });
    for fields in [
        ["白沙镇", "23", "带艇3条"],
        ["how=带艇3条", "people=23", "place=白沙镇"],
        ["people=23", "白沙镇", "带艇3条"],
    ] {
        assert_eq!(typed(&fields).as_ref(), Ok(&wanted), "{fields:?}");
    }
}

#[test]
fn a_place_that_the_directory_lacks_is_said_in_words() {
    let Ok(Words::Filled(filled)) = typed(&["三号楼", "2", "快"]) else { panic!("filled") };
    assert_eq!(filled.values[0], Value::Text("三号楼".into()));
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let long = "长".repeat(41);
    let cases: [(&[&str], &str); 5] = [
        (&["白沙镇", "23"], "how"),
        (&["白沙镇", "多", "快"], "people"),
        (&["白沙镇", "-1", "快"], "people"),
        (&["白沙镇", "2", "快", "再快"], "再快"),
        (&["白沙镇", "2", long.as_str()], "how"),
    ];
    for (fields, named) in cases {
        let refusal = typed(fields).expect_err("it is refused");
        assert!(refusal.zh.contains(named) && refusal.en.contains(named), "{refusal:?}");
    }
    assert!(fill(&directory(), "M02", &[]).is_err(), "there is no such template");
}
