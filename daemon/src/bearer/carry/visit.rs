//! One stick from the moment it is found until it is gone: files of others are taken in, our own
//! is left and replaced when there is something new. Pulling the stick out at any moment harms
//! nothing: a file is there whole or not at all, and what was cut is taken in the next time.

use std::collections::BTreeSet;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use sanduan_protocol::base::caps::CARRY_BYTES_MAX;
use sanduan_protocol::local::carry_file::{self, HEAD_BYTES};
use sanduan_protocol::local::{Reply, Request};
use tokio::fs;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::sticks::Stick;
use crate::api::Api;
use crate::said::Said;

/// Ending of carry files.
pub const ENDING: &str = "carry";
/// Ending of a file that is being written.
const DRAFT_ENDING: &str = "part";
/// How often a stick is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// Files of one folder that are remembered; more are not read.
const FILES_MAX: usize = 1024;
/// Bytes written between two waits for the stick.
const WRITE_BYTES: usize = 512 * 1024;
/// After writing, the stick rests this many times as long as that took: it wears out.
const REST_SHARE: u32 = 20;
/// A stick that could not be written to is tried again after this.
const TROUBLE_PAUSE: Duration = Duration::from_secs(60);

/// What all visits share.
pub struct Host {
    own: String,
    api: Arc<Api>,
    /// Known once a file of ours was made.
    network: OnceLock<[u8; 8]>,
}

impl Host {
    /// Ours is the file of this name.
    pub fn new(own: String, api: Arc<Api>) -> Host {
        Host { own, api, network: OnceLock::new() }
    }
}

/// What a visit tells.
#[derive(Debug, PartialEq, Eq)]
pub enum News {
    /// Bytes were taken in.
    Took {
        /// How many.
        bytes: usize,
    },
    /// Our file was left.
    Left {
        /// On which stick.
        stick: String,
        /// How long it is.
        bytes: usize,
    },
    /// A file was not taken in.
    Dropped {
        /// The reason word.
        reason: &'static str,
    },
    /// Our file could not be left; with a remedy.
    Trouble {
        /// On which stick.
        stick: String,
        /// Why.
        reason: String,
    },
}

/// One state of one file.
type Seen = (PathBuf, u64, Option<SystemTime>);

/// What was done on the stick so far.
struct Visit {
    stick: Stick,
    host: Arc<Host>,
    tell: mpsc::Sender<News>,
    taken: BTreeSet<Seen>,
    left: Option<Left>,
    rest_until: Instant,
}

/// Our file as it was left.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Left {
    digest: String,
    bytes: u64,
}

