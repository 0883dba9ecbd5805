//! From what people type to an index, and from an index to what people read. A name must fit
//! exactly: sending an order to a town that merely sounds alike is worse than asking again.

use std::collections::BTreeMap;

use crate::base::ids::{DepotId, DeviceId, ItemId, PersonId, PlaceId, PostId, TemplateId, UnitId};
use crate::field::directory::entry::{
    DepotEntry, ItemEntry, PersonEntry, PlaceEntry, PostEntry, UnitEntry,
};
use crate::field::directory::noun::Noun;
use crate::field::directory::{Directory, TemplateEntry, live};
use crate::local::refusal::{Refusal, RefusalCode};
use crate::wire::record::Person;

/// What was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// One kind of entry.
    Noun(Noun),
    /// A unit, place, post, depot or word for many.
    Audience,
    /// A group of those who can read.
    Group,
}

impl What {
    fn zh(self) -> &'static str {
        match self {
            What::Noun(noun) => noun.zh(),
            What::Audience => "发送对象",
            What::Group => "密组",
        }
    }

    fn en(self) -> &'static str {
        match self {
            What::Noun(noun) => noun.en(),
            What::Audience => "addressee",
            What::Group => "group",
        }
    }

    /// The command that shows what there is.
    fn command(self) -> String {
        match self {
            What::Noun(noun) => format!("sanduan directory list {}", noun.word()),
            What::Audience => format!("sanduan directory list {}", Noun::Unit.word()),
            What::Group => "sanduan group list".to_owned(),
        }
    }
}

/// Why a typed name is not one entry of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameError {
    /// Nothing was typed.
    Empty {
        /// What was wanted.
        what: What,
    },
    /// Nothing has this name, code or index.
    Unknown {
        /// What was wanted.
        what: What,
        /// What was typed.
        name: String,
        /// Names that look alike, best first.
        near: Vec<String>,
    },
    /// Several have it.
    Ambiguous {
        /// What was wanted.
        what: What,
        /// What was typed.
        name: String,
        /// Each with what tells it apart.
        candidates: Vec<String>,
    },
    /// The audience has more parts than an order can carry.
    TooMany,
}

impl NameError {
    /// An addressee that nothing looks like.
    pub fn unknown(name: &str) -> NameError {
        NameError::Unknown { what: What::Audience, name: shortened(name), near: Vec::new() }
    }
}

/// Suggestions of one answer.
pub const NEAR_MAX: usize = 5;

fn shortened(name: &str) -> String {
    name.chars().take(40).collect()
}

impl From<NameError> for Refusal {
    fn from(error: NameError) -> Refusal {
        match error {
            NameError::Empty { what } => Refusal::new(
                RefusalCode::BadValue,
                format!("未填写{}。请输入名称、代码或编号。", what.zh()),
                format!("No {} given. Enter its name, code or number.", what.en()),
            ),
            NameError::Unknown { what, name, near } if near.is_empty() => Refusal::new(
                RefusalCode::UnknownName,
                format!(
                    "名录中没有{}“{name}”。请用 {} 核对名称或代码；名录里确实没有的，请授权机补录。",
                    what.zh(),
                    what.command()
                ),
                format!(
                    "The directory has no {} \"{name}\". Look for its name or code with `{}`; if \
                     it is not there, ask the authority to add it.",
                    what.en(),
                    what.command()
                ),
            ),
            NameError::Unknown { what, name, near } => Refusal::new(
                RefusalCode::UnknownName,
                format!(
                    "名录中没有{}“{name}”。是否为：{}？请用完整名称或代码。",
                    what.zh(),
                    near.join("、")
                ),
                format!(
                    "The directory has no {} \"{name}\". Did you mean {}? Use the full name or \
                     the code.",
                    what.en(),
                    near.join(", ")
                ),
            ),
            NameError::Ambiguous { what, name, candidates } => Refusal::new(
                RefusalCode::AmbiguousName,
                format!("“{name}”对应多个{}：{}。请改用代码。", what.zh(), candidates.join("、")),
                format!(
                    "\"{name}\" fits several entries ({}): {}. Use the code instead.",
                    what.en(),
                    candidates.join(", ")
                ),
            ),
            NameError::TooMany => Refusal::new(
                RefusalCode::TooLong,
                "发送对象过多。请改用“全部镇街”等类别，或分两条指令发出。",
                "Too many addressees. Use a word such as \"towns\", or send two orders.",
            ),
        }
    }
}

