//! Issuers: devices that may admit others for a while, where the authority cannot be reached. The
//! authority names an issuer, its numbers and its end; what an issuer admits is a record in its
//! own command lane, and counts if it was written before that end, within those numbers.
//!
//! ```text
//! 24 issuer  index, first number, last number, certificate 118 (its end stands there)
//! ```
//!
//! No two issuers own the same number, so two of them apart never hand it out twice, nor does the
//! authority. The end is compared with the time in the issuer's record, never with the clock of
//! whoever reads it: every node comes to the same. An issuer whose clock is put back could go on;
//! it is revoked then, like any device that lies.

use crate::base::ids::{DeviceId, UnitId};
use crate::base::roles::Roles;
use crate::base::time::Hlc;
use crate::field::directory::entry::{DeviceEntry, Entry};
use crate::field::directory::{Directory, live};
use crate::keys::certificate::{CERTIFICATE_BYTES, CertificateError, SignedCertificate};
use crate::wire::pack::{Pack, PackError, Reader};

/// How long an issuer may issue, hours (DESIGN section 5).
pub const ISSUER_HOURS: u16 = 72;
/// Numbers that one issuer owns: three days of admitting, two every hour awake.
pub const ISSUER_NUMBERS: u16 = 64;
/// The last number that an issuer is given; blocks are handed out downward, the authority counts
/// upward.
pub const ISSUER_LAST: u16 = crate::base::caps::DEVICES_MAX as u16;
/// What an issuer may let others do: take part, and nothing that others obey.
pub const GRANTABLE: Roles = Roles(
    Roles::RECEIPT.0
        | Roles::POSITION.0
        | Roles::STOCK_POST.0
        | Roles::GATEWAY.0
        | Roles::ORDER_DRAFT.0
        | Roles::RELAY.0,
);
const MS_PER_HOUR: u64 = 3_600_000;

/// A device that may admit others for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssuerEntry {
    /// The device.
    pub index: DeviceId,
    /// The first number it may hand out.
    pub first: u16,
    /// The last one.
    pub last: u16,
    /// The authority's word that it is an issuer, and until when; goes into the join files that
    /// it makes.
    pub certificate: SignedCertificate,
}

impl Pack for IssuerEntry {
    fn pack(&self, to: &mut Vec<u8>) {
        self.index.pack(to);
        self.first.pack(to);
        self.last.pack(to);
        to.extend_from_slice(&self.certificate.emit());
    }

    fn unpack(from: &mut Reader<'_>) -> Result<IssuerEntry, PackError> {
        let (index, first, last) = (Pack::unpack(from)?, Pack::unpack(from)?, Pack::unpack(from)?);
        let bytes: [u8; CERTIFICATE_BYTES] = from.array()?;
        let unread = |_: CertificateError| PackError::BadValue("certificate");
        let certificate = SignedCertificate::read(&bytes).map_err(unread)?;
        Ok(IssuerEntry { index, first, last, certificate })
    }
}

impl IssuerEntry {
    pub(super) fn check(&self) -> Result<(), PackError> {
        match self.first != 0 && self.first <= self.last {
            true => Ok(()),
            false => Err(PackError::BadValue("numbers")),
        }
    }

    /// When its issuing ends, ms since 1970.
    pub fn ends_ms(&self) -> u64 {
        let known = self.certificate.unverified();
        u64::from(known.not_before_s) * 1000 + u64::from(known.lifetime_h) * MS_PER_HOUR
    }

    /// True if it owns this number.
    pub fn owns(&self, device: DeviceId) -> bool {
        (self.first..=self.last).contains(&device.0)
    }
}

/// Why an admission does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyNot {
    /// Its author is no issuer.
    NoIssuer,
    /// Written after the issuer's end.
    Over,
    /// The number is not the issuer's, or was given away before.
    NotItsNumber,
    /// More than an issuer may grant.
    TooMuch,
    /// Another device has this key.
    KeyInUse,
}

impl WhyNot {
    /// The reason in one word, for what is shown as refused.
    pub fn word(self) -> &'static str {
        match self {
            WhyNot::NoIssuer => "no_issuer",
            WhyNot::Over => "issuer_over",
            WhyNot::NotItsNumber => "not_its_number",
            WhyNot::TooMuch => "roles_beyond_issuer",
            WhyNot::KeyInUse => "key_in_use",
        }
    }
}

