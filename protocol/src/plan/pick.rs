//! Fills one frame for one link, most urgent first: orders by class, receipts, answers to others,
//! the directory, the board, stock, reports. Acks ride along whenever anything goes.

use std::sync::Arc;

use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, LaneId};
use crate::base::time::Mono;
use crate::field::air::grid::Ground;
use crate::link::line::is_lazy;
use crate::link::state::{ANYONE, Link};
use crate::log::book::Book;
use crate::plan::route::Elsewhere;
use crate::plan::whom::Whom;
use crate::plan::{list, lull, proofs, registers, runs, sums};
use crate::sync::board::Board;
use crate::sync::digest::{Salt, StateHashes};
use crate::sync::heading::Headings;
use crate::sync::vector::HeadVector;
use crate::wire::brief;
use crate::wire::bundle::{Digest, Holding, PackedRun, Section};
use crate::wire::frame::TAG_BYTES;
use crate::wire::pack::Pack;

/// Longest time that a beacon waits for passing records. A channel on which records never cease
/// must still find out who lacks what.
const FLUX_MS_MAX: u64 = 60_000;

/// A frame being filled.
#[derive(Debug)]
pub struct Filling {
    bytes: Vec<u8>,
    room: usize,
    /// It is paid for by what is kept for flash orders: nothing else goes along.
    pub(super) is_for_flash: bool,
    /// A packed run at the end, and where it begins: if nothing follows, it needs no length.
    at_end: Option<(usize, PackedRun)>,
    /// The only section so far, in the form that a brief frame has for it.
    brief: Option<Vec<u8>>,
    /// The only section so far is this ack.
    acks: Option<Vec<Holding>>,
}

impl Filling {
    /// An empty frame with room for so many plain bytes.
    pub fn new(room: usize) -> Filling {
        let bytes = Vec::new();
        Filling { bytes, room, is_for_flash: false, at_end: None, brief: None, acks: None }
    }

    /// Bytes still free.
    pub fn room(&self) -> usize {
        self.room - self.bytes.len()
    }

    /// True while nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Add a section if it fits.
    pub fn push(&mut self, section: &Section) -> bool {
        let before = self.bytes.len();
        section.pack(&mut self.bytes);
        let fits = self.bytes.len() <= self.room;
        if fits {
            self.brief = brief::pack(section).filter(|_| before == 0);
            self.acks = match section {
                Section::Ack(holdings) if before == 0 => Some(holdings.clone()),
                _ => None,
            };
        }
        match (fits, section) {
            (false, _) => self.bytes.truncate(before),
            (true, Section::Packed(run)) => self.at_end = Some((before, run.clone())),
            (true, _) => self.at_end = None,
        }
        fits
    }

    /// The plain bytes of the frame.
    pub fn into_bytes(mut self) -> Vec<u8> {
        if let Some((begin, run)) = self.at_end {
            self.bytes.truncate(begin);
            Section::Packed(PackedRun { is_last: true, ..run }).pack(&mut self.bytes);
        }
        self.bytes
    }
}

/// What the node knows, for one pick.
pub struct Stock<'a> {
    /// All records.
    pub book: &'a Book,
    /// All registers.
    pub board: &'a Board,
    /// Where the word goes that orders are held.
    pub headings: &'a Headings,
    /// This device.
    pub device: DeviceId,
    /// The hashes of it all, if their digest may have to be said. Most frames do not say it, and it
    /// takes two more hashes to make it for one of them.
    pub held: Option<StateHashes>,
    /// What is verified of every lane, if that or its digest may have to be said.
    pub list: Option<Arc<HeadVector>>,
    /// What the frame being filled makes of hashes.
    pub salt: Salt,
    /// What hearers know of the land and of this device, for fixes.
    pub ground: Ground,
    /// Whom records concern.
    pub whom: &'a Whom,
    /// The other links.
    pub elsewhere: Elsewhere<'a>,
    /// The moment.
    pub now: Mono,
}

