//! Bytes of one stream between two machines on the ad hoc network.
//!
//! ```text
//!  offset bytes
//!    0     2    length L, big-endian: 1..=1200 a frame; 0 a question; 0xffff its answer
//!    2     L    the frame, sealed as on every bearer
//! ```
//!
//! The first thing each side sends is a frame of another kind, its greeting:
//!
//! ```text
//!    0     2    4
//!    2     2    TCP port on which it listens
//!    4     2    number of the device, shown to people; whose frames are believed is decided by
//!               their seal
//! ```

use sanduan_protocol::base::caps::FRAME_BYTES_MAX;
use sanduan_protocol::base::ids::DeviceId;

const HEAD_BYTES: usize = 2;
const QUESTION: u16 = 0;
const ANSWER: u16 = u16::MAX;
/// Bytes of a greeting without its length.
const GREETING_BYTES: usize = 4;

/// A question, ready to send.
pub const QUESTION_BYTES: [u8; HEAD_BYTES] = QUESTION.to_be_bytes();
/// An answer, ready to send.
pub const ANSWER_BYTES: [u8; HEAD_BYTES] = ANSWER.to_be_bytes();

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A frame.
    Frame(Vec<u8>),
    /// Are you there?
    Question,
    /// I am.
    Answer,
}

/// Who speaks on a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// TCP port on which it listens.
    pub port: u16,
    /// Number of the device.
    pub device: DeviceId,
}

/// A length that no frame has: the other side speaks another language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadLength;

/// Cuts a stream into what was said. It never holds more than one frame and what was just read.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    waiting: Vec<u8>,
}

impl Decoder {
    /// Bytes came.
    pub fn push(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    /// The next thing that was said, if it is whole.
    ///
    /// # Errors
    /// The stream cannot be read any further.
    pub fn next(&mut self) -> Result<Option<Said>, BadLength> {
        let Some((head, rest)) = self.waiting.split_first_chunk::<HEAD_BYTES>() else {
            return Ok(None);
        };
        let (said, bytes) = match u16::from_be_bytes(*head) {
            QUESTION => (Said::Question, 0),
            ANSWER => (Said::Answer, 0),
            length if usize::from(length) > FRAME_BYTES_MAX => return Err(BadLength),
            length => match rest.get(..usize::from(length)) {
                Some(frame) => (Said::Frame(frame.to_vec()), frame.len()),
                None => return Ok(None),
            },
        };
        self.waiting.drain(..HEAD_BYTES + bytes);
        Ok(Some(said))
    }
}

/// A frame with its length; empty and too long ones cannot be said.
pub fn encode(frame: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(frame.len()).ok()?;
    if frame.is_empty() || frame.len() > FRAME_BYTES_MAX {
        return None;
    }
    let mut bytes = Vec::with_capacity(HEAD_BYTES + frame.len());
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(frame);
    Some(bytes)
}

impl Greeting {
    /// The greeting as a frame's content.
    pub fn emit(self) -> [u8; GREETING_BYTES] {
        let [p0, p1] = self.port.to_be_bytes();
        let [d0, d1] = self.device.0.to_be_bytes();
        [p0, p1, d0, d1]
    }

    /// Read a frame's content; later versions may say more behind it.
    pub fn read(bytes: &[u8]) -> Option<Greeting> {
        let [p0, p1, d0, d1] = *bytes.first_chunk::<GREETING_BYTES>()?;
        let device = DeviceId(u16::from_be_bytes([d0, d1]));
        Some(Greeting { port: u16::from_be_bytes([p0, p1]), device })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_and_questions_come_out_as_they_went_in_however_they_are_cut() {
        let long = vec![7; FRAME_BYTES_MAX];
        let mut bytes = encode(&[1, 2, 3]).expect("short");
        bytes.extend(QUESTION_BYTES);
        bytes.extend(encode(&long).expect("just fits"));
        bytes.extend(ANSWER_BYTES);
        let expected =
            [Said::Frame(vec![1, 2, 3]), Said::Question, Said::Frame(long), Said::Answer];
        for step in [1, 2, 3, 500, bytes.len()] {
            let (mut decoder, mut heard) = (Decoder::default(), Vec::new());
            for piece in bytes.chunks(step) {
                decoder.push(piece);
                while let Some(said) = decoder.next().expect("sound") {
                    heard.push(said);
                }
            }
            assert_eq!(heard, expected, "in pieces of {step}");
        }
    }

    #[test]
    fn a_length_beyond_the_largest_frame_is_refused_before_its_bytes_are_kept() {
        let mut decoder = Decoder::default();
        decoder.push(&1201u16.to_be_bytes());
        assert_eq!(decoder.next(), Err(BadLength));
        assert_eq!(encode(&[0; FRAME_BYTES_MAX + 1]), None);
        assert_eq!(encode(&[]), None);
    }

    #[test]
    fn a_greeting_of_a_later_version_is_read_as_far_as_it_is_known() {
        let greeting = Greeting { port: 7820, device: DeviceId(12) };
        let mut bytes = greeting.emit().to_vec();
        assert_eq!(bytes, [0x1e, 0x8c, 0, 12]);
        bytes.push(9);
        assert_eq!(Greeting::read(&bytes), Some(greeting));
        assert_eq!(Greeting::read(&bytes[..3]), None);
    }
}
