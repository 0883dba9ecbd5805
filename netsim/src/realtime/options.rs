//! What the hub is started with, and how people write numbers. The command line's words are in
//! `main`'s `args`.

use std::net::SocketAddr;
use std::path::PathBuf;

use thiserror::Error;

use crate::air::{Config, Pair};

/// Language of what people read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// 中文.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// The text of this language.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Language::Zh => zh,
            Language::En => en,
        }
    }
}

/// How a hub is to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// One loopback address per station, A first. Port 0 takes a free port.
    pub listen: Vec<SocketAddr>,
    /// Further stations, each a gateway that takes datagrams there.
    pub gateways: Vec<SocketAddr>,
    /// Who hears whom; everybody hears everybody if absent.
    pub hears: Option<Vec<Pair>>,
    /// The channel.
    pub config: Config,
    /// Seed of the dice.
    pub seed: u64,
    /// Print the counts this often, ms; never if absent.
    pub stats_every_ms: Option<u64>,
    /// Rewrite this file with the counts as JSON every second.
    pub stats_file: Option<PathBuf>,
    /// Stop after this long, ms; run on if absent.
    pub run_for_ms: Option<u64>,
    /// Stop when standard input ends.
    pub until_input_ends: bool,
    /// Print each event of the channel.
    pub trace: bool,
    /// Print JSON lines instead of text.
    pub json: bool,
    /// Language of the text.
    pub language: Language,
}

/// The text is not a number of the expected kind.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadNumber {
    /// Not a share of one.
    #[error("{0}: 应为 0 到 1 之间的数或百分数，如 0.1 或 10% / write a share such as 0.1 or 10%")]
    Share(String),
    /// Not a length of time.
    #[error(
        "{0}: 应为时长，如 500ms、10s、5m、2h / write a length of time such as 500ms, 10s, 5m, 2h"
    )]
    Span(String),
}

/// A share such as `0.1` or `10%`, per million.
pub fn loss_ppm(text: &str) -> Result<u32, BadNumber> {
    let (number, whole) = match text.strip_suffix('%') {
        Some(number) => (number, 100.0),
        None => (text, 1.0),
    };
    let share: f64 = number.parse().map_err(|_| BadNumber::Share(text.to_owned()))?;
    let share = share / whole;
    match (0.0..=1.0).contains(&share) {
        true => Ok((share * 1e6).round() as u32),
        false => Err(BadNumber::Share(text.to_owned())),
    }
}

/// A length of time such as `500ms`, `10s`, `5m`, `2h`; a bare number is seconds.
pub fn span_ms(text: &str) -> Result<u64, BadNumber> {
    let units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("", 1000)];
    let parse = |(unit, ms): (&str, u64)| {
        let digits = text.strip_suffix(unit)?;
        digits.parse::<u64>().ok()?.checked_mul(ms)
    };
    units.into_iter().find_map(parse).ok_or_else(|| BadNumber::Span(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_spans_are_read_as_people_write_them() {
        let shares = ["0", "0.1", "10%", "2.5%", "1"].map(loss_ppm);
        assert_eq!(shares, [Ok(0), Ok(100_000), Ok(100_000), Ok(25_000), Ok(1_000_000)]);
        let spans = ["500ms", "10s", "5m", "2h", "3"].map(span_ms);
        assert_eq!(spans, [Ok(500), Ok(10_000), Ok(300_000), Ok(7_200_000), Ok(3_000)]);
    }

    #[test]
    fn nonsense_is_refused_with_what_was_written() {
        for text in ["", "-0.1", "1.1", "101%", "nan", "ten"] {
            assert_eq!(loss_ppm(text), Err(BadNumber::Share(text.to_owned())));
        }
        for text in ["", "s", "-1s", "1.5s", "10 s", "99999999999999999999h"] {
            assert_eq!(span_ms(text), Err(BadNumber::Span(text.to_owned())));
        }
    }
}
