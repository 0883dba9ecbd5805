//! What followed what in some passages: for every context of one length, the symbols seen after
//! it and how often. Built once, then only looked up. How counts become shares is the business of
//! [`super::blend`].

/// A context that so many different symbols followed says little of those that came once: they
/// are left to the shorter context, which saves most of the work behind commas.
const WIDE: usize = 64;
/// Keys of one span, in the mean.
const SPAN_KEYS: usize = 2;

/// What was seen after one context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The symbol.
    pub symbol: u16,
    /// How often, at most 65,535.
    pub count: u16,
}

/// All contexts of one length.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// The keys, ascending.
    keys: Vec<u64>,
    /// How many keys lie below each span of keys that begin with the same bits; all at the end.
    spans: Vec<u32>,
    /// Bits of a key that do not name its span.
    span_shift: u32,
    /// Where in `seen` each key begins; one more at the end.
    starts: Vec<u32>,
    /// How much was seen behind each key in all, also what was forgotten.
    totals: Vec<u32>,
    seen: Vec<Seen>,
}

impl Counts {
    /// Count these pairs of a context's key and the symbol after it.
    pub fn of(mut pairs: Vec<(u64, u16)>) -> Counts {
        pairs.sort_unstable();
        let mut counts = Counts::default();
        for (key, symbol) in pairs {
            if counts.keys.last() != Some(&key) {
                counts.narrow();
                counts.keys.push(key);
                counts.starts.push(counts.end());
                counts.totals.push(1);
                counts.seen.push(Seen { symbol, count: 1 });
                continue;
            }
            match counts.seen.last_mut() {
                // A full count stands still, and so does the total.
                Some(last) if last.symbol == symbol && last.count == u16::MAX => continue,
                Some(last) if last.symbol == symbol => last.count += 1,
                Some(_) | None => counts.seen.push(Seen { symbol, count: 1 }),
            }
            if let Some(total) = counts.totals.last_mut() {
                *total += 1;
            }
        }
        counts.narrow();
        counts.starts.push(counts.end());
        counts.divide();
        counts.keys.shrink_to_fit();
        counts.starts.shrink_to_fit();
        counts.totals.shrink_to_fit();
        counts.seen.shrink_to_fit();
        counts
    }

    /// What was seen after this context, and the sum of its counts; nothing if it is new.
    pub fn after(&self, key: u64) -> (&[Seen], u64) {
        let span = usize::try_from(key >> self.span_shift).unwrap_or(usize::MAX - 1);
        let (Some(first), Some(end)) = (self.spans.get(span), self.spans.get(span + 1)) else {
            return (&[], 0);
        };
        let first = *first as usize;
        let keys = self.keys.get(first..*end as usize).unwrap_or_default();
        let Ok(at) = keys.binary_search(&key) else { return (&[], 0) };
        let at = first + at;
        let start = |at: usize| self.starts.get(at).map_or(0, |start| *start as usize);
        let seen = self.seen.get(start(at)..start(at + 1)).unwrap_or_default();
        (seen, self.totals.get(at).copied().unwrap_or(0).into())
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.keys.len() * 8
            + (self.spans.len() + self.starts.len() + self.totals.len()) * 4
            + self.seen.len() * 4
    }

    /// Forgets what came once behind the last key, if that was much. The total stays as it was.
    fn narrow(&mut self) {
        let start = self.starts.last().map_or(0, |start| *start as usize);
        if self.seen.len() - start > WIDE {
            let last = self.seen.split_off(start);
            self.seen.extend(last.into_iter().filter(|seen| seen.count > 1));
        }
    }

    /// Divides the keys into spans of a few, so that one is found without halving all of them.
    fn divide(&mut self) {
        let bits = (self.keys.len() / SPAN_KEYS).max(2).ilog2();
        self.span_shift = u64::BITS - bits;
        let mut spans = vec![0; 1 << bits];
        for key in &self.keys {
            if let Some(count) = spans.get_mut((key >> self.span_shift) as usize) {
                *count += 1;
            }
        }
        self.spans = vec![0];
        for count in spans {
            self.spans.push(self.spans.last().map_or(0, |sum| sum + count));
        }
    }

    fn end(&self) -> u32 {
        u32::try_from(self.seen.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_followed_is_counted_behind_its_own_context_alone() {
        let counts = Counts::of(vec![(7, 3), (9, 1), (7, 2), (7, 3)]);
        let seen = |symbol, count| Seen { symbol, count };
        assert_eq!(counts.after(7), ([seen(2, 1), seen(3, 2)].as_slice(), 3));
        assert_eq!(counts.after(9), ([seen(1, 1)].as_slice(), 1));
        assert_eq!(counts.after(8), ([].as_slice(), 0));
    }

    #[test]
    fn a_count_at_its_limit_leaves_a_total_that_adds_up() {
        let counts = Counts::of([vec![(1, 5); 70_000], vec![(1, 6)]].concat());
        let full = [Seen { symbol: 5, count: u16::MAX }, Seen { symbol: 6, count: 1 }];
        assert_eq!(counts.after(1), (full.as_slice(), 65_536));
    }
}
