//! Records as they go over the air: what the record before has said already takes one bit. A
//! record that has no such form goes as it is, so that every record comes out as it went in.
//!
//! ```text
//! record:  form 2 | raw: length, bytes
//!                 | else: time | person | body
//! form:    command lane: 0 order, 1 receipt, 2 cancel, 3 a bit more: 1 raw
//!                        | 0 another bit: 0 draft, 1 signature
//!          stock lane:   0 movement, 1 waybill, 2 arrival, 3 a bit more: 0 count, 1 raw
//!          other lanes:  3 raw
//! time:    [seconds since the record before, code 4] | plain 1
//!          | if not plain: milliseconds 10 | count, code 2
//!          The first record has the time of the run. Plain: a whole second, and a count that
//!          goes on within it.
//! person:  as before 1 | else: 0 nobody, 1 index, 2 name, of 2 bits | index code 7, or text
//! code k:  Exp-Golomb of order k, see `wire::bits`
//! ```
//!
//! The bodies are drawn in `command` and `stock`. What is chained, sealed and stored are the bytes
//! of [`crate::wire::record`]; nothing here is ever kept.

pub mod alone;
mod coder;
mod command;
pub mod fixes;
pub mod grid;
mod packer;
mod stock;
mod words;

use self::coder::Coder;
use self::grid::Ground;
pub use self::packer::{Packer, RunMark};
use crate::base::caps::RECORD_BYTES_MAX;
use crate::base::ids::{DepotId, DeviceId, Lane, PersonId, SpokenId, UnitId};
use crate::base::time::Hlc;
use crate::field::body::Body;
use crate::field::stock::Body as StockBody;
use crate::field::text::check_name;
use crate::wire::bits::{BitReader, BitWriter};
use crate::wire::bundle::{PackedRun, Run, Section};
use crate::wire::pack::PackError;
use crate::wire::record::{Head, Person, kind};

/// Order of the code for the length of a record that goes as it is.
const RAW_K: u32 = 7;
/// The form of such a record.
const RAW: u64 = 3;

/// What the records before have said.
#[derive(Clone, Debug)]
struct Context {
    is_first: bool,
    at: Hlc,
    person: Person,
    order: SpokenId,
    unit: UnitId,
    depot: DepotId,
    directory_version: u32,
}

impl Context {
    fn new(author: DeviceId, base_s: u32) -> Context {
        Context {
            is_first: true,
            at: Hlc { wall_ms: u64::from(base_s) * 1000, count: 0 },
            person: Person::Nobody,
            order: SpokenId { author, incarnation: 0, seq: 0 },
            unit: UnitId(0),
            depot: DepotId(0),
            directory_version: 1,
        }
    }
}

/// The records of a packed run, in a frame of this sender.
///
/// # Errors
/// The bits are no records, or more or fewer than was said.
pub fn open(packed: &PackedRun, sender: DeviceId) -> Result<Run, PackError> {
    let lane = packed.lane_id(sender);
    let mut context = Context::new(lane.author, packed.base_s);
    let mut bits = BitReader::new(&packed.bits);
    let mut records = Vec::new();
    for _ in 0..packed.count {
        let record = match take_form(&mut bits, lane.lane)? {
            None => {
                let bytes = bits.bytes_of_record()?;
                if bytes.is_empty() {
                    return Err(PackError::BadValue("record"));
                }
                bytes
            }
            Some(body) => {
                let head = Head { kind: body.kind(), at: Hlc::default(), person: Person::Nobody };
                let known = record_of(&mut bits, &mut context, Known { head, body })?;
                known.head.with_body(&known.body.packed())
            }
        };
        if record.len() > RECORD_BYTES_MAX {
            return Err(PackError::TooLong);
        }
        context.is_first = false;
        records.push(record);
    }
    bits.finish()?;
    Ok(Run { lane, first: packed.first, records, seal: packed.seal })
}

