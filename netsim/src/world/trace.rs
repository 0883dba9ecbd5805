//! What happened, folded into one number to compare two runs, and as lines for a person who looks
//! for the reason of a failure.

use sanduan_protocol::base::time::Mono;

/// Lines kept; older ones are dropped.
const LINES_MAX: usize = 100_000;

/// The story so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Trace {
    print: u64,
    lines: Option<std::collections::VecDeque<String>>,
}

impl Trace {
    /// Keep lines from now on.
    pub fn keep_lines(&mut self) {
        self.lines = Some(std::collections::VecDeque::new());
    }

    /// One number for everything that happened, in its order.
    pub fn fingerprint(&self) -> u64 {
        self.print
    }

    /// The kept lines, oldest first.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().flatten().map(String::as_str)
    }

    /// Something happened: where, what, and up to two numbers or the bytes that tell it apart.
    pub fn note(&mut self, at: Mono, place: u16, word: &'static str, bytes: &[u8]) {
        self.fold(&at.0.to_le_bytes());
        self.fold(&place.to_le_bytes());
        self.fold(word.as_bytes());
        self.fold(bytes);
        if let Some(lines) = &mut self.lines {
            if lines.len() == LINES_MAX {
                lines.pop_front();
            }
            let seconds = at.0 / 1000;
            lines.push_back(format!(
                "{seconds:6}.{:03} host {place} {word} {} B",
                at.0 % 1000,
                bytes.len()
            ));
        }
    }

    /// FNV-1a, 64 bit (Fowler, Noll, Vo): enough to tell two stories apart.
    fn fold(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.print = (self.print ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        self.print = self.print.rotate_left(5) ^ bytes.len() as u64;
    }
}
