//! The keys of `kind = "lan"`, the ad hoc network. The table around them is read in
//! [`super::tables`].

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use super::read::Section;

/// TCP and IP headers (RFC 9293, RFC 791), Noise's length and tag, a yamux head (12), our length.
pub const FRAME_EXTRA_BYTES: u16 = 72;
/// Old Wi-Fi far from its peer; faster ones are not held back by much, frames being small.
pub const RATE_LAN_BIT_S: u32 = 10_000_000;
/// A stream loses nothing while it stands, so a beacon only tells of what nobody asked for.
pub const BEACON_LAN_MAX_S: u32 = 300;
/// The port after that of the datagrams.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 7820);
/// Addresses that may be named; beyond, discovery is the better way.
const PEERS_MAX: usize = 32;

/// The keys of a `lan` bearer.
#[derive(Clone, Debug, PartialEq)]
pub struct LanConfig {
    /// Address to be called at.
    pub listen: SocketAddr,
    /// Nobody named the port: one of the next ones will do if it is taken, as when two machines of
    /// the network run on one laptop. Discovery tells the others.
    pub may_move: bool,
    /// Addresses that are always called, for networks without multicast.
    pub peers: Vec<SocketAddr>,
    /// No announcements and no questions on idle connections: nothing is sent but frames.
    pub quiet: bool,
}

/// The keys of `kind = "lan"`.
pub fn read_lan(section: &mut Section<'_, '_>) -> Option<LanConfig> {
    let may_move = !section.has("listen");
    let listen = match section.has("listen") {
        true => section.needed_like("listen", "\"0.0.0.0:7820\""),
        false => Some(LISTEN),
    };
    let quiet = section.flag("quiet", false);
    // Who is silent is not found, so somebody has to be named.
    let peers: Vec<Place> = match section.has("peers") || quiet {
        true => section.list_like("peers", "\"192.168.1.20:7820\""),
        false => Vec::new(),
    };
    let peers: Vec<SocketAddr> = peers.into_iter().map(|place| place.0).collect();
    let distinct: BTreeSet<_> = peers.iter().collect();
    if distinct.len() < peers.len() {
        section.wrong("peers", "有重复的地址", "names an address twice");
        return None;
    }
    if peers.len() > PEERS_MAX {
        section.wrong(
            "peers",
            &format!("最多 {PEERS_MAX} 个地址"),
            &format!("at most {PEERS_MAX} addresses"),
        );
        return None;
    }
    if !cfg!(feature = "lan") {
        section.wrong(
            "kind",
            "本程序编译时未包含自组网：换用带 lan 功能的安装包，或删去这一段",
            "this program was built without the ad hoc network: install one built with the \
             feature lan, or remove this table",
        );
        return None;
    }
    Some(LanConfig { listen: listen?, may_move, peers, quiet })
}

/// An address written `192.168.1.20:7820` or `/ip4/192.168.1.20/tcp/7820`.
struct Place(SocketAddr);

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Place, ()> {
        if let Ok(address) = text.parse() {
            return Ok(Place(address));
        }
        let words: Vec<&str> = text.split('/').collect();
        let ["", version, ip, "tcp", port] = words[..] else { return Err(()) };
        let ip: IpAddr = ip.parse().map_err(|_| ())?;
        let agrees = (version == "ip4" && ip.is_ipv4()) || (version == "ip6" && ip.is_ipv6());
        let port = port.parse().map_err(|_| ())?;
        if agrees { Ok(Place(SocketAddr::new(ip, port))) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[cfg(feature = "lan")]
    use super::super::BearerKind;
    use super::super::{Config, Findings};

    fn read(keys: &str) -> Result<Config, Findings> {
        let text = format!("[[bearer]]\nname = \"w\"\nkind = \"lan\"\n{keys}");
        Config::parse(Path::new("/d/sanduan.toml"), &text)
    }

    #[cfg(feature = "lan")]
    #[test]
    fn nothing_has_to_be_said_and_addresses_may_be_written_in_two_ways() {
        let config = read("").expect("sound");
        let BearerKind::Lan(lan) = &config.bearers[0].kind else { panic!("{config:?}") };
        assert_eq!((lan.listen.port(), lan.peers.len(), lan.quiet), (7820, 0, false));
        assert!(lan.may_move, "nobody named the port");
        let peers = "peers = [\"10.0.0.2:7820\", \"/ip4/10.0.0.3/tcp/7\", \"/ip6/fd00::1/tcp/9\"]";
        let config = read(peers).expect("sound");
        let BearerKind::Lan(lan) = &config.bearers[0].kind else { panic!("{config:?}") };
        let shown: Vec<String> = lan.peers.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["10.0.0.2:7820", "10.0.0.3:7", "[fd00::1]:9"]);
    }

    #[cfg(feature = "lan")]
    #[test]
    fn what_cannot_be_meant_is_a_finding() {
        for keys in [
            "peers = [\"/ip6/10.0.0.3/tcp/7\"]",
            "peers = [\"/ip4/10.0.0.3/udp/7\"]",
            "peers = [\"10.0.0.3:7\", \"/ip4/10.0.0.3/tcp/7\"]",
            "quiet = true",
            "quiet = 1",
            "listen = \"7820\"",
        ] {
            assert!(read(keys).is_err(), "{keys}");
        }
    }

    #[cfg(not(feature = "lan"))]
    #[test]
    fn a_program_without_the_ad_hoc_network_says_so() {
        let said = read("").expect_err("cannot be run").to_string();
        assert!(said.contains("未包含自组网") && said.contains("feature lan"), "{said}");
    }
}
