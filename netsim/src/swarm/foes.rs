//! Those who mean harm, together: the device that was carried off, and the outsider.

use std::collections::VecDeque;

use super::ground::Ground;
use super::insider::Insider;
use super::options::Options;
use super::outsider::Outsider;
use super::plot::{Deed, Event};
use crate::world::Taped;

/// All of them.
pub struct Foes {
    insider: Option<Insider>,
    outsider: Option<Outsider>,
}

impl Foes {
    /// Those of these options.
    pub fn new(options: &Options) -> Foes {
        Foes { insider: Insider::new(options), outsider: Outsider::new(options) }
    }

    /// From now on they do only what is written here.
    pub fn follow(&mut self, events: &[Event]) {
        let only = |wanted: fn(&Deed) -> bool| -> VecDeque<Event> {
            events.iter().filter(|event| wanted(&event.deed)).cloned().collect()
        };
        if let Some(insider) = &mut self.insider {
            insider.follow(only(|deed| matches!(deed, Deed::Forge { .. })));
        }
        let script = only(|deed| matches!(deed, Deed::Noise { .. }));
        if let Some(outsider) = &mut self.outsider {
            outsider.follow(script);
        }
    }

    /// Do what is due.
    pub fn act(&mut self, ground: &mut Ground) {
        if let Some(insider) = &mut self.insider {
            insider.act(ground);
        }
        if let Some(outsider) = &mut self.outsider {
            outsider.act(ground);
        }
    }

    /// A frame went through the air.
    pub fn overhear(&mut self, taped: &Taped) {
        if let Some(outsider) = &mut self.outsider {
            outsider.overhear(taped);
        }
    }

    /// What they did since this was last asked.
    pub fn take_done(&mut self) -> Vec<Event> {
        let insider = self.insider.iter_mut().flat_map(|one| std::mem::take(&mut one.said));
        let outsider = self.outsider.iter_mut().flat_map(|one| std::mem::take(&mut one.said));
        insider.chain(outsider).collect()
    }
}
