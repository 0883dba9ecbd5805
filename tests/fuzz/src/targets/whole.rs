//! A whole node before an insider: frames under true keys that say anything, a disk that holds
//! anything. A carry file of anything is in [`super::carry`].

use std::sync::OnceLock;

use sanduan_protocol::keys::frame_key::{FrameSealer, Manner};
use sanduan_protocol::local::{Reply, Request};
use sanduan_protocol::node::Input;

use crate::network::{self, Disk, Host, LINKS};
use crate::story;

/// What the node knew before: the directory and nothing else, so that everything may be news.
pub fn known() -> &'static Disk {
    static KNOWN: OnceLock<Disk> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let disk = &story::story().disks[0];
        let first = disk.iter().filter(|(key, _)| network::is_of_directory(key));
        first.map(|(key, value)| (key.clone(), value.clone())).collect()
    })
}

/// Frames of three members, one after another: what comes, length, bytes.
///
/// ```text
/// who 2 bits | link 1 | brief 1 | as it is 1 | minutes before it 3 | length 2 | bytes
/// ```
pub fn node(bytes: &[u8]) -> bool {
    let mut host = Host::open(2, known());
    let before = host.disk.len();
    let mut sealers = [1, 3, 9].map(network::sealer);
    let mut rest = bytes;
    while let [what, high, low, after @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(after.len());
        let (said, later) = after.split_at(length);
        rest = later;
        host.now_ms += 1000 + u64::from(what >> 5) * 60_000;
        let sealer = &mut sealers[usize::from(what & 3) % 3];
        let frame = if what & 0x10 != 0 { Ok(said.to_vec()) } else { sealed(sealer, said, *what) };
        let link = LINKS[usize::from(what >> 2 & 1)];
        if let Ok(frame) = frame {
            host.input(Input::Heard { link, frame });
        }
        answer(&mut host);
    }
    host.input(Input::Tick);
    host.ask(Request::Status);
    assert!(matches!(host.replies.last(), Some(Ok(Reply::Status(_)))));
    host.ask(Request::Orders { open_only: false });
    host.disk.len() > before
}

fn sealed(sealer: &mut FrameSealer, said: &[u8], what: u8) -> Result<Vec<u8>, ()> {
    let manner = Manner { brief: what & 8 != 0, ..Manner::WHOLE };
    sealer.seal(said, manner).map_err(|_| ())
}

/// Let the node say what it has to say: so many frames at most, as the air would.
fn answer(host: &mut Host) {
    for _ in 0..4 {
        for (link, _) in std::mem::take(&mut host.sent) {
            host.now_ms += 50;
            host.input(Input::LinkReady { link });
        }
    }
}

/// Pairs of a disk: length of the key, length of the value, both.
pub fn disk(bytes: &[u8]) -> bool {
    let mut disk = Disk::new();
    let mut rest = bytes;
    while let [key, high, low, after @ ..] = rest {
        let key_end = usize::from(*key).min(after.len());
        let (key, after) = after.split_at(key_end);
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(after.len());
        let (value, later) = after.split_at(length);
        disk.insert(key.to_vec(), value.to_vec());
        rest = later;
    }
    let mut host = Host::open(2, &disk);
    host.ask(Request::Status);
    match host.replies.last() {
        Some(Ok(Reply::Status(row))) => row.records > 0,
        _ => panic!("no status"),
    }
}