/// Serve a stick until it is gone.
pub async fn run(stick: Stick, host: Arc<Host>, tell: mpsc::Sender<News>) {
    let (taken, left, rest_until) = (BTreeSet::new(), None, Instant::now());
    let mut visit = Visit { stick, host, tell, taken, left, rest_until };
    while fs::metadata(&visit.stick.root).await.is_ok() {
        visit.take().await;
        visit.leave().await;
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

impl Visit {
    async fn say(&self, news: News) {
        // Nobody listens any more only when the daemon is stopping.
        let _ = self.tell.send(news).await;
    }

    async fn take(&mut self) {
        let mut found = Vec::new();
        for folder in &self.stick.take_from {
            // A folder that is not there holds nothing; one that cannot be read is as good.
            found.extend(files(folder).await.unwrap_or_default());
        }
        for seen in found {
            let is_own = seen.0.file_name().is_some_and(|name| *name == *self.host.own);
            if is_own || self.taken.contains(&seen) {
                continue;
            }
            if self.taken.len() >= FILES_MAX {
                return;
            }
            self.take_in(&seen).await;
            self.taken.insert(seen);
        }
    }

    async fn take_in(&self, (path, length, _): &Seen) {
        let shown = path.display();
        let bytes = match read(path, *length, self.host.network.get()).await {
            Ok(bytes) => bytes,
            Err(reason) => {
                tracing::warn!(file = %shown, "{}", words(reason));
                self.say(News::Dropped { reason }).await;
                return;
            }
        };
        let (mut new, mut known) = (0, 0);
        for piece in carry_file::pieces(&bytes) {
            let taken = piece.len();
            match self.host.api.ask(Request::CarryImport { bytes: piece }).await {
                Ok(Reply::CarryTaken { new: more, known: again, .. }) => {
                    (new, known) = (new + more, known + again);
                    self.say(News::Took { bytes: taken }).await;
                }
                Ok(_) => {}
                Err(refusal) => {
                    tracing::warn!(file = %shown, %refusal, "带报文件未导入 / carry file refused");
                    self.say(News::Dropped { reason: "carry_refused" }).await;
                }
            }
        }
        tracing::info!(file = %shown, new, known, "已导入带报文件 / carry file taken in");
    }

    /// Leave what this device holds, if that is not what lies there already.
    async fn leave(&mut self) {
        let Some(folder) = self.stick.leave_in.clone() else { return };
        if Instant::now() < self.rest_until {
            return;
        }
        let Ok(Reply::Status(status)) = self.host.api.ask(Request::Status).await else { return };
        let path = folder.join(&self.host.own);
        let there = fs::symlink_metadata(&path).await.ok().map(|about| about.len());
        let lies_there = self
            .left
            .as_ref()
            .is_some_and(|left| left.digest == status.digest && there == Some(left.bytes));
        if lies_there {
            return;
        }
        let file = self.host.api.ask(Request::CarryExport { for_device: None }).await;
        let (bytes, records) = match file {
            Ok(Reply::CarryFile { bytes, records }) => (bytes, records),
            Ok(_) => return,
            Err(refusal) => {
                tracing::warn!(%refusal, "带报文件未写出 / the carry file could not be made");
                return;
            }
        };
        if let Ok(network) = carry_file::network(&bytes) {
            let _ = self.host.network.set(network);
        }
        let begun = Instant::now();
        match put(&folder, &path, &bytes).await {
            Ok(()) => {
                self.rest_until = Instant::now() + begun.elapsed() * REST_SHARE;
                let (stick, length) = (self.stick.name(), bytes.len());
                self.left = Some(Left { digest: status.digest, bytes: length as u64 });
                tracing::info!(file = %path.display(), records, "已写出带报文件 / carry file left");
                self.say(News::Left { stick, bytes: length }).await;
            }
            Err(error) => {
                self.rest_until = Instant::now() + TROUBLE_PAUSE;
                let reason = trouble(&path, bytes.len(), &error);
                tracing::warn!(reason, "带报文件未写出 / the carry file could not be left");
                self.say(News::Trouble { stick: self.stick.name(), reason }).await;
            }
        }
    }
}

/// Carry files in a folder. Links and pipes are none.
async fn files(folder: &Path) -> Result<Vec<Seen>, Error> {
    let mut entries = fs::read_dir(folder).await?;
    let mut found = Vec::new();
    while let Some(entry) = entries.next_entry().await? {
        let path = entry.path();
        if path.extension().is_none_or(|ending| ending != ENDING) || found.len() >= FILES_MAX {
            continue;
        }
        // A file that vanishes meanwhile is no fault of the folder.
        if let Ok(about) = entry.metadata().await
            && about.is_file()
        {
            found.push((path, about.len(), about.modified().ok()));
        }
    }
    found.sort();
    Ok(found)
}

/// The bytes of a file of our network. One of another is not read beyond its head.
async fn read(
    path: &Path,
    length: u64,
    network: Option<&[u8; 8]>,
) -> Result<Vec<u8>, &'static str> {
    if length > CARRY_BYTES_MAX as u64 {
        return Err("carry_too_long");
    }
    let unreadable = |_: Error| "carry_unreadable";
    let mut from = fs::File::open(path).await.map_err(unreadable)?;
    let mut bytes = Vec::new();
    (&mut from).take(HEAD_BYTES as u64).read_to_end(&mut bytes).await.map_err(unreadable)?;
    let theirs = carry_file::network(&bytes).map_err(|_| "carry_refused")?;
    if network.is_some_and(|ours| *ours != theirs) {
        return Err("carry_other_network");
    }
    // It may have grown since it was seen; the node refuses what is too long.
    from.take(CARRY_BYTES_MAX as u64).read_to_end(&mut bytes).await.map_err(unreadable)?;
    Ok(bytes)
}

/// Put our file there, whole or not at all: beside it first, onto the stick, then renamed.
async fn put(folder: &Path, path: &Path, bytes: &[u8]) -> Result<(), Error> {
    fs::create_dir_all(folder).await?;
    let draft = path.with_extension(DRAFT_ENDING);
    // One of ours that an earlier visit could not finish.
    let _ = fs::remove_file(&draft).await;
    let written = async {
        let mut to = fs::OpenOptions::new().write(true).create_new(true).open(&draft).await?;
        for part in bytes.chunks(WRITE_BYTES) {
            to.write_all(part).await?;
            // Only flushing tells that a write failed: syncing alone would let a cut file pass.
            to.flush().await?;
            to.sync_data().await?;
        }
        to.sync_all().await?;
        fs::rename(&draft, path).await
    };
    if let Err(error) = written.await {
        let _ = fs::remove_file(&draft).await;
        return Err(error);
    }
    match fs::File::open(folder).await?.sync_all().await {
        // FAT folders cannot be synced; the rename stands all the same.
        Err(error) if error.kind() == ErrorKind::InvalidInput => Ok(()),
        synced => synced,
    }
}

/// Why a file is not taken in, in words.
fn words(reason: &str) -> &'static str {
    match reason {
        "carry_too_long" => {
            "带报文件超过 64 MiB，未导入 / a carry file longer than 64 MiB is not taken in"
        }
        "carry_other_network" => {
            "带报文件属于另一个网络（或演练网），未导入；请核对来源 / a carry file of another network \
             (or of a drill) is not taken in; check where it comes from"
        }
        "carry_unreadable" => {
            "带报文件读不出来；请检查 U 盘 / a carry file cannot be read; check the stick"
        }
        _ => "这不是带报文件，未导入 / not a carry file; not taken in",
    }
}

