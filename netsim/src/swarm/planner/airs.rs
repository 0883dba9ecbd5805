//! Which troubles befall links, beside cuts and flaps. They have dice of their own, so that what is
//! drawn here changes nothing that is drawn elsewhere.

use super::Planner;
use crate::swarm::options::{LinkPlan, Parting};
use crate::swarm::plot::{Deed, Trouble};

/// A trouble lasts so long, ms.
const LASTS_MS: (u64, u64) = (2_000, 600_000);
/// From one machine that clogs to the next, and from one that is freed to the next, ms at most.
const SWIZZLE_MS: u64 = 20_000;
/// The smallest packets that every IP way lets pass are those of 576 bytes (RFC 791); a frame is
/// the rest of it. The least is what the protocol asks of a link at all.
const MTUS: [u16; 3] = [548, 256, 128];

impl Planner<'_> {
    pub(super) fn plan_airs(&mut self) {
        let air = &self.options.air;
        self.every(air.jams_every_s, Planner::jam);
        self.every(air.rates_every_s, Planner::change_rate);
        self.every(air.shrinks_every_s, Planner::shrink);
        self.every(air.parts.map(|(_, every_s)| every_s), Planner::part);
        self.every(air.clogs_every_s, Planner::swizzle);
    }

    /// One of the links of this kind, if there are any.
    fn one_of(&mut self, is_it: fn(&LinkPlan) -> bool) -> Option<(usize, LinkPlan)> {
        let links = self.options.links.iter().enumerate().filter(|(_, link)| is_it(link));
        let links: Vec<_> = links.collect();
        let (number, link) = *links.get(self.dice.below(links.len().max(1) as u64) as usize)?;
        Some((number, link.clone()))
    }

    fn trouble(&mut self, at_ms: u64, link: usize, begins: Trouble, ends: Trouble) {
        let ends_ms = at_ms + self.dice.between(LASTS_MS.0, LASTS_MS.1);
        self.at(at_ms, Deed::Trouble { link, trouble: begins });
        self.at(ends_ms, Deed::Trouble { link, trouble: ends });
    }

    fn jam(&mut self, at_ms: u64) {
        let is_radio = |link: &LinkPlan| matches!(link, LinkPlan::Radio { .. });
        if let Some((link, _)) = self.one_of(is_radio) {
            self.trouble(at_ms, link, Trouble::Jam { on: true }, Trouble::Jam { on: false });
        }
    }

    /// A satellite falls to a hundredth; a radio to the next rate that its modem knows.
    fn change_rate(&mut self, at_ms: u64) {
        let has_rate =
            |link: &LinkPlan| matches!(link, LinkPlan::Radio { .. } | LinkPlan::SatelliteIp { .. });
        let Some((link, plan)) = self.one_of(has_rate) else { return };
        let less = [2, 10, 100][self.dice.below(3) as usize];
        let rate_bit_s = match plan {
            LinkPlan::Radio { rate_bit_s, .. } => (rate_bit_s / less).max(300),
            LinkPlan::SatelliteIp { rate_bit_s, .. } => rate_bit_s / less,
            LinkPlan::Wire { .. }
            | LinkPlan::Beidou { .. }
            | LinkPlan::Sbd { .. }
            | LinkPlan::Lan { .. }
            | LinkPlan::Carry { .. } => return,
        };
        let rate = |rate_bit_s| Trouble::Rate { rate_bit_s };
        self.trouble(at_ms, link, rate(Some(rate_bit_s)), rate(None));
    }

    fn shrink(&mut self, at_ms: u64) {
        let is_ip = |link: &LinkPlan| matches!(link, LinkPlan::SatelliteIp { .. });
        let Some((link, _)) = self.one_of(is_ip) else { return };
        let mtu = Some(MTUS[self.dice.below(MTUS.len() as u64) as usize]);
        self.trouble(at_ms, link, Trouble::Mtu { mtu }, Trouble::Mtu { mtu: None });
    }

    /// A local network falls into two parts, in a third of the cases in one direction only.
    fn part(&mut self, at_ms: u64) {
        let Some((parting, _)) = self.options.air.parts else { return };
        let is_lan = |link: &LinkPlan| matches!(link, LinkPlan::Lan { .. });
        let Some((link, LinkPlan::Lan { places, .. })) = self.one_of(is_lan) else { return };
        let near = self.one_part(parting, &places);
        let both_ways = self.dice.below(3) > 0;
        let heals_ms = at_ms + self.dice.between(LASTS_MS.0, LASTS_MS.1);
        for &from in places.iter().filter(|place| near.contains(place)) {
            for &place in places.iter().filter(|place| !near.contains(place)) {
                self.at(at_ms, Deed::Deafen { link, from, place, both_ways });
                self.at(heals_ms, Deed::Hear { link, from, place, both_ways });
            }
        }
    }

    /// Machines of one part. Coins may all fall alike: then nothing is parted.
    fn one_part(&mut self, parting: Parting, places: &[usize]) -> Vec<usize> {
        let mut rest = places.to_vec();
        let size = match parting {
            Parting::UniformAssignment => {
                rest.retain(|_| self.dice.below(2) == 0);
                return rest;
            }
            Parting::UniformSize => self.dice.between(1, places.len() as u64 - 1),
            Parting::IsolateOne => 1,
        };
        let mut near = Vec::new();
        for _ in 0..size {
            near.push(rest.remove(self.dice.below(rest.len() as u64) as usize));
        }
        near
    }

    /// Some machines clog one after the other, and come free in another order.
    fn swizzle(&mut self, at_ms: u64) {
        let is_lan = |link: &LinkPlan| matches!(link, LinkPlan::Lan { .. });
        let Some((link, LinkPlan::Lan { places, .. })) = self.one_of(is_lan) else { return };
        let struck = self.one_part(Parting::UniformSize, &places);
        let freed_ms = at_ms + self.dice.between(LASTS_MS.0, LASTS_MS.1);
        for place in struck {
            for (clogged, from_ms) in [(true, at_ms), (false, freed_ms)] {
                let at_ms = from_ms + self.dice.below(SWIZZLE_MS);
                self.at(at_ms, Deed::Trouble { link, trouble: Trouble::Clog { place, clogged } });
            }
        }
    }
}
