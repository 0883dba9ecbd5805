//! The kept stories in `netsim/corpus`, each made small from a seed that broke a promise: those
//! with a canary must still be found by the same checker, all others must keep every promise.

use std::path::PathBuf;

use sanduan_netsim::realtime::read_plot;
use sanduan_netsim::swarm::plot::Plot;
use sanduan_netsim::swarm::plot::shrink::shrink;
use sanduan_netsim::swarm::{Bounds, History};
use sanduan_netsim::world::Canary;

/// Tellings that one shrinking is given here.
const TOLD_MAX: u64 = 400;
/// Seeds tried for a story with a canary.
const SEEDS: u64 = 8;

fn kept() -> Vec<(PathBuf, Plot)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");
    let files = std::fs::read_dir(folder).expect("the corpus is in the repository");
    let mut paths: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    let read = |path: PathBuf| (path.clone(), read_plot(&path).expect("a plot"));
    paths.into_iter().map(read).collect()
}

#[test]
fn every_kept_story_is_still_told_as_it_should_be() {
    let kept = kept();
    assert!(kept.len() >= 3, "{} files", kept.len());
    for (path, plot) in kept {
        let path = path.display();
        match plot.canary {
            Some(_) => assert!(is_found(&plot), "{path}: {} is blind to it", plot.fails),
            None => {
                let outcome = History::tell_plot(&plot);
                assert!(outcome.breaches.is_empty(), "{path}: {:?}", outcome.breaches);
            }
        }
    }
}

/// Found under one of a few seeds of the world: what a frame costs may change, and with it what a
/// seed draws.
fn is_found(plot: &Plot) -> bool {
    (0..SEEDS).any(|more| {
        let mut plot = plot.clone();
        plot.options.seed += more;
        History::fails(&plot)
    })
}

#[test]
fn without_its_canary_a_kept_story_keeps_every_promise() {
    for (path, plot) in kept() {
        let outcome = History::tell_plot(&Plot { canary: None, ..plot });
        assert!(outcome.breaches.is_empty(), "{}: {:?}", path.display(), outcome.breaches);
    }
}

#[test]
fn a_seed_that_fails_shrinks_to_a_handful_of_events_that_still_fail() {
    let canary = Some(Canary::ForgetsCounters);
    let bounds = Bounds { nodes_min: 3, nodes_max: 5, minutes: 10, canary, crypto: None };
    let mut seeds = (0..50).map(|seed| Plot::expand(seed, &bounds));
    let (plot, _) = seeds.find(|(_, outcome)| !outcome.breaches.is_empty()).expect("one fails");
    let (events, fails) = (plot.events.len(), plot.fails.clone());
    let shrunk = shrink(plot, &mut |told, _| told < TOLD_MAX);
    let small = shrunk.plot;
    assert!(events > 30 && small.events.len() <= 8, "{events} to {}", small.events.len());
    assert_eq!(small.fails, fails);
    let again = Plot::read(&small.text()).expect("what was written can be read");
    assert!(History::fails(&again), "what was shrunk fails no more");
}
