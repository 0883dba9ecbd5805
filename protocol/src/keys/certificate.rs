//! The certificate: the authority's word that a key belongs to a device, for which unit it speaks
//! and what it may write. How it reaches the device is [`crate::keys::enrol`]; what all nodes know
//! of each other is [`crate::keys::roster`].
//!
//! ```text
//!  offset bytes
//!    0     1    version (3 bits, 1), suite (2 bits, 0 or 1), 3 bits zero
//!    1     3    serial, never used twice by one issuer
//!    4     2    issuer: index of the device that signed; 0 is the authority itself
//!    6     2    device
//!    8    32    public key of the device
//!   40     2    roles, one bit each
//!   42     2    unit it speaks for
//!   44     2    depot it may post for; 0: those of its unit
//!   46     4    not before, seconds since 1970
//!   50     2    lifetime in hours; 0: until revoked
//!   52     2    leaf of the rekey tree
//!   54    64    signature over bytes 0..54
//! ```
//!
//! All numbers are big-endian; 118 bytes in all.

use crate::base::ids::{DepotId, DeviceId, UnitId};
use crate::base::roles::Roles;
use crate::base::time::Wall;
use crate::keys::sign::{DeviceKey, NetworkId, PUBLIC_BYTES, SIGNATURE_BYTES, SignContext, verify};
use crate::keys::suite::Suite;
use crate::wire::frame::SUITE_END;

/// Bytes of a certificate.
pub const CERTIFICATE_BYTES: usize = 118;
/// Bytes that the signature covers.
const SIGNED_BYTES: usize = CERTIFICATE_BYTES - SIGNATURE_BYTES;
/// Serials have 24 bits.
const SERIAL_MAX: u32 = (1 << 24) - 1;
const MS_PER_HOUR: u64 = 3_600_000;
/// The version in the first byte of what is enrolled with.
const LAYOUT_VERSION: u8 = 1;

/// What a certificate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Its number, 24 bits; a revocation names it.
    pub serial: u32,
    /// The device that signed it; index 0 is the authority's own key.
    pub issuer: DeviceId,
    /// The device it is about.
    pub device: DeviceId,
    /// That device's public key.
    pub public: [u8; PUBLIC_BYTES],
    /// What it may write.
    pub roles: Roles,
    /// The unit it speaks for.
    pub unit: UnitId,
    /// The one depot it may post for; `None`: those of its unit.
    pub depot: Option<DepotId>,
    /// From when, in seconds since 1970.
    pub not_before_s: u32,
    /// For how many hours; 0 until revoked.
    pub lifetime_h: u16,
    /// Its leaf in the tree by which lost devices are shut out.
    pub leaf: u16,
}

/// Where a moment stands to a certificate's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Before its time: one of two clocks is wrong, or it was made in advance.
    NotYet,
    /// In its time.
    Valid,
    /// After its time.
    Expired,
}

/// Why a certificate was not made or not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CertificateError {
    /// Not 118 bytes.
    BadLength,
    /// Another version of the layout.
    BadVersion,
    /// Of a network with another suite of cryptography.
    BadSuite,
    /// The public key is no key, or one that everybody could sign for.
    BadKey,
    /// The serial has more than 24 bits.
    BadSerial,
    /// Depot 0 cannot be named: on the wire it means the unit's own.
    BadDepot,
    /// Signed by somebody else, for another network, or damaged.
    BadSignature,
}

impl CertificateError {
    /// The reason in one word, for counters and logs.
    pub fn word(self) -> &'static str {
        match self {
            CertificateError::BadLength => "bad_length",
            CertificateError::BadVersion => "bad_version",
            CertificateError::BadSuite => "bad_suite",
            CertificateError::BadKey => "bad_key",
            CertificateError::BadSerial => "bad_serial",
            CertificateError::BadDepot => "bad_depot",
            CertificateError::BadSignature => "bad_signature",
        }
    }
}

impl Certificate {
    /// Sign it with the authority's key.
    pub fn issue(
        self,
        authority: &DeviceKey,
        network: NetworkId,
    ) -> Result<SignedCertificate, CertificateError> {
        if self.serial > SERIAL_MAX {
            return Err(CertificateError::BadSerial);
        }
        if self.depot == Some(DepotId(0)) {
            return Err(CertificateError::BadDepot);
        }
        let suite = authority.suite();
        if !suite.is_sound(&self.public) {
            return Err(CertificateError::BadKey);
        }
        let body = self.emit(suite.number());
        let signature = authority.sign(SignContext::Certificate(network), &[&body]);
        Ok(SignedCertificate { certificate: self, suite: suite.number(), signature })
    }

