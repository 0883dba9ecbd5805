//! The daemon before its vault is opened: nothing but the control socket, on which the passphrase
//! can be given, or the machine be wiped.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};

use super::guard::Guard;
use super::wipe::Plan;
use crate::api::listen::ControlSocket;
use crate::api::{Api, router};
use crate::config::Config;
use crate::said::Said;

/// How long open HTTP requests may take when the door closes.
const HTTP_END_MAX: Duration = Duration::from_secs(2);

/// Why nobody waits at the door any more.
#[derive(Debug)]
pub enum Passed {
    /// The passphrase was given.
    Opened,
    /// The machine was wiped.
    Wiped(Plan),
    /// The process is asked to stop.
    Stop,
}

/// Wait until the vault is opened, wiped, or the daemon is asked to stop.
///
/// # Errors
/// The control socket cannot be opened.
pub async fn wait(
    config: &Config,
    guard: &Arc<Guard>,
    asked: &mut (impl Future<Output = ()> + Unpin),
) -> Result<Passed, Said> {
    // There is nothing to be read again yet, and a hangup must not end the waiting.
    let _hangups = signal(SignalKind::hangup());
    let socket = ControlSocket::open(&config.socket).await?;
    let api = Arc::new(Api::before_opening(guard.clone()));
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let served = axum::serve(socket, router(api)).with_graceful_shutdown(async move {
        let _ = ended.await;
    });
    let mut serving = tokio::spawn(async move {
        if let Err(error) = served.await {
            tracing::error!(%error, "控制套接字出错 / the control socket failed");
        }
    });
    let _ = sd_notify::notify(&[NotifyState::Ready]);
    tracing::warn!(
        socket = %config.socket.display(),
        "数据已锁，等待口令：请运行 sanduan unlock / the data is locked; waiting for the \
         passphrase: run sanduan unlock"
    );
    let passed = tokio::select! {
        () = guard.opened() => Passed::Opened,
        plan = guard.wiped() => Passed::Wiped(plan),
        () = asked => Passed::Stop,
        () = keep_watchdog() => Passed::Stop,
    };
    drop(end);
    if tokio::time::timeout(HTTP_END_MAX, &mut serving).await.is_err() {
        // The socket must be free before it is opened again.
        serving.abort();
        let _ = serving.await;
    }
    Ok(passed)
}

/// Tell systemd that we are alive, as often as it asks for. Never ends.
async fn keep_watchdog() {
    let Some(period) = sd_notify::watchdog_enabled() else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(period / 2).await;
        let _ = sd_notify::notify(&[NotifyState::Watchdog]);
    }
}
