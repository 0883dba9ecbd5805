//! What goes out over one connection: frames at the pace of the link, never more under way than
//! it holds, and kicks.
//!
//! A kick is a 1-byte datagram, sent every four seconds while something is unanswered, every ten
//! after five minutes, and when the way out changes. Without it, waiting that doubled during an
//! outage goes on after it (research, bearers section 3: 94 s). When the peer is heard again, the
//! machine is told that the link came up: its own pauses have grown meanwhile, too.

use std::net::IpAddr;
use std::time::Duration;

use axum::body::Bytes;
use quinn::{Connection, ConnectionError, SendDatagramError, WriteError};
use sanduan_protocol::link::condition::{Condition, Standing};
use sanduan_protocol::link::modem::pace::Pacer;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::carriage::Carriage;
use super::route;
use crate::bearer::Parcel;

/// How often a connection with something unanswered is kicked: half of it is the mean time until
/// the end of an outage is noticed.
const KICK_EVERY: Duration = Duration::from_secs(4);
/// How often after a long silence (research, bearers section 3): 20 kB an hour.
const KICK_EVERY_AT_LAST: Duration = Duration::from_secs(10);
/// Unanswered for so long, the kicks become rarer.
const LONG_SILENT: Duration = Duration::from_secs(5 * 60);
/// Unanswered for so long, what was sent counts as lost when the peer is heard again.
const OUTAGE: Duration = Duration::from_secs(12);
/// How often the way out is looked at, and the condition told.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often room under way is looked for while there is none.
const ROOM_EVERY: Duration = Duration::from_millis(50);
/// Unanswered for so long, nobody can say how the link stands.
const SILENT_AFTER: Duration = Duration::from_secs(30);
/// What a kick is: shorter than any frame.
pub const KICK: &[u8] = &[0];

/// The sending side of one connection.
pub struct Pulse<'a> {
    carriage: &'a Carriage<'a>,
    pacer: Pacer,
    under_way: Unanswered,
    /// The machine was told that a frame can be taken.
    is_offered: bool,
    next_kick: Instant,
    next_look: Instant,
    way_out: Option<IpAddr>,
    told: Condition,
}

/// What is under way without an answer.
#[derive(Debug)]
struct Unanswered {
    bytes: u64,
    since: Instant,
    heard: u64,
}

