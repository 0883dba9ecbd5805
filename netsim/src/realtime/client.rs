//! Threads around one station's socket: one accepts, one reads, one writes. They hand bytes to the
//! hub and take bytes from it; they know nothing of KISS or of the channel.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

use super::control::{BadCommand, Command};
use crate::air::StationId;

/// Bytes read at once.
const READ_BYTES: usize = 4096;
/// Frames that wait for a client that does not read; then it is let go, as a TNC's serial line
/// would overrun.
const WRITE_QUEUE_MAX: usize = 256;
/// Pause after a failed accept (out of file descriptors, say), so that it does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Number of a connection; a station's newer client has the larger one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ClientNo(pub u64);

/// Something the hub must know.
#[derive(Debug)]
pub(super) enum Happened {
    /// A program connected to a station.
    Connected { station: StationId, stream: TcpStream },
    /// A client's bytes.
    Bytes { station: StationId, client: ClientNo, bytes: Vec<u8> },
    /// A frame came to a gateway.
    Datagram { station: StationId, from: SocketAddr, frame: Vec<u8> },
    /// A client's connection ended.
    Ended { station: StationId, client: ClientNo },
    /// A line of control.
    Typed(Result<Command, BadCommand>),
    /// No more lines of control.
    InputEnded,
}

/// The connection of one station, as the hub holds it. Dropping it ends its threads.
#[derive(Debug)]
pub(super) struct Client {
    pub number: ClientNo,
    stream: TcpStream,
    to_write: SyncSender<Vec<u8>>,
}

/// Accept connections for `station` for ever.
pub(super) fn accept(listener: TcpListener, station: StationId, hub: SyncSender<Happened>) {
    thread::spawn(move || {
        loop {
            match listener.accept() {
                Ok((stream, _)) => {
                    if hub.send(Happened::Connected { station, stream }).is_err() {
                        return;
                    }
                }
                Err(_) => thread::sleep(ACCEPT_PAUSE),
            }
        }
    });
}

impl Client {
    /// Start the threads of a new connection.
    ///
    /// # Errors
    /// The system refuses a second handle on the socket; the connection is dropped.
    pub fn start(
        stream: TcpStream,
        station: StationId,
        number: ClientNo,
        hub: SyncSender<Happened>,
    ) -> std::io::Result<Client> {
        stream.set_nodelay(true)?;
        let reader = stream.try_clone()?;
        let writer = stream.try_clone()?;
        let (to_write, written) = sync_channel(WRITE_QUEUE_MAX);
        thread::spawn(move || write_all(writer, &written));
        thread::spawn(move || {
            read_all(reader, station, number, &hub);
            // The hub may be gone already; then nobody needs to know.
            let _ = hub.send(Happened::Ended { station, client: number });
        });
        Ok(Client { number, stream, to_write })
    }

    /// Hand over bytes; `false` if the client does not read and must be let go.
    pub fn write(&self, bytes: Vec<u8>) -> bool {
        match self.to_write.try_send(bytes) {
            Ok(()) | Err(TrySendError::Disconnected(_)) => true,
            Err(TrySendError::Full(_)) => false,
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Already closed by the other end is as good.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

fn read_all(
    mut stream: TcpStream,
    station: StationId,
    client: ClientNo,
    hub: &SyncSender<Happened>,
) {
    let mut buffer = [0; READ_BYTES];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        let bytes = buffer[..count].to_vec();
        if hub.send(Happened::Bytes { station, client, bytes }).is_err() {
            return;
        }
    }
}

fn write_all(mut stream: TcpStream, written: &Receiver<Vec<u8>>) {
    while let Ok(bytes) = written.recv() {
        if stream.write_all(&bytes).is_err() {
            return;
        }
    }
}
