//! `carry export|import`: records as a file that people carry.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use sanduan_protocol::base::caps::CARRY_BYTES_MAX;
use sanduan_protocol::local::{RefusalCode, Reply, Request, carry_file};

use super::args_carry::CarryCommand;
use super::progress::Progress;
use super::session::{CommandError, Session};
use super::sheets;
use crate::feed::{FeedError, bare};
use crate::lang::{Lang, fill, io_words};

/// Bytes written to a stick between two looks at how far it is.
const WRITE_BYTES: usize = 512 * 1024;

/// `sanduan carry …`.
pub fn carry(session: &mut Session, command: CarryCommand) -> Result<(), CommandError> {
    match command {
        CarryCommand::Export { file, for_device } => export(session, &file, for_device),
        CarryCommand::Import { file } => import(session, &file),
        CarryCommand::Qr(args) => sheets::show(session, &args),
        CarryCommand::Scan(args) => sheets::scan(session, &args),
    }
}

fn export(
    session: &mut Session,
    file: &Path,
    for_device: Option<String>,
) -> Result<(), CommandError> {
    save_file(session, &Request::CarryExport { for_device }, file)
}

/// Asks for a file to be carried and writes it.
///
/// # Errors
/// What the daemon refuses, or the disk.
pub fn save_file(
    session: &mut Session,
    request: &Request,
    file: &Path,
) -> Result<(), CommandError> {
    let text = session.text();
    let patience = Patience::begin(session.lang);
    let reply = session.feed.ask(request)?;
    let Reply::CarryFile { bytes, records } = reply else {
        return Err(session.unexpected());
    };
    drop(patience);
    write_whole(file, &bytes, 0o640, session.lang)?;
    if session.json {
        let name = file.display().to_string();
        let line = serde_json::json!({ "file": name, "records": records, "bytes": bytes.len() });
        return session.line(&line.to_string());
    }
    session.line(&fill(text.exported, &[&file.display(), &records, &bytes.len()]))
}

/// Takes a carried file in.
///
/// # Errors
/// It cannot be read, or the daemon refuses it whole.
pub fn import(session: &mut Session, file: &Path) -> Result<(), CommandError> {
    let text = session.text();
    let unreadable = |error: io::Error| {
        CommandError::Local(fill(
            text.file_unreadable,
            &[&file.display(), &io_words(&error, session.lang)],
        ))
    };
    let length = fs::metadata(file).map_err(unreadable)?.len();
    if length > CARRY_BYTES_MAX as u64 {
        let sentence = fill(text.file_too_long, &[&file.display(), &CARRY_BYTES_MAX]);
        return Err(CommandError::Local(sentence));
    }
    let bytes = fs::read(file).map_err(unreadable)?;
    let taken = take_in(session, &bytes)?;
    if session.json {
        let Taken { new, known, refused } = taken;
        let refused: Vec<(String, u32)> = refused.into_iter().collect();
        return session.line(&bare(&Reply::CarryTaken { new, known, refused }).to_string());
    }
    session.line(&fill(text.taken, &[&taken.new, &taken.known]))?;
    for (reason, count) in taken.refused {
        session.line(&fill(text.not_taken, &[&reason, &count]))?;
    }
    Ok(())
}

/// What became of a file, over all its pieces.
#[derive(Default)]
struct Taken {
    new: u32,
    known: u32,
    refused: BTreeMap<String, u32>,
}

/// Hands a file in piece by piece, so that a large one is seen to move on.
fn take_in(session: &mut Session, bytes: &[u8]) -> Result<Taken, CommandError> {
    let mut progress = Progress::begin(session.lang.carry().reading_in, bytes.len(), session.lang);
    let (mut taken, mut done, mut good) = (Taken::default(), 0, 0);
    let mut refusal = None;
    for piece in carry_file::pieces(bytes) {
        done += piece.len();
        match session.feed.ask(&Request::CarryImport { bytes: piece }) {
            Ok(Reply::CarryTaken { new, known, refused }) => {
                good += 1;
                taken.new += new;
                taken.known += known;
                for (reason, count) in refused {
                    *taken.refused.entry(reason).or_default() += count;
                }
            }
            Ok(_) => return Err(session.unexpected()),
            // One damaged piece does not spoil the others; it is counted.
            Err(FeedError::Refused(why)) if why.code == RefusalCode::BadFile => {
                *taken.refused.entry("damaged_piece".to_owned()).or_default() += 1;
                refusal.get_or_insert(why);
            }
            Err(error) => return Err(error.into()),
        }
        progress.at(done.min(bytes.len()));
    }
    match refusal {
        Some(why) if good == 0 => Err(FeedError::Refused(why).into()),
        Some(_) | None => Ok(taken),
    }
}

/// Writes a file so that it is there whole or not at all: beside it first, onto the disk, then
/// renamed over it. A stick pulled out too early leaves the old file.
///
/// # Errors
/// The folder or the disk refuses; the sentence names the file.
pub fn write_whole(file: &Path, bytes: &[u8], mode: u32, lang: Lang) -> Result<(), CommandError> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = write_beside(&beside, bytes, mode, lang)
        .and_then(|()| fs::rename(&beside, file))
        .and_then(|()| sync_folder(file));
    written.map_err(|error| {
        // Whatever is left over is useless; that it could not be removed changes nothing.
        let _ = fs::remove_file(&beside);
        CommandError::Local(match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                fill(lang.carry().disk_full, &[&file.display(), &bytes.len()])
            }
            _ => fill(lang.command().file_unwritable, &[&file.display(), &io_words(&error, lang)]),
        })
    })
}

fn write_beside(beside: &Path, bytes: &[u8], mode: u32, lang: Lang) -> io::Result<()> {
    let mut progress = Progress::begin(lang.carry().writing_out, bytes.len(), lang);
    let mut to = OpenOptions::new().write(true).create_new(true).mode(mode).open(beside)?;
    for (number, part) in bytes.chunks(WRITE_BYTES).enumerate() {
        to.write_all(part)?;
        // A slow stick takes the time here, where it is seen, and not at the end.
        to.sync_data()?;
        progress.at(number * WRITE_BYTES + part.len());
    }
    to.sync_all()
}

fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    match fs::File::open(folder).and_then(|folder| folder.sync_all()) {
        // FAT and network folders cannot be synced; the rename stands all the same.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        synced => synced,
    }
}

/// Says on standard error, once a second, that the daemon is still at work, until dropped. Only
/// for people: a script's log is not filled with it.
struct Patience {
    done: Option<mpsc::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Patience {
    fn begin(lang: Lang) -> Patience {
        if !io::stderr().is_terminal() {
            return Patience { done: None, thread: None };
        }
        let (done, finished) = mpsc::channel::<()>();
        let start = Instant::now();
        let thread = thread::spawn(move || {
            let second = Duration::from_secs(1);
            while finished.recv_timeout(second) == Err(mpsc::RecvTimeoutError::Timeout) {
                let elapsed_s = start.elapsed().as_secs();
                let line = fill(lang.command().working, &[&elapsed_s]);
                let _ = write!(io::stderr().lock(), "\r{line}");
            }
            if start.elapsed() >= second {
                let _ = writeln!(io::stderr().lock());
            }
        });
        Patience { done: Some(done), thread: Some(thread) }
    }
}

impl Drop for Patience {
    fn drop(&mut self) {
        self.done.take();
        if let Some(thread) = self.thread.take() {
            // It ends at once, because the channel is closed; if it panicked, nothing is lost.
            let _ = thread.join();
        }
    }
}
