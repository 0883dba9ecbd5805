//! What a node holds and believes at one moment, for whoever looks into a failing seed: its lanes,
//! what waits in them, and what its links dropped. Nothing is judged here.

use sanduan_protocol::node::Node;

/// So many bytes of a hash or a value are told.
const SHORT_BYTES: usize = 8;

/// Lines that tell it, for the place of this number.
pub fn lines(place: usize, node: &Node) -> Vec<String> {
    let lanes = node.book().lanes().map(|(id, lane)| {
        let fork = lane.fork().map(|seq| format!(", forked at {seq}")).unwrap_or_default();
        let incarnation = match id.incarnation {
            0 => String::new(),
            life => format!(".{life}"),
        };
        format!(
            "{place} {}{incarnation}:{:?} {}/{} saved {}/{}, {} early, ends {}{fork}",
            id.author,
            id.lane,
            lane.head(),
            lane.sealed(),
            lane.saved(),
            lane.saved_sealed(),
            lane.early_count(),
            short(&lane.head_hash()),
        )
    });
    let links = node.shown_bearers().into_iter().map(|row| format!("{place} {row:?}"));
    let peers = node.shown_peers().into_iter().map(|row| format!("{place} {row:?}"));
    let views = node.told_views().into_iter().map(|line| format!("{place} owes {line}"));
    let fixes = node.board().fixes().filter_map(|id| {
        let fix = node.board().get(id)?;
        Some(format!("{place} {id:?} version {} {}", fix.version, short(&fix.value)))
    });
    let orders = node.shown_orders().into_iter().map(|row| {
        let rungs = node.shown_rungs(row.id).unwrap_or_default();
        format!("{place} order {} {:?} to {}: {rungs:?}", row.id, row.class, row.to)
    });
    lanes.chain(fixes).chain(orders).chain(views).chain(links).chain(peers).collect()
}

/// The first bytes of what is long, in hexadecimal digits: enough to see whether two are the same.
pub(super) fn short(bytes: &[u8]) -> String {
    bytes.iter().take(SHORT_BYTES).map(|byte| format!("{byte:02x}")).collect()
}