/// What every entry with a name has.
trait Named {
    fn index(&self) -> u16;
    fn code(&self) -> &str;
    fn name(&self) -> &str;
}

macro_rules! named {
    ($($entry:ident),*) => {$(
        impl Named for $entry {
            fn index(&self) -> u16 {
                self.index.0
            }
            fn code(&self) -> &str {
                &self.code
            }
            fn name(&self) -> &str {
                &self.name
            }
        }
    )*};
}
named!(PlaceEntry, UnitEntry, ItemEntry, DepotEntry, PostEntry);

impl Named for TemplateEntry {
    fn index(&self) -> u16 {
        self.index.0
    }
    fn code(&self) -> &str {
        &self.code
    }
    fn name(&self) -> &str {
        &self.zh
    }
}

impl Named for PersonEntry {
    fn index(&self) -> u16 {
        self.index.0
    }
    fn code(&self) -> &str {
        ""
    }
    fn name(&self) -> &str {
        &self.name
    }
}

/// The index of the one entry with this code, else this name, else this other code of it, else
/// this index.
fn find<'a, E: Named + 'a>(
    aliases: &BTreeMap<(Noun, u16), Vec<String>>,
    noun: Noun,
    text: &str,
    entries: impl Iterator<Item = &'a E> + Clone,
) -> Result<u16, NameError> {
    let text = text.trim();
    let what = What::Noun(noun);
    if text.is_empty() {
        return Err(NameError::Empty { what });
    }
    let number = text.strip_prefix('#').unwrap_or(text).parse::<u16>().ok();
    let [mut by_code, mut by_name, mut by_alias, mut by_index] = [const { Vec::new() }; 4];
    for entry in entries.clone() {
        if entry.code().eq_ignore_ascii_case(text) {
            by_code.push(entry);
        }
        if entry.name() == text {
            by_name.push(entry);
        }
        let others = aliases.get(&(noun, entry.index())).into_iter().flatten();
        if others.into_iter().any(|code| code.eq_ignore_ascii_case(text)) {
            by_alias.push(entry);
        }
        if Some(entry.index()) == number {
            by_index.push(entry);
        }
    }
    for found in [by_code, by_name, by_alias, by_index] {
        match found.as_slice() {
            [] => {}
            [one] => return Ok(one.index()),
            many => {
                let candidates = many.iter().take(NEAR_MAX).map(|entry| told_apart(*entry));
                let candidates = candidates.collect();
                return Err(NameError::Ambiguous { what, name: shortened(text), candidates });
            }
        }
    }
    Err(NameError::Unknown { what, name: shortened(text), near: near(text, entries) })
}

fn told_apart<E: Named>(entry: &E) -> String {
    match entry.code() {
        "" => format!("{} #{}", entry.name(), entry.index()),
        code => format!("{}({code})", entry.name()),
    }
}

/// Names that share at least half of their signs with what was typed, best first.
fn near<'a, E: Named + 'a>(text: &str, entries: impl Iterator<Item = &'a E>) -> Vec<String> {
    let typed: Vec<char> = text.chars().take(40).collect();
    let mut scored: Vec<(usize, u16, &str)> = entries
        .filter_map(|entry| {
            let (name, code) = (entry.name(), entry.code());
            let shared = shared_count(&typed, name).max(shared_count(&typed, code));
            let starts = name.starts_with(text) || name.contains(text);
            let score = if starts { shared + typed.len() } else { shared };
            (score * 2 > typed.len()).then_some((score, entry.index(), name))
        })
        .collect();
    scored.sort_by_key(|(score, index, _)| (usize::MAX - score, *index));
    scored.into_iter().take(NEAR_MAX).map(|(_, _, name)| name.to_owned()).collect()
}

/// How many signs of `typed` the name has, each used once.
fn shared_count(typed: &[char], name: &str) -> usize {
    let mut left: Vec<char> = name.chars().collect();
    let mut shared = 0;
    for sign in typed {
        if let Some(at) = left.iter().position(|other| other == sign) {
            left.swap_remove(at);
            shared += 1;
        }
    }
    shared
}

/// Shown for an index that the directory here does not know yet. Rows are read in either language,
/// so it says both.
fn unknown_index(index: u16) -> String {
    format!("编号 {index}（通讯录未更新）/no. {index} (directory not up to date)")
}

