//! One expectation out of many: what followed the last four, three, two characters and the last
//! one, in the model's passages and earlier in this message, and how common each character is at
//! all. Writer and reader run the same steps with the same integers, so they always agree.
//!
//! Each length of context, longest first, gives most of what is left of the whole to what it has
//! seen, and keeps a discount for what it has not (absolute discounting: Ney, Essen and Kneser
//! 1994). What is left in the end goes to the characters by their weight without context.

use super::coder::{Reader, Share, Writer};
use super::counts::Seen;
use super::model::{Model, ORDERS};
use super::table::OTHER;
use super::tuning::PARTS;

/// The whole that is divided at each character.
const WHOLE: u64 = 1 << 36;
/// Kept back for characters that no context has seen, so that nothing is impossible.
const RESERVE: u64 = 1 << 12;
/// Characters of this message that are looked back at.
const BACK_MAX: usize = 256;
/// Characters of this message that are expected once more without a context.
const BACK_BASE_MAX: usize = 64;

/// One message under way: what was read so far, and what is expected next.
#[derive(Clone, Debug)]
pub struct Blend<'a> {
    model: &'a Model,
    /// The symbols so far.
    read: Vec<u16>,
    /// Keys of the contexts before each of them.
    keys: Vec<[u64; ORDERS]>,
    /// Keys of the contexts now.
    now: [u64; ORDERS],
    /// Share of every symbol; 0 where no context speaks for it.
    shares: Vec<u64>,
    /// The symbols with a share, in the order in which they got one.
    likely: Vec<u16>,
    /// Share of all others together.
    rest: u64,
}

