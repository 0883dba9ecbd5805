//! Texts → the bytes of a table. The layout is drawn in `protocol/src/wire/text/table.rs`.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use encoding_rs::GB18030;

use crate::grammar;

/// Names in CSV files: path from the top of the repository, and the column. The glossary is as it
/// was when the table was made: it grows with the program, and a table on the air never changes.
const NAMES: [(&str, usize); 6] = [
    ("data/jiangjin-819/towns.csv", 1),
    ("data/jiangjin-819/items.csv", 1),
    ("data/jiangjin-819/units.csv", 1),
    ("data/jiangjin-819/depots.csv", 1),
    ("protocol/model/glossary-v1.csv", 0),
    ("protocol/model/glossary-v1.csv", 1),
];
/// Ranks in the list of common characters at which the bands 0, 1 and 2 end.
const COMMON_ENDS: [usize; 3] = [200, 500, 1200];
/// Band of the other characters of GB 2312 level 1.
const BAND_LEVEL_1: u8 = 3;
/// Band of ASCII and of full-width punctuation.
const BAND_SIGNS: u8 = 4;
/// Band of GB 2312 level 2.
const BAND_LEVEL_2: u8 = 5;
/// Symbols before the first character: end of message, other character.
const MARKS: u64 = 2;

/// What a table is made of.
pub struct Sources {
    /// Whole messages.
    pub messages: Vec<String>,
    /// Names that stand inside messages.
    pub names: Vec<String>,
    /// Common characters, the commonest first.
    pub common: Vec<char>,
}

impl Sources {
    /// Read them from the folder of the protocol package.
    pub fn read(top: &Path) -> io::Result<Sources> {
        let read = |path: &str| std::fs::read_to_string(top.join(path));
        let mut messages = lines(&read("model/training.txt")?);
        let towns = cells(&read("../data/jiangjin-819/towns.csv")?, 1);
        let items = read("../data/jiangjin-819/items.csv")?;
        let items: Vec<(String, String)> =
            cells(&items, 1).into_iter().zip(cells(&items, 2)).collect();
        messages.extend(grammar::sentences(&towns, &items));
        let mut names: Vec<String> = Vec::new();
        for (path, column) in NAMES {
            names.extend(cells(&read(&format!("../{path}"))?, column));
        }
        let words = lines(&read("model/words.txt")?);
        names.extend(words.iter().flat_map(|line| line.split(' ')).map(str::to_owned));
        names.sort();
        names.dedup();
        let common = read("model/common-hanzi.txt")?;
        let common = lines(&common).concat().chars().collect();
        Ok(Sources { messages, names, common })
    }
}

fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    lines.map(str::to_owned).collect()
}

/// One column of a table without quotes.
fn cells(rows: &str, column: usize) -> Vec<String> {
    rows.lines().skip(1).filter_map(|row| row.split(',').nth(column)).map(str::to_owned).collect()
}

/// The bytes of the table.
pub fn build(sources: &Sources) -> Vec<u8> {
    let alphabet = alphabet(sources);
    let symbols: BTreeMap<char, u64> =
        alphabet.iter().map(|(char, _)| *char).zip(MARKS..).collect();
    let mut bytes = vec![1];
    varint(&mut bytes, alphabet.len() as u64);
    let mut before = 0;
    for (char, band) in &alphabet {
        let point = i64::from(u32::from(*char));
        let step = point - before;
        let zigzag = if step < 0 { !step * 2 + 1 } else { step * 2 };
        varint(&mut bytes, zigzag.unsigned_abs() << 3 | u64::from(*band));
        before = point;
    }
    let messages = sources.messages.iter().map(|text| (text, 1));
    let names = sources.names.iter().map(|text| (text, 0));
    varint(&mut bytes, (sources.messages.len() + sources.names.len()) as u64);
    for (text, is_message) in messages.chain(names) {
        varint(&mut bytes, text.chars().count() as u64 * 2 + is_message);
        text.chars().for_each(|char| varint(&mut bytes, symbols[&char]));
    }
    bytes
}

/// Every character with its band, those of the texts first, the most frequent first, so that
/// their symbols are short numbers; the others in the order of their code points.
fn alphabet(sources: &Sources) -> Vec<(char, u8)> {
    let mut bands: BTreeMap<char, u8> = BTreeMap::new();
    for (band, first, last) in [(BAND_LEVEL_1, 0xb0, 0xd7), (BAND_LEVEL_2, 0xd8, 0xf7)] {
        bands.extend(gb2312(first, last).into_iter().map(|char| (char, band)));
    }
    let signs = gb2312(0xa1, 0xa1).into_iter().chain(gb2312(0xa3, 0xa3)).chain(' '..='~');
    bands.extend(signs.map(|char| (char, BAND_SIGNS)));
    for (rank, char) in sources.common.iter().enumerate() {
        let band = COMMON_ENDS.iter().zip(0..).find(|(end, _)| rank < **end);
        let held = bands.entry(*char).or_insert(BAND_LEVEL_1);
        *held = (*held).min(band.map_or(BAND_LEVEL_1, |(_, band)| band));
    }
    let mut counts: BTreeMap<char, u64> = BTreeMap::new();
    for char in sources.messages.iter().chain(&sources.names).flat_map(|text| text.chars()) {
        bands.entry(char).or_insert(BAND_LEVEL_2);
        *counts.entry(char).or_default() += 1;
    }
    let mut alphabet: Vec<(char, u8)> = bands.into_iter().collect();
    alphabet.sort_by_key(|(char, _)| std::cmp::Reverse(counts.get(char).copied().unwrap_or(0)));
    alphabet
}

/// The characters of these rows of GB 2312.
fn gb2312(first: u8, last: u8) -> Vec<char> {
    let pairs = (first..=last).flat_map(|high| (0xa1..=0xfe).map(move |low| [high, low]));
    let text = pairs.filter_map(|pair| {
        GB18030.decode_without_bom_handling_and_without_replacement(&pair).map(String::from)
    });
    let chars: Vec<char> = text.flat_map(|text| text.chars().collect::<Vec<char>>()).collect();
    // GB18030 fills gaps of the older standard with private characters.
    chars.into_iter().filter(|char| !('\u{e000}'..='\u{f8ff}').contains(char)).collect()
}

fn varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        bytes.push((value & 0x7f | 0x80).to_le_bytes()[0]);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
}