impl Directory {
    /// The unit of this code, name or index.
    pub fn unit(&self, text: &str) -> Result<UnitId, NameError> {
        find(&self.aliases, Noun::Unit, text, live(&self.units)).map(UnitId)
    }

    /// The place of this code, name or index.
    pub fn place(&self, text: &str) -> Result<PlaceId, NameError> {
        find(&self.aliases, Noun::Place, text, live(&self.places)).map(PlaceId)
    }

    /// The item of this code, name or index.
    pub fn item(&self, text: &str) -> Result<ItemId, NameError> {
        find(&self.aliases, Noun::Item, text, live(&self.items)).map(ItemId)
    }

    /// The depot of this code, name or index.
    pub fn depot(&self, text: &str) -> Result<DepotId, NameError> {
        find(&self.aliases, Noun::Depot, text, live(&self.depots)).map(DepotId)
    }

    /// The post of this code, name or index.
    pub fn post(&self, text: &str) -> Result<PostId, NameError> {
        find(&self.aliases, Noun::Post, text, live(&self.posts)).map(PostId)
    }

    /// The order template of this code or index.
    pub fn template(&self, text: &str) -> Result<TemplateId, NameError> {
        find(&self.aliases, Noun::Template, text, self.templates()).map(TemplateId)
    }

    /// The person of this name or index.
    pub fn person(&self, text: &str) -> Result<PersonId, NameError> {
        find(&self.aliases, Noun::Person, text, live(&self.persons)).map(PersonId)
    }

    /// The device of this index, or the only device of this unit.
    pub fn device(&self, text: &str) -> Result<DeviceId, NameError> {
        let what = What::Noun(Noun::Device);
        let text = text.trim();
        let number = text.strip_prefix('#').unwrap_or(text).parse::<u16>().ok().map(DeviceId);
        if let Some(kept) = number.and_then(|index| self.devices.get(&index)) {
            return Ok(kept.entry.index);
        }
        let unit = self.unit(text).map_err(|error| match error {
            NameError::Unknown { name, near, .. } => NameError::Unknown { what, name, near },
            other => other,
        })?;
        match self.devices_of(unit).collect::<Vec<_>>().as_slice() {
            [] => Err(NameError::Unknown { what, name: shortened(text), near: Vec::new() }),
            [one] => Ok(*one),
            many => Err(NameError::Ambiguous {
                what,
                name: shortened(text),
                candidates: many.iter().map(|device| format!("#{device}")).collect(),
            }),
        }
    }

    /// How a typed person is written into a record: as an index if the directory has exactly one
    /// of that name, else as the name itself.
    pub fn who(&self, name: &str) -> Person {
        let name = name.trim();
        let mut same = live(&self.persons).filter(|person| person.name == name);
        match (name.is_empty(), same.next(), same.next()) {
            (true, _, _) => Person::Nobody,
            (false, Some(person), None) => Person::Index(person.index),
            (false, _, _) => Person::Name(name.to_owned()),
        }
    }

    /// Name of a unit.
    pub fn unit_name(&self, unit: UnitId) -> String {
        self.unit_entry(unit).map_or_else(|| unknown_index(unit.0), |entry| entry.name.clone())
    }

    /// Name of a place.
    pub fn place_name(&self, place: PlaceId) -> String {
        self.place_entry(place).map_or_else(|| unknown_index(place.0), |entry| entry.name.clone())
    }

    /// Name of an item.
    pub fn item_name(&self, item: ItemId) -> String {
        self.item_entry(item).map_or_else(|| unknown_index(item.0), |entry| entry.name.clone())
    }

    /// Name of a depot.
    pub fn depot_name(&self, depot: DepotId) -> String {
        self.depot_entry(depot).map_or_else(|| unknown_index(depot.0), |entry| entry.name.clone())
    }

    /// Name of the unit a device speaks for.
    pub fn device_unit_name(&self, device: DeviceId) -> String {
        self.member(device)
            .map_or_else(|| unknown_index(device.0), |member| self.unit_name(member.unit))
    }

    /// Name of a person as written in a record; empty for nobody.
    pub fn person_name(&self, person: &Person) -> String {
        match person {
            Person::Nobody => String::new(),
            Person::Name(name) => name.clone(),
            Person::Index(index) => self
                .person_entry(*index)
                .map_or_else(|| unknown_index(index.0), |entry| entry.name.clone()),
        }
    }
}

#[cfg(test)]
mod tests;
