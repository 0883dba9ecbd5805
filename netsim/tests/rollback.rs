//! A machine that is started from an old copy of its disk, and two with one disk. What only the
//! lost disk had is gone (docs/decisions/0038, 0041, 0050). Here it is seen that the oracle asks
//! the lost records of nobody, that all else keeps its promises, and that a copy makes
//! a difference.

use sanduan_netsim::swarm::plot::{Deed, Event, Kept, Plot};
use sanduan_netsim::swarm::{DiskFaults, History, Left, LinkPlan, Options, Twin};
use sanduan_netsim::world::{Canary, Fault};

fn story(is_put_back: bool) -> Plot {
    let links = vec![LinkPlan::Wire { a: 0, b: 1, rate_bit_s: 64_000, delay_ms: 40 }];
    let options = Options { seed: 3, nodes: 2, minutes: 10, links, ..Options::quiet() };
    let dice = |n: u64| Kept::try_from(format!("{:016x}", n * 0x9e37_79b9)).expect("digits");
    let enter = |n: u64| Event {
        at_ms: n * 8_000,
        deed: Deed::Enter { place: n as usize % 2, dice: dice(n) },
    };
    let mut events: Vec<Event> = (1..70).map(enter).collect();
    let mut add = |at_ms, deed| events.push(Event { at_ms, deed });
    add(120_000, Deed::Befall { place: 0, fault: Fault::BackUp });
    let down = match is_put_back {
        true => Deed::Befall { place: 0, fault: Fault::PutBack },
        false => Deed::Crash { place: 0, left: Left::None },
    };
    add(400_000, down);
    add(403_000, Deed::Restart { place: 0 });
    events.sort_by_key(|event| event.at_ms);
    let about = "an old copy".to_owned();
    Plot { about, fails: "S1".to_owned(), canary: None, options, events }
}

#[test]
fn what_an_old_copy_has_lost_is_asked_of_nobody() {
    let (with, without) = (History::tell_plot(&story(true)), History::tell_plot(&story(false)));
    assert_eq!(with.breaches, Vec::<String>::new());
    assert_ne!(with.fingerprint, without.fingerprint, "nothing was put back");
    assert!(with.calm.agreed_s.is_some(), "{:?}", with.calm);
}

#[test]
fn the_same_crash_without_the_copy_breaks_nothing() {
    let outcome = History::tell_plot(&story(false));
    assert_eq!(outcome.breaches, Vec::<String>::new());
}

/// Three in a row; the disk of the second is copied into a machine beside the third.
fn twins(canary: Option<Canary>) -> Plot {
    let wire = |a, b| LinkPlan::Wire { a, b, rate_bit_s: 64_000, delay_ms: 40 };
    let twin = Twin { place: 1, beside: 2, copied_s: 60, restarted_s: 300 };
    let disk = DiskFaults { twin: Some(twin), ..DiskFaults::default() };
    let links = vec![wire(0, 1), wire(1, 2)];
    let options = Options { seed: 4, nodes: 3, minutes: 10, links, disk, ..Options::quiet() };
    let events = History::tell_and_write(options.clone(), None).0;
    assert!(events.iter().any(|event| is_copy(&event.deed)), "nothing was copied: {events:?}");
    Plot { about: "twins".to_owned(), fails: "S6".to_owned(), canary, options, events }
}

fn is_copy(deed: &Deed) -> bool {
    matches!(deed, Deed::Befall { fault: Fault::CopyTo { .. }, .. })
}

#[test]
fn two_machines_with_one_disk_use_no_number_twice_and_all_else_keeps_its_promises() {
    let outcome = History::tell_plot(&twins(None));
    assert_eq!(outcome.breaches, Vec::<String>::new());
    assert!(outcome.calm.agreed_s.is_some(), "{:?}", outcome.calm);
}

#[test]
fn two_machines_that_draw_the_same_start_are_found() {
    let outcome = History::tell_plot(&twins(Some(Canary::ForgetsCounters)));
    assert!(outcome.breaches.iter().any(|what| what.contains("S6")), "{:?}", outcome.breaches);
}
