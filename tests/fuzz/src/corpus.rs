//! The corpus of each target: small files under `corpus/NAME`. Most were made by the real writers
//! (`sanduan-fuzz seeds` makes them again); an input that once broke something is kept beside
//! them, named after what it broke.

use std::path::{Path, PathBuf};
use std::{fs, io};

mod lines;
mod seeds;

pub use seeds::seeds;

/// Largest file of a corpus, bytes: what is longer is cut into what it repeats.
pub const FILE_BYTES_MAX: usize = 4096;

/// Where the corpora are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// The corpus of a target, in the order of its file names.
///
/// # Errors
/// It cannot be read, or there is none.
pub fn load(name: &str) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder().join(name))? {
        let path = entry?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push((file, fs::read(&path)?));
    }
    files.sort();
    Ok(files)
}

/// Keep an input.
///
/// # Errors
/// It cannot be written.
pub fn keep(name: &str, file: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let folder = folder().join(name);
    fs::create_dir_all(&folder)?;
    let path = folder.join(file);
    fs::write(&path, bytes)?;
    Ok(path)
}
