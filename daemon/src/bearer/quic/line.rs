//! One peer: dials it, takes its calls, keeps one connection, carries frames over it, and begins
//! again when it is lost.
//!
//! ```text
//!            ┌── dialled ──┐                 ┌── another connection: the better one stays
//! waiting ───┤             ├──> carrying ────┤
//!   ^        └── it called ┘                 └── lost ──┐
//!   └──────────────── pause, longer each time ──────────┘
//! ```

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use quinn::{Connection, ConnectionError, VarInt, ZeroRttAccepted};
use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::ids::DeviceId;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::carriage::Carriage;
use super::gate::Guest;
use super::tls::{PublicKey, public_of};
use super::{Shared, close};
use crate::bearer::{Backoff, LinkDoor};
use crate::entropy;

/// A peer that called and went away may call again for so long, before its link is taken away.
const GUEST_WAIT: Duration = Duration::from_secs(30 * 60);
/// A connection that lasted so long was a working one.
const LASTED: Duration = Duration::from_secs(10);

/// A connection that may carry frames.
pub struct Arrival {
    /// The connection; its peer was let in.
    pub connection: Connection,
    /// Who it leads to.
    pub guest: Guest,
    /// We dialled.
    pub is_ours: bool,
    /// Set while the peer has not answered yet: what is sent now is sent early.
    pub early: Option<ZeroRttAccepted>,
}

/// A peer that is dialled.
#[derive(Clone, Debug)]
pub struct Callee {
    /// Where.
    pub address: SocketAddr,
    /// Who it must be, if the configuration says so.
    pub device: Option<DeviceId>,
    /// Name of its tickets.
    pub name: String,
}

/// One peer.
pub struct Line {
    /// Its link.
    pub door: LinkDoor,
    /// Set if it is dialled.
    pub callee: Option<Callee>,
    /// Connections that it made.
    pub arrivals: mpsc::Receiver<Arrival>,
    /// Tells the bearer whose line this is.
    pub known: mpsc::Sender<(usize, PublicKey)>,
    /// Its number in the bearer.
    pub number: usize,
    /// What all lines share.
    pub shared: Arc<Shared>,
}

/// Dials in the background.
struct Dialling {
    tasks: JoinSet<Result<Arrival, String>>,
    backoff: Backoff,
    /// When to dial; none while dialling or when nobody is dialled.
    at: Option<Instant>,
    /// The key behind the address, once it was let in.
    key: Option<PublicKey>,
}

impl Line {
    /// Run until nobody can come any more; gives back the number.
    pub async fn run(mut self) -> usize {
        let mut dialling = Dialling {
            tasks: JoinSet::new(),
            backoff: Backoff::new(Dice::new(entropy::dice_seed())),
            at: self.callee.as_ref().map(|_| Instant::now()),
            key: None,
        };
        let mut said = String::new();
        while let Some(arrival) = self.wait(&mut dialling, &mut said).await {
            said.clear();
            let reason = self.carry(arrival, &mut dialling).await;
            while self.door.frames.try_recv().is_ok() {}
            self.door.voice.down(&reason).await;
            said = reason;
        }
        self.number
    }

    /// Wait for a connection; none when a guest stays away.
    async fn wait(&mut self, dialling: &mut Dialling, said: &mut String) -> Option<Arrival> {
        let mut patience = Box::pin(tokio::time::sleep(GUEST_WAIT));
        loop {
            let at = dialling.at;
            let failed = tokio::select! {
                arrival = self.arrivals.recv() => return arrival,
                () = &mut patience, if self.callee.is_none() => return None,
                () = until(at), if at.is_some() => {
                    self.dial(dialling);
                    continue;
                }
                Some(dialled) = dialling.tasks.join_next() => match dialled {
                    Ok(Ok(arrival)) => return Some(arrival),
                    Ok(Err(reason)) => reason,
                    // Ended by ourselves, because the peer called meanwhile.
                    Err(_) => continue,
                },
            };
            dialling.at = Some(Instant::now() + dialling.backoff.pause());
            if *said != failed {
                self.door.voice.down(&failed).await;
                *said = failed;
            }
        }
    }

    fn dial(&self, dialling: &mut Dialling) {
        let Some(callee) = self.callee.clone() else { return };
        dialling.at = None;
        let (shared, key) = (self.shared.clone(), dialling.key);
        dialling.tasks.spawn(async move { dial(&shared, &callee, key).await });
    }

