//! A vehicle that goes round between places and takes a stick along: when it stops where. What is
//! put on the stick there, and read from it, is people's business.

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::time::Mono;

/// A vehicle on its round.
#[derive(Clone, Debug)]
pub struct Vehicle {
    stops: Vec<usize>,
    leg_ms: u64,
    next: usize,
    next_at: Mono,
    dice: Dice,
}

impl Vehicle {
    /// A vehicle that leaves for the first of these places now. A leg takes half to one and a half
    /// times `leg_ms`.
    pub fn new(stops: Vec<usize>, leg_ms: u64, seed: u64) -> Vehicle {
        let mut vehicle =
            Vehicle { stops, leg_ms, next: 0, next_at: Mono(0), dice: Dice::new(seed) };
        vehicle.leave(Mono(0));
        vehicle
    }

    /// The places of its round.
    pub fn stops(&self) -> &[usize] {
        &self.stops
    }

    /// The place where it stops, if it has come there up to now. Ask until `None`.
    pub fn stops_at(&mut self, now: Mono) -> Option<usize> {
        let place = *self.stops.get(self.next).filter(|_| self.next_at <= now)?;
        self.next = (self.next + 1) % self.stops.len();
        self.leave(self.next_at);
        Some(place)
    }

    fn leave(&mut self, at: Mono) {
        let leg_ms = self.dice.between(self.leg_ms / 2, self.leg_ms * 3 / 2);
        self.next_at = at.after_ms(leg_ms.max(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stops_everywhere_in_order_with_time_between() {
        let mut vehicle = Vehicle::new(vec![4, 1, 2], 600_000, 1);
        let (mut stops, mut last) = (Vec::new(), 0);
        for second in 0..7_200 {
            if let Some(place) = vehicle.stops_at(Mono(second * 1000)) {
                assert!((299..=901).contains(&(second - last)), "{second} after {last}");
                (stops, last) = ([stops, vec![place]].concat(), second);
            }
        }
        assert!((9..=15).contains(&stops.len()), "{stops:?}");
        let round = [4, 1, 2].into_iter().cycle();
        assert!(stops.iter().zip(round).all(|(stop, planned)| *stop == planned), "{stops:?}");
    }

    #[test]
    fn a_vehicle_without_a_round_stops_nowhere() {
        assert_eq!(Vehicle::new(Vec::new(), 1000, 1).stops_at(Mono(1_000_000)), None);
    }
}
