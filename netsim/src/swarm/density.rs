//! How much happens in a long world. A short world is crowded, so that little time finds much. If
//! a day went on at that pace it would hold thousands of orders and hundreds of crashes, and hold
//! nothing that quiet hours bring. So people work in bursts in a long world, as in a disaster, and
//! as hard as its channels carry, or a little harder; and what befalls it is mostly rare. A few
//! long worlds are as crowded as short ones. Each family draws for itself (decisions 0023, 0052).

use sanduan_protocol::base::dice::Dice;

use super::options::{LinkPlan, Options, entry_ms};

/// A world up to this long is as crowded as it was drawn, minutes.
const CROWDED_MINUTES_MAX: u64 = 120;
/// A family happens up to two to this power times as seldom: from thousands of entries in half a
/// day to a handful.
const HALVINGS_MAX: u64 = 8;
/// In one world of so many, people enter more than the slowest channel carries.
const OVERLOADED_EVERY: u64 = 10;
/// What they enter otherwise, hundredths of what it carries.
const LOAD_PERCENT: (u64, u64) = (5, 80);
/// And there.
const OVERLOAD_PERCENT: (u64, u64) = (110, 300);
/// And as often as this, if that is not more already, s.
const HASTE_S: u64 = 5;
/// A vehicle that goes round all day takes so long from one stop to the next, s: with less, making
/// and reading its files would be all that its places do.
const LEG_S_MIN: u32 = 600;
/// People work in up to so many bursts.
const BURSTS_MAX: u64 = 6;
/// Long enough, all bursts together, for so many entries.
const ENTRIES_MIN: u64 = 8;
/// From twice so many places on, work is as much shorter as there are more places: what one entry
/// costs grows with them.
const FEW_PLACES: u64 = 7;

/// Make a long world as sparse as its seed draws it. A short one stays as it is.
pub fn thin(options: &mut Options) {
    options.crowd.load_percent = load_percent(options);
    if options.minutes <= CROWDED_MINUTES_MAX {
        return;
    }
    let mut dice = Dice::new(options.seed ^ 0xde_5171);
    crowd(options, &mut dice);
    for link in &mut options.links {
        if let LinkPlan::Carry { leg_s, .. } = link {
            *leg_s = (*leg_s).max(LEG_S_MIN);
        }
    }
    // At least one of each family is expected: a fault that never strikes is switched off already.
    let longest_s = options.minutes * 60 / 2;
    let mut seldom = |every_s: u64| (every_s << halvings(&mut dice)).min(longest_s.max(every_s));
    let crashes = options.crashes.map(|(every_s, left)| (seldom(every_s), left));
    let cuts = options.cuts.map(|(cuts, every_s)| (cuts, seldom(every_s)));
    (options.crashes, options.cuts) = (crashes, cuts);
    let (disk, clock, power) = (&mut options.disk, &mut options.clock, &mut options.power);
    for every_s in [
        &mut options.insider_every_s,
        &mut options.steps_every_s,
        &mut options.refuses_every_s,
        &mut options.flaps_every_s,
        &mut options.mule_every_s,
        &mut options.foes.outsider_every_s,
        &mut disk.sync_fails_every_s,
        &mut disk.rots_every_s,
        &mut disk.unreadable_every_s,
        &mut clock.starts_at_1970_every_s,
        &mut clock.spoofs_every_s,
        &mut power.brown_outs_every_s,
        &mut power.pauses_every_s,
        &mut disk.fills_every_s,
        &mut options.errands.groups_every_s,
        &mut options.errands.snapshots_every_s,
    ] {
        *every_s = every_s.map(&mut seldom);
    }
}

/// The larger of two draws: most are sparse, and one in eighty is as crowded as can be.
fn halvings(dice: &mut Dice) -> u64 {
    dice.below(HALVINGS_MAX + 1).max(dice.below(HALVINGS_MAX + 1))
}