    /// Is it in force at this moment? The answer is shown to people; what a record is worth never
    /// depends on a clock.
    pub fn validity(&self, now: Wall) -> Validity {
        let from_ms = u64::from(self.not_before_s) * 1000;
        if now.0 < from_ms {
            return Validity::NotYet;
        }
        match self.lifetime_h {
            0 => Validity::Valid,
            hours if now.0 - from_ms < u64::from(hours) * MS_PER_HOUR => Validity::Valid,
            _ => Validity::Expired,
        }
    }

    fn emit(&self, suite: u8) -> [u8; SIGNED_BYTES] {
        let mut out = [0; SIGNED_BYTES];
        out[0] = version_suite(suite);
        out[1..4].copy_from_slice(&self.serial.to_be_bytes()[1..]);
        out[4..6].copy_from_slice(&self.issuer.0.to_be_bytes());
        out[6..8].copy_from_slice(&self.device.0.to_be_bytes());
        out[8..40].copy_from_slice(&self.public);
        out[40..42].copy_from_slice(&self.roles.0.to_be_bytes());
        out[42..44].copy_from_slice(&self.unit.0.to_be_bytes());
        out[44..46].copy_from_slice(&self.depot.unwrap_or_default().0.to_be_bytes());
        out[46..50].copy_from_slice(&self.not_before_s.to_be_bytes());
        out[50..52].copy_from_slice(&self.lifetime_h.to_be_bytes());
        out[52..54].copy_from_slice(&self.leaf.to_be_bytes());
        out
    }
}

/// A certificate with its signature, which may still have to be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedCertificate {
    certificate: Certificate,
    suite: u8,
    signature: [u8; SIGNATURE_BYTES],
}

impl SignedCertificate {
    /// Read the bytes. Nothing is believed yet: call [`SignedCertificate::verify`].
    pub fn read(bytes: &[u8]) -> Result<SignedCertificate, CertificateError> {
        let bytes: &[u8; CERTIFICATE_BYTES] =
            bytes.try_into().map_err(|_| CertificateError::BadLength)?;
        if bytes[0] >> 5 != LAYOUT_VERSION || bytes[0] & 0b111 != 0 {
            return Err(CertificateError::BadVersion);
        }
        let suite = suite_in(bytes[0]).ok_or(CertificateError::BadSuite)?;
        let u16_at = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
        let (mut public, mut signature) = ([0; PUBLIC_BYTES], [0; SIGNATURE_BYTES]);
        public.copy_from_slice(&bytes[8..40]);
        signature.copy_from_slice(&bytes[SIGNED_BYTES..]);
        let depot = u16_at(44);
        let certificate = Certificate {
            serial: u32::from_be_bytes([0, bytes[1], bytes[2], bytes[3]]),
            issuer: DeviceId(u16_at(4)),
            device: DeviceId(u16_at(6)),
            public,
            roles: Roles(u16_at(40)),
            unit: UnitId(u16_at(42)),
            depot: (depot != 0).then_some(DepotId(depot)),
            not_before_s: u32::from_be_bytes([bytes[46], bytes[47], bytes[48], bytes[49]]),
            lifetime_h: u16_at(50),
            leaf: u16_at(52),
        };
        Ok(SignedCertificate { certificate, suite, signature })
    }

    /// The bytes of the layout above.
    pub fn emit(&self) -> [u8; CERTIFICATE_BYTES] {
        let mut out = [0; CERTIFICATE_BYTES];
        out[..SIGNED_BYTES].copy_from_slice(&self.certificate.emit(self.suite));
        out[SIGNED_BYTES..].copy_from_slice(&self.signature);
        out
    }

    /// What it says, if this authority signed it for this network.
    pub fn verify(
        &self,
        suite: Suite,
        authority: &[u8; PUBLIC_BYTES],
        network: NetworkId,
    ) -> Result<Certificate, CertificateError> {
        if self.suite != suite.number() {
            return Err(CertificateError::BadSuite);
        }
        if !suite.is_sound(&self.certificate.public) {
            return Err(CertificateError::BadKey);
        }
        let body = self.certificate.emit(self.suite);
        let context = SignContext::Certificate(network);
        match verify(suite, authority, context, &[&body], &self.signature) {
            true => Ok(self.certificate),
            false => Err(CertificateError::BadSignature),
        }
    }

    /// What it says, without asking who signed it: for showing a certificate that was refused.
    pub fn unverified(&self) -> &Certificate {
        &self.certificate
    }
}

/// The first byte of what is enrolled with.
pub(super) fn version_suite(suite: u8) -> u8 {
    (LAYOUT_VERSION << 5) | (suite << 3)
}

/// The suite in such a byte, if it is one and nothing else is wrong with it.
pub(super) fn suite_in(head: u8) -> Option<u8> {
    (0..SUITE_END).find(|suite| head == version_suite(*suite))
}

#[cfg(test)]
mod tests;
