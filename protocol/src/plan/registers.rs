//! Which registers go into the frame being filled: the newest fixes and states, each only in its
//! newest version, as far as somebody on the link cares and no cheaper link tells them.

use crate::base::ids::{DeviceId, LinkId};
use crate::field::air::fixes;
use crate::field::track::Fix;
use crate::link::state::{ANYONE, Link};
use crate::plan::pick::{Filling, Stock};
use crate::plan::route;
use crate::wire::bundle::{RegisterId, Section};
use crate::wire::pack::Pack;

/// True if a register waits to be said on this link that may begin a frame.
pub(super) fn is_waiting(link: &mut Link, know: &Stock<'_>) -> bool {
    link.board_at = link.board_at.filter(|at| *at > know.now);
    if link.contacts.contains_key(&ANYONE) || link.board_at.is_some() {
        return false;
    }
    link.posted.compare(know.board);
    let hides = link.may_hide(know.now);
    let knows = |device| {
        let is_here = link.contacts.contains_key(&device);
        is_here && !(hides && link.has_hidden_from(device, know.now))
    };
    let is_status = !link.profile.half_duplex && link.posted.unsaid(true, knows).next().is_some();
    let is_news = is_status || link.posted.unsaid(false, knows).next().is_some();
    is_news && leaves_to(link, know).is_none()
}

/// Add registers that changed since they were last said or heard here: those that tell how devices
/// are, or all others.
pub(super) fn add(frame: &mut Filling, link: &mut Link, know: &Stock<'_>, is_status: bool) {
    link.board_at = link.board_at.filter(|at| *at > know.now);
    if link.contacts.contains_key(&ANYONE) || link.board_at.is_some() {
        return;
    }
    link.posted.compare(know.board);
    let hides = link.may_hide(know.now);
    let knows = |device| {
        let is_here = link.contacts.contains_key(&device);
        is_here && !(hides && link.has_hidden_from(device, know.now))
    };
    if link.posted.unsaid(is_status, knows).next().is_none() {
        return;
    }
    if let Some(cheaper) = leaves_to(link, know) {
        link.leaves_to.extend(cheaper);
        return;
    }
    let (mut fixes, mut chosen) = (Vec::new(), Vec::new());
    let mut bytes = 3;
    for id in link.posted.unsaid(is_status, knows) {
        if bytes + REGISTER_BYTES_MIN > frame.room() && !matches!(id, RegisterId::Fix(..)) {
            // Thousands may wait for a slow link.
            break;
        }
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

/// The cheaper links by which all that are there hear of the board; none if somebody does not.
fn leaves_to(link: &Link, know: &Stock<'_>) -> Option<Vec<LinkId>> {
    let live_ms = link.live_ms();
    let mut cheaper = Vec::new();
    for (device, contact) in &link.contacts {
        if know.now.since_ms(contact.heard_at) > live_ms {
            continue;
        }
        cheaper.push(route::cheaper(link, &know.elsewhere, *device).next()?.id);
    }
    Some(cheaper)
}

/// No register takes fewer bytes than this: a kind, a device and a version.
const REGISTER_BYTES_MIN: usize = 4;
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
            link.check_fixes(know.now);
            return;
        }
        chosen.truncate(chosen.len() - chosen.len().div_ceil(4));
    }
}
