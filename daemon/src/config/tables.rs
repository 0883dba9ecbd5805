//! Which tables and keys there are, their defaults and limits. The reading itself is in
//! [`super::read`].

use std::collections::BTreeSet;
use std::path::Path;

use sanduan_protocol::base::caps::{FRAME_BYTES_MAX, LINKS_MAX};
use sanduan_protocol::link::profile::BEACON_IP_MAX_S;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::read::Section;
use super::{
    BatteryConfig, BearerConfig, BearerKind, Config, Findings, KissRadio, SourceConfig, SourceKind,
    UdpConfig, VaultConfig, carry, lan, lora, quic, radio, satellite, sms, tariff, vault, village,
};
use crate::store::engine::Engine;

/// Smallest mtu a profile may have (contract of `link::profile::Profile`).
const MTU_MIN: u32 = 64;
/// Long frames die first on a noisy radio (research, bearers 2.1: at 0 dB noise 60-byte frames
/// still pass when no 200-byte frame does), so the default stays moderate.
const MTU_RADIO: u32 = 200;
/// A 370 MHz trunked radio carries data in blocks of 12 bytes and takes 0.5 to 3 s to get a
/// channel (research, bearers 1.3): frames of ten blocks, at the rate of one of its two slots.
const MTU_GATEWAY: u32 = 120;
const RATE_GATEWAY_BIT_S: u32 = 1_600;
const PER_BURST_GATEWAY_MS: u32 = 1_500;
/// LoRa at SF9, 125 kHz, 4/5: 197 bytes are on the air for one second, which is the longest single
/// emission without a licence in 470-510 MHz (research, bearers 1).
const MTU_MESHCORE: u32 = 197;
const RATE_MESHCORE_BIT_S: u32 = 1_757;
/// Meshtastic's factory preset, until the node has told its own (research, peers 3).
const RATE_MESHTASTIC_BIT_S: u32 = 1_074;
/// Preamble and wait for a free channel.
const PER_BURST_LORA_MS: u32 = 400;
/// A mesh is everybody's: few beacons.
const BEACON_LORA_MAX_S: u32 = 600;
/// A slow satellite terminal: pacing must not overrun it when nobody said what it can do.
const RATE_UDP_BIT_S: u32 = 256_000;
const RATE_RADIO_BIT_S: u32 = 1_200;
/// A quiet radio: air is shared, and whatever waits for a silent contact is tried every minute.
const BEACON_RADIO_MAX_S: u32 = 300;
/// Until the card has told its interval and level: 77 bytes a minute.
const RATE_BEIDOU_BIT_S: u32 = 10;
/// Mean time from antenna to antenna (research, bearers 1: 3.8 s).
const PER_BURST_BEIDOU_MS: u32 = 4_000;
/// A beacon takes a whole slot of a card that has sixty in an hour.
const BEACON_BEIDOU_MAX_S: u32 = 1_800;
/// What a 9602 receives at most; 340 where the other side is a shore station (research, bearers 1).
const MTU_SBD: u32 = 270;
/// One frame a session of some 20 s.
const RATE_SBD_BIT_S: u32 = 100;
const PER_BURST_SBD_MS: u32 = 20_000;
/// Every beacon is paid for: six hours.
const BEACON_SBD_MAX_S: u32 = 21_600;
/// Fifteen minutes (DESIGN section 4).
const SEAL_AFTER_S: u32 = 900;
/// A laptop's disk has it to spare, and it holds a thousand photos.
const FILES_MAX_MB: u32 = 2048;
/// Research, reliability-security 5.
const OVER_KEPT_DAYS: u32 = 30;
/// Every night (research, reliability-security 2.4).
const SCRUB_HOURS: u32 = 24;
/// Plans for some 128 MB of content, which takes up to four times as much on the disk (research,
/// reliability-security 2.4 and 5).
const STORE_MAX_MB: u32 = 512;
/// Path of a Unix socket: `sun_path` of unix(7) holds 108 bytes with the closing zero.
const SOCKET_PATH_BYTES_MAX: usize = 107;

const BEARER_KINDS: &str =
    "udp, quic, lan, kiss-tcp, kiss-serial, gateway, beidou, sbd, directip, sms, meshtastic, carry";
const SOURCE_KINDS: &str = "gpsd, nmea";

