//! Handing a command over to `sanduand`, which alone touches keys and disks.

use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use super::session::CommandError;
use crate::lang::{Lang, fill, io_words};

/// Becomes `sanduand VERB WORDS… ARGUMENTS…`. Returns only if that fails.
///
/// # Errors
/// The program is not beside this one and not in `PATH`, or may not be run.
pub fn exec(
    verb: &str,
    words: &[&str],
    arguments: &[OsString],
    lang: Lang,
) -> Result<(), CommandError> {
    // Its help and its complaints name what was typed.
    let failed = Command::new(program())
        .arg0("sanduan")
        .arg(verb)
        .args(words)
        .args(arguments)
        .env("SANDUAN_LANG", lang.word())
        .exec();
    Err(CommandError::Local(fill(lang.command().no_sibling, &[&io_words(&failed, lang)])))
}

/// The `sanduand` beside this program, so that an unpacked pair stays a pair; else by `PATH`.
fn program() -> OsString {
    let beside: Option<PathBuf> =
        std::env::current_exe().ok().map(|path| path.with_file_name("sanduand"));
    match beside.filter(|path| path.is_file()) {
        Some(path) => path.into_os_string(),
        None => OsStr::new("sanduand").to_owned(),
    }
}
