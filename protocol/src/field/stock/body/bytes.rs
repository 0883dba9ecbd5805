//! The bytes of the four bodies. Values and their rules live in `body.rs`.
//!
//! Every body opens with one byte: the count of its lines and five flags.
//!
//! ```text
//! open:     count 3 bits (7: a varint of at least 7 follows) | flags 5 bits
//! amount:   varint; even: whole units × 2, odd: thousandths × 2 + 1
//! line:     item varint less the item before | lot varint, if flag 2 | amount …
//!
//! movement: open | depot | lines | party, if flag 3 | note, if flag 4     flags 0–1: kind
//! waybill:  open | from | to | lines | eta seconds, if flag 0 | carrier, if 3 | note, if 4
//! arrival:  open | waybill author | incarnation | seq | to | lines | note, if 4
//!           a line has its second amount (damaged) if flag 0
//! count:    open | depot | lines | basis, if flag 0 | note, if 4
//! basis:    count | (author varint less the author before | incarnation | seq) …
//! ```
//!
//! Lines ascend by (item, lot) and lanes by (author, incarnation), so that a body has one byte
//! form (padded varints aside) and nothing stands there twice. For the same reason a flag whose
//! field is empty is refused.

use crate::base::caps::{BASIS_MAX, STOCK_LINES_MAX};
use crate::base::ids::{DepotId, DeviceId, ItemId, Lane, LaneId, SpokenId};
use crate::base::quantity::{QUANTITY_SCALE, Quantity};
use crate::field::stock::body::{Arrival, ArrivalLine, Count, CountLine, Line, Movement, Waybill};
use crate::local::request::MovementKind;
use crate::wire::pack::{Pack, PackError, Reader, put_varint};

fn put_lines(to: &mut Vec<u8>, lines: &[Line], with_lots: bool) {
    let mut keys = Keys::new(with_lots);
    for line in lines {
        keys.put(to, line.item, line.lot);
        put_amount(to, line.quantity);
    }
}

fn take_lines(from: &mut Reader<'_>, flags: u8, count: usize) -> Result<Vec<Line>, PackError> {
    let mut keys = Keys::new(flags & flag::LOTS != 0);
    let mut lines = Vec::new();
    for _ in 0..count {
        let (item, lot) = keys.take(from)?;
        lines.push(Line { item, lot, quantity: take_amount(from)? });
    }
    needed(flags, flag::LOTS, lines.iter().any(|line| line.lot != 0))?;
    Ok(lines)
}

fn put_text(to: &mut Vec<u8>, text: &String) {
    if !text.is_empty() {
        text.pack(to);
    }
}

fn take_text(from: &mut Reader<'_>, flags: u8, flag: u8) -> Result<String, PackError> {
    if flags & flag == 0 {
        return Ok(String::new());
    }
    let text = String::unpack(from)?;
    needed(flags, flag, !text.is_empty())?;
    Ok(text)
}

/// A flag that is set must have been needed; else one body would have two byte forms.
fn needed(flags: u8, flag: u8, is_needed: bool) -> Result<(), PackError> {
    let is_set = flags & flag != 0;
    if is_set && !is_needed { Err(PackError::BadValue("flags")) } else { Ok(()) }
}

fn movement_kind(bits: u8) -> MovementKind {
    match bits & 3 {
        0 => MovementKind::Opening,
        1 => MovementKind::Receive,
        2 => MovementKind::Issue,
        _ => MovementKind::Loss,
    }
}

