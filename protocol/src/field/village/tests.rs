//! The grammar as a table, ladders as they are written, and numbers in any form. The machine's own
//! tests are beside.

mod bench;
mod calling;
mod hearing;

use super::grammar::{About, HAZARDS, REASONS, Report, Said, Weighty, read};
use super::handset::{Handset, NotTaken, Registry, plain_number};
use super::steps::{StepTable, Steps};
use crate::base::class::Class;
use crate::local::request::TextMeans;

fn about(author: Option<u16>, seq: u32) -> Option<About> {
    Some(About { author, is_flash: false, is_keyed: false, seq })
}

fn flash(author: Option<u16>, seq: u32) -> Option<About> {
    Some(About { author, is_flash: true, is_keyed: false, seq })
}

#[test]
fn every_form_of_the_grammar_is_read_and_nothing_else_is() {
    let done = |counts| Weighty::Done { counts };
    let hazard = |kind, group, missing, houses| {
        Said::Report(Report::Hazard { kind, group, missing, houses })
    };
    let well = Report::Well { people: 121, hurt: 0, food_days: 3, charge_pct: 45 };
    let table = [
        ("1", Said::One(None)),
        (" １ ", Said::One(None)),
        ("1#", Said::One(None)),
        ("收到", Said::One(None)),
        ("1*12", Said::One(about(None, 12))),
        ("1*3*12", Said::One(about(Some(3), 12))),
        ("1*3*0*12", Said::One(flash(Some(3), 12))),
        ("1*0*12", Said::One(flash(None, 12))),
        ("2", Said::Two(None)),
        ("2*12", Said::Two(about(None, 12))),
        ("3", Said::Weighty(done(None), None)),
        ("3 38 121", Said::Weighty(done(Some((38, 121))), None)),
        ("3*38*121", Said::Weighty(done(Some((38, 121))), None)),
        ("3，38，121。", Said::Weighty(done(Some((38, 121))), None)),
        ("3 38 121 12", Said::Weighty(done(Some((38, 121))), about(None, 12))),
        ("3 38 121 3*12", Said::Weighty(done(Some((38, 121))), about(Some(3), 12))),
        ("3 38 121 3*0*12", Said::Weighty(done(Some((38, 121))), flash(Some(3), 12))),
        ("4*1", Said::Weighty(Weighty::Cannot { reason: 0 }, None)),
        ("4 5 12", Said::Weighty(Weighty::Cannot { reason: 4 }, about(None, 12))),
        ("5*3*1*2", hazard(0, 3, 1, 2)),
        ("9*1*0*0", hazard(4, 1, 0, 0)),
        ("0*121*0*3*45", Said::Report(well)),
    ];
    for (text, want) in table {
        assert_eq!(read(text), want, "{text}");
    }
    let nonsense = [
        "",
        " ",
        "*",
        "0",
        "5",
        "5*3",
        "5*3*1*2*4",
        "3 38",
        "4",
        "4*0",
        "4*6",
        "1*2*3*4",
        "10",
        "11",
        "38 121",
        "1234567",
        "一",
        "3号楼有人",
        "1 2 3 4 5 6 7",
        "0*5*6*3*45",
        "0*5*0*3*101",
        "1*70000*12",
        "-",
        "收到请回",
    ];
    for text in nonsense {
        assert_eq!(read(text), Said::Unknown, "{text}");
    }
    assert_eq!(read(&"1 ".repeat(500)), Said::Unknown);
    assert_eq!((REASONS.len(), HAZARDS.len()), (5, 5), "as many as the digits name");
}

#[test]
fn a_ladder_is_written_as_letters_and_seconds_in_time() {
    let steps: Steps = "A0 B300 A600 B600".parse().expect("sound");
    assert_eq!(steps.to_string(), "A0 B300 A600 B600");
    assert_eq!(StepTable::default().of(Class::Immediate), &steps);
    for text in ["", "A", "0", "a0", "A-1", "B300 A0", "A86401", &"A0 ".repeat(9)] {
        assert!(text.parse::<Steps>().is_err(), "{text}");
    }
}

#[test]
fn a_number_is_found_however_its_network_writes_it_and_stands_in_the_list_once() {
    for text in ["13800000001", "+8613800000001", "008613800000001", "+86 138 0000 0001"] {
        assert_eq!(plain_number(TextMeans::Sms, text), "13800000001", "{text}");
    }
    assert_eq!(plain_number(TextMeans::Beidou, "412345"), "412345");
    let mut registry = Registry::default();
    let handset = Handset { turn: 1, ..bench::handset("何某", 1) };
    assert_eq!(registry.add(handset.clone()), Ok(()));
    assert_eq!(registry.add(handset), Err(NotTaken::Twice));
    assert_eq!(registry.of_unit("响水村", "V01").len(), 1);
    assert_eq!(registry.of_unit("别村", "V02").len(), 0);
}
