//! What a seed draws for those who mean harm: an outsider who only has a receiver and a sender,
//! and what the device that was carried off does beside forging.

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::roles::Roles;
use serde::{Deserialize, Serialize};

use super::{off_in_a_third, rate_s};

/// What the device that was carried off may write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Answers and positions; it orders and posts all the same.
    #[default]
    Weak,
    /// It carries and writes nothing; it orders, pleads and posts all the same.
    Relay,
    /// A partner's, with every right within its own unit; it orders and posts for others.
    Partner,
}

impl Standing {
    /// Mostly a weak device, as in all worlds that were kept.
    pub(super) fn draw(dice: &mut Dice) -> Standing {
        match dice.below(6) {
            0 => Standing::Relay,
            1 => Standing::Partner,
            _ => Standing::Weak,
        }
    }

    /// Its roles in the directory.
    pub fn roles(self) -> Roles {
        match self {
            Standing::Weak => Roles::RECEIPT.with(Roles::POSITION),
            Standing::Relay => Roles::RELAY,
            Standing::Partner => {
                Roles::PARTNER.with(Roles::RECEIPT).with(Roles::ORDER_ISSUE).with(Roles::STOCK_ALL)
            }
        }
    }
}

/// Who means harm, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foes {
    /// Somebody without any key says what was heard, cut short or with wrong bits, or noise, this
    /// often, s.
    pub outsider_every_s: Option<u64>,
    /// The outsider also says whole frames again, also where they never were.
    #[serde(default)]
    pub repeats: bool,
    /// The insider leaves the seals off some of its own records.
    pub withholds: bool,
    /// It writes two things at one place, and shows each to somebody else.
    pub equivocates: bool,
    /// It floods: many frames at once that ask for everything.
    pub floods: bool,
    /// It claims digests and holdings that nobody has.
    pub claims: bool,
    /// It makes up digests and sketches, many in a row.
    #[serde(default)]
    pub inventories: bool,
    /// It writes records of kinds that a later version knows; it may, and nobody is harmed.
    #[serde(default)]
    pub is_newer: bool,
    /// What the insider may write.
    #[serde(default)]
    pub standing: Standing,
    /// The authority takes it out after this long, s; it goes on all the same.
    pub revoked_at_s: Option<u64>,
}

impl Foes {
    pub(super) fn draw(dice: &mut Dice, minutes: u64) -> Foes {
        let on = |dice: &mut Dice| dice.below(3) > 0;
        let (withholds, equivocates, floods, claims) = (on(dice), on(dice), on(dice), on(dice));
        let outsider_every_s = rate_s(dice, 20);
        let revoked_at_s = off_in_a_third(dice, |dice| dice.below(minutes * 60));
        Foes {
            outsider_every_s,
            withholds,
            equivocates,
            floods,
            claims,
            revoked_at_s,
            repeats: on(dice),
            inventories: on(dice),
            is_newer: on(dice),
            standing: Standing::default(),
        }
    }
}
