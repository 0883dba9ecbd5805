//! Who of a unit is texted when, counted from the moment the order came to the gateway. Data: a
//! district that works otherwise writes another table into its configuration.

use std::fmt;
use std::str::FromStr;

use crate::base::caps::VILLAGE_STEPS_MAX;
use crate::base::class::Class;

/// One text of a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Whose turn: 0 for A角, 1 for B角.
    pub turn: u8,
    /// So long after the order came, seconds.
    pub after_s: u32,
}

/// The texts of one class of orders, in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps(Vec<Step>);

/// A ladder is not written as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSteps;

impl Steps {
    /// The steps.
    pub fn iter(&self) -> impl Iterator<Item = &Step> {
        self.0.iter()
    }
}

/// The ladder of every class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepTable(pub [Steps; 4]);

impl Default for StepTable {
    /// A village must have answered within ten minutes: five for A角, then B角, and both once more
    /// (research, domain section 2, 叫应 and the proposed limits).
    fn default() -> StepTable {
        let steps = |steps: &[(u8, u32)]| {
            Steps(
                steps
                    .iter()
                    .map(|(turn, after_s)| Step { turn: *turn, after_s: *after_s })
                    .collect(),
            )
        };
        StepTable([
            steps(&[(0, 0), (1, 180), (0, 480), (1, 480)]),
            steps(&[(0, 0), (1, 300), (0, 600), (1, 600)]),
            steps(&[(0, 0), (1, 900)]),
            steps(&[(0, 0), (1, 3600)]),
        ])
    }
}

impl StepTable {
    /// The ladder of a class.
    pub fn of(&self, class: Class) -> &Steps {
        &self.0[class as usize]
    }
}

impl FromStr for Steps {
    type Err = NoSteps;

    /// `A0 B300 A600`: whose turn, and after how many seconds.
    fn from_str(text: &str) -> Result<Steps, NoSteps> {
        let step = |word: &str| {
            let mut signs = word.chars();
            let letter = signs.next().filter(char::is_ascii_uppercase).ok_or(NoSteps)?;
            let after_s: u32 = signs.as_str().parse().map_err(|_| NoSteps)?;
            let turn = letter as u8 - b'A';
            if after_s <= 86_400 { Ok(Step { turn, after_s }) } else { Err(NoSteps) }
        };
        let steps: Vec<Step> = text.split_whitespace().map(step).collect::<Result<_, _>>()?;
        let fits = (1..=VILLAGE_STEPS_MAX).contains(&steps.len());
        let is_in_time = steps.is_sorted_by_key(|step| step.after_s);
        if fits && is_in_time { Ok(Steps(steps)) } else { Err(NoSteps) }
    }
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            let blank = if at == 0 { "" } else { " " };
            write!(f, "{blank}{}{}", char::from(b'A' + step.turn), step.after_s)?;
        }
        Ok(())
    }
}
