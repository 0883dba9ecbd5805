//! Sentences made by rule, beside those written by hand.

/// None yet.
pub fn sentences() -> Vec<String> {
    Vec::new()
}
