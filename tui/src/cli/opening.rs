//! `stock import`: opening stock from a CSV file with the header `depot,item,quantity`. The whole
//! file is read and every line checked against the directory before anything is sent, and all of
//! it goes in one request, which the daemon saves whole or not at all: one bad line, and nothing
//! changes. The error names the line, the column and what to do.

use std::collections::BTreeMap;
use std::path::Path;

use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::local::request::{
    LineDraft, MOVEMENTS_PER_REQUEST_MAX, MovementDraft, MovementKind,
};
use sanduan_protocol::local::{Reply, Request, rows};

use super::session::{CommandError, Session};
use crate::lang::{CommandTexts, Lang, fill, io_words};

/// Lines of one movement: a record holds 64, and its note and person need room too.
const LINES_PER_MOVEMENT: usize = 60;
/// Bytes of a file: a hundred thousand lines of ordinary length.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Names offered when one is not known.
const OFFERS_MAX: usize = 8;

/// A line that was checked: codes instead of names.
struct Checked {
    line: u64,
    depot: String,
    item: String,
    quantity: Quantity,
}

/// `sanduan stock import FILE`.
pub fn import(
    session: &mut Session,
    file: &Path,
    person: Option<String>,
) -> Result<(), CommandError> {
    let text = session.text();
    let refuse = |sentence: String| {
        CommandError::Local(format!("{}: {sentence} {}", file.display(), text.import_nothing))
    };
    let raw = read(file, text, session.lang).map_err(refuse)?;
    let Reply::Directory(directory) = session.feed.ask(&Request::Directory)? else {
        return Err(session.unexpected());
    };
    let checked = check(&raw, &directory, text).map_err(refuse)?;
    if checked.is_empty() {
        return Err(refuse(fill(text.csv_empty, &[&file.display()])));
    }
    let line_count = checked.len();
    let movements = movements(checked, file, person.as_deref());
    if movements.len() > MOVEMENTS_PER_REQUEST_MAX {
        let limit = MOVEMENTS_PER_REQUEST_MAX * LINES_PER_MOVEMENT;
        return Err(refuse(fill(text.csv_too_many, &[&line_count, &limit])));
    }
    let mut depots: Vec<&str> = movements.iter().map(|draft| draft.depot.as_str()).collect();
    depots.dedup();
    let depot_count = depots.len();
    match session.ask(&Request::PostMovements { movements })? {
        None => Ok(()),
        Some(Reply::Saved { records, .. }) => {
            session.line(&fill(text.import_done, &[&line_count, &depot_count, &records]))
        }
        Some(_) => Err(session.unexpected()),
    }
}

fn read(file: &Path, text: &CommandTexts, lang: Lang) -> Result<Vec<u8>, String> {
    let unreadable = |error: std::io::Error| fill(text.csv_unreadable, &[&io_words(&error, lang)]);
    let length = std::fs::metadata(file).map_err(unreadable)?.len();
    if length > FILE_BYTES_MAX {
        return Err(fill(text.file_too_long, &[&file.display(), &FILE_BYTES_MAX]));
    }
    std::fs::read(file).map_err(unreadable)
}

/// Every line, checked; the first wrong one is the error.
fn check(
    raw: &[u8],
    directory: &rows::DirectoryRows,
    text: &CommandTexts,
) -> Result<Vec<Checked>, String> {
    // Spreadsheets put a byte order mark before the first heading.
    let raw = raw.strip_prefix("\u{feff}".as_bytes()).unwrap_or(raw);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(raw);
    let headings = reader.headers().map_err(|error| fill(text.csv_broken, &[&1, &error]))?.clone();
    let column = |name: &str| {
        let place = headings.iter().position(|heading| heading.eq_ignore_ascii_case(name));
        place.ok_or_else(|| fill(text.csv_no_column, &[&name]))
    };
    let columns = (column("depot")?, column("item")?, column("quantity")?);
    let mut checked: Vec<Checked> = Vec::new();
    let mut seen: BTreeMap<(String, String), u64> = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            fill(text.csv_broken, &[&line, &error])
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |place: usize| record.get(place).unwrap_or_default();
        let depot = depot(cell(columns.0), line, directory, text)?;
        let item = item(cell(columns.1), line, directory, text)?;
        let quantity = quantity(cell(columns.2), line, text)?;
        if let Some(earlier) = seen.insert((depot.clone(), item.clone()), line) {
            return Err(fill(text.csv_twice, &[&line, &depot, &item, &earlier]));
        }
        checked.push(Checked { line, depot, item, quantity });
    }
    Ok(checked)
}

