//! A plot: the whole story of one seed written down, with every fault and every wish and its
//! moment, so that parts can be left out. Files of plots are TOML. Which parts are left out is
//! decided in [`shrink`]; the telling is done in [`super::History`].

mod event;
pub mod shrink;
mod trouble;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use event::{Deed, Event, Kept, next_due};
pub use trouble::Trouble;

use super::history::{History, Outcome, checker_of};
use super::options::{Bounds, ClockFaults, DiskFaults, LinkPlan, Options, PowerFaults, Twin};
use crate::world::Canary;

/// Places in a plot, at most: more than any swarm draws.
const PLACES_MAX: usize = 64;

/// A story written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plot {
    /// Why it is kept, for people.
    pub about: String,
    /// The checker that found a broken promise in it.
    pub fails: String,
    /// The promise that is broken on purpose. Without one the story must keep all promises.
    pub canary: Option<Canary>,
    /// The world. Rates of faults that are events are left out of it.
    pub options: Options,
    /// Everything that happens, in order.
    #[serde(default)]
    pub events: Vec<Event>,
}

/// The text is no plot.
#[derive(Debug, Error)]
pub enum BadPlot {
    /// Not TOML, or a field is missing.
    #[error("情节文件读不懂 / the plot cannot be read: {0}")]
    Text(#[from] toml::de::Error),
    /// It names a place or a link that does not exist.
    #[error("情节文件里有不存在的节点或链路 / the plot names a place or link that does not exist")]
    Place,
}

impl Plot {
    /// The story of a seed within these bounds, and what it came to.
    pub fn expand(seed: u64, bounds: &Bounds) -> (Plot, Outcome) {
        let options = Options::draw(seed, bounds);
        let (events, outcome) = History::tell_and_write(options.clone(), bounds.canary);
        let fails = outcome.breaches.first().map_or("", |what| checker_of(what)).to_owned();
        let plot = Plot {
            about: format!("种子 / seed {seed}"),
            fails,
            canary: bounds.canary,
            options: without_rates(options),
            events,
        };
        (plot, outcome)
    }

    /// Read a file's text.
    pub fn read(text: &str) -> Result<Plot, BadPlot> {
        let mut plot: Plot = toml::from_str(text)?;
        let (places, links) = (plot.options.nodes, plot.options.links.len());
        let ends = plot.options.links.iter().flat_map(LinkPlan::places);
        let mut is_sound = (2..=PLACES_MAX).contains(&places) && { ends }.all(|end| end < places);
        // A second machine with the disk of a first comes after all places.
        let twin = plot.options.disk.twin;
        is_sound &= twin.is_none_or(|twin| twin.place < places && twin.beside < places);
        let machines = places + usize::from(twin.is_some());
        for event in &mut plot.events {
            is_sound &= event.deed.places_mut().iter().all(|place| **place < machines);
            is_sound &= event.deed.link_mut().is_none_or(|link| *link < links);
        }
        if is_sound { Ok(plot) } else { Err(BadPlot::Place) }
    }

    /// As a file's text.
    pub fn text(&self) -> String {
        toml::to_string(self).expect("a plot has only numbers below 2^63, words and lists")
    }

    /// Families of faults and wishes in it.
    pub fn families(&self) -> BTreeSet<&'static str> {
        self.events.iter().map(|event| event.deed.family()).collect()
    }

    /// The same without one place; `None` if the others would no longer be connected.
    pub fn without_place(&self, gone: usize) -> Option<Plot> {
        let mut plot = self.clone();
        plot.options.nodes -= 1;
        plot.options.left_behind = None;
        let after = |place: usize| place - usize::from(place > gone);
        let twin = self.options.disk.twin;
        let stays = twin.filter(|twin| twin.place != gone && twin.beside != gone);
        plot.options.disk.twin =
            stays.map(|twin| Twin { place: after(twin.place), beside: after(twin.beside), ..twin });
        for number in (0..plot.options.links.len()).rev() {
            if !plot.options.links[number].leave(gone) {
                plot = plot.without_link(number);
            }
        }
        let machines = self.options.nodes + usize::from(stays.is_some());
        let is_there = |place: usize| place != gone && place < machines;
        plot.events.retain_mut(|event| event.deed.places_mut().iter().all(|at| is_there(**at)));
        for event in &mut plot.events {
            for place in event.deed.places_mut() {
                *place = after(*place);
            }
        }
        let is_connected = plot.options.nodes >= 2 && plot.options.core(None).is_some();
        is_connected.then_some(plot)
    }

    /// The same without one link, connected or not.
    pub fn without_link(&self, gone: usize) -> Plot {
        let mut plot = self.clone();
        plot.options.links.remove(gone);
        plot.events.retain_mut(|event| event.deed.link_mut().is_none_or(|link| *link != gone));
        for event in &mut plot.events {
            if let Some(link) = event.deed.link_mut() {
                *link -= usize::from(*link > gone);
            }
        }
        plot
    }
}

/// Rates of faults that a plot's events stand for.
fn without_rates(options: Options) -> Options {
    Options {
        cuts: None,
        crashes: None,
        crash_loops: false,
        skew_ms: 0,
        steps_every_s: None,
        late_disk_ms: None,
        refuses_every_s: None,
        flaps_every_s: None,
        mule_every_s: None,
        disk: DiskFaults { twin: options.disk.twin, ..DiskFaults::default() },
        clock: ClockFaults::default(),
        power: PowerFaults::default(),
        air: options.air.clone().without_events(),
        ..options
    }
}

#[cfg(test)]
mod tests;
