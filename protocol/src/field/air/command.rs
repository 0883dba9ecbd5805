//! Orders, receipts and withdrawals on the air.
//!
//! ```text
//! order:    kind 2 | class 2 | need 1 | times | signer 1 [person]
//!           | targets - 1 code 0 | targets … | directory as before 1 [version code 4] | words
//! target:   0 all, 1 unit, 2 place, 3 unit kind, of 2 bits | number code 7, kind: 3 bits
//! times:    span to act by, or a span of 0 minutes | span to expiry | span to act by
//! span:     has one 1 | whole minutes 1 | minutes code 5, or seconds code 9
//! receipt:  rung 3 | has proxy 1 [3] | order | unit as before 1 [code 7] | has note 1 [text]
//! cancel:   order | text
//! draft:    as an order
//! signature: class 2 | order
//! order id: as before 1 | author as before 1 [code 5 | has incarnation 1 [8]] | seq code 6
//! ```
//!
//! Before the first record, the directory has version 1, the unit is 0 and the order is the
//! author's own number 0.

use super::coder::Coder;
use super::words::words;
use super::{Context, person};
use crate::base::caps::AUDIENCE_MAX;
use crate::base::class::Class;
use crate::base::ids::{DeviceId, PlaceId, SpokenId, UnitId};
use crate::field::body::Body;
use crate::field::directory::Target;
use crate::field::directory::entry::UnitKind;
use crate::field::order::{Cancel, Order, Receipt, Signature};
use crate::local::request::{Need, OrderKind, Proxy, Rung};
use crate::wire::pack::PackError;
use crate::wire::record::{Person, kind};

const KINDS: [OrderKind; 4] =
    [OrderKind::Alert, OrderKind::Order, OrderKind::Request, OrderKind::Update];
const RUNGS: [Rung; 5] =
    [Rung::Acknowledged, Rung::Accepted, Rung::Cannot, Rung::Done, Rung::Failed];
const PROXIES: [Proxy; 6] =
    [Proxy::Phone, Proxy::Radio, Proxy::Gong, Proxy::Door, Proxy::Text, Proxy::Beidou];

/// A body of this kind for a reader to fill.
pub(super) fn empty(record_kind: u8) -> Body {
    let spoken = SpokenId { author: DeviceId(0), incarnation: 0, seq: 0 };
    match record_kind {
        kind::RECEIPT => Body::Receipt(Receipt {
            order: spoken,
            unit: UnitId(0),
            rung: Rung::Acknowledged,
            proxy: None,
            note: String::new(),
        }),
        kind::CANCEL => Body::Cancel(Cancel { order: spoken, reason: String::new() }),
        kind::SIGNATURE => Body::Signature(Signature { class: Class::Routine, order: spoken }),
        kind::DRAFT => Body::Draft(empty_order()),
        _ => Body::Order(empty_order()),
    }
}

fn empty_order() -> Order {
    Order {
        kind: OrderKind::Order,
        class: Class::Routine,
        need: Need::Acknowledged,
        targets: Vec::new(),
        directory_version: 0,
        act_by_s: None,
        expires_s: None,
        signer: Person::Nobody,
        text: String::new().into(),
    }
}

pub(super) fn order<C: Coder>(
    coder: &mut C,
    context: &mut Context,
    order: Order,
) -> Result<Order, PackError> {
    let kind = KINDS[coder.bits(order.kind as u64, 2)? as usize];
    let class = Class::ALL[coder.bits(order.class as u64, 2)? as usize];
    let need = match coder.flag(order.need == Need::Done)? {
        true => Need::Done,
        false => Need::Acknowledged,
    };
    let (act_by_s, expires_s) = times(coder, (order.act_by_s, order.expires_s))?;
    let signer = coder.likely(order.signer, Person::Nobody, person)?;
    let targets = targets(coder, &order.targets)?;
    let version = |coder: &mut C, version| coder.number(version, 4);
    let directory_version =
        coder.likely(order.directory_version, context.directory_version, version)?;
    context.directory_version = directory_version;
    let text = words(coder, &order.text)?;
    Ok(Order { kind, class, need, targets, directory_version, act_by_s, expires_s, signer, text })
}

