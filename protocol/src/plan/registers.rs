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

/// True if a register waits to be said on this link.
pub(super) fn is_waiting(link: &mut Link, know: &Stock<'_>) -> bool {
    link.board_at = link.board_at.filter(|at| *at > know.now);
    if !is_heard(link, know) || link.board_at.is_some() {
        return false;
    }
    look_for_news(link, know);
    link.board_unsaid.0.iter().any(|id| concerns(link, *id, know.now))
}

/// True if someone is there to whom no cheaper link tells the same.
fn is_heard(link: &Link, know: &Stock<'_>) -> bool {
    let live_ms = link.live_ms();
    let heard = link.contacts.iter().any(|(device, contact)| {
        let is_live = know.now.since_ms(contact.heard_at) <= live_ms;
        is_live && route::cheaper(link, &know.elsewhere, *device).next().is_none()
    });
    heard && !link.contacts.contains_key(&ANYONE)
}

/// Add registers of some kind that changed since they were last said or heard here.
pub(super) fn add(
    frame: &mut Filling,
    link: &mut Link,
    know: &Stock<'_>,
    is_meant: &dyn Fn(RegisterId) -> bool,
) {
    link.board_at = link.board_at.filter(|at| *at > know.now);
    if !is_heard(link, know) || link.board_at.is_some() {
        return;
    }
    let (mut fixes, mut chosen) = (Vec::new(), Vec::new());
    let mut bytes = 3;
    look_for_news(link, know);
    for id in link.board_unsaid.0.iter().copied() {
        if !is_meant(id) || !concerns(link, id, know.now) {
            continue;
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
        link.board_sent.insert(register.id, register.version);
    }
}

/// Keep the list of what was not said here up to date. A board has thousands of registers and is
/// looked at for every frame, so only what changed since is gone through.
fn look_for_news(link: &mut Link, know: &Stock<'_>) {
    let (mut unsaid, seen) = std::mem::take(&mut link.board_unsaid);
    unsaid.extend(know.board.changed_after(seen));
    let said = |id: &RegisterId| link.board_sent.get(id).copied().unwrap_or(0);
    unsaid.retain(|id| know.board.version(*id) > said(id));
    link.board_unsaid = (unsaid, know.board.changes());
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
                link.board_sent.insert(RegisterId::Fix(device, fix.unit), fix.taken_s);
            }
            return;
        }
        chosen.truncate(chosen.len() - chosen.len().div_ceil(4));
    }
}

pub(super) fn is_status(id: RegisterId) -> bool {
    matches!(id, RegisterId::Status(_))
}

/// What a device said of itself on this link need not be said there again.
fn concerns(link: &Link, id: RegisterId, now: Mono) -> bool {
    match id {
        RegisterId::Fix(..) | RegisterId::Status(_) => true,
        RegisterId::Held(device, _) => {
            !link.contacts.contains_key(&device) || link.has_hidden_from(device, now)
        }
    }
}
