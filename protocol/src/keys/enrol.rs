//! Enrolment without a network: a device makes its own key and shows a request; the authority
//! compares check words with the person who shows it and gives back one join file, which only
//! that device can open. Both are armored text: typed, photographed as a QR code, sent as a text
//! message or carried on a stick. Who asks and where the answer is kept is the daemon's business.
//!
//! ```text
//!   device                                  authority
//!   ------ SDREQ: public key ------------->  read, both people read six check words aloud
//!   <----- SDJOIN: sealed to that key -----  certificate, group secrets, settings
//!   open; both may compare the check words of the authority as well
//!
//! request body:  version and suite 1 | public key 32                             (37 B with check)
//! join body:     version and suite 1 | ephemeral public key 32 | ciphertext | tag 8
//! plain text:    flags 1 (bit 0 drill, bit 1 with grant, bit 2 with an issuer, bit 3 with keys of
//!                the tree, others 0) | epoch 4 | authority 32 | secret of the day 32
//!                | certificate without its public key 86 | grant of the epoch, see `grant`
//!                | district 1 + n | name 1 + n | with an issuer: its certificate 118
//! key:           derive_key("sanduan join key v1", agreed 32 | ephemeral 32 | device 32)
//! nonce:         13 bytes of zero: a key seals one join file and no more
//! aad:           the 33 bytes before the ciphertext
//! ```
//!
//! How keys sign, agree and seal is told by the suite in the first byte ([`crate::keys::suite`]); a
//! network of one suite refuses what is of the other. The seal keeps others from reading; it does
//! not say who sealed. That is told by the certificate inside, and whose authority it is by the
//! check words of [`JoinFile::check_words`]. A certificate that a field issuer signed comes with
//! the issuer's own, which the authority signed.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::base::caps::{JOIN_DISTRICT_BYTES_MAX, JOIN_NAME_BYTES_MAX};
use crate::base::ids::{DeviceId, UnitId};
use crate::base::roles::Roles;
use crate::keys::certificate::{
    CERTIFICATE_BYTES, CertificateError, SignedCertificate, suite_in, version_suite,
};
use crate::keys::epochs::EpochGrant;
use crate::keys::sign::{DeviceKey, NetworkId, PUBLIC_BYTES};
use crate::keys::suite::{Cipher, NONCE_BYTES, Suite, Tag};
use crate::keys::words::{CHECK_GROUPS, check_words};
use crate::wire::armor::{Armor, ArmorError};

mod grant;
mod sentence;

const REQUEST: Armor = Armor { label: "SDREQ", group: 5 };
const JOIN: Armor = Armor { label: "SDJOIN", group: 0 };
/// A key seals one join file and no more.
const NONCE: [u8; NONCE_BYTES] = [0; NONCE_BYTES];
const FLAG_DRILL: u8 = 1;
const FLAG_GRANT: u8 = 2;
const FLAG_ISSUER: u8 = 4;
const FLAG_PATH: u8 = 8;
const FLAGS: u8 = FLAG_DRILL | FLAG_GRANT | FLAG_ISSUER | FLAG_PATH;
/// Where the public key stands in a certificate; a join file leaves it out.
const PUBLIC_AT: std::ops::Range<usize> = 8..40;
const CERTIFICATE_REST_BYTES: usize = CERTIFICATE_BYTES - PUBLIC_BYTES;

const EPHEMERAL_CONTEXT: &str = "sanduan join ephemeral v1";
const KEY_CONTEXT: &str = "sanduan join key v1";

/// What a device shows that wants to join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnrolRequest {
    /// The suite that the key is of.
    pub suite: Suite,
    /// The public key it made for itself.
    pub public: [u8; PUBLIC_BYTES],
}

/// Why a request was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// The text is something else: a request begins with SDREQ and a colon.
    NotARequest,
    /// A character that cannot be part of a request.
    BadCharacter {
        /// Where it stands, counted from 1, blanks included.
        position: usize,
    },
    /// Characters are wrong, missing or too many.
    Damaged,
    /// Made by another version of this program.
    BadVersion,
    /// Made for a network with another suite of cryptography.
    BadSuite,
    /// The key is no key, or one that everybody could sign for.
    BadKey,
}

