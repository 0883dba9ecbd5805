//! What is wrong with a file: where, and what to do, in both languages.

use std::fmt;
use std::path::{Path, PathBuf};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Line, from 1; none when the file as a whole is meant.
    pub line: Option<usize>,
    /// What is wrong and what to do, Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// Everything that is wrong with one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings {
    path: PathBuf,
    line_starts: Vec<usize>,
    list: Vec<Finding>,
}

impl Findings {
    /// Nothing is wrong yet with the file at `path` that reads `text`.
    pub fn new(path: &Path, text: &str) -> Findings {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0).chain(newlines.map(|(at, _)| at + 1)).collect();
        Findings { path: path.to_owned(), line_starts, list: Vec::new() }
    }

    /// Note a finding at a byte of the text, or about the whole.
    pub fn push(&mut self, at: Option<usize>, zh: impl Into<String>, en: impl Into<String>) {
        let line = at.map(|at| self.line_starts.partition_point(|start| *start <= at));
        self.list.push(Finding { line, zh: zh.into(), en: en.into() });
    }

    /// True when nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The findings in the order of the lines.
    pub fn sorted(mut self) -> Findings {
        self.list.sort_by_key(|finding| finding.line);
        self
    }

    /// All of them in one language, a line each, as `place: what is wrong`.
    pub fn lines(&self, of: impl Fn(&Finding) -> &str) -> String {
        let path = self.path.display();
        let line = |finding: &Finding| match finding.line {
            Some(line) => format!("{path}:{line}: {}", of(finding)),
            None => format!("{path}: {}", of(finding)),
        };
        self.list.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// All of them.
    pub fn list(&self) -> &[Finding] {
        &self.list
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.list.iter().enumerate() {
            let newline = if index == 0 { "" } else { "\n" };
            write!(f, "{newline}{}", self.path.display())?;
            if let Some(line) = finding.line {
                write!(f, ":{line}")?;
            }
            write!(f, ": {} / {}", finding.zh, finding.en)?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}
