//! The network's side of a message: takes apart what a modem submits, makes what another one is
//! given. Written apart from the driver's codec, so that a mistake in one shows at the other.

/// A message on its way through the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    /// National digits of the receiver.
    pub to: String,
    pub reference: u8,
    pub wants_report: bool,
    /// Octets of the submission, the service centre's not counted.
    pub octets: usize,
    has_header: bool,
    coding: u8,
    /// What the length field says: octets, or septets in the packed alphabet.
    length: u8,
    user: Vec<u8>,
}

impl Message {
    /// What a modem submits, as hexadecimal digits.
    pub fn read(line: &str) -> Option<Message> {
        let bytes = unhex(line)?;
        let submit = bytes.get(1 + usize::from(*bytes.first()?)..)?;
        let (first, digits) = (*submit.first()?, usize::from(*submit.get(2)?));
        let after = 4 + digits.div_ceil(2);
        let to = unswap(submit.get(4..after)?, digits);
        let coding = *submit.get(after + 1)?;
        // Relative validity takes one octet; these modems know no other.
        let (is_submit, has_validity) = (first & 3 == 1, first & 0x18 == 0x10);
        let length = *submit.get(after + 3)?;
        let user = submit.get(after + 4..)?.to_vec();
        let sound = is_submit && has_validity && user.len() == usize::from(length) && length <= 140;
        sound.then(|| Message {
            to: plain(&to),
            reference: 0,
            wants_report: first & 0x20 != 0,
            octets: submit.len(),
            has_header: first & 0x40 != 0,
            coding,
            length,
            user,
        })
    }

    /// What a person writes on a phone: digits in the packed alphabet, the rest in UCS2.
    pub fn text(to: &str, text: &str) -> Message {
        let to = to.to_owned();
        let is_plain = |sign: char| sign.is_ascii_alphanumeric() || " *#+,.-/?".contains(sign);
        if text.chars().all(is_plain) {
            let septets: Vec<u8> = text.bytes().take(160).collect();
            let mut user = vec![0; (septets.len() * 7).div_ceil(8)];
            for bit in 0..septets.len() * 7 {
                user[bit / 8] |= (septets[bit / 7] >> (bit % 7) & 1) << (bit % 8);
            }
            return Message { to, length: septets.len() as u8, user, ..Message::default() };
        }
        let user: Vec<u8> = text.encode_utf16().take(70).flat_map(u16::to_be_bytes).collect();
        Message { to, coding: 8, length: user.len() as u8, user, ..Message::default() }
    }

    /// What a phone shows of it.
    pub fn words(&self) -> String {
        let skip = if self.has_header { usize::from(self.user[0]) + 1 } else { 0 };
        match self.coding {
            8 => {
                let units = self.user[skip.min(self.user.len())..].chunks_exact(2);
                let units: Vec<u16> =
                    units.map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
                String::from_utf16_lossy(&units)
            }
            _ => format!("({} octets of data)", self.user.len()),
        }
    }
}

/// What a modem is given.
pub(super) fn deliver(from: &str, message: &Message) -> String {
    let header = if message.has_header { 0x44 } else { 0x04 };
    let head = [0, header, from.len() as u8, 0xA1];
    let body = [0, message.coding, 0x62, 0x11, 0x21, 0x32, 0, 0, 0x23, message.length];
    hex(&[&head, swap(from).as_slice(), &body, &message.user].concat())
}

/// What a modem is told when its message reached a phone.
pub(super) fn report(message: &Message) -> String {
    let stamp = [0x62, 0x11, 0x21, 0x32, 0, 0, 0x23];
    let head = [0, 6, message.reference, message.to.len() as u8, 0xA1];
    hex(&[&head, swap(&message.to).as_slice(), &stamp, &stamp, &[0]].concat())
}

/// A number without its country code.
pub(super) fn plain(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix("86") {
        Some(rest) if rest.len() == 11 => rest.to_owned(),
        Some(_) | None => digits,
    }
}

fn swap(digits: &str) -> Vec<u8> {
    let value = |digit: &u8| digit - b'0';
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| pair.get(1).map_or(0xF, value) << 4 | value(&pair[0])).collect()
}

fn unswap(octets: &[u8], digits: usize) -> String {
    let halves = octets.iter().flat_map(|octet| [octet & 0xF, octet >> 4]);
    halves.take(digits).filter_map(|half| char::from_digit(u32::from(half), 10)).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn unhex(line: &str) -> Option<Vec<u8>> {
    let is_sound = line.len().is_multiple_of(2) && line.is_ascii();
    let pair = |at: usize| u8::from_str_radix(&line[at..at + 2], 16).ok();
    is_sound.then(|| (0..line.len()).step_by(2).map(pair).collect())?
}
