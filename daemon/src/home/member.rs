//! `network.secret`: what a device shares with its network, and its own place there.
//!
//! When the store keeps the keys of days and epochs, they go from here: `epoch_secret` is zeros
//! then, there is no path, and in place of the standing secret stands the key of the proof of
//! membership. An earlier version opens such a file as well, and takes its keys from the store.

use std::path::Path;

use sanduan_protocol::base::ids::{DeviceId, UnitId};
use sanduan_protocol::keys::certificate::CERTIFICATE_BYTES;
use sanduan_protocol::keys::enrol::{JoinFile, NetworkGrant};
use sanduan_protocol::keys::epochs::EpochGrant;
use sanduan_protocol::keys::subtree::PathKeys;
use sanduan_protocol::keys::suite::Suite;
use sanduan_protocol::node::settings::{NO_SECRET, Network};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::file::{from_hex, to_hex};
use crate::said::Said;

/// Layout of the file. Another number is another layout.
const VERSION: u32 = 1;

/// A device's place in a network.
#[derive(Clone)]
pub struct Member {
    /// What all devices share.
    pub network: Network,
    /// The device.
    pub device: DeviceId,
    /// The unit it speaks for.
    pub unit: UnitId,
    /// Its public key: a replaced `device.key` is noticed.
    pub public: [u8; 32],
    /// The authority's word for it; none on the authority's own machine.
    pub certificate: Option<[u8; CERTIFICATE_BYTES]>,
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Member(device {}, unit {}, secret)", self.device, self.unit)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    version: u32,
    district: String,
    name: String,
    drill: bool,
    authority: String,
    epoch: u32,
    epoch_secret: String,
    device: DeviceId,
    unit: UnitId,
    public: String,
    #[serde(default)]
    certificate: Option<String>,
    #[serde(default)]
    grant: Option<GrantText>,
}

/// What the device was given of its epoch besides the secret; files of old have none.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantText {
    began_s: u32,
    day: u16,
    standing: String,
    path: Option<String>,
}

impl GrantText {
    fn of(grant: &EpochGrant) -> GrantText {
        let path = grant.path.as_ref().map(|path| to_hex(&path.to_bytes()));
        let standing = to_hex(&grant.standing);
        GrantText { began_s: grant.began_s, day: grant.day, standing, path }
    }

    fn read(&self, epoch: u32) -> Option<EpochGrant> {
        let path = match &self.path {
            Some(hex) => Some(PathKeys::of_bytes(epoch, &from_hex(hex)?)),
            None => None,
        };
        let standing = from_hex(&self.standing)?;
        Some(EpochGrant { began_s: self.began_s, day: self.day, standing, path })
    }
}

/// What stands for the proof of membership towards newcomers on QUIC: the key follows from the
/// standing secret of the epoch in which the device joined.
const PROOF_CONTEXT: &str = "sanduan quic membership v2";

impl Member {
    /// The key by which this device proves to newcomers that it is of the network, and they to it.
    pub fn proof_key(&self) -> [u8; 32] {
        let network = &self.network;
        match &network.grant {
            Some(grant) if !network.has_secret() => grant.standing,
            Some(_) | None => {
                let standing = network.standing_secret(Suite::default());
                let secret = [standing.as_slice(), &network.epoch.to_be_bytes()].concat();
                blake3::derive_key(PROOF_CONTEXT, &secret)
            }
        }
    }

    /// The same without any key of a day or an epoch; what proves membership stays, from which
    /// none of them follows.
    #[must_use]
    pub fn without_epoch_keys(&self) -> Member {
        let told = self.network.grant.as_ref().map(|grant| (grant.began_s, grant.day));
        let (began_s, day) = told.unwrap_or_default();
        let grant = Some(EpochGrant { began_s, day, standing: self.proof_key(), path: None });
        let network = Network { epoch_secret: NO_SECRET, grant, ..self.network.clone() };
        Member { network, ..self.clone() }
    }

    /// The membership that a join file grants.
    pub fn of_join(join: &JoinFile) -> Member {
        let of: NetworkGrant = join.network.clone();
        let NetworkGrant { district, name, drill, authority, epoch_secret, .. } = of;
        let (epoch, grant) = (of.epoch, of.grant);
        Member {
            network: Network { district, name, drill, authority, epoch_secret, epoch, grant },
            device: join.device(),
            unit: join.unit(),
            public: join.certificate.unverified().public,
            certificate: Some(join.certificate.emit()),
        }
    }

    /// The file.
    pub fn to_text(&self) -> Zeroizing<String> {
        let network = &self.network;
        let text = Text {
            version: VERSION,
            district: network.district.clone(),
            name: network.name.clone(),
            drill: network.drill,
            authority: to_hex(&network.authority),
            epoch: network.epoch,
            epoch_secret: to_hex(&network.epoch_secret),
            device: self.device,
            unit: self.unit,
            public: to_hex(&self.public),
            certificate: self.certificate.map(|bytes| to_hex(&bytes)),
            grant: network.grant.as_ref().map(GrantText::of),
        };
        let json = serde_json::to_string_pretty(&text);
        Zeroizing::new(json.expect("texts and numbers can always be written as JSON") + "\n")
    }

    /// Read the file.
    ///
    /// # Errors
    /// It is damaged, or of another version of this program.
    pub fn from_text(path: &Path, text: &str) -> Result<Member, Said> {
        let damaged = || {
            let path = path.display();
            Said::new(
                format!("{path} 已损坏或版本不符：请从备份恢复，或重新入网"),
                format!("{path} is damaged or of another version: restore it, or join again"),
            )
        };
        let text: Text = serde_json::from_str(text).map_err(|_| damaged())?;
        if text.version != VERSION {
            return Err(damaged());
        }
        let certificate = match &text.certificate {
            Some(hex) => Some(from_hex(hex).ok_or_else(damaged)?),
            None => None,
        };
        let grant = match &text.grant {
            Some(grant) => Some(grant.read(text.epoch).ok_or_else(damaged)?),
            None => None,
        };
        Ok(Member {
            network: Network {
                authority: from_hex(&text.authority).ok_or_else(damaged)?,
                epoch_secret: from_hex(&text.epoch_secret).ok_or_else(damaged)?,
                district: text.district,
                name: text.name,
                drill: text.drill,
                epoch: text.epoch,
                grant,
            },
            device: text.device,
            unit: text.unit,
            public: from_hex(&text.public).ok_or_else(damaged)?,
            certificate,
        })
    }
}
