//! Where the three programs are. They are built next to the running test, and are built again
//! once per test program, so that a test never speaks to the programs of yesterday.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::trouble::{Outcome, Trouble};

/// Folder with `sanduand`, `sanduan` and `sanduan-sim`, built and fresh. `SANDUAN_BINARIES` names
/// another folder (an installed package, say) that is then taken as it is.
///
/// # Errors
/// When they cannot be built.
pub fn folder() -> Outcome<PathBuf> {
    static FOLDER: OnceLock<Outcome<PathBuf>> = OnceLock::new();
    FOLDER.get_or_init(find).clone()
}

/// Top of the repository that this program was built from.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The records of the day in Jiangjin.
pub fn jiangjin() -> PathBuf {
    repository().join("data/jiangjin-819")
}

fn find() -> Outcome<PathBuf> {
    if let Some(given) = std::env::var_os("SANDUAN_BINARIES") {
        return Ok(PathBuf::from(given));
    }
    let exe = std::env::current_exe()?;
    let mut folder = exe.parent().map(Path::to_path_buf).unwrap_or_default();
    if folder.ends_with("deps") {
        folder.pop();
    }
    build(folder.ends_with("release"))?;
    Ok(folder)
}

fn build(release: bool) -> Outcome {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(repository()).args(["build", "--quiet", "--locked"]);
    // The same words as in `demo`, so that neither builds anew what the other has built.
    command.args(["--workspace", "--bins"]);
    if release {
        command.arg("--release");
    }
    let built = command.output()?;
    if built.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&built.stderr).into_owned();
    Err(Trouble::new(format!("the programs cannot be built: {words}")))
}