fn depot(
    typed: &str,
    line: u64,
    directory: &rows::DirectoryRows,
    text: &CommandTexts,
) -> Result<String, String> {
    let all = || directory.depots.iter().map(|row| (row.code.as_str(), row.name.as_str()));
    match named(typed, all()) {
        Found::One(code) => Ok(code),
        Found::Several(codes) => {
            Err(fill(text.csv_ambiguous, &[&line, &"depot", &typed, &codes.join(" ")]))
        }
        Found::None => Err(fill(text.csv_depot, &[&line, &typed, &offers(typed, all())])),
    }
}

fn item(
    typed: &str,
    line: u64,
    directory: &rows::DirectoryRows,
    text: &CommandTexts,
) -> Result<String, String> {
    let all = || directory.items.iter().map(|row| (row.code.as_str(), row.name.as_str()));
    match named(typed, all()) {
        Found::One(code) => Ok(code),
        Found::Several(codes) => {
            Err(fill(text.csv_ambiguous, &[&line, &"item", &typed, &codes.join(" ")]))
        }
        Found::None => Err(fill(text.csv_item, &[&line, &typed, &offers(typed, all())])),
    }
}

fn quantity(typed: &str, line: u64, text: &CommandTexts) -> Result<Quantity, String> {
    match typed.parse::<Quantity>() {
        Ok(quantity) if quantity > Quantity::ZERO => Ok(quantity),
        Ok(_) | Err(_) => Err(fill(text.csv_quantity, &[&line, &typed])),
    }
}

/// What a typed name stands for.
enum Found {
    One(String),
    Several(Vec<String>),
    None,
}

/// The code for a typed code or name. A code wins over a name, because codes are unique.
fn named<'a>(typed: &str, all: impl Iterator<Item = (&'a str, &'a str)>) -> Found {
    let mut codes = Vec::new();
    for (code, name) in all {
        if !typed.is_empty() && code.eq_ignore_ascii_case(typed) {
            return Found::One(code.to_owned());
        }
        if !typed.is_empty() && name == typed {
            codes.push(code.to_owned());
        }
    }
    match codes.len() {
        0 => Found::None,
        1 => Found::One(codes.remove(0)),
        _ => Found::Several(codes),
    }
}

/// Entries that share a glyph with what was typed, most shared first; all when none does.
fn offers<'a>(typed: &str, all: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut near: Vec<(usize, String)> = all
        .map(|(code, name)| {
            let shared = typed.chars().filter(|c| name.contains(*c) || code.contains(*c)).count();
            (shared, format!("{code} {name}"))
        })
        .collect();
    near.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
    let names: Vec<String> = near.into_iter().take(OFFERS_MAX).map(|(_, name)| name).collect();
    names.join(", ")
}

/// Movements of at most [`LINES_PER_MOVEMENT`] lines, depot by depot.
fn movements(mut checked: Vec<Checked>, file: &Path, person: Option<&str>) -> Vec<MovementDraft> {
    checked.sort_by(|a, b| (&a.depot, a.line).cmp(&(&b.depot, b.line)));
    let note = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let of_depot = |a: &Checked, b: &Checked| a.depot == b.depot;
    checked
        .chunk_by(of_depot)
        .flat_map(|depot| depot.chunks(LINES_PER_MOVEMENT))
        .map(|lines| MovementDraft {
            kind: MovementKind::Opening,
            depot: lines[0].depot.clone(),
            lines: lines
                .iter()
                .map(|line| LineDraft { item: line.item.clone(), quantity: line.quantity })
                .collect(),
            party: String::new(),
            note: note.clone().unwrap_or_default(),
            person: person.map(str::to_owned),
        })
        .collect()
}
