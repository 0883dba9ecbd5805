//! A model: what its table's passages let one expect of the next character. Built once from a
//! table and only read afterwards. How the expectations of several contexts become one is the
//! business of [`super::blend`].

use std::sync::OnceLock;

use super::counts::Counts;
use super::table::{END, MARKS, OTHER, Passage, Table};
use super::tuning::{Tuning, V1};
use crate::wire::pack::PackError;

/// The table of model 1. Its bytes never change; a better one is another model.
const TABLE_V1: &[u8] = include_bytes!("../../../model/text-v1.bin");

/// Symbols of the longest context.
pub const ORDERS: usize = 4;
/// Weight of [`OTHER`] and of [`END`] before anything was seen.
const MARK_WEIGHT: u32 = 512;
/// Times a name of the directory is counted.
const WORD_TIMES: usize = 2;

/// Key of an empty context.
const KEY_START: u64 = 0xcbf2_9ce4_8422_2325;
/// Multiplier of the key of a longer context (64-bit FNV prime).
const KEY_STEP: u64 = 0x0100_0000_01b3;

/// What is known of the next character before a message is read. Two ends understand each other
/// if they hold models of the same [`Model::tag`].
#[derive(Clone, Debug)]
pub struct Model {
    table: Table,
    /// Characters in ascending order, with their symbols.
    symbols: Vec<(char, u16)>,
    /// True for the symbols of digits, which all look alike from behind.
    zero: u16,
    /// Weight of every symbol without any context.
    base: Vec<u32>,
    /// Sum of the weights before each symbol, and of all.
    sums: Vec<u32>,
    /// Counts by length of context, 1 first.
    orders: Vec<Counts>,
    tag: Option<u16>,
    tuning: Tuning,
}

