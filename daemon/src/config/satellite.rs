//! The keys of bearers over satellite terminals. The table around them is read in
//! [`super::tables`].

use std::collections::BTreeSet;
use std::path::Path;
use std::str::FromStr;

use sanduan_protocol::base::caps::RDSS_TERMINALS_MAX;
use sanduan_protocol::link::modem::directip::Imei;
use sanduan_protocol::link::modem::rdss::Dialect;

use super::read::Section;
use super::tables::HostPort;
use super::{BeidouConfig, DirectIpConfig, SbdConfig};

/// Largest card or group number: eight digits.
const CARD_MAX: u32 = 99_999_999;
/// Most terminals (research, bearers 1.1); some use 19,200 or 9,600.
const BAUD_BEIDOU: u32 = 115_200;
/// As a 9602 is delivered (research, bearers 1.2).
const BAUD_SBD: u32 = 19_200;
/// A ring can be missed, and every question is paid for: once an hour.
const POLL_SBD_S: u32 = 3_600;

/// The keys of `kind = "beidou"`.
pub fn read_beidou(section: &mut Section<'_, '_>, folder: &Path) -> Option<BeidouConfig> {
    let devices = read_devices(section);
    let baud = section.number("baud", 300..=4_000_000, BAUD_BEIDOU);
    let dialect = read_dialect(section);
    let level_bits = Some(section.number("level_bits", 0..=14_000, 0)).filter(|bits| *bits > 0);
    let group = Some(section.number("group", 1..=CARD_MAX, 0)).filter(|group| *group > 0);
    // A terminal that only speaks to a group needs no peers.
    let peers: Vec<Cards> = match section.has("peers") || group.is_none() {
        true => section.list_like("peers", "\"498765\""),
        false => Vec::new(),
    };
    let mut seen = BTreeSet::new();
    if peers.iter().flat_map(|cards| &cards.0).any(|card| !seen.insert(*card)) {
        section.wrong("peers", "有重复的卡号", "names a card twice");
        return None;
    }
    let peers = peers.into_iter().map(|cards| cards.0).collect();
    let devices = devices?.into_iter().map(|device| folder.join(device)).collect();
    Some(BeidouConfig { devices, baud, dialect: dialect?, level_bits, peers, group })
}

/// The keys of `kind = "sbd"`.
pub fn read_sbd(section: &mut Section<'_, '_>, folder: &Path) -> Option<SbdConfig> {
    let device = section.needed_text("device");
    let baud = section.number("baud", 300..=4_000_000, BAUD_SBD);
    let poll_s = section.number("poll_s", 0..=86_400, POLL_SBD_S);
    Some(SbdConfig { device: folder.join(device?), baud, poll_s })
}

/// The keys of `kind = "directip"`.
pub fn read_directip(section: &mut Section<'_, '_>) -> Option<DirectIpConfig> {
    let listen = section.needed_like("listen", "\"0.0.0.0:10800\"");
    let gateway = section.needed_like::<HostPort>("gateway", "\"gateway.example:10800\"");
    let peers: Vec<Imei> = section.list_like("peers", "\"300434060000010\"");
    let distinct: BTreeSet<_> = peers.iter().collect();
    if distinct.len() < peers.len() {
        section.wrong("peers", "有重复的 IMEI", "names a modem twice");
        return None;
    }
    Some(DirectIpConfig { listen: listen?, gateway: gateway?.0, peers })
}

/// `device` for one terminal, `devices` for several with a card each.
fn read_devices(section: &mut Section<'_, '_>) -> Option<Vec<String>> {
    if !section.has("devices") {
        return section.needed_text("device").map(|device| vec![device]);
    }
    let devices: Vec<String> = section.list_like("devices", "\"/dev/ttyUSB2\"");
    let distinct: BTreeSet<&String> = devices.iter().collect();
    let (zh, en) = match () {
        () if section.has("device") => ("与 device 只能写一个", "cannot stand beside device"),
        () if devices.is_empty() => ("至少写一个设备", "names no device"),
        () if distinct.len() < devices.len() => ("有重复的设备", "names a device twice"),
        () if devices.len() > RDSS_TERMINALS_MAX => ("终端过多", "names too many terminals"),
        () => return Some(devices),
    };
    section.wrong("devices", zh, en);
    None
}

fn read_dialect(section: &mut Section<'_, '_>) -> Option<Dialect> {
    let word = section.text("dialect").unwrap_or_else(|| "2.1".to_owned());
    let form = section.text("tcq_form").unwrap_or_else(|| "plain".to_owned());
    let (blank_before_content, repeat_field) = match form.as_str() {
        "plain" => (false, true),
        "short" => (false, false),
        "blank" => (true, true),
        _ => {
            let forms = "plain, short, blank";
            section.wrong(
                "tcq_form",
                &format!("须为以下之一：{forms}"),
                &format!("must be one of {forms}"),
            );
            return None;
        }
    };
    let frequency = section.number("frequency", 1..=5, 1) as u8;
    match word.as_str() {
        "2.1" => Some(Dialect::V2_1),
        "bds3" => Some(Dialect::Bds3 { blank_before_content, repeat_field, frequency }),
        _ => {
            section.wrong("dialect", "须为 2.1 或 bds3", "must be 2.1 or bds3");
            None
        }
    }
}

/// Card numbers of one peer, written `498765` or `498765+498766`.
struct Cards(Vec<u32>);

impl FromStr for Cards {
    type Err = ();

    fn from_str(text: &str) -> Result<Cards, ()> {
        let card = |word: &str| {
            let number: u32 = word.trim().parse().map_err(|_| ())?;
            if (1..=CARD_MAX).contains(&number) { Ok(number) } else { Err(()) }
        };
        text.split('+').map(card).collect::<Result<Vec<u32>, ()>>().map(Cards)
    }
}
