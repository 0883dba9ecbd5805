//! What the gateway must remember over a restart, as one JSON file in the node's folder. Written
//! whole or not at all.

use std::path::{Path, PathBuf};

use sanduan_protocol::field::village::Memory;

use crate::home::file::write_private;
use crate::said::Said;

const FILE_NAME: &str = "village.json";
/// Ten times what the bounded tables of a memory take.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The file.
#[derive(Clone, Debug)]
pub struct MemoryFile(PathBuf);

impl MemoryFile {
    /// The one of the node in this folder.
    pub fn of(folder: &Path) -> MemoryFile {
        MemoryFile(folder.join(FILE_NAME))
    }

    /// What was kept. A file that cannot be read is put aside, and the gateway begins anew: an
    /// order may be texted once more, and numbers not confirmed must be sent again.
    pub fn load(&self) -> Memory {
        let found = std::fs::metadata(&self.0).map(|found| found.len());
        if !found.is_ok_and(|bytes| bytes <= FILE_BYTES_MAX) {
            return Memory::default();
        }
        let read = std::fs::read(&self.0).map_err(|error| error.to_string());
        let parsed = read
            .and_then(|bytes| serde_json::from_slice(&bytes).map_err(|error| error.to_string()));
        parsed.unwrap_or_else(|error| {
            let aside = self.0.with_extension("damaged");
            let moved = std::fs::rename(&self.0, &aside);
            tracing::error!(
                %error, aside = %aside.display(), moved = moved.is_ok(),
                "村级网关的记忆损坏，已另存并从头开始 / the gateway's memory is damaged; put aside"
            );
            Memory::default()
        })
    }

    /// Keep it.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn save(&self, memory: &Memory) -> Result<(), Said> {
        // Maps with texts as keys, numbers and texts: nothing that JSON could not hold.
        let bytes = serde_json::to_vec(memory).unwrap_or_default();
        write_private(&self.0, &bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_a_damaged_file_is_put_aside() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = MemoryFile::of(folder.path());
        assert_eq!(file.load(), Memory::default());
        let id = "3-12".parse().expect("sound");
        let memory = Memory { seen: vec![(id, 5)], last_tag: 9, ..Memory::default() };
        file.save(&memory).expect("writable");
        assert_eq!(file.load(), memory);
        std::fs::write(&file.0, b"{\"seen\":3}").expect("written");
        assert_eq!(file.load(), Memory::default());
        assert!(folder.path().join("village.damaged").exists());
    }
}
