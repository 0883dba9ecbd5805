//! The lab's own judgement: when two pictures differ, and what is said when a wait is in vain.

use super::{Lab, Picture, journey};
use crate::trouble::{Outcome, Trouble};
use crate::wait::{seconds, wait_for};

fn picture() -> Picture {
    Picture {
        digests: ("aa".into(), "bb".into()),
        orders: vec!["1-1".into()],
        stock: vec!["D00 E004 3".into()],
        positions: vec!["水救二队".into()],
    }
}

#[test]
fn equal_pictures_have_no_difference() {
    assert_eq!(picture().difference(&picture()), None);
}

#[test]
fn every_part_of_a_picture_is_compared() {
    let change: [fn(&mut Picture); 5] = [
        |p| p.digests.1 = "cc".into(),
        |p| p.orders.clear(),
        |p| p.orders.push("1-2".into()),
        |p| p.stock[0] = "D00 E004 4".into(),
        |p| p.positions.clear(),
    ];
    for (at, change) in change.into_iter().enumerate() {
        let mut other = picture();
        change(&mut other);
        assert!(picture().difference(&other).is_some(), "change {at} was not seen");
    }
}

#[test]
fn a_wait_in_vain_says_what_was_last_wrong() {
    let mut asked = 0;
    let waited: Outcome = wait_for("rain", seconds(0), || {
        asked += 1;
        Err(Trouble::new(format!("dry for the {asked}th time")))
    });
    let words = waited.expect_err("it stays dry").to_string();
    assert_eq!(words, "waited 0 s for rain: dry for the 1th time");
}

#[test]
#[should_panic(expected = "the bridge is out")]
fn a_journey_that_fails_fails_its_test() {
    journey(|_| Err(Trouble::new("the bridge is out")));
}

#[test]
fn a_lab_leaves_nothing_behind() {
    let lab = Lab::new().expect("a folder can be made");
    let folder = lab.folder().to_owned();
    assert!(folder.is_dir());
    drop(lab);
    assert!(!folder.exists());
}
