//! What hangs on the wall of a duty room, as lines of the directory: plan texts, evacuation cards,
//! duty lists; and the other codes by which a thing is known. All of them are read by people;
//! nothing is computed with them.
//!
//! ```text
//! 20 aliases  tag of what 1, index, codes list          replaces the former codes of that thing
//! 21 plan     index, code, name, text
//! 22 card     index, code, place, people varint, when, who, leader, to, care
//! 23 duty     index, post, day, shift, person
//! ```
//!
//! A day is `2025-08-19` and a shift what the list says, such as `08:00-20:00`: the wall clock of
//! the district, not a moment.

use crate::base::caps::{ALIASES_MAX, CARD_TEXT_BYTES_MAX, TEXT_BYTES_MAX};
use crate::base::ids::{CardId, DutyId, PersonId, PlaceId, PlanId, PostId};
use crate::field::directory::noun::Noun;
use crate::field::text::{check_name, is_clean};
use crate::pack_struct;
use crate::wire::pack::PackError;

/// Other codes of one thing: official ones, those of a former division, of another system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasEntry {
    /// What the index counts.
    pub noun: Noun,
    /// The index.
    pub index: u16,
    /// The codes; an empty list takes the former ones away.
    pub codes: Vec<String>,
}
pack_struct!(AliasEntry { noun, index, codes });

/// The text of a plan, to be read where no network is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanEntry {
    /// Its index.
    pub index: PlanId,
    /// Its code.
    pub code: String,
    /// Its title.
    pub name: String,
    /// What it says; may have several lines.
    pub text: String,
}
pack_struct!(PlanEntry { index, code, name, text });

/// An evacuation card: when, who, led by whom, where to, and how they are looked after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardEntry {
    /// Its index.
    pub index: CardId,
    /// Its code.
    pub code: String,
    /// The place it is about.
    pub place: PlaceId,
    /// How many people should move.
    pub people: u32,
    /// 何时转.
    pub when: String,
    /// 转移谁.
    pub who: String,
    /// 谁组织.
    pub leader: String,
    /// 转到哪.
    pub to: String,
    /// 如何管.
    pub care: String,
}
pack_struct!(CardEntry { index, code, place, people, when, who, leader, to, care });

/// One shift of a duty list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyEntry {
    /// Its index.
    pub index: DutyId,
    /// The post that is kept.
    pub post: PostId,
    /// The day, as `2025-08-19`.
    pub day: String,
    /// Which shift, such as `08:00-20:00`.
    pub shift: String,
    /// Who keeps it.
    pub person: PersonId,
}
pack_struct!(DutyEntry { index, post, day, shift, person });

impl AliasEntry {
    pub(super) fn check(&self) -> Result<(), PackError> {
        if self.codes.len() > ALIASES_MAX {
            return Err(PackError::TooLong);
        }
        self.codes.iter().try_for_each(|code| check_name(code))
    }
}

impl PlanEntry {
    pub(super) fn check(&self) -> Result<(), PackError> {
        check_text(&self.text, TEXT_BYTES_MAX)
    }
}

impl CardEntry {
    pub(super) fn check(&self) -> Result<(), PackError> {
        let texts = [&self.when, &self.who, &self.leader, &self.to, &self.care];
        texts.into_iter().try_for_each(|text| check_text(text, CARD_TEXT_BYTES_MAX))
    }
}

impl DutyEntry {
    pub(super) fn check(&self) -> Result<(), PackError> {
        if is_day(&self.day) { Ok(()) } else { Err(PackError::BadValue("day")) }
    }
}

fn check_text(text: &str, bytes_max: usize) -> Result<(), PackError> {
    match text.len() > bytes_max {
        true => Err(PackError::TooLong),
        false if is_clean(text) => Ok(()),
        false => Err(PackError::BadValue("text")),
    }
}

/// True for a day as `2025-08-19`. That the month has so many days is not looked at.
pub(super) fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
    let number = |range: std::ops::Range<usize>| text[range].parse::<u8>().unwrap_or(0);
    bytes.len() == 10
        && (bytes[4], bytes[7]) == (b'-', b'-')
        && digits(0..4)
        && digits(5..7)
        && digits(8..10)
        && (1..=12).contains(&number(5..7))
        && (1..=31).contains(&number(8..10))
}

#[cfg(test)]
mod tests;
