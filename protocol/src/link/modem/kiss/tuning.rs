//! What a TNC may be told of its timing (the KISS specification, section 4). Whatever is not set
//! stays as the TNC has it; SetHardware is never sent.

use super::{FEND, escape};

/// Timing of a TNC, as far as it is to be set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tuning {
    /// Key down before the first bit, ms.
    pub txdelay_ms: Option<u16>,
    /// Chance to key up in a free slot: this many and one of 256.
    pub persist: Option<u8>,
    /// Length of a slot, ms.
    pub slot_ms: Option<u16>,
    /// Key down after the last bit, ms.
    pub txtail_ms: Option<u16>,
}

/// Dire Wolf 1.6 as installed, which most others share: TXDELAY 30, P 63, SlotTime 10, TXtail 10.
const USUAL: (u16, u8, u16, u16) = (300, 63, 100, 100);

impl Tuning {
    /// Append the commands that set it on a port of the TNC.
    pub fn encode(self, port: u8, to: &mut Vec<u8>) {
        let ticks = |ms: u16| u8::try_from(ms.div_ceil(10)).unwrap_or(u8::MAX);
        let commands = [
            (1, self.txdelay_ms.map(ticks)),
            (2, self.persist),
            (3, self.slot_ms.map(ticks)),
            (4, self.txtail_ms.map(ticks)),
        ];
        for (command, value) in commands {
            let Some(value) = value else { continue };
            to.push(FEND);
            escape(port << 4 | command, to);
            escape(value, to);
            to.push(FEND);
        }
    }

    /// What one key-up costs with it, ms: the mean wait for a free slot, the time before the first
    /// bit and after the last. What is not set counts as usual.
    pub fn key_up_ms(self) -> u32 {
        let slot_ms = u32::from(self.slot_ms.unwrap_or(USUAL.2));
        let chances = u32::from(self.persist.unwrap_or(USUAL.1)) + 1;
        let around = [self.txdelay_ms.unwrap_or(USUAL.0), self.txtail_ms.unwrap_or(USUAL.3)];
        slot_ms * 256 / chances + around.into_iter().map(u32::from).sum::<u32>()
    }
}
