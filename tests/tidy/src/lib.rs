//! The house rules, as code: shape of files, order of floors, banned words. Each rule takes one
//! [`Source`] and returns findings with file and line. Reading the tree lives in [`tree`]; the
//! test that holds the repository to the rules is `tests/house.rs`. No dependencies, so that it
//! runs in seconds.

pub mod features;
pub mod floors;
pub mod masked;
pub mod shape;
pub mod tree;
pub mod words;

use std::fmt;

pub use masked::Masked;
pub use tree::Source;

/// One broken rule, at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Path from the top of the repository, with `/`.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and what to do instead.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.text)
    }
}

/// Every finding in one source.
pub fn check(source: &Source) -> Vec<Finding> {
    let mut found = words::check_prose(source);
    if source.is_rust() {
        found.extend(shape::check(source));
        found.extend(floors::check(source));
        found.extend(features::check(source));
        found.extend(words::check_code(source));
    }
    if source.path.ends_with("Cargo.toml") {
        found.extend(floors::check_manifest(source));
        found.extend(features::check_manifest(source));
    }
    found
}

/// The findings of one rule, gathered with the path they belong to.
pub(crate) struct Findings<'a> {
    path: &'a str,
    found: Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(crate) fn of(source: &'a Source) -> Findings<'a> {
        Findings { path: &source.path, found: Vec::new() }
    }

    pub(crate) fn add(&mut self, line: usize, text: impl Into<String>) {
        self.found.push(Finding { path: self.path.to_owned(), line, text: text.into() });
    }

    pub(crate) fn done(self) -> Vec<Finding> {
        self.found
    }
}
