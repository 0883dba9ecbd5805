//! Frames over one connection, until it is lost: what comes in, and the questions of the peer.
//! What goes out is in [`super::pulse`].
//!
//! ```text
//! urgent frame    one datagram
//! bulk frame      a stream of its own, so that QUIC repeats what is lost
//! 1-byte datagram a kick, of no meaning
//! ```

use std::sync::Arc;

use quinn::{Connection, ConnectionError, RecvStream, SendStream};
use sanduan_protocol::base::caps::FRAME_BYTES_MAX;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::Shared;
use super::attach::{self, ASK_FILE};
use super::gate::{ASK_PROOF, first_byte};
use super::pulse::{KICK, Pulse};
use crate::bearer::{LinkVoice, Parcel};

/// One connection at work.
pub struct Carriage<'a> {
    pub shared: &'a Arc<Shared>,
    pub connection: &'a Connection,
    pub voice: &'a LinkVoice,
}

impl Carriage<'_> {
    /// Carry frames until the connection is lost; says why it was.
    pub async fn run(&self, frames: &mut mpsc::Receiver<Parcel>) -> ConnectionError {
        tokio::select! {
            error = self.hear() => error,
            error = self.hear_streams() => error,
            error = self.answer() => error,
            error = self.ask_files() => error,
            error = Pulse::new(self).run(frames) => error,
        }
    }

    async fn hear(&self) -> ConnectionError {
        loop {
            match self.connection.read_datagram().await {
                Ok(frame) if frame.len() <= KICK.len() => {}
                Ok(frame) => self.heard(frame.into()).await,
                Err(error) => return error,
            }
        }
    }

    async fn hear_streams(&self) -> ConnectionError {
        let mut reading: JoinSet<Option<Vec<u8>>> = JoinSet::new();
        loop {
            tokio::select! {
                // The peer may not have more open than the transport allows.
                stream = self.connection.accept_uni() => match stream {
                    Ok(stream) => drop(reading.spawn(read_frame(stream))),
                    Err(error) => return error,
                },
                Some(read) = reading.join_next() => match read {
                    Ok(Some(frame)) => self.heard(frame).await,
                    Ok(None) | Err(_) => self.voice.dropped("quic_bad_stream").await,
                },
            }
        }
    }

    async fn heard(&self, frame: Vec<u8>) {
        match frame.len() {
            0..=FRAME_BYTES_MAX => self.voice.heard(frame).await,
            _ => self.voice.dropped("quic_too_long").await,
        }
    }

    /// Questions of the peer, each on a stream of its own.
    async fn answer(&self) -> ConnectionError {
        let mut answering = JoinSet::new();
        loop {
            tokio::select! {
                stream = self.connection.accept_bi() => match stream {
                    Ok((to, from)) => {
                        let connection = self.connection.clone();
                        let shared = self.shared.clone();
                        answering.spawn(async move {
                            answer_one(&connection, &shared, to, from).await;
                        });
                    }
                    Err(error) => return error,
                },
                Some(_) = answering.join_next() => {}
            }
        }
    }

    /// What this machine asks the peer for, one file after the other.
    async fn ask_files(&self) -> ConnectionError {
        if let Some(files) = &self.shared.files {
            let mut door = files.open_door();
            while let Some(ask) = door.asks.recv().await {
                attach::ask(self.connection, ask).await;
            }
        }
        self.connection.closed().await
    }
}

async fn read_frame(mut stream: RecvStream) -> Option<Vec<u8>> {
    stream.read_to_end(FRAME_BYTES_MAX).await.ok()
}

async fn answer_one(
    connection: &Connection,
    shared: &Shared,
    to: SendStream,
    mut from: RecvStream,
) {
    match (first_byte(&mut from).await, &shared.files) {
        (Some(ASK_PROOF), _) => shared.gate.answer(connection, to).await,
        (Some(ASK_FILE), Some(files)) => {
            attach::answer(files, shared.tuning.rate_bit_s, to, from).await;
        }
        (Some(other), _) => tracing::debug!(other, "a question without an answer here"),
        (None, _) => {}
    }
}
