//! What the bytes of a frame or of a record say, before anything is done with it.

use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, FOUNDER, Lane, LaneId, LinkId};
use crate::field::air;
use crate::field::body::Body;
use crate::keys::frame_key::Opened;
use crate::node::Node;
use crate::node::open::{urgency_of_body, urgency_of_kind};
use crate::wire::brief;
use crate::wire::bundle::{self, Holding, Section};
use crate::wire::pack::PackError;
use crate::wire::record::Head;

/// How urgent a record is, by its bytes.
pub fn urgency(record: &[u8]) -> Urgency {
    let Ok((head, rest)) = Head::split(record) else { return Urgency::Report };
    // Whether the rest can be read is found when it is folded.
    urgency_of_kind(head.kind).unwrap_or_else(|| {
        Body::parse(head.kind, rest).map_or(Urgency::Report, |body| urgency_of_body(&body))
    })
}

/// What an ack of one lane alone says.
pub(super) fn acked_alone(section: &Section) -> Option<&Holding> {
    let Section::Ack(holdings) = section else { return None };
    holdings.first().filter(|_| holdings.len() == 1)
}

/// Those whom a section names.
pub(super) fn called_in(section: &Section) -> Option<Vec<DeviceId>> {
    match section {
        Section::Call(called) => Some(called.clone()),
        Section::Run(_)
        | Section::Packed(_)
        | Section::Part(_)
        | Section::Seal(..)
        | Section::Piece(..)
        | Section::Ack(_)
        | Section::Digest(_)
        | Section::Same(_)
        | Section::Heads(_)
        | Section::Want(_)
        | Section::Absent(..)
        | Section::Twice(_)
        | Section::Board(_)
        | Section::Sketch(_)
        | Section::Delta(_)
        | Section::Holders(..)
        | Section::Vouch(_)
        | Section::Lack(_)
        | Section::Sum(_)
        | Section::Fixes(_) => None,
    }
}

impl Node {
    /// What a frame says, with everything opened that has another form on the air.
    pub(in crate::node) fn sections(&self, opened: &Opened) -> (Vec<Section>, Option<PackError>) {
        let (sections, error) = match opened.brief {
            true => match brief::read(&opened.plain) {
                Ok(section) => (vec![section], None),
                Err(error) => (Vec::new(), Some(error)),
            },
            false => bundle::read(&opened.plain),
        };
        let ground = self.folds.directory.ground(opened.sender);
        let (sections, folded) = air::unfold(sections, opened.sender, &ground);
        (sections, error.or(folded))
    }

    /// A device that has verified nothing of the directory takes in what it cannot check: it says
    /// so on this link, so that others send that before they repeat seals in vain. On a busy
    /// channel lists may not be compared for a long time. That it has nothing is told with its
    /// acks; what is missing of it is asked for, as no ack takes back that it was verified once.
    pub(super) fn miss_directory(&mut self, id: LinkId, lane: LaneId) {
        let is_checked = self.book.lane(lane).is_none_or(|lane| lane.head() == lane.sealed());
        let missed = LaneId::first(FOUNDER, Lane::Directory);
        let is_there = self.book.directory_lanes().any(|(_, lane)| lane.sealed() > 0);
        if is_checked || is_there || lane == missed {
            return;
        }
        match self.book.lane(missed).map(|lane| lane.head()) {
            Some(head) => self.want(id, missed, head + 1),
            None => {
                if let Some(link) = self.links.get_mut(id) {
                    link.ack_lanes.insert(missed);
                }
            }
        }
    }

    /// A link could make nothing of a frame, for this reason.
    pub(super) fn note_dropped(&mut self, link: LinkId, reason: &'static str) {
        if let Some(link) = self.links.get_mut(link) {
            link.note_dropped(reason);
        }
    }
}
