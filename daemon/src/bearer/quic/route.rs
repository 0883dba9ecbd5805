//! Which of our addresses leads to a peer now. It changes when an interface comes up or another
//! network is joined; then the peer is told at once instead of at the next repeat.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Our address towards `peer`; none when there is no way. Nothing is sent: connecting a UDP
/// socket only asks the routing table.
pub fn way_to(peer: SocketAddr) -> Option<IpAddr> {
    let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
    let any: IpAddr = match peer {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(peer).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_this_machine_is_its_loopback_also_in_mapped_form() {
        let way = way_to("127.0.0.1:9".parse().expect("an address"));
        assert_eq!(way, Some(Ipv4Addr::LOCALHOST.into()));
        assert_eq!(way_to("[::ffff:127.0.0.1]:9".parse().expect("an address")), way);
    }
}
