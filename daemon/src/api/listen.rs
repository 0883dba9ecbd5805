//! The control socket: made, guarded, removed. Who may speak is decided here, what is said is
//! not.

use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::serve::Listener;
use sanduan_protocol::local::{Refusal, RefusalCode};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::unix::{SocketAddr, UCred};
use tokio::net::{UnixListener, UnixStream};

use crate::said::Said;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections open at once. More wait in the system's queue.
const CONNECTIONS_MAX: usize = 64;
/// Owner and group may speak (DESIGN section 10).
const MODE: u32 = 0o660;

/// The socket cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ListenFault {
    /// A daemon answers there.
    #[error(
        "控制套接字 {0} 上已有 sanduand 在运行：先停掉它，或在配置中换一个 socket / \
         a sanduand is running on {0} already: stop it, or choose another socket in the \
         configuration"
    )]
    Busy(PathBuf),
    /// Something else is there.
    #[error("{0} 不是套接字，未覆盖：请移走它 / {0} is no socket and is left alone: move it away")]
    NoSocket(PathBuf),
    /// The system refused.
    #[error(
        "建不了控制套接字 {path}（{}） / cannot make the control socket {path} ({})",
        Said::of_line(source).zh,
        Said::of_line(source).en
    )]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The listening socket; the file is removed when it is dropped.
#[derive(Debug)]
pub struct ControlSocket {
    listener: UnixListener,
    path: PathBuf,
    own: UCred,
    places: Arc<Semaphore>,
}

impl ControlSocket {
    /// Listen at `path`. A socket file that nobody answers on is replaced.
    ///
    /// # Errors
    /// See [`ListenFault`].
    pub async fn open(path: &Path) -> Result<ControlSocket, ListenFault> {
        let failed = |source| ListenFault::Io { path: path.to_owned(), source };
        if let Ok(found) = std::fs::symlink_metadata(path) {
            if !found.file_type().is_socket() {
                return Err(ListenFault::NoSocket(path.to_owned()));
            }
            if UnixStream::connect(path).await.is_ok() {
                return Err(ListenFault::Busy(path.to_owned()));
            }
            std::fs::remove_file(path).map_err(failed)?;
        }
        let listener = UnixListener::bind(path).map_err(failed)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(MODE)).map_err(failed)?;
        // Our own credentials, without a system call of our own.
        let own = UnixStream::pair().and_then(|(near, _)| near.peer_cred()).map_err(failed)?;
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        Ok(ControlSocket { listener, path: path.to_owned(), own, places })
    }

    fn may_speak(&self, stream: &UnixStream) -> bool {
        match stream.peer_cred() {
            Ok(peer) => {
                let known = peer.uid() == 0 || peer.uid() == self.own.uid();
                known || peer.gid() == self.own.gid() || in_group(peer.pid(), self.own.gid())
            }
            Err(_) => false,
        }
    }
}

/// True if the process has the group among its further ones.
fn in_group(pid: Option<i32>, gid: u32) -> bool {
    let Some(pid) = pid else { return false };
    let Ok(status) = std::fs::read_to_string(format!("/proc/{pid}/status")) else { return false };
    let groups = status.lines().find_map(|line| line.strip_prefix("Groups:"));
    groups.is_some_and(|groups| groups.split_whitespace().any(|one| one.parse() == Ok(gid)))
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        // If someone else removed it already, there is nothing left to do.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Listener for ControlSocket {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            let Ok(place) = self.places.clone().acquire_owned().await else {
                // The semaphore is never closed.
                return std::future::pending().await;
            };
            let (mut stream, address) = Listener::accept(&mut self.listener).await;
            if self.may_speak(&stream) {
                return (Connection { stream, _place: place }, address);
            }
            tracing::warn!("拒绝了其他用户的程序 / a program of another user was refused");
            // The refused program may be gone already.
            let _ = stream.write_all(&forbidden()).await;
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

fn forbidden() -> Vec<u8> {
    let refusal = Refusal::new(
        RefusalCode::NotAllowed,
        "当前用户无权操作：请用守护进程的用户，或加入它的组",
        "this user may not: use the daemon's user, or join its group",
    );
    let body = serde_json::to_string(&refusal).unwrap_or_default();
    let length = body.len();
    format!(
        "HTTP/1.1 403 Forbidden\r\ncontent-type: application/json; charset=utf-8\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

/// One accepted connection; its place is free again when it is dropped.
#[derive(Debug)]
pub struct Connection {
    stream: UnixStream,
    _place: OwnedSemaphorePermit,
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
