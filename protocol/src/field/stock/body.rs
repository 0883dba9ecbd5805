//! The four bodies of the stock lane and their bytes. What they mean for the book is told in
//! `ledger.rs`; who may write them, in the room of rights.
//! Their byte layouts are drawn in `body/bytes.rs`.

use crate::base::caps::{BASIS_MAX, NAME_BYTES_MAX, STOCK_LINES_MAX, TEXT_BYTES_MAX};
use crate::base::ids::{DepotId, ItemId, Lane, LaneId, SpokenId};
use crate::base::quantity::Quantity;
use crate::field::body::BodyError;
use crate::local::request::MovementKind;
use crate::wire::pack::{Pack, PackError};
use crate::wire::record::kind;

/// How much of one item, and of which lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The item.
    pub item: ItemId,
    /// The lot (批次); 0 when lots are not kept.
    pub lot: u32,
    /// How much; more than zero.
    pub quantity: Quantity,
}

/// Goods in or out of one depot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// In or out.
    pub kind: MovementKind,
    /// The depot.
    pub depot: DepotId,
    /// What; at least one line.
    pub lines: Vec<Line>,
    /// From whom or to whom.
    pub party: String,
    /// Paper number, reason.
    pub note: String,
}

/// Goods leave one depot for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waybill {
    /// The depot they leave.
    pub from: DepotId,
    /// The depot they go to; another one.
    pub to: DepotId,
    /// What; at least one line.
    pub lines: Vec<Line>,
    /// Who carries it, plate.
    pub carrier: String,
    /// Seconds after the time of the record until it should be there.
    pub eta_s: Option<u32>,
    /// Paper number.
    pub note: String,
}

/// What came of one line of a waybill. Both zero: nothing came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrivalLine {
    /// The item.
    pub item: ItemId,
    /// The lot, as on the waybill.
    pub lot: u32,
    /// Sound.
    pub received: Quantity,
    /// Broken; taken in and written off.
    pub damaged: Quantity,
}

/// Goods of a waybill arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The waybill.
    pub waybill: SpokenId,
    /// The depot that takes them in. Said again, so that rights can be checked before the waybill
    /// itself is here.
    pub to: DepotId,
    /// What came; empty means everything as due. A line left out did not come.
    pub lines: Vec<ArrivalLine>,
    /// Why it is short.
    pub note: String,
}

/// What was found of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountLine {
    /// The item, all lots together.
    pub item: ItemId,
    /// How much lies there; zero is a valid finding.
    pub counted: Quantity,
}

/// A count of one depot, and what the counter's book knew at that moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The depot.
    pub depot: DepotId,
    /// What was found; at least one line.
    pub lines: Vec<CountLine>,
    /// For each stock lane, the last verified record that the counter's node held. A lane that is
    /// missing was not seen. The counter's own lane before this record is always seen.
    pub basis: Vec<(LaneId, u32)>,
    /// Why it differs.
    pub note: String,
}

/// A body of the stock lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Goods in or out of one depot.
    Movement(Movement),
    /// Goods leave one depot for another.
    Waybill(Waybill),
    /// Goods of a waybill arrive.
    Arrival(Arrival),
    /// A count of one depot.
    Count(Count),
}

impl Body {
    /// Its number in the head of a record.
    pub fn kind(&self) -> u8 {
        match self {
            Body::Movement(_) => kind::MOVEMENT,
            Body::Waybill(_) => kind::WAYBILL,
            Body::Arrival(_) => kind::ARRIVAL,
            Body::Count(_) => kind::COUNT,
        }
    }

    /// The depot whose custodian this body speaks for: the author needs the right to post there.
    pub fn acting_depot(&self) -> DepotId {
        match self {
            Body::Movement(movement) => movement.depot,
            Body::Waybill(waybill) => waybill.from,
            Body::Arrival(arrival) => arrival.to,
            Body::Count(count) => count.depot,
        }
    }

    /// The bytes of a body that passes [`Body::check`].
    pub fn packed(&self) -> Vec<u8> {
        match self {
            Body::Movement(movement) => movement.packed(),
            Body::Waybill(waybill) => waybill.packed(),
            Body::Arrival(arrival) => arrival.packed(),
            Body::Count(count) => count.packed(),
        }
    }

