//! The libp2p side of the ad hoc network: TCP, Noise, yamux, announcements by mDNS, one stream
//! protocol. Nothing is decided here.
//!
//! No identify, no ping, no gossip: what they would tell is either known already or costs more
//! than the records themselves (research, stack 3).

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::time::Duration;

use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::multiaddr::{Multiaddr, Protocol};
use libp2p::swarm::NetworkBehaviour;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::{PeerId, StreamProtocol, Swarm, SwarmBuilder, identity, mdns, noise, tcp, yamux};
use sanduan_protocol::keys::sign::NetworkId;
use zeroize::Zeroizing;

use crate::said::Said;

/// The one protocol that is spoken on streams.
pub const FRAMES: StreamProtocol = StreamProtocol::new("/sanduan/frames/1");
/// Ports tried after the usual one, where nobody named one: so many machines fit on one laptop.
const PORTS_NEXT: u16 = 9;
/// Goes before the network's id into the Noise handshake.
const PROLOGUE: &[u8] = b"sanduan lan 1";
/// A call that is not answered for so long is in vain.
const CALL_MAX: Duration = Duration::from_secs(5);
/// A connection without a stream of ours for so long is of no use.
const IDLE_MAX: Duration = Duration::from_secs(10);
/// How often the network is asked who is there. The crate's five minutes are too long: discovery
/// is one-sided (research, stack 3).
const QUERY_EVERY: Duration = Duration::from_secs(60);
/// An announcement holds for six questions.
const ANNOUNCED_FOR: Duration = Duration::from_secs(360);

/// Connections at once, and those that have not said yet who they are: more than links, so that
/// one that replaces another finds room, and few enough that strangers cannot use up the files
/// that a process may open.
const CONNECTIONS_MAX: u32 = 128;
const UNKNOWN_MAX: u32 = 32;
/// Of one peer: one, one that replaces it, and one that crossed.
const OF_ONE_PEER_MAX: u32 = 3;

/// What our machines do on the ad hoc network.
#[derive(NetworkBehaviour)]
pub struct Behaviour {
    /// Announcements; none when the bearer is to be quiet.
    pub mdns: Toggle<mdns::tokio::Behaviour>,
    /// How many connections there may be.
    pub limits: connection_limits::Behaviour,
    /// Streams of frames.
    pub frames: libp2p_stream::Behaviour,
}

/// A swarm that speaks with the device's key to machines of one network only: the network's id
/// goes into the handshake, so that others fail before anything of ours is said.
///
/// # Errors
/// The system refuses; in words for people.
pub fn build(
    seed: &Zeroizing<[u8; 32]>,
    network: NetworkId,
    is_quiet: bool,
) -> Result<Swarm<Behaviour>, String> {
    // Wiped by the call that reads it.
    let mut seed = **seed;
    let keypair = identity::Keypair::ed25519_from_bytes(&mut seed)
        .map_err(|error| format!("设备密钥不可用（{error}） / unusable device key ({error})"))?;
    let secure = |keypair: &identity::Keypair| {
        let prologue = [PROLOGUE, &network.0].concat();
        noise::Config::new(keypair).map(|config| config.with_prologue(prologue))
    };
    let behaviour = |keypair: &identity::Keypair| {
        let config = mdns::Config {
            ttl: ANNOUNCED_FOR,
            query_interval: QUERY_EVERY,
            ..mdns::Config::default()
        };
        let own = keypair.public().to_peer_id();
        let mdns = match is_quiet {
            true => None,
            false => Some(mdns::tokio::Behaviour::new(config, own)?),
        };
        let limits = ConnectionLimits::default()
            .with_max_established(Some(CONNECTIONS_MAX))
            .with_max_established_per_peer(Some(OF_ONE_PEER_MAX))
            .with_max_pending_incoming(Some(UNKNOWN_MAX));
        let limits = connection_limits::Behaviour::new(limits);
        Ok(Behaviour { mdns: mdns.into(), limits, frames: libp2p_stream::Behaviour::new() })
    };
    let swarm = SwarmBuilder::with_existing_identity(keypair)
        .with_tokio()
        .with_tcp(tcp::Config::default().nodelay(true), secure, yamux::Config::default)
        .map_err(|error| format!("无法加密（{error}） / no encryption ({error})"))?
        .with_behaviour(behaviour)
        .map_err(|error| format!("无法自动发现（{error}） / no discovery ({error})"))?
        .with_swarm_config(|config| config.with_idle_connection_timeout(IDLE_MAX))
        .with_connection_timeout(CALL_MAX)
        .build();
    Ok(swarm)
}

