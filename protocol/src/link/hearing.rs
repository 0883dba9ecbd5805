//! Which devices of a link a neighbour is known to hear, or not to hear: it answered what they
//! said, or only after it was said again here.

use crate::base::caps::CONTACTS_MAX;
use crate::base::ids::DeviceId;

/// What is known of one neighbour. In order of the devices: it is asked of all neighbours for each.
#[derive(Clone, Debug, Default)]
pub struct Hearing(Vec<(DeviceId, bool)>);

impl Hearing {
    /// It hears this device, or does not. Beyond as many as a link has, nothing more is kept.
    pub fn note(&mut self, device: DeviceId, hears: bool) {
        if self.0.len() >= CONTACTS_MAX {
            return;
        }
        match self.0.binary_search_by_key(&device, |(device, _)| *device) {
            Ok(place) => self.0[place].1 = hears,
            Err(place) => self.0.insert(place, (device, hears)),
        }
    }

    /// Whether it hears this device, if that is known.
    pub fn of(&self, device: DeviceId) -> Option<bool> {
        let place = self.0.binary_search_by_key(&device, |(device, _)| *device).ok()?;
        Some(self.0[place].1)
    }

    /// True if it is known not to hear some device.
    pub fn is_deaf_to_some(&self) -> bool {
        self.0.iter().any(|(_, hears)| !hears)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_on_each_device_counts_in_whatever_order_they_come() {
        let mut hearing = Hearing::default();
        for (device, hears) in [(7, true), (2, false), (7, false), (5, true), (2, true)] {
            hearing.note(DeviceId(device), hears);
        }
        let known = [2, 5, 6, 7].map(|device| hearing.of(DeviceId(device)));
        assert_eq!(known, [Some(true), Some(true), None, Some(false)]);
        assert!(hearing.is_deaf_to_some());
        hearing.note(DeviceId(7), true);
        assert!(!hearing.is_deaf_to_some());
    }
}