/// A frame before it is sealed.
#[derive(Debug)]
pub struct Composed {
    /// Its bytes.
    pub plain: Vec<u8>,
    /// It carries records, and none of them is an order or a receipt.
    pub bulk: bool,
    /// How it is sealed.
    pub form: Form,
}

/// How a frame is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A bundle.
    Whole,
    /// What a brief frame may say.
    Brief,
    /// A mute beacon.
    Mute,
    /// A mute ack, to the frame with this tag.
    MuteAck([u8; TAG_BYTES]),
}

/// The plain bytes of the next frame for this link; `None` if nothing has to go now.
pub fn compose(link: &mut Link, know: &Stock<'_>, room: usize) -> Option<Composed> {
    let before = link.counts.sent_records;
    let composed = fill(link, know, room);
    link.size.note_frame((link.counts.sent_records - before) as u32);
    composed
}

fn fill(link: &mut Link, know: &Stock<'_>, room: usize) -> Option<Composed> {
    let mut frame = Filling::new(room);
    let digest_due = link.digest_at.is_some_and(|at| at <= know.now);
    let said_digest = |link: &Link| digest_due && link.digest_at.is_none();
    link.begin_telling();
    link.trail.begin();
    link.patient_at = None;
    let mut lanes = runs::waiting(link, know);
    sums::take_over(link, know, &mut lanes);
    if !lanes.iter().any(|(urgency, _)| is_lazy(*urgency)) {
        link.turn_at = None;
    } else if !link.is_turn(know.device, know.now) {
        lanes.retain(|(urgency, _)| !is_lazy(*urgency));
    }
    let (urgent, rest): (Vec<_>, Vec<_>) =
        lanes.into_iter().partition(|(urgency, _)| *urgency <= Urgency::Receipt);
    if lull::gathers(link, know.now, &urgent) {
        return None;
    }
    let ack_due = link.ack_at.is_some_and(|(at, _)| at <= know.now);
    // Beside acks an order that fits a frame alone would wait for one without any, for ever.
    let (first, urgent): (Vec<_>, Vec<_>) = urgent.into_iter().partition(|(urgency, id)| {
        ack_due && *urgency == Urgency::Flash && !runs::fits_beside_acks(link, know, *id)
    });
    add_lanes(&mut frame, link, know, &first);
    let is_first = !frame.is_empty();
    if ack_due {
        add_acks(&mut frame, link, know);
    }
    let before = frame.room();
    add_lanes(&mut frame, link, know, &urgent);
    let is_urgent = is_first || frame.room() < before;
    proofs::add(&mut frame, link, know);
    link.lists.gives_way &= !rest.is_empty() && link.is_slow() && !link.is_shared();
    add_answers(&mut frame, link, know);
    sums::add(&mut frame, link, know);
    let mut bulk = false;
    let may_begin = !frame.is_empty() || lull::may_begin(link, know, &rest, room);
    if may_begin {
        bulk = add_rest(&mut frame, link, know, rest) && !is_urgent;
    }
    add_call(&mut frame, link, know);
    if !frame.is_empty() && !ack_due {
        add_acks(&mut frame, link, know);
    }
    if !frame.is_empty() {
        runs::add_again(&mut frame, link, know);
    }
    if !frame.is_empty() {
        registers::add_along(&mut frame, link, know);
    }
    if !frame.is_empty() {
        (link.lull_since, link.gather_until) = (None, None);
    }
    if let Some(plain) = frame.brief.take() {
        let is_mute = brief::is_digest(&plain) && link.may_be_mute(know.now);
        let form = if is_mute { Form::Mute } else { Form::Brief };
        if said_digest(link) {
            link.mute.note_beacon();
        }
        return Some(Composed { plain, bulk: false, form });
    }
    if said_digest(link) {
        link.mute.note_beacon();
    }
    let form = frame.acks.take().map_or(Form::Whole, |acks| form_of_ack(link, know, &acks));
    (!frame.is_empty()).then(|| Composed { plain: frame.into_bytes(), bulk, form })
}

