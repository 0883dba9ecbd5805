//! How the list of what is verified here goes into a frame: in the shortest way that the other may
//! understand, over several frames if it must, or beside a digest where a question costs a slot.
//! Beside a digest it is what changed since both agreed, or short sums: whoever hears it knows at
//! once what either lacks, sends what the other lacks and asks for the rest; and where no answer
//! ever comes back, it knows at least what to ask for elsewhere. Header, digest, sums and the ack
//! of a lane take 35 bytes and the tag.

use crate::base::ids::{DeviceId, LaneId};
use crate::link::lists::Rung;
use crate::link::state::Link;
use crate::plan::pick::{Filling, Stock};
use crate::wire::bundle::{Heads, Holding, Section};

/// What we have verified, in the shortest way that the other may understand.
pub(super) fn add(frame: &mut Filling, link: &mut Link, know: &Stock<'_>) {
    let is_begun = link.heads_from != DeviceId(0);
    if let Some(list) = know.list.as_ref().filter(|_| !is_begun) {
        if link.lists.says_tips && frame.push(&Section::Sketch(list.tips(know.book, &know.salt))) {
            (link.heads_at, link.lists.says_tips) = (None, false);
            return;
        }
        let contact = link.contacts.get(&link.lists.to);
        let agreed = contact.and_then(|contact| contact.agreed.as_deref());
        if let Some((rung, section)) = link.lists.shortest(list, agreed, &know.salt)
            && frame.push(&section)
        {
            link.heads_at = None;
            link.lists.note_said(rung);
            return;
        }
    }
    add_heads(frame, link, know);
    if link.heads_at.is_none() {
        link.lists.note_said(Rung::Heads);
    }
}

/// What we hold of every lane, over as many frames as it takes; whole authors in each.
fn add_heads(frame: &mut Filling, link: &mut Link, know: &Stock<'_>) {
    let from = link.heads_from;
    let held = |id: &LaneId| know.book.lane(*id).is_some_and(|lane| lane.saved() > 0);
    let lanes: Vec<LaneId> =
        know.book.lanes().map(|(id, _)| *id).filter(|id| id.author >= from && held(id)).collect();
    let mut authors: Vec<DeviceId> = lanes.iter().map(|id| id.author).collect();
    authors.dedup();
    let mut count = authors.len();
    loop {
        let to = match authors.get(count) {
            None => DeviceId(u16::MAX),
            Some(next) => DeviceId(next.0 - 1),
        };
        let holdings = lanes
            .iter()
            .filter(|id| id.author <= to)
            .filter_map(|id| know.book.lane(*id))
            .map(|lane| Holding { islands: Vec::new(), ..lane.holding() })
            .collect();
        if frame.push(&Section::Heads(Heads { from, to, holdings })) {
            let done = to == DeviceId(u16::MAX);
            link.heads_from = if done { DeviceId(0) } else { DeviceId(to.0 + 1) };
            link.heads_at = if done { None } else { Some(know.now) };
            return;
        }
        if count <= 1 {
            return;
        }
        count = count.div_ceil(2);
    }
}

/// Add the list of what is verified here behind a digest that wants an answer, on a link of few
/// slots. While records wait there they make the difference, and the list is not worth its bytes.
pub(super) fn add_beside(frame: &mut Filling, link: &mut Link, know: &Stock<'_>) {
    let waits = link.contacts.values().any(|it| it.wanting().next().is_some() || it.awaits());
    let Some(list) = know.list.as_ref().filter(|_| !waits) else { return };
    if link.profile.long_slot_ms().is_none() {
        return;
    }
    if link.lists.says_tips {
        // The lists were the same: two stories of one lane differ, of equal length.
        link.lists.says_tips = !frame.push(&Section::Sketch(list.tips(know.book, &know.salt)));
        return;
    }
    let mut agreed = link.contacts.values().filter_map(|contact| contact.agreed.as_deref());
    let only = agreed.next().filter(|_| link.contacts.len() == 1);
    // Without room for it the other says its own, as without it.
    frame.push(&link.lists.beside_digest(list, only, &know.salt));
}