/// When people work, and how hard.
fn crowd(options: &mut Options, dice: &mut Dice) {
    let is_overloaded = dice.below(OVERLOADED_EVERY) == 0;
    let (least, most) = if is_overloaded { OVERLOAD_PERCENT } else { LOAD_PERCENT };
    let every_s = (entry_ms(&options.links) / 10).div_ceil(dice.between(least, most));
    let people_s = if is_overloaded { HASTE_S } else { options.enter_every_s };
    options.enter_every_s = people_s.max(every_s);
    options.crowd.load_percent = load_percent(options);
    let whole_s = options.minutes * 60;
    let places = (options.nodes as u64 / FEW_PLACES).max(1).ilog2();
    let work_s = whole_s >> (halvings(dice) + u64::from(places));
    let work_s = work_s.max(ENTRIES_MIN * options.enter_every_s);
    if work_s > whole_s / 2 {
        return;
    }
    let bursts = dice.between(1, BURSTS_MAX);
    let (share_s, long_s) = (whole_s / bursts, work_s / bursts);
    let mut begin = |number| number * share_s + dice.below(share_s - long_s + 1);
    let bursts = (0..bursts).map(&mut begin).map(|from_s| (from_s, from_s + long_s.max(1)));
    options.crowd.bursts = bursts.collect();
}

fn load_percent(options: &Options) -> u64 {
    entry_ms(&options.links) / 10 / options.enter_every_s.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::swarm::Bounds;

    fn worked_s(options: &Options) -> u64 {
        let whole_s = options.minutes * 60;
        let sum_s = options.crowd.bursts.iter().map(|(from_s, to_s)| to_s - from_s).sum();
        if options.crowd.bursts.is_empty() { whole_s } else { sum_s }
    }

    #[test]
    fn most_long_worlds_are_sparse_and_some_are_crowded() {
        let bounds = Bounds { minutes: 720, ..Bounds::default() };
        let drawn = (0..1000).map(|seed| Options::draw(seed, &bounds));
        let entries: Vec<u64> = drawn.map(|o| worked_s(&o) / o.enter_every_s).collect();
        let count = |least: u64, most: u64| {
            entries.iter().filter(|entries| (least..=most).contains(entries)).count()
        };
        assert!(count(0, 100) > 500, "{}", count(0, 100));
        assert!(count(500, 10_000) > 15, "{}", count(500, 10_000));
        assert_eq!(count(0, 1), 0, "somebody enters something");
    }

    #[test]
    fn people_enter_what_the_channels_carry_and_in_one_world_of_ten_more() {
        let bounds = Bounds { minutes: 720, nodes_max: 12, ..Bounds::default() };
        let drawn = (0..1000).map(|seed| Options::draw(seed, &bounds));
        let loads: Vec<u64> = drawn.map(|o| o.crowd.load_percent).collect();
        let count = |least: u64, most: u64| {
            loads.iter().filter(|load| (least..=most).contains(load)).count()
        };
        // The rest are worlds with quick channels only: people do not enter so much.
        assert!(count(5, 80) > 500, "{}", count(5, 80));
        assert!((20..=120).contains(&count(100, 300)), "{}", count(100, 300));
        assert_eq!(count(301, u64::MAX), 0);
    }

    #[test]
    fn bursts_are_in_order_apart_and_within_the_world() {
        for nodes in [7, 50] {
            let bounds =
                Bounds { minutes: 720, nodes_min: nodes, nodes_max: nodes, ..Bounds::default() };
            for options in (0..300).map(|seed| Options::draw(seed, &bounds)) {
                let mut end_s = 0;
                for (from_s, to_s) in options.crowd.bursts {
                    assert!(end_s <= from_s && from_s < to_s && to_s <= 720 * 60);
                    end_s = to_s;
                }
            }
        }
    }

    #[test]
    fn a_short_world_stays_as_it_was_drawn() {
        let mut options = Options::draw(3, &Bounds::default());
        let before = options.clone();
        thin(&mut options);
        assert_eq!(options, before);
    }
}
