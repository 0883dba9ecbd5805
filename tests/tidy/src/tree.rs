//! Reads the files that the rules are about. Build results, version control and hidden folders
//! other than `.ci` are left out.

use std::path::Path;
use std::{fs, io};

use crate::Masked;

/// One file, read and split.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path from the top of the repository, with `/`.
    pub path: String,
    /// The text as it is.
    pub text: String,
    /// The text split into code and comments; only meaningful for Rust.
    pub masked: Masked,
    /// First line (from 1) that belongs to tests alone; past the end if none does.
    pub tests_from: usize,
}

impl Source {
    /// A source of this path and text.
    pub fn new(path: &str, text: &str) -> Source {
        let masked = if path.ends_with(".rs") { Masked::new(text) } else { Masked::default() };
        let tests_from = first_test_line(path, &masked.code);
        Source { path: path.to_owned(), text: text.to_owned(), masked, tests_from }
    }

    /// True for Rust.
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Lines of code (strings and comments blanked), numbered from 1.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.masked.code.lines().enumerate().map(|(at, line)| (at + 1, line))
    }
}

fn first_test_line(path: &str, code: &str) -> usize {
    let parts: Vec<&str> = path.split('/').collect();
    let is_test = |part: &&str| ["tests", "tests.rs", "benches", "examples"].contains(part);
    if parts.iter().skip(1).any(is_test) {
        return 1;
    }
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    let opens = |at: usize| {
        lines[at] == "#[cfg(test)]" && lines.get(at + 1).is_some_and(|next| next.ends_with('{'))
    };
    (0..lines.len()).find(|at| opens(*at)).map_or(usize::MAX, |at| at + 1)
}

/// Every file under `top` that a rule is about.
///
/// # Errors
/// When a folder or file cannot be read, or is not UTF-8.
pub fn read(top: &Path) -> io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(top.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if entry.file_type()?.is_dir() {
                if name != "target" && (!name.starts_with('.') || name == ".ci") {
                    folders.push(path);
                }
            } else if is_ours(&folder, &name) {
                sources.push(Source::new(&path, &fs::read_to_string(top.join(&path))?));
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

fn is_ours(folder: &str, name: &str) -> bool {
    let endings = [".rs", ".md", ".toml", ".sh", ".service", ".csv"];
    endings.iter().any(|ending| name.ends_with(ending))
        || (folder.is_empty() && ["check", "demo"].contains(&name))
        || folder == ".ci"
}