    /// The body of a record of this kind; `None` when the kind is not of this room.
    pub fn unpack(record_kind: u8, bytes: &[u8]) -> Option<Result<Body, BodyError>> {
        Some(match record_kind {
            kind::MOVEMENT => Movement::unpack_all(bytes).map(Body::Movement),
            kind::WAYBILL => Waybill::unpack_all(bytes).map(Body::Waybill),
            kind::ARRIVAL => Arrival::unpack_all(bytes).map(Body::Arrival),
            kind::COUNT => Count::unpack_all(bytes).map(Body::Count),
            _ => return None,
        })
    }

    /// What decoding demands, for a body made here.
    pub fn check(&self) -> Result<(), BodyError> {
        match self {
            Body::Movement(movement) => movement.check(),
            Body::Waybill(waybill) => waybill.check(),
            Body::Arrival(arrival) => arrival.check(),
            Body::Count(count) => count.check(),
        }
    }
}

impl Movement {
    /// At least one line, ascending, positive, with a sum of 64 bits; short texts.
    pub fn check(&self) -> Result<(), BodyError> {
        check_lines(&self.lines)?;
        check_text(&self.party, NAME_BYTES_MAX)?;
        check_text(&self.note, TEXT_BYTES_MAX)
    }
}

impl Waybill {
    /// As for a movement, and the depots differ.
    pub fn check(&self) -> Result<(), BodyError> {
        if self.from == self.to {
            return Err(PackError::BadValue("destination"));
        }
        check_lines(&self.lines)?;
        check_text(&self.carrier, NAME_BYTES_MAX)?;
        check_text(&self.note, TEXT_BYTES_MAX)
    }
}

impl Arrival {
    /// Lines ascending, nothing negative, with a sum of 64 bits.
    pub fn check(&self) -> Result<(), BodyError> {
        check_ascending(self.lines.iter().map(|line| (line.item, line.lot)))?;
        let amounts = self.lines.iter().flat_map(|line| [line.received, line.damaged]);
        check_amounts(amounts, 0)?;
        check_text(&self.note, TEXT_BYTES_MAX)
    }
}

impl Count {
    /// At least one line, ascending, nothing negative; lanes ascending and of stock.
    pub fn check(&self) -> Result<(), BodyError> {
        if self.lines.is_empty() {
            return Err(PackError::BadValue("lines"));
        }
        check_ascending(self.lines.iter().map(|line| (line.item, 0)))?;
        check_amounts(self.lines.iter().map(|line| line.counted), 0)?;
        if self.basis.len() > BASIS_MAX {
            return Err(PackError::TooLong);
        }
        let ascending = self.basis.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let of_stock = self.basis.iter().all(|(lane, seq)| lane.lane == Lane::Stock && *seq > 0);
        if !ascending || !of_stock {
            return Err(PackError::BadValue("basis"));
        }
        check_text(&self.note, TEXT_BYTES_MAX)
    }
}

fn check_lines(lines: &[Line]) -> Result<(), BodyError> {
    if lines.is_empty() {
        return Err(PackError::BadValue("lines"));
    }
    check_ascending(lines.iter().map(|line| (line.item, line.lot)))?;
    check_amounts(lines.iter().map(|line| line.quantity), 1)
}

fn check_ascending(keys: impl Iterator<Item = (ItemId, u32)>) -> Result<(), BodyError> {
    let keys: Vec<_> = keys.collect();
    if keys.len() > STOCK_LINES_MAX {
        return Err(PackError::TooLong);
    }
    let ascending = keys.windows(2).all(|pair| pair[0] < pair[1]);
    if ascending { Ok(()) } else { Err(PackError::BadValue("lines")) }
}

/// Each at least `least_milli` thousandths, and a sum that 64 bits hold.
fn check_amounts(
    mut amounts: impl Iterator<Item = Quantity>,
    least_milli: i64,
) -> Result<(), BodyError> {
    amounts
        .try_fold(
            Quantity::ZERO,
            |sum, amount| {
                if amount.0 < least_milli { None } else { sum.plus(amount) }
            },
        )
        .map(drop)
        .ok_or(PackError::BadValue("quantity"))
}

fn check_text(text: &str, bytes_max: usize) -> Result<(), BodyError> {
    if text.len() > bytes_max { Err(PackError::TooLong) } else { Ok(()) }
}

mod bytes;

#[cfg(test)]
mod tests;