/// Read the whole file.
pub fn read_config(path: &Path, text: &str) -> Result<Config, Findings> {
    let mut findings = Findings::new(path, text);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let at = error.span().map(|span| span.start);
        let zh = format!("TOML 语法错误({})", error.message());
        findings.push(at, zh, format!("not valid TOML: {}", error.message()));
    }
    if !findings.is_empty() {
        return Err(findings.sorted());
    }
    let root = root.into_inner();
    for key in root.keys() {
        if !["node", "bearer", "source", "vault", "village"].contains(&key.as_ref().as_ref()) {
            findings.push(
                Some(key.span().start),
                format!(
                    "没有 {} 这个表；可用的有 [node]、[[bearer]]、[[source]]、[vault]、[village]",
                    key.as_ref()
                ),
                format!(
                    "no table {}; there are [node], [[bearer]], [[source]], [vault], [village]",
                    key.as_ref()
                ),
            );
        }
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut config = read_node(&root, folder, &mut findings);
    let mut names = BTreeSet::new();
    let mut links = 0;
    for (at, table) in tables(&root, "bearer", "[[bearer]]", &mut findings) {
        let mut section = Section::new("[[bearer]]", at, table, &mut findings);
        if let Some(bearer) = read_bearer(&mut section, folder, &mut names) {
            links += bearer.kind.links();
            config.bearers.push(bearer);
        }
        section.finish();
    }
    if links > LINKS_MAX {
        findings.push(
            None,
            format!("承载与对端共 {links} 条链路，最多 {LINKS_MAX} 条"),
            format!("{links} links over all bearers; at most {LINKS_MAX}"),
        );
    }
    for (at, table) in tables(&root, "source", "[[source]]", &mut findings) {
        let mut section = Section::new("[[source]]", at, table, &mut findings);
        if let Some(source) = read_source(&mut section, folder, &mut names) {
            config.sources.push(source);
        }
        section.finish();
    }
    config.village = village::read(&root, folder, &mut findings);
    if findings.is_empty() { Ok(config) } else { Err(findings.sorted()) }
}

fn read_node(root: &DeTable<'_>, folder: &Path, findings: &mut Findings) -> Config {
    let empty = DeTable::default();
    let (at, table) = match root.get("node") {
        Some(value) => match value.as_ref() {
            DeValue::Table(table) => (value.span().start, table),
            _ => {
                let at = Some(value.span().start);
                findings.push(at, "node 须写成 [node]", "write node as [node]");
                (0, &empty)
            }
        },
        None => (0, &empty),
    };
    let mut section = Section::new("[node]", at, table, findings);
    let data_dir = section.text("data_dir").unwrap_or_else(|| ".".to_owned());
    let socket = section.text("socket").unwrap_or_else(|| "control.sock".to_owned());
    let socket = folder.join(socket);
    if socket.as_os_str().len() > SOCKET_PATH_BYTES_MAX {
        section.wrong(
            "socket",
            &format!("路径超过 {SOCKET_PATH_BYTES_MAX} 字节，系统不允许；请换一个短的"),
            &format!("longer than {SOCKET_PATH_BYTES_MAX} bytes; choose a shorter path"),
        );
    }
    // `.` in every message would only puzzle people.
    let data_dir = if data_dir == "." { folder.to_owned() } else { folder.join(data_dir) };
    let mut config = Config {
        vault: VaultConfig::beside(&data_dir),
        data_dir,
        store: engine(&mut section),
        store_bytes_max: u64::from(section.number("store_max_mb", 0..=1_000_000, STORE_MAX_MB))
            * 1024
            * 1024,
        scrub_hours: section.number("store_scrub_hours", 0..=8_760, SCRUB_HOURS),
        over_kept_days: section.number("store_keep_days", 1..=3_650, OVER_KEPT_DAYS),
        socket,
        operator: section.text("operator").unwrap_or_default(),
        seal_after_s: section.number("seal_after_s", 1..=86_400, SEAL_AFTER_S),
        files_bytes_max: u64::from(section.number("files_max_mb", 0..=1_000_000, FILES_MAX_MB))
            * 1024
            * 1024,
        battery: match section.text("battery").as_deref() {
            None | Some("auto") => BatteryConfig::Auto,
            Some("none") => BatteryConfig::None,
            Some(file) => BatteryConfig::File(folder.join(file)),
        },
        log: section.text("log").unwrap_or_else(|| "info".to_owned()),
        bearers: Vec::new(),
        sources: Vec::new(),
        village: None,
    };
    section.finish();
    vault::read(root, folder, &mut config.vault, findings);
    config
}

