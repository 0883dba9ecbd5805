//! `carry qr` and `carry scan`: a short bundle as codes on the screen, and the lines that a hand
//! scanner types. How bytes become texts and texts become bytes is the daemon's.

use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sanduan_protocol::base::caps::{ARMOR_TEXT_BYTES_MAX, SCAN_LINES_MAX};
use sanduan_protocol::local::{Reply, Request};
use serde_json::json;

use super::args_carry::{QrArgs, ScanArgs};
use super::session::{CommandError, Session};
use crate::feed::{FeedError, bare};
use crate::lang::{fill, io_words};
use crate::paint::qr::{self, Ink};

/// Lines of a page beside the code: what it is, and what may be pressed.
const AROUND_ROWS: usize = 2;
/// Where there is no terminal to ask: a page of 80 by 24.
const PAGE: (u16, u16) = (80, 24);
/// White on black, whatever the terminal's own colours: readers need light modules lighter.
const COLOURED: (&str, &str) = ("\x1b[97;40m", "\x1b[0m");

/// `sanduan carry qr`.
pub fn show(session: &mut Session, args: &QrArgs) -> Result<(), CommandError> {
    let text = session.lang.carry();
    let ink = if session.ascii { Ink::Ascii } else { Ink::Blocks };
    let is_screen = io::stdout().is_terminal();
    let Some(version) = args.size.or_else(|| version_that_fits(ink, is_screen)) else {
        return Err(CommandError::Local(text.terminal_small.to_owned()));
    };
    let for_device = args.for_device.clone();
    let (bytes_max, chars_max) = (args.max_bytes, qr::chars(version));
    let wish = Request::CarrySheets { for_device, bytes_max, chars_max };
    let reply = session.feed.ask(&wish)?;
    let Reply::CarrySheets { sheets, records, left_out } = &reply else {
        return Err(session.unexpected());
    };
    if session.json {
        return session.line(&bare(&reply).to_string());
    }
    session.banners()?;
    if *records == 0 {
        session.line(text.sheets_none)?;
    }
    if *left_out > 0 {
        session.line(&fill(text.left_out, &[left_out]))?;
    }
    let pages = Pages { sheets, records: *records, version, ink };
    match (is_screen && io::stdin().is_terminal(), args.interval) {
        (true, Some(pause_s)) => pages.pass(session, Duration::from_secs(u64::from(pause_s))),
        (true, None) => pages.turn(session, &mut io::stdin().lock()),
        (false, _) => (0..sheets.len()).try_for_each(|at| pages.print(session, at)),
    }
}

/// `sanduan device qr`: a request or join file as one code.
pub fn show_file(session: &mut Session, file: &Path) -> Result<(), CommandError> {
    let unreadable = |error: &dyn std::fmt::Display| {
        let sentence = fill(session.text().file_unreadable, &[&file.display(), error]);
        CommandError::Local(sentence)
    };
    let known = fs::metadata(file).map_err(|error| unreadable(&error))?;
    let too_long = fill(session.lang.carry().text_too_long, &[&file.display()]);
    if known.len() > ARMOR_TEXT_BYTES_MAX as u64 {
        return Err(CommandError::Local(too_long));
    }
    let text = fs::read_to_string(file).map_err(|error| unreadable(&error))?;
    let ink = if session.ascii { Ink::Ascii } else { Ink::Blocks };
    let lines = qr::draw(text.trim(), None, ink).ok_or(CommandError::Local(too_long))?;
    if let Some(window) = window().filter(|window| !fits(&lines, *window)) {
        let (wide, high) = taken(&lines);
        let words = [wide, high, usize::from(window.0), usize::from(window.1)];
        let [wide, high, columns, rows] = &words;
        let sentence = fill(session.lang.carry().code_beyond, &[wide, high, columns, rows]);
        return Err(CommandError::Local(sentence));
    }
    code_lines(session, &lines)
}

/// Columns and rows that a code takes, with the line below it where one goes on typing.
fn taken(lines: &[String]) -> (usize, usize) {
    (lines.first().map_or(0, |line| line.chars().count()), lines.len() + 1)
}

