//! `sanduand init`: an authority, its directory, its first device. Everything is made in a draft
//! folder that takes its name only when it is complete, so a failure leaves nothing behind.

use std::path::{Path, PathBuf};

use sanduan_protocol::base::ids::{DeviceId, UnitId};
use sanduan_protocol::base::roles::Roles;

use sanduan_protocol::field::directory::draft::{Import, PlaceDraft, UnitDraft, chunk};
use sanduan_protocol::field::directory::entry::{DeviceEntry, Entry, UnitKind};
use sanduan_protocol::keys::epochs::EpochGrant;
use sanduan_protocol::keys::sign::DeviceKey;
use sanduan_protocol::keys::suite::Suite;
use sanduan_protocol::keys::words::check_words;
use sanduan_protocol::local::Refusal;
use sanduan_protocol::node::Settings;
use sanduan_protocol::node::settings::Network;

use super::Session;
use crate::clock::wall;
use crate::config::Starter;
use crate::entropy;
use crate::home::{Home, Member, NETWORK_SECRET, file};
use crate::import;
use crate::said::Said;
use crate::vault::Vault;

/// What `init` was told.
#[derive(Clone, Debug, Default)]
pub struct Founding {
    /// Folder to make.
    pub folder: PathBuf,
    /// District code.
    pub district: String,
    /// District name.
    pub name: String,
    /// A drill network.
    pub drill: bool,
    /// Folder with the tables of the directory.
    pub import: Option<PathBuf>,
    /// Name or code of the unit of this machine.
    pub unit: Option<String>,
    /// The person at its console, and its first bearers.
    pub starter: Starter,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Founded {
    /// Lines of the directory.
    pub entries: usize,
    /// Unit of this machine.
    pub unit_name: String,
    /// Words by which people compare the authority's key.
    pub check_words: Vec<String>,
}

/// Code and name of the unit of a founding machine when no table names a centre.
const CENTRE_CODE: &str = "EOC";
const CENTRE_NAME: &str = "区应急指挥中心";

/// Draft inside a folder that exists already, such as a mount point; nothing else may be there.
const DRAFT_INSIDE: &str = ".founding";

/// Found a network.
///
/// # Errors
/// The folder is taken, a table is wrong, or the disk refuses. Nothing is left behind.
pub fn found(founding: &Founding) -> Result<Founded, Said> {
    let folder = &founding.folder;
    let foreign = |entry: std::fs::DirEntry| entry.file_name() != DRAFT_INSIDE;
    let taken = folder.read_dir().is_ok_and(|entries| entries.flatten().any(foreign));
    if taken || folder.is_file() {
        let folder = folder.display();
        return Err(Said::new(
            format!("{folder} 已存在且不为空：请换一个目录，不会覆盖"),
            format!("{folder} exists and is not empty: choose another folder; nothing is replaced"),
        ));
    }
    let import = read_tables(founding)?;
    let draft = draft_folder(folder);
    remove(&draft)?;
    let founded = found_in(&draft, founding, &import).and_then(|founded| {
        give_name(&draft, folder).map_err(|error| file::cannot("建立", "make", folder, &error))?;
        Ok(founded)
    });
    if founded.is_err() {
        // The first error is the one to tell.
        let _ = remove(&draft);
    }
    founded
}

fn draft_folder(folder: &Path) -> PathBuf {
    if folder.is_dir() {
        return folder.join(DRAFT_INSIDE);
    }
    let mut name = std::ffi::OsString::from(".");
    name.push(folder.file_name().unwrap_or_default());
    name.push(".new");
    folder.with_file_name(name)
}

/// The finished draft becomes the folder.
fn give_name(draft: &Path, folder: &Path) -> std::io::Result<()> {
    if !folder.is_dir() {
        std::fs::rename(draft, folder)?;
        return file::sync_folder_of(folder);
    }
    let mut names = Vec::new();
    for entry in draft.read_dir()? {
        names.push(entry?.file_name());
    }
    // Membership comes last: without it the folder has not joined anything.
    names.sort_by_key(|name| name == NETWORK_SECRET);
    for name in names {
        std::fs::rename(draft.join(&name), folder.join(&name))?;
    }
    std::fs::remove_dir(draft)?;
    file::sync_folder_of(&folder.join(NETWORK_SECRET))
}

fn remove(folder: &Path) -> Result<(), Said> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(file::cannot("清理", "clear", folder, &error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The tables, or an empty district; the district itself and the own unit are always there.
fn read_tables(founding: &Founding) -> Result<Import, Said> {
    let mut import = match &founding.import {
        Some(folder) => import::read(folder, &founding.district)?,
        None => Import::default(),
    };
    let district = PlaceDraft {
        row: 1,
        code: founding.district.clone(),
        name: founding.name.clone(),
        ..PlaceDraft::default()
    };
    import.places.insert(0, district);
    let wanted = founding.unit.as_deref();
    if own_unit(&import, wanted).is_none() {
        let (code, name) = match wanted {
            Some(name) => (name, name),
            None => (CENTRE_CODE, CENTRE_NAME),
        };
        let centre = UnitDraft {
            row: 1,
            code: code.to_owned(),
            name: name.to_owned(),
            kind: UnitKind::Centre,
            place: founding.district.clone(),
            ..UnitDraft::default()
        };
        import.units.insert(0, centre);
    }
    Ok(import)
}

fn own_unit<'a>(import: &'a Import, wanted: Option<&str>) -> Option<&'a UnitDraft> {
    match wanted {
        Some(wanted) => {
            let is_it = |unit: &&UnitDraft| unit.code == wanted || unit.name == wanted;
            import.units.iter().find(is_it)
        }
        None => import.units.iter().find(|unit| unit.kind == UnitKind::Centre),
    }
}

fn found_in(draft: &Path, founding: &Founding, import: &Import) -> Result<Founded, Said> {
    let folder = founding.import.as_deref().unwrap_or(Path::new(""));
    let mut entries = import
        .entries(&sanduan_protocol::field::directory::Directory::default())
        .map_err(|errors| import::said(folder, &errors))?;
    let own = own_unit(import, founding.unit.as_deref());
    let own_name = own.map(|unit| unit.name.trim().to_owned()).unwrap_or_default();
    let unit = unit_index(&entries, &own_name)?;
    Home::at(draft).make_folder()?;
    let mut vault = Vault::enter_unattended(draft)?;
    let home = Home::of(&vault)?;
    let device_seed = home.ensure_device_seed()?;
    let authority_seed = home.make_authority_seed()?;
    let authority = DeviceKey::from_seed(*authority_seed).public();
    let public = DeviceKey::from_seed(*device_seed).public();
    let device = DeviceId(1);
    entries.push(Entry::Device(DeviceEntry {
        index: device,
        public,
        unit,
        // Everything that one may do; nothing that limits it.
        roles: Roles::FOUNDER,
        depot_scope: None,
    }));
    let epoch_secret = secret()?;
    let began_s = u32::try_from(wall().0 / 1000).unwrap_or_default();
    let network = Network {
        district: founding.district.clone(),
        name: founding.name.clone(),
        drill: founding.drill,
        authority,
        epoch_secret,
        epoch: 1,
        grant: Some(EpochGrant::founding(Suite::default(), &epoch_secret, began_s)),
    };
    let member = Member { network: network.clone(), device, unit, public, certificate: None };
    let settings = Settings {
        suite: Suite::default(),
        network,
        device,
        unit,
        device_seed: *device_seed,
        authority_seed: Some(*authority_seed),
        operator: founding.starter.operator.clone(),
        seal_after_ms: 1_000,
        over_kept_ms: sanduan_protocol::node::settings::OVER_KEPT_MS,
        dice_seed: entropy::dice_seed(),
    };
    let count = entries.len();
    publish(&mut vault, settings, entries)?;
    home.write_config(&founding.starter)?;
    home.write_member(&member)?;
    let check_words = check_words(Suite::default(), &authority).to_vec();
    Ok(Founded { entries: count, unit_name: own_name, check_words })
}

fn publish(vault: &mut Vault, settings: Settings, entries: Vec<Entry>) -> Result<(), Said> {
    let mut session = Session::open(vault, settings)?;
    let now = session.clock().now();
    session.node.publish(chunk(entries), now).map_err(|refusal: Refusal| Said::from(refusal))?;
    session.settle()?;
    session.close()
}

fn unit_index(entries: &[Entry], name: &str) -> Result<UnitId, Said> {
    let found = entries.iter().find_map(|entry| match entry {
        Entry::Unit(unit) if unit.name == name => Some(unit.index),
        _ => None,
    });
    found.ok_or_else(|| {
        Said::new(format!("名录中没有单位 {name}"), format!("no unit {name} in the directory"))
    })
}

fn secret() -> Result<[u8; 32], Said> {
    entropy::bytes().map_err(|error| {
        Said::new(
            format!("系统随机数不可用（{error}），请稍后重试"),
            format!("the system has no randomness yet ({error}); try again in a moment"),
        )
    })
}

#[cfg(test)]
mod tests;
