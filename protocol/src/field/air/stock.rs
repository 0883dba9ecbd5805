//! Movements, waybills, arrivals and counts on the air.
//!
//! ```text
//! movement: kind 2 | depot | lines - 1 code 0 | lots 1 | lines … | has party 1 [text]
//!           | has note 1 [text]
//! waybill:  from depot | to code 5 | lines - 1 code 0 | lots 1 | lines … | span
//!           | has carrier 1 [text] | has note 1 [text]
//! arrival:  waybill id | to depot | lines code 0 | lots 1 | damage 1 | lines …
//!           | has note 1 [text]
//! count:    depot | lines - 1 code 1 | lines … | basis code 2, each: author less the one before
//!           code 1, has incarnation 1 [8], seq code 6 | has note 1 [text]
//! depot:    as before 1 [code 5]
//! line:     item code 6, after the first less the one before code 3 | [lot code 4] | amount …
//! amount:   whole 1 | tens 2, mantissa code 4: mantissa × 10^tens units | thousandths code 10
//! ```

use super::Context;
use super::coder::Coder;
use super::command::{span, spoken};
use crate::base::caps::{BASIS_MAX, STOCK_LINES_MAX};
use crate::base::ids::{DepotId, DeviceId, ItemId, Lane, LaneId, SpokenId};
use crate::base::quantity::{QUANTITY_SCALE, Quantity};
use crate::field::body;
use crate::field::stock::{Arrival, ArrivalLine, Body, Count, CountLine, Line, Movement, Waybill};
use crate::local::request::MovementKind;
use crate::wire::pack::PackError;
use crate::wire::record::kind;

const KINDS: [MovementKind; 4] =
    [MovementKind::Opening, MovementKind::Receive, MovementKind::Issue, MovementKind::Loss];
/// Zeros of a quantity that are not written out.
const TENS_MAX: u32 = 3;

/// A body of this kind for a reader to fill.
pub(super) fn empty(record_kind: u8) -> body::Body {
    let (depot, to) = (DepotId(0), DepotId(0));
    let (lines, note) = (Vec::new(), String::new());
    body::Body::Stock(match record_kind {
        kind::WAYBILL => {
            let carrier = String::new();
            Body::Waybill(Waybill { from: depot, to, lines, carrier, eta_s: None, note })
        }
        kind::ARRIVAL => {
            let waybill = SpokenId { author: DeviceId(0), incarnation: 0, seq: 0 };
            Body::Arrival(Arrival { waybill, to, lines: Vec::new(), note })
        }
        kind::COUNT => Body::Count(Count { depot, lines: Vec::new(), basis: Vec::new(), note }),
        _ => {
            let (kind, party) = (MovementKind::Issue, String::new());
            Body::Movement(Movement { kind, depot, lines, party, note })
        }
    })
}

pub(super) fn body<C: Coder>(
    coder: &mut C,
    context: &mut Context,
    body: Body,
) -> Result<Body, PackError> {
    let body = match body {
        Body::Movement(known) => Body::Movement(movement(coder, context, known)?),
        Body::Waybill(known) => Body::Waybill(waybill(coder, context, known)?),
        Body::Arrival(known) => Body::Arrival(arrival(coder, context, known)?),
        Body::Count(known) => Body::Count(count(coder, context, known)?),
    };
    // What is read obeys the same rules as what is parsed; only then may it be put together.
    body.check().map(|()| body)
}

fn movement<C: Coder>(
    coder: &mut C,
    context: &mut Context,
    known: Movement,
) -> Result<Movement, PackError> {
    let number = KINDS.iter().position(|kind| *kind == known.kind).unwrap_or(0);
    let kind = KINDS[coder.bits(number as u64, 2)? as usize];
    let depot = depot(coder, context, known.depot)?;
    let lines = lines(coder, &known.lines)?;
    let party = coder.maybe_text(&known.party)?;
    let note = coder.maybe_text(&known.note)?;
    Ok(Movement { kind, depot, lines, party, note })
}

fn waybill<C: Coder>(
    coder: &mut C,
    context: &mut Context,
    known: Waybill,
) -> Result<Waybill, PackError> {
    let from = depot(coder, context, known.from)?;
    let to = DepotId(coder.small(known.to.0, 5)?);
    let lines = lines(coder, &known.lines)?;
    let eta_s = span(coder, known.eta_s)?;
    let carrier = coder.maybe_text(&known.carrier)?;
    let note = coder.maybe_text(&known.note)?;
    Ok(Waybill { from, to, lines, carrier, eta_s, note })
}

fn arrival<C: Coder>(
    coder: &mut C,
    context: &mut Context,
    known: Arrival,
) -> Result<Arrival, PackError> {
    let waybill = spoken(coder, context, known.waybill)?;
    let to = depot(coder, context, known.to)?;
    let count = bounded(coder.golomb(known.lines.len() as u64, 0)?, STOCK_LINES_MAX)?;
    let with_lots = coder.flag(known.lines.iter().any(|line| line.lot != 0))?;
    let is_damaged = |line: &ArrivalLine| line.damaged != Quantity::ZERO;
    let with_damage = coder.flag(known.lines.iter().any(is_damaged))?;
    let nothing =
        ArrivalLine { item: ItemId(0), lot: 0, received: Quantity::ZERO, damaged: Quantity::ZERO };
    let (mut lines, mut before) = (Vec::new(), None);
    for place in 0..count {
        let line = known.lines.get(place).copied().unwrap_or(nothing);
        let item = item(coder, &mut before, line.item)?;
        let lot = if with_lots { coder.number(line.lot, 4)? } else { 0 };
        let received = amount(coder, line.received)?;
        let damaged = if with_damage { amount(coder, line.damaged)? } else { Quantity::ZERO };
        lines.push(ArrivalLine { item, lot, received, damaged });
    }
    let note = coder.maybe_text(&known.note)?;
    Ok(Arrival { waybill, to, lines, note })
}

