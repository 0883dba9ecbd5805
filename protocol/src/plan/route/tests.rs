//! Which link costs more, told without frames. What two links then carry is tested with nodes.

use super::*;
use crate::base::dice::Dice;
use crate::base::ids::LinkId;
use crate::link::profile::{Price, Profile};

fn link(profile: Profile) -> Link {
    Link::new(LinkId(1), profile, Mono(0), &mut Dice::new(1))
}

fn network(rate_bit_s: u32) -> Profile {
    Profile { mtu: 1200, rate_bit_s, per_frame_bytes: 28, ..Profile::default() }
}

fn priced(message_milli_yuan: u32, kilobyte_milli_yuan: u32) -> Profile {
    let price = Price { message_milli_yuan, kilobyte_milli_yuan };
    Profile { price, ..network(1_000_000) }
}

/// The first costs more than the second, and not the other way round.
fn costs_more(dear: Profile, cheap: Profile) {
    let (dear, cheap) = (cost(&link(dear)), cost(&link(cheap)));
    assert!(is_dearer(dear, cheap), "{dear:?} {cheap:?}");
    assert!(!is_dearer(cheap, dear), "{dear:?} {cheap:?}");
}

#[test]
fn money_counts_before_time_and_time_only_where_it_is_felt() {
    costs_more(priced(300, 0), network(1200));
    costs_more(priced(0, 100), network(1200));
    costs_more(priced(300, 0), priced(0, 1000));
    costs_more(network(1200), network(100_000));
    costs_more(Profile { min_interval_ms: 60_000, ..network(10_000) }, network(1200));
    let (slow, fast) = (cost(&link(network(4800))), cost(&link(network(9600))));
    assert!(!is_dearer(slow, fast) && !is_dearer(fast, slow), "two ways of one kind");
}

#[test]
fn a_more_urgent_order_is_promised_sooner() {
    let urgencies = [Urgency::Flash, Urgency::Immediate, Urgency::Priority, Urgency::Routine];
    assert!(urgencies.map(promise_ms).is_sorted_by(|sooner, later| sooner < later));
}