    /// Carry frames over one connection, or a better one, until there is none; says why.
    async fn carry(&mut self, first: Arrival, dialling: &mut Dialling) -> String {
        let mut current = first;
        let mut since = Instant::now();
        self.take(&current, dialling).await;
        self.door.voice.up().await;
        self.door.voice.ready().await;
        loop {
            let Arrival { connection, early, .. } = &mut current;
            let shared = self.shared.clone();
            let carriage = Carriage { shared: &shared, connection, voice: &self.door.voice };
            let newer = tokio::select! {
                lost = carriage.run(&mut self.door.frames) => {
                    if since.elapsed() >= LASTED {
                        dialling.backoff.reset();
                    }
                    let wait = dialling.backoff.pause();
                    dialling.at = self.callee.as_ref().map(|_| Instant::now() + wait);
                    return self.lost_reason(&lost);
                }
                Some(arrival) = self.arrivals.recv() => arrival,
                Some(Ok(Ok(arrival))) = dialling.tasks.join_next() => arrival,
                answered = answered(early, &shared) => {
                    if !answered {
                        tracing::debug!("what was sent early is sent again");
                    }
                    self.door.voice.ready().await;
                    continue;
                }
            };
            let is_fresh = since.elapsed() < shared.tuning.dial_max();
            if !stays(is_fresh, current.is_ours, newer.is_ours, shared.own < newer.guest.key) {
                current.connection.close(close::DUPLICATE, b"another connection");
                current = newer;
                since = Instant::now();
                self.take(&current, dialling).await;
            } else {
                newer.connection.close(close::DUPLICATE, b"another connection");
            }
            // What was on its way to the link task may be lost with the old one.
            self.door.voice.ready().await;
        }
    }

    /// A connection is taken into use.
    async fn take(&self, arrival: &Arrival, dialling: &mut Dialling) {
        let theirs = arrival.guest.key;
        // The side with the lower key lets its own dial go on; the other one's is in vain.
        if !arrival.is_ours && theirs < self.shared.own {
            dialling.tasks.abort_all();
        }
        dialling.at = None;
        dialling.key = Some(theirs);
        let _ = self.known.send((self.number, theirs)).await;
    }

    fn lost_reason(&self, lost: &ConnectionError) -> String {
        let (zh, en) = lost_words(lost);
        match &self.callee {
            Some(Callee { address, .. }) => format!(
                "与 {address} 的连接中断（{zh}），正在重连 / lost {address} ({en}); dialling again"
            ),
            None => format!(
                "对端断开（{zh}），等待它重新呼叫 / the peer is gone ({en}); waiting for its call"
            ),
        }
    }
}

