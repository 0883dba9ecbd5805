//! How urgent something is. The four grades of official telegrams, then what is not an order.

use serde::{Deserialize, Serialize};

/// Precedence of an order: 特提, 特急, 加急, 平急.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Class {
    /// 特提: life at risk now.
    Flash = 0,
    /// 特急.
    Immediate = 1,
    /// 加急.
    Priority = 2,
    /// 平急.
    Routine = 3,
}

impl Class {
    /// Every class, most urgent first.
    pub const ALL: [Class; 4] = [Class::Flash, Class::Immediate, Class::Priority, Class::Routine];

    /// The class with this number on the wire.
    pub fn from_u8(value: u8) -> Option<Class> {
        Class::ALL.into_iter().find(|class| *class as u8 == value)
    }
}

/// What leaves first (DESIGN section 7): orders by class, then receipts, directory, fixes, stock,
/// reports, bulk. Smaller goes earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Urgency {
    /// Orders, alerts and cancels of class flash.
    Flash = 0,
    /// Class immediate.
    Immediate = 1,
    /// Class priority.
    Priority = 2,
    /// Class routine.
    Routine = 3,
    /// Receipts and revocations.
    Receipt = 4,
    /// Who is who: without it nothing can be verified.
    Directory = 5,
    /// The newest fix and status of each unit.
    Board = 6,
    /// Movements, waybills, counts.
    Stock = 7,
    /// Reports and everything else.
    Report = 8,
}

impl From<Class> for Urgency {
    fn from(class: Class) -> Urgency {
        match class {
            Class::Flash => Urgency::Flash,
            Class::Immediate => Urgency::Immediate,
            Class::Priority => Urgency::Priority,
            Class::Routine => Urgency::Routine,
        }
    }
}
