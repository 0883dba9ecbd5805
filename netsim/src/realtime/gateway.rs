//! A station that is reached by UDP, as a vendor's radio gateway is: one frame a datagram, no
//! connection. Whoever spoke last is the station's daemon. Knows nothing of the channel.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::Duration;

use super::client::Happened;
use crate::air::StationId;

/// Larger than any frame, so that a longer one is noticed instead of cut.
const READ_BYTES: usize = 2048;
/// Pause after an error of the socket: reports about earlier datagrams arrive there.
const READ_PAUSE: Duration = Duration::from_millis(50);

/// The socket of one station.
#[derive(Debug)]
pub(super) struct Gateway {
    socket: UdpSocket,
    /// Who spoke last; what is on the air before anybody spoke reaches nobody.
    peer: Option<SocketAddr>,
}

impl Gateway {
    /// Listen for `station`; gives the address as bound.
    ///
    /// # Errors
    /// The address is taken or not ours.
    pub fn open(
        wanted: SocketAddr,
        station: StationId,
        hub: SyncSender<Happened>,
    ) -> io::Result<(SocketAddr, Gateway)> {
        let socket = UdpSocket::bind(wanted)?;
        let (address, reader) = (socket.local_addr()?, socket.try_clone()?);
        thread::spawn(move || {
            let mut buffer = [0; READ_BYTES];
            loop {
                let Ok((count, from)) = reader.recv_from(&mut buffer) else {
                    thread::sleep(READ_PAUSE);
                    continue;
                };
                let frame = buffer[..count].to_vec();
                if hub.send(Happened::Datagram { station, from, frame }).is_err() {
                    return;
                }
            }
        });
        Ok((address, Gateway { socket, peer: None }))
    }

    /// Somebody spoke. True if it is another than before.
    pub fn meet(&mut self, from: SocketAddr) -> bool {
        self.peer.replace(from) != Some(from)
    }

    /// True once somebody spoke.
    pub fn is_met(&self) -> bool {
        self.peer.is_some()
    }

    /// Hand a frame to the daemon. True if there is one; a datagram may be lost like any other.
    pub fn write(&self, frame: &[u8]) -> bool {
        self.peer.is_some_and(|peer| self.socket.send_to(frame, peer).is_ok())
    }
}
