//! Configuration files of daemons in the lab, written as a person would write them.

use std::fmt::Write;
use std::net::{TcpListener, UdpSocket};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::trouble::{Outcome, Trouble};

/// One daemon's configuration, built line by line.
#[derive(Clone, Debug)]
pub struct Config {
    operator: String,
    seal_after_s: u32,
    tables: String,
    udp_count: usize,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            operator: "值班员".into(), seal_after_s: 2, tables: String::new(), udp_count: 0
        }
    }
}

impl Config {
    /// Nothing but the node itself: no bearer, no source. Stock is sealed after two seconds, so
    /// that a journey need not wait a quarter of an hour to see it counted elsewhere.
    pub fn new(operator: &str) -> Config {
        Config { operator: operator.into(), ..Config::default() }
    }

    /// Seals stock and reports after so many seconds.
    #[must_use]
    pub fn seal_after_s(mut self, seal_after_s: u32) -> Config {
        self.seal_after_s = seal_after_s;
        self
    }

    /// Another query store than the usual one. Comes before any bearer.
    #[must_use]
    pub fn store(mut self, engine: &str) -> Config {
        // Still in the table of the node, which the other tables follow.
        self.tables.insert_str(0, &format!("store = \"{engine}\"\n"));
        self
    }

    /// So many megabytes for journal and query store. Comes before any bearer.
    #[must_use]
    pub fn store_max_mb(mut self, mb: u32) -> Config {
        self.tables.insert_str(0, &format!("store_max_mb = {mb}\n"));
        self
    }

    /// A UDP bearer on `own` port that speaks to these ports of this machine.
    #[must_use]
    pub fn udp(mut self, own: u16, peers: &[u16]) -> Config {
        let peers: Vec<String> = peers.iter().map(|p| format!("\"127.0.0.1:{p}\"")).collect();
        self.udp_count += 1;
        let name =
            if self.udp_count == 1 { "有线".into() } else { format!("有线{}", self.udp_count) };
        let body = format!("listen = \"127.0.0.1:{own}\"\npeers = [{}]", peers.join(", "));
        self.bearer(&name, "udp", &body)
    }

    /// A radio behind a KISS modem on a TCP port of this machine.
    #[must_use]
    pub fn kiss_tcp(self, port: u16, rate_bit_s: u32) -> Config {
        let body = format!("address = \"127.0.0.1:{port}\"\nrate_bit_s = {rate_bit_s}");
        self.bearer("电台", "kiss-tcp", &body)
    }

    /// A radio behind a KISS modem on a serial line.
    #[must_use]
    pub fn kiss_serial(self, device: &Path, rate_bit_s: u32) -> Config {
        let device = device.display();
        let body = format!("device = \"{device}\"\nbaud = 9600\nrate_bit_s = {rate_bit_s}");
        self.bearer("电台", "kiss-serial", &body)
    }

    /// An ad hoc network; `more` are further lines of its table.
    #[must_use]
    pub fn lan(self, more: &str) -> Config {
        self.bearer("自组网", "lan", more)
    }

    /// A folder where a stick is mounted.
    #[must_use]
    pub fn carry(self, folder: &Path) -> Config {
        self.bearer("U盘", "carry", &format!("folder = \"{}\"", folder.display()))
    }

    /// A QUIC bearer on `own` port that dials these ports of this machine; `more` are lines of
    /// its table.
    #[must_use]
    pub fn quic(self, own: u16, peers: &[u16], more: &str) -> Config {
        let peers: Vec<String> = peers.iter().map(|p| format!("\"127.0.0.1:{p}\"")).collect();
        let listen = format!("listen = \"127.0.0.1:{own}\"");
        self.bearer("卫星IP", "quic", &format!("{listen}\npeers = [{}]\n{more}", peers.join(", ")))
    }

    /// A receiver behind gpsd on a TCP port of this machine.
    #[must_use]
    pub fn gpsd(mut self, port: u16) -> Config {
        let _ = writeln!(
            self.tables,
            "\n[[source]]\nname = \"北斗\"\nkind = \"gpsd\"\naddress = \"127.0.0.1:{port}\""
        );
        self
    }

    /// A table as it stands, for what has no word of its own here.
    #[must_use]
    pub fn table(mut self, text: &str) -> Config {
        let _ = writeln!(self.tables, "\n{text}");
        self
    }

    fn bearer(mut self, name: &str, kind: &str, body: &str) -> Config {
        // Writing to a String cannot fail.
        let _ = writeln!(self.tables, "\n[[bearer]]\nname = \"{name}\"\nkind = \"{kind}\"\n{body}");
        self
    }

    /// The file, for a daemon whose data lie in `folder`.
    pub fn text(&self, folder: &Path) -> String {
        format!(
            "[node]\ndata_dir = \"{0}\"\nsocket = \"{0}/control.sock\"\noperator = \"{1}\"\n\
             seal_after_s = {2}\n{3}",
            folder.display(),
            self.operator,
            self.seal_after_s,
            self.tables
        )
    }
}

/// Ports handed out lie below the range from which the system serves outgoing connections
/// (32768 and up, ip(7)), so that none is taken between being found free and being used.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// A UDP port of this machine that is free now.
///
/// # Errors
/// When there is none.
pub fn free_udp_port() -> Outcome<u16> {
    free_port(|port| UdpSocket::bind(("127.0.0.1", port)).is_ok())
}

/// A TCP port of this machine that is free now.
///
/// # Errors
/// When there is none.
pub fn free_tcp_port() -> Outcome<u16> {
    free_port(|port| TcpListener::bind(("127.0.0.1", port)).is_ok())
}

/// The next free port. Every program begins at a place of its own and never hands out a port
/// twice, so that journeys that run at the same time do not meet.
fn free_port(is_free: impl Fn(u16) -> bool) -> Outcome<u16> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id().wrapping_mul(97);
    let next = || first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
    let count = u32::from(PORTS.end - PORTS.start);
    let mut ports = (0..count).map(|_| PORTS.start + (next() % count) as u16);
    ports.find(|port| is_free(*port)).ok_or_else(|| Trouble::new("no port is free"))
}
