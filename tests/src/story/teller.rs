//! Prints what was observed, with the seconds since the story began.

use std::io::Write;
use std::time::Instant;

/// Prints the story.
#[derive(Debug)]
pub struct Teller {
    began: Instant,
}

impl Default for Teller {
    fn default() -> Teller {
        Teller { began: Instant::now() }
    }
}

impl Teller {
    /// A new part of the story.
    pub fn act(&self, title: &str) {
        self.line(&format!("\n== {title}"));
    }

    /// One thing that was observed on one machine.
    pub fn tell(&self, where_seen: &str, what: &str) {
        let seconds = self.began.elapsed().as_secs_f32();
        self.line(&format!("{seconds:7.1} s  {where_seen}: {what}"));
    }

    /// Seconds since the story began.
    pub fn seconds(&self) -> f32 {
        self.began.elapsed().as_secs_f32()
    }

    fn line(&self, text: &str) {
        // Whoever reads the story may have gone away; the story goes on and its checks count.
        let _ = writeln!(std::io::stdout().lock(), "{text}");
    }
}
