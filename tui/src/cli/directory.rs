//! `directory list|import|export`: who is who, as lists, from tables, and as a signed file.

use std::fs;
use std::path::{Path, PathBuf};

use sanduan_protocol::base::caps::TABLES_BYTES_MAX;
use sanduan_protocol::local::request::{ImportDraft, TABLE_FILES, TableFile};
use sanduan_protocol::local::rows::{ChangeKind, ImportRow, ListRows};
use sanduan_protocol::local::{Reply, Request};

use super::args_directory::DirectoryCommand;
use super::carry;
use super::choice::{self, named};
use super::session::{CommandError, Session};
use crate::lang::{Lang, cell, column, fill, io_words};
use crate::paint::table::{Side, Table};

/// `sanduan directory …`.
pub fn directory(session: &mut Session, command: DirectoryCommand) -> Result<(), CommandError> {
    match command {
        DirectoryCommand::List { list, in_use } => show(session, list, in_use),
        DirectoryCommand::Import { paths, dry_run, withdraw } => {
            import(session, &paths, dry_run, withdraw)
        }
        DirectoryCommand::Export { file } => {
            carry::save_file(session, &Request::ExportDirectory, &file)
        }
    }
}

fn show(session: &mut Session, list: &str, in_use: bool) -> Result<(), CommandError> {
    let mut rows = match session.feed.ask(&Request::DirectoryList { list: list.to_owned() })? {
        Reply::DirectoryList(rows) => *rows,
        _ => return Err(session.unexpected()),
    };
    if in_use {
        rows.entries.retain(|entry| !entry.withdrawn);
    }
    if session.json {
        return session.line(&serde_json::json!(rows).to_string());
    }
    print_list(session, &rows)
}

fn print_list(session: &mut Session, rows: &ListRows) -> Result<(), CommandError> {
    let (text, lang) = (session.lang.directory(), session.lang);
    let mut columns =
        vec![(text.number, Side::Right), (text.code, Side::Left), (text.name, Side::Left)];
    // A template's name is its Chinese text already; the other language is for --json.
    let shown = |name: &&String| name.as_str() != "zh" && (lang == Lang::En || *name != "en");
    let named: Vec<&String> = rows.columns.iter().filter(shown).collect();
    columns.extend(named.iter().map(|name| (column(name, lang), Side::Left)));
    columns.push((text.state, Side::Left));
    let mut table = Table::new(&columns);
    for entry in &rows.entries {
        let mut cells = vec![entry.index.to_string(), entry.code.clone(), entry.name.clone()];
        let field = |name: &String| entry.fields.get(name).map_or("", String::as_str);
        cells.extend(named.iter().map(|name| cell(name, field(name), lang)));
        cells.push(if entry.withdrawn { text.withdrawn } else { text.in_use }.to_owned());
        table.row(cells);
    }
    session.table(&table)
}

fn import(
    session: &mut Session,
    paths: &[PathBuf],
    dry_run: bool,
    withdraw: bool,
) -> Result<(), CommandError> {
    let text = session.lang.directory();
    let is_table = |path: &PathBuf| path.is_dir() || path.extension().is_some_and(|it| it == "csv");
    if !paths.iter().all(is_table) {
        return match paths {
            [file] if !dry_run && !withdraw => carry::import(session, file),
            _ => Err(CommandError::Usage(text.mixed.to_owned())),
        };
    }
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(folder(session, path)?);
        } else {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            files.push(table(session, path, name.unwrap_or_default())?);
        }
    }
    let draft = ImportDraft { files, dry_run, withdraw };
    match session.ask(&Request::ImportDirectory(draft))? {
        None => Ok(()),
        Some(Reply::Imported(done)) => print_import(session, &done),
        Some(_) => Err(session.unexpected()),
    }
}

/// Every table of a folder; other files are passed over.
fn folder(session: &Session, folder: &Path) -> Result<Vec<TableFile>, CommandError> {
    let found = TABLE_FILES.into_iter().filter(|name| folder.join(name).is_file());
    let files: Vec<TableFile> = found
        .map(|name| table(session, &folder.join(name), name.to_owned()))
        .collect::<Result<_, _>>()?;
    if files.is_empty() {
        let known = TABLE_FILES.join(", ");
        let sentence = fill(session.lang.directory().no_tables, &[&folder.display(), &known]);
        return Err(CommandError::Local(sentence));
    }
    Ok(files)
}

fn table(session: &Session, path: &Path, name: String) -> Result<TableFile, CommandError> {
    let unreadable = |error: std::io::Error| {
        CommandError::Local(fill(
            session.text().file_unreadable,
            &[&path.display(), &io_words(&error, session.lang)],
        ))
    };
    if fs::metadata(path).map_err(unreadable)?.len() > TABLES_BYTES_MAX as u64 {
        let words = fill(session.text().file_too_long, &[&path.display(), &TABLES_BYTES_MAX]);
        return Err(CommandError::Local(words));
    }
    let text = String::from_utf8(fs::read(path).map_err(unreadable)?).map_err(|error| {
        let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + sound.iter().filter(|byte| **byte == b'\n').count();
        CommandError::Local(fill(session.lang.directory().no_utf8, &[&path.display(), &line]))
    })?;
    Ok(TableFile { name, text })
}

fn print_import(session: &mut Session, done: &ImportRow) -> Result<(), CommandError> {
    let text = session.lang.directory();
    let mut table = Table::new(&[
        (text.change, Side::Left),
        (text.list, Side::Left),
        (text.number, Side::Right),
        (text.code, Side::Left),
        (text.name, Side::Left),
    ]);
    for row in &done.changes {
        let change = match row.change {
            ChangeKind::Added => text.added,
            ChangeKind::Changed => text.changed,
            ChangeKind::Restored => text.restored,
            ChangeKind::Withdrawn => text.gone,
            ChangeKind::Missing => text.missing,
            ChangeKind::StillNamed => text.still_named,
        };
        let list = named(choice::LISTS, &row.list, session.lang).to_owned();
        let number = row.index.to_string();
        table.row(vec![change.to_owned(), list, number, row.code.clone(), row.name.clone()]);
    }
    if !table.is_empty() {
        session.table(&table)?;
    }
    if done.changes.iter().any(|row| row.change == ChangeKind::Missing) {
        session.line(text.hint)?;
    }
    match (done.records, done.dry_run) {
        (0, _) => session.line(text.no_change),
        (records, true) => session.line(&fill(text.would, &[&records, &done.bytes])),
        (records, false) => session.line(&fill(text.done, &[&records, &done.bytes])),
    }
}
