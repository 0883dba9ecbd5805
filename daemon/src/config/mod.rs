//! The configuration file: what it may say, and its reading with every finding named by line.
//!
//! Unknown keys are findings too: a misspelt `beacon_max_s` must not silently mean the default.
//! Nothing is opened here; a device that is missing now may be plugged in later.

mod carry;
pub mod finding;
mod lan;
mod lora;
mod quic;
mod radio;
mod read;
mod satellite;
mod sms;
mod starter;
mod tables;
mod tariff;
mod vault;
mod village;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub use finding::{Finding, Findings};
pub use lan::{FRAME_EXTRA_BYTES, LanConfig};
pub use lora::{MeshLine, MeshtasticConfig};
pub use quic::{QuicConfig, QuicPeer};
use sanduan_protocol::link::modem::directip::Imei;
use sanduan_protocol::link::modem::kiss::Framing;
use sanduan_protocol::link::modem::kiss::tuning::Tuning;
use sanduan_protocol::link::modem::rdss::Dialect;
use sanduan_protocol::link::profile::{Price, Quota};
use sanduan_protocol::link::purse::Allowance;

pub use sms::SmsConfig;
pub use starter::Starter;
pub use vault::VaultConfig;
pub use village::VillageConfig;

use crate::power::BatteryConfig;
use crate::said::Said;
use crate::store::engine::Engine;

/// The commented file that `init` and `join` write, and that `check-config` accepts as it is.
pub const DEFAULT: &str = include_str!("default.toml");
/// Name of the configuration file in a node's folder.
pub const FILE_NAME: &str = "sanduan.toml";
/// A configuration larger than this is a mistake: 64 bearers need less than a tenth of it.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Everything a configuration file says, defaults filled in, paths made absolute or relative to
/// the folder of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Folder with keys, journal and query store.
    pub data_dir: PathBuf,
    /// Which query store stands beside the journal.
    pub store: Engine,
    /// Path of the control socket.
    pub socket: PathBuf,
    /// The person at the console when a request names none.
    pub operator: String,
    /// Bytes that journal and query store may take; 0 for no quota.
    pub store_bytes_max: u64,
    /// Hours from one reading of the whole store to the next; 0 for none.
    pub scrub_hours: u32,
    /// Days for which the words of orders that are over stay once the disk is low.
    pub over_kept_days: u32,
    /// Longest time a stock or report record stays unsealed, seconds.
    pub seal_after_s: u32,
    /// Room for attachments, bytes.
    pub files_bytes_max: u64,
    /// Where the battery is read.
    pub battery: BatteryConfig,
    /// Filter of the log on stderr, in the words of `RUST_LOG`.
    pub log: String,
    /// Bearers in the order of the file; links are numbered in this order.
    pub bearers: Vec<BearerConfig>,
    /// Sources of positions.
    pub sources: Vec<SourceConfig>,
    /// What opens the data on the disk.
    pub vault: VaultConfig,
    /// The village gateway, if this machine is one.
    pub village: Option<VillageConfig>,
}

/// One `[[bearer]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct BearerConfig {
    /// Unique name.
    pub name: String,
    /// Which bearer, and its own keys.
    pub kind: BearerKind,
    /// Raw rate, bit/s.
    pub rate_bit_s: u32,
    /// Largest frame, bytes.
    pub mtu: u16,
    /// Access wait and key-up before the first bit, ms.
    pub per_burst_ms: u32,
    /// Longest time between two beacons on a quiet link, seconds.
    pub beacon_max_s: u32,
    /// What may be sent in a span of time.
    pub quota: Option<Quota>,
    /// What sending costs.
    pub price: Price,
    /// What of air time and money may be spent.
    pub allowance: Allowance,
}