impl EnrolRequest {
    /// The request of the device that has this key.
    pub fn of(key: &DeviceKey) -> EnrolRequest {
        EnrolRequest { suite: key.suite(), public: key.public() }
    }

    /// One line of 77 characters.
    pub fn to_text(&self) -> String {
        REQUEST.write(&[&[version_suite(self.suite.number())], self.public.as_slice()].concat())
    }

    /// Read a request to join a network of this suite, however it was typed.
    pub fn from_text(suite: Suite, text: &str) -> Result<EnrolRequest, RequestError> {
        let body = REQUEST.read(text).map_err(|error| match error {
            ArmorError::OtherLabel => RequestError::NotARequest,
            ArmorError::BadCharacter { position } => RequestError::BadCharacter { position },
            ArmorError::TooLong | ArmorError::Damaged => RequestError::Damaged,
        })?;
        let (head, public) = body.split_first().ok_or(RequestError::Damaged)?;
        if suite_in(*head).ok_or(RequestError::BadVersion)? != suite.number() {
            return Err(RequestError::BadSuite);
        }
        let public = public.try_into().map_err(|_| RequestError::Damaged)?;
        match suite.is_sound(&public) {
            true => Ok(EnrolRequest { suite, public }),
            false => Err(RequestError::BadKey),
        }
    }

    /// The words that both people read aloud.
    pub fn check_words(&self) -> [String; CHECK_GROUPS] {
        check_words(self.suite, &self.public)
    }
}

/// What all devices of a network share. The epoch secret opens every frame: never log it.
#[derive(Clone, PartialEq, Eq)]
pub struct NetworkGrant {
    /// The suite of cryptography.
    pub suite: Suite,
    /// District code, at most [`JOIN_DISTRICT_BYTES_MAX`] bytes.
    pub district: String,
    /// Name of the network, at most [`JOIN_NAME_BYTES_MAX`] bytes.
    pub name: String,
    /// True in a drill network.
    pub drill: bool,
    /// The authority's public key.
    pub authority: [u8; PUBLIC_BYTES],
    /// Secret of the current epoch and day.
    pub epoch_secret: [u8; 32],
    /// Number of the current epoch.
    pub epoch: u32,
    /// What lets this one device take part in later days and epochs; join files of old have none.
    pub grant: Option<EpochGrant>,
}

impl NetworkGrant {
    /// The id that stands in every signature of this network.
    pub fn id(&self) -> NetworkId {
        NetworkId::new(self.suite, &self.authority, self.drill)
    }
}

impl std::fmt::Debug for NetworkGrant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let NetworkGrant { district, name, drill, epoch, .. } = self;
        write!(f, "NetworkGrant({district} {name}, drill {drill}, epoch {epoch}, secret)")
    }
}

/// Everything a device needs to be part of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinFile {
    /// What it shares with all others.
    pub network: NetworkGrant,
    /// Who it is there, signed. It names the key that the file is sealed to.
    pub certificate: SignedCertificate,
    /// The certificate of the issuer that signed it; `None` if the authority did.
    pub issuer: Option<SignedCertificate>,
}

/// Why a join file was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinSealError {
    /// The district code is too long for a join file, or has control characters.
    BadDistrict,
    /// The network's name is too long for a join file, or has control characters.
    BadName,
    /// The certificate would be refused by the device that reads it.
    BadCertificate(CertificateError),
}

/// Why a join file was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinError {
    /// The text is something else: a join file begins with SDJOIN and a colon.
    NotAJoinFile,
    /// Characters are wrong, missing or too many.
    Damaged,
    /// Made by another version of this program.
    BadVersion,
    /// Of a network with another suite of cryptography than this device's key.
    BadSuite,
    /// Whole, but sealed to another device's key: perhaps the request was made again since.
    NotForThisDevice,
    /// It opens, but the authority it names did not sign its certificate.
    BadCertificate(CertificateError),
}

impl JoinFile {
    /// The device's number; believe it only after [`JoinFile::open`] or your own signature.
    pub fn device(&self) -> DeviceId {
        self.certificate.unverified().device
    }

    /// The unit it speaks for; see [`JoinFile::device`].
    pub fn unit(&self) -> UnitId {
        self.certificate.unverified().unit
    }

