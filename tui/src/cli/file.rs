//! `file send|list|fetch|save`: attachments.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use clap::Subcommand;
use sanduan_protocol::base::caps::FILE_BYTES_MAX;
use sanduan_protocol::base::ids::SpokenId;
use sanduan_protocol::local::request::FileDraft;
use sanduan_protocol::local::rows::FileRow;
use sanduan_protocol::local::{Reply, Request};

use super::carry::write_whole;
use super::session::{CommandError, Session};
use crate::lang::{FileTexts, fill, io_words};
use crate::paint::table::{Side, Table};

/// How often progress is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Columns of the bar.
const BAR_COLUMNS: u64 = 30;

/// What to do with attachments.
#[derive(Debug, Subcommand)]
pub enum FileCommand {
    /// 附上照片、扫描件：只传说明，正文走宽带 / Attach a photo or sheet; the file itself needs broadband
    #[command(after_help = "例 Example: sanduan file send 塌方.jpg --order 1-12 --note 左岸")]
    Send {
        /// 文件 / The file
        path: PathBuf,
        /// 所属指令 / The order that it belongs to
        #[arg(long)]
        order: Option<SpokenId>,
        /// 说明 / What is seen on it
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
        /// 谁附上 / Who attaches it
        #[arg(long)]
        person: Option<String>,
    },
    /// 附件列表 / List attachments
    List,
    /// 取回一个附件，可中断续取 / Fetch one; resumed after a cut
    #[command(after_help = "例 Example: sanduan file fetch 4-17")]
    Fetch {
        /// 摘要(至少 8 位)或编号 / Hash (8 digits at least) or number
        file: String,
        /// 只登记，不等取完 / Only note it, do not wait
        #[arg(long)]
        no_wait: bool,
    },
    /// 另存到文件 / Save one as a file
    #[command(after_help = "例 Example: sanduan file save 4-17 塌方.jpg")]
    Save {
        /// 摘要(至少 8 位)或编号 / Hash (8 digits at least) or number
        file: String,
        /// 存到哪里 / Where to
        path: PathBuf,
    },
}

/// `sanduan file …`.
pub fn file(session: &mut Session, command: FileCommand) -> Result<(), CommandError> {
    match command {
        FileCommand::Send { path, order, note, person } => {
            send(session, &path, FileDraft { about: order, note, person, ..FileDraft::default() })
        }
        FileCommand::List => list(session),
        FileCommand::Fetch { file, no_wait } => fetch(session, file, no_wait),
        FileCommand::Save { file, path } => save(session, file, &path),
    }
}

fn texts(session: &Session) -> &'static FileTexts {
    session.lang.file()
}

fn send(session: &mut Session, path: &Path, draft: FileDraft) -> Result<(), CommandError> {
    let unreadable = |error: io::Error| {
        CommandError::Local(fill(
            session.text().file_unreadable,
            &[&path.display(), &io_words(&error, session.lang)],
        ))
    };
    let bytes = fs::metadata(path).map_err(unreadable)?.len();
    if bytes > FILE_BYTES_MAX {
        let sentence = fill(texts(session).too_long, &[&path.display(), &bytes, &FILE_BYTES_MAX]);
        return Err(CommandError::Local(sentence));
    }
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| CommandError::Usage(fill(texts(session).no_name, &[&path.display()])))?;
    let bytes = fs::read(path).map_err(unreadable)?;
    let draft = FileDraft { name: name.to_owned(), mime: mime_of(name).to_owned(), ..draft };
    match session.ask(&Request::SendFile { draft, bytes })? {
        None => Ok(()),
        Some(Reply::FileSaved { id, hash }) => {
            session.line(&fill(texts(session).attached, &[&name, &id, &hash]))
        }
        Some(_) => Err(session.unexpected()),
    }
}

fn list(session: &mut Session) -> Result<(), CommandError> {
    let files = match session.ask(&Request::Files)? {
        Some(Reply::Files { files }) => files,
        Some(_) => return Err(session.unexpected()),
        None => return Ok(()),
    };
    let (text, words) = (session.text(), texts(session));
    let mut table = Table::new(&[
        (words.number, Side::Left),
        (words.name, Side::Left),
        (words.size, Side::Right),
        (words.here, Side::Left),
        (words.about, Side::Left),
        (text.unit, Side::Left),
        (text.age, Side::Right),
        (words.hash, Side::Left),
    ]);
    for row in &files {
        table.row(vec![
            row.id.to_string(),
            row.name.clone(),
            size(row.bytes),
            here(words, row),
            row.about.map_or_else(|| "--".to_owned(), |about| about.to_string()),
            row.unit_name.clone(),
            session.age(row.at_ms),
            row.hash.chars().take(8).collect(),
        ]);
    }
    session.table(&table)
}

