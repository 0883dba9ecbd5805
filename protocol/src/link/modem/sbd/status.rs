//! What the numbers of a session mean ("Iridium Short Burst Data Service Developers Guide" and the
//! AT command references of the 9601 and 9602; research, bearers 1.2).
//!
//! ```text
//! +SBDIX: 0, 17, 1, 4, 58, 2
//!         │  │   │  │  │   └─ messages that still wait at the gateway
//!         │  │   │  │  └───── bytes of the one received
//!         │  │   │  └──────── its number
//!         │  │   └─────────── 0 none, 1 received, 2 failed
//!         │  └─────────────── number of the one sent
//!         └────────────────── what became of it, see [`Fate`]
//! ```

use std::str::FromStr;

/// What became of a message handed to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// 0 to 4: the gateway has it.
    Taken,
    /// 18, connection lost: the gateway has it or not. Counts as sent; a double does no harm.
    Unknown,
    /// 35: the modem is busy with something else; again in a moment.
    Busy,
    /// 10 to 17, 19 and others: it has it not; again after a pause.
    Failed,
    /// 32, 37, 38: no service now.
    NoService,
    /// 34: the radio is switched off.
    RadioOff,
    /// 36: again not before three minutes.
    WaitThreeMinutes,
}

/// The fate of a message by the first number of a session.
pub fn fate_of(code: u32) -> Fate {
    match code {
        0..=4 => Fate::Taken,
        18 => Fate::Unknown,
        32 | 37 | 38 => Fate::NoService,
        34 => Fate::RadioOff,
        35 => Fate::Busy,
        36 => Fate::WaitThreeMinutes,
        _ => Fate::Failed,
    }
}

/// The result of one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// What became of the message sent.
    pub sent_code: u32,
    /// 0 none, 1 received, 2 failed.
    pub received_code: u32,
    /// Bytes received.
    pub received_bytes: u32,
    /// Messages that still wait at the gateway.
    pub queued: u32,
}

impl FromStr for Session {
    type Err = ();

    /// Read the six numbers after `+SBDIX:`.
    fn from_str(text: &str) -> Result<Session, ()> {
        let mut numbers = text.split(',').map(|word| word.trim().parse::<u32>().map_err(drop));
        let mut number = || numbers.next().unwrap_or(Err(()));
        let (sent_code, _, received_code) = (number()?, number()?, number()?);
        let (_, received_bytes, queued) = (number()?, number()?, number()?);
        match numbers.next() {
            Some(_) => Err(()),
            None => Ok(Session { sent_code, received_code, received_bytes, queued }),
        }
    }
}
