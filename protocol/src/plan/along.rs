//! What goes along with a digest where a question costs a slot: the list itself, as what changed
//! since both agreed or as short sums. Whoever hears it knows at once what either lacks, sends what
//! the other lacks and asks for the rest; and where no answer ever comes back, it knows at least
//! what to ask for elsewhere. Header, digest, sums and the ack of a lane take 35 bytes and the tag.

use crate::link::state::Link;
use crate::plan::pick::{Filling, Stock};

/// Add the list of what is verified here behind a digest that wants an answer, on a link of few
/// slots. While records wait there they make the difference, and the list is not worth its bytes.
pub(super) fn add(frame: &mut Filling, link: &Link, know: &Stock<'_>) {
    let waits = link.contacts.values().any(|it| it.wanting().next().is_some() || it.awaits());
    let Some(list) = know.list.as_ref().filter(|_| !waits) else { return };
    if link.profile.long_slot_ms().is_none() {
        return;
    }
    let mut agreed = link.contacts.values().filter_map(|contact| contact.agreed.as_deref());
    let only = agreed.next().filter(|_| link.contacts.len() == 1);
    // Without room for it the other says its own, as without it.
    frame.push(&link.lists.beside_digest(list, only, &know.salt));
}