fn engine(section: &mut Section<'_, '_>) -> Engine {
    let Some(name) = section.text("store") else { return Engine::default() };
    Engine::named(&name).unwrap_or_else(|| {
        section.wrong("store", "须为 \"sled\" 或 \"redb\"", "must be \"sled\" or \"redb\"");
        Engine::default()
    })
}

fn tables<'a, 'text>(
    root: &'a DeTable<'text>,
    key: &str,
    shown: &str,
    findings: &mut Findings,
) -> Vec<(usize, &'a DeTable<'text>)> {
    let Some(value) = root.get(key) else { return Vec::new() };
    let mut found = Vec::new();
    let entries: &[Spanned<DeValue<'_>>] = match value.as_ref() {
        DeValue::Array(array) => array,
        _ => std::slice::from_ref(value),
    };
    for entry in entries {
        match (value.as_ref(), entry.as_ref()) {
            (DeValue::Array(_), DeValue::Table(table)) => found.push((entry.span().start, table)),
            _ => findings.push(
                Some(entry.span().start),
                format!("{key} 须写成 {shown},用双方括号"),
                format!("write {key} as {shown}, with double brackets"),
            ),
        }
    }
    found
}

fn read_name(section: &mut Section<'_, '_>, names: &mut BTreeSet<String>) -> Option<String> {
    let name = section.needed_text("name")?;
    if name.is_empty() || name.len() > 64 || name.chars().any(char::is_control) {
        section.wrong("name", "须为 1 到 64 字节的文字", "must be a text of 1 to 64 bytes");
        return None;
    }
    if !names.insert(name.clone()) {
        section.wrong("name", "与前面的重名，请改名", "is used above already; choose another");
        return None;
    }
    Some(name)
}

fn read_bearer(
    section: &mut Section<'_, '_>,
    folder: &Path,
    names: &mut BTreeSet<String>,
) -> Option<BearerConfig> {
    let name = read_name(section, names);
    let word = section.needed_text("kind")?;
    let kind = read_kind(section, folder, &word);
    let (rate, mtu, burst, beacon) = match kind {
        Some(BearerKind::KissTcp { kiss, .. } | BearerKind::KissSerial { kiss, .. })
            if kiss.radio == KissRadio::MeshCore =>
        {
            (RATE_MESHCORE_BIT_S, MTU_MESHCORE, PER_BURST_LORA_MS, BEACON_LORA_MAX_S)
        }
        Some(BearerKind::KissTcp { kiss, .. } | BearerKind::KissSerial { kiss, .. }) => {
            (RATE_RADIO_BIT_S, MTU_RADIO, kiss.tuning.key_up_ms(), BEACON_RADIO_MAX_S)
        }
        Some(BearerKind::Gateway(_)) => {
            (RATE_GATEWAY_BIT_S, MTU_GATEWAY, PER_BURST_GATEWAY_MS, BEACON_RADIO_MAX_S)
        }
        Some(BearerKind::Beidou(_)) => {
            (RATE_BEIDOU_BIT_S, FRAME_BYTES_MAX as u32, PER_BURST_BEIDOU_MS, BEACON_BEIDOU_MAX_S)
        }
        Some(BearerKind::Sbd(_) | BearerKind::DirectIp(_)) => {
            (RATE_SBD_BIT_S, MTU_SBD, PER_BURST_SBD_MS, BEACON_SBD_MAX_S)
        }
        Some(BearerKind::Quic(ref config)) => config.defaults(),
        Some(BearerKind::Lan(_)) => {
            (lan::RATE_LAN_BIT_S, FRAME_BYTES_MAX as u32, 0, lan::BEACON_LAN_MAX_S)
        }
        Some(BearerKind::Sms(_)) => {
            (sms::RATE_BIT_S, sms::MTU, sms::PER_BURST_MS, sms::BEACON_MAX_S)
        }
        Some(BearerKind::Meshtastic(_)) => {
            (RATE_MESHTASTIC_BIT_S, MTU_RADIO, PER_BURST_LORA_MS, BEACON_LORA_MAX_S)
        }
        Some(BearerKind::Udp(_) | BearerKind::Carry(_)) | None => {
            (RATE_UDP_BIT_S, FRAME_BYTES_MAX as u32, 0, BEACON_IP_MAX_S)
        }
    };
    let rate_bit_s = section.number("rate_bit_s", 50..=1_000_000_000, rate);
    let mtu = section.number("mtu", MTU_MIN..=FRAME_BYTES_MAX as u32, mtu) as u16;
    let per_burst_ms = section.number("per_burst_ms", 0..=60_000, burst);
    let beacon_max_s = section.number("beacon_max_s", 1..=86_400, beacon);
    let (quota, price) = tariff::read(section);
    let allowance = tariff::allowance(section, &price);
    let (name, kind) = (name?, kind?);
    Some(BearerConfig {
        name,
        kind,
        rate_bit_s,
        mtu,
        per_burst_ms,
        beacon_max_s,
        quota,
        price,
        allowance,
    })
}

