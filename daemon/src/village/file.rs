//! What the gateway must remember over a restart, as one JSON file in the node's folder. Written
//! whole or not at all.

use std::path::PathBuf;

use sanduan_protocol::field::village::Memory;
use sanduan_protocol::keys::vault::VaultKey;

use crate::home::Home;
use crate::home::file::write_private;
use crate::said::Said;

const FILE_NAME: &str = "village.json";
/// Ten times what the bounded tables of a memory take.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The file.
#[derive(Clone, Debug)]
pub struct MemoryFile {
    path: PathBuf,
    key: Option<VaultKey>,
}

impl MemoryFile {
    /// The one of this node.
    pub fn of(home: &Home) -> MemoryFile {
        MemoryFile { path: home.folder().join(FILE_NAME), key: home.key().cloned() }
    }

    /// What was kept. A file that cannot be read is put aside, and the gateway begins anew: an
    /// order may be texted once more, and numbers not confirmed must be sent again.
    pub fn load(&self) -> Memory {
        let found = std::fs::metadata(&self.path).map(|found| found.len());
        if !found.is_ok_and(|bytes| bytes <= FILE_BYTES_MAX) {
            return Memory::default();
        }
        let read = std::fs::read(&self.path).map_err(|error| error.to_string());
        let read = read.and_then(|bytes| self.opened(bytes));
        let parsed = read
            .and_then(|bytes| serde_json::from_slice(&bytes).map_err(|error| error.to_string()));
        parsed.unwrap_or_else(|error| {
            let aside = self.path.with_extension("damaged");
            let moved = std::fs::rename(&self.path, &aside);
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
        let seal = |bytes: &[u8]| match &self.key {
            Some(key) => key.seal_long(FILE_NAME.as_bytes(), bytes),
            None => bytes.to_vec(),
        };
        // Maps with texts as keys, numbers and texts: nothing that JSON could not hold.
        let bytes = serde_json::to_vec(memory).unwrap_or_default();
        write_private(&self.path, &seal(&bytes))
    }

    /// What was sealed, or written in clear before there was a vault: JSON begins with a brace,
    /// which no sealed text does.
    fn opened(&self, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        match &self.key {
            Some(key) if bytes.first() != Some(&b'{') => {
                let opened = key.open_long(FILE_NAME.as_bytes(), &bytes);
                opened.map(|text| text.to_vec()).map_err(|_| "sealed by another vault".to_owned())
            }
            Some(_) | None => Ok(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_a_damaged_file_is_put_aside() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = MemoryFile::of(&Home::at(folder.path()));
        assert_eq!(file.load(), Memory::default());
        let id = "3-12".parse().expect("sound");
        let memory = Memory { seen: vec![(id, 5)], last_tag: 9, ..Memory::default() };
        file.save(&memory).expect("writable");
        assert_eq!(file.load(), memory);
        std::fs::write(&file.path, b"{\"seen\":3}").expect("written");
        assert_eq!(file.load(), Memory::default());
        assert!(folder.path().join("village.damaged").exists());
    }
}
