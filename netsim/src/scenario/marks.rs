//! What a scenario came to, measured against its pass marks, and the table of it.

use std::fmt;

use serde::Serialize;

/// What went over the links of one bearer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Bearer {
    /// Its name in the file.
    pub name: String,
    /// Frames handed to it.
    pub frames: u64,
    /// Their bytes, the bearer's own framing not counted.
    pub bytes: u64,
}

/// How fast the posts of one level were reached, and answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Level {
    /// Its name in the file.
    pub name: String,
    /// From the order at its issuer to the machine of each addressee, s, sorted.
    pub reached_s: Vec<u64>,
    /// From there until the issuer knows of the answer, people's time included, s, sorted.
    pub answered_s: Vec<u64>,
}

/// One item over all depots.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its name.
    pub name: String,
    /// What people typed in, less what they gave out.
    pub typed: i64,
    /// What the books of all places say, lowest and highest; equal if all is well.
    pub booked: (i64, i64),
}

/// What a scenario came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Marks {
    /// Its title.
    pub title: String,
    /// The seed.
    pub seed: u64,
    /// One number for everything that happened, in its order.
    pub fingerprint: u64,
    /// How long people worked, min.
    pub minutes: u64,
    /// Places.
    pub places: u64,
    /// Orders given.
    pub orders: u64,
    /// Orders times addressees.
    pub owed: u64,
    /// Of these: a machine of the addressee holds it in the end.
    pub reached: u64,
    /// Of these: soon enough.
    pub in_time: u64,
    /// Of these: the issuer knows of an answer.
    pub answered: u64,
    /// Of these: the people there will never answer (drawn).
    pub silent: u64,
    /// Who lacks which order in the end, or got it late; the first ones.
    pub late: Vec<String>,
    /// Until all agreed once the outages had ended, s.
    pub agreed_s: Option<u64>,
    /// The items.
    pub items: Vec<Item>,
    /// The bearers.
    pub bearers: Vec<Bearer>,
    /// The levels.
    pub levels: Vec<Level>,
    /// Broken promises.
    pub breaches: Vec<String>,
}

impl Marks {
    /// Nothing was lost, no item was made or vanished, no promise was broken.
    pub fn pass(&self) -> bool {
        let adds_up = |item: &Item| item.booked == (item.typed, item.typed);
        self.breaches.is_empty()
            && self.agreed_s.is_some()
            && self.reached == self.owed
            && self.items.iter().all(adds_up)
    }
}

/// The value below which `percent` of the sorted values lie.
pub fn percentile(sorted: &[u64], percent: usize) -> Option<u64> {
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied()
}

impl fmt::Display for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Marks { owed, reached, in_time, answered, silent, .. } = self;
        writeln!(f, "{} · 种子 / seed {} · {:016x}", self.title, self.seed, self.fingerprint)?;
        writeln!(f, "{} 处 / places, {} min", self.places, self.minutes)?;
        writeln!(f, "指令 / orders      {} × {owed} 份 / copies", self.orders)?;
        writeln!(f, "送到 / reached     {reached}   丢失 / lost {}", owed - reached)?;
        writeln!(f, "按时 / in time     {in_time}")?;
        writeln!(f, "有回执 / answered  {answered}   不答 / silent {silent}")?;
        match self.agreed_s {
            Some(s) => writeln!(f, "恢复后一致 / agree {s} s after the outages")?,
            None => writeln!(f, "恢复后仍不一致 / no agreement after the outages")?,
        }
        for item in &self.items {
            let (low, high) = item.booked;
            writeln!(
                f,
                "物资 / item        {} 录入 / typed {} 账面 / booked {low}–{high}",
                { &item.name },
                item.typed
            )?;
        }
        for bearer in &self.bearers {
            let Bearer { name, frames, bytes } = bearer;
            writeln!(f, "承载 / bearer      {name} {frames} 帧 / frames {bytes} B")?;
        }
        for level in &self.levels {
            let told = |sorted: &[u64]| match (percentile(sorted, 50), percentile(sorted, 95)) {
                (Some(half), Some(most)) => format!("{half}/{most} s ({})", sorted.len()),
                _ => "—".to_owned(),
            };
            writeln!(
                f,
                "层级 / level       {} 送达 / reached p50/p95 {} 回执 / answered {}",
                level.name,
                told(&level.reached_s),
                told(&level.answered_s)
            )?;
        }
        self.late.iter().try_for_each(|late| writeln!(f, "  {late}"))?;
        self.breaches.iter().try_for_each(|what| writeln!(f, "  {what}"))?;
        writeln!(f, "{}", if self.pass() { "通过 / passed" } else { "未通过 / not passed" })
    }
}