fn count<C: Coder>(coder: &mut C, context: &mut Context, known: Count) -> Result<Count, PackError> {
    let depot = depot(coder, context, known.depot)?;
    let more = coder.golomb(known.lines.len().saturating_sub(1) as u64, 1)?;
    let nothing = CountLine { item: ItemId(0), counted: Quantity::ZERO };
    let (mut lines, mut before) = (Vec::new(), None);
    for place in 0..bounded(more + 1, STOCK_LINES_MAX)? {
        let line = known.lines.get(place).copied().unwrap_or(nothing);
        let item = item(coder, &mut before, line.item)?;
        lines.push(CountLine { item, counted: amount(coder, line.counted)? });
    }
    let basis = basis(coder, &known.basis)?;
    let note = coder.maybe_text(&known.note)?;
    Ok(Count { depot, lines, basis, note })
}

fn basis<C: Coder>(
    coder: &mut C,
    known: &[(LaneId, u32)],
) -> Result<Vec<(LaneId, u32)>, PackError> {
    let count = bounded(coder.golomb(known.len() as u64, 2)?, BASIS_MAX)?;
    let nothing = (LaneId::first(DeviceId(0), Lane::Stock), 0);
    let (mut basis, mut before) = (Vec::new(), 0u16);
    for place in 0..count {
        let (lane, seq) = known.get(place).copied().unwrap_or(nothing);
        let step = coder.small(lane.author.0.wrapping_sub(before), 1)?;
        before = before.checked_add(step).ok_or(PackError::BadValue("basis"))?;
        let incarnation = match coder.flag(lane.incarnation != 0)? {
            true => coder.bits(u64::from(lane.incarnation), 8)? as u8,
            false => 0,
        };
        let lane = LaneId { author: DeviceId(before), incarnation, lane: Lane::Stock };
        basis.push((lane, coder.number(seq, 6)?));
    }
    Ok(basis)
}

fn depot<C: Coder>(
    coder: &mut C,
    context: &mut Context,
    depot: DepotId,
) -> Result<DepotId, PackError> {
    let named = |coder: &mut C, depot: DepotId| coder.small(depot.0, 5).map(DepotId);
    context.depot = coder.likely(depot, context.depot, named)?;
    Ok(context.depot)
}

fn lines<C: Coder>(coder: &mut C, known: &[Line]) -> Result<Vec<Line>, PackError> {
    let more = coder.golomb(known.len().saturating_sub(1) as u64, 0)?;
    let count = bounded(more + 1, STOCK_LINES_MAX)?;
    let with_lots = coder.flag(known.iter().any(|line| line.lot != 0))?;
    let nothing = Line { item: ItemId(0), lot: 0, quantity: Quantity::ZERO };
    let (mut lines, mut before) = (Vec::new(), None);
    for place in 0..count {
        let line = known.get(place).copied().unwrap_or(nothing);
        let item = item(coder, &mut before, line.item)?;
        let lot = if with_lots { coder.number(line.lot, 4)? } else { 0 };
        lines.push(Line { item, lot, quantity: amount(coder, line.quantity)? });
    }
    Ok(lines)
}

fn item<C: Coder>(
    coder: &mut C,
    before: &mut Option<u16>,
    item: ItemId,
) -> Result<ItemId, PackError> {
    let number = match *before {
        None => coder.small(item.0, 6)?,
        Some(before) => {
            let step = coder.small(item.0.wrapping_sub(before), 3)?;
            before.checked_add(step).ok_or(PackError::BadValue("item"))?
        }
    };
    *before = Some(number);
    Ok(ItemId(number))
}

fn amount<C: Coder>(coder: &mut C, amount: Quantity) -> Result<Quantity, PackError> {
    let milli = u64::try_from(amount.0).map_err(|_| PackError::BadValue("quantity"))?;
    let scale = QUANTITY_SCALE as u64;
    let milli = if coder.flag(milli.is_multiple_of(scale))? {
        let (mut mantissa, mut tens) = (milli / scale, 0);
        while tens < TENS_MAX && mantissa > 0 && mantissa.is_multiple_of(10) {
            (mantissa, tens) = (mantissa / 10, tens + 1);
        }
        let tens = coder.bits(u64::from(tens), 2)?;
        let mantissa = coder.golomb(mantissa, 4)?;
        mantissa.checked_mul(10u64.pow(tens as u32)).and_then(|units| units.checked_mul(scale))
    } else {
        Some(coder.golomb(milli, 10)?)
    };
    let milli = milli.and_then(|milli| i64::try_from(milli).ok());
    milli.map(Quantity).ok_or(PackError::BadValue("quantity"))
}

fn bounded(count: u64, max: usize) -> Result<usize, PackError> {
    if count > max as u64 { Err(PackError::TooLong) } else { Ok(count as usize) }
}
