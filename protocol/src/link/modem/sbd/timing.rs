//! How long an Iridium modem is waited for, and what it is told first. Decided here, spent in
//! [`super::machine`].

/// A command is answered within a second; a busy modem may take longer.
pub const ANSWER_MS_MAX: u64 = 10_000;
/// A session takes up to a minute under a poor sky.
pub const SESSION_MS_MAX: u64 = 120_000;
/// Time between two looks at the bars.
pub const SIGNAL_EVERY_MS: u64 = 20_000;
/// Without bars for so long there is no signal.
pub const SIGNAL_LOST_MS: u64 = 60_000;
/// After status 36 (research, bearers 1.2).
pub const THREE_MINUTES_MS: u64 = 180_000;
/// After status 35: the modem is doing something else for a moment.
pub const BUSY_MS: u64 = 5_000;
/// When the sky is free again, the gateway is asked for what rang in vain, but not if it was asked
/// so recently: every question is paid for, and a sky under trees opens every minute.
pub const MISSED_RINGS_MS: u64 = 600_000;
/// Between two sessions that went well.
pub const SESSION_GAP_MS: u64 = 1_000;
/// Pauses after sessions that failed in a row; the last one repeats.
pub const FAILED_PAUSES_MS: [u64; 4] = [5_000, 20_000, 60_000, THREE_MINUTES_MS];
/// A message that failed so often is old: whoever made it makes a newer one.
pub const TRIES_MAX: usize = 6;
/// A radio that is off is asked again after so long.
pub const RADIO_OFF_MS: u64 = 60_000;

/// Said to a modem one after another when it is opened.
pub const SET_UP: [&str; 4] = ["ATE0", "AT&K0", "AT+SBDMTA=1", "AT+SBDD0"];