fn fits(lines: &[String], (columns, rows): (u16, u16)) -> bool {
    let (wide, high) = taken(lines);
    wide <= usize::from(columns) && high <= usize::from(rows)
}

/// Columns and rows of the terminal, if somebody reads there.
fn window() -> Option<(u16, u16)> {
    let asked = io::stdout().is_terminal().then(ratatui::crossterm::terminal::size);
    asked.and_then(Result::ok).filter(|(columns, rows)| *columns > 0 && *rows > 0)
}

fn version_that_fits(ink: Ink, is_screen: bool) -> Option<u8> {
    let (columns, rows) = window().unwrap_or(PAGE);
    if !is_screen && ink == Ink::Ascii {
        // Paper is as long as it must be.
        return Some(qr::VERSION_MIN + 1);
    }
    ink.version_for(usize::from(columns), usize::from(rows).saturating_sub(AROUND_ROWS))
}

fn code_lines(session: &mut Session, lines: &[String]) -> Result<(), CommandError> {
    let plain = !io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    let (begin, end) = if plain { ("", "") } else { COLOURED };
    for line in lines {
        writeln!(session.out, "{begin}{line}{end}")?;
    }
    Ok(())
}

/// A sequence of codes, paged through.
struct Pages<'a> {
    sheets: &'a [String],
    records: u32,
    version: u8,
    ink: Ink,
}

impl Pages<'_> {
    fn print(&self, session: &mut Session, at: usize) -> Result<(), CommandError> {
        let text = session.lang.carry();
        let lines = qr::draw(&self.sheets[at], Some(self.version), self.ink)
            .ok_or_else(|| session.unexpected())?;
        code_lines(session, &lines)?;
        let (number, total) = (at + 1, self.sheets.len());
        session.line(&fill(text.sheet_head, &[&number, &total, &self.records]))
    }

    /// Page by page, as somebody presses Enter.
    fn turn(&self, session: &mut Session, keys: &mut dyn BufRead) -> Result<(), CommandError> {
        let text = session.lang.carry();
        let mut at = 0;
        loop {
            self.print(session, at)?;
            write!(session.out, "{}", text.sheet_next)?;
            session.out.flush()?;
            let mut line = String::new();
            if keys.read_line(&mut line)? == 0 {
                return Ok(());
            }
            at = match (line.trim(), line.trim().parse::<usize>()) {
                ("q", _) => return Ok(()),
                ("b", _) => at.saturating_sub(1),
                (_, Ok(number)) if (1..=self.sheets.len()).contains(&number) => number - 1,
                _ if at + 1 < self.sheets.len() => at + 1,
                _ => return Ok(()),
            };
        }
    }

    /// Page by page, round and round until it is ended with Ctrl-C.
    fn pass(&self, session: &mut Session, pause: Duration) -> Result<(), CommandError> {
        for at in (0..self.sheets.len()).cycle() {
            self.print(session, at)?;
            session.out.flush()?;
            std::thread::sleep(pause);
        }
        Ok(())
    }
}

/// `sanduan carry scan`.
pub fn scan(session: &mut Session, args: &ScanArgs) -> Result<(), CommandError> {
    let unreadable = |file: &Path, error: io::Error, session: &Session| {
        let sentence = fill(
            session.text().file_unreadable,
            &[&file.display(), &io_words(&error, session.lang)],
        );
        CommandError::Local(sentence)
    };
    let kept_in = args.state.clone().unwrap_or_else(usual_state);
    match &args.file {
        Some(file) => {
            let from = fs::File::open(file).map_err(|error| unreadable(file, error, session))?;
            scan_lines(session, &kept_in, &mut BufReader::new(from))
        }
        None => scan_lines(session, &kept_in, &mut io::stdin().lock()),
    }
}