/// What kind of bearer.
#[derive(Clone, Debug, PartialEq)]
pub enum BearerKind {
    /// Datagrams to static peers, one link a peer.
    Udp(UdpConfig),
    /// QUIC connections, for long-haul IP and files.
    Quic(QuicConfig),
    /// A TNC or gateway that speaks KISS over TCP.
    KissTcp {
        /// `host:port`.
        address: String,
        /// The dialogue.
        kiss: KissConfig,
    },
    /// A TNC or gateway that speaks KISS on a serial port.
    KissSerial {
        /// Device path.
        device: PathBuf,
        /// Symbols per second on the wire to the TNC.
        baud: u32,
        /// The dialogue.
        kiss: KissConfig,
    },
    /// A vendor's radio gateway, by UDP.
    Gateway(GatewayConfig),
    /// A BeiDou short-message terminal with its card.
    Beidou(BeidouConfig),
    /// An Iridium short-burst modem.
    Sbd(SbdConfig),
    /// A modem for short messages: Tiantong, or any other with AT commands.
    Sms(SmsConfig),
    /// The shore side of Iridium short bursts, over IP.
    DirectIp(DirectIpConfig),
    /// Machines that find each other on a local or ad hoc network; one link each, opened when they
    /// first meet.
    Lan(LanConfig),
    /// A Meshtastic node.
    Meshtastic(MeshtasticConfig),
    /// Files taken by hand.
    Carry(CarryConfig),
}

/// The keys of a `udp` bearer.
#[derive(Clone, Debug, PartialEq)]
pub struct UdpConfig {
    /// Address to receive on.
    pub listen: SocketAddr,
    /// Addresses of the peers.
    pub peers: Vec<SocketAddr>,
}

/// The keys of a `carry` bearer. Without places, files go through the control API alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CarryConfig {
    /// Where a stick is mounted.
    pub folder: Option<PathBuf>,
    /// Below which sticks are mounted, wherever.
    pub watch: Option<PathBuf>,
    /// Leave files on any stick, not only on those with a folder for us.
    pub adopt: bool,
}

/// Which radio is behind a KISS line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KissRadio {
    /// Any TNC.
    #[default]
    Tnc,
    /// A LoRa stick with MeshCore's modem firmware: one frame at a time, each by itself.
    MeshCore,
}

/// What both KISS bearers can be told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct KissConfig {
    /// Which radio is behind it.
    pub radio: KissRadio,
    /// How frames are put on the line.
    pub framing: Framing,
    /// Timing to be set in the TNC.
    pub tuning: Tuning,
    /// Longest burst, ms; 0 for the usual one.
    pub burst_max_ms: u32,
    /// Air time of frames that may wait in the device, ms.
    pub queue_ms: u32,
}

impl KissConfig {
    /// True if frames of any length go through: a transparent gateway, for which frames carry a
    /// check sum, and LoRa firmware. A TNC for AX.25 throws short ones away.
    pub fn keeps_short(&self) -> bool {
        self.framing.crc || self.radio == KissRadio::MeshCore
    }
}

/// The keys of a `gateway` bearer.
#[derive(Clone, Debug, PartialEq)]
pub struct GatewayConfig {
    /// Address to receive on.
    pub listen: SocketAddr,
    /// Address of the gateway.
    pub address: SocketAddr,
    /// Bytes before each frame, in both directions.
    pub header: Vec<u8>,
    /// Longest burst, ms; 0 for the usual one.
    pub burst_max_ms: u32,
    /// Air time of frames that may wait in the device, ms.
    pub queue_ms: u32,
}

/// The keys of a `beidou` bearer.
#[derive(Clone, Debug, PartialEq)]
pub struct BeidouConfig {
    /// Device paths of the terminals, each with a card of its own.
    pub devices: Vec<PathBuf>,
    /// Symbols per second on the wire to them.
    pub baud: u32,
    /// Sentences that they speak.
    pub dialect: Dialect,
    /// Bits of one message, where the card carries another number than its level says.
    pub level_bits: Option<u32>,
    /// Card numbers of each peer; one link a peer.
    pub peers: Vec<Vec<u32>>,
    /// Number of a group that all hear; one more link.
    pub group: Option<u32>,
}

/// The keys of an `sbd` bearer. Who receives is set up with the provider, not here.
#[derive(Clone, Debug, PartialEq)]
pub struct SbdConfig {
    /// Device path of the modem.
    pub device: PathBuf,
    /// Symbols per second on the wire to it.
    pub baud: u32,
    /// Ask the gateway so often when nothing rang, seconds; 0 for never.
    pub poll_s: u32,
}

