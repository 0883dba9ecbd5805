//! The made-up daemon's codes: three texts, and taking them in when all were read.

use sanduan_protocol::local::Reply;

const TEXTS: [&str; 3] = ["SDQ:AAAA", "SDQ:BBBB", "SDQ:CCCC"];

/// Three texts.
pub fn sheets() -> Reply {
    let sheets = TEXTS.map(str::to_owned).to_vec();
    Reply::CarrySheets { sheets, records: 4, left_out: 0 }
}

/// What became of these lines.
pub fn scanned(lines: &[String]) -> Reply {
    let bad = (1u32..).zip(lines).filter(|(_, line)| !TEXTS.contains(&line.as_str()));
    let bad_lines: Vec<_> = bad.map(|(number, _)| (number, "damaged".to_owned())).collect();
    let missing: Vec<u8> = (1u8..)
        .zip(TEXTS)
        .filter(|(_, text)| !lines.iter().any(|line| line == text))
        .map(|(number, _)| number)
        .collect();
    let is_begun = missing.len() < TEXTS.len();
    let new = if missing.is_empty() { 4 } else { 0 };
    let total = if is_begun { TEXTS.len() as u8 } else { 0 };
    let missing = if is_begun { missing } else { Vec::new() };
    Reply::CarryScanned { total, missing, bad_lines, new, known: 0, refused: Vec::new() }
}
