//! Who signs admissions here: the authority, or a field issuer in its term; how an issuer is named
//! and its term renewed.

use crate::base::ids::{DeviceId, Lane};
use crate::base::roles::Roles;
use crate::base::time::Hlc;
use crate::field::body::Body;
use crate::field::directory::issuer::{GRANTABLE, WhyNot};
use crate::field::directory::{DeviceEntry, Entry, IssuerEntry};
use crate::keys::certificate::SignedCertificate;
use crate::keys::sign::DeviceKey;
use crate::local::rows::IssuerRow;
use crate::local::{Refusal, RefusalCode};
use crate::node::Node;
use crate::node::ask::Answer;
use crate::wire::record::Person;

/// The key that signs, its seed, and the issuer's term if it is not the authority's.
type Signer<'a> = (&'a DeviceKey, &'a [u8; 32], Option<&'a IssuerEntry>);

impl Node {
    /// Who signs admissions on this machine.
    pub(super) fn signer(&self) -> Result<Signer<'_>, Refusal> {
        if let Ok((key, seed)) = self.authority() {
            return Ok((key, seed, None));
        }
        if self.is_founder() {
            return Err(Refusal::orders_locked());
        }
        let directory = &self.folds.directory;
        let term = directory.issuer(self.who.device).ok_or_else(|| self.who_may())?;
        // Compared with the time that the record would bear, as every reader will.
        if self.next_time().wall_ms > term.ends_ms() {
            return Err(Refusal::new(
                RefusalCode::NotAllowed,
                format!(
                    "本机的签发期已满。请在建网的指挥中心主机上运行 sanduan device renew {}，并等名录\
                     到达本机。",
                    self.who.device
                ),
                format!(
                    "This issuer's term is over. Run sanduan device renew {} on the machine that \
                     founded the network, and wait for the directory to arrive.",
                    self.who.device
                ),
            ));
        }
        Ok((self.who.key(), &self.settings.device_seed, Some(term)))
    }

    /// The time that the next record here would bear.
    fn next_time(&self) -> Hlc {
        let mut clock = self.clock;
        clock.tick(self.now.wall)
    }

    /// Whom to ask instead.
    fn who_may(&self) -> Refusal {
        let directory = &self.folds.directory;
        let open = directory.issuers_at(self.now.wall.0);
        let names: Vec<String> = open.iter().map(|(unit, _)| directory.unit_name(*unit)).collect();
        let (zh, en) = match names.is_empty() {
            true => (String::new(), String::new()),
            false => (
                format!("，或由现场签发员办理：{}", names.join("、")),
                format!(", or ask a field issuer: {}", names.join(", ")),
            ),
        };
        Refusal::new(
            RefusalCode::NotAllowed,
            format!("本机没有签发密钥。请在建网的指挥中心主机上办理{zh}。"),
            format!(
                "This machine does not hold the authority's key. Do this on the machine that \
                 founded the network{en}."
            ),
        )
    }

    /// The number that the next device gets here.
    pub(super) fn next_number(&self) -> Option<DeviceId> {
        let directory = &self.folds.directory;
        match self.is_founder() {
            true => directory.next_device(),
            false => directory.next_of(directory.issuer(self.who.device)?),
        }
    }

    /// An issuer grants less than the authority.
    pub(super) fn check_grant(&self, entry: &DeviceEntry) -> Result<(), Refusal> {
        let (.., Some(_)) = self.signer()? else { return Ok(()) };
        let at = self.next_time();
        let why = match self.folds.directory.may_admit(self.who.device, at, entry) {
            Ok(()) => return Ok(()),
            Err(why) => why,
        };
        let (words_zh, words) = (GRANTABLE.words_zh().join("、"), GRANTABLE.words().join(", "));
        let (zh, en) = match why {
            WhyNot::TooMuch => (
                format!("现场签发员只能授予：{words_zh}。其余请由指挥中心办理。"),
                format!("A field issuer grants {words} and no more; the rest is the centre's."),
            ),
            WhyNot::KeyInUse => (
                "该终端的密钥已入网。请查 sanduan device list。".to_owned(),
                "A device with this key has joined already: see sanduan device list.".to_owned(),
            ),
            WhyNot::NoIssuer | WhyNot::Over | WhyNot::NotItsNumber => return Err(self.who_may()),
        };
        Err(Refusal::new(RefusalCode::NotAllowed, zh, en))
    }

    /// The record by which others learn of the device: the authority's lines, or an issuer's word.
    pub(super) fn write_admission(
        &mut self,
        entry: DeviceEntry,
        certificate: SignedCertificate,
    ) -> Result<(), Refusal> {
        if !self.is_founder() {
            self.write_command(Body::Admission(entry), Person::Nobody)?;
            return Ok(());
        }
        let mut lines = vec![Entry::Device(entry)];
        if entry.roles.has(Roles::ISSUER) {
            lines.push(self.term_of(entry.index, certificate)?);
        }
        let groups = self.groups_for(&entry)?;
        self.write(Lane::Directory, &Body::Directory(lines), Person::Nobody, groups.is_empty());
        self.write_lines(groups);
        Ok(())
    }

    /// An issuer's line: the numbers it has, or a new block.
    fn term_of(&self, index: DeviceId, certificate: SignedCertificate) -> Result<Entry, Refusal> {
        let directory = &self.folds.directory;
        let has = directory.issuer(index).map(|term| (term.first, term.last));
        let (first, last) = has.or_else(|| directory.next_block()).ok_or_else(|| {
            Refusal::new(
                RefusalCode::TooLong,
                "可分给签发员的编号已用完。请续期现有签发员。",
                "No numbers are left for another issuer. Renew one that there is.",
            )
        })?;
        Ok(Entry::Issuer(Box::new(IssuerEntry { index, first, last, certificate })))
    }

    /// Give an issuer another term from now on, with the numbers it has; give any other device the
    /// keys by which it follows.
    pub(super) fn renew_device(&mut self, device: DeviceId) -> Result<Answer, Refusal> {
        self.authority()?;
        self.writable()?;
        let member = self.folds.directory.member(device).ok_or_else(|| {
            Refusal::new(
                RefusalCode::UnknownId,
                format!("名录中没有终端 {device}。用 sanduan device list 查看编号。"),
                format!("The directory has no device {device}. See sanduan device list."),
            )
        })?;
        if member.retired || !member.roles.has(Roles::ISSUER) {
            return self.renew_keys(device, member.retired);
        }
        let entry = DeviceEntry {
            index: device,
            public: member.public,
            unit: member.unit,
            roles: member.roles,
            depot_scope: member.depot_scope,
        };
        let certificate = self.certificate_of(&entry)?;
        let mut lines = vec![self.term_of(device, certificate)?];
        // It may have joined by an earlier version; the authority cannot know.
        if self.folds.directory.path_of(device).is_none() {
            lines.extend(self.keys_for(device)?);
        }
        Ok(self.saved_lines(lines))
    }

    /// Give a device that is no issuer what it needs to follow into later epochs: whoever joined by
    /// an earlier version lacks it, and the authority cannot know who did.
    fn renew_keys(&mut self, device: DeviceId, is_retired: bool) -> Result<Answer, Refusal> {
        let directory = &self.folds.directory;
        if is_retired {
            return Err(Refusal::new(
                RefusalCode::BadValue,
                format!("终端 {device} 已吊销。仍要使用须重新入网。"),
                format!("Device {device} is revoked. To be used again it must be enrolled anew."),
            ));
        }
        if directory.path_of(device).is_some() {
            return Err(Refusal::new(
                RefusalCode::AlreadyOver,
                format!("终端 {device} 的密钥已补发，名录到达即可，无需再办。"),
                format!("Device {device} was given its keys already: the directory brings them."),
            ));
        }
        let lines = self.keys_for(device)?;
        Ok(self.saved_lines(lines))
    }

    /// The issuer's term of a device, for people.
    pub(super) fn issuer_row(&self, device: DeviceId) -> Option<IssuerRow> {
        let directory = &self.folds.directory;
        let term = directory.issuer(device)?;
        let admitted = (term.first..=term.last).map(DeviceId);
        Some(IssuerRow {
            first: term.first,
            last: term.last,
            ends_ms: term.ends_ms(),
            over: self.now.wall.0 > term.ends_ms(),
            admitted: admitted.filter(|it| directory.member(*it).is_some()).count() as u16,
        })
    }
}