    /// The words of the authority's key, to be compared with those the authority shows: they tell
    /// that the device joined the network it was meant to.
    pub fn check_words(&self) -> [String; CHECK_GROUPS] {
        check_words(self.network.suite, &self.network.authority)
    }

    /// Seal it to the device of the certificate: one line of at most 811 characters (500 bytes), of
    /// 700 with a name of ten Chinese characters. `entropy`
    /// must come from the system's random source. It is mixed with what is sealed, so that even
    /// dice that repeat do not seal two different files with one key.
    pub fn seal(&self, entropy: &[u8; 32]) -> Result<String, JoinSealError> {
        let plain = self.plain()?;
        let recipient = self.certificate.unverified().public;
        let suite = self.network.suite;
        let seed = suite.derive_key(EPHEMERAL_CONTEXT, &[entropy, &recipient, &plain]);
        let ephemeral = DeviceKey::of(suite, seed);
        let bad_key = JoinSealError::BadCertificate(CertificateError::BadKey);
        let cipher = join_cipher(&ephemeral, &recipient, &ephemeral.public(), &recipient);
        let mut body = vec![version_suite(suite.number())];
        body.extend_from_slice(&ephemeral.public());
        let sealed = cipher.ok_or(bad_key)?.seal(&NONCE, &body, &plain, Tag::Whole);
        body.extend_from_slice(&sealed);
        Ok(JOIN.write(&body))
    }

    /// Open a join file with the key of this device, and verify the certificate inside. Whether
    /// it is in force now is asked of [`crate::keys::certificate::Certificate::validity`].
    pub fn open(text: &str, device: &DeviceKey) -> Result<JoinFile, JoinError> {
        let body = JOIN.read(text).map_err(|error| match error {
            ArmorError::OtherLabel => JoinError::NotAJoinFile,
            ArmorError::BadCharacter { .. } | ArmorError::TooLong | ArmorError::Damaged => {
                JoinError::Damaged
            }
        })?;
        let head = *body.first().ok_or(JoinError::Damaged)?;
        if suite_in(head).ok_or(JoinError::BadVersion)? != device.suite().number() {
            return Err(JoinError::BadSuite);
        }
        let (aad, sealed) = body.split_at_checked(1 + PUBLIC_BYTES).ok_or(JoinError::Damaged)?;
        let mut ephemeral = [0; PUBLIC_BYTES];
        ephemeral.copy_from_slice(&aad[1..]);
        let public = device.public();
        let cipher =
            join_cipher(device, &ephemeral, &ephemeral, &public).ok_or(JoinError::Damaged)?;
        let plain =
            cipher.open(&NONCE, aad, sealed, Tag::Whole).ok_or(JoinError::NotForThisDevice)?;
        let join = JoinFile::from_plain(&Zeroizing::new(plain), device)?;
        join.verify().map_err(JoinError::BadCertificate)?;
        Ok(join)
    }

    /// The authority signed the certificate, or that of the issuer who signed it. When the
    /// issuer's term ended is for every node to say by the directory, not for a clock here.
    fn verify(&self) -> Result<(), CertificateError> {
        let network = &self.network;
        let (suite, id) = (network.suite, network.id());
        let signer = match &self.issuer {
            None => network.authority,
            Some(issuer) => {
                let issuer = issuer.verify(suite, &network.authority, id)?;
                let named = self.certificate.unverified().issuer == issuer.device;
                if !named || !issuer.roles.has(Roles::ISSUER) {
                    return Err(CertificateError::BadSignature);
                }
                issuer.public
            }
        };
        self.certificate.verify(suite, &signer, id).map(drop)
    }

