//! Which registers go into the frame being filled: the newest fixes and states, each only in its
//! newest version, as far as somebody on the link cares and no cheaper link tells them.

use crate::base::ids::{DeviceId, LinkId};
use crate::base::time::Mono;
use crate::field::air::fixes;
use crate::field::track::Fix;
use crate::link::posted::Kind;
use crate::link::state::{ANYONE, LIVE_MS, Link};
use crate::plan::pick::{Filling, Stock};
use crate::plan::{holders, route};
use crate::sync::board::Board;
use crate::sync::heading::Headings;
use crate::wire::bundle::{RegisterId, Section};
use crate::wire::pack::Pack;

/// How long registers of which nobody is in a hurry wait for company, ms: which orders a device
/// holds is said of fifty of them within seconds, and each would take a frame of its own. On a
/// channel where a frame takes a second, the others have all answered by then.
const PATIENCE_MS: u64 = 3_000;
/// The same where only one can speak at a time.
const HALF_DUPLEX_PATIENCE_MS: u64 = 15_000;

/// What waits to be said on a link.
#[derive(Clone, Copy)]
struct Waiting {
    fixes: bool,
    held: bool,
    status: bool,
}

impl Waiting {
    fn of(link: &mut Link, know: &Stock<'_>) -> Waiting {
        Waiting::on(link, (know.board, know.headings), know.now)
    }

    fn on(link: &mut Link, said: (&Board, &Headings), now: Mono) -> Waiting {
        if !is_open(link, said, now) {
            return Waiting { fixes: false, held: false, status: false };
        }
        let fixes = link.posted.has_fixes();
        let hides = link.may_hide(now);
        let mut posted = std::mem::take(&mut link.posted);
        let (held, status) = posted.has_patient(now, |device| knows(link, hides, device, now));
        link.posted = posted;
        Waiting { fixes, held, status }
    }

    /// Something waits that may begin a frame once it has waited for company.
    fn is_patient(self, link: &Link) -> bool {
        // A radio is not keyed up for how devices are.
        self.held || (self.status && !link.profile.half_duplex)
    }
}

/// If no register may begin a frame on this link now: when one may, as far as it waits for company
/// alone. The link is left as [`add`] leaves it. None if it may, or if that is not asked here: what
/// cheaper links say, and where slots are few.
pub(super) fn patience(
    link: &mut Link,
    said: (&Board, &Headings),
    now: Mono,
) -> Option<Option<Mono>> {
    let waiting = Waiting::on(link, said, now);
    if waiting.fixes || link.profile.long_slot_ms().is_some() {
        return None;
    }
    if !waiting.is_patient(link) {
        return Some(None);
    }
    let ends = patience_ends(link, now);
    (ends > now).then_some(Some(ends))
}

/// True if a register waits to be said on this link that may begin a frame.
pub(super) fn is_waiting(link: &mut Link, know: &Stock<'_>) -> bool {
    let waiting = Waiting::of(link, know);
    let is_patient = waiting.is_patient(link);
    if is_patient {
        // What waits for a slot waits for company as well.
        link.patient_since.get_or_insert(know.now);
    }
    (waiting.fixes || is_patient) && leaves_to(link, know).is_none()
}

/// Add registers that changed since they were last said or heard here, those that may begin a
/// frame: fixes, and after a while which orders devices hold and how they are.
pub(super) fn add(frame: &mut Filling, link: &mut Link, know: &Stock<'_>) {
    let waiting = Waiting::of(link, know);
    let is_patient = waiting.is_patient(link);
    if !is_patient && !waiting.fixes {
        if link.board_at.is_none() {
            link.patient_since = None;
        }
        return;
    }
    let is_due = is_patient && patience_ends(link, know.now) <= know.now;
    if (waiting.fixes || is_due) && is_left_to_others(link, know) {
        link.patient_since = None;
        return;
    }
    match link.fixes_wait_until(know.now).filter(|_| waiting.fixes) {
        Some(until) => link.look_at = link.look_at.into_iter().chain([until]).min(),
        None if waiting.fixes => add_kind(frame, link, know, Kind::Fix),
        None => {}
    }
    if link.profile.long_slot_ms().is_some() {
        // Where slots are few, records go first, and these along with them.
        link.patient_at = None;
        return;
    }
    if is_due && waiting.held {
        holders::add(frame, link, know);
    }
    if is_due && waiting.status && !link.profile.half_duplex {
        add_kind(frame, link, know, Kind::Status);
    }
    if !is_due && is_patient {
        let since = link.patient_since.unwrap_or(know.now);
        link.patient_at = Some(since.after_ms(patience_ms(link)));
    }
}

