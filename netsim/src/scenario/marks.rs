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
    /// Slots that its cards had, if it has cards: each frame takes one.
    pub slots: Option<u64>,
    /// Bytes of one message of its cards, if it has cards.
    pub message_bytes: Option<u32>,
}

/// How fast the posts of one level were reached, and answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Level {
    /// Its name in the file.
    pub name: String,
    /// Orders times addressees of this level.
    pub owed: u64,
    /// From the order at its issuer to the machine of each addressee, or to the handset of a
    /// village, s, sorted.
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
    /// What the books of all places say, what is on its way included, lowest and highest; equal if
    /// all is well.
    pub booked: (i64, i64),
}

/// One pass mark.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// What is measured, Chinese / English.
    pub name: String,
    /// What is wanted.
    pub wanted: String,
    /// What was measured.
    pub measured: String,
    /// True if it was reached; none if nothing was there to measure.
    pub passed: Option<bool>,
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
    /// Villages behind gateways.
    pub villages: u64,
    /// Orders given.
    pub orders: u64,
    /// Orders times addressees.
    pub owed: u64,
    /// Of these: a machine of the addressee, or a handset of the village, holds it in the end.
    pub reached: u64,
    /// Of these: soon enough.
    pub in_time: u64,
    /// Of these: the issuer knows of an answer.
    pub answered: u64,
    /// Of these: the people there will never answer (drawn).
    pub silent: u64,
    /// Texts to villages by short message and by card, and villages that a runner told.
    pub texts: [u64; 3],
    /// Records and refusals of what people entered.
    pub entered: (u64, u64),
    /// Who lacks which order in the end, or got it late; the first ones.
    pub late: Vec<String>,
    /// Until all agreed once the outages had ended, s.
    pub agreed_s: Option<u64>,
    /// The pass marks.
    pub marks: Vec<Mark>,
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
    /// Every mark that could be measured was reached.
    pub fn pass(&self) -> bool {
        self.marks.iter().all(|mark| mark.passed != Some(false))
    }
}

/// The value below which `percent` of the sorted values lie.
pub fn percentile(sorted: &[u64], percent: usize) -> Option<u64> {
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied()
}

/// Items told one by one; of more, only those that do not add up.
const ITEMS_TOLD: usize = 4;

impl fmt::Display for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Marks { owed, reached, in_time, answered, silent, .. } = self;
        writeln!(f, "{} · 种子 / seed {} · {:016x}", self.title, self.seed, self.fingerprint)?;
        let (places, villages, minutes) = (self.places, self.villages, self.minutes);
        writeln!(f, "{places} 处 / places, {villages} 村社区 / villages, {minutes} min")?;
        writeln!(f, "指令 / orders      {} × {owed} 份 / copies", self.orders)?;
        writeln!(f, "送到 / reached     {reached}   丢失 / lost {}", owed - reached)?;
        writeln!(f, "按时 / in time     {in_time}")?;
        writeln!(f, "有回执 / answered  {answered}   不答 / silent {silent}")?;
        let (saved, refused) = self.entered;
        writeln!(f, "录入 / entered     {saved}   拒绝 / refused {refused}")?;
        let [texts, cards, runners] = self.texts;
        if villages > 0 {
            writeln!(
                f,
                "村 / villages      短信 / texts {texts} 北斗 / cards {cards} 电台 / by radio {runners}"
            )?;
        }
        match self.agreed_s {
            Some(s) => writeln!(f, "恢复后一致 / agree {s} s after the outages")?,
            None => writeln!(f, "恢复后仍不一致 / no agreement after the outages")?,
        }
        self.tell_goods(f)?;
        for bearer in &self.bearers {
            let Bearer { name, frames, bytes, slots, message_bytes } = bearer;
            write!(f, "承载 / bearer      {name} {frames} 帧 / frames {bytes} B")?;
            if let Some(slots) = slots {
                write!(f, ", 时隙 / slots {frames}/{slots}")?;
            }
            match message_bytes {
                Some(bytes) => writeln!(f, ", 每条 ≤ {bytes} B / a message")?,
                None => writeln!(f)?,
            }
        }
        for level in &self.levels {
            let told = |sorted: &[u64]| match (percentile(sorted, 50), percentile(sorted, 95)) {
                (Some(half), Some(most)) => format!("{half}/{most} s ({})", sorted.len()),
                _ => "—".to_owned(),
            };
            let (name, owed) = (&level.name, level.owed);
            let (reached, answered) = (told(&level.reached_s), told(&level.answered_s));
            writeln!(
                f,
                "层级 / level       {name} {owed} 份 送达 / reached p50/p95 {reached} 回执 / answered \
                 {answered}"
            )?;
        }
        self.late.iter().try_for_each(|late| writeln!(f, "  {late}"))?;
        self.breaches.iter().try_for_each(|what| writeln!(f, "  {what}"))?;
        self.tell_marks(f)?;
        writeln!(f, "{}", if self.pass() { "通过 / passed" } else { "未通过 / not passed" })
    }
}

impl Marks {
    fn tell_goods(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let odd = |item: &&Item| item.booked != (item.typed, item.typed);
        let few = self.items.len() <= ITEMS_TOLD;
        for item in self.items.iter().filter(|item| few || odd(item)) {
            let ((low, high), typed) = (item.booked, item.typed);
            let name = &item.name;
            writeln!(
                f,
                "物资 / item        {name} 录入 / typed {typed} 账面 / booked {low}–{high}"
            )?;
        }
        Ok(())
    }

    fn tell_marks(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wide = |column: &dyn Fn(&Mark) -> &str| {
            self.marks.iter().map(|mark| columns(column(mark))).max().unwrap_or(0)
        };
        let widths = [wide(&|mark| &mark.name), wide(&|mark| &mark.wanted)];
        for mark in &self.marks {
            let word = match mark.passed {
                Some(true) => "✓ 达到 / passed",
                Some(false) => "✗ 未达 / MISSED",
                None => "— 未测 / nothing to measure",
            };
            let padded = |text: &str, width: usize| {
                format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
            };
            let (name, wanted) = (padded(&mark.name, widths[0]), padded(&mark.wanted, widths[1]));
            writeln!(f, "{name}  {wanted}  {word}  {}", mark.measured)?;
        }
        Ok(())
    }
}

/// Columns of a terminal that a text takes: Chinese signs take two.
fn columns(text: &str) -> usize {
    text.chars().map(|sign| if sign >= '\u{2e80}' { 2 } else { 1 }).sum()
}
