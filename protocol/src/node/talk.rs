//! What leaves: fills a frame for each link that can take one, seals it, hands it over.

use std::sync::Arc;

use crate::base::ids::{LinkId, RecordId};
use crate::base::start::FrameNo;
use crate::base::time::Mono;
use crate::keys::frame_key::{Manner, SealError};
use crate::link::agenda::News;
use crate::link::meter::Gate;
use crate::link::state::Link;
use crate::link::turns::CROWD_MIN;
use crate::log::book::Book;
use crate::node::Node;
use crate::node::mute;
use crate::node::output::Output;
use crate::plan::idle;
use crate::plan::pick::{self, Composed, Form, Stock};
use crate::plan::route::{self, Elsewhere};
use crate::sync::board::Board;
use crate::sync::digest::StateHashes;
use crate::sync::heading::Headings;
use crate::sync::vector::HeadVector;
use crate::wire::frame::NumberForm;

/// All links are looked at for registers of which nobody is in a hurry once in this time, ms: a
/// centre hears from a hundred others within seconds that they hold its order, and has a hundred
/// links to look at.
const PATIENT_LOOK_MS: u64 = 1_000;

/// What all links were told of.
#[derive(Debug, Default)]
pub struct Spoken {
    /// Version of the book.
    book: u64,
    /// Changes of fixes.
    fixes: u64,
    /// Changes of the board, and version of the headings.
    patient: (u64, u64),
    /// When they are told of the rest of the board.
    look_at: Option<Mono>,
}

impl Spoken {
    /// When something must be told that has waited.
    pub fn look_at(&self) -> Option<Mono> {
        self.look_at
    }

    /// What the links must be told of now.
    fn news<'a>(
        &mut self,
        book: &'a Book,
        board: &'a Board,
        headings: &'a Headings,
        now: Mono,
    ) -> News<'a> {
        let is_new = |before: &mut u64, now| std::mem::replace(before, now) != now;
        let has_records = is_new(&mut self.book, book.version());
        let has_fixes = is_new(&mut self.fixes, board.fix_changes());
        let patient = (board.changes(), headings.version());
        if std::mem::replace(&mut self.patient, patient) != patient {
            self.look_at.get_or_insert(now.after_ms(PATIENT_LOOK_MS));
        }
        let has_registers = has_fixes || self.look_at.is_some_and(|at| at <= now);
        if has_registers {
            self.look_at = None;
        }
        News {
            book: Some(book).filter(|_| has_records),
            board: Some((board, headings)).filter(|_| has_registers),
        }
    }
}

impl Node {
    /// Give every link that can take a frame its next one, if something about it changed or its
    /// moment has come: whatever could not go the last time cannot go now either.
    pub(super) fn talk(&mut self) {
        if self.sealer.number().is_none() {
            // Before our start is saved nothing can be said; what is to be looked at stays so.
            return;
        }
        self.look_for_ways();
        let headings = self.ways.headings();
        let news = self.spoken.news(&self.book, &self.board, headings, self.now.mono);
        if news.book.is_some() || news.board.is_some() {
            self.links.tell(&news);
        }
        let ids = self.links.due(self.now.mono);
        // What one link waited for in vain may be another's to send in this very moment.
        for id in &ids {
            self.expire_on(*id);
        }
        for id in self.links.with_those_who_leave(ids, &self.book, self.now.mono) {
            self.talk_on(id);
            self.links.rest(id, self.now.mono);
        }
    }

    fn expire_on(&mut self, id: LinkId) {
        if self.links.get(id).is_none_or(|link| !link.up || !link.ready) {
            return;
        }
        let Some(link) = self.links.visit(id) else { return };
        let was_doubtful = link.quality.is_doubtful();
        link.expire(self.now.mono);
        if link.quality.is_doubtful() && !was_doubtful {
            self.feed_bearer(id);
        }
    }

    fn talk_on(&mut self, id: LinkId) {
        let Some(number) = self.sealer.number() else { return };
        if self.links.get(id).is_none_or(|link| !link.up || !link.ready) {
            return;
        }
        let Some(link) = self.links.visit(id) else { return };
        #[cfg(test)]
        let before = link.clone();
        let all = (&self.book, &self.board, self.ways.headings());
        if idle::is_idle(link, all, self.who.device, self.now.mono) {
            #[cfg(test)]
            self.check_idle(before, number);
            return;
        }
        // While it is filled, the others are what else there is.
        if let Some(mut link) = self.links.take(id) {
            self.fill(&mut link, number);
            let has_spoken = !link.ready;
            self.links.put(link, has_spoken);
        }
    }