/// How an ack goes that is alone in its frame.
fn form_of_ack(link: &mut Link, know: &Stock<'_>, acks: &[Holding]) -> Form {
    let may_be = |list: &&Arc<HeadVector>| link.may_ack_mutely(acks, list, know.now);
    let form = match (know.list.as_ref().filter(may_be), link.mute.owed(know.now)) {
        (Some(list), Some(answered)) => {
            link.mute.note_level(list);
            Form::MuteAck(answered)
        }
        (None, _) | (_, None) => Form::Whole,
    };
    link.mute.note_acked(form != Form::Whole);
    form
}

/// The directory, registers, stock and reports. True if any of the last two went.
fn add_rest(
    frame: &mut Filling,
    link: &mut Link,
    know: &Stock<'_>,
    rest: Vec<(Urgency, LaneId)>,
) -> bool {
    let (directory, rest): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|(urgency, _)| *urgency <= Urgency::Directory);
    add_lanes(frame, link, know, &directory);
    registers::add(frame, link, know);
    let before = frame.room();
    add_lanes(frame, link, know, &rest);
    frame.room() < before
}

/// The next frame of a link whose quota is spent but for its reserve: orders of class flash, with
/// what they take along. It is not begun for anything else.
pub fn compose_flash(link: &mut Link, know: &Stock<'_>, room: usize) -> Option<Composed> {
    let mut frame = Filling { is_for_flash: true, ..Filling::new(room) };
    link.begin_telling();
    link.trail.begin();
    let lanes = runs::waiting_flash(link, know);
    add_lanes(&mut frame, link, know, &lanes);
    if frame.is_empty() {
        return None;
    }
    add_call(&mut frame, link, know);
    add_acks(&mut frame, link, know);
    Some(Composed { plain: frame.into_bytes(), bulk: false, form: Form::Whole })
}

fn add_lanes(frame: &mut Filling, link: &mut Link, know: &Stock<'_>, lanes: &[(Urgency, LaneId)]) {
    for (urgency, lane) in lanes {
        runs::add(frame, link, know, *lane, *urgency);
    }
}

/// Names those who need what the frame says, unless all do and know their places in line.
fn add_call(frame: &mut Filling, link: &mut Link, know: &Stock<'_>) {
    let told: Vec<DeviceId> = link.told.iter().copied().filter(|told| *told != ANYONE).collect();
    let are_some = !told.is_empty() && (told.len() as u64) < link.crowd(know.now);
    if link.is_shared() && (are_some || link.is_roll_due(&told)) {
        // Without room for it everyone answers: more air, nothing lost.
        frame.push(&Section::Call(told));
    }
}

/// What we hold of the lanes that arrived here. Lanes that the disk does not have yet wait.
fn add_acks(frame: &mut Filling, link: &mut Link, know: &Stock<'_>) {
    let mut holdings: Vec<Holding> = Vec::new();
    for id in &link.ack_lanes {
        match know.book.lane(*id) {
            Some(lane) if lane.saved() == lane.head() => holdings.push(lane.holding()),
            Some(_) => {}
            // Nothing of it was taken in; of the directory see `Node::miss_directory`.
            None => holdings.push(Holding { lane: *id, head: 0, sealed: 0, islands: Vec::new() }),
        }
    }
    while !holdings.is_empty() && !frame.push(&Section::Ack(holdings.clone())) {
        holdings.truncate(holdings.len() / 2);
    }
    for holding in &holdings {
        link.ack_lanes.remove(&holding.lane);
    }
    if link.ack_lanes.is_empty() {
        link.ack_at = None;
    }
    if let [held] = holdings.as_slice()
        && std::mem::take(&mut link.vouches)
    {
        let vouched = link.vouched(held);
        if !vouched.0.is_empty() {
            // Without room for it whoever was not heard is asked again.
            frame.push(&Section::Vouch(vouched));
        }
    }
}

