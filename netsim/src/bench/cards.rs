//! What frames on satellite cards have beside what they say: header and tag of every message of a
//! made-up day. Which case that is, is told in [`super::slots`].

use sanduan_protocol::wire::frame::{FrameView, HeaderNo};

use super::keys::KeyRow;
use super::slots;

/// Bytes of an ordinary frame on a card beside what it says (DESIGN section 4).
const GOAL_BYTES: usize = 11;

/// Headers and tags of what was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// Frames, words about rekeys among them.
    pub frames: usize,
    /// Their bytes beside what they say.
    pub bytes: usize,
    /// Frames with a tag of eight bytes and the low bits of their number: those of every day.
    pub ordinary: usize,
    /// The least that one of these had beside what it says.
    pub ordinary_bytes: Option<usize>,
    /// How many of them say whose they are.
    pub named: usize,
    /// Frames with a tag of four bytes: beacons and fixes.
    pub brief: usize,
    /// Frames that say nothing.
    pub mute: usize,
    /// Frames with more of their number than its low bits.
    pub numbered: usize,
}

impl Outside {
    /// One more frame.
    pub fn note(&mut self, frame: &[u8]) {
        self.frames += 1;
        // Nothing but the word about a rekey is no frame, and it is all said.
        let Ok(view) = FrameView::new(frame) else { return };
        let bytes = frame.len() - view.plain_bytes();
        self.bytes += bytes;
        self.brief += usize::from(view.header.brief);
        match view.header.number {
            HeaderNo::Absent => self.mute += 1,
            HeaderNo::Near { .. } | HeaderNo::Whole(_) => self.numbered += 1,
            HeaderNo::Low(_) if view.header.brief => {}
            HeaderNo::Low(_) => {
                self.ordinary += 1;
                self.named += usize::from(view.header.sender.is_some());
                let least = self.ordinary_bytes.map_or(bytes, |least| least.min(bytes));
                self.ordinary_bytes = Some(least);
            }
        }
    }
}

/// Frames of a day of a cut town on one card of 77 bytes a minute.
pub fn card_frames() -> Vec<KeyRow> {
    let day = slots::town_day_frames();
    let row = |what: String, bytes, goal| KeyRow { what, bytes, goal };
    let ordinary = format!(
        "卫星卡普通帧开销，{} 帧，另 {} 帧带机号多 2 ordinary frame on a card, two more with its sender",
        day.ordinary - day.named,
        day.named
    );
    let kinds = format!(
        "卫星卡一日 {} 帧平均开销（短标签 {}，哑帧 {}，带全号 {}） mean of a day on a card (1/100 B)",
        day.frames, day.brief, day.mute, day.numbered
    );
    vec![
        row(ordinary, day.ordinary_bytes.unwrap_or(0), Some(GOAL_BYTES)),
        row(kinds, day.bytes * 100 / day.frames.max(1), Some(100 * GOAL_BYTES)),
    ]
}

#[cfg(test)]
mod tests {
    use sanduan_protocol::base::ids::DeviceId;
    use sanduan_protocol::base::start::Start;
    use sanduan_protocol::keys::frame_key::{FrameKey, FrameSealer, Manner};
    use sanduan_protocol::keys::suite::SUITE_0;
    use sanduan_protocol::wire::frame::NumberForm;

    use super::*;

    #[test]
    fn frames_are_told_apart_by_what_stands_outside() {
        let mut sealer = FrameSealer::new(FrameKey::derive(SUITE_0, &[7; 32], 1), DeviceId(2));
        sealer.begin(Start::default());
        let mut seen = Outside::default();
        let nameless = Manner { number: NumberForm::Nameless, ..Manner::SHORT };
        let brief = Manner { brief: true, ..Manner::SHORT };
        for manner in [Manner::SHORT, Manner::WHOLE, nameless, brief] {
            seen.note(&sealer.seal(&[5; 40], manner).expect("a start was begun"));
        }
        seen.note(&[0x70, 0, 2, 1, 2, 3, 4]);
        let kinds = (seen.frames, seen.ordinary, seen.numbered, seen.brief, seen.mute);
        assert_eq!(kinds, (5, 2, 1, 2, 1));
        assert_eq!((seen.bytes, seen.named), (13 + 18 + 11 + 9 + 7, 1));
        assert_eq!(seen.ordinary_bytes, Some(11));
    }
}
