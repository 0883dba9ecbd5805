//! The keys of bearers over narrow-band radio: KISS by TCP and serial, and gateways by UDP. The
//! table around them is read in [`super::tables`].

use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;

use sanduan_protocol::base::caps::GATEWAY_HEADER_BYTES_MAX;
use sanduan_protocol::link::modem::kiss::tuning::Tuning;
use sanduan_protocol::link::modem::kiss::{Framing, PORT_MAX};
use sanduan_protocol::link::modem::pace::{BURST_MS_MAX, QUEUE_TNC_MS};

use super::read::Section;
use super::tables::HostPort;
use super::{BearerKind, GatewayConfig, KissConfig, KissRadio};

/// A minute on the air at once is somebody else's emergency.
const BURST_LIMIT_MS: u32 = 60_000;

/// The keys of `kind = "kiss-tcp"`.
pub fn read_kiss_tcp(section: &mut Section<'_, '_>) -> Option<BearerKind> {
    let address = section.needed_like::<HostPort>("address", "\"127.0.0.1:8001\"");
    let kiss = read_kiss(section);
    address.map(|address| BearerKind::KissTcp { address: address.0, kiss })
}

/// The keys of `kind = "kiss-serial"`.
pub fn read_kiss_serial(section: &mut Section<'_, '_>, folder: &Path) -> Option<BearerKind> {
    let device = section.needed_text("device");
    let baud = section.number("baud", 300..=4_000_000, 9_600);
    let kiss = read_kiss(section);
    device.map(|device| BearerKind::KissSerial { device: folder.join(device), baud, kiss })
}

fn read_kiss(section: &mut Section<'_, '_>) -> KissConfig {
    let radio = read_radio(section);
    let port = section.number("port", 0..=u32::from(PORT_MAX), 0) as u8;
    let crc = section.flag("crc", false);
    // Hundredths of a second in one byte.
    let mut ms = |key| {
        let set = section.has(key);
        let read = section.number(key, 0..=2_550, 0) as u16;
        set.then_some(read)
    };
    let (txdelay_ms, slot_ms, txtail_ms) = (ms("txdelay_ms"), ms("slot_ms"), ms("txtail_ms"));
    let persist = section.has("persist");
    let persist = Some(section.number("persist", 0..=255, 0) as u8).filter(|_| persist);
    let tuning = Tuning { txdelay_ms, persist, slot_ms, txtail_ms };
    // MeshCore's firmware keeps one frame, and refuses the next while it is busy.
    let queue_ms = if radio == KissRadio::MeshCore { 0 } else { QUEUE_TNC_MS };
    let (burst_max_ms, queue_ms) = read_burst(section, queue_ms);
    KissConfig { radio, framing: Framing { port, crc }, tuning, burst_max_ms, queue_ms }
}

/// Which radio is behind the line.
fn read_radio(section: &mut Section<'_, '_>) -> KissRadio {
    match section.text("profile").as_deref() {
        None | Some("tnc") => KissRadio::Tnc,
        Some("meshcore") => KissRadio::MeshCore,
        Some(_) => {
            section.wrong("profile", "须为 tnc 或 meshcore", "must be tnc or meshcore");
            KissRadio::Tnc
        }
    }
}

/// The keys of `kind = "gateway"`.
pub fn read_gateway(section: &mut Section<'_, '_>) -> Option<BearerKind> {
    let listen: Option<SocketAddr> = section.needed_like("listen", "\"0.0.0.0:7820\"");
    let address: Option<SocketAddr> = section.needed_like("address", "\"192.168.1.30:5000\"");
    let header = match section.has("header") {
        true => section.needed_like::<Header>("header", "\"5A 01 00 07\"").map(|header| header.0),
        false => Some(Vec::new()),
    };
    // Nothing is known of the boxes there are: one datagram at a time, unless somebody says more.
    let (burst_max_ms, queue_ms) = read_burst(section, 0);
    let (listen, address, header) = (listen?, address?, header?);
    Some(BearerKind::Gateway(GatewayConfig { listen, address, header, burst_max_ms, queue_ms }))
}

/// Longest burst, and what may wait in the device.
fn read_burst(section: &mut Section<'_, '_>, queue_ms: u32) -> (u32, u32) {
    let burst_max_ms = section.number("burst_max_ms", 1..=BURST_LIMIT_MS, BURST_MS_MAX as u32);
    (burst_max_ms, section.number("queue_ms", 0..=BURST_LIMIT_MS, queue_ms))
}

/// Bytes written as pairs of hexadecimal digits, blanks between them or not.
struct Header(Vec<u8>);

