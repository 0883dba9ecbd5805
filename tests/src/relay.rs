//! Stands between two programs of this machine, so that the way between them can be cut: UDP
//! datagrams between two ports, TCP connections, and a serial device that leads to a TCP port.
//! Threads pass bytes on and know nothing of what they mean.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use portable_pty::{PtyPair, PtySize, native_pty_system};

use crate::config::{free_tcp_port, free_udp_port};
use crate::trouble::{Outcome, Trouble};
use crate::wait::{seconds, wait_for};

/// How often a thread looks whether it is still wanted.
const PATIENCE: Duration = Duration::from_millis(100);
/// Longer than any datagram of ours.
const READ_BYTES: usize = 4096;

/// A path for datagrams between two ports of this machine. Dropped, it is cut.
#[derive(Debug)]
pub struct Relay {
    ports: [u16; 2],
    is_cut: Arc<AtomicBool>,
}

impl Relay {
    /// A path between the programs that listen on `ends`.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start(ends: [u16; 2]) -> Outcome<Relay> {
        let ports = [free_udp_port()?, free_udp_port()?];
        let open = |port: u16| -> Outcome<Arc<UdpSocket>> {
            let socket = UdpSocket::bind(("127.0.0.1", port))?;
            socket.set_read_timeout(Some(PATIENCE))?;
            Ok(Arc::new(socket))
        };
        let doors = [open(ports[0])?, open(ports[1])?];
        let is_cut = Arc::new(AtomicBool::new(false));
        for (from, to) in [(0, 1), (1, 0)] {
            let (inside, outside) = (doors[from].clone(), doors[to].clone());
            let (end, is_cut) = (ends[to], is_cut.clone());
            thread::spawn(move || {
                let mut buffer = [0; READ_BYTES];
                while !is_cut.load(Ordering::Relaxed) {
                    // Silence and reports about earlier datagrams both end a try.
                    if let Ok((length, _)) = inside.recv_from(&mut buffer) {
                        let _ = outside.send_to(&buffer[..length], ("127.0.0.1", end));
                    }
                }
            });
        }
        Ok(Relay { ports, is_cut })
    }

    /// The port that the program at this end sends to.
    pub fn port(&self, end: usize) -> u16 {
        self.ports[end]
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.is_cut.store(true, Ordering::Relaxed);
    }
}

/// A path for connections to a port of this machine. Dropped, all of them are cut.
#[derive(Debug)]
pub struct TcpRelay {
    port: u16,
    open: Arc<Mutex<Vec<TcpStream>>>,
    is_cut: Arc<AtomicBool>,
}

impl TcpRelay {
    /// A path to the program that listens on `end`.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start(end: u16) -> Outcome<TcpRelay> {
        let port = free_tcp_port()?;
        let door = TcpListener::bind(("127.0.0.1", port))?;
        door.set_nonblocking(true)?;
        let open: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
        let is_cut = Arc::new(AtomicBool::new(false));
        let (kept, cut) = (open.clone(), is_cut.clone());
        thread::spawn(move || {
            while !cut.load(Ordering::Relaxed) {
                match door.accept() {
                    // Whoever is not there yet is dialled again by the caller.
                    Ok((near, _)) => drop(join(near, end, &kept)),
                    Err(_) => thread::sleep(PATIENCE),
                }
            }
        });
        Ok(TcpRelay { port, open, is_cut })
    }

    /// The port to dial.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for TcpRelay {
    fn drop(&mut self) {
        self.is_cut.store(true, Ordering::Relaxed);
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for stream in open.iter() {
            // One that is closed already needs no cut.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// Leads an accepted connection to a port of this machine.
fn join(near: TcpStream, end: u16, kept: &Mutex<Vec<TcpStream>>) -> Outcome {
    near.set_nonblocking(false)?;
    let far = TcpStream::connect(("127.0.0.1", end))?;
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    kept.extend([near.try_clone()?, far.try_clone()?]);
    let (from_near, from_far) = (near.try_clone()?, far.try_clone()?);
    thread::spawn(move || pass(from_near, far));
    thread::spawn(move || pass(from_far, near));
    Ok(())
}

/// A serial device whose far end is a TCP port. Dropped, the line is dead.
pub struct SerialLine {
    path: PathBuf,
    stream: TcpStream,
    // Held open, so that the line lives as long as this does.
    _pair: PtyPair,
}

impl SerialLine {
    /// A line to this port of this machine.
    ///
    /// # Errors
    /// When nobody listens there, or there is no pty.
    pub fn to(port: u16) -> Outcome<SerialLine> {
        let trouble = |error: &dyn std::fmt::Display| Trouble::new(format!("pty: {error}"));
        let pair = native_pty_system().openpty(PtySize::default()).map_err(|e| trouble(&e))?;
        let path = pair.master.tty_name().ok_or_else(|| Trouble::new("a pty without a name"))?;
        let stream = wait_for("the far end of the line", seconds(10), || {
            TcpStream::connect(("127.0.0.1", port)).map_err(Trouble::from)
        })?;
        stream.set_nodelay(true)?;
        let from_line = pair.master.try_clone_reader().map_err(|e| trouble(&e))?;
        let to_line = pair.master.take_writer().map_err(|e| trouble(&e))?;
        let (from_net, to_net) = (stream.try_clone()?, stream.try_clone()?);
        thread::spawn(move || pass(from_line, to_net));
        thread::spawn(move || pass(from_net, to_line));
        Ok(SerialLine { path, stream, _pair: pair })
    }

    /// Path of the device.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for SerialLine {
    fn drop(&mut self) {
        // One that is closed already has ended both threads.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

/// Hands bytes on until either side ends.
fn pass(mut from: impl Read, mut to: impl Write) {
    let mut buffer = [0; READ_BYTES];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..count]).and_then(|()| to.flush()).is_err() {
            return;
        }
    }
}