    /// What is verified here and the hashes of what is held, if a link is about to say either.
    fn list_due(&mut self, link: &Link) -> Option<(Arc<HeadVector>, StateHashes)> {
        let is_air = link.is_shared() && link.profile.half_duplex;
        let ack_at = link.ack_at.filter(|_| is_air).map(|(at, _)| at);
        let next = [link.heads_at, link.digest_at, Some(link.trickle.next_at()), ack_at];
        let is_due = next.into_iter().flatten().any(|at| at <= self.now.mono);
        is_due.then(|| (self.list(), self.state()))
    }

    /// Fill the next frame of a link and hand it over, if anything has to go.
    fn fill(&mut self, link: &mut Link, number: FrameNo) {
        let now = self.now.mono;
        if link.gate() != Gate::Shut && self.say_notice(link) {
            return;
        }
        let (list, held) = self.list_due(link).unzip();
        let salt = self.salt(self.who.device, number);
        let gate = link.gate();
        let is_turn = self.takes_turn(link, gate);
        let (book, board, device) = (&self.book, &self.board, self.who.device);
        let ground = self.folds.directory.ground(self.who.device);
        let (links, whole_now) = (&self.links, self.now);
        let due = |record: RecordId| route::due(&self.folds.orders, record, whole_now);
        let elsewhere = Elsewhere { own: device, links, due: &due, now };
        let (whom, headings) = (&self.whom, self.ways.headings());
        let know =
            Stock { book, board, headings, device, held, list, salt, ground, whom, elsewhere, now };
        let written = link.number_form(number, self.now);
        let room = link.profile.room_of_frame(self.sealer.overhead_bytes(written));
        let composed = match gate {
            Gate::Open => pick::compose(link, &know, room),
            Gate::FlashOnly => pick::compose_flash(link, &know, room),
            Gate::Shut => None,
        };
        let Some(Composed { plain, bulk, form }) = composed else {
            link.hold_ack(now);
            return;
        };
        let list = know.list;
        let frame = match self.seal(link, &plain, (form, written), held) {
            Ok(frame) => frame,
            Err(error) => return link.note_dropped(error.word()),
        };
        if form == Form::Mute && !is_turn && link.crowd(now) < CROWD_MIN {
            link.trickle.note_said(now, &mut self.dice);
        }
        list.iter().for_each(|list| link.lists.remember(list));
        self.hand_over(link, frame, bulk);
    }

    /// True if it is this link's turn to say a beacon: it says its digest then.
    fn takes_turn(&mut self, link: &mut Link, gate: Gate) -> bool {
        let now = self.now.mono;
        let is_open = gate == Gate::Open;
        let is_turn =
            is_open && link.trickle.next_at() <= now && link.trickle.due(now, &mut self.dice);
        if is_turn {
            link.digest_at = Some(now);
        }
        is_turn
    }

    /// A frame is filled and sealed: it goes to the bearer.
    fn hand_over(&mut self, link: &mut Link, frame: Vec<u8>, bulk: bool) {
        link.ready = false;
        link.is_introduced = true;
        link.note_own(frame.len(), self.now.mono);
        link.counts.sent_frames += 1;
        link.counts.sent_bytes += frame.len() as u64;
        link.last_sent = Some(self.now.wall);
        self.note_spent(link, frame.len());
        self.out.push_back(Output::Send { link: link.id, frame, bulk });
    }

    /// Seal what was composed, and note at the link that it was said.
    fn seal(
        &mut self,
        link: &mut Link,
        plain: &[u8],
        (form, written): (Form, NumberForm),
        held: Option<StateHashes>,
    ) -> Result<Vec<u8>, SealError> {
        match form {
            Form::Whole | Form::Brief => {
                let number = self.sealer.number().ok_or(SealError::NeedStart)?;
                let (brief, asks) = (form == Form::Brief, link.numbers.asks());
                let frame = self.sealer.seal(plain, Manner { number: written, asks, brief })?;
                link.numbers.note_said(number, written, self.now.mono);
                link.mute.note_frame(&frame, self.now.mono);
                Ok(frame)
            }
            Form::Mute | Form::MuteAck(_) => {
                // Whoever heard no number yet would not understand the next short one.
                let since = (self.opener.senders() == 0, self.now);
                Ok(mute::seal(&self.sealer, link, form, &held.unwrap_or_default(), since))
            }
        }
    }
}

#[cfg(test)]
impl Node {
    /// A link that was found idle is left as it would be, had a frame been tried for it in vain:
    /// every test of nodes asks this of every link.
    fn check_idle(&mut self, mut before: Link, number: FrameNo) {
        let id = before.id;
        let Some(found) = self.links.take(id) else { return };
        let said = self.out.len();
        self.fill(&mut before, number);
        assert_eq!(self.out.len(), said, "something had to go on {id}");
        assert_eq!(format!("{found:?}"), format!("{before:?}"));
        self.links.put(found, false);
    }
}
