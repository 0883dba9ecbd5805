//! A machine that is started from an old copy of its disk. What only the lost disk had is gone, and
//! swarms do not draw this (docs/decisions/0038, 0041). Here it is seen that the oracle asks the
//! lost records of nobody, that all else keeps its promises, and that the copy makes a difference.

use sanduan_netsim::swarm::plot::{Deed, Event, Kept, Plot};
use sanduan_netsim::swarm::{History, Left, LinkPlan, Options};
use sanduan_netsim::world::Fault;

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
