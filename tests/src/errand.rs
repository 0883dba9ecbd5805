//! An errand over one link: an order goes out and its receipt comes back. What the link is and what
//! goes wrong on it is the journey's business.

use sanduan_protocol::local::rows::{BearerRow, OrderState};

use crate::config::Config;
use crate::lab::Lab;
use crate::machine::Machine;
use crate::round::{self, DEPOT_ROLES, DEPOT_UNIT};
use crate::trouble::{Outcome, Trouble, ensure};
use crate::wait::{seconds, wait_for};

/// An operations centre and a depot with nothing between them but what their configurations say.
#[derive(Debug)]
pub struct Errand {
    /// Operations centre.
    pub centre: Machine,
    /// Depot.
    pub depot: Machine,
    /// How long the slowest step may take, in seconds.
    pub step_s: u64,
}

impl Errand {
    /// Both started, with the same directory.
    ///
    /// # Errors
    /// When one does not come up.
    pub fn between(lab: &Lab, centre: &Config, depot: &Config, step_s: u64) -> Outcome<Errand> {
        let mut first = lab.found("centre")?;
        first.configure(centre)?;
        first.start()?;
        let mut second = lab.join(&first, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
        second.configure(depot)?;
        second.start()?;
        round::preload(&first, &[&second])?;
        Ok(Errand { centre: first, depot: second, step_s })
    }

    /// The centre gives an order; its number.
    ///
    /// # Errors
    /// When it is refused.
    pub fn order(&self, text: &str) -> Outcome<String> {
        let words = ["order", "send", "--to", DEPOT_UNIT, "--class", "immediate", "--text", text];
        self.centre.cli_saved(&words)
    }

    /// The order is at the depot, whole and signed.
    ///
    /// # Errors
    /// When it does not come in time.
    pub fn arrives(&self, id: &str) -> Outcome {
        wait_for("the order at the depot, verified", seconds(self.step_s), || {
            let row = self.depot.order(id)?.order;
            ensure(row.state != OrderState::Provisional, || format!("{row:?}"))
        })
    }

    /// The depot answers, and the centre hears of it.
    ///
    /// # Errors
    /// When that does not come true in time.
    pub fn answered(&self, id: &str) -> Outcome {
        self.depot.cli(&["receipt", id, "acknowledged", "--person", "库管员"])?;
        wait_for("the receipt at the centre", seconds(self.step_s), || {
            let row = self.centre.order(id)?.order;
            ensure(row.acknowledged == 1, || format!("{row:?}"))
        })
    }

    /// There and back.
    ///
    /// # Errors
    /// At the first step that does not come true in time.
    pub fn round_trip(&self, text: &str) -> Outcome {
        let id = self.order(text)?;
        self.arrives(&id)?;
        self.answered(&id)
    }
}

/// The one link of a machine.
///
/// # Errors
/// When there is none.
pub fn link(machine: &Machine) -> Outcome<BearerRow> {
    machine.bearers()?.into_iter().next().ok_or_else(|| Trouble::new("no link"))
}

/// Waits until the one link of a machine is as wanted.
///
/// # Errors
/// When it does not become so in time; the words hold the row.
pub fn link_becomes(
    what: &str,
    machine: &Machine,
    within_s: u64,
    wanted: impl Fn(&BearerRow) -> bool,
) -> Outcome {
    wait_for(what, seconds(within_s), || {
        let row = link(machine)?;
        ensure(wanted(&row), || format!("{row:?}"))
    })
}
