//! What a swarm saw: how much befell its worlds, and how often the oracle judged. A world that is
//! told more quickly because less happens in it shows here. Nothing is decided by these counts.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use sanduan_protocol::base::ids::LaneId;
use sanduan_protocol::node::Node;
use serde::Serialize;

use super::ground::Ground;
use super::plot::Event;

/// What was seen in one world, or in many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// What was done to a world, by family.
    pub deeds: BTreeMap<&'static str, u64>,
    /// Frames that the oracle opened and judged (S3, S6, S8, S13).
    pub frames_judged: u64,
    /// Looks at a place to which something had happened (S1, S2, S5, S10, S11, S12).
    pub places_judged: u64,
    /// Readings of the rows or the shelves of a place (S4, S7, S9).
    pub rows_judged: u64,
    /// Worlds whose core came to agree, and was then held to the rest (L1 to L6).
    pub healed: u64,
    /// Lanes that somebody knew in the end to tell two stories.
    pub forks: u64,
    /// Orders that were sealed to a group and read on some machine in the end, by machine.
    pub sealed_read: u64,
    /// The same that were not.
    pub sealed_hidden: u64,
    /// Depots of which something is hidden on some machine in the end, by machine.
    pub depots_hidden: u64,
}

impl Seen {
    /// One more deed.
    pub fn note(&mut self, event: &Event) {
        *self.deeds.entry(event.deed.family()).or_default() += 1;
    }

    /// Look at a world at its end.
    pub fn end(&mut self, ground: &Ground, has_agreed: bool) {
        let hosts = ground.hosts.iter();
        let nodes = hosts.filter_map(|host| ground.world.host(*host).machine());
        let nodes: Vec<&Node> = nodes.collect();
        for node in &nodes {
            self.note_sealed(node);
        }
        let forked: BTreeSet<LaneId> =
            nodes.iter().flat_map(|node| node.book().forks().map(|(lane, _)| *lane)).collect();
        self.forks += forked.len() as u64;
        self.healed += u64::from(has_agreed);
    }

    fn note_sealed(&mut self, node: &Node) {
        self.depots_hidden += node.ledger().unread().count() as u64;
        let orders = node.shown_order_ids().into_iter();
        for group in orders.filter_map(|id| node.shown_group(id)) {
            self.sealed_read += u64::from(group.readable);
            self.sealed_hidden += u64::from(!group.readable);
        }
    }
}

impl AddAssign<&Seen> for Seen {
    fn add_assign(&mut self, other: &Seen) {
        for (family, count) in &other.deeds {
            *self.deeds.entry(family).or_default() += count;
        }
        self.frames_judged += other.frames_judged;
        self.places_judged += other.places_judged;
        self.rows_judged += other.rows_judged;
        self.healed += other.healed;
        self.forks += other.forks;
        self.sealed_read += other.sealed_read;
        self.sealed_hidden += other.sealed_hidden;
        self.depots_hidden += other.depots_hidden;
    }
}