impl Pack for Movement {
    fn pack(&self, to: &mut Vec<u8>) {
        let with_lots = self.lines.iter().any(|line| line.lot != 0);
        let flags = self.kind as u8
            | bit(flag::LOTS, with_lots)
            | bit(flag::PARTY, !self.party.is_empty())
            | bit(flag::NOTE, !self.note.is_empty());
        put_open(to, flags, self.lines.len());
        self.depot.pack(to);
        put_lines(to, &self.lines, with_lots);
        put_text(to, &self.party);
        put_text(to, &self.note);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Movement, PackError> {
        let (flags, count) = take_open(from, 3 | flag::LOTS | flag::PARTY | flag::NOTE)?;
        let movement = Movement {
            kind: movement_kind(flags),
            depot: DepotId::unpack(from)?,
            lines: take_lines(from, flags, count)?,
            party: take_text(from, flags, flag::PARTY)?,
            note: take_text(from, flags, flag::NOTE)?,
        };
        movement.check().map(|()| movement)
    }
}

impl Pack for Waybill {
    fn pack(&self, to: &mut Vec<u8>) {
        let with_lots = self.lines.iter().any(|line| line.lot != 0);
        let flags = bit(flag::EXTRA, self.eta_s.is_some())
            | bit(flag::LOTS, with_lots)
            | bit(flag::PARTY, !self.carrier.is_empty())
            | bit(flag::NOTE, !self.note.is_empty());
        put_open(to, flags, self.lines.len());
        self.from.pack(to);
        self.to.pack(to);
        put_lines(to, &self.lines, with_lots);
        if let Some(eta_s) = self.eta_s {
            eta_s.pack(to);
        }
        put_text(to, &self.carrier);
        put_text(to, &self.note);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Waybill, PackError> {
        let known = flag::EXTRA | flag::LOTS | flag::PARTY | flag::NOTE;
        let (flags, count) = take_open(from, known)?;
        let (depot, to) = (DepotId::unpack(from)?, DepotId::unpack(from)?);
        let lines = take_lines(from, flags, count)?;
        let eta_s = if flags & flag::EXTRA != 0 { Some(u32::unpack(from)?) } else { None };
        let carrier = take_text(from, flags, flag::PARTY)?;
        let note = take_text(from, flags, flag::NOTE)?;
        let waybill = Waybill { from: depot, to, lines, carrier, eta_s, note };
        waybill.check().map(|()| waybill)
    }
}

impl Pack for Arrival {
    fn pack(&self, to: &mut Vec<u8>) {
        let with_lots = self.lines.iter().any(|line| line.lot != 0);
        let with_damage = self.lines.iter().any(|line| line.damaged != Quantity::ZERO);
        let flags = bit(flag::EXTRA, with_damage)
            | bit(flag::LOTS, with_lots)
            | bit(flag::NOTE, !self.note.is_empty());
        put_open(to, flags, self.lines.len());
        self.waybill.author.pack(to);
        to.push(self.waybill.incarnation);
        self.waybill.seq.pack(to);
        self.to.pack(to);
        let mut keys = Keys::new(with_lots);
        for line in &self.lines {
            keys.put(to, line.item, line.lot);
            put_amount(to, line.received);
            if with_damage {
                put_amount(to, line.damaged);
            }
        }
        put_text(to, &self.note);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Arrival, PackError> {
        let (flags, count) = take_open(from, flag::EXTRA | flag::LOTS | flag::NOTE)?;
        let author = DeviceId::unpack(from)?;
        let waybill = SpokenId { author, incarnation: from.byte()?, seq: u32::unpack(from)? };
        let to = DepotId::unpack(from)?;
        let (with_damage, with_lots) = (flags & flag::EXTRA != 0, flags & flag::LOTS != 0);
        let mut keys = Keys::new(with_lots);
        let mut lines = Vec::new();
        for _ in 0..count {
            let (item, lot) = keys.take(from)?;
            let received = take_amount(from)?;
            let damaged = if with_damage { take_amount(from)? } else { Quantity::ZERO };
            lines.push(ArrivalLine { item, lot, received, damaged });
        }
        needed(flags, flag::LOTS, lines.iter().any(|line| line.lot != 0))?;
        needed(flags, flag::EXTRA, lines.iter().any(|line| line.damaged != Quantity::ZERO))?;
        let note = take_text(from, flags, flag::NOTE)?;
        let arrival = Arrival { waybill, to, lines, note };
        arrival.check().map(|()| arrival)
    }
}

impl Pack for Count {
    fn pack(&self, to: &mut Vec<u8>) {
        let flags =
            bit(flag::EXTRA, !self.basis.is_empty()) | bit(flag::NOTE, !self.note.is_empty());
        put_open(to, flags, self.lines.len());
        self.depot.pack(to);
        let mut keys = Keys::new(false);
        for line in &self.lines {
            keys.put(to, line.item, 0);
            put_amount(to, line.counted);
        }
        if !self.basis.is_empty() {
            put_basis(to, &self.basis);
        }
        put_text(to, &self.note);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Count, PackError> {
        let (flags, count) = take_open(from, flag::EXTRA | flag::NOTE)?;
        let depot = DepotId::unpack(from)?;
        let mut keys = Keys::new(false);
        let mut lines = Vec::new();
        for _ in 0..count {
            let (item, _) = keys.take(from)?;
            lines.push(CountLine { item, counted: take_amount(from)? });
        }
        let basis = if flags & flag::EXTRA != 0 { take_basis(from)? } else { Vec::new() };
        needed(flags, flag::EXTRA, !basis.is_empty())?;
        let note = take_text(from, flags, flag::NOTE)?;
        let count = Count { depot, lines, basis, note };
        count.check().map(|()| count)
    }
}

fn put_basis(to: &mut Vec<u8>, basis: &[(LaneId, u32)]) {
    put_varint(to, basis.len() as u64);
    let mut previous = 0;
    for (lane, seq) in basis {
        put_varint(to, u64::from(lane.author.0.wrapping_sub(previous)));
        previous = lane.author.0;
        to.push(lane.incarnation);
        seq.pack(to);
    }
}

fn take_basis(from: &mut Reader<'_>) -> Result<Vec<(LaneId, u32)>, PackError> {
    let count = usize::try_from(from.varint()?).map_err(|_| PackError::TooLong)?;
    if count > BASIS_MAX {
        return Err(PackError::TooLong);
    }
    let mut basis = Vec::new();
    let mut author = 0u16;
    for _ in 0..count {
        let step = u16::unpack(from)?;
        author = author.checked_add(step).ok_or(PackError::BadValue("basis"))?;
        let incarnation = from.byte()?;
        let lane = LaneId { author: DeviceId(author), incarnation, lane: Lane::Stock };
        basis.push((lane, u32::unpack(from)?));
    }
    Ok(basis)
}

/// Flags of the opening byte that several bodies share.
mod flag {
    /// Waybill: it has an ETA. Arrival: some line is damaged. Count: it has a basis.
    pub const EXTRA: u8 = 1;
    /// Some line names a lot.
    pub const LOTS: u8 = 1 << 2;
    /// Party or carrier follows.
    pub const PARTY: u8 = 1 << 3;
    /// A note follows.
    pub const NOTE: u8 = 1 << 4;
}

/// Line counts below this stand in the opening byte itself.
const COUNT_INLINE_END: u64 = 7;

fn bit(flag: u8, is_set: bool) -> u8 {
    if is_set { flag } else { 0 }
}

fn put_open(to: &mut Vec<u8>, flags: u8, count: usize) {
    let count = count as u64;
    to.push(flags | (count.min(COUNT_INLINE_END) as u8) << 5);
    if count >= COUNT_INLINE_END {
        put_varint(to, count);
    }
}

/// Flags and line count; a flag outside `known` belongs to a layout that is not ours.
fn take_open(from: &mut Reader<'_>, known: u8) -> Result<(u8, usize), PackError> {
    let open = from.byte()?;
    let flags = open & 0x1f;
    if flags & !known != 0 {
        return Err(PackError::BadValue("flags"));
    }
    let count = match u64::from(open >> 5) {
        COUNT_INLINE_END => match from.varint()? {
            count if count < COUNT_INLINE_END => return Err(PackError::BadValue("count")),
            count => count,
        },
        count => count,
    };
    match usize::try_from(count) {
        Ok(count) if count <= STOCK_LINES_MAX => Ok((flags, count)),
        Ok(_) | Err(_) => Err(PackError::TooLong),
    }
}

fn put_amount(to: &mut Vec<u8>, amount: Quantity) {
    let milli = amount.0.max(0) as u64;
    let scale = QUANTITY_SCALE as u64;
    let is_whole = milli.is_multiple_of(scale);
    put_varint(to, if is_whole { (milli / scale) << 1 } else { (milli << 1) | 1 });
}

fn take_amount(from: &mut Reader<'_>) -> Result<Quantity, PackError> {
    let raw = from.varint()?;
    let value = (raw >> 1) as i64;
    let milli = match raw & 1 {
        0 => value.checked_mul(QUANTITY_SCALE),
        // Whole units have their own form; a second one would give a body two byte forms.
        _ => Some(value).filter(|milli| milli % QUANTITY_SCALE != 0),
    };
    milli.map(Quantity).ok_or(PackError::BadValue("quantity"))
}

/// Writes and reads the keys of lines: items as differences, lots where there are any.
struct Keys {
    previous: u16,
    with_lots: bool,
}

impl Keys {
    fn new(with_lots: bool) -> Keys {
        Keys { previous: 0, with_lots }
    }

    fn put(&mut self, to: &mut Vec<u8>, item: ItemId, lot: u32) {
        put_varint(to, u64::from(item.0.wrapping_sub(self.previous)));
        self.previous = item.0;
        if self.with_lots {
            lot.pack(to);
        }
    }

    fn take(&mut self, from: &mut Reader<'_>) -> Result<(ItemId, u32), PackError> {
        let step = u16::unpack(from)?;
        self.previous = self.previous.checked_add(step).ok_or(PackError::BadValue("item"))?;
        let lot = if self.with_lots { u32::unpack(from)? } else { 0 };
        Ok((ItemId(self.previous), lot))
    }
}
