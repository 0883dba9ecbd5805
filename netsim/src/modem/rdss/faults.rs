//! What may go wrong with made-up BeiDou terminals, by name. Words only; what each does is in
//! the terminal itself.

/// A fault or its end, ordered by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No satellite is seen, or they are seen again.
    Blocked(bool),
    /// The terminal may not send; `None` lifts it.
    Inhibited(Option<Inhibited>),
    /// It says nothing about its next so many sends.
    LoseFeedback(u32),
    /// Its next so many messages arrive nowhere.
    LoseMessages(u32),
    /// Its next so many messages arrive twice.
    DoubleMessages(u32),
    /// The card is taken out, or put back.
    CardOut(bool),
}

/// Why a terminal may not send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inhibited {
    /// The system suppresses the card.
    Suppressed,
    /// Battery low, or no lock.
    Power,
    /// Radio silence.
    Silence,
}

/// Why something did not go its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Before the card's interval had passed.
    Early,
    /// Longer than the level carries.
    Oversize,
    /// The terminal may not send.
    Inhibited,
    /// No card in it.
    NoCard,
    /// The receiver saw no satellite, or the sender did not.
    Blocked,
    /// Lost by chance or by order.
    Lost,
    /// No such card or group.
    Nobody,
}

impl Why {
    /// In one word.
    pub fn word(self) -> &'static str {
        match self {
            Why::Early => "early",
            Why::Oversize => "oversize",
            Why::Inhibited => "inhibited",
            Why::NoCard => "no_card",
            Why::Blocked => "blocked",
            Why::Lost => "lost",
            Why::Nobody => "nobody",
        }
    }
}
