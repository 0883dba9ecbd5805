//! A plot told again is the same story; places and links can be taken out of it.

use super::*;

fn small(canary: Option<Canary>) -> Bounds {
    Bounds { nodes_min: 3, nodes_max: 4, minutes: 5, canary, crypto: None }
}

#[test]
fn a_story_told_again_from_its_file_is_the_same_story() {
    for seed in 0..8 {
        let (plot, outcome) = Plot::expand(seed, &small(None));
        let read = Plot::read(&plot.text()).expect("what was written can be read");
        assert_eq!(read, plot);
        let again = History::tell_plot(&read);
        assert_eq!(again.fingerprint, outcome.fingerprint, "seed {seed}");
        assert_eq!(again.answers, outcome.answers, "seed {seed}");
    }
}

#[test]
fn a_place_that_is_taken_out_leaves_the_others_connected_and_renumbered() {
    let (plot, _) = Plot::expand(5, &Bounds { nodes_max: 6, ..small(None) });
    let mut taken = 0;
    for gone in 0..plot.options.nodes {
        let Some(mut smaller) = plot.without_place(gone) else { continue };
        taken += 1;
        let text = smaller.text();
        assert_eq!(Plot::read(&text).expect("all places and links exist"), smaller);
        assert!(smaller.events.len() < plot.events.len());
        let places = smaller.events.iter_mut().flat_map(|event| event.deed.places_mut());
        assert!(places.into_iter().all(|place| *place < plot.options.nodes - 1));
    }
    assert!(taken > 0);
}

#[test]
fn a_plot_that_names_a_place_which_does_not_exist_is_refused() {
    let (mut plot, _) = Plot::expand(1, &small(None));
    // One beyond a second machine with the disk of a first, if there is one.
    let place = plot.options.nodes + 1;
    plot.events.push(Event { at_ms: 1, deed: Deed::Restart { place } });
    assert!(matches!(Plot::read(&plot.text()), Err(BadPlot::Place)));
    assert!(matches!(Plot::read("about = 1"), Err(BadPlot::Text(_))));
}
