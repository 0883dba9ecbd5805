//! The made-up gateway's IP side (DirectIP): what it sends to a command post when a modem held a
//! session, and how it takes messages for modems. Written from the gateway's side, apart from the
//! daemon's codec, so that the two check each other. No socket here.

use super::{QUEUE_MAX, RECEIVED_BYTES_MAX};

/// The IMEI of a made-up modem.
pub(super) fn imei(at: usize) -> String {
    format!("3004340600000{:02}", 10 + at)
}

/// A session as the command post is told it: header, place, and the message if there was one.
pub(super) fn session(at: usize, status: u32, number: u64, message: &[u8]) -> Vec<u8> {
    let mut header = (number as u32).to_be_bytes().to_vec();
    header.extend(imei(at).bytes());
    header.push(status as u8);
    header.extend((number as u16).to_be_bytes());
    header.extend([0, 0]);
    header.extend((1_700_000_000 + number as u32).to_be_bytes());
    // 29.290 north, 106.259 east, within five kilometres: Jiangjin.
    let place = [0, 29, 0x43, 0xF8, 106, 0x3C, 0xB4, 0, 0, 0, 5];
    let mut elements = vec![element(0x01, &header), element(0x03, &place)];
    if !message.is_empty() {
        elements.push(element(0x02, message));
    }
    whole(&elements.concat())
}

/// A message for a modem as a command post wrote it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The post's number and the IMEI, as the answer repeats them.
    head: [u8; 19],
    /// Which modem; none if there is no such.
    pub at: Option<usize>,
    pub payload: Vec<u8>,
}

impl Wanted {
    /// `None` if the bytes are no whole message for a modem.
    pub fn read(bytes: &[u8], modems: usize) -> Option<Wanted> {
        let (head, mut rest) = bytes.split_first_chunk::<3>()?;
        if head[0] != 1 || usize::from(u16::from_be_bytes([head[1], head[2]])) != rest.len() {
            return None;
        }
        let (mut header, mut payload) = (None, Vec::new());
        while let Some((kind, after)) = rest.split_first_chunk::<3>() {
            let length = usize::from(u16::from_be_bytes([kind[1], kind[2]]));
            let content = after.get(..length)?;
            match kind[0] {
                0x41 if length == 21 => header = content.first_chunk::<19>().copied(),
                0x42 => payload = content.to_vec(),
                _ => return None,
            }
            rest = &after[length..];
        }
        let head = header.filter(|_| rest.is_empty())?;
        let at = (0..modems).find(|at| imei(*at).as_bytes() == &head[4..]);
        Some(Wanted { head, at, payload })
    }

    /// What the gateway says of it with so many messages waiting for the modem already.
    pub fn status(&self, queued: usize) -> i16 {
        match self.at {
            None => -2,
            Some(_) if self.payload.is_empty() => -4,
            Some(_) if self.payload.len() > RECEIVED_BYTES_MAX => -3,
            Some(_) if queued >= QUEUE_MAX => -5,
            Some(_) => queued as i16 + 1,
        }
    }

    /// The answer with a status.
    pub fn answer(&self, status: i16) -> Vec<u8> {
        let reference = [0, 0, 0x30, 0x39];
        whole(&element(0x44, &[self.head.as_slice(), &reference, &status.to_be_bytes()].concat()))
    }
}

fn element(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind], (content.len() as u16).to_be_bytes().as_slice(), content].concat()
}

fn whole(elements: &[u8]) -> Vec<u8> {
    element(1, elements)
}

#[cfg(test)]
mod tests {
    use sanduan_protocol::link::modem::directip::{
        Answer, Collector, FromModem, Imei, Received, for_modem,
    };

    use super::*;

    fn number(at: usize) -> Imei {
        imei(at).parse().expect("fifteen digits")
    }

    fn received(bytes: &[u8]) -> Received {
        let mut collector = Collector::default();
        collector.push(bytes);
        collector.take().expect("whole").expect("sound")
    }

    #[test]
    fn the_daemon_reads_what_the_gateway_writes() {
        for (message, payload) in [(b"hello".as_slice(), Some(b"hello".to_vec())), (b"", None)] {
            let Received::FromModem(session) = received(&session(1, 0, 7, message)) else {
                panic!("a session")
            };
            let (imei, at_s) = (number(1), 1_700_000_007);
            let want = FromModem { reference: 7, imei, status: 0, sent_number: 7, at_s, payload };
            assert_eq!(session, want);
        }
    }

    #[test]
    fn the_gateway_reads_what_the_daemon_writes_and_answers_it() {
        let wanted = Wanted::read(&for_modem(9, number(1), b"hi"), 2).expect("sound");
        assert_eq!((wanted.at, wanted.payload.as_slice()), (Some(1), b"hi".as_slice()));
        let queue = [(0, 1), (49, 50), (50, -5)];
        for (queued, status) in queue {
            assert_eq!(wanted.status(queued), status, "{queued}");
        }
        let answer = Answer { id: 9, imei: number(1), status: -5 };
        assert_eq!(received(&wanted.answer(-5)), Received::Answer(answer));
        for (modem, payload, status) in [(5, vec![1], -2), (0, vec![1; 271], -3), (0, vec![], -4)] {
            let wanted = Wanted::read(&for_modem(9, number(modem), &payload), 2).expect("sound");
            assert_eq!(wanted.status(0), status);
        }
        assert_eq!(Wanted::read(b"GET / HTTP/1.1", 2), None);
    }
}
