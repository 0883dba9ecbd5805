//! What went wrong in the lab, in one sentence. Journeys pass it up; `journey` shows it together
//! with the logs of every program that took part.

use std::fmt;

/// One sentence about what was expected and what was found.
#[derive(Clone, PartialEq, Eq)]
pub struct Trouble(String);

/// What a step of a journey returns.
pub type Outcome<T = ()> = Result<T, Trouble>;

impl Trouble {
    /// Trouble in these words.
    pub fn new(text: impl Into<String>) -> Trouble {
        Trouble(text.into())
    }

    /// The same trouble, with what was being done put before it.
    pub fn during(self, what: &str) -> Trouble {
        Trouble(format!("{what}: {}", self.0))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Trouble {}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Trouble {
        Trouble(error.to_string())
    }
}

impl From<serde_json::Error> for Trouble {
    fn from(error: serde_json::Error) -> Trouble {
        Trouble(format!("JSON: {error}"))
    }
}

/// Checks a statement; what is said when it is false names what was found.
///
/// # Errors
/// When the statement is false.
pub fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(Trouble(otherwise())) }
}
