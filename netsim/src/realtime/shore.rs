//! The sockets of a made-up Iridium gateway's IP side: connects to the command post with each
//! session of a modem, and takes its messages. What is in them is [`crate::modem`]'s.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use super::modem::Happened;

/// Sessions that wait for a command post that cannot be reached; newer ones are dropped.
const SESSIONS_MAX: usize = 256;
/// Between two tries to reach it.
const AGAIN: Duration = Duration::from_secs(1);
/// A command post that says nothing for so long is cut.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the gateway's IP side is.
#[derive(Clone, Debug)]
pub struct ShoreOptions {
    /// `host:port` of the command post.
    pub post: String,
    /// `address:port` that the command post connects to.
    pub listen: String,
}

/// The running IP side.
#[derive(Debug)]
pub(super) struct Shore {
    sessions: SyncSender<Vec<u8>>,
}

impl Shore {
    /// Listen, and be ready to connect.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub fn open(options: &ShoreOptions, tell: SyncSender<Happened>) -> io::Result<Shore> {
        let listener = TcpListener::bind(&options.listen)?;
        thread::spawn(move || serve(&listener, &tell));
        let (sessions, waiting) = sync_channel(SESSIONS_MAX);
        let post = options.post.clone();
        thread::spawn(move || call(&post, &waiting));
        Ok(Shore { sessions })
    }

    /// Tell the command post of a session.
    pub fn send(&self, bytes: Vec<u8>) {
        // A full queue loses the newest, as a gateway's does in the end.
        let _ = self.sessions.try_send(bytes);
    }
}

/// Each session over a connection of its own, in order, until it is through.
fn call(post: &str, waiting: &Receiver<Vec<u8>>) {
    while let Ok(bytes) = waiting.recv() {
        while TcpStream::connect(post).and_then(|mut to| to.write_all(&bytes)).is_err() {
            thread::sleep(AGAIN);
        }
    }
}

fn serve(listener: &TcpListener, tell: &SyncSender<Happened>) {
    for stream in listener.incoming() {
        // A call that only looked whether somebody is there ends in an error, and so may any.
        let Ok(mut stream) = stream else { continue };
        let Ok(bytes) = read_one(&mut stream) else { continue };
        let (answer, answered) = sync_channel(1);
        if tell.send(Happened::Shore(bytes, answer)).is_err() {
            return;
        }
        if let Ok(Some(answer)) = answered.recv() {
            let _ = stream.write_all(&answer);
        }
    }
}

/// One whole message: revision, length, and what follows.
fn read_one(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut bytes = vec![0; 3];
    stream.read_exact(&mut bytes)?;
    let length = usize::from(u16::from_be_bytes([bytes[1], bytes[2]]));
    bytes.resize(3 + length, 0);
    stream.read_exact(&mut bytes[3..])?;
    Ok(bytes)
}
