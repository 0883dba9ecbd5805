//! What a node holds and believes at one moment, for whoever looks into a failing seed: its lanes,
//! what waits in them, and what its links dropped. Nothing is judged here.

use sanduan_protocol::node::Node;

/// Lines that tell it, for the place of this number.
pub fn lines(place: usize, node: &Node) -> Vec<String> {
    let lanes = node.book().lanes().map(|(id, lane)| {
        let fork = lane.fork().map(|seq| format!(", forked at {seq}")).unwrap_or_default();
        let incarnation = match id.incarnation {
            0 => String::new(),
            life => format!(".{life}"),
        };
        format!(
            "{place} {}{incarnation}:{:?} {}/{} saved {}/{}, {} early{fork}",
            id.author,
            id.lane,
            lane.head(),
            lane.sealed(),
            lane.saved(),
            lane.saved_sealed(),
            lane.early_count(),
        )
    });
    let links = node.shown_bearers().into_iter().map(|row| format!("{place} {row:?}"));
    let peers = node.shown_peers().into_iter().map(|row| format!("{place} {row:?}"));
    let views = node.told_views().into_iter().map(|line| format!("{place} owes {line}"));
    let orders = node.shown_orders().into_iter().map(|row| {
        format!("{place} order {}: {:?}", row.id, node.shown_rungs(row.id).unwrap_or_default())
    });
    lanes.chain(orders).chain(views).chain(links).chain(peers).collect()
}
