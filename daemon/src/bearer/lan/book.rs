//! The address book: who of us was met on the ad hoc network, and where. It is kept over restarts,
//! because announcements are lost at times, and some networks carry none.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use libp2p::PeerId;
use sanduan_protocol::base::time::Wall;

use super::peers::{ADDRESSES_MAX, PEERS_MAX};
use crate::home::file::{read_small, write_private};

/// One line of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who.
    pub peer: PeerId,
    /// When it was last there.
    pub seen: Wall,
    /// Where, the newest first.
    pub addresses: Vec<SocketAddr>,
}

/// Where one bearer keeps its book.
#[derive(Clone, Debug)]
pub struct BookFile(PathBuf);

impl BookFile {
    /// The file of the bearer of this name in the node's folder. Names that differ only in signs
    /// share a file; the worst that comes of it is a call in vain.
    pub fn of(folder: &Path, name: &str) -> BookFile {
        let plain = |sign: char| if sign.is_alphanumeric() { sign } else { '_' };
        let name: String = name.chars().map(plain).collect();
        BookFile(folder.join(format!("lan-{name}")))
    }

    /// What was kept, as far as it can be read.
    pub fn load(&self) -> Vec<Entry> {
        match read_small(&self.0) {
            Ok(Some(text)) => text.lines().filter_map(read_line).take(PEERS_MAX).collect(),
            Ok(None) => Vec::new(),
            Err(said) => {
                tracing::warn!(%said, "对端地址 / address book");
                Vec::new()
            }
        }
    }

    /// Keep it. A disk that refuses costs a later first contact after a restart, nothing more.
    pub fn save(&self, entries: &[Entry]) {
        let text: String = entries.iter().map(line).collect();
        if let Err(said) = write_private(&self.0, text.as_bytes()) {
            tracing::warn!(%said, "对端地址 / address book");
        }
    }
}

fn line(entry: &Entry) -> String {
    let addresses: String = entry.addresses.iter().map(|a| format!(" {a}")).collect();
    format!("{} {}{addresses}\n", entry.peer, entry.seen.0)
}

fn read_line(line: &str) -> Option<Entry> {
    let mut words = line.split_whitespace();
    let peer = words.next()?.parse().ok()?;
    let seen = Wall(words.next()?.parse().ok()?);
    let addresses = words.filter_map(|word| word.parse().ok()).take(ADDRESSES_MAX).collect();
    Some(Entry { peer, seen, addresses })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_comes_back_and_damaged_lines_are_left_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let book = BookFile::of(folder.path(), "自组网/1");
        assert_eq!(book.load(), []);
        let entries: Vec<Entry> = (0..3)
            .map(|n| Entry {
                peer: PeerId::random(),
                seen: Wall(1_700_000_000_000 + n),
                addresses: vec![
                    "10.1.0.2:7820".parse().expect("an address"),
                    "[fd00::1]:7820".parse().expect("an address"),
                ],
            })
            .collect();
        book.save(&entries);
        assert_eq!(book.load(), entries);
        let text = std::fs::read_to_string(&book.0).expect("written");
        std::fs::write(&book.0, text.replacen(' ', " x", 1) + "\nnonsense\n").expect("written");
        assert_eq!(book.load(), entries[1..]);
    }
}