/// The sections with packed runs opened; one that cannot be opened ends the reading, as any
/// section that is not understood does.
pub fn unfold(
    sections: Vec<Section>,
    sender: DeviceId,
    ground: &Ground,
) -> (Vec<Section>, Option<PackError>) {
    let mut opened = Vec::with_capacity(sections.len());
    let mut strange = None;
    for section in sections {
        match section {
            Section::Packed(packed) => match open(&packed, sender) {
                Ok(run) => opened.push(Section::Run(run)),
                Err(error) => return (opened, Some(error)),
            },
            // On another grid, or of a later version: the next repair says them in full.
            Section::Fixes(packed) => match fixes::open(&packed, sender, ground) {
                Ok(registers) => opened.push(Section::Board(registers)),
                Err(error) => strange = Some(error),
            },
            other => opened.push(other),
        }
    }
    (opened, strange)
}

/// A record taken apart.
struct Known {
    head: Head,
    body: Body,
}

/// The head of a record, and its body if it has a form on this lane and putting it together again
/// gives the same bytes.
fn parse(record: &[u8], lane: Lane) -> Option<(Head, Option<Body>)> {
    let (head, rest) = Head::split(record).ok()?;
    let body = has_form(lane, head.kind).then(|| Body::parse(head.kind, rest).ok()).flatten();
    let body = body.filter(|body| head.with_body(&body.packed()) == record);
    Some((head, body))
}

/// True if a body of this kind has a form on this lane; all others go as they are.
fn has_form(lane: Lane, of_kind: u8) -> bool {
    match lane {
        Lane::Command => matches!(
            of_kind,
            kind::ORDER | kind::RECEIPT | kind::CANCEL | kind::DRAFT | kind::SIGNATURE
        ),
        Lane::Stock => {
            matches!(of_kind, kind::MOVEMENT | kind::WAYBILL | kind::ARRIVAL | kind::COUNT)
        }
        Lane::Report | Lane::Directory => false,
    }
}

trait Forms {
    fn form(&mut self, known: &Known, lane: Lane) -> Result<(), PackError>;
}

impl Forms for BitWriter {
    fn form(&mut self, known: &Known, lane: Lane) -> Result<(), PackError> {
        let form = match (lane, &known.body) {
            (Lane::Command, Body::Order(_)) => 0,
            (Lane::Command, Body::Receipt(_)) => 1,
            (Lane::Command, Body::Cancel(_)) => 2,
            (Lane::Command, Body::Draft(_)) => return put_drafted(self, 0),
            (Lane::Command, Body::Signature(_)) => return put_drafted(self, 1),
            (Lane::Stock, Body::Stock(StockBody::Movement(_))) => 0,
            (Lane::Stock, Body::Stock(StockBody::Waybill(_))) => 1,
            (Lane::Stock, Body::Stock(StockBody::Arrival(_))) => 2,
            (Lane::Stock, Body::Stock(StockBody::Count(_))) => {
                self.put(RAW << 1, 3);
                return Ok(());
            }
            _ => return Err(PackError::BadValue("form")),
        };
        self.put(form, 2);
        Ok(())
    }
}

/// The forms of the command lane that are rare beside orders and receipts.
fn put_drafted(bits: &mut BitWriter, which: u64) -> Result<(), PackError> {
    bits.put(RAW << 2 | which, 4);
    Ok(())
}

fn put_raw_form(bits: &mut BitWriter, lane: Lane) {
    match lane {
        Lane::Stock | Lane::Command => bits.put(RAW << 1 | 1, 3),
        Lane::Report | Lane::Directory => bits.put(RAW, 2),
    }
}

