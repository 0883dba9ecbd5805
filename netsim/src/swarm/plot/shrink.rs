//! Makes a failing plot smaller while the same checker still fails: fewer hours, families of
//! faults, places and links first, then single events (delta debugging: Zeller and Hildebrandt,
//! "Simplifying and Isolating Failure-Inducing Input", 2002).

use super::{Event, Plot};
use crate::swarm::options::{Allowances, Errands, Foes};
use crate::swarm::{AirFaults, History};

/// After so many rounds without an end, what is there is small enough.
const ROUNDS_MAX: usize = 4;

/// What shrinking came to.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The smallest plot found that still fails.
    pub plot: Plot,
    /// Plots that were told on the way.
    pub told: u64,
}

/// Shrink `plot`; `goes_on` is asked before each telling, with the number of those done and the
/// events left, and may end it.
pub fn shrink(plot: Plot, goes_on: &mut dyn FnMut(u64, usize) -> bool) -> Shrunk {
    let mut work = Work { plot, told: 0, goes_on };
    for _ in 0..ROUNDS_MAX {
        let before = work.plot.clone();
        work.hours();
        work.families();
        work.places();
        work.events();
        if work.plot == before {
            break;
        }
    }
    Shrunk { plot: work.plot, told: work.told }
}

struct Work<'a> {
    plot: Plot,
    told: u64,
    goes_on: &'a mut dyn FnMut(u64, usize) -> bool,
}

impl Work<'_> {
    /// Keep this plot instead if it fails as well.
    fn take_if_it_fails(&mut self, smaller: Plot) -> bool {
        if smaller == self.plot || !(self.goes_on)(self.told, self.plot.events.len()) {
            return false;
        }
        self.told += 1;
        let fails = History::fails(&smaller);
        if fails {
            self.plot = smaller;
        }
        fails
    }

    /// End it earlier: after a half, three quarters, seven eighths, one minute less.
    fn hours(&mut self) {
        loop {
            let minutes = self.plot.options.minutes;
            let shorter = [minutes / 2, minutes * 3 / 4, minutes * 7 / 8, minutes - 1];
            let taken = shorter.into_iter().any(|minutes| {
                let mut plot = self.plot.clone();
                plot.options.minutes = minutes;
                plot.events.retain(|event| event.at_ms <= minutes * 60_000);
                minutes > 0 && self.take_if_it_fails(plot)
            });
            if !taken {
                return;
            }
        }
    }

    /// Switch off one family after the other.
    fn families(&mut self) {
        for family in self.plot.families() {
            let mut plot = self.plot.clone();
            plot.events.retain(|event| event.deed.family() != family);
            self.take_if_it_fails(plot);
        }
        let off: [fn(&mut Plot); 16] = [
            |plot| plot.options.loss_ppm = 0,
            |plot| plot.options.duplicate_ppm = 0,
            |plot| plot.options.jitter_ms = 0,
            |plot| plot.options.late_ppm = 0,
            |plot| plot.options.air.replay = None,
            |plot| plot.options.air.flip_ppm = 0,
            |plot| plot.options.air.truncate_ppm = 0,
            |plot| plot.options.air.fading = None,
            |plot| plot.options.air.misreported_ppm = 0,
            |plot| plot.options.air = AirFaults::default(),
            |plot| plot.options.left_behind = None,
            |plot| plot.options.has_weak_device = false,
            |plot| plot.options.foes = Foes::default(),
            |plot| plot.options.errands = Errands::default(),
            |plot| plot.options.allowances = Allowances::default(),
            |plot| {
                plot.options.insider_every_s = None;
                plot.events.retain(|event| event.deed.family() != "forge");
            },
        ];
        for switch_off in off {
            let mut plot = self.plot.clone();
            switch_off(&mut plot);
            self.take_if_it_fails(plot);
        }
    }

    fn places(&mut self) {
        for place in (0..self.plot.options.nodes).rev() {
            if let Some(plot) = self.plot.without_place(place) {
                self.take_if_it_fails(plot);
            }
        }
        for link in (0..self.plot.options.links.len()).rev() {
            let plot = self.plot.without_link(link);
            if plot.options.core(None).is_some() {
                self.take_if_it_fails(plot);
            }
        }
    }

    /// Leave out runs of events, long ones first.
    fn events(&mut self) {
        let mut run = self.plot.events.len().div_ceil(2);
        while run > 0 {
            let mut from = 0;
            while from < self.plot.events.len() {
                let events = &self.plot.events;
                let to = (from + run).min(events.len());
                let left: Vec<Event> = [&events[..from], &events[to..]].concat();
                let plot = Plot { events: left, ..self.plot.clone() };
                if !self.take_if_it_fails(plot) {
                    from = to;
                }
            }
            run = if run == 1 { 0 } else { run.div_ceil(2) };
        }
    }
}