/// Takes lines until the sequence is whole; what was good is kept in a file after every line.
pub(super) fn scan_lines(
    session: &mut Session,
    kept_in: &Path,
    from: &mut dyn BufRead,
) -> Result<(), CommandError> {
    let text = session.lang.carry();
    let is_told = !session.json;
    let mut kept = read_kept(kept_in);
    if is_told && !kept.is_empty() {
        session.line(&fill(text.scan_resumed, &[&kept_in.display()]))?;
    } else if is_told && io::stdin().is_terminal() {
        session.line(text.scan_begin)?;
    }
    let mut lacking = None;
    for line in from.lines() {
        let line = line?.trim().to_owned();
        if line.is_empty() || line.len() > ARMOR_TEXT_BYTES_MAX {
            continue;
        }
        if kept.len() >= SCAN_LINES_MAX {
            let sentence = fill(text.scan_full, &[&kept.len(), &kept_in.display()]);
            return Err(CommandError::Local(sentence));
        }
        let is_new = !kept.contains(&line);
        if is_new {
            kept.push(line.clone());
        }
        let reply = ask(session, kept_in, &kept)?;
        let Reply::CarryScanned { total, missing, bad_lines, .. } = &reply else {
            return Err(session.unexpected());
        };
        let own = kept.len() as u32;
        if let Some((_, word)) = bad_lines.iter().find(|(number, _)| is_new && *number == own) {
            kept.pop();
            if is_told {
                session.line(&fill(text.scan_bad, &[word]))?;
            }
            continue;
        }
        if *total > 0 && missing.is_empty() {
            return finish(session, kept_in, &reply);
        }
        if is_new {
            keep(session, kept_in, &line)?;
        }
        let have = usize::from(*total) - missing.len();
        if is_told {
            session.line(&fill(text.scan_have, &[&have, total, &numbers(missing)]))?;
        }
        lacking = Some(numbers(missing));
    }
    Err(CommandError::Local(match lacking {
        Some(numbers) => fill(text.scan_paused, &[&numbers, &kept_in.display()]),
        None => text.scan_nothing.to_owned(),
    }))
}

/// Asks; a whole sequence that is refused is of no more use, and is forgotten.
fn ask(session: &mut Session, kept_in: &Path, lines: &[String]) -> Result<Reply, CommandError> {
    let reply = session.feed.ask(&Request::CarryScan { lines: lines.to_vec() });
    if matches!(reply, Err(FeedError::Refused(_))) {
        // If there is no such file, nothing was kept.
        let _ = fs::remove_file(kept_in);
    }
    Ok(reply?)
}

fn finish(session: &mut Session, kept_in: &Path, reply: &Reply) -> Result<(), CommandError> {
    let _ = fs::remove_file(kept_in);
    let Reply::CarryScanned { total, new, known, refused, .. } = reply else {
        return Err(session.unexpected());
    };
    if session.json {
        let value = json!({ "total": total, "new": new, "known": known, "refused": refused });
        return session.line(&value.to_string());
    }
    let text = session.text();
    session.line(&fill(text.taken, &[new, known]))?;
    for (reason, count) in refused {
        session.line(&fill(text.not_taken, &[reason, count]))?;
    }
    Ok(())
}

fn numbers(missing: &[u8]) -> String {
    missing.iter().map(u8::to_string).collect::<Vec<_>>().join("、")
}

/// Lines of an earlier scan. A file that cannot be read is as good as none.
fn read_kept(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.take(SCAN_LINES_MAX).map(str::to_owned).collect()
}

fn keep(session: &Session, file: &Path, line: &str) -> Result<(), CommandError> {
    let kept = || {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut to = OpenOptions::new().append(true).create(true).open(file)?;
        writeln!(to, "{line}")
    };
    kept().map_err(|error| {
        let sentence = fill(
            session.text().file_unwritable,
            &[&file.display(), &io_words(&error, session.lang)],
        );
        CommandError::Local(sentence)
    })
}

/// Where an unfinished scan is kept (XDG Base Directory Specification, `XDG_STATE_HOME`).
fn usual_state() -> PathBuf {
    let folder = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")));
    state.unwrap_or_default().join("sanduan").join("scan.txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_fits_a_small_window_and_a_join_file_is_not_drawn_there() {
        let code = |chars: usize| qr::draw(&"A".repeat(chars), None, Ink::Blocks).expect("drawn");
        assert!(fits(&code(60), (80, 24)), "{:?}", taken(&code(60)));
        let join = code(811);
        assert!(!fits(&join, (80, 24)) && !fits(&join, (200, 24)), "{:?}", taken(&join));
        let (wide, high) = taken(&join);
        assert!(fits(&join, (wide as u16, high as u16)));
    }
}
