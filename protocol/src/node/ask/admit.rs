//! The authority's work: founding the directory, publishing lines of it, admitting devices.

use crate::base::ids::{DeviceId, Lane, LaneId};
use crate::base::roles::Roles;
use crate::base::time::Now;
use crate::field::body::Body;
use crate::field::directory::issuer::ISSUER_HOURS;
use crate::field::directory::{DeviceEntry, Entry};
use crate::keys::certificate::{Certificate, SignedCertificate};
use crate::keys::enrol::{EnrolRequest, JoinFile, NetworkGrant};
use crate::keys::subtree::TreeMaster;
use crate::local::{Refusal, RefusalCode, Reply, Request};
use crate::node::Node;
use crate::node::ask::readmit::has_no_number;
use crate::node::ask::{Answer, hash_of_hex};
use crate::wire::record::Person;

impl Node {
    /// Write lines of the directory, one record for each group. Only the authority can. Drain the
    /// outputs afterwards, as after `handle`.
    pub fn publish(&mut self, groups: Vec<Vec<Entry>>, now: Now) -> Result<(), Refusal> {
        self.now = now;
        self.authority()?;
        self.writable()?;
        let count = groups.len();
        for (at, group) in groups.into_iter().enumerate() {
            let last = at + 1 == count;
            self.write(Lane::Directory, &Body::Directory(group), Person::Nobody, last);
        }
        self.commit();
        Ok(())
    }

    /// The directory as it stands here.
    pub fn directory(&self) -> &crate::field::directory::Directory {
        &self.folds.directory
    }

    /// The device that has this public key, as hex digits.
    pub(super) fn device_of_key(&self, key: &str) -> Result<Reply, Refusal> {
        let row = hash_of_hex(key).and_then(|key| self.folds.directory.device_of_key(&key));
        row.map(Reply::Device).ok_or_else(|| {
            Refusal::new(
                RefusalCode::UnknownId,
                "名录中没有此公钥的设备。公钥为 64 位十六进制；新入网的设备须等名录更新。",
                "No device of the directory has this key. A key is 64 hex digits; a device that \
                 has just joined is known when the directory is up to date.",
            )
        })
    }

    pub(super) fn admit_device(
        &mut self,
        request: &str,
        unit: &str,
        roles: &[String],
        again: bool,
    ) -> Result<Answer, Refusal> {
        self.signer()?;
        self.writable()?;
        if !self.own_lines_are_folded() {
            let (request, unit) = (request.to_owned(), unit.to_owned());
            let roles = roles.to_vec();
            return Ok(Answer::Again(Request::AdmitDevice { request, unit, roles, again }));
        }
        let bad_file = |zh: &str, en: &str| Refusal::new(RefusalCode::BadFile, zh, en);
        let request = EnrolRequest::from_text(self.settings.suite, request)
            .map_err(|error| bad_file(&error.zh(), &error.en()))?;
        let directory = &self.folds.directory;
        let unit = directory.unit(unit)?;
        let roles = Roles::from_words(roles).map_err(|unknown| {
            Refusal::new(
                RefusalCode::BadValue,
                format!("没有角色“{}”。可用：{}。", unknown.0, role_words()),
                format!("There is no role \"{}\". Use: {}.", unknown.0, role_words()),
            )
        })?;
        match (directory.member_of_key(&request.public), again) {
            (Some(known), true) => return self.admit_again(&request, &known, (unit, roles)),
            (Some(known), false) => return Err(self.has_a_number(&known)),
            (None, true) => return Err(has_no_number()),
            (None, false) => {}
        }
        let device = self
            .next_number()
            .ok_or_else(|| bad_file("终端编号已用完。", "No device numbers are left."))?;
        let entry =
            DeviceEntry { index: device, public: request.public, unit, roles, depot_scope: None };
        self.check_grant(&entry)?;
        let certificate = self.certificate_of(&entry)?;
        let join = self.join_file(&entry, certificate)?;
        self.write_admission(entry, certificate)?;
        let check_words = request.check_words().to_vec();
        Ok(Answer::WhenSaved(Reply::Admitted { device, join, check_words }))
    }

