//! Every means of communication that two daemons can be given on this one machine, as a table: a
//! new bearer is one more row. Each comes with the world it needs and can be cut.

use std::any::Any;
use std::fs;
use std::path::{Path, PathBuf};

use crate::air::Air;
use crate::config::{free_tcp_port, free_udp_port};
use crate::relay::{Relay, SerialLine};
use crate::sky::Sky;
use crate::trouble::Outcome;

/// Cards of the two BeiDou terminals.
const CARDS: [u32; 2] = [412_345, 498_765];
/// The radio's rate, bit/s.
const RADIO_BIT_S: u32 = 9_600;
/// So many times faster than in the world goes the time of BeiDou cards: a slot is a second.
const BEIDOU_SCALE: u32 = 60;
/// And that of the Iridium gateway.
const SBD_SCALE: u32 = 60;
/// And that of modems for short messages.
const SMS_SCALE: u32 = 60;
/// And that of LoRa nodes; the daemons still keep to the air times of the world.
const LORA_SCALE: u32 = 10;
/// What a daemon is told of such an Iridium modem.
const SBD_SPEED: &str = "per_burst_ms = 500\nrate_bit_s = 2000\nbeacon_max_s = 60";
/// Numbers of the two modems for short messages.
const NUMBERS: [&str; 2] = ["17400000001", "17400000002"];
/// The first made-up Iridium modem.
const IMEI: &str = "300434060000010";

/// One means of communication.
#[derive(Clone, Copy, Debug)]
pub struct Means {
    /// The word of the configuration.
    pub kind: &'static str,
    set_up: fn(&Path) -> Outcome<Way>,
}

/// A way between two machines that is there until it is dropped.
pub struct Way {
    /// The `[[bearer]]` table of each machine.
    pub tables: [String; 2],
    // Processes and threads; the way is cut when they end.
    _world: Box<dyn Any + Send>,
}

/// A folder on a stick; pulled out when dropped.
struct Stick(PathBuf);

impl Drop for Stick {
    fn drop(&mut self) {
        // A daemon may be writing its file into it; then it is pulled out a moment later.
        let _ = fs::rename(&self.0, self.0.with_extension("away"));
    }
}

/// Every means.
pub const EVERY: &[Means] = &[
    Means { kind: "udp", set_up: udp },
    Means { kind: "quic", set_up: quic },
    Means { kind: "gateway", set_up: gateway },
    Means { kind: "kiss-tcp", set_up: kiss_tcp },
    Means { kind: "kiss-serial", set_up: kiss_serial },
    Means { kind: "carry", set_up: carry },
    Means { kind: "beidou", set_up: beidou },
    Means { kind: "sbd", set_up: sbd },
    Means { kind: "directip", set_up: directip },
    Means { kind: "sms", set_up: sms },
    Means { kind: "meshtastic", set_up: meshtastic },
    // Last, so that it is never the one that is cut: machines tell each other where they listen and
    // would go round a relay. What a cut does to it is told in network namespaces.
    Means { kind: "lan", set_up: lan },
];

impl Means {
    /// A way of this kind; what it needs is put into `folder`.
    ///
    /// # Errors
    /// When what stands in for the world cannot be started.
    pub fn way(&self, folder: &Path) -> Outcome<Way> {
        fs::create_dir_all(folder)?;
        (self.set_up)(folder)
    }
}

/// One table of a machine: the bearer is called as its kind is.
fn table(kind: &str, body: &str) -> String {
    format!("[[bearer]]\nname = \"{kind}\"\nkind = \"{kind}\"\n{body}")
}

fn udp(_folder: &Path) -> Outcome<Way> {
    let own = [free_udp_port()?, free_udp_port()?];
    let relay = Relay::start(own)?;
    let tables = [0, 1].map(|end| {
        let (own, peer) = (own[end], relay.port(end));
        let body = format!("listen = \"127.0.0.1:{own}\"\npeers = [\"127.0.0.1:{peer}\"]");
        table("udp", &body)
    });
    Ok(Way { tables, _world: Box::new(relay) })
}

/// One side dials, as a machine behind a satellite terminal does.
fn quic(_folder: &Path) -> Outcome<Way> {
    let own = [free_udp_port()?, free_udp_port()?];
    let relay = Relay::start(own)?;
    let dial = format!("\npeers = [\"127.0.0.1:{}\"]\nrtt_ms = 50", relay.port(0));
    let tables = [(own[0], dial), (own[1], String::new())]
        .map(|(own, more)| table("quic", &format!("listen = \"127.0.0.1:{own}\"{more}")));
    Ok(Way { tables, _world: Box::new(relay) })
}

/// Without announcements: each knows where the other listens.
fn lan(_folder: &Path) -> Outcome<Way> {
    let own = [free_tcp_port()?, free_tcp_port()?];
    let tables = [0, 1].map(|end| {
        let (own, peer) = (own[end], own[1 - end]);
        let body =
            format!("listen = \"127.0.0.1:{own}\"\npeers = [\"127.0.0.1:{peer}\"]\nquiet = true");
        table("lan", &body)
    });
    Ok(Way { tables, _world: Box::new(()) })
}

