//! What the vehicles of a world carry: at each stop its stick is read, and what that place holds is
//! put on it. A file may be hours old when it is read, and comes again at every round.

use std::collections::{BTreeMap, BTreeSet};

use sanduan_protocol::base::ids::LaneId;
use sanduan_protocol::base::time::Mono;

use super::options::{LinkPlan, Options};
use crate::world::Vehicle;

/// What a place held when a file was made there, to hold the reader to.
pub type Held = BTreeMap<LaneId, u32>;

/// A vehicle and the files on its stick, the newest of each place.
struct Carrier {
    vehicle: Vehicle,
    files: BTreeMap<usize, (Vec<u8>, Held)>,
    /// A place that was left behind, and where what it gave is still to be read.
    still: Option<(usize, BTreeSet<usize>)>,
}

/// All vehicles.
#[derive(Default)]
pub struct Rounds {
    carriers: Vec<Carrier>,
}

/// A stop of a vehicle.
pub struct Stop {
    /// Which vehicle.
    pub vehicle: usize,
    /// Where.
    pub place: usize,
    /// Files on its stick that were made elsewhere.
    pub files: Vec<(Vec<u8>, Held)>,
}

impl Rounds {
    /// The vehicles of these options.
    pub fn new(options: &Options) -> Rounds {
        let carriers = options.links.iter().zip(0..).filter_map(|(link, number)| match link {
            LinkPlan::Carry { places, leg_s } => {
                let leg_ms = u64::from(*leg_s) * 1000;
                let seed = options.seed ^ (0xca << 8 | number);
                let vehicle = Vehicle::new(places.clone(), leg_ms, seed);
                Some(Carrier { vehicle, files: BTreeMap::new(), still: None })
            }
            LinkPlan::Wire { .. }
            | LinkPlan::Radio { .. }
            | LinkPlan::Beidou { .. }
            | LinkPlan::Sbd { .. }
            | LinkPlan::SatelliteIp { .. }
            | LinkPlan::Lan { .. } => None,
        });
        Rounds { carriers: carriers.collect() }
    }

    /// The next stop of any vehicle up to now. Ask until `None`.
    pub fn next_stop(&mut self, now: Mono) -> Option<Stop> {
        self.carriers.iter_mut().enumerate().find_map(|(vehicle, carrier)| {
            let place = carrier.vehicle.stops_at(now)?;
            if let Some((_, places)) = carrier.still.as_mut() {
                places.remove(&place);
            }
            let others = carrier.files.iter().filter(|(from, _)| **from != place);
            let files = others.map(|(_, file)| file.clone()).collect();
            Some(Stop { vehicle, place, files })
        })
    }

    /// A file was made for this vehicle's stick.
    pub fn keep(&mut self, vehicle: usize, place: usize, bytes: Vec<u8>, held: Held) {
        if let Some(carrier) = self.carriers.get_mut(vehicle) {
            carrier.files.insert(place, (bytes, held));
        }
    }

    /// Nothing comes from this place any more but what is on a stick already.
    pub fn leave_behind(&mut self, left: usize) {
        for carrier in &mut self.carriers {
            let others = carrier.vehicle.stops().iter().copied().filter(|place| *place != left);
            carrier.still = Some((left, others.collect()));
        }
    }

    /// What a place that was left behind gave, as long as it is not read at every other stop.
    pub fn on_the_way(&self) -> impl Iterator<Item = &Held> {
        self.carriers.iter().filter_map(|carrier| {
            let (left, _) = carrier.still.as_ref().filter(|(_, places)| !places.is_empty())?;
            carrier.files.get(left).map(|(_, held)| held)
        })
    }
}

#[cfg(test)]
mod tests {
    use sanduan_protocol::base::ids::{DeviceId, Lane};

    use super::*;

    #[test]
    fn what_one_place_gave_is_on_the_stick_everywhere_else_until_it_gives_anew() {
        let links = vec![LinkPlan::Carry { places: vec![0, 1, 2], leg_s: 60 }];
        let mut rounds = Rounds::new(&Options { nodes: 3, links, ..Options::quiet() });
        let mut read = Vec::new();
        for second in 0..600 {
            while let Some(Stop { vehicle, place, files }) = rounds.next_stop(Mono(second * 1000)) {
                let files: Vec<u8> = files.iter().map(|(bytes, _)| bytes[0]).collect();
                read.push((place, files));
                rounds.keep(vehicle, place, vec![10 * read.len() as u8 + place as u8], Held::new());
            }
        }
        let seen: Vec<(usize, &[u8])> =
            read.iter().map(|(place, files)| (*place, &files[..])).take(5).collect();
        assert_eq!(seen[..3], [(0, &[][..]), (1, &[10]), (2, &[10, 21])]);
        assert_eq!(seen[3..], [(0, &[21, 32][..]), (1, &[40, 32])]);
    }
    #[test]
    fn what_a_place_left_behind_gave_is_on_the_way_until_all_others_have_read_it() {
        let links = vec![LinkPlan::Carry { places: vec![0, 1, 2], leg_s: 60 }];
        let mut rounds = Rounds::new(&Options { nodes: 3, links, ..Options::quiet() });
        let held = |seq| Held::from([(LaneId::first(DeviceId(1), Lane::Command), seq)]);
        let mut read = Vec::new();
        for second in 0..600 {
            while let Some(Stop { vehicle, place, .. }) = rounds.next_stop(Mono(second * 1000)) {
                read.push((place, rounds.on_the_way().cloned().collect::<Vec<_>>()));
                if place == 0 && read.len() == 1 {
                    rounds.keep(vehicle, 0, vec![1], held(3));
                    assert_eq!(rounds.on_the_way().count(), 0, "it may give more");
                    rounds.leave_behind(0);
                } else if place != 0 {
                    rounds.keep(vehicle, place, vec![2], held(9));
                }
            }
        }
        assert_eq!(read[1], (1, vec![held(3)]));
        assert!(read.len() > 4 && read[2..].iter().all(|(_, held)| held.is_empty()), "{read:?}");
    }
}
