//! A serial device behind a TCP port, as a node with Wi-Fi has it: one client at a time; what
//! nobody reads is lost. The connection can be cut under the client.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::trouble::Outcome;

/// Longer than any message of a node.
const READ_BYTES: usize = 4096;

/// The port of a device.
#[derive(Debug)]
pub struct WifiNode {
    address: SocketAddr,
    client: Arc<Mutex<Option<TcpStream>>>,
}

impl WifiNode {
    /// A free port of this machine that leads to this device.
    ///
    /// # Errors
    /// When the device cannot be opened or no port is free.
    pub fn before(device: &Path) -> Outcome<WifiNode> {
        let line = OpenOptions::new().read(true).write(true).open(device)?;
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let client = Arc::new(Mutex::new(None));
        let (from_line, to_line) = (line.try_clone()?, line);
        let (reading, taking) = (client.clone(), client.clone());
        thread::spawn(move || from_device(from_line, &reading));
        thread::spawn(move || serve(&listener, &to_line, &taking));
        Ok(WifiNode { address, client })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends the connection that stands; whether there was one.
    pub fn cut(&self) -> bool {
        let held = self.client.lock().unwrap_or_else(PoisonError::into_inner).take();
        held.is_some_and(|stream| stream.shutdown(Shutdown::Both).is_ok())
    }
}

fn from_device(mut line: File, client: &Mutex<Option<TcpStream>>) {
    let mut buffer = [0; READ_BYTES];
    while let Ok(count @ 1..) = line.read(&mut buffer) {
        let mut held = client.lock().unwrap_or_else(PoisonError::into_inner);
        if held.as_mut().is_some_and(|stream| stream.write_all(&buffer[..count]).is_err()) {
            *held = None;
        }
    }
}

fn serve(listener: &TcpListener, line: &File, client: &Mutex<Option<TcpStream>>) {
    for stream in listener.incoming().flatten() {
        let Ok(mut from_net) = stream.try_clone() else { continue };
        *client.lock().unwrap_or_else(PoisonError::into_inner) = Some(stream);
        let mut to_line = line;
        let mut buffer = [0; READ_BYTES];
        while let Ok(count @ 1..) = from_net.read(&mut buffer) {
            if to_line.write_all(&buffer[..count]).is_err() {
                return;
            }
        }
    }
}
