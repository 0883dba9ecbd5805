//! The bytes of an order, of its withdrawal and of an answer. What they add up to lives in
//! `board`.
//!
//! ```text
//! order:    bits 1 | targets list | directory version varint | times? | signer? | text …
//!           bits 0-1 kind, 2-3 class, 4 need, 5 has times, 6 has signer, 7 a filled template or
//!           a sealed text in place of the text, see `words`
//! times:    act by varint > 0, or 0 | expiry varint > 0 | act by varint, 0 if it has none
//! cancel:   order | reason …
//! receipt:  bits 1 | order | unit varint | note …
//!           bits 0-2 rung, 3-5 proxy (0 none), 6-7 zero
//! order id: author varint | seq × 2 + has incarnation, varint | incarnation 1?
//! ```
//!
//! `…` runs to the end of the record. An order to one unit with 60 bytes of text is 66 bytes.

use crate::base::caps::AUDIENCE_MAX;
use crate::base::class::Class;
use crate::base::ids::{DeviceId, SpokenId, UnitId};
use crate::field::directory::Target;
use crate::field::order::words::Words;
use crate::field::text::{check_name, take_rest};
use crate::local::request::{Need, OrderKind, Proxy, Rung};
use crate::wire::pack::{Pack, PackError, Reader, put_varint};
use crate::wire::record::Person;

/// Do this, know this, give me this; and who owes an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Alert, order, request or update.
    pub kind: OrderKind,
    /// How urgent.
    pub class: Class,
    /// How far up the ladder an answer must come.
    pub need: Need,
    /// Who owes an answer, 1 to [`AUDIENCE_MAX`] parts.
    pub targets: Vec<Target>,
    /// The directory its issuer had; the targets are expanded as of this version.
    pub directory_version: u32,
    /// Seconds after the record's time until which it must be answered; more than 0.
    pub act_by_s: Option<u32>,
    /// Seconds after the record's time from which on nobody may act upon it any more; more than 0.
    pub expires_s: Option<u32>,
    /// Who signed it, if other than the person of the record, who then drafted it.
    pub signer: Person,
    /// What is to be done or known.
    pub text: Words,
}

const BIT_TIMES: u8 = 1 << 5;
const BIT_SIGNER: u8 = 1 << 6;
const BIT_CODED: u8 = 1 << 7;

impl Pack for Order {
    fn pack(&self, to: &mut Vec<u8>) {
        let mut bits = self.kind as u8 | (self.class as u8) << 2 | (self.need as u8) << 4;
        if self.act_by_s.is_some() || self.expires_s.is_some() {
            bits |= BIT_TIMES;
        }
        if self.signer != Person::Nobody {
            bits |= BIT_SIGNER;
        }
        match self.text {
            Words::Plain(_) => {}
            Words::Filled(_) | Words::Sealed(_) => bits |= BIT_CODED,
        }
        to.push(bits);
        self.targets.pack(to);
        self.directory_version.pack(to);
        if let Some(expires_s) = self.expires_s {
            0_u32.pack(to);
            expires_s.pack(to);
            self.act_by_s.unwrap_or(0).pack(to);
        } else if let Some(act_by_s) = self.act_by_s {
            act_by_s.pack(to);
        }
        if self.signer != Person::Nobody {
            self.signer.pack(to);
        }
        match &self.text {
            Words::Plain(text) => to.extend_from_slice(text.as_bytes()),
            Words::Filled(filled) => filled.pack(to),
            Words::Sealed(sealed) => {
                to.push(0);
                sealed.pack(to);
            }
        }
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Order, PackError> {
        let bits = from.byte()?;
        let kinds = [OrderKind::Alert, OrderKind::Order, OrderKind::Request, OrderKind::Update];
        let (kind, class) = (kinds[usize::from(bits & 3)], Class::ALL[usize::from(bits >> 2 & 3)]);
        let need = if bits & 1 << 4 == 0 { Need::Acknowledged } else { Need::Done };
        let (targets, directory_version) = (Vec::unpack(from)?, Pack::unpack(from)?);
        let (act_by_s, expires_s) = match bits & BIT_TIMES {
            0 => (None, None),
            _ => take_times(from)?,
        };
        let order = Order {
            kind,
            class,
            need,
            targets,
            directory_version,
            act_by_s,
            expires_s,
            signer: match bits & BIT_SIGNER {
                0 => Person::Nobody,
                _ => Pack::unpack(from)?,
            },
            text: match bits & BIT_CODED {
                0 => Words::Plain(take_rest(from)?),
                _ => Words::unpack_coded(from)?,
            },
        };
        order.check()
    }
}

impl Order {
    fn check(self) -> Result<Order, PackError> {
        if self.targets.len() > AUDIENCE_MAX {
            return Err(PackError::TooLong);
        }
        if self.targets.is_empty() {
            return Err(PackError::BadValue("targets"));
        }
        self.text.check()?;
        if self.act_by_s == Some(0) {
            return Err(PackError::BadValue("act by"));
        }
        if self.expires_s == Some(0) {
            return Err(PackError::BadValue("expiry"));
        }
        if let Person::Name(name) = &self.signer {
            check_name(name)?;
        }
        Ok(self)
    }
}

/// When it must be answered, and when it expires.
type Times = (Option<u32>, Option<u32>);

/// The times of an order that has any. An order without an expiry is written as ever.
fn take_times(from: &mut Reader<'_>) -> Result<Times, PackError> {
    let act_by_s = u32::unpack(from)?;
    if act_by_s > 0 {
        return Ok((Some(act_by_s), None));
    }
    let expires_s = u32::unpack(from)?;
    let act_by_s = u32::unpack(from)?;
    Ok(((act_by_s > 0).then_some(act_by_s), Some(expires_s)))
}

/// Withdraws an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancel {
    /// Which order.
    pub order: SpokenId,
    /// Why, for everyone to read.
    pub reason: String,
}