impl<'a> Blend<'a> {
    /// Before the first character.
    pub fn new(model: &'a Model) -> Blend<'a> {
        let mut blend = Blend {
            model,
            read: Vec::new(),
            keys: Vec::new(),
            now: model.keys(&[]),
            shares: vec![0; model.symbol_count()],
            likely: Vec::new(),
            rest: WHOLE,
        };
        blend.survey();
        blend
    }

    /// Write this symbol and go on behind it.
    pub fn put(&mut self, to: &mut Writer, symbol: u16) {
        let width = self.shares[usize::from(symbol)];
        if width > 0 {
            let mut from = 0;
            for other in &self.likely {
                if *other == symbol {
                    break;
                }
                from += self.shares[usize::from(*other)];
            }
            to.put(Share { from, width, whole: WHOLE });
        } else {
            to.put(Share { from: WHOLE - self.rest, width: self.rest, whole: WHOLE });
            to.put(self.share_of_rest(symbol));
        }
        self.push(symbol);
    }

    /// Read a symbol and go on behind it.
    pub fn take(&mut self, from: &mut Reader<'_>) -> u16 {
        let point = from.point(WHOLE);
        let mut sum = 0;
        for symbol in &self.likely {
            let width = self.shares[usize::from(*symbol)];
            if point < sum + width {
                let symbol = *symbol;
                from.take(Share { from: sum, width, whole: WHOLE });
                self.push(symbol);
                return symbol;
            }
            sum += width;
        }
        from.take(Share { from: sum, width: self.rest, whole: WHOLE });
        let symbol = self.symbol_of_rest(from);
        self.push(symbol);
        symbol
    }

    fn push(&mut self, symbol: u16) {
        self.read.push(symbol);
        self.keys.push(self.now);
        self.now = self.model.keys(&self.read);
        self.survey();
    }

    /// Divide the whole among what may come now.
    fn survey(&mut self) {
        for symbol in self.likely.drain(..) {
            self.shares[usize::from(symbol)] = 0;
        }
        self.rest = WHOLE - RESERVE;
        let model = self.model;
        let tuning = model.tuning();
        let again = self.again();
        let mut after = [(&[][..], 0); ORDERS];
        for (order, after) in after.iter_mut().enumerate() {
            *after = model.counts(order).after(self.now[order]);
            if after.1 == 0 {
                // What was never seen behind a short context was not behind a longer one.
                break;
            }
        }
        for order in (0..ORDERS).rev() {
            let (seen, counted) = after[order];
            let here = again.iter().filter(|(longest, _)| *longest > order);
            let weight = tuning.again[order];
            let all = counted * PARTS + weight * here.clone().count() as u64;
            if all == 0 {
                continue;
            }
            let unit = self.rest / all;
            let discounts = tuning.discounts[order];
            for Seen { symbol, count } in seen {
                let discount = discounts[usize::from(*count).min(3) - 1];
                self.give(*symbol, unit * (u64::from(*count) * PARTS - discount));
            }
            for (_, symbol) in here {
                self.give(*symbol, unit * (weight - tuning.again_discounts[order]));
            }
        }
        self.base();
        self.rest += RESERVE;
    }

    /// What came earlier in this message, behind contexts like the one now: how many symbols of
    /// context agree, and what came.
    fn again(&self) -> Vec<(usize, u16)> {
        let first = self.read.len().saturating_sub(BACK_MAX);
        let mut again = Vec::new();
        for at in first..self.read.len() {
            if self.keys[at][0] == self.now[0] {
                let pairs = self.keys[at].iter().zip(&self.now);
                again.push((pairs.take_while(|(one, other)| one == other).count(), self.read[at]));
            }
        }
        again
    }

    /// What is left goes by weight: to the characters of this message once more, and to those
    /// that have a share already, so that the rest is only what no context has seen.
    fn base(&mut self) {
        let sum = u64::from(self.model.sum(self.model.symbol_count()));
        let first = self.read.len().saturating_sub(BACK_BASE_MAX);
        let again = self.model.tuning().again_base;
        let all = (1 << 16) + again * (self.read.len() - first) as u64;
        let unit = self.rest / all;
        for at in first..self.read.len() {
            self.give(self.read[at], unit * again);
        }
        let left = self.rest / sum;
        for symbol in &self.likely {
            let share = left * u64::from(self.model.weight(*symbol));
            self.shares[usize::from(*symbol)] += share;
            self.rest -= share;
        }
    }

    fn give(&mut self, symbol: u16, share: u64) {
        if share == 0 {
            return;
        }
        let held = &mut self.shares[usize::from(symbol)];
        if *held == 0 {
            self.likely.push(symbol);
        }
        *held += share;
        self.rest -= share;
    }

    /// The symbols with a share, ascending. [`OTHER`] stays in the rest in any case, so that the
    /// rest is never empty.
    fn taken(&self) -> Vec<u16> {
        let mut taken = self.likely.clone();
        taken.retain(|symbol| *symbol != OTHER);
        taken.sort_unstable();
        taken
    }

    fn share_of_rest(&self, symbol: u16) -> Share {
        let model = self.model;
        let weight = |symbol: &u16| u64::from(model.weight(*symbol));
        let taken = self.taken();
        let all: u64 = taken.iter().map(weight).sum();
        let before: u64 = taken.iter().take_while(|other| **other < symbol).map(weight).sum();
        Share {
            from: u64::from(model.sum(symbol.into())) - before,
            width: weight(&symbol),
            whole: u64::from(model.sum(model.symbol_count())) - all,
        }
    }

    fn symbol_of_rest(&self, from: &mut Reader<'_>) -> u16 {
        let model = self.model;
        let taken = self.taken();
        let all: u64 = taken.iter().map(|symbol| u64::from(model.weight(*symbol))).sum();
        let mut point = from.point(u64::from(model.sum(model.symbol_count())) - all);
        for other in &taken {
            if u64::from(model.sum((*other).into())) <= point {
                point += u64::from(model.weight(*other));
            }
        }
        let symbol = model.symbol_at(point);
        from.take(self.share_of_rest(symbol));
        symbol
    }
}