impl FromStr for Header {
    type Err = ();

    fn from_str(text: &str) -> Result<Header, ()> {
        let digits: Vec<char> = text.chars().filter(|sign| !sign.is_whitespace()).collect();
        let pair = |pair: &[char]| {
            let [high, low] = pair else { return Err(()) };
            let digit = |sign: &char| sign.to_digit(16).ok_or(());
            Ok((digit(high)? << 4 | digit(low)?) as u8)
        };
        let bytes: Vec<u8> = digits.chunks(2).map(pair).collect::<Result<_, ()>>()?;
        if bytes.len() > GATEWAY_HEADER_BYTES_MAX { Err(()) } else { Ok(Header(bytes)) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BearerConfig, Config};
    use super::*;

    const KISS: &str = "\
[[bearer]]
name = \"k\"
kind = \"kiss-serial\"
device = \"tty\"
port = 2
crc = true
txdelay_ms = 200
slot_ms = 50
persist = 255
txtail_ms = 30
burst_max_ms = 2000
";
    const GATEWAY: &str = "\
[[bearer]]
name = \"g\"
kind = \"gateway\"
listen = \"0.0.0.0:7820\"
address = \"192.168.1.30:5000\"
header = \"5A 01 0007\"
";

    fn read(text: &str) -> BearerConfig {
        let config = Config::parse(Path::new("/d/f.toml"), text).expect("sound");
        config.bearers.into_iter().next().expect("one bearer")
    }

    fn lines_of_findings(text: &str) -> Vec<usize> {
        let findings = Config::parse(Path::new("f.toml"), text).expect_err("unsound");
        findings.list().iter().filter_map(|finding| finding.line).collect()
    }

    #[test]
    fn kiss_is_told_its_port_its_check_sum_and_its_timing() {
        let bearer = read(KISS);
        let BearerKind::KissSerial { kiss, .. } = bearer.kind else { panic!("kiss") };
        assert_eq!(kiss.framing, Framing { port: 2, crc: true });
        let tuning = Tuning {
            txdelay_ms: Some(200),
            persist: Some(255),
            slot_ms: Some(50),
            txtail_ms: Some(30),
        };
        assert_eq!((kiss.tuning, kiss.burst_max_ms), (tuning, 2_000));
        assert_eq!(kiss.queue_ms, 2_000);
        // Nobody said what a key-up costs: it follows from the timing.
        assert_eq!(bearer.per_burst_ms, 280);
        let plain = read("[[bearer]]\nname = \"k\"\nkind = \"kiss-tcp\"\naddress = \"tnc:8001\"");
        let BearerKind::KissTcp { kiss, .. } = plain.kind else { panic!("kiss") };
        assert_eq!((kiss.framing, kiss.tuning), (Framing::default(), Tuning::default()));
        assert_eq!(plain.per_burst_ms, 800);
    }

    #[test]
    fn a_gateway_is_told_where_it_is_and_what_it_wants_before_each_frame() {
        let bearer = read(GATEWAY);
        let BearerKind::Gateway(gateway) = &bearer.kind else { panic!("gateway") };
        assert_eq!(
            (gateway.header.as_slice(), gateway.queue_ms),
            (b"\x5A\x01\x00\x07".as_slice(), 0)
        );
        assert_eq!((bearer.mtu, bearer.rate_bit_s, bearer.per_burst_ms), (120, 1_600, 1_500));
        let bare = read(&GATEWAY.replace("header", "# header"));
        assert!(matches!(&bare.kind, BearerKind::Gateway(gateway) if gateway.header.is_empty()));
    }

    #[test]
    fn mistakes_in_radio_keys_are_named_with_their_line() {
        for (from, to, line) in [
            ("port = 2", "port = 16", 5),
            ("crc = true", "crc = 1", 6),
            ("txdelay_ms = 200", "txdelay_ms = 2551", 7),
            ("persist = 255", "persist = 256", 9),
            ("burst_max_ms = 2000", "burst_max_ms = 0", 11),
        ] {
            assert_eq!(lines_of_findings(&KISS.replace(from, to)), [line], "{to}");
        }
        for (from, to, line) in [
            ("0.0.0.0:7820", "everywhere", 4),
            ("192.168.1.30:5000", "192.168.1.30", 5),
            ("5A 01 0007", "5A 1", 6),
            ("5A 01 0007", "group", 6),
            ("5A 01 0007", "00112233445566778899aabbccddeeff00", 6),
        ] {
            assert_eq!(lines_of_findings(&GATEWAY.replace(from, to)), [line], "{to}");
        }
    }
}
