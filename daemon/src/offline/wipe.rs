//! `sanduand wipe`: the wipe of a machine whose daemon does not run. What it destroys is said in
//! `crate::vault::wipe`.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::home::Home;
use crate::said::Said;
use crate::store::lock::DataLock;
use crate::vault::Vault;
use crate::vault::wipe::{Plan, destroy_files, destroy_keys};

/// What a wipe of this folder would destroy.
///
/// # Errors
/// It was wiped already, or cannot be read.
pub fn plan(folder: &Path) -> Result<Plan, Said> {
    prepare(folder).map(|(_, plan)| plan)
}

/// Wipe it. No passphrase is needed.
///
/// # Errors
/// The code is wrong, a daemon runs there, or the disk refuses.
pub fn wipe(folder: &Path, code: &str) -> Result<(), Said> {
    let (mut vault, plan) = prepare(folder)?;
    if code.trim() != plan.code {
        return Err(Said::new(
            "确认码不对，什么也没有销毁：先不带确认码运行一次",
            "the code is wrong and nothing was destroyed: run it once without a code first",
        ));
    }
    // A daemon would go on with the key that it has in memory.
    let _lock = DataLock::take(vault.folder())?;
    destroy_keys(&mut vault)?;
    destroy_files(&plan)
}

fn prepare(folder: &Path) -> Result<(Vault, Plan), Said> {
    let home = Home::at(folder);
    if !home.has_device_key() {
        let folder = folder.display();
        return Err(Said::new(
            format!("{folder} 里没有可销毁的数据：请检查路径"),
            format!("there is nothing to wipe in {folder}: check the path"),
        ));
    }
    // Without a configuration there is nothing outside the folder.
    let config = Config::load(&home.config_path()).ok();
    let more: Vec<PathBuf> = config
        .iter()
        .flat_map(|config| &config.village)
        .map(|village| village.handsets.clone())
        .collect();
    let vault = match &config {
        Some(config) => Vault::enter(&config.data_dir, &config.vault.key_file)?,
        None => Vault::enter_unattended(folder)?,
    };
    let plan = Plan::of(&vault, &more)?;
    Ok((vault, plan))
}
