//! What the vehicles of a world carry: at each stop its stick is read, and what that place holds is
//! put on it. A file may be hours old when it is read, and comes again at every round.

use std::collections::BTreeMap;

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
                Some(Carrier { vehicle, files: BTreeMap::new() })
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
}

#[cfg(test)]
mod tests {
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
}
