//! What was moved out of the way in a data folder: damaged stores and torn tails, kept for a later
//! look, and stores of another engine, which go.

use std::fs;
use std::path::{Path, PathBuf};

use super::StoreFault;
use super::engine::Engine;
use super::segment::sync_folder;

/// Torn tails, damaged segments and damaged stores kept for a later look.
const KEPT: usize = 3;

/// Move the damaged store of `engine` out of the way, for a later look.
///
/// # Errors
/// The folder cannot be renamed.
pub fn set_aside(data: &Path, engine: Engine, stamp_ms: u64) -> Result<PathBuf, StoreFault> {
    let folder = data.join(engine.name());
    let aside = data.join(format!("{}.corrupt-{stamp_ms}", engine.name()));
    fs::rename(&folder, &aside).map_err(StoreFault::io("改名", "rename", &folder))?;
    Ok(aside)
}

/// Remove the store of `engine`: first its name, so that no half of it is ever opened.
///
/// # Errors
/// The folder cannot be renamed. What stays of it then is removed at the next opening.
pub fn remove_former(data: &Path, engine: Engine) -> Result<(), StoreFault> {
    let (folder, former) = (data.join(engine.name()), former_path(data, engine));
    clear_former(data);
    fs::rename(&folder, &former).map_err(StoreFault::io("改名", "rename", &folder))?;
    sync_folder(data)?;
    clear_former(data);
    Ok(())
}

/// Remove what is left of stores that were on their way out. Best effort: it only saves space.
pub fn clear_former(data: &Path) {
    for engine in Engine::ALL {
        let former = former_path(data, engine);
        if former.exists() {
            said(&former, fs::remove_dir_all(&former));
        }
    }
}

fn former_path(data: &Path, engine: Engine) -> PathBuf {
    data.join(format!("{}.former", engine.name()))
}

/// Remove the oldest of everything that was set aside. Best effort: it only saves space.
pub fn prune_all(data: &Path) {
    for engine in Engine::ALL {
        prune(data, &format!("{}.corrupt-", engine.name()));
    }
    let journal = data.join("journal");
    prune(&journal, ".cut-");
    prune(&journal, ".damaged-");
}

fn prune(folder: &Path, mark: &str) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut aside: Vec<(u64, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let (_, stamp) = name.to_str()?.split_once(mark)?;
            Some((stamp.parse().ok()?, entry.path()))
        })
        .collect();
    aside.sort();
    let surplus = aside.len().saturating_sub(KEPT);
    for (_, path) in aside.into_iter().take(surplus) {
        let removed = match path.is_dir() {
            true => fs::remove_dir_all(&path),
            false => fs::remove_file(&path),
        };
        said(&path, removed);
    }
}

fn said(path: &Path, removed: std::io::Result<()>) {
    if let Err(error) = removed {
        tracing::debug!(%error, path = %path.display(), "could not be removed");
    }
}
