//! Holds this repository to its house rules. What a rule is lives in `src`; each has its own test
//! with a planted fault there.

use std::path::Path;

use sanduan_tidy::{Finding, check, tree};

fn sources() -> Vec<tree::Source> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    tree::read(&top).expect("the repository can be read")
}

#[test]
fn the_house_is_tidy() {
    let found: Vec<Finding> = sources().iter().flat_map(check).collect();
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{} house rules broken:\n{}", lines.len(), lines.join("\n"));
}

#[test]
fn every_room_is_read() {
    let sources = sources();
    for room in ["protocol/src/", "daemon/src/", "tui/src/", "netsim/src/", "tests/src/"] {
        let rust = |s: &&tree::Source| s.path.starts_with(room) && s.is_rust();
        assert!(sources.iter().any(|s| rust(&s)), "no Rust found in {room}");
    }
    for file in ["README.md", "Cargo.toml", "check", "demo", ".ci/run"] {
        assert!(sources.iter().any(|s| s.path == file), "{file} was not read");
    }
}

#[test]
fn every_crate_takes_the_shared_lints() {
    for source in sources().iter().filter(|s| s.path.ends_with("/Cargo.toml")) {
        let shared = source.text.contains("[lints]\nworkspace = true");
        assert!(shared, "{}:1: add `[lints]` with `workspace = true`", source.path);
    }
}

#[test]
fn the_glossary_has_every_word_of_the_screen() {
    let sources = sources();
    let text = |path: &str| sources.iter().find(|s| s.path == path).map(|s| s.text.clone());
    let glossary = text("GLOSSARY.md").expect("GLOSSARY.md is read");
    let words = text("data/glossary.csv").expect("data/glossary.csv is read");
    assert!(words.lines().count() > 100, "the table of words is short");
    for line in words.lines().skip(1) {
        let (zh, en) = line.split_once(',').expect("two columns");
        let row = format!("| {zh} | {en} |");
        assert!(glossary.contains(&row), "GLOSSARY.md:1: the row `{row}` is missing");
    }
}