/// The keys of a `directip` bearer.
#[derive(Clone, Debug, PartialEq)]
pub struct DirectIpConfig {
    /// Address that the gateway connects to when a modem has sent.
    pub listen: SocketAddr,
    /// `host:port` of the gateway, for messages to modems.
    pub gateway: String,
    /// The modems; one link each.
    pub peers: Vec<Imei>,
}

impl BearerKind {
    /// Links that it opens at the start.
    pub fn links(&self) -> usize {
        match self {
            BearerKind::Udp(config) => config.peers.len(),
            BearerKind::Quic(config) => config.peers.len(),
            BearerKind::KissTcp { .. } | BearerKind::KissSerial { .. } | BearerKind::Sbd(_) => 1,
            BearerKind::DirectIp(config) => config.peers.len(),
            BearerKind::Gateway(_) | BearerKind::Meshtastic(_) => 1,
            BearerKind::Beidou(card) => card.peers.len() + usize::from(card.group.is_some()),
            BearerKind::Lan(_) => 1,
            BearerKind::Sms(modem) => modem.peers.len(),
            BearerKind::Carry(places) => {
                usize::from(places.folder.is_some() || places.watch.is_some())
            }
        }
    }

    /// The word of the configuration.
    pub fn word(&self) -> &'static str {
        match self {
            BearerKind::Udp(_) => "udp",
            BearerKind::Quic(_) => "quic",
            BearerKind::KissTcp { .. } => "kiss-tcp",
            BearerKind::KissSerial { .. } => "kiss-serial",
            BearerKind::Gateway(_) => "gateway",
            BearerKind::Beidou(_) => "beidou",
            BearerKind::Sbd(_) => "sbd",
            BearerKind::Sms(_) => "sms",
            BearerKind::DirectIp(_) => "directip",
            BearerKind::Lan(_) => "lan",
            BearerKind::Meshtastic(_) => "meshtastic",
            BearerKind::Carry(_) => "carry",
        }
    }
}

/// One `[[source]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceConfig {
    /// Unique name.
    pub name: String,
    /// Which source, and its own keys.
    pub kind: SourceKind,
}

/// What kind of source.
#[derive(Clone, Debug, PartialEq)]
pub enum SourceKind {
    /// A gpsd, by TCP.
    Gpsd {
        /// `host:port`.
        address: String,
    },
    /// A receiver on a serial port.
    NmeaSerial {
        /// Device path.
        device: PathBuf,
        /// Symbols per second.
        baud: u32,
    },
    /// A recorded file, played back.
    NmeaFile {
        /// The file.
        file: PathBuf,
        /// How many times faster than it was recorded.
        speed: f64,
    },
}

impl Config {
    /// Read and check a file.
    ///
    /// # Errors
    /// Every finding, in the order of the lines.
    pub fn load(path: &Path) -> Result<Config, Findings> {
        let text = read_text(path)?;
        Config::parse(path, &text)
    }

    /// Check the text of a file. Relative paths in it start at the folder of `path`.
    ///
    /// # Errors
    /// Every finding, in the order of the lines.
    pub fn parse(path: &Path, text: &str) -> Result<Config, Findings> {
        tables::read_config(path, text)
    }
}

fn read_text(path: &Path) -> Result<String, Findings> {
    let refuse = |zh: String, en: String| {
        let mut findings = Findings::new(path, "");
        findings.push(None, zh, en);
        Err(findings)
    };
    match std::fs::metadata(path) {
        Ok(found) if found.len() > FILE_BYTES_MAX => {
            return refuse(
                "文件过大，这不像配置文件".into(),
                "too large for a configuration".into(),
            );
        }
        Ok(_) => {}
        Err(error) => {
            let Said { zh, en } = Said::of_system(&error);
            return refuse(
                format!("打不开配置文件（{zh}）；还没有建网的，先运行 sanduan init"),
                format!("cannot open it ({en}); where no network is founded, `sanduan init` first"),
            );
        }
    }
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) => {
            let Said { zh, en } = Said::of_system(&error);
            refuse(
                format!("读不了配置文件（{zh}）：须为 UTF-8 文本"),
                format!("cannot read it ({en}): it must be UTF-8 text"),
            )
        }
    }
}

#[cfg(test)]
mod tests;
