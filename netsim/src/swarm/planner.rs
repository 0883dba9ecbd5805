//! Draws which faults strike a world, where and when. Nothing is done to the world here: the
//! events go into [`super::Plot`]s, and [`super::ground`] lets them happen.

use sanduan_protocol::base::dice::Dice;

use super::ground::Ground;
use super::options::{Cuts, Left, LinkPlan, Options};
use super::plot::{Deed, Event};
use crate::air::Pair;

mod airs;
mod machines;

/// Nothing strikes before, so that the nodes have met once, ms.
const FIRST_FAULT_MS: u64 = 30_000;
/// A wall clock steps by up to a day, ms.
const STEP_MS: u64 = 86_400_000;

/// All faults of these options, in the order in which they are to be planned.
pub fn faults(ground: &Ground, options: &Options) -> Vec<Event> {
    let dice = Dice::new(options.seed ^ 0xfa_17);
    let mut planner = Planner { ground, options, dice, events: Vec::new() };
    planner.plan();
    planner.dice = Dice::new(options.seed ^ 0xd15c);
    planner.plan_machines();
    planner.dice = Dice::new(options.seed ^ 0xa125);
    planner.plan_airs();
    planner.dice = Dice::new(options.seed ^ 0xf111);
    planner.plan_room();
    planner.dice = Dice::new(options.seed ^ 0xba77);
    planner.plan_batteries();
    planner.events
}

struct Planner<'a> {
    ground: &'a Ground,
    options: &'a Options,
    dice: Dice,
    events: Vec<Event>,
}

impl Planner<'_> {
    fn plan(&mut self) {
        for place in 0..self.options.nodes {
            let skew_ms = self.dice.below(2 * self.options.skew_ms + 1) as i64;
            let offset_ms = skew_ms - self.options.skew_ms as i64;
            if offset_ms != 0 {
                self.at(0, Deed::Clock { place, offset_ms });
            }
            if let Some(most_ms) = self.options.late_disk_ms.filter(|_| self.dice.below(2) == 0) {
                self.at(0, Deed::SlowDisk { place, most_ms });
            }
        }
        let options = self.options;
        self.every(options.cuts.map(|(_, every_s)| every_s), Planner::cut);
        self.every(options.crashes.map(|(every_s, _)| every_s), Planner::crash);
        self.every(options.steps_every_s, Planner::step);
        self.every(options.refuses_every_s, Planner::refuse);
        self.every(options.flaps_every_s, Planner::flap);
    }

    fn every(&mut self, every_s: Option<u64>, strike: fn(&mut Self, u64)) {
        let Some(every_s) = every_s else { return };
        let end_ms = self.options.minutes * 60_000;
        let mut at_ms = FIRST_FAULT_MS + self.dice.below(every_s * 2_000);
        while at_ms < end_ms {
            // Half of what befalls people befalls them at work, however seldom that is.
            let is_at_work = !self.options.crowd.bursts.is_empty() && self.dice.below(2) == 0;
            strike(self, if is_at_work { self.options.crowd.within(at_ms, end_ms) } else { at_ms });
            at_ms += self.dice.between(every_s * 200, every_s * 1_800);
        }
    }

    fn place(&mut self) -> usize {
        self.dice.below(self.options.nodes as u64) as usize
    }

    fn at(&mut self, at_ms: u64, deed: Deed) {
        self.events.push(Event { at_ms, deed });
    }

    fn cut(&mut self, at_ms: u64) {
        let heals_ms = at_ms + self.dice.between(2_000, 600_000);
        let cuts = self.options.cuts.map_or(Cuts::Uniform, |(cuts, _)| cuts);
        let lonely = self.place();
        for (link, plan) in self.options.links.iter().enumerate() {
            let ends = match plan {
                LinkPlan::Wire { a, b, .. } | LinkPlan::SatelliteIp { a, b, .. } => vec![*a, *b],
                LinkPlan::Beidou { places, .. } | LinkPlan::Sbd { places, .. } => places.clone(),
                // Their stations are cut from each other below, or fall into parts.
                LinkPlan::Radio { .. } | LinkPlan::Lan { .. } | LinkPlan::Carry { .. } => continue,
            };
            let struck = match cuts {
                Cuts::IsolateOne => ends.contains(&lonely),
                Cuts::Uniform | Cuts::OneWay => self.dice.below(2) == 0,
            };
            if struck {
                let sender = ends[self.dice.below(ends.len() as u64) as usize];
                let from = match cuts {
                    Cuts::OneWay => Some(sender),
                    Cuts::Uniform | Cuts::IsolateOne => None,
                };
                self.at(at_ms, Deed::Cut { link, from });
                self.at(heals_ms, Deed::Heal { link });
            }
        }
        for (link, pair) in self.ground.pairs.clone() {
            if self.dice.below(2) == 0 {
                self.deafen(at_ms, heals_ms, link, pair, matches!(cuts, Cuts::OneWay));
            }
        }
    }

    fn deafen(&mut self, at_ms: u64, heals_ms: u64, link: usize, pair: Pair, one_way: bool) {
        let LinkPlan::Radio { places, .. } = &self.options.links[link] else { return };
        let [from, place] = [pair.from, pair.to].map(|station| places[usize::from(station.0)]);
        let both_ways = pair.both_ways && !one_way;
        self.at(at_ms, Deed::Deafen { link, from, place, both_ways });
        self.at(heals_ms, Deed::Hear { link, from, place, both_ways: pair.both_ways });
    }

    fn crash(&mut self, at_ms: u64) {
        let place = self.place();
        let left = self.options.crashes.map_or(Left::None, |(_, left)| left);
        let mut at_ms = at_ms;
        let times = if self.options.crash_loops { self.dice.between(1, 5) } else { 1 };
        for _ in 0..times {
            self.at(at_ms, Deed::Crash { place, left });
            at_ms += self.dice.between(100, 120_000 / times);
            self.at(at_ms, Deed::Restart { place });
            at_ms += self.dice.below(500);
        }
    }

    fn step(&mut self, at_ms: u64) {
        let place = self.place();
        let most_ms = if self.dice.below(4) == 0 { STEP_MS } else { 600_000 };
        let offset_ms = self.dice.below(2 * most_ms) as i64 - most_ms as i64;
        self.at(at_ms, Deed::Clock { place, offset_ms });
    }

    fn refuse(&mut self, at_ms: u64) {
        let place = self.place();
        self.at(at_ms, Deed::Refuse { place, refuses: true });
        let freed_ms = at_ms + self.dice.between(1_000, 300_000);
        self.at(freed_ms, Deed::Refuse { place, refuses: false });
        self.at(freed_ms, Deed::Crash { place, left: Left::Torn });
        let restarted_ms = freed_ms + self.dice.between(500, 20_000);
        self.at(restarted_ms, Deed::Restart { place });
    }

    fn flap(&mut self, at_ms: u64) {
        let place = self.place();
        let links: Vec<usize> = self.options.links_at(place).collect();
        if links.is_empty() {
            return;
        }
        let link = links[self.dice.below(links.len() as u64) as usize];
        self.at(at_ms, Deed::Flap { place, link, up: false });
        let up_ms = at_ms + self.dice.between(500, 180_000);
        self.at(up_ms, Deed::Flap { place, link, up: true });
    }
}
