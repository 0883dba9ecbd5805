//! How long the core may take to agree once all faults have stopped: what is missing over the
//! slowest link, and what hops, slots, rounds and rekeys cost beside it.

use crate::swarm::options::{LinkPlan, Options};

/// Time that the core is given however little is missing, ms (the research's ten minutes).
const GRACE_MS: u64 = 600_000;
/// The same for every further hop of a radio line: stations that agree with one neighbour keep
/// their beacon back, and the other hears of a difference a beacon interval later.
const HOP_MS: u64 = 300_000;
/// And after a rekey: on a slow radio a notice is lost, and whoever cannot prove that it needs one
/// is told the next one so much later (`link::notices`). Until then it hears nothing else.
const NOTICE_MS: u64 = 200_000;
/// A start that is earlier than one heard before is refused for so long: of the first of two
/// machines once the second is off, and of a disk that was put back soon after it was started.
const EARLIER_START_MS: u64 = 600_000;
/// Rounds of a vehicle, less than one for each: until what one place has is on its stick; until it
/// is read at another, where it brings out what some machine there could not place before, just
/// after the stick was written; until that is on the stick; until it is read at the first.
const ROUNDS: u64 = 4;
/// A leg takes at most so much of what it takes on average (`world::Vehicle`), thousandths.
const LEG_PERMILLE_MAX: u64 = 1_500;
/// A missing byte is sent about so many times: over hops, with keying, with its frame around it.
const TIMES: u64 = 12;

/// The time in which all of the core must agree, ms, if so many bytes of records are missing.
pub(super) fn bound_ms(options: &Options, missing_bytes: u64) -> u64 {
    GRACE_MS
        + HOP_MS * hops_beyond_two(options)
        + rekey_ms(options)
        + copies_ms(options)
        + TIMES * missing_bytes * 8_000 / slowest_bit_s(options)
}

fn slowest_bit_s(options: &Options) -> u64 {
    let rate = |link: &LinkPlan| match link {
        LinkPlan::Wire { rate_bit_s, .. }
        | LinkPlan::Radio { rate_bit_s, .. }
        | LinkPlan::SatelliteIp { rate_bit_s, .. }
        | LinkPlan::Lan { rate_bit_s, .. } => Some(*rate_bit_s),
        // Of one short message, a third is what it carries; a star shares one card.
        LinkPlan::Beidou { places, every_s, message_bytes, is_group } => {
            let links = if *is_group { 1 } else { places.len() as u32 - 1 };
            Some((u32::from(*message_bytes) / 3 * 8 / (every_s * links).max(1)).max(1))
        }
        // A message a session; one that holds several fetches for each.
        LinkPlan::Sbd { places, .. } => Some(100 / places.len().max(1) as u32),
        LinkPlan::Carry { .. } => None,
    };
    u64::from(options.links.iter().filter_map(rate).min().unwrap_or(1200).max(1))
}

/// The time until a device that had two stories of its starts is heard again.
fn copies_ms(options: &Options) -> u64 {
    let has_copies = options.disk.twin.is_some() || options.disk.old_copy.is_some();
    if has_copies { EARLIER_START_MS } else { 0 }
}

/// For every hop of a radio line over which a rekey is told, once.
fn rekey_ms(options: &Options) -> u64 {
    let hops = options.links.iter().map(|link| match link {
        LinkPlan::Radio { places, is_line: true, .. } => places.len().saturating_sub(1) as u64,
        LinkPlan::Radio { .. }
        | LinkPlan::Beidou { .. }
        | LinkPlan::Sbd { .. }
        | LinkPlan::Lan { .. }
        | LinkPlan::Wire { .. }
        | LinkPlan::SatelliteIp { .. }
        | LinkPlan::Carry { .. } => 0,
    });
    match options.foes.revoked_at_s {
        Some(_) => NOTICE_MS * hops.sum::<u64>(),
        None => 0,
    }
}

/// Hops beyond two of the longest radio line, and what slow bearers take in hops' times.
fn hops_beyond_two(options: &Options) -> u64 {
    let hops = options.links.iter().map(|link| match link {
        LinkPlan::Radio { places, is_line: true, .. } => places.len().saturating_sub(3) as u64,
        // The next beacon of a card or a modem may be half an hour away: six hops' time.
        LinkPlan::Beidou { .. } => 7,
        // And a modem that rang in vain asks by itself only so often.
        LinkPlan::Sbd { poll_s, .. } => 7 + u64::from(*poll_s) * 1000 / HOP_MS,
        LinkPlan::Lan { .. } => 1,
        LinkPlan::Radio { .. } | LinkPlan::Wire { .. } | LinkPlan::SatelliteIp { .. } => 0,
        // If nothing else leads there.
        LinkPlan::Carry { places, leg_s } if !options.is_joined_without_carry() => {
            places.len() as u64 * u64::from(*leg_s) * ROUNDS * LEG_PERMILLE_MAX / HOP_MS + 1
        }
        LinkPlan::Carry { .. } => 0,
    });
    // Several slow bearers may lie behind each other.
    hops.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_vehicle_is_the_only_way_it_has_time_to_bring_an_answer_to_an_answer() {
        let wire = LinkPlan::Wire { a: 0, b: 1, rate_bit_s: 9_600, delay_ms: 40 };
        let carry = LinkPlan::Carry { places: vec![0, 1], leg_s: 600 };
        let bound_s = |links: Vec<LinkPlan>| {
            bound_ms(&Options { nodes: 2, links, ..Options::quiet() }, 0) / 1000
        };
        // Two legs to a round, four rounds, each leg half as long again.
        let slowest_s = 2 * 600 * 4 * 3 / 2;
        let given_s = bound_s(vec![carry.clone()]) - GRACE_MS / 1000;
        assert!((slowest_s..=slowest_s + HOP_MS / 1000).contains(&given_s), "{given_s}");
        assert_eq!(bound_s(vec![wire.clone(), carry]), bound_s(vec![wire]), "not the only way");
    }
}
