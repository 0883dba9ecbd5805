//! Datagrams to a vendor's radio gateway: one frame each, behind bytes that the gateway wants to
//! see (a group number, a port). No published interface of a 370 MHz data gateway was found
//! (research, bearers 1.3), so nothing is known of those bytes here: they come from the
//! configuration and are the same in both directions. No socket, no pacing ([`super::pace`]).
//!
//! ```text
//! h h … h  b b b … b      header as configured, possibly none; then the frame
//! ```

use thiserror::Error;

use crate::base::caps::{FRAME_BYTES_MAX, GATEWAY_HEADER_BYTES_MAX};

/// What was wrong with a datagram. It was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum GatewayError {
    /// It begins otherwise: another group, another port, or no frame of ours.
    #[error("datagram of the gateway with another header than configured")]
    OtherHeader,
    /// Nothing follows the header.
    #[error("datagram of the gateway without a frame")]
    Empty,
    /// More than [`FRAME_BYTES_MAX`] bytes follow the header.
    #[error("datagram of the gateway with more than {FRAME_BYTES_MAX} bytes of frame")]
    TooLong,
}

impl GatewayError {
    /// The reason word under which a drop is counted.
    pub fn reason(self) -> &'static str {
        match self {
            GatewayError::OtherHeader => "gateway_other_header",
            GatewayError::Empty => "gateway_empty",
            GatewayError::TooLong => "gateway_too_long",
        }
    }
}

/// Puts frames into datagrams and takes them out again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    header: Vec<u8>,
}

impl Envelope {
    /// Datagrams that begin with these bytes; cut after [`GATEWAY_HEADER_BYTES_MAX`].
    pub fn new(mut header: Vec<u8>) -> Envelope {
        header.truncate(GATEWAY_HEADER_BYTES_MAX);
        Envelope { header }
    }

    /// Bytes that it adds to a frame.
    pub fn bytes(&self) -> usize {
        self.header.len()
    }

    /// Bytes of the largest datagram that can hold a frame.
    pub fn datagram_bytes_max(&self) -> usize {
        self.header.len() + FRAME_BYTES_MAX
    }

    /// The datagram that carries `frame`.
    pub fn wrap(&self, frame: &[u8]) -> Vec<u8> {
        [self.header.as_slice(), frame].concat()
    }

    /// The frame that a datagram carries.
    ///
    /// # Errors
    /// When it cannot be one: see [`GatewayError`].
    pub fn open<'a>(&self, datagram: &'a [u8]) -> Result<&'a [u8], GatewayError> {
        let frame = datagram.strip_prefix(self.header.as_slice());
        match frame.ok_or(GatewayError::OtherHeader)? {
            [] => Err(GatewayError::Empty),
            frame if frame.len() > FRAME_BYTES_MAX => Err(GatewayError::TooLong),
            frame => Ok(frame),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_out_of_their_datagrams() {
        for header in [&b""[..], b"\x5A\x01\x00\x07"] {
            let envelope = Envelope::new(header.to_vec());
            for frame in [&b"a"[..], b"\x5A\x01\x00\x07", &[0; FRAME_BYTES_MAX]] {
                let datagram = envelope.wrap(frame);
                assert_eq!(datagram.len(), envelope.bytes() + frame.len());
                assert!(datagram.len() <= envelope.datagram_bytes_max());
                assert_eq!(envelope.open(&datagram), Ok(frame));
            }
        }
    }

    #[test]
    fn what_cannot_be_a_frame_is_dropped_by_name() {
        let envelope = Envelope::new(b"\x5A\x01".to_vec());
        let long = [b"\x5A\x01".as_slice(), &[0; FRAME_BYTES_MAX + 1]].concat();
        let cases: [(&[u8], &str); 5] = [
            (b"", "gateway_other_header"),
            (b"\x5A", "gateway_other_header"),
            (b"\x5A\x02abc", "gateway_other_header"),
            (b"\x5A\x01", "gateway_empty"),
            (&long, "gateway_too_long"),
        ];
        for (datagram, reason) in cases {
            assert_eq!(envelope.open(datagram).map_err(GatewayError::reason), Err(reason));
        }
    }

    #[test]
    fn a_header_has_its_limit() {
        assert_eq!(Envelope::new(vec![7; 1000]).bytes(), GATEWAY_HEADER_BYTES_MAX);
    }
}
