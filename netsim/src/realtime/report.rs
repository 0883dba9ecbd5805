//! The counts of a running hub, as a table for people and as JSON for programs.

use std::fmt::Write;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::options::Language;
use crate::air::Counts;

/// Everything that is known at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Since the start, ms.
    pub elapsed_ms: u64,
    /// Rate of the channel, bit/s.
    pub rate_bit_s: u32,
    /// Loss of a short frame at one hearer now, per million.
    pub loss_ppm: u32,
    /// Who hears whom now, as written on the command line.
    pub hears: Vec<String>,
    /// Stations in order.
    pub stations: Vec<StationRow>,
}

/// One station of a [`Report`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationRow {
    /// A, B, C …
    pub station: String,
    /// Where its TNC listens.
    pub listen: String,
    /// A program is connected.
    pub connected: bool,
    /// Connections so far.
    pub connections: u64,
    /// Bytes that came from programs, KISS framing included.
    pub kiss_in_bytes: u64,
    /// Bytes that went to programs, KISS framing included.
    pub kiss_out_bytes: u64,
    /// Frames that no TNC would send: too short, too long, wrongly escaped, another port.
    pub bad_frames: u64,
    /// Frames that wait in the TNC.
    pub waiting_frames: u64,
    /// Share of the time with the key down, in thousandths.
    pub air_permille: u64,
    /// What the channel counted.
    #[serde(flatten)]
    pub counts: Counts,
}

/// A column: heading in both languages, and what stands in it.
type Column = (&'static str, &'static str, fn(&StationRow) -> String);

const COLUMNS: [Column; 12] = [
    ("台", "station", |row| row.station.clone()),
    ("接入", "client", |row| if row.connected { "1" } else { "-" }.to_owned()),
    ("交发帧", "offered", |row| row.counts.offered_frames.to_string()),
    ("已发帧", "sent", |row| row.counts.sent_frames.to_string()),
    ("已发字节", "sent B", |row| row.counts.sent_bytes.to_string()),
    ("空口字节", "air B", |row| row.counts.sent_bits.div_ceil(8).to_string()),
    ("空口占用%", "air %", |row| {
        format!("{}.{}", row.air_permille / 10, row.air_permille % 10)
    }),
    ("收到帧", "heard", |row| row.counts.heard_frames.to_string()),
    ("收到字节", "heard B", |row| row.counts.heard_bytes.to_string()),
    ("丢失", "lost", |row| row.counts.lost_frames.to_string()),
    ("碰撞", "collided", |row| (row.counts.collided_frames + row.counts.deaf_frames).to_string()),
    ("拒发", "refused", |row| (row.counts.refused_frames + row.bad_frames).to_string()),
];

impl Report {
    /// A table of fixed columns, one line per station, for a terminal of 80 columns and more.
    pub fn text(&self, language: Language) -> String {
        let headings = COLUMNS.map(|(zh, en, _)| language.pick(zh, en).to_owned());
        let rows = self.stations.iter().map(|row| COLUMNS.map(|(_, _, cell)| cell(row)));
        let lines: Vec<[String; COLUMNS.len()]> = std::iter::once(headings).chain(rows).collect();
        let mut widths = [0; COLUMNS.len()];
        for line in &lines {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(columns_of(cell));
            }
        }
        let mut text = self.heading(language);
        for line in &lines {
            for (cell, width) in line.iter().zip(widths) {
                let pad = width - columns_of(cell);
                // Writing to a `String` cannot fail.
                let _ = write!(text, "{:pad$}{cell} ", "");
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        text
    }

    fn heading(&self, language: Language) -> String {
        let (seconds, tenths) = (self.elapsed_ms / 1000, self.elapsed_ms % 1000 / 100);
        let loss = format!("{}.{}%", self.loss_ppm / 10_000, self.loss_ppm % 10_000 / 1000);
        let hears = match self.hears.is_empty() {
            true => "-".to_owned(),
            false => self.hears.join(","),
        };
        let rate = self.rate_bit_s;
        match language {
            Language::Zh => {
                format!("{seconds}.{tenths} 秒  {rate} bit/s  丢帧 {loss}  互听 {hears}\n")
            }
            Language::En => {
                format!("{seconds}.{tenths} s  {rate} bit/s  loss {loss}  hearing {hears}\n")
            }
        }
    }

    /// One line of JSON.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("names and numbers always serialise")
    }

    /// Rewrite `path` with the JSON, so that a reader sees the old or the new one whole.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        std::fs::write(&beside, self.json() + "\n")?;
        std::fs::rename(&beside, path)
    }
}

/// Terminal columns of a text made of ASCII and Chinese characters only.
pub fn columns_of(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let counts = Counts {
            offered_frames: 12,
            sent_frames: 10,
            sent_bytes: 1234,
            sent_bits: 10_401,
            ..Counts::default()
        };
        let a = StationRow {
            station: "A".to_owned(),
            connected: true,
            air_permille: 123,
            counts,
            ..StationRow::default()
        };
        let b = StationRow { station: "B".to_owned(), bad_frames: 2, ..StationRow::default() };
        Report {
            elapsed_ms: 61_250,
            rate_bit_s: 1200,
            loss_ppm: 105_000,
            hears: vec!["A-B".to_owned()],
            stations: vec![a, b],
        }
    }

    #[test]
    fn the_table_stands_in_columns_in_both_languages() {
        let zh = report().text(Language::Zh);
        let en = report().text(Language::En);
        assert!(zh.starts_with("61.2 秒  1200 bit/s  丢帧 10.5%  互听 A-B\n"), "{zh}");
        for text in [&zh, &en] {
            let widths: Vec<usize> = text.lines().skip(1).map(columns_of).collect();
            assert_eq!(widths, [widths[0]; 3], "{text}");
            assert!(widths[0] <= 100, "{text}");
        }
        let cells: Vec<&str> = en.lines().nth(2).expect("a row").split_whitespace().collect();
        let want = ["A", "1", "12", "10", "1234", "1301", "12.3", "0", "0", "0", "0", "0"];
        assert_eq!(cells, want);
    }

    #[test]
    fn the_json_comes_back() {
        assert_eq!(serde_json::from_str::<Report>(&report().json()).ok(), Some(report()));
    }
}
