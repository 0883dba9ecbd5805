//! How much happens in a long world. A short world is crowded, so that little time finds much. If
//! a day went on at that pace it would hold thousands of orders and hundreds of crashes, and hold
//! nothing that quiet hours bring; so most long worlds are sparse, as most days are, and a few are
//! as crowded as short ones. Each family draws for itself.

use sanduan_protocol::base::dice::Dice;

use super::options::Options;

/// A world up to this long is as crowded as it was drawn, minutes.
const CROWDED_MINUTES_MAX: u64 = 120;
/// A family happens up to two to this power times as seldom: from thousands of entries in half a
/// day to a handful.
const HALVINGS_MAX: u64 = 8;

/// Make a long world as sparse as its seed draws it. A short one stays as it is.
pub fn thin(options: &mut Options) {
    if options.minutes <= CROWDED_MINUTES_MAX {
        return;
    }
    let mut dice = Dice::new(options.seed ^ 0xde_5171);
    // At least one of each family is expected: a fault that never strikes is switched off already.
    let longest_s = options.minutes * 60 / 2;
    // The larger of two draws: most are sparse, and one in eighty is as crowded as can be.
    let mut seldom = |every_s: u64| {
        let halvings = dice.below(HALVINGS_MAX + 1).max(dice.below(HALVINGS_MAX + 1));
        (every_s << halvings).min(longest_s.max(every_s))
    };
    options.enter_every_s = seldom(options.enter_every_s);
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
    ] {
        *every_s = every_s.map(&mut seldom);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::swarm::Bounds;

    #[test]
    fn most_long_worlds_are_sparse_and_some_are_crowded() {
        let bounds = Bounds { minutes: 720, ..Bounds::default() };
        let drawn = (0..1000).map(|seed| Options::draw(seed, &bounds));
        let entries: Vec<u64> = drawn.map(|o| o.minutes * 60 / o.enter_every_s).collect();
        let count = |least: u64, most: u64| {
            entries.iter().filter(|entries| (least..=most).contains(entries)).count()
        };
        assert!(count(0, 100) > 500, "{}", count(0, 100));
        assert!(count(500, 10_000) > 30, "{}", count(500, 10_000));
        assert_eq!(count(0, 1), 0, "somebody enters something");
    }

    #[test]
    fn a_short_world_stays_as_it_was_drawn() {
        let mut options = Options::draw(3, &Bounds::default());
        let before = options.clone();
        thin(&mut options);
        assert_eq!(options, before);
    }
}
