//! What still parts two nodes of a core that does not come to agree: the lanes, and how far each
//! node has verified them. For the person who reads the breach.

use std::collections::BTreeMap;

use sanduan_protocol::base::ids::LaneId;
use sanduan_protocol::log::lane::Lane;
use sanduan_protocol::node::Node;

use super::inside::short;
use crate::world::{HostId, World};

/// Differences that are told; the rest is counted.
const TOLD_MAX: usize = 4;

/// Lanes and boards that are not the same on all of these hosts, in words.
pub fn between(world: &World<Node>, hosts: &[HostId]) -> String {
    let nodes: Vec<(HostId, &Node)> = hosts
        .iter()
        .filter_map(|host| world.host(*host).machine().map(|node| (*host, node)))
        .collect();
    let mut lanes: BTreeMap<LaneId, Vec<(HostId, String)>> = BTreeMap::new();
    for (_, node) in &nodes {
        for (id, _) in node.book().lanes() {
            lanes.entry(*id).or_default();
        }
    }
    let mut told: Vec<String> = Vec::new();
    for (id, by_host) in &mut lanes {
        by_host.extend(nodes.iter().map(|(host, node)| (*host, mark(node.book().lane(*id)))));
        let is_same = by_host.windows(2).all(|pair| pair[0].1 == pair[1].1);
        if !is_same {
            let words = by_host.iter().map(|(host, mark)| format!("{}: {mark}", host.0));
            told.push(format!("{id:?} {}", words.collect::<Vec<_>>().join(", ")));
        }
    }
    let boards: Vec<_> = nodes.iter().map(|(_, node)| node.board().fixes_hash()).collect();
    if boards.windows(2).any(|pair| pair[0] != pair[1]) {
        told.push("boards".to_owned());
    }
    let more = told.len().saturating_sub(TOLD_MAX);
    told.truncate(TOLD_MAX);
    match more {
        0 => told.join("; "),
        more => format!("{}; {more} more", told.join("; ")),
    }
}

/// How far a lane is verified and received, and whether it ends at a fork.
fn mark(lane: Option<&Lane>) -> String {
    let Some(lane) = lane else { return "0/0".to_owned() };
    let fork = lane.fork().map_or(String::new(), |at| format!(" fork {at}"));
    let end = short(&lane.head_hash());
    format!("{}/{} {end}{fork}", lane.saved_sealed(), lane.saved())
}