pub(super) fn receipt<C: Coder>(
    coder: &mut C,
    context: &mut Context,
    receipt: Receipt,
) -> Result<Receipt, PackError> {
    let rung = RUNGS.iter().position(|rung| *rung == receipt.rung).unwrap_or(0);
    let rung = RUNGS.get(coder.bits(rung as u64, 3)? as usize);
    let rung = *rung.ok_or(PackError::BadValue("rung"))?;
    let proxy = coder.likely(receipt.proxy, None, |coder, proxy| {
        let number = coder.bits(proxy.map_or(0, |proxy| proxy as u64), 3)?;
        let proxy = PROXIES.into_iter().find(|proxy| *proxy as u64 == number);
        proxy.map(Some).ok_or(PackError::BadValue("proxy"))
    })?;
    let order = spoken(coder, context, receipt.order)?;
    let unit = coder
        .likely(receipt.unit, context.unit, |coder, unit| coder.small(unit.0, 7).map(UnitId))?;
    context.unit = unit;
    let note = coder.maybe_text(&receipt.note)?;
    Ok(Receipt { order, unit, rung, proxy, note })
}

pub(super) fn cancel<C: Coder>(
    coder: &mut C,
    context: &mut Context,
    cancel: Cancel,
) -> Result<Cancel, PackError> {
    let order = spoken(coder, context, cancel.order)?;
    Ok(Cancel { order, reason: coder.text(&cancel.reason)? })
}

pub(super) fn signature<C: Coder>(
    coder: &mut C,
    context: &mut Context,
    signature: Signature,
) -> Result<Signature, PackError> {
    let class = Class::ALL[coder.bits(signature.class as u64, 2)? as usize];
    Ok(Signature { class, order: spoken(coder, context, signature.order)? })
}

/// The number of an order or a waybill.
pub(super) fn spoken<C: Coder>(
    coder: &mut C,
    context: &mut Context,
    id: SpokenId,
) -> Result<SpokenId, PackError> {
    let id = coder.likely(id, context.order, |coder, id| {
        let before = (context.order.author, context.order.incarnation);
        let life = |coder: &mut C, (author, incarnation): (DeviceId, u8)| {
            let author = DeviceId(coder.small(author.0, 5)?);
            let incarnation = match coder.flag(incarnation != 0)? {
                true => coder.bits(u64::from(incarnation), 8)? as u8,
                false => 0,
            };
            Ok((author, incarnation))
        };
        let (author, incarnation) = coder.likely((id.author, id.incarnation), before, life)?;
        Ok(SpokenId { author, incarnation, seq: coder.number(id.seq, 6)? })
    })?;
    context.order = id;
    Ok(id)
}

/// When it must be answered, and when it expires.
type Times = (Option<u32>, Option<u32>);

/// No order must be answered within no minutes: said so, an expiry follows.
fn times<C: Coder>(coder: &mut C, (act_by_s, expires_s): Times) -> Result<Times, PackError> {
    let first = if expires_s.is_some() { Some(0) } else { act_by_s };
    match span(coder, first)? {
        Some(0) => {
            let expires_s = span(coder, expires_s)?;
            Ok((span(coder, act_by_s)?, expires_s))
        }
        act_by_s => Ok((act_by_s, None)),
    }
}

/// A span of time that people give in minutes, if they give one.
pub(super) fn span<C: Coder>(
    coder: &mut C,
    seconds: Option<u32>,
) -> Result<Option<u32>, PackError> {
    if !coder.flag(seconds.is_some())? {
        return Ok(None);
    }
    let seconds = seconds.unwrap_or(0);
    if !coder.flag(seconds.is_multiple_of(60))? {
        return coder.number(seconds, 9).map(Some);
    }
    let minutes = coder.number(seconds / 60, 5)?;
    minutes.checked_mul(60).map(Some).ok_or(PackError::BadValue("span"))
}

fn targets<C: Coder>(coder: &mut C, targets: &[Target]) -> Result<Vec<Target>, PackError> {
    let more = coder.golomb(targets.len().saturating_sub(1) as u64, 0)?;
    if more >= AUDIENCE_MAX as u64 {
        return Err(PackError::TooLong);
    }
    let count = more as usize + 1;
    let mut taken = Vec::new();
    for place in 0..count {
        taken.push(target(coder, targets.get(place).copied().unwrap_or(Target::All))?);
    }
    Ok(taken)
}

fn target<C: Coder>(coder: &mut C, target: Target) -> Result<Target, PackError> {
    let (sort, number) = match target {
        Target::All => (0, 0),
        Target::Unit(unit) => (1, unit.0),
        Target::Place(place) => (2, place.0),
        Target::Kind(kind) => (3, kind as u16),
    };
    Ok(match coder.bits(sort, 2)? {
        0 => Target::All,
        1 => Target::Unit(UnitId(coder.small(number, 7)?)),
        2 => Target::Place(PlaceId(coder.small(number, 7)?)),
        _ => {
            let number = coder.bits(u64::from(number), 3)?;
            let kind = UnitKind::ALL.into_iter().find(|kind| *kind as u64 == number);
            Target::Kind(kind.ok_or(PackError::BadValue("unit kind"))?)
        }
    })
}