impl<'a> Pulse<'a> {
    /// A link that has sent nothing yet, and was told to be ready.
    pub fn new(carriage: &'a Carriage<'a>) -> Pulse<'a> {
        let now = Instant::now();
        Pulse {
            carriage,
            pacer: Pacer::new(carriage.voice.profile()),
            under_way: Unanswered::none(carriage.connection),
            is_offered: true,
            next_kick: now + KICK_EVERY,
            next_look: now,
            way_out: route::way_to(carriage.connection.remote_address()),
            told: Condition::default(),
        }
    }

    /// Send until the connection is lost; says why it was.
    pub async fn run(mut self, frames: &mut mpsc::Receiver<Parcel>) -> ConnectionError {
        loop {
            let wake = self.wake();
            tokio::select! {
                parcel = frames.recv() => {
                    let Some(parcel) = parcel else {
                        // The bearer is ending, and closes the connection.
                        return self.carriage.connection.closed().await;
                    };
                    if let Some(error) = self.send(parcel).await {
                        return error;
                    }
                }
                () = tokio::time::sleep_until(wake) => {}
                error = self.carriage.connection.closed() => return error,
            }
            self.look().await;
        }
    }

    /// When to look again.
    fn wake(&self) -> Instant {
        match self.is_offered {
            // While something is unanswered, the answer is looked for often.
            true if self.under_way.bytes > 0 => self.next_look.min(Instant::now() + ROOM_EVERY * 4),
            true => self.next_look,
            false => (Instant::now() + ROOM_EVERY).max(self.paced_at()).min(self.next_look),
        }
    }

    fn paced_at(&self) -> Instant {
        self.carriage.shared.clock.instant(self.pacer.ready_at()).into()
    }

    async fn send(&mut self, parcel: Parcel) -> Option<ConnectionError> {
        let bytes = parcel.frame.len();
        self.under_way.add(bytes, self.carriage.connection);
        self.pacer.on_send(bytes, self.carriage.shared.clock.now().mono);
        self.is_offered = false;
        // No answer can come before the frame is through.
        let wire_ms = self.carriage.voice.profile().bits_ms(bytes);
        self.next_kick = Instant::now() + KICK_EVERY + Duration::from_millis(wire_ms);
        self.hand_over(parcel).await
    }

    async fn look(&mut self) {
        let now = Instant::now();
        let silence = self.under_way.look(self.carriage.connection);
        if silence >= OUTAGE {
            self.is_offered = false;
            self.carriage.voice.up().await;
        }
        let room = self.under_way.bytes < self.carriage.shared.tuning.unanswered_bytes_max();
        if !self.is_offered && room && self.paced_at() <= now {
            self.is_offered = true;
            self.carriage.voice.ready().await;
        }
        if now < self.next_look {
            return;
        }
        self.next_look = now + LOOK_EVERY;
        let way = route::way_to(self.carriage.connection.remote_address());
        let has_new_way = way.is_some() && way != self.way_out;
        self.way_out = way;
        if has_new_way || (self.under_way.bytes > 0 && self.next_kick <= now) {
            let is_long = self.under_way.since.elapsed() >= LONG_SILENT;
            self.next_kick = now + if is_long { KICK_EVERY_AT_LAST } else { KICK_EVERY };
            // A lost connection is noticed where frames are read.
            let _ = self.carriage.connection.send_datagram(Bytes::from_static(KICK));
        }
        self.tell().await;
    }

    async fn hand_over(&self, parcel: Parcel) -> Option<ConnectionError> {
        let fits = self
            .carriage
            .connection
            .max_datagram_size()
            .is_some_and(|max| parcel.frame.len() <= max);
        if parcel.bulk || !fits {
            let mut stream = match self.carriage.connection.open_uni().await {
                Ok(stream) => stream,
                Err(error) => return Some(error),
            };
            let written = stream.write_all(&parcel.frame).await;
            let _ = stream.finish();
            return match written {
                Err(WriteError::ConnectionLost(error)) => Some(error),
                // The peer did not want it, or it was too early: it is repeated from above.
                Err(WriteError::Stopped(_) | WriteError::ClosedStream)
                | Err(WriteError::ZeroRttRejected)
                | Ok(()) => None,
            };
        }
        match self.carriage.connection.send_datagram_wait(Bytes::from(parcel.frame)).await {
            Ok(()) => None,
            Err(SendDatagramError::ConnectionLost(error)) => Some(error),
            Err(
                error @ (SendDatagramError::UnsupportedByPeer
                | SendDatagramError::Disabled
                | SendDatagramError::TooLarge),
            ) => {
                tracing::debug!(%error, "a datagram was not taken");
                None
            }
        }
    }

    async fn tell(&mut self) {
        let is_silent = self.under_way.bytes > 0 && self.under_way.since.elapsed() >= SILENT_AFTER;
        let standing = if is_silent { Standing::Unknown } else { Standing::Clear };
        let rtt_ms = self.carriage.connection.rtt().as_millis();
        let rtt_ms = u32::try_from(rtt_ms).unwrap_or(u32::MAX);
        let before_ms = self.told.latency_ms.unwrap_or(0);
        // Told when it means something to people, not at each wobble.
        if standing == self.told.standing && rtt_ms.abs_diff(before_ms) <= before_ms / 4 {
            return;
        }
        self.told = Condition { standing, latency_ms: Some(rtt_ms), ..self.told };
        self.carriage.voice.tell(self.told).await;
    }
}

impl Unanswered {
    fn none(connection: &Connection) -> Unanswered {
        let heard = connection.stats().udp_rx.datagrams;
        Unanswered { bytes: 0, since: Instant::now(), heard }
    }

    /// If something was heard: how long the silence was that it ended, when something was
    /// unanswered in it; else nothing.
    fn look(&mut self, connection: &Connection) -> Duration {
        let heard = connection.stats().udp_rx.datagrams;
        if heard == self.heard {
            return Duration::ZERO;
        }
        let silence = if self.bytes > 0 { self.since.elapsed() } else { Duration::ZERO };
        *self = Unanswered { bytes: 0, since: Instant::now(), heard };
        silence
    }

    fn add(&mut self, bytes: usize, connection: &Connection) {
        self.look(connection);
        if self.bytes == 0 {
            self.since = Instant::now();
        }
        self.bytes += bytes as u64;
    }
}