impl Pack for Cancel {
    fn pack(&self, to: &mut Vec<u8>) {
        put_spoken(to, self.order);
        to.extend_from_slice(self.reason.as_bytes());
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Cancel, PackError> {
        Ok(Cancel { order: take_spoken(from)?, reason: take_rest(from)? })
    }
}

/// Answers an order for one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Which order.
    pub order: SpokenId,
    /// The unit that answers.
    pub unit: UnitId,
    /// How far it has come.
    pub rung: Rung,
    /// By what other means it was told, if someone else typed it (代签).
    pub proxy: Option<Proxy>,
    /// Numbers, place, reason.
    pub note: String,
}

impl Pack for Receipt {
    fn pack(&self, to: &mut Vec<u8>) {
        let proxy = self.proxy.map_or(0, |proxy| proxy as u8);
        to.push(self.rung as u8 | proxy << 3);
        put_spoken(to, self.order);
        self.unit.pack(to);
        to.extend_from_slice(self.note.as_bytes());
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Receipt, PackError> {
        let bits = from.byte()?;
        let rung = match bits & 7 {
            1 => Rung::Acknowledged,
            2 => Rung::Accepted,
            3 => Rung::Cannot,
            4 => Rung::Done,
            5 => Rung::Failed,
            _ => return Err(PackError::BadValue("rung")),
        };
        let proxy = match bits >> 3 {
            0 => None,
            1 => Some(Proxy::Phone),
            2 => Some(Proxy::Radio),
            3 => Some(Proxy::Gong),
            4 => Some(Proxy::Door),
            5 => Some(Proxy::Text),
            6 => Some(Proxy::Beidou),
            _ => return Err(PackError::BadValue("proxy")),
        };
        let order = take_spoken(from)?;
        let unit = UnitId::unpack(from)?;
        Ok(Receipt { order, unit, rung, proxy, note: take_rest(from)? })
    }
}

/// Append the number of an order.
pub(in crate::field) fn put_spoken(to: &mut Vec<u8>, id: SpokenId) {
    id.author.pack(to);
    put_varint(to, u64::from(id.seq) << 1 | u64::from(id.incarnation != 0));
    if id.incarnation != 0 {
        to.push(id.incarnation);
    }
}

/// Read the number of an order.
pub(in crate::field) fn take_spoken(from: &mut Reader<'_>) -> Result<SpokenId, PackError> {
    let author = DeviceId::unpack(from)?;
    let both = from.varint()?;
    let seq = u32::try_from(both >> 1).map_err(|_| PackError::BadValue("order id"))?;
    let incarnation = match both & 1 {
        0 => 0,
        _ => from.byte()?,
    };
    Ok(SpokenId { author, incarnation, seq })
}

#[cfg(test)]
mod tests;
