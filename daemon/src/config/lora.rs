//! The keys of bearers over LoRa radios. The table around them is read in [`super::tables`].

use std::path::{Path, PathBuf};

use super::read::Section;
use super::tables::HostPort;

/// A Meshtastic node on USB (public documentation, "Client API").
const BAUD: u32 = 115_200;
/// Hops of a packet as nodes are delivered.
const HOPS: u32 = 3;
/// Longest single emission in 470-510 MHz without a licence (MIIT notice 52/2019 on micro-power
/// equipment, as cited in research, bearers 1 [R12]), ms.
const EMISSION_MS_MAX: u32 = 1_000;

/// The keys of a `meshtastic` bearer.
#[derive(Clone, Debug, PartialEq)]
pub struct MeshtasticConfig {
    /// How the node is reached.
    pub line: MeshLine,
    /// Index of the channel.
    pub channel: u32,
    /// How many nodes may repeat a frame.
    pub hop_limit: u32,
    /// Longest single emission, ms; 0 for no limit.
    pub emission_ms_max: u32,
}

/// How a node is reached.
#[derive(Clone, Debug, PartialEq)]
pub enum MeshLine {
    /// On a serial port.
    Serial {
        /// Device path.
        device: PathBuf,
        /// Symbols per second.
        baud: u32,
    },
    /// By TCP.
    Tcp {
        /// `host:port`.
        address: String,
    },
}

impl MeshLine {
    /// Where it is, for people.
    pub fn target(&self) -> String {
        match self {
            MeshLine::Serial { device, .. } => device.display().to_string(),
            MeshLine::Tcp { address } => address.clone(),
        }
    }
}

/// The keys of `kind = "meshtastic"`.
pub fn read_meshtastic(section: &mut Section<'_, '_>, folder: &Path) -> Option<MeshtasticConfig> {
    let baud = section.number("baud", 300..=4_000_000, BAUD);
    let device = section.text("device");
    let has_address = section.has("address");
    let line = match (device, has_address) {
        (Some(device), false) => Some(MeshLine::Serial { device: folder.join(device), baud }),
        (None, true) => section
            .needed_like::<HostPort>("address", "\"192.168.1.9:4403\"")
            .map(|address| MeshLine::Tcp { address: address.0 }),
        (Some(_), true) | (None, false) => {
            // Taken out, so that it is not called unknown as well.
            let _ = section.text("address");
            section.wrong(
                "device",
                "device(串口)与 address(TCP)须二选一",
                "give either device (a serial port) or address (TCP)",
            );
            None
        }
    };
    let channel = section.number("channel", 0..=7, 0);
    let hop_limit = section.number("hop_limit", 0..=7, HOPS);
    let emission_ms_max = section.number("emission_ms_max", 0..=60_000, EMISSION_MS_MAX);
    Some(MeshtasticConfig { line: line?, channel, hop_limit, emission_ms_max })
}

#[cfg(test)]
mod tests {
    use super::super::{BearerConfig, BearerKind, Config, KissRadio};
    use super::*;

    fn read(text: &str) -> Result<BearerConfig, usize> {
        let text = format!("[[bearer]]\nname = \"m\"\n{text}");
        let config = Config::parse(Path::new("/d/f.toml"), &text);
        config.map(|config| config.bearers[0].clone()).map_err(|found| found.list().len())
    }

    #[test]
    fn a_node_is_reached_by_serial_port_or_tcp_and_not_by_both() {
        let bearer = read("kind = \"meshtastic\"\ndevice = \"tty\"").expect("sound");
        let BearerKind::Meshtastic(node) = &bearer.kind else { panic!("meshtastic") };
        assert_eq!(node.line, MeshLine::Serial { device: "/d/tty".into(), baud: 115_200 });
        assert_eq!((node.channel, node.hop_limit, node.emission_ms_max), (0, 3, 1_000));
        assert_eq!((bearer.mtu, bearer.rate_bit_s), (200, 1_074));
        let bearer = read("kind = \"meshtastic\"\naddress = \"node:4403\"\nchannel = 2");
        let BearerKind::Meshtastic(node) = bearer.expect("sound").kind else { panic!("tcp") };
        assert_eq!(node.line.target(), "node:4403");
        for wrong in ["", "device = \"a\"\naddress = \"b:1\"", "device = \"a\"\nhop_limit = 8"] {
            assert_eq!(read(&format!("kind = \"meshtastic\"\n{wrong}")), Err(1), "{wrong}");
        }
    }

    #[test]
    fn a_meshcore_modem_has_frames_that_last_a_second_at_most() {
        let bearer = read("kind = \"kiss-serial\"\ndevice = \"tty\"\nprofile = \"meshcore\"");
        let bearer = bearer.expect("sound");
        let BearerKind::KissSerial { kiss, .. } = bearer.kind else { panic!("kiss") };
        assert_eq!((kiss.radio, kiss.queue_ms), (KissRadio::MeshCore, 0));
        assert_eq!((bearer.mtu, bearer.rate_bit_s), (197, 1_757));
        let wrong = read("kind = \"kiss-serial\"\ndevice = \"tty\"\nprofile = \"lora\"");
        assert_eq!(wrong, Err(1));
    }
}
