//! What followed what in some passages: for every context of one length, the symbols seen after
//! it and how often. Built once, then only looked up. How counts become shares is the business of
//! [`super::blend`].

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
    /// Where in `seen` each key begins; one more at the end.
    starts: Vec<u32>,
    seen: Vec<Seen>,
}

impl Counts {
    /// Count these pairs of a context's key and the symbol after it.
    pub fn of(mut pairs: Vec<(u64, u16)>) -> Counts {
        pairs.sort_unstable();
        let mut counts = Counts::default();
        for (key, symbol) in pairs {
            if counts.keys.last() != Some(&key) {
                counts.keys.push(key);
                counts.starts.push(counts.end());
                counts.seen.push(Seen { symbol, count: 1 });
                continue;
            }
            match counts.seen.last_mut() {
                Some(last) if last.symbol == symbol => last.count = last.count.saturating_add(1),
                _ => counts.seen.push(Seen { symbol, count: 1 }),
            }
        }
        counts.starts.push(counts.end());
        counts.keys.shrink_to_fit();
        counts.starts.shrink_to_fit();
        counts.seen.shrink_to_fit();
        counts
    }

    /// What was seen after this context; nothing if it is new.
    pub fn after(&self, key: u64) -> &[Seen] {
        let Ok(at) = self.keys.binary_search(&key) else { return &[] };
        let start = |at: usize| self.starts.get(at).map_or(0, |start| *start as usize);
        self.seen.get(start(at)..start(at + 1)).unwrap_or_default()
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.keys.len() * 8 + self.starts.len() * 4 + self.seen.len() * 4
    }

    fn end(&self) -> u32 {
        u32::try_from(self.seen.len()).unwrap_or(u32::MAX)
    }
}
