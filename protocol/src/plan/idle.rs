//! Whether a look at a link can find anything to go. Most looks cannot: the link has just become
//! free, or something was heard that is answered later. What is asked here is kept anyway, and
//! the link is left as [`super::pick::compose`] leaves it when it finds nothing; who adds
//! something that may leave there adds it here.

use crate::base::ids::DeviceId;
use crate::base::time::Mono;
use crate::link::meter::Gate;
use crate::link::state::{ANYONE, Link};
use crate::log::book::Book;
use crate::plan::registers;
use crate::sync::board::Board;
use crate::sync::heading::Headings;

/// True if nothing can go on this link now. It is this device.
pub fn is_idle(
    link: &mut Link,
    (book, board, headings): (&Book, &Board, &Headings),
    device: DeviceId,
    now: Mono,
) -> bool {
    let owes = link.ack_waits
        || link.heads_at.is_some()
        || link.gather_until.is_some()
        || link.lull_since.is_some()
        || !(link.wants.is_empty() && link.doubts.is_empty() && link.proofs.is_empty())
        || !link.lists.absent.is_empty()
        || link.twice.waits();
    if owes || link.gate() != Gate::Open || link.next_deadline().is_some_and(|at| at <= now) {
        return false;
    }
    for (contact_of, contact) in &mut link.contacts {
        contact.compare(book, *contact_of);
        if contact.wanting().next().is_some() || contact.is_called_again(now) {
            return false;
        }
    }
    if link.is_sum_turn(device, now) {
        return false;
    }
    let mut patient_at = None;
    if !link.contacts.contains_key(&ANYONE) && link.board_at.is_none() {
        link.compare_board(board, headings);
        if !link.posted.has_said_all() {
            let Some(at) = registers::patience(link, (board, headings), now) else { return false };
            patient_at = at;
        }
    }
    link.begin_telling();
    link.trail.begin();
    link.lists.gives_way = false;
    link.asked.retain(|_, until| *until > now);
    link.leaves_to.clear();
    (link.look_at, link.turn_at, link.patient_at) = (None, None, patient_at);
    if link.board_at.is_none() && patient_at.is_none() {
        link.patient_since = None;
    }
    true
}
