//! Who may come in. A key that the directory knows is enough: TLS has proved that the peer has
//! it. A newcomer's directory is empty, and others do not know the newcomer yet; then the peer
//! must prove that it shares the network's secret, bound to this one connection.
//!
//! ```text
//! asks     bi stream: 'P'
//! answers  32 bytes: keyed BLAKE3, key from the standing secret of the epoch, over what TLS
//!          exports to both sides of this connection (RFC 8446 section 7.5) for the answering key
//! ```

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use quinn::{Connection, RecvStream, SendStream};
use sanduan_protocol::base::caps::DEVICES_MAX;
use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::local::{RefusalCode, Reply, Request};

use super::tls::PublicKey;
use crate::api::Api;
use crate::home::Member;
use crate::home::file::to_hex;

/// First byte of a stream that asks for the proof.
pub const ASK_PROOF: u8 = b'P';
const LABEL: &[u8] = b"sanduan membership";
const PROOF_BYTES: usize = 32;

/// Decides who may come in.
#[derive(Debug)]
pub struct Gate {
    api: Arc<Api>,
    own: PublicKey,
    secret: [u8; 32],
    /// Keys that proved it since the start.
    proven: Mutex<BTreeSet<PublicKey>>,
}

/// Who came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Its key.
    pub key: PublicKey,
    /// Its index, if the directory knows it already.
    pub device: Option<DeviceId>,
}

impl Gate {
    /// The gate of this member, whose key is `own`. Two that joined on different days of an epoch
    /// have the key of the proof in common.
    pub fn new(api: Arc<Api>, own: PublicKey, member: &Member) -> Gate {
        Gate { api, own, secret: member.proof_key(), proven: Mutex::default() }
    }

    /// Let a peer in whose handshake is done; none if it is no device of this network, or does
    /// not prove it within `patience`.
    pub async fn admit(
        &self,
        connection: &Connection,
        key: PublicKey,
        patience: Duration,
    ) -> Option<Guest> {
        match self.api.ask(Request::DeviceOfKey { key: to_hex(&key) }).await {
            Ok(Reply::Device(row)) => return Some(Guest { key, device: Some(row.device) }),
            Ok(_) => return None,
            Err(refusal) if refusal.code == RefusalCode::UnknownId => {}
            // Too much to do now: the peer tries again.
            Err(_) => return None,
        }
        let guest = Guest { key, device: None };
        if self.proven().contains(&key) {
            return Some(guest);
        }
        // Two newcomers ask each other; each must answer before it is answered.
        let proved = tokio::select! {
            proved = tokio::time::timeout(patience, self.ask_proof(connection, &key)) => proved,
            () = self.answer_only(connection) => return None,
        };
        if !matches!(proved, Ok(Some(true))) {
            return None;
        }
        let mut proven = self.proven();
        if proven.len() >= DEVICES_MAX {
            proven.clear();
        }
        proven.insert(key);
        Some(guest)
    }

    /// Answer one question for our proof.
    pub async fn answer(&self, connection: &Connection, mut to: SendStream) {
        if let Some(proof) = self.proof(connection, &self.own)
            && to.write_all(&proof).await.is_ok()
        {
            let _ = to.finish();
        }
    }

    async fn answer_only(&self, connection: &Connection) {
        while let Ok((to, mut from)) = connection.accept_bi().await {
            if first_byte(&mut from).await == Some(ASK_PROOF) {
                self.answer(connection, to).await;
            }
        }
    }

    async fn ask_proof(&self, connection: &Connection, theirs: &PublicKey) -> Option<bool> {
        let (mut to, mut from) = connection.open_bi().await.ok()?;
        to.write_all(&[ASK_PROOF]).await.ok()?;
        to.finish().ok()?;
        let answer = from.read_to_end(PROOF_BYTES).await.ok()?;
        let answer = <[u8; PROOF_BYTES]>::try_from(answer.as_slice()).ok()?;
        // Compared as a hash: in the same time wherever they differ.
        Some(blake3::Hash::from_bytes(self.proof(connection, theirs)?) == answer)
    }

    fn proof(&self, connection: &Connection, prover: &PublicKey) -> Option<[u8; PROOF_BYTES]> {
        let mut exported = [0; 32];
        connection.export_keying_material(&mut exported, LABEL, prover).ok()?;
        Some(*blake3::keyed_hash(&self.secret, &exported).as_bytes())
    }

    fn proven(&self) -> std::sync::MutexGuard<'_, BTreeSet<PublicKey>> {
        // The set is whole after every statement, whoever panicked meanwhile.
        self.proven.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The byte that says what a stream asks for.
pub async fn first_byte(from: &mut RecvStream) -> Option<u8> {
    let mut byte = [0];
    from.read_exact(&mut byte).await.ok().map(|()| byte[0])
}
