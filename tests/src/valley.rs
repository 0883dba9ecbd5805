//! A village whose people have nothing but handsets, the town whose machine speaks for it, and the
//! operations centre: what its journeys ask, whichever way the texts travel.

use sanduan_protocol::local::request::{Proxy, Rung};
use sanduan_protocol::local::rows::AddresseeRow;

use crate::trouble::{Trouble, ensure};
use crate::{Machine, Outcome, Sky, seconds, wait_for};

/// The unit that the handsets answer for; it has no machine of its own.
pub const VILLAGE: &str = "几江街道";
/// The unit of the machine that speaks for it.
pub const TOWN: &str = "前方指挥部";

/// The machines of such a journey and the sky over them.
pub struct Valley {
    /// Where the texts go.
    pub sky: Sky,
    /// The operations centre.
    pub centre: Machine,
    /// The town.
    pub town: Machine,
    /// How texts reach the village.
    pub proxy: Proxy,
    /// A step takes so long at most, s.
    pub step_s: u64,
}

impl Valley {
    /// The centre orders something of the village, to be reported as done.
    ///
    /// # Errors
    /// The order was not saved.
    pub fn order(&self, text: &str) -> Outcome<String> {
        let words = ["order", "send", "--to", VILLAGE, "--class", "immediate", "--text", text];
        self.centre.cli_saved(&[&words[..], &["--need", "done"]].concat())
    }

    /// What the operations centre sees of the village.
    ///
    /// # Errors
    /// The order is not owed by it.
    pub fn at_centre(&self, id: &str) -> Outcome<AddresseeRow> {
        let rows = self.centre.order(id)?.addressees;
        rows.into_iter().find(|row| row.name == VILLAGE).ok_or_else(|| Trouble::new("not owed"))
    }

    /// The centre sees this answer by this person, given by a text.
    ///
    /// # Errors
    /// It did not within a step.
    pub fn answered(&self, id: &str, rung: Rung, person: &str, note: &str) -> Outcome {
        wait_for(&format!("{rung:?} by {person} at the centre"), seconds(self.step_s), || {
            let row = self.at_centre(id)?;
            let is_so = row.rung == Some(rung)
                && row.person.as_deref() == Some(person)
                && row.proxy == Some(self.proxy)
                && row.note == note;
            ensure(is_so, || format!("{row:?}"))
        })
    }
}