    pub(super) fn join_file(
        &self,
        entry: &DeviceEntry,
        certificate: SignedCertificate,
    ) -> Result<String, Refusal> {
        let (_, seed, issuer) = self.signer()?;
        let (suite, turn) = (self.settings.suite, self.turn());
        let (epoch_secret, mut grant) = self.turns.epochs.grant();
        // An issuer in the field cannot make keys of the tree: whom it admits is to be enrolled
        // anew before the next rekey.
        let master = issuer.is_none().then(|| TreeMaster::new(suite, self.who.network, seed));
        grant.path = master.map(|master| master.path(entry.index, turn.epoch));
        let network = &self.settings.network;
        let join = JoinFile {
            network: NetworkGrant {
                suite: self.settings.suite,
                district: network.district.clone(),
                name: network.name.clone(),
                drill: network.drill,
                authority: network.authority,
                epoch_secret: *epoch_secret,
                epoch: turn.epoch,
                grant: Some(grant),
            },
            certificate,
            issuer: issuer.map(|issuer| issuer.certificate),
        };
        // The node has no dice for keys: the sealing key follows from the signer's secret and
        // from what is sealed, as nonces do in RFC 6979. The same request gives the same file.
        let (number, now) = (entry.index.0.to_be_bytes(), self.now.wall.0.to_be_bytes());
        let parts: [&[u8]; 4] = [seed, &entry.public, &number, &now];
        let entropy = self.settings.suite.derive_key("sanduan join entropy v1", &parts);
        join.seal(&entropy).map_err(|error| unsealed(&error))
    }

    /// The certificate of a device, signed by whoever may sign here. That of an issuer ends.
    pub(super) fn certificate_of(&self, entry: &DeviceEntry) -> Result<SignedCertificate, Refusal> {
        let (signer, _, issuer) = self.signer()?;
        let device = entry.index;
        let certificate = Certificate {
            serial: u32::from(device.0),
            issuer: issuer.map_or(DeviceId(0), |issuer| issuer.index),
            device,
            public: entry.public,
            roles: entry.roles,
            unit: entry.unit,
            depot: entry.depot_scope,
            not_before_s: u32::try_from(self.now.wall.0 / 1000).unwrap_or(u32::MAX),
            lifetime_h: if entry.roles.has(Roles::ISSUER) { ISSUER_HOURS } else { 0 },
            leaf: device.0,
        };
        certificate.issue(signer, self.who.network).map_err(|error| unsealed(&error))
    }

    pub(in crate::node) fn authority(
        &self,
    ) -> Result<(&crate::keys::sign::DeviceKey, &[u8; 32]), Refusal> {
        self.who.authority().ok_or_else(|| match self.is_founder() {
            true => Refusal::orders_locked(),
            false => Refusal::new(
                RefusalCode::NotAllowed,
                "本机没有签发密钥。请在建网的指挥中心主机上办理。",
                "This machine does not hold the authority's key. Do this on the machine that \
                 founded the network.",
            ),
        })
    }

    /// True on the machine that keeps the authority's key, open or not: nobody else writes the
    /// directory.
    pub(in crate::node) fn is_founder(&self) -> bool {
        let own = LaneId::first(self.who.device, Lane::Directory);
        self.who.authority().is_some() || self.book.lane(own).is_some_and(|lane| lane.sealed() > 0)
    }
}

fn unsealed(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::new(
        RefusalCode::BadFile,
        format!("入网文件未能生成（{error}）。请让该终端重新生成申请。"),
        format!("The join file could not be made ({error}). Let the device ask again."),
    )
}

fn role_words() -> String {
    crate::base::roles::ROLE_WORDS.join(", ")
}