/// What kind of body follows, empty; none for a record as it is.
fn take_form(bits: &mut BitReader<'_>, lane: Lane) -> Result<Option<Body>, PackError> {
    let form = bits.take(2)?;
    Ok(match (lane, form) {
        (Lane::Command, 0) => Some(command::empty(kind::ORDER)),
        (Lane::Command, 1) => Some(command::empty(kind::RECEIPT)),
        (Lane::Command, 2) => Some(command::empty(kind::CANCEL)),
        (Lane::Stock, 0) => Some(stock::empty(kind::MOVEMENT)),
        (Lane::Stock, 1) => Some(stock::empty(kind::WAYBILL)),
        (Lane::Stock, 2) => Some(stock::empty(kind::ARRIVAL)),
        (Lane::Stock, RAW) if !bits.flag()? => Some(stock::empty(kind::COUNT)),
        (Lane::Command, RAW) if !bits.flag()? => Some(command::empty(match bits.flag()? {
            false => kind::DRAFT,
            true => kind::SIGNATURE,
        })),
        (_, RAW) => None,
        _ => return Err(PackError::BadValue("form")),
    })
}

trait RawRecord {
    fn bytes_of_record(&mut self) -> Result<Vec<u8>, PackError>;
}

impl RawRecord for BitReader<'_> {
    fn bytes_of_record(&mut self) -> Result<Vec<u8>, PackError> {
        Coder::bytes(self, &[], RAW_K, RECORD_BYTES_MAX)
    }
}

fn record_of<C: Coder>(
    coder: &mut C,
    context: &mut Context,
    known: Known,
) -> Result<Known, PackError> {
    let at = time(coder, context, known.head.at)?;
    let person = coder.likely(known.head.person, context.person.clone(), person)?;
    (context.at, context.person) = (at, person.clone());
    let body = match known.body {
        Body::Order(order) => Body::Order(command::order(coder, context, order)?),
        Body::Receipt(receipt) => Body::Receipt(command::receipt(coder, context, receipt)?),
        Body::Cancel(cancel) => Body::Cancel(command::cancel(coder, context, cancel)?),
        Body::Draft(order) => Body::Draft(command::order(coder, context, order)?),
        Body::Signature(signature) => {
            Body::Signature(command::signature(coder, context, signature)?)
        }
        Body::Stock(body) => Body::Stock(stock::body(coder, context, body)?),
        Body::Directory(_)
        | Body::Admission(_)
        | Body::OrderKey(_)
        | Body::SealedNote(_)
        | Body::SealedPost(_)
        | Body::Attachment(_)
        | Body::Snapshot(_)
        | Body::Unknown { .. } => return Err(PackError::BadValue("form")),
    };
    Ok(Known { head: Head { kind: known.head.kind, at, person }, body })
}

fn time<C: Coder>(coder: &mut C, context: &Context, at: Hlc) -> Result<Hlc, PackError> {
    let before_s = context.at.wall_ms / 1000;
    let since_s = match context.is_first {
        true => 0,
        // A clock that went back has no form here; such a record goes as it is.
        false => {
            let since_s = (at.wall_ms / 1000).checked_sub(before_s);
            coder.golomb(since_s.unwrap_or(u64::MAX), 4)?
        }
    };
    let wall_ms = (before_s + since_s) * 1000;
    let count = match !context.is_first && wall_ms == context.at.wall_ms {
        true => context.at.count.saturating_add(1),
        false => 0,
    };
    coder.likely(at, Hlc { wall_ms, count }, |coder, at| {
        let ms = coder.bits(at.wall_ms % 1000, 10)?;
        if ms >= 1000 {
            return Err(PackError::BadValue("time"));
        }
        Ok(Hlc { wall_ms: wall_ms + ms, count: coder.small(at.count, 2)? })
    })
}

fn person<C: Coder>(coder: &mut C, person: Person) -> Result<Person, PackError> {
    let number = match &person {
        Person::Nobody => 0,
        Person::Index(_) => 1,
        Person::Name(_) => 2,
    };
    match coder.bits(number, 2)? {
        0 => Ok(Person::Nobody),
        1 => {
            let index = if let Person::Index(index) = person { index.0 } else { 0 };
            coder.small(index, 7).map(|index| Person::Index(PersonId(index)))
        }
        2 => {
            let name = if let Person::Name(name) = person { name } else { String::new() };
            let name = coder.text(&name)?;
            check_name(&name)?;
            Ok(Person::Name(name))
        }
        _ => Err(PackError::BadValue("person")),
    }
}

#[cfg(test)]
mod tests;