/// Listen, at one of the next ports if this one is taken and may be another, and say where; or say
/// why not and what to do.
///
/// # Errors
/// The words.
pub fn listen(
    swarm: &mut Swarm<Behaviour>,
    at: SocketAddr,
    may_move: bool,
) -> Result<SocketAddr, String> {
    let last = at.port().saturating_add(if may_move { PORTS_NEXT } else { 0 });
    for port in at.port()..=last {
        let there = SocketAddr::new(at.ip(), port);
        match listen_at(swarm, there) {
            Ok(()) => return Ok(there),
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => return Err(said_of(&error, there)),
        }
    }
    Err(said_of(&ErrorKind::AddrInUse.into(), at))
}

fn listen_at(swarm: &mut Swarm<Behaviour>, at: SocketAddr) -> io::Result<()> {
    // The library shares ports and hides what the system says, so the port is tried first.
    drop(TcpListener::bind(at)?);
    swarm.listen_on(multiaddr(at)).map_err(io::Error::other)?;
    Ok(())
}

fn said_of(error: &io::Error, at: SocketAddr) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => format!(
            "端口 {at} 已被占用：停掉占用它的程序，或改 listen / \
             {at} is in use: stop the program that has it, or change listen"
        ),
        ErrorKind::AddrNotAvailable => format!(
            "本机没有地址 {at}：接好网络，或改 listen / \
             this machine has no address {at}: connect the network, or change listen"
        ),
        _ => {
            let Said { zh, en } = Said::of_line(error);
            format!("打不开 {at}（{zh}） / cannot open {at} ({en})")
        }
    }
}

/// How a peer is called. The manager of peers decides alone, so no condition is put; and each
/// call has a port of its own, because the old connection may still hold the usual one.
pub fn call(peer: PeerId, addresses: &[SocketAddr]) -> DialOpts {
    DialOpts::peer_id(peer)
        .condition(PeerCondition::Always)
        .addresses(addresses.iter().copied().map(multiaddr).collect())
        .allocate_new_port()
        .build()
}

/// How an address is called at which anybody may answer.
pub fn call_anybody(address: SocketAddr) -> DialOpts {
    DialOpts::unknown_peer_id().address(multiaddr(address)).allocate_new_port().build()
}

/// The address as libp2p writes it.
fn multiaddr(address: SocketAddr) -> Multiaddr {
    Multiaddr::from(address.ip()).with(Protocol::Tcp(address.port()))
}

/// The address as everybody else writes it, if it is one of TCP over IP.
pub fn socket_address(address: &Multiaddr) -> Option<SocketAddr> {
    let mut parts = address.iter();
    let ip = match parts.next()? {
        Protocol::Ip4(ip) => IpAddr::V4(ip),
        Protocol::Ip6(ip) => IpAddr::V6(ip),
        _ => return None,
    };
    match parts.next()? {
        Protocol::Tcp(port) => Some(SocketAddr::new(ip.to_canonical(), port)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_written() {
        for text in ["10.0.0.2:7820", "[fd00::1]:7820"] {
            let address: SocketAddr = text.parse().expect("an address");
            assert_eq!(socket_address(&multiaddr(address)), Some(address));
        }
        let datagrams: Multiaddr = "/ip4/10.0.0.2/udp/1".parse().expect("an address");
        assert_eq!(socket_address(&datagrams), None);
    }
}