/// The gateway of a vendor, which passes datagrams on as they are.
fn gateway(_folder: &Path) -> Outcome<Way> {
    let own = [free_udp_port()?, free_udp_port()?];
    let relay = Relay::start(own)?;
    let tables = [0, 1].map(|end| {
        let (own, peer) = (own[end], relay.port(end));
        let body = format!(
            "listen = \"127.0.0.1:{own}\"\naddress = \"127.0.0.1:{peer}\"\n\
             rate_bit_s = {RADIO_BIT_S}\nper_burst_ms = 500"
        );
        table("gateway", &body)
    });
    Ok(Way { tables, _world: Box::new(relay) })
}

fn kiss_tcp(folder: &Path) -> Outcome<Way> {
    let air = Air::start(folder, 2, RADIO_BIT_S, 0.0, "")?;
    let tables = [0, 1].map(|station| {
        let port = air.port(station);
        let body = format!("address = \"127.0.0.1:{port}\"\nrate_bit_s = {RADIO_BIT_S}");
        table("kiss-tcp", &body)
    });
    Ok(Way { tables, _world: Box::new(air) })
}

fn kiss_serial(folder: &Path) -> Outcome<Way> {
    let air = Air::start(folder, 2, RADIO_BIT_S, 0.0, "")?;
    let lines = [SerialLine::to(air.port(0))?, SerialLine::to(air.port(1))?];
    let names = Names([0, 1].map(|station| folder.join(format!("serial-{station}"))));
    for (name, line) in names.0.iter().zip(&lines) {
        std::os::unix::fs::symlink(line.path(), name)?;
    }
    let tables = [0, 1].map(|station| {
        let device = names.0[station].display();
        table("kiss-serial", &format!("device = \"{device}\"\nrate_bit_s = {RADIO_BIT_S}"))
    });
    Ok(Way { tables, _world: Box::new((names, lines, air)) })
}

/// Names of serial devices. They go before the devices do: the system gives a device's own path
/// to the next one, and a daemon that tries again must not open another test's.
struct Names([std::path::PathBuf; 2]);

impl Drop for Names {
    fn drop(&mut self) {
        for name in &self.0 {
            let _ = fs::remove_file(name);
        }
    }
}

fn carry(folder: &Path) -> Outcome<Way> {
    let stick = folder.join("stick");
    fs::create_dir_all(&stick)?;
    let body = format!("folder = \"{}\"", stick.display());
    let tables = [0, 1].map(|_| table("carry", &body));
    Ok(Way { tables, _world: Box::new(Stick(stick)) })
}

fn beidou(folder: &Path) -> Outcome<Way> {
    let sky = Sky::start(folder, &CARDS, BEIDOU_SCALE, &[])?;
    let tables = [0, 1].map(|end| {
        let (device, peer) = (sky.device(end).display(), CARDS[1 - end]);
        table(
            "beidou",
            &format!(
                "device = \"{device}\"\npeers = [\"{peer}\"]\nper_burst_ms = 100\nbeacon_max_s = 60"
            ),
        )
    });
    Ok(Way { tables, _world: Box::new(sky) })
}

fn sbd(folder: &Path) -> Outcome<Way> {
    let sky = Sky::modems(folder, 2, SBD_SCALE)?;
    let tables = [0, 1].map(|end| table("sbd", &sbd_modem(sky.device(end))));
    Ok(Way { tables, _world: Box::new(sky) })
}

fn sbd_modem(device: &Path) -> String {
    let device = device.display();
    format!("device = \"{device}\"\npoll_s = 10\n{SBD_SPEED}")
}

/// A command post with IP alone; the other end has a modem.
fn directip(folder: &Path) -> Outcome<Way> {
    let (listen, gateway) = (free_tcp_port()?, free_tcp_port()?);
    let sky = Sky::shore(folder, SBD_SCALE, listen, gateway)?;
    let post = table(
        "directip",
        &format!(
            "listen = \"127.0.0.1:{listen}\"\ngateway = \"127.0.0.1:{gateway}\"\n\
             peers = [\"{IMEI}\"]\n{SBD_SPEED}"
        ),
    );
    // Another name than that of the row whose both ends are modems: they are cut in pairs.
    let modem = sbd_modem(sky.device(0));
    let modem = format!("[[bearer]]\nname = \"directip-modem\"\nkind = \"sbd\"\n{modem}");
    Ok(Way { tables: [post, modem], _world: Box::new(sky) })
}

fn sms(folder: &Path) -> Outcome<Way> {
    let sky = Sky::short_messages(folder, &NUMBERS, SMS_SCALE, &[])?;
    let tables = [0, 1].map(|end| {
        let (device, peer) = (sky.device(end).display(), NUMBERS[1 - end]);
        table(
            "sms",
            &format!(
                "device = \"{device}\"\npeers = [\"+86{peer}\"]\nper_burst_ms = 100\n\
                 rate_bit_s = 2000\nbeacon_max_s = 60"
            ),
        )
    });
    Ok(Way { tables, _world: Box::new(sky) })
}

fn meshtastic(folder: &Path) -> Outcome<Way> {
    let sky = Sky::nodes(folder, 2, LORA_SCALE, &["--preset", "short-fast"])?;
    let tables = [0, 1].map(|end| {
        let device = sky.device(end).display();
        table("meshtastic", &format!("device = \"{device}\"\nbeacon_max_s = 60"))
    });
    Ok(Way { tables, _world: Box::new(sky) })
}