impl Model {
    /// Model 1, which every node holds. Built at the first call.
    pub fn standard() -> &'static Model {
        static STANDARD: OnceLock<Model> = OnceLock::new();
        STANDARD.get_or_init(|| {
            Model::new(TABLE_V1).expect("the table in the program is read in a test")
        })
    }

    /// A model of a table file.
    ///
    /// # Errors
    /// When the bytes are not a table.
    pub fn new(table: &[u8]) -> Result<Model, PackError> {
        Ok(Model::of(Table::read(table)?, None, V1))
    }

    /// A model of a table and numbers of one's own, to find better ones.
    pub fn tuned(table: Table, tuning: Tuning) -> Model {
        Model::of(table, None, tuning)
    }

    /// The same model that also knows these words, for a network whose directory holds them. The
    /// tag is the version of that directory as both ends name it; it travels with every message,
    /// because a reader with other words would read another text.
    pub fn with_words(&self, words: &[&str], tag: u16) -> Model {
        let mut table = self.table.clone();
        for word in words {
            let symbols = word.chars().filter_map(|char| self.symbol(char)).collect();
            let passage = Passage { is_message: false, symbols };
            table.passages.extend(std::iter::repeat_n(passage, WORD_TIMES));
        }
        Model::of(table, Some(tag), self.tuning)
    }

    /// The version of the directory whose words it knows; none for a model without.
    pub fn tag(&self) -> Option<u16> {
        self.tag
    }

    /// Bytes in memory, allocations alone.
    pub fn bytes(&self) -> usize {
        let passages: usize = self.table.passages.iter().map(|p| p.symbols.len() * 2 + 32).sum();
        let counts: usize = self.orders.iter().map(Counts::bytes).sum();
        passages + counts + self.base.len() * 8 + self.symbols.len() * 16
    }

    fn of(table: Table, tag: Option<u16>, tuning: Tuning) -> Model {
        let mut symbols: Vec<(char, u16)> =
            table.alphabet.iter().map(|(char, _)| *char).zip(MARKS..).collect();
        symbols.sort_unstable();
        let mut model = Model {
            table,
            symbols,
            zero: OTHER,
            base: vec![],
            sums: vec![],
            orders: vec![],
            tag,
            tuning,
        };
        model.zero = model.symbol('0').unwrap_or(OTHER);
        model.weigh();
        model.count();
        model
    }

    /// Weights without context.
    fn weigh(&mut self) {
        let bands =
            self.table.alphabet.iter().map(|(_, band)| self.tuning.bands[usize::from(band & 7)]);
        self.base = [MARK_WEIGHT; 2].into_iter().chain(bands).collect();
        for passage in &self.table.passages {
            for symbol in passage.symbols.iter().chain(passage.is_message.then_some(&END)) {
                self.base[usize::from(*symbol)] += self.tuning.occurrence;
            }
        }
        self.sums = vec![0];
        for weight in &self.base {
            self.sums.push(self.sums.last().map_or(0, |sum| sum + weight));
        }
    }

    /// Counts behind contexts. Only the longest contexts count how often a symbol came; a shorter
    /// one counts after how many different longer ones it came, because it is asked only when the
    /// longer one is new (Kneser and Ney, ICASSP 1995).
    fn count(&mut self) {
        let mut occurrences: Vec<Vec<(u64, u16, u64)>> = vec![Vec::new(); ORDERS];
        for passage in &self.table.passages {
            let end = passage.is_message.then_some(END);
            for (at, symbol) in passage.symbols.iter().copied().chain(end).enumerate() {
                let keys = self.keys(&passage.symbols[..at]);
                let known = if passage.is_message { ORDERS } else { at.min(ORDERS) };
                for order in 0..known {
                    occurrences[order].push((
                        keys[order],
                        symbol,
                        if order + 1 < known { keys[order + 1] } else { u64::from(symbol) },
                    ));
                }
            }
        }
        for (order, mut pairs) in occurrences.into_iter().enumerate() {
            if order + 1 < ORDERS {
                pairs.sort_unstable();
                pairs.dedup();
            }
            self.orders.push(Counts::of(
                pairs.into_iter().map(|(key, symbol, _)| (key, symbol)).collect(),
            ));
        }
    }

    /// The symbol of a character of the alphabet.
    pub(super) fn symbol(&self, char: char) -> Option<u16> {
        let at = self.symbols.binary_search_by_key(&char, |(char, _)| *char).ok()?;
        Some(self.symbols[at].1)
    }

    /// The character of a symbol; none for the two marks.
    pub(super) fn char(&self, symbol: u16) -> Option<char> {
        let at = symbol.checked_sub(MARKS)?;
        self.table.alphabet.get(usize::from(at)).map(|(char, _)| *char)
    }

    /// Keys of the contexts of 1, 2, … symbols at the end of what was read so far; before the
    /// first character stand ends of messages. Digits look alike, so that what follows "38" is
    /// also what followed "146".
    pub(super) fn keys(&self, read: &[u16]) -> [u64; ORDERS] {
        let mut before = read.iter().rev().copied();
        let mut key = KEY_START;
        std::array::from_fn(|_| {
            let symbol = self.looks(before.next().unwrap_or(END));
            key = (key ^ u64::from(symbol)).wrapping_mul(KEY_STEP);
            key
        })
    }

    fn looks(&self, symbol: u16) -> u16 {
        match self.char(symbol) {
            Some('0'..='9') => self.zero,
            Some(_) | None => symbol,
        }
    }

    /// What followed contexts of `order + 1` symbols.
    pub(super) fn counts(&self, order: usize) -> &Counts {
        &self.orders[order]
    }

    /// Weight of a symbol without context.
    pub(super) fn weight(&self, symbol: u16) -> u32 {
        self.base[usize::from(symbol)]
    }

    /// Weights of all symbols before this one; of all at the count of symbols.
    pub(super) fn sum(&self, symbol: usize) -> u32 {
        self.sums[symbol]
    }

    /// The symbol whose weight covers this point of the sums.
    pub(super) fn symbol_at(&self, point: u64) -> u16 {
        let at = self.sums.partition_point(|sum| u64::from(*sum) <= point);
        u16::try_from(at.saturating_sub(1).min(self.base.len() - 1)).unwrap_or(OTHER)
    }

    /// The numbers it divides by.
    pub(super) fn tuning(&self) -> &Tuning {
        &self.tuning
    }

    /// Count of symbols.
    pub(super) fn symbol_count(&self) -> usize {
        self.base.len()
    }
}