impl Directory {
    /// The issuer's term of a device, if it ever had one.
    pub fn issuer(&self, device: DeviceId) -> Option<&IssuerEntry> {
        self.issuers.get(&device)
    }

    /// Every device that was ever named an issuer, by index.
    pub fn issuers(&self) -> impl Iterator<Item = &IssuerEntry> {
        self.issuers.values()
    }

    /// The next block of numbers that no issuer owns, if one is left.
    pub fn next_block(&self) -> Option<(u16, u16)> {
        let end = self.lowest_block().map_or(ISSUER_LAST, |first| first - 1);
        let first = end.checked_sub(ISSUER_NUMBERS - 1).filter(|first| *first > 0)?;
        let counted = self.next_device().is_some_and(|next| next.0 <= first);
        counted.then_some((first, end))
    }

    fn lowest_block(&self) -> Option<u16> {
        self.issuers.values().map(|issuer| issuer.first).min()
    }

    /// The first number no device has that the authority may give; where admitting goes on.
    pub fn next_device(&self) -> Option<DeviceId> {
        let end = self.lowest_block().unwrap_or(u16::MAX);
        let last = self.devices.range(..DeviceId(end)).next_back().map_or(0, |(index, _)| index.0);
        last.checked_add(1).filter(|next| *next < end || end == u16::MAX).map(DeviceId)
    }

    /// The last device that the authority itself admitted.
    pub fn last_of_authority(&self) -> DeviceId {
        let end = self.lowest_block().unwrap_or(u16::MAX);
        let last = self.devices.range(..DeviceId(end)).next_back();
        last.map_or(DeviceId(0), |(index, _)| *index)
    }

    /// The first number of this issuer that no device has.
    pub fn next_of(&self, issuer: &IssuerEntry) -> Option<DeviceId> {
        let mut all = (issuer.first..=issuer.last).map(DeviceId);
        all.find(|device| !self.devices.contains_key(device))
    }

    /// Take in what an issuer admitted. `at` is the time of its record.
    ///
    /// # Errors
    /// Why it does not count; nothing changes then.
    pub fn admit(&mut self, issuer: DeviceId, at: Hlc, entry: &DeviceEntry) -> Result<(), WhyNot> {
        self.may_admit(issuer, at, entry)?;
        let version = self.version;
        self.apply(version, &Entry::Device(*entry));
        if self.revoked.contains_key(&entry.index) {
            self.end_device(entry.index);
        }
        Ok(())
    }

    /// Whether this admission would count.
    ///
    /// # Errors
    /// Why not.
    pub fn may_admit(&self, issuer: DeviceId, at: Hlc, entry: &DeviceEntry) -> Result<(), WhyNot> {
        let named = self.member(issuer).filter(|member| member.roles.has(Roles::ISSUER));
        let term = self.issuers.get(&issuer).filter(|_| named.is_some());
        let term = term.ok_or(WhyNot::NoIssuer)?;
        if at.wall_ms > term.ends_ms() {
            return Err(WhyNot::Over);
        }
        if !term.owns(entry.index) || self.devices.contains_key(&entry.index) {
            return Err(WhyNot::NotItsNumber);
        }
        if !GRANTABLE.has(entry.roles) {
            return Err(WhyNot::TooMuch);
        }
        match live(&self.devices).any(|device| device.public == entry.public) {
            true => Err(WhyNot::KeyInUse),
            false => Ok(()),
        }
    }

    /// The name of a device's unit and the end of its term, of every issuer whose term is not
    /// over at this moment: whom to ask.
    pub fn issuers_at(&self, now_ms: u64) -> Vec<(UnitId, u64)> {
        let open = self.issuers.values().filter(|issuer| issuer.ends_ms() > now_ms);
        open.filter_map(|issuer| {
            let member = self.member(issuer.index).filter(|member| !member.retired)?;
            Some((member.unit, issuer.ends_ms()))
        })
        .collect()
    }
}

#[cfg(test)]
mod tests;