/// Registers of which nobody is in a hurry go along with anything else.
pub(super) fn add_along(frame: &mut Filling, link: &mut Link, know: &Stock<'_>) {
    let Waiting { fixes, held, status } = Waiting::of(link, know);
    let kinds = [(fixes, Kind::Fix), (held, Kind::Held), (status, Kind::Status)];
    let mut waiting = kinds.into_iter().filter(|(is_one, _)| *is_one).peekable();
    if waiting.peek().is_some() && !is_left_to_others(link, know) {
        waiting.for_each(|(_, kind)| match kind {
            Kind::Held => holders::add(frame, link, know),
            Kind::Fix | Kind::Status => add_kind(frame, link, know, kind),
        });
    }
    let left = Waiting::of(link, know);
    if !left.held && !left.status {
        link.patient_since = None;
    }
    let is_met = !link.contacts.contains_key(&ANYONE);
    if is_met && !link.posted.again(know.now).is_empty() && leaves_to(link, know).is_none() {
        holders::add_again(frame, link, know);
    }
}

/// Registers may be said on this link now, and there are some.
fn is_open(link: &mut Link, (board, headings): (&Board, &Headings), now: Mono) -> bool {
    link.board_at = link.board_at.filter(|at| *at > now);
    if link.contacts.contains_key(&ANYONE) || link.board_at.is_some() {
        return false;
    }
    link.compare_board(board, headings);
    !link.posted.has_said_all()
}

/// When what may wait for company has waited long enough; counts from the first time that it was
/// asked.
fn patience_ends(link: &mut Link, now: Mono) -> Mono {
    let since = *link.patient_since.get_or_insert(now);
    since.after_ms(patience_ms(link))
}

fn patience_ms(link: &Link) -> u64 {
    if link.profile.half_duplex { HALF_DUPLEX_PATIENCE_MS } else { PATIENCE_MS }
}

/// Every one who is there hears of the board by cheaper links; these are noted.
fn is_left_to_others(link: &mut Link, know: &Stock<'_>) -> bool {
    let cheaper = leaves_to(link, know);
    link.leaves_to.extend(cheaper.iter().flatten());
    cheaper.is_some()
}

/// Everyone there knows what this device holds, as it is there itself.
pub(super) fn knows(link: &Link, hides: bool, device: DeviceId, now: Mono) -> bool {
    let is_here = link.contacts.contains_key(&device);
    is_here && !(hides && link.has_hidden_from(device, now))
}

/// As many registers of a kind as fit.
fn add_kind(frame: &mut Filling, link: &mut Link, know: &Stock<'_>, kind: Kind) {
    let (mut fixes, mut chosen) = (Vec::new(), Vec::new());
    let mut bytes = 3;
    for id in link.posted.unsaid(kind, |_| false) {
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
/// Nobody answers a register: only a link on which it answered something else counts.
fn leaves_to(link: &Link, know: &Stock<'_>) -> Option<Vec<LinkId>> {
    let live_ms = link.live_ms();
    let mut cheaper = Vec::new();
    for (device, contact) in &link.contacts {
        if know.now.since_ms(contact.heard_at) > live_ms {
            continue;
        }
        let mut cheap = route::cheaper(link, &know.elsewhere, *device);
        cheaper.push(cheap.find(|other| hears_board(link, other, *device))?.id);
    }
    Some(cheaper)
}

/// A device on a link hears of the board by a cheaper one: it answered there, and was heard there
/// not long before boards differed on the dearer one. Its frames may have been repeated there.
fn hears_board(link: &Link, cheaper: &Link, device: DeviceId) -> bool {
    let there = cheaper.contacts.get(&device).filter(|there| there.is_proved());
    there.is_some_and(|there| {
        link.board_repaired_at.is_none_or(|at| at.since_ms(there.heard_at) < LIVE_MS)
    })
}

/// Bytes of a frame that says a fix.
const FIX_FRAME_BYTES: usize = 22;
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
        let is_begun = !frame.is_empty();
        if frame.push(&Section::Fixes(packed)) {
            if !is_begun {
                link.rest_fixes(FIX_FRAME_BYTES, know.now);
            }
            for (device, fix) in chosen {
                link.posted.note(RegisterId::Fix(device, fix.unit), fix.taken_s);
            }
            link.check_fixes(know.now);
            return;
        }
        chosen.truncate(chosen.len() - chosen.len().div_ceil(4));
    }
}
