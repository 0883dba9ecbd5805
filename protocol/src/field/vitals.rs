//! What a device says of itself: how much battery it has and over what it can speak. A value of
//! the board, never logged; the version of its register is when it was said, seconds since 1970.
//! When a value is said again is decided here, how it travels in `node::vitals`.
//!
//! ```text
//! battery 1 | kinds varint
//! battery: percent, 255 if there is none or it cannot be read
//! kinds:   bit 0 udp, 1 kiss-tcp, 2 kiss-serial, 3 any other, 4 beidou, 5 sbd, 6 lan; higher are
//!          later kinds
//! ```

use crate::base::time::Mono;
use crate::wire::pack::{Pack, PackError, Reader};

/// Never more often than this, ms: a link that flaps must not fill the channel.
pub const SAY_EVERY_MIN_MS: u64 = 60_000;
/// A small change of the battery waits so long, ms.
pub const SAY_SMALL_EVERY_MS: u64 = 10 * 60_000;
/// An unchanged value is said again after this, ms, in case it was lost: the registers of
/// vitals are not part of the digest, as air must not be spent on repairing them.
pub const SAY_AGAIN_MS: u64 = 60 * 60_000;
/// Percent that do not wait.
const BATTERY_STEP_PCT: u8 = 5;
/// Below this percent a device spares its battery (research, domain section 3 B at +41 h and D).
pub const SPARE_BELOW_PCT: u8 = 30;
/// It spares no more from this percent on, so that it does not change its mind with every look.
pub const SPARE_UNTIL_PCT: u8 = 35;
/// Battery that is not there or cannot be read.
const NO_BATTERY: u8 = 255;
/// Kinds of links by bit, in the words of a profile.
const KINDS: [(u16, &str); 6] = [
    (1 << 0, "udp"),
    (1 << 1, "kiss-tcp"),
    (1 << 2, "kiss-serial"),
    (1 << 4, "beidou"),
    (1 << 5, "sbd"),
    (1 << 6, "lan"),
];
/// Any other kind.
const OTHER: u16 = 1 << 3;

/// Kinds of links that carry frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkKinds(pub u16);

impl LinkKinds {
    /// Of links of these kinds, in the words of a profile.
    pub fn of<'a>(kinds: impl Iterator<Item = &'a str>) -> LinkKinds {
        let bit =
            |kind| KINDS.iter().find(|(_, word)| *word == kind).map_or(OTHER, |(bit, _)| *bit);
        LinkKinds(kinds.fold(0, |bits, kind| bits | bit(kind)))
    }

    /// Their words. Kinds that this version does not know count as other.
    pub fn words(self) -> Vec<String> {
        let known = KINDS.iter().filter(|(bit, _)| self.0 & bit != 0);
        let mut words: Vec<String> = known.map(|(_, word)| (*word).to_owned()).collect();
        if KINDS.iter().fold(self.0, |rest, (bit, _)| rest & !bit) != 0 {
            words.push("other".to_owned());
        }
        words
    }
}

/// How a device is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vitals {
    /// Battery, 0..=100 percent; none without a battery.
    pub battery_pct: Option<u8>,
    /// Kinds of its links that carry frames.
    pub links: LinkKinds,
}

impl Vitals {
    /// When a device that last said `said` at `at` says this; there may be nothing said yet, then
    /// `at` is when it began.
    pub fn due_at(&self, said: Option<&Vitals>, at: Mono) -> Mono {
        let Some(said) = said else { return at.after_ms(SAY_EVERY_MIN_MS) };
        let stepped = match (said.battery_pct, self.battery_pct) {
            (Some(before), Some(now)) => before.abs_diff(now) >= BATTERY_STEP_PCT,
            (None, None) => false,
            (Some(_), None) | (None, Some(_)) => true,
        };
        at.after_ms(if stepped || said.links != self.links {
            SAY_EVERY_MIN_MS
        } else if said != self {
            SAY_SMALL_EVERY_MS
        } else {
            SAY_AGAIN_MS
        })
    }
}

/// Whether a device spares its battery, which it did or did not before: it is low, and nothing
/// charges it.
pub fn spares(before: bool, battery_pct: Option<u8>, is_charged: bool) -> bool {
    let until_pct = if before { SPARE_UNTIL_PCT } else { SPARE_BELOW_PCT };
    !is_charged && battery_pct.is_some_and(|percent| percent < until_pct)
}

impl Pack for Vitals {
    fn pack(&self, to: &mut Vec<u8>) {
        to.push(self.battery_pct.map_or(NO_BATTERY, |percent| percent.min(100)));
        self.links.0.pack(to);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Vitals, PackError> {
        let battery_pct = match from.byte()? {
            NO_BATTERY => None,
            percent @ 0..=100 => Some(percent),
            101.. => return Err(PackError::BadValue("battery")),
        };
        Ok(Vitals { battery_pct, links: LinkKinds(u16::unpack(from)?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vitals(battery_pct: Option<u8>, links: u16) -> Vitals {
        Vitals { battery_pct, links: LinkKinds(links) }
    }

    #[test]
    fn vitals_keep_their_bytes() {
        for (value, bytes) in [
            (vitals(Some(64), 0b11), vec![64, 3]),
            (vitals(Some(0), 0), vec![0, 0]),
            (vitals(None, 0b1000), vec![255, 8]),
            (vitals(Some(100), 0x8001), vec![100, 0x81, 0x80, 0x02]),
        ] {
            assert_eq!(value.packed(), bytes);
            assert_eq!(Vitals::unpack_all(&bytes), Ok(value));
        }
    }

    #[test]
    fn a_battery_beyond_full_and_bytes_too_many_or_few_are_refused() {
        for bytes in [&[101, 0][..], &[254, 0], &[64], &[], &[64, 3, 0]] {
            assert!(Vitals::unpack_all(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn kinds_have_words_and_unknown_ones_are_other() {
        let kinds = LinkKinds::of(["kiss-tcp", "udp", "udp"].into_iter());
        assert_eq!(kinds.words(), ["udp", "kiss-tcp"]);
        assert_eq!(LinkKinds::of(["beidou", "pigeon"].into_iter()).words(), ["beidou", "other"]);
        assert_eq!(LinkKinds(1 << 9).words(), ["other"], "a kind of a later version");
        assert!(LinkKinds::default().words().is_empty());
    }

    #[test]
    fn a_lost_link_is_said_within_a_minute_and_a_steady_device_is_silent_for_an_hour() {
        let (said, at) = (vitals(Some(80), 1), Mono(1000));
        let due = |now: Vitals| now.due_at(Some(&said), at).since_ms(at);
        assert_eq!(due(vitals(Some(80), 1)), SAY_AGAIN_MS);
        assert_eq!(due(vitals(Some(76), 1)), SAY_SMALL_EVERY_MS);
        assert_eq!(due(vitals(Some(75), 1)), SAY_EVERY_MIN_MS);
        assert_eq!(due(vitals(Some(80), 0)), SAY_EVERY_MIN_MS);
        assert_eq!(due(vitals(None, 1)), SAY_EVERY_MIN_MS);
        assert_eq!(said.due_at(None, at).since_ms(at), SAY_EVERY_MIN_MS);
    }
}
