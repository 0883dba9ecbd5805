//! A made-up serial device: a pair of ptys, one end for us, the other with a path that a program
//! opens as it would open `/dev/ttyUSB0`. Threads hand bytes over; they know nothing of modems.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

use serial2::SerialPort;

/// Bytes read at once.
const READ_BYTES: usize = 4096;
/// Writes that wait while nobody reads; then the newest is dropped, as a serial line overruns.
const WRITE_QUEUE_MAX: usize = 256;
/// How often a thread looks whether it is still wanted.
const PATIENCE: Duration = Duration::from_millis(200);

/// One made-up device. Its path works until it is dropped.
#[derive(Debug)]
pub(super) struct Pty {
    path: PathBuf,
    link: Option<PathBuf>,
    to_write: SyncSender<Vec<u8>>,
    /// Held open, so that our end does not fail while no program has the device open.
    _far: SerialPort,
}

impl Pty {
    /// Make a device, and `link` to it if one is wanted; what programs write to it goes to `read`.
    ///
    /// # Errors
    /// No pty is left, or the link cannot be made.
    pub fn open(
        link: Option<&Path>,
        read: impl Fn(Vec<u8>) -> bool + Send + 'static,
    ) -> io::Result<Pty> {
        let (mut near, mut far) = SerialPort::pair()?;
        for end in [&mut near, &mut far] {
            let mut settings = end.get_configuration()?;
            settings.set_raw();
            end.set_configuration(&settings)?;
            end.set_read_timeout(PATIENCE)?;
        }
        let path = fs::read_link(format!("/proc/self/fd/{}", far.as_raw_fd()))?;
        if let Some(link) = link {
            // One that a run left behind which was ended the hard way.
            if fs::symlink_metadata(link).is_ok_and(|found| found.is_symlink()) {
                fs::remove_file(link)?;
            }
            std::os::unix::fs::symlink(&path, link)?;
        }
        let near = Arc::new(near);
        let (to_write, written) = sync_channel(WRITE_QUEUE_MAX);
        let writer = Arc::clone(&near);
        thread::spawn(move || write_all(&writer, &written));
        thread::spawn(move || read_all(&near, read));
        Ok(Pty { path, link: link.map(Path::to_owned), to_write, _far: far })
    }

    /// The path that programs open.
    pub fn path(&self) -> &Path {
        self.link.as_deref().unwrap_or(&self.path)
    }

    /// Hand over bytes; they are dropped while nobody reads.
    pub fn write(&self, bytes: Vec<u8>) {
        match self.to_write.try_send(bytes) {
            Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if let Some(link) = &self.link {
            // Somebody may have removed it already.
            let _ = fs::remove_file(link);
        }
    }
}

fn read_all(port: &SerialPort, read: impl Fn(Vec<u8>) -> bool) {
    let mut buffer = [0; READ_BYTES];
    loop {
        match port.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) if !read(buffer[..count].to_vec()) => return,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::TimedOut => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

fn write_all(port: &SerialPort, written: &Receiver<Vec<u8>>) {
    while let Ok(bytes) = written.recv() {
        // A program that does not read loses what a real line would lose, too.
        let _ = port.write_all(&bytes);
    }
}