/// The keys of one kind of bearer.
fn read_kind(section: &mut Section<'_, '_>, folder: &Path, word: &str) -> Option<BearerKind> {
    match word {
        "udp" => read_udp(section),
        "kiss-tcp" => radio::read_kiss_tcp(section),
        "kiss-serial" => radio::read_kiss_serial(section, folder),
        "gateway" => radio::read_gateway(section),
        "quic" => quic::read(section).map(BearerKind::Quic),
        "beidou" => satellite::read_beidou(section, folder).map(BearerKind::Beidou),
        "sbd" => satellite::read_sbd(section, folder).map(BearerKind::Sbd),
        "sms" => sms::read(section, folder).map(BearerKind::Sms),
        "directip" => satellite::read_directip(section).map(BearerKind::DirectIp),
        "lan" => lan::read_lan(section).map(BearerKind::Lan),
        "meshtastic" => lora::read_meshtastic(section, folder).map(BearerKind::Meshtastic),
        "carry" => carry::read_carry(section, folder).map(BearerKind::Carry),
        _ => {
            let en = format!("must be one of {BEARER_KINDS}");
            section.wrong("kind", &format!("须为以下之一：{BEARER_KINDS}"), &en);
            None
        }
    }
}

fn read_udp(section: &mut Section<'_, '_>) -> Option<BearerKind> {
    let listen = section.needed_like("listen", "\"0.0.0.0:7819\"");
    let peers: Vec<std::net::SocketAddr> = section.list_like("peers", "\"192.168.1.20:7819\"");
    let distinct: BTreeSet<_> = peers.iter().collect();
    if distinct.len() < peers.len() {
        section.wrong("peers", "有重复的地址", "names an address twice");
        return None;
    }
    listen.map(|listen| BearerKind::Udp(UdpConfig { listen, peers }))
}

fn read_source(
    section: &mut Section<'_, '_>,
    folder: &Path,
    names: &mut BTreeSet<String>,
) -> Option<SourceConfig> {
    let name = read_name(section, names);
    let kind = match section.needed_text("kind")?.as_str() {
        "gpsd" => section
            .needed_like::<HostPort>("address", "\"127.0.0.1:2947\"")
            .map(|address| SourceKind::Gpsd { address: address.0 }),
        "nmea" => read_nmea(section, folder),
        _ => {
            let en = format!("must be one of {SOURCE_KINDS}");
            section.wrong("kind", &format!("须为以下之一：{SOURCE_KINDS}"), &en);
            None
        }
    };
    let (name, kind) = (name?, kind?);
    Some(SourceConfig { name, kind })
}

fn read_nmea(section: &mut Section<'_, '_>, folder: &Path) -> Option<SourceKind> {
    let (device, file) = (section.text("device"), section.text("file"));
    match (device, file) {
        (Some(device), None) => {
            let baud = section.number("baud", 300..=4_000_000, 9_600);
            Some(SourceKind::NmeaSerial { device: folder.join(device), baud })
        }
        (None, Some(file)) => {
            let speed = section.factor("speed", 1000.0, 1.0);
            Some(SourceKind::NmeaFile { file: folder.join(file), speed })
        }
        (Some(_), Some(_)) | (None, None) => {
            section.wrong(
                "device",
                "device(串口)与 file(回放文件)须二选一",
                "give either device (a serial port) or file (to be played back)",
            );
            None
        }
    }
}

/// `host:port`; the host may be a name, it is looked up when connecting.
pub(super) struct HostPort(pub(super) String);

impl std::str::FromStr for HostPort {
    type Err = ();

    fn from_str(text: &str) -> Result<HostPort, ()> {
        let (host, port) = text.rsplit_once(':').ok_or(())?;
        let port: u16 = port.parse().map_err(|_| ())?;
        let sound = !host.is_empty() && port > 0 && !host.contains(char::is_whitespace);
        if sound { Ok(HostPort(text.to_owned())) } else { Err(()) }
    }
}
