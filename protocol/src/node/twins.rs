//! Devices that may be running twice: two machines with one disk, or one that was put back to an
//! older copy. Whoever hears both starts shows it, and tells both machines, since neither need hear
//! the other (decision 0068).
//!
//! ```text
//! an earlier start is heard ── at once ──▶ told on that link: there is a later one than yours
//!            └── a minute after the later one began ──▶ shown here, and told to the later one too
//! ```

use crate::base::caps::DEVICES_MAX;
use crate::base::ids::{DeviceId, LinkId};
use crate::link::profile::Profile;
use crate::link::state::Link;
use crate::local::rows::TwinRow;
use crate::node::Node;
use crate::wire::bundle::Twice;
use crate::wire::frame::FrameView;

/// A device that may be running twice is told of for this long, ms, after it was last heard.
const TOLD_MS: u64 = 24 * 3_600_000;
/// What left before a later start began has arrived by so many ms after that; on a link where the
/// network keeps messages for the receiver, by so many.
const UNDER_WAY_MS: (u64, u64) = (60_000, 600_000);

fn under_way_ms(profile: &Profile) -> u64 {
    match profile.stores_for_receiver {
        true => UNDER_WAY_MS.1,
        false => UNDER_WAY_MS.0.max(2 * u64::from(profile.latency_ms.1)),
    }
}

impl Node {
    /// A frame of an earlier start than its sender is heard in. It was under way when that one
    /// began, or two machines have that device's key, or somebody repeats a recording.
    pub(super) fn heard_old_start(&mut self, id: LinkId, frame: &[u8]) {
        let sender = FrameView::new(frame).ok().and_then(|view| view.header.sender);
        let Some((device, newest)) =
            sender.and_then(|sender| Some((sender, self.opener.newest_start(sender)?)))
        else {
            return;
        };
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(id) else { return };
        let begun_ms = self.opener.newest_for_ms(device, now);
        let is_long_past = begun_ms.is_some_and(|ms| ms >= under_way_ms(&link.profile));
        let twice = Twice { device, newest, is_long_past };
        if !link.is_shared() {
            // On a shared channel the machine hears the other one itself, if it hears us.
            link.twice.owe(twice, now);
        }
        if !is_long_past {
            return;
        }
        self.note_twin(device);
        let knows = |link: &&Link| !link.is_shared() && link.contacts.contains_key(&device);
        let links: Vec<LinkId> = self.links.values().filter(knows).map(|link| link.id).collect();
        for other in links {
            self.links.get_mut(other).into_iter().for_each(|link| link.twice.owe(twice, now));
        }
    }

    /// Somebody heard a device in two starts. If it is this one, one of them is not ours.
    pub(super) fn heard_twice(&mut self, twice: Twice) {
        let Some(ours) = self.starts.newest().filter(|_| twice.device == self.who.device) else {
            return;
        };
        if twice.newest > ours || twice.is_long_past && twice.newest == ours {
            self.note_twin(twice.device);
        }
    }

    /// This device may be running twice.
    pub(super) fn note_twin(&mut self, device: DeviceId) {
        let twins = &mut self.starts.twins;
        if twins.len() < DEVICES_MAX || twins.contains_key(&device) {
            twins.insert(device, (self.now.mono, self.now.wall));
        }
    }

    /// Devices that may be running twice, by what was heard of late.
    pub(super) fn twin_rows(&self) -> Vec<TwinRow> {
        let now = self.now.mono;
        let late = self.starts.twins.iter().filter(|(_, (at, _))| now.since_ms(*at) < TOLD_MS);
        late.map(|(device, (_, wall))| TwinRow {
            device: *device,
            unit_name: self.folds.directory.device_unit_name(*device),
            last_ms: wall.0,
            here: *device == self.who.device,
        })
        .collect()
    }
}
