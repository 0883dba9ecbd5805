//! The handsets that a gateway knows: number, unit, person, turn, and which gateways write to it.

use std::collections::BTreeMap;

use crate::base::caps::VILLAGE_HANDSETS_MAX;
use crate::local::request::{Proxy, TextMeans};

/// One handset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handset {
    /// By what means it is reached.
    pub means: TextMeans,
    /// Its number, in the form in which it is shown and compared.
    pub number: String,
    /// Name or code of the unit that its person answers for.
    pub unit: String,
    /// Who has it.
    pub person: String,
    /// 0 for the first to be asked (A角), 1 for the stand-in (B角), and so on.
    pub turn: u8,
    /// Names or codes of the units whose gateways write to it, first one first; empty for every
    /// gateway that knows it, which only one should.
    pub gateways: Vec<String>,
}

impl Handset {
    /// What names it everywhere else: means and number.
    pub fn key(&self) -> String {
        key_of(self.means, &self.number)
    }

    /// The letter of its turn, as in A角.
    pub fn letter(&self) -> char {
        char::from(b'A' + self.turn.min(25))
    }

    /// The place of a gateway among those that write to it; none if it only listens.
    pub fn place_of(&self, own: &[String]) -> Option<u64> {
        if self.gateways.is_empty() {
            return Some(0);
        }
        let place = self.gateways.iter().position(|gateway| own.contains(gateway));
        place.map(|place| place as u64)
    }
}

/// The name of a handset of this number.
pub fn key_of(means: TextMeans, number: &str) -> String {
    format!("{}:{number}", means.name())
}

/// The form in which a number is compared: a telephone number without its country code, a card
/// without the zeros before it.
pub fn plain_number(means: TextMeans, text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let plain = match means {
        TextMeans::Sms => digits.strip_prefix("00").unwrap_or(&digits),
        TextMeans::Beidou => return digits.trim_start_matches('0').to_owned(),
    };
    match plain.strip_prefix("86") {
        Some(rest) if rest.len() == 11 => rest.to_owned(),
        _ => plain.to_owned(),
    }
}

/// What a receipt says of how its answer came.
pub fn proxy_of(means: TextMeans) -> Proxy {
    match means {
        TextMeans::Sms => Proxy::Text,
        TextMeans::Beidou => Proxy::Beidou,
    }
}

/// All handsets of a gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registry {
    handsets: BTreeMap<String, Handset>,
}

/// Why a handset was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// The number is there already.
    Twice,
    /// There are too many.
    TooMany,
}

impl Registry {
    /// Take in one handset.
    ///
    /// # Errors
    /// Its number is there already, or there is no room.
    pub fn add(&mut self, handset: Handset) -> Result<(), NotTaken> {
        let key = handset.key();
        if self.handsets.contains_key(&key) {
            return Err(NotTaken::Twice);
        }
        if self.handsets.len() >= VILLAGE_HANDSETS_MAX {
            return Err(NotTaken::TooMany);
        }
        self.handsets.insert(key, handset);
        Ok(())
    }

    /// The handset of this name.
    pub fn get(&self, key: &str) -> Option<&Handset> {
        self.handsets.get(key)
    }

    /// All, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Handset> {
        self.handsets.values()
    }

    /// Those of a unit, by turn; the unit is given by its name and its code.
    pub fn of_unit(&self, name: &str, code: &str) -> Vec<&Handset> {
        let is_of = |handset: &&Handset| handset.unit == name || handset.unit == code;
        let mut found: Vec<&Handset> = self.handsets.values().filter(is_of).collect();
        found.sort_by_key(|handset| handset.turn);
        found
    }
}