/// Of two connections to one peer, does the one in use stay? When both sides dialled at the same
/// time, both sides must keep the same one: the one that the lower key dialled. Otherwise the
/// newer one is better, because the older one may be dead without our knowing.
fn stays(is_fresh: bool, current_is_ours: bool, newer_is_ours: bool, own_is_lower: bool) -> bool {
    let both_dialled = current_is_ours != newer_is_ours;
    is_fresh && both_dialled && current_is_ours == own_is_lower
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Resolves once, when the peer answered a connection that began early: did it take what was
/// sent early? A peer that does not answer in time is given up.
async fn answered(early: &mut Option<ZeroRttAccepted>, shared: &Shared) -> bool {
    let Some(waiting) = early.as_mut() else { return std::future::pending().await };
    let answered = tokio::time::timeout(shared.tuning.dial_max(), waiting).await;
    *early = None;
    answered.unwrap_or(false)
}

/// Dial once.
async fn dial(shared: &Shared, callee: &Callee, key: Option<PublicKey>) -> Result<Arrival, String> {
    let address = callee.address;
    let connecting = shared.endpoint.connect(address, &callee.name).map_err(|error| {
        format!(
            "不能呼叫 {address}（{error}）：检查 peers 与 listen 是否同为 IPv4 或 IPv6 / cannot \
             dial {address} ({error}): check that peers and listen are both IPv4 or both IPv6"
        )
    })?;
    // With a ticket of an earlier connection frames go out at once. They may come twice, which
    // changes nothing: each is counted by its own sender.
    let connecting = match (connecting.into_0rtt(), key) {
        (Ok((connection, accepted)), Some(key)) => {
            let guest = Guest { key, device: None };
            return Ok(Arrival { connection, guest, is_ours: true, early: Some(accepted) });
        }
        (Ok((connection, accepted)), None) => {
            let answered = tokio::time::timeout(shared.tuning.dial_max(), accepted).await;
            answered.map(|_| Ok(connection)).map_err(|_| no_answer(address))?
        }
        (Err(connecting), _) => tokio::time::timeout(shared.tuning.dial_max(), connecting)
            .await
            .map_err(|_| no_answer(address))?,
    };
    let connection = connecting.map_err(|error| dial_reason(address, &error))?;
    let key = identity(&connection).ok_or_else(|| no_answer(address))?;
    let guest = shared.gate.admit(&connection, key, shared.tuning.dial_max()).await;
    let Some(guest) = guest else {
        connection.close(close::UNKNOWN_DEVICE, b"unknown device");
        return Err(stranger(address));
    };
    if let (Some(wanted), Some(found)) = (callee.device, guest.device)
        && wanted != found
    {
        connection.close(close::UNKNOWN_DEVICE, b"another device");
        return Err(format!(
            "{address} 是设备 {found}，配置写的是 {wanted}:请改 peers / {address} is device \
             {found}, the configuration says {wanted}: change peers"
        ));
    }
    Ok(Arrival { connection, guest, is_ours: true, early: None })
}

/// The key that the peer of a connection has proved to have.
pub fn identity(connection: &Connection) -> Option<PublicKey> {
    let shown = connection.peer_identity()?;
    public_of(shown.downcast_ref::<Vec<rustls::pki_types::CertificateDer<'static>>>()?)
}

fn no_answer(address: SocketAddr) -> String {
    format!(
        "{address} 无应答：检查网络、对方是否开机、其 listen 与防火墙（UDP），系统会自动重试 / \
         {address} does not answer: check the network, whether the peer runs, its listen and the \
         firewall (UDP); it is tried again"
    )
}

fn stranger(address: SocketAddr) -> String {
    format!(
        "{address} 不是本网设备（或一方是演练网）：核对地址与入网情况 / {address} is no device of \
         this network (or one side is in a drill): check the address and who joined"
    )
}

fn dial_reason(address: SocketAddr, error: &ConnectionError) -> String {
    if let ConnectionError::ApplicationClosed(closed) = error
        && closed.error_code == close::UNKNOWN_DEVICE
    {
        return stranger(address);
    }
    if matches!(error, ConnectionError::TimedOut) {
        return no_answer(address);
    }
    let (zh, en) = lost_words(error);
    format!(
        "呼叫 {address} 失败（{zh}），系统会自动重试 / dialling {address} failed ({en}); it is \
         tried again"
    )
}

fn lost_words(error: &ConnectionError) -> (String, String) {
    let own = |code: VarInt| match code {
        close::UNKNOWN_DEVICE => Some(("对方不认本机", "it does not know this device")),
        close::DUPLICATE => Some(("已有另一条连接", "there is another connection")),
        close::STOPPING => Some(("对方停机", "it is stopping")),
        _ => None,
    };
    let words = match error {
        ConnectionError::TimedOut => Some(("长时间无应答", "no answer for long")),
        ConnectionError::Reset => Some(("对方已重新启动", "it was restarted")),
        ConnectionError::LocallyClosed => Some(("本机已关闭", "closed here")),
        ConnectionError::ApplicationClosed(closed) => own(closed.error_code),
        ConnectionError::VersionMismatch
        | ConnectionError::TransportError(_)
        | ConnectionError::ConnectionClosed(_)
        | ConnectionError::CidsExhausted => None,
    };
    match words {
        Some((zh, en)) => (zh.to_owned(), en.to_owned()),
        None => (error.to_string(), error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::stays;

    #[test]
    fn when_both_dial_both_keep_the_connection_of_the_lower_key() {
        // The lower side has its own in use and is called; the higher side the other way round.
        assert!(stays(true, true, false, true));
        assert!(stays(true, false, true, false));
        // Each meets the other order.
        assert!(!stays(true, false, true, true));
        assert!(!stays(true, true, false, false));
    }

    #[test]
    fn a_peer_that_calls_again_is_believed() {
        for own_is_lower in [true, false] {
            assert!(!stays(true, false, false, own_is_lower));
            assert!(!stays(false, true, false, own_is_lower));
            assert!(!stays(false, false, true, own_is_lower));
        }
    }
}