/// Beacon, "same", heads and wants that are due.
fn add_answers(frame: &mut Filling, link: &mut Link, know: &Stock<'_>) {
    if let Some((at, echo)) = link.same_at
        && at <= know.now
        && frame.push(&Section::Same(echo))
    {
        link.same_at = None;
    }
    add_wants(frame, link, know);
    add_absent(frame, link);
    link.twice.add(&link.profile, |section| frame.push(section), know.now);
    if std::mem::take(&mut link.lists.gives_way) {
        return;
    }
    let in_flux = link.is_in_flux(know.now);
    if in_flux && link.heads_from == DeviceId(0) {
        // What differed when it was asked for is changing; the next beacon will tell.
        link.heads_at = None;
    }
    if link.heads_at.is_some_and(|at| at <= know.now) {
        link.lists.gives_way = true;
        list::add(frame, link, know);
    }
    let held = know.held.filter(|_| link.digest_at.is_some_and(|at| at <= know.now));
    if let Some(digest) = held.map(|held| held.salted(&know.salt)) {
        let since = *link.digest_due.get_or_insert(know.now);
        // In a throng everyone's turn comes before digests tell anything.
        let turns_ms = if link.is_throng(know.now) { link.turns_ms(know.now) } else { 0 };
        if in_flux && know.now.since_ms(since) < FLUX_MS_MAX.max(turns_ms) {
            let place = link.place_in_line(know.device, know.device, know.now);
            link.digest_at = Some(link.flux_until.after_ms(1 + place * link.slot_ms()));
        } else if frame.push(&Section::Digest(Digest { asks: asks(link, know.now), ..digest })) {
            if asks(link, know.now) {
                list::add_beside(frame, link, know);
            }
            (link.digest_at, link.digest_due) = (None, None);
            link.note_digest(digest.heads[0], know.book.version(), know.now);
        }
    }
}

/// True while someone is there, or may be, who is not known to hold what we hold.
fn asks(link: &Link, now: Mono) -> bool {
    link.contacts.values().any(|contact| !contact.in_step && link.is_present(contact, now))
}

/// Lanes to ask for that did not come by themselves meanwhile.
fn add_wants(frame: &mut Filling, link: &mut Link, know: &Stock<'_>) {
    let came = |id: &LaneId, from: u32| know.book.lane(*id).is_some_and(|l| l.head() >= from);
    link.wants.retain(|id, (from, _)| !came(id, *from));
    let asks_at = link.asks_at(know.device, know.now);
    let rested = |lane: &LaneId| asks_at == know.now || !link.asked.contains_key(lane);
    let due = link.wants.iter().filter(|(lane, (_, at))| *at <= asks_at && rested(lane));
    // Who is asked from further back sends what follows too.
    let due = due.filter(|(lane, _)| !link.doubts.asks(**lane));
    let mut wants: Vec<_> =
        { link.doubts.asking() }.chain(due.map(|(lane, (from, _))| lane.at(*from))).collect();
    while !wants.is_empty() && !frame.push(&link.lists.asking(&wants, &know.salt)) {
        wants.truncate(wants.len() / 2);
    }
    link.asked.retain(|_, until| *until > know.now);
    for want in &wants {
        link.wants.remove(&want.lane);
        link.doubts.note_asked(want.lane);
        if link.profile.half_duplex {
            link.asked.insert(want.lane, know.now.after_ms(link.pause_ms(0)));
        }
    }
}

/// What was asked for and is not here any more.
fn add_absent(frame: &mut Filling, link: &mut Link) {
    while let Some((lane, (first, count))) = link.lists.absent.pop_first() {
        if !frame.push(&Section::Absent(lane.at(first), count)) {
            link.lists.absent.insert(lane, (first, count));
            return;
        }
    }
}
