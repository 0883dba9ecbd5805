//! One CSV file with a header line, bounded, read whole before anything is believed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sanduan_protocol::base::geo::Point;

use crate::said::Said;

/// Bytes of one table: 65,535 rows of ordinary length.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Mistakes shown at once; a file with more is of another kind altogether.
const MISTAKES_MAX: usize = 20;

/// What is wrong so far, over all files.
#[derive(Debug, Default)]
pub struct Mistakes {
    zh: Vec<String>,
    en: Vec<String>,
    count: usize,
}

impl Mistakes {
    /// A cell is wrong.
    pub fn add(&mut self, row: &Row<'_>, column: &str, zh: &str, en: &str) {
        let (path, line) = (row.table.path.display(), row.line());
        let found: String = row.text(column).chars().take(40).collect();
        self.push(
            format!("{path}:{line}: {column} 列「{found}」{zh}"),
            format!("{path}:{line}: column {column} \"{found}\" {en}"),
        );
    }

    fn push(&mut self, zh: String, en: String) {
        self.count += 1;
        if self.count <= MISTAKES_MAX {
            self.zh.push(zh);
            self.en.push(en);
        }
    }

    /// A file is wrong as a whole.
    pub fn add_file(&mut self, name: &str, zh: &str, en: &str) {
        let name: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
        self.push(format!("{name}: {zh}"), format!("{name}: {en}"));
    }

    /// Nothing is wrong, or everything that is.
    pub fn into_result(self) -> Result<(), Said> {
        if self.count == 0 {
            return Ok(());
        }
        let more = self.count.saturating_sub(MISTAKES_MAX);
        let (zh, en) = (self.zh.join("\n"), self.en.join("\n"));
        let (more_zh, more_en) = match more {
            0 => (String::new(), String::new()),
            more => (format!("\n还有 {more} 处"), format!("\nand {more} more")),
        };
        Err(Said::new(
            format!("未导入任何内容。\n{zh}{more_zh}"),
            format!("Nothing was imported:\n{en}{more_en}"),
        ))
    }
}

/// A table as read.
#[derive(Debug)]
pub struct Table {
    path: PathBuf,
    columns: BTreeMap<String, usize>,
    records: Vec<(u32, csv::StringRecord)>,
}

/// One line of a table.
#[derive(Debug)]
pub struct Row<'a> {
    table: &'a Table,
    line: u32,
    record: &'a csv::StringRecord,
}

impl Table {
    /// Read a file; `None` when there is none, or when it cannot be read (then it is a mistake).
    pub fn read(path: &Path, needed: &[&str], mistakes: &mut Mistakes) -> Option<Table> {
        let shown = path.display();
        let found = std::fs::metadata(path).ok()?;
        if found.len() > FILE_BYTES_MAX {
            mistakes.push(
                format!("{shown}: 文件过大，最多 {FILE_BYTES_MAX} 字节"),
                format!("{shown}: too large; at most {FILE_BYTES_MAX} bytes"),
            );
            return None;
        }
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let Said { zh, en } = Said::of_system(&error);
                mistakes.push(
                    format!("{shown}: 读不了（{zh}）"),
                    format!("{shown}: cannot be read ({en})"),
                );
                return None;
            }
        };
        Table::parse(path, &bytes, needed, mistakes)
    }

    /// Read the bytes of a file; `path` only names it in what is said of its mistakes.
    pub fn parse(
        path: &Path,
        bytes: &[u8],
        needed: &[&str],
        mistakes: &mut Mistakes,
    ) -> Option<Table> {
        let shown = path.display();
        // Spreadsheets write a byte order mark in front of UTF-8.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
        let columns: BTreeMap<String, usize> = match reader.headers() {
            Ok(names) => names.iter().enumerate().map(|(at, name)| (name.to_owned(), at)).collect(),
            Err(error) => {
                broken(path, &error, mistakes);
                return None;
            }
        };
        for name in needed.iter().filter(|name| !columns.contains_key(**name)) {
            mistakes.push(
                format!("{shown}:1: 缺少 {name} 列，请在首行补上"),
                format!("{shown}:1: the column {name} is missing; add it to the first line"),
            );
        }
        let mut table = Table { path: path.to_owned(), columns, records: Vec::new() };
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    table.records.push((u32::try_from(line).unwrap_or(u32::MAX), record));
                }
                Err(error) => broken(path, &error, mistakes),
            }
        }
        Some(table)
    }

    /// The lines below the header.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.records.iter().map(|(line, record)| Row { table: self, line: *line, record })
    }
}

fn broken(path: &Path, error: &csv::Error, mistakes: &mut Mistakes) {
    let shown = path.display();
    let line = error.position().map_or(1, csv::Position::line);
    let (zh, en) = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => (
            "不是 UTF-8 文字，请另存为 UTF-8".to_owned(),
            "is not UTF-8 text; save it as UTF-8".to_owned(),
        ),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => (
            format!("有 {len} 列，首行有 {expected_len} 列，请补齐"),
            format!("has {len} columns, the first line has {expected_len}; make them equal"),
        ),
        _ => (format!("无法读取({error})"), format!("cannot be read ({error})")),
    };
    mistakes.push(format!("{shown}:{line}: {zh}"), format!("{shown}:{line}: {en}"));
}

impl Row<'_> {
    /// Its line in the file, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// True if the table has this column.
    pub fn has(&self, column: &str) -> bool {
        self.table.columns.contains_key(column)
    }

    /// The text of a column; empty when the table has no such column.
    pub fn text(&self, column: &str) -> String {
        let at = self.table.columns.get(column);
        at.and_then(|at| self.record.get(*at)).unwrap_or_default().to_owned()
    }

    /// A whole number; empty means 0.
    pub fn count(&self, column: &str, mistakes: &mut Mistakes) -> u32 {
        let text = self.text(column);
        if text.is_empty() {
            return 0;
        }
        text.parse().unwrap_or_else(|_| {
            mistakes.add(self, column, "须为整数", "must be a whole number");
            0
        })
    }

    /// The point of the columns `lon` and `lat`, degrees, CGCS2000; both may be empty.
    pub fn point(&self, mistakes: &mut Mistakes) -> Option<Point> {
        let (lon, lat) = (self.text("lon"), self.text("lat"));
        if lon.is_empty() && lat.is_empty() {
            return None;
        }
        let mut degrees = |column: &str, text: &str, limit: f64| {
            let value = text.parse::<f64>().ok().filter(|value| value.abs() <= limit);
            if value.is_none() {
                mistakes.add(
                    self,
                    column,
                    &format!("须为 -{limit} 到 {limit} 的度数"),
                    &format!("must be degrees from -{limit} to {limit}"),
                );
            }
            value
        };
        let (lon, lat) = (degrees("lon", &lon, 180.0), degrees("lat", &lat, 90.0));
        Point::from_degrees(lat?, lon?)
    }
}