    /// The plain text of the drawing above, if the reader will accept it.
    fn plain(&self) -> Result<Zeroizing<Vec<u8>>, JoinSealError> {
        let network = &self.network;
        if !is_printable(&network.district, JOIN_DISTRICT_BYTES_MAX) {
            return Err(JoinSealError::BadDistrict);
        }
        if !is_printable(&network.name, JOIN_NAME_BYTES_MAX) {
            return Err(JoinSealError::BadName);
        }
        self.verify().map_err(JoinSealError::BadCertificate)?;
        let certificate = self.certificate.emit();
        // The room is reserved at once: a growing vector would leave copies of the secret behind.
        let mut plain = Zeroizing::new(Vec::with_capacity(512));
        let issued = if self.issuer.is_some() { FLAG_ISSUER } else { 0 };
        plain.push(issued | if network.drill { FLAG_DRILL } else { 0 });
        plain.extend_from_slice(&network.epoch.to_be_bytes());
        plain.extend_from_slice(&network.authority);
        plain.extend_from_slice(&network.epoch_secret);
        plain.extend_from_slice(&certificate[..PUBLIC_AT.start]);
        plain.extend_from_slice(&certificate[PUBLIC_AT.end..]);
        let flags = grant::put(network.grant.as_ref(), &mut plain);
        plain[0] |= flags;
        for text in [&network.district, &network.name] {
            plain.push(u8::try_from(text.len()).expect("both limits are below 256"));
            plain.extend_from_slice(text.as_bytes());
        }
        self.issuer.iter().for_each(|issuer| plain.extend_from_slice(&issuer.emit()));
        Ok(plain)
    }

    /// Read what a join file holds once it is opened. Nothing is believed yet: see
    /// [`JoinFile::open`].
    ///
    /// # Errors
    /// It is damaged, or of another version.
    pub fn from_plain(plain: &[u8], device: &DeviceKey) -> Result<JoinFile, JoinError> {
        let mut rest = plain;
        let [flags] = take(&mut rest)?;
        if flags & !FLAGS != 0 {
            return Err(JoinError::BadVersion);
        }
        let epoch = u32::from_be_bytes(take(&mut rest)?);
        let authority = take(&mut rest)?;
        let epoch_secret = take(&mut rest)?;
        let signed: [u8; CERTIFICATE_REST_BYTES] = take(&mut rest)?;
        let (before, after) = signed.split_at(PUBLIC_AT.start);
        let certificate = SignedCertificate::read(&[before, &device.public(), after].concat())
            .map_err(JoinError::BadCertificate)?;
        let grant = grant::take_from(&mut rest, flags, epoch)?;
        let district = take_text(&mut rest, JOIN_DISTRICT_BYTES_MAX)?;
        let name = take_text(&mut rest, JOIN_NAME_BYTES_MAX)?;
        let issuer = match flags & FLAG_ISSUER != 0 {
            true => {
                let bytes: [u8; CERTIFICATE_BYTES] = take(&mut rest)?;
                Some(SignedCertificate::read(&bytes).map_err(JoinError::BadCertificate)?)
            }
            false => None,
        };
        if !rest.is_empty() {
            return Err(JoinError::Damaged);
        }
        let drill = flags & FLAG_DRILL != 0;
        let suite = device.suite();
        let network =
            NetworkGrant { suite, district, name, drill, authority, epoch_secret, epoch, grant };
        Ok(JoinFile { network, certificate, issuer })
    }
}

/// The cipher of one join file; both sides come to the same. `None` if the other key is unsound.
fn join_cipher(
    own: &DeviceKey,
    other: &[u8; PUBLIC_BYTES],
    ephemeral: &[u8; PUBLIC_BYTES],
    recipient: &[u8; PUBLIC_BYTES],
) -> Option<Arc<dyn Cipher>> {
    let shared = own.agree(other)?;
    let suite = own.suite();
    let material: [&[u8]; 3] = [shared.as_slice(), ephemeral, recipient];
    let key = Zeroizing::new(suite.derive_key(KEY_CONTEXT, &material));
    Some(suite.cipher(&key))
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], JoinError> {
    let (taken, left) = rest.split_first_chunk::<N>().ok_or(JoinError::Damaged)?;
    *rest = left;
    Ok(*taken)
}

fn take_text(rest: &mut &[u8], bytes_max: usize) -> Result<String, JoinError> {
    let [len] = take(rest)?;
    let (taken, left) = rest.split_at_checked(usize::from(len)).ok_or(JoinError::Damaged)?;
    *rest = left;
    let text = std::str::from_utf8(taken).map_err(|_| JoinError::Damaged)?;
    match is_printable(text, bytes_max) {
        true => Ok(text.to_owned()),
        false => Err(JoinError::Damaged),
    }
}

/// These texts come to a terminal before anybody is trusted: no escape sequences.
fn is_printable(text: &str, bytes_max: usize) -> bool {
    text.len() <= bytes_max && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests;
