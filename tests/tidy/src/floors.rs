//! Who may import whom: the floors inside `protocol`, and the crates of the workspace.
//! Reads `crate::…` and `sanduan_…::…` paths, in `use` lines and elsewhere in code.

#[cfg(test)]
mod tests;

use crate::{Finding, Findings, Source};

/// Each floor of `protocol` and the floors it may import. Imports go down only. `local` is only
/// words (requests, replies, rows), so it stands right above `base`; the folds in `field` fill
/// rows, and `node` hands them out. A link keeps what its peer is known to hold, so it may read
/// `log` and `sync`; neither knows of links.
pub const FLOORS: [(&str, &[&str]); 10] = [
    ("base", &[]),
    ("local", &["base"]),
    ("wire", &["base"]),
    ("keys", &["base", "wire"]),
    ("log", &["base", "wire", "keys"]),
    ("field", &["base", "local", "wire", "keys", "log"]),
    ("sync", &["base", "wire", "keys", "log"]),
    ("link", &["base", "wire", "keys", "log", "sync"]),
    ("plan", &["base", "wire", "keys", "log", "field", "sync", "link"]),
    ("node", &["base", "local", "wire", "keys", "log", "field", "sync", "link", "plan"]),
];

/// Each crate folder and the crates of ours it may import.
pub const CRATES: [(&str, &[&str]); 7] = [
    ("protocol", &[]),
    ("netsim", &["protocol"]),
    ("daemon", &["protocol"]),
    ("tui", &["protocol"]),
    ("tests", &["protocol", "netsim", "daemon", "tui"]),
    ("tests/fuzz", &["protocol", "daemon"]),
    ("tests/tidy", &[]),
];

/// Floors of `protocol` that the console may see.
pub const TUI_SEES: [&str; 2] = ["base", "local"];

/// Findings about the imports of one Rust file.
pub fn check(source: &Source) -> Vec<Finding> {
    let mut found = Findings::of(source);
    check_floors(source, &mut found);
    check_crates(source, &mut found);
    found.done()
}

fn check_floors(source: &Source, found: &mut Findings<'_>) {
    let Some(inside) = source.path.strip_prefix("protocol/src/") else { return };
    let floor = inside.split(['/', '.']).next().unwrap_or_default();
    let Some((_, below)) = FLOORS.iter().find(|(name, _)| *name == floor) else {
        if inside != "lib.rs" {
            found.add(1, format!("`{floor}` is not a floor; see `FLOORS` in tests/tidy"));
        }
        return;
    };
    for (line, other) in paths(&source.masked.code, "crate") {
        let is_floor = FLOORS.iter().any(|(name, _)| *name == other);
        if is_floor && other != floor && !below.contains(&other.as_str()) {
            let below = below.join(", ");
            found.add(line, format!("`{floor}` may not import `{other}`, only: {below}"));
        }
    }
}

fn check_crates(source: &Source, found: &mut Findings<'_>) {
    let Some((own, allowed)) = crate_of(&source.path) else { return };
    for (other, _) in CRATES.iter().filter(|(name, _)| *name != own && !name.contains('/')) {
        let seen = paths(&source.masked.code, &format!("sanduan_{other}"));
        for (line, floor) in seen {
            if !allowed.contains(other) {
                found.add(line, format!("`{own}` may not import `sanduan_{other}`"));
            } else if own == "tui" && !TUI_SEES.contains(&floor.as_str()) {
                let text = format!("`tui` sees only base and local of protocol, not `{floor}`");
                found.add(line, text);
            }
        }
    }
}

/// Findings about the dependencies of one `Cargo.toml`.
pub fn check_manifest(source: &Source) -> Vec<Finding> {
    let mut found = Findings::of(source);
    let folder = source.path.strip_suffix("/Cargo.toml");
    let Some((own, allowed)) = folder.and_then(|f| CRATES.iter().find(|(name, _)| *name == f))
    else {
        return found.done();
    };
    for (at, line) in source.text.lines().enumerate() {
        let Some(name) = line.trim().strip_prefix("sanduan-") else { continue };
        let other = name.split(['.', ' ', '=']).next().unwrap_or_default();
        if !allowed.contains(&other) {
            found.add(at + 1, format!("`{own}` may not depend on `sanduan-{other}`"));
        }
    }
    found.done()
}

fn crate_of(path: &str) -> Option<(&'static str, &'static [&'static str])> {
    let inside = |name: &str| path.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
    let longest = CRATES.iter().filter(|(name, _)| inside(name)).max_by_key(|(name, _)| name.len());
    longest.map(|(name, allowed)| (*name, *allowed))
}

/// Line and next word of every path that starts with `root::`, groups `root::{a, b::c}` opened.
/// A bare `use root;` or `use root as x;` counts with an empty word.
pub fn paths(code: &str, root: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices(root) {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let rest = &code[at + root.len()..];
        if code[..at].ends_with(is_word) || rest.starts_with(is_word) {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        match rest.strip_prefix("::") {
            Some(after) => found.extend(first_words(after, line)),
            None if root != "crate" => found.push((line, String::new())),
            None => {}
        }
    }
    found
}

/// The first word of a path, or of each path of a group.
fn first_words(after: &str, mut line: usize) -> Vec<(usize, String)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    if !after.starts_with('{') {
        return vec![(line, after.chars().take_while(|c| is_word(*c)).collect())];
    }
    let (mut found, mut depth, mut word, mut open) = (Vec::new(), 0, String::new(), true);
    for c in after.chars() {
        let ends = matches!(c, ',' | '}' | ':');
        if depth == 1 && open && ends && !word.is_empty() {
            found.push((line, std::mem::take(&mut word)));
            open = false;
        }
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => (open, word) = (true, String::new()),
            '\n' => line += 1,
            _ if depth == 1 && open && is_word(c) => word.push(c),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}
