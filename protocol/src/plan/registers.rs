//! Which registers go into the frame being filled: the newest fixes and states, each only in its
//! newest version, as far as somebody on the link cares and no cheaper link tells them.

use crate::base::ids::DeviceId;
use crate::base::time::Mono;
use crate::field::air::fixes;
use crate::field::track::Fix;
use crate::link::state::{ANYONE, Link};
use crate::plan::pick::{Filling, Stock};
use crate::plan::route;
use crate::wire::bundle::{RegisterId, Section};
use crate::wire::pack::Pack;

/// Add registers that changed since they were last said or heard here: those that tell how devices
/// are, or all others.
pub(super) fn add(frame: &mut Filling, link: &mut Link, know: &Stock<'_>, is_status: bool) {
    link.board_at = link.board_at.filter(|at| *at > know.now);
    if link.contacts.contains_key(&ANYONE) || link.board_at.is_some() {
        return;
    }
    link.posted.compare(know.board);
    let knows = |device| !concerns(link, device, know.now);
    let unsaid: Vec<RegisterId> = link.posted.unsaid(is_status, knows).collect();
    if unsaid.is_empty() || !tells(link, know) {
        return;
    }
    let (mut fixes, mut chosen) = (Vec::new(), Vec::new());
    let mut bytes = 3;
    for id in unsaid {
        let Some(register) = know.board.get(id) else { continue };
        if let Some((device, fix)) = fixes::fix_of(&register) {
            if fixes.len() * FIX_BYTES_MIN < frame.room() {
                fixes.push((device, fix));
            }
            continue;
        }
        let size = id.packed().len() + register.version.packed().len() + 1 + register.value.len();
        if bytes + size <= frame.room() {
            bytes += size;
            chosen.push(register);
        }
    }
    add_fixes(frame, link, know, fixes);
    while !chosen.is_empty() && !frame.push(&Section::Board(chosen.clone())) {
        chosen.truncate(chosen.len() / 2);
    }
    for register in chosen {
        link.posted.note(register.id, register.version);
    }
}

/// True if somebody is there who hears of the board by no cheaper link.
fn tells(link: &mut Link, know: &Stock<'_>) -> bool {
    let live_ms = link.live_ms();
    let mut cheaper = Vec::new();
    for (device, contact) in &link.contacts {
        if know.now.since_ms(contact.heard_at) > live_ms {
            continue;
        }
        match route::cheaper(link, &know.elsewhere, *device).next() {
            None => return true,
            Some(other) => cheaper.push(other.id),
        }
    }
    link.leaves_to.extend(cheaper);
    false
}

/// A fix among others takes no fewer bytes than this.
const FIX_BYTES_MIN: usize = 5;

/// As many of these fixes as fit.
fn add_fixes(
    frame: &mut Filling,
    link: &mut Link,
    know: &Stock<'_>,
    mut chosen: Vec<(DeviceId, Fix)>,
) {
    while let Some(packed) = fixes::pack(&chosen, know.device, &know.ground) {
        if frame.push(&Section::Fixes(packed)) {
            for (device, fix) in chosen {
                link.posted.note(RegisterId::Fix(device, fix.unit), fix.taken_s);
            }
            return;
        }
        chosen.truncate(chosen.len() - chosen.len().div_ceil(4));
    }
}

/// What this device holds is news to somebody here: nobody need be told what it said here itself.
fn concerns(link: &Link, device: DeviceId, now: Mono) -> bool {
    !link.contacts.contains_key(&device) || link.has_hidden_from(device, now)
}