/// Why our file cannot be left, with a remedy.
fn trouble(path: &Path, bytes: usize, error: &Error) -> String {
    let shown = path.display();
    let Said { zh, en } = Said::of_line(error);
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            let needed = bytes.div_ceil(1000);
            format!(
                "{shown} 写不下：还需 {needed} kB，请删去盘上无关的文件或换一个盘；原有文件未动 / \
                 no room for {shown}: {needed} kB are needed, remove files or use another stick; \
                 what was there is untouched"
            )
        }
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => format!(
            "{shown} 不许写入（{zh}）：关掉盘上的写保护开关，或改挂载权限 / not allowed to write \
             {shown} ({en}): switch off write protection, or mount it for this user"
        ),
        _ => format!(
            "{shown} 写入失败（{zh}）：检查 U 盘是否插好 / cannot write {shown} ({en}): check \
             that the stick sits well"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn our_file_is_replaced_whole_and_others_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let (at, stick) = (folder.path().join("sanduan"), folder.path().join("sanduan/x.carry"));
        put(&at, &stick, b"first").await.expect("left");
        std::fs::write(at.join("y.carry"), "another's").expect("written");
        std::fs::write(at.join("x.part"), "left over from a stick pulled out").expect("written");
        put(&at, &stick, &[7; WRITE_BYTES + 9]).await.expect("replaced");
        assert_eq!(std::fs::read(&stick).expect("there").len(), WRITE_BYTES + 9);
        let mut names: Vec<_> = std::fs::read_dir(&at)
            .expect("there")
            .map(|entry| entry.expect("read").file_name().into_string().expect("plain"))
            .collect();
        names.sort();
        assert_eq!(names, ["x.carry", "y.carry"]);
    }

    #[tokio::test]
    async fn a_file_of_another_network_is_not_read_and_a_pipe_is_no_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("z.carry");
        let mut bytes = carry_file::head(b"network1");
        carry_file::add_frame(&mut bytes, b"sealed");
        std::fs::write(&path, &bytes).expect("written");
        let length = bytes.len() as u64;
        assert_eq!(read(&path, length, None).await, Ok(bytes.clone()));
        assert_eq!(read(&path, length, Some(b"network1")).await, Ok(bytes));
        assert_eq!(read(&path, length, Some(b"network2")).await, Err("carry_other_network"));
        assert_eq!(read(&path, 1 << 40, None).await, Err("carry_too_long"));
        std::os::unix::fs::symlink("/dev/zero", folder.path().join("w.carry")).expect("linked");
        assert_eq!(files(folder.path()).await.expect("read").len(), 1);
    }

    #[test]
    fn trouble_names_what_to_do() {
        for (kind, word) in [
            (ErrorKind::StorageFull, "还需 2 kB"),
            (ErrorKind::ReadOnlyFilesystem, "写保护"),
            (ErrorKind::Other, "插好"),
        ] {
            let said = trouble(Path::new("/media/usb/x.carry"), 1_500, &Error::from(kind));
            assert!(said.contains(word) && said.contains(" / "), "{said}");
        }
    }
}
