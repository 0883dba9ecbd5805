//! How long a modem for short messages is waited for, and what it is told first. Decided here,
//! spent in [`super::machine`].

/// A command is answered within seconds; a modem that looks for its network takes longer.
pub const ANSWER_MS_MAX: u64 = 20_000;
/// From the end of a message to its reference. A geostationary network retries by itself.
pub const SENT_MS_MAX: u64 = 60_000;
/// Time between two looks at signal and registration.
pub const SIGNAL_EVERY_MS: u64 = 20_000;
/// Where messages are stored and not handed over, they are asked for so often.
pub const LIST_EVERY_MS: u64 = 15_000;
/// Where they are handed over, the store is still emptied so often: what came while the line was
/// closed lies there.
pub const LIST_RARELY_MS: u64 = 600_000;
/// Registered nowhere for so long there is no network.
pub const NETWORK_LOST_MS: u64 = 60_000;
/// Pauses after sends that failed in a row; the last one repeats.
pub const FAILED_PAUSES_MS: [u64; 3] = [5_000, 20_000, 60_000];
/// A frame that failed so often is old: whoever made it makes a newer one.
pub const FRAME_TRIES_MAX: u32 = 3;
/// A text is written once and tried longer.
pub const TEXT_TRIES_MAX: u32 = 8;
/// The network keeps a text so long for a phone that is off: a day, then it is history.
pub const TEXT_VALID_S: u32 = 86_400;
/// The network keeps a frame so long; a later one says the same and more.
pub const FRAME_VALID_S: u32 = 3_600;

/// What is said to a modem one after another when it is opened, and what an error means there.
pub const SET_UP: [(&str, OnError); 7] = [
    ("ATE0", OnError::GoOn),
    ("AT+CMEE=1", OnError::GoOn),
    ("AT+CPIN?", OnError::NoCard),
    ("AT+CMGF=0", OnError::NoPduMode),
    ("AT+CSMS?", OnError::GoOn),
    // Hand over messages and reports at once (TS 27.005 section 3.4.1).
    ("AT+CNMI=2,2,0,1,0", OnError::Store),
    ("AT+CREG?", OnError::GoOn),
];
/// Said where a modem does not hand over: store, announce, and give when asked.
pub const STORE: &str = "AT+CNMI=2,1,0,0,0";

/// What an error answer to a command of [`SET_UP`] means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnError {
    /// The modem can do without.
    GoOn,
    /// The card is missing or locked.
    NoCard,
    /// This modem cannot carry frames.
    NoPduMode,
    /// Messages must be fetched from its store.
    Store,
}
