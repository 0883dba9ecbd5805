//! The page and the JUnit file of small stories.

use std::time::Duration;

use super::{Case, Gauges, Sample, junit, page};
use crate::scenario::{Level, Marks};

fn story() -> (Marks, Gauges) {
    let level = Level {
        owed: 2,
        name: "镇街<1>".to_owned(),
        reached_s: vec![3, 4],
        answered_s: vec![20, 90],
    };
    let marks = Marks {
        title: "试 & test".to_owned(),
        owed: 2,
        reached: 2,
        answered: 2,
        agreed_s: Some(1),
        levels: vec![level],
        ..Marks::default()
    };
    let mut gauges =
        Gauges::new(1_000, ["指挥中心", "白沙镇"].into_iter(), ["北斗", "370", "北斗"].into_iter());
    gauges.samples.push(Sample { waiting: vec![1, 2], bytes: vec![0, 0], ..Sample::default() });
    let sample = Sample { minute: 3, owed: 2, waiting: vec![0, 9], ..Sample::default() };
    gauges.samples.push(Sample { bytes: vec![300, 60], ..sample });
    (marks, gauges)
}

#[test]
fn a_long_story_is_sampled_at_most_360_times_and_links_of_one_name_are_one_bearer() {
    let (_, gauges) = story();
    assert_eq!((gauges.every_min, gauges.bearers.len()), (3, 2));
    assert!(gauges.is_due(999) && !gauges.is_due(1000));
}

#[test]
fn the_page_needs_nothing_from_elsewhere_and_escapes_what_people_named() {
    let (marks, gauges) = story();
    let page = page(&marks, &gauges, "table");
    for wanted in ["试 &amp; test", "镇街&lt;1&gt;", "通过 / passed", "<svg", "白沙镇", "T+0:03"]
    {
        assert!(page.contains(wanted), "{wanted}");
    }
    for outside in ["http://", "https://", "<script", "src=", "@import", "镇街<1>"] {
        assert!(!page.contains(outside), "{outside}");
    }
    // One answer below 30 s, one below 120 s.
    assert_eq!(page.matches(r#"text-anchor="middle">1</text>"#).count(), 2, "{page}");
}

#[test]
fn bytes_are_shown_for_each_minute_and_not_as_a_growing_sum() {
    let (marks, gauges) = story();
    let page = page(&marks, &gauges, "");
    // 300 bytes in three minutes: the highest mark of that chart is a hundred.
    assert!(page.contains(">100</text>"));
}

#[test]
fn a_broken_promise_is_a_failure_in_junit() {
    let case = |name: &str, broken: &[&str]| Case {
        name: name.to_owned(),
        class: "swarm".to_owned(),
        took: Duration::from_millis(1500),
        broken: broken.iter().map(|&what| what.to_owned()).collect(),
    };
    let cases = [case("seed 1", &[]), case("seed 2", &["L1 <never> agreed", "S5 more"])];
    let text = junit("swarm", &cases).expect("text in memory");
    assert!(text.contains(r#"tests="2""#) && text.contains(r#"failures="1""#), "{text}");
    assert!(text.contains("L1 &lt;never&gt; agreed") && text.contains("S5 more"), "{text}");
    assert!(text.contains(r#"classname="swarm""#) && text.contains("1.500"), "{text}");
}
