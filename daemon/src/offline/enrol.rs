//! `device request`, `device admit`, `device join`: files in, files out. The dialogue itself is
//! `protocol::keys::enrol`'s.

use std::path::Path;

use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::keys::enrol::{EnrolRequest, JoinFile};
use sanduan_protocol::keys::sign::DeviceKey;
use sanduan_protocol::local::{Reply, Request};

use super::Session;
use crate::config::{Config, Starter};
use crate::home::{Home, Member, file};
use crate::said::Said;
use crate::vault::Vault;

/// A request that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requested {
    /// Words to be read aloud to the authority.
    pub check_words: Vec<String>,
}

/// A device that joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// Its number.
    pub device: DeviceId,
    /// Name of the network.
    pub name: String,
    /// A drill network.
    pub drill: bool,
    /// Words of the authority's key.
    pub check_words: Vec<String>,
}

/// Write the request of the device in `folder`; its key is made now if there is none.
///
/// # Errors
/// It has joined already, or the disk refuses.
pub fn request(folder: &Path, out: &Path) -> Result<Requested, Said> {
    Home::at(folder).make_folder()?;
    let home = Home::of(&Vault::enter_unattended(folder)?)?;
    refuse_member(&home)?;
    let seed = home.ensure_device_seed()?;
    let request = EnrolRequest::of(&DeviceKey::from_seed(*seed));
    file::write_private(out, (request.to_text() + "\n").as_bytes())?;
    Ok(Requested { check_words: request.check_words().to_vec() })
}

/// What is asked for a device that wants to join.
#[derive(Clone, Copy, Debug)]
pub struct Admission<'a> {
    /// The file with its request.
    pub request: &'a Path,
    /// The unit that it will speak for.
    pub unit: &'a str,
    /// Role words.
    pub roles: &'a [String],
    /// It has a number already, and its join file is to be made once more.
    pub again: bool,
    /// Where the join file goes.
    pub out: &'a Path,
}

/// Admit the device of a request, on the machine that has the authority's key; gives its number and
/// the check words of its key.
///
/// # Errors
/// The request is damaged, its key has a number already, the unit or a role is unknown, or a daemon
/// is running here.
pub fn admit(folder: &Path, wanted: &Admission<'_>) -> Result<(DeviceId, Vec<String>), Said> {
    let config = Config::load(&Home::at(folder).config_path())?;
    let mut vault = Vault::enter_open(&config.data_dir, &config.vault.key_file)?;
    let settings = Home::of(&vault)?.settings(&config)?;
    let text = file::read_needed(wanted.request)?;
    let mut session = Session::open(&mut vault, settings)?;
    let reply = session.ask(Request::AdmitDevice {
        request: text.trim().to_owned(),
        unit: wanted.unit.to_owned(),
        roles: wanted.roles.to_vec(),
        again: wanted.again,
    });
    session.close()?;
    let Reply::Admitted { device, join, check_words } = reply? else {
        return Err(Said::new("应答不符", "an answer of another kind"));
    };
    file::write_private(wanted.out, (join + "\n").as_bytes())?;
    Ok((device, check_words))
}

/// Join the network of a join file with the key in `folder`.
///
/// # Errors
/// The file is damaged or for another device, the device has joined already, or the disk
/// refuses. Nothing is changed then.
pub fn join(folder: &Path, join: &Path, starter: &Starter) -> Result<Joined, Said> {
    let no_key = || {
        Said::new(
            "本机还没有密钥：先运行 sanduan device request",
            "this device has no key yet: run `sanduan device request` first",
        )
    };
    if !Home::at(folder).has_device_key() {
        return Err(no_key());
    }
    let mut vault = Vault::enter_unattended(folder)?;
    let home = Home::of(&vault)?;
    refuse_member(&home)?;
    let seed = home.device_seed()?.ok_or_else(no_key)?;
    let text = file::read_needed(join)?;
    let join = JoinFile::open(text.trim(), &DeviceKey::from_seed(*seed))
        .map_err(|error| Said::new(error.zh(), error.en()))?;
    home.write_config(starter)?;
    let member = Member::of_join(&join);
    let config = Config::load(&home.config_path())?;
    // Reserves the first frame counters: a member whose disk knows of none has lost its disk.
    let settings = home.settings_as(&config, seed, member.clone())?;
    Session::open(&mut vault, settings)?.close()?;
    home.write_member(&member)?;
    Ok(Joined {
        device: join.device(),
        name: join.network.name.clone(),
        drill: join.network.drill,
        check_words: join.check_words().to_vec(),
    })
}

fn refuse_member(home: &Home) -> Result<(), Said> {
    let Some(member) = home.member()? else { return Ok(()) };
    let (folder, name) = (home.folder().display(), &member.network.name);
    Err(Said::new(
        format!("{folder} 已加入「{name}」：换一个目录，或先移走 network.secret"),
        format!("{folder} is part of {name} already: use another folder, or move network.secret"),
    ))
}