fn fetch(session: &mut Session, file: String, no_wait: bool) -> Result<(), CommandError> {
    let words = texts(session);
    let first = match session.feed.ask(&Request::FetchFile { file })? {
        Reply::File(row) => *row,
        _ => return Err(session.unexpected()),
    };
    let mut row = first;
    let shows = io::stderr().is_terminal() && !session.json;
    while row.held_bytes < row.bytes && !no_wait {
        if shows {
            // Without a terminal there is nobody to show it to.
            let _ = write!(io::stderr().lock(), "\r{}", bar(&row));
        }
        thread::sleep(LOOK_EVERY);
        row = again(session, &row)?;
    }
    if shows {
        let _ = writeln!(io::stderr().lock(), "\r{}", bar(&row));
    }
    if session.json {
        let line = serde_json::to_string(&row).unwrap_or_default();
        return session.line(&line);
    }
    let sentence = if row.held_bytes < row.bytes { words.wanted } else { words.fetched };
    session.line(&fill(sentence, &[&row.name]))
}

fn again(session: &mut Session, row: &FileRow) -> Result<FileRow, CommandError> {
    match session.feed.ask(&Request::Files)? {
        Reply::Files { files } => {
            let found = files.into_iter().find(|other| other.hash == row.hash);
            found.ok_or_else(|| session.unexpected())
        }
        _ => Err(session.unexpected()),
    }
}

fn save(session: &mut Session, file: String, path: &Path) -> Result<(), CommandError> {
    let Reply::FileBytes { bytes } = session.feed.ask(&Request::OpenFile { file })? else {
        return Err(session.unexpected());
    };
    write_whole(path, &bytes, 0o640, session.lang)?;
    if session.json {
        let name = path.display().to_string();
        let line = serde_json::json!({ "file": name, "bytes": bytes.len() });
        return session.line(&line.to_string());
    }
    session.line(&fill(texts(session).saved, &[&path.display()]))
}

fn here(words: &FileTexts, row: &FileRow) -> String {
    match (row.held_bytes, row.fetching) {
        (held, _) if held >= row.bytes => words.whole.to_owned(),
        (_, true) => fill(words.fetching, &[&percent(row)]),
        (0, false) => words.absent.to_owned(),
        (_, false) => fill(words.part, &[&percent(row)]),
    }
}

fn percent(row: &FileRow) -> u64 {
    row.held_bytes.min(row.bytes) * 100 / row.bytes.max(1)
}

fn bar(row: &FileRow) -> String {
    let done = (percent(row) * BAR_COLUMNS / 100) as usize;
    let rest = BAR_COLUMNS as usize - done;
    format!(
        "[{}{}] {:>3}% {} / {}",
        "#".repeat(done),
        "-".repeat(rest),
        percent(row),
        size(row.held_bytes),
        size(row.bytes)
    )
}

/// Bytes as people read them.
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} kB", bytes.div_ceil(1024)),
        _ => format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

/// What a file is, by the end of its name.
fn mime_of(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "heic" => "image/heic",
        "pdf" => "application/pdf",
        "mp4" => "video/mp4",
        "txt" => "text/plain",
        "csv" => "text/csv",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_shows_the_share_that_is_here_and_sizes_are_read_at_a_glance() {
        let id =
            SpokenId { author: sanduan_protocol::base::ids::DeviceId(1), incarnation: 0, seq: 1 };
        let row = FileRow {
            id,
            hash: String::new(),
            name: String::new(),
            mime: String::new(),
            bytes: 4 * 1_048_576,
            about: None,
            note: String::new(),
            unit_name: String::new(),
            person: String::new(),
            at_ms: 0,
            held_bytes: 1_048_576,
            fetching: true,
        };
        assert_eq!(bar(&row), "[#######-----------------------]  25% 1.0 MB / 4.0 MB");
        assert_eq!(["a.JPG", "b.pdf", "c"].map(mime_of)[..2], ["image/jpeg", "application/pdf"]);
        assert_eq!([0, 1500, 5_000_000].map(size), ["0 B", "2 kB", "4.7 MB"]);
    }
}
