//! How QUIC is tuned for slow and metered links, each value as it was measured over a slow link
//! with loss (research, bearers section 3: 7 kB instead of 35 kB for a handshake and two
//! messages).

use std::sync::Arc;
use std::time::Duration;

use quinn::congestion::BbrConfig;
use quinn::{
    AckFrequencyConfig, ConnectionId, ConnectionIdGenerator, EndpointConfig, IdleTimeout,
    TransportConfig, VarInt,
};
use sanduan_protocol::base::caps::FRAME_BYTES_MAX;
use sanduan_protocol::link::profile::Profile;

use super::tls::Tls;
use crate::config::QuicConfig;
use crate::entropy;

/// Bytes of a first datagram on the wire: 1,200 (RFC 9000 section 14.1) with IP and UDP headers.
const FIRST_BYTES: u64 = 1_228;
/// Bytes of a UDP datagram, never more: no search for a larger one.
const DATAGRAM_BYTES: u16 = 1_200;
/// Bytes that a link may carry unanswered before it tells how fast it is.
const INITIAL_WINDOW_BYTES: u64 = 2_400;
/// A satellite connection is kept, not reopened: one costs as much as 14 messages.
const IDLE: Duration = Duration::from_secs(15 * 60);
/// Shorter than the memory of any address translator, where bytes cost nothing.
const KEEP_ALIVE: Duration = Duration::from_secs(25);
/// Bytes of a connection id: each packet carries one, and one socket has few connections.
const CONNECTION_ID_BYTES: usize = 4;
/// Frames on streams that one peer may have open towards us.
const FRAME_STREAMS_MAX: u32 = 64;
/// Questions that one peer may have open towards us: proofs and parts of files.
const ASK_STREAMS_MAX: u32 = 4;
/// Bytes that one peer may make us keep before we read them.
const RECEIVE_WINDOW_BYTES: u32 = 512 * 1024;

/// How a link is expected to be, and what follows from it.
#[derive(Clone, Debug)]
pub struct Tuning {
    /// Raw rate, bit/s.
    pub rate_bit_s: u32,
    /// Round trip on the idle link, ms.
    pub rtt_ms: u32,
    /// Bytes cost nothing: the way through address translators is kept open.
    pub unmetered: bool,
}

impl Tuning {
    /// From what the configuration says.
    pub fn of(config: &QuicConfig, rate_bit_s: u32) -> Tuning {
        Tuning { rate_bit_s, rtt_ms: config.rtt_ms, unmetered: config.unmetered }
    }

    /// How long the first round trip takes: two first datagrams on the wire and the way.
    pub fn first_rtt(&self) -> Duration {
        let wire_ms = 2 * FIRST_BYTES * 8 * 1000 / u64::from(self.rate_bit_s.max(1));
        Duration::from_millis(wire_ms + u64::from(self.rtt_ms))
    }

    /// How long a dial may take before it begins anew, so that waiting doubled again and again
    /// does not outlast the outage: long enough for the first datagram to be lost twice.
    pub fn dial_max(&self) -> Duration {
        (self.first_rtt() * 5).clamp(Duration::from_secs(10), Duration::from_secs(75))
    }

    /// Bytes that may be under way without an answer: what the link holds, and one full frame.
    /// What is left of the window is kept for kicks.
    pub fn unanswered_bytes_max(&self) -> u64 {
        let held = u64::from(self.rate_bit_s) * u64::from(self.rtt_ms) / 8_000;
        (held + DATAGRAM_BYTES as u64).max(1_800)
    }

    /// What a bearer of this tuning adds to a profile.
    pub fn profile(&self, profile: Profile) -> Profile {
        let rate = u64::from(profile.rate_bit_s);
        // Four seconds a frame at most, so that an urgent one does not wait longer for its turn. At
        // two seconds, each frame's own packet cost a path of 2,400 bit/s a tenth more bytes.
        let frame_bytes = (rate * 4 / 8).clamp(200, FRAME_BYTES_MAX as u64) as u16;
        let one_way_ms = self.rtt_ms / 2;
        Profile {
            mtu: profile.mtu.min(FRAME_IN_DATAGRAM_BYTES),
            per_frame_bytes: PER_FRAME_BYTES,
            frame_bytes: frame_bytes.min(FRAME_IN_DATAGRAM_BYTES),
            latency_ms: (one_way_ms, one_way_ms * 3),
            knowledge: sanduan_protocol::link::profile::Knowledge::Peer,
            exposure: sanduan_protocol::link::profile::Exposure::Operator,
            ..profile
        }
    }

    /// How long the library may wait for company before it acknowledges packets: our own answer to
    /// a frame comes sooner and takes its acknowledgement along. An eighth of the first round trip
    /// is a second where a packet takes seconds, and nothing on a fast link.
    fn ack_delay(&self) -> Duration {
        (self.first_rtt() / 8).clamp(Duration::from_millis(25), Duration::from_millis(1_500))
    }

    fn transport(&self) -> TransportConfig {
        let mut transport = TransportConfig::default();
        let mut acks = AckFrequencyConfig::default();
        acks.ack_eliciting_threshold(VarInt::from_u32(4));
        acks.max_ack_delay(Some(self.ack_delay()));
        let mut congestion = BbrConfig::default();
        congestion.initial_window(INITIAL_WINDOW_BYTES);
        transport
            .mtu_discovery_config(None)
            .initial_mtu(DATAGRAM_BYTES)
            .initial_rtt(self.first_rtt() / 2)
            .ack_frequency_config(Some(acks))
            .packet_threshold(6)
            .enable_segmentation_offload(false)
            .congestion_controller_factory(Arc::new(congestion))
            .max_idle_timeout(Some(IdleTimeout::try_from(IDLE).expect("fits in 62 bits of ms")))
            .keep_alive_interval(self.unmetered.then_some(KEEP_ALIVE))
            .max_concurrent_uni_streams(VarInt::from_u32(FRAME_STREAMS_MAX))
            .max_concurrent_bidi_streams(VarInt::from_u32(ASK_STREAMS_MAX))
            .receive_window(VarInt::from_u32(RECEIVE_WINDOW_BYTES))
            .stream_receive_window(VarInt::from_u32(RECEIVE_WINDOW_BYTES / 2))
            .send_window(u64::from(RECEIVE_WINDOW_BYTES))
            .datagram_receive_buffer_size(Some(64 * 1024))
            .datagram_send_buffer_size(2 * FRAME_BYTES_MAX);
        transport
    }

    /// Both sides, ready for an endpoint.
    pub fn sides(&self, tls: &Tls) -> (quinn::ClientConfig, quinn::ServerConfig) {
        let transport = Arc::new(self.transport());
        let mut client = quinn::ClientConfig::new(tls.client.clone());
        client.transport_config(transport.clone());
        let mut server = quinn::ServerConfig::with_crypto(tls.server.clone());
        let mut tokens = quinn::ValidationTokenConfig::default();
        tokens.sent(0);
        server
            .transport_config(transport)
            .validation_token_config(tokens)
            .migration(true)
            .max_incoming(super::HANDSHAKES_MAX);
        (client, server)
    }
}

/// Largest frame that fits in a datagram: 1,200 less short header, tag and datagram head
/// (RFC 9000 section 17.3, RFC 9221 section 4).
pub const FRAME_IN_DATAGRAM_BYTES: u16 = 1_162;
/// What a frame costs on the wire beside its bytes: IP and UDP 28, QUIC about 28.
const PER_FRAME_BYTES: u16 = 56;

/// Settings of the socket side. The reset key comes from the device's key: whoever restarts can
/// tell its peers at once that their connections are gone (RFC 9000 section 10.3).
pub fn endpoint(seed: &[u8; 32]) -> EndpointConfig {
    let key = blake3::derive_key("sanduan quic stateless reset v1", seed);
    let mut config = EndpointConfig::new(Arc::new(ResetKey(key)));
    config.cid_generator(|| Box::new(ShortIds));
    config
}

struct ResetKey([u8; 32]);

impl quinn::crypto::HmacKey for ResetKey {
    fn sign(&self, data: &[u8], signature_out: &mut [u8]) {
        signature_out.copy_from_slice(blake3::keyed_hash(&self.0, data).as_bytes());
    }

    fn signature_len(&self) -> usize {
        blake3::OUT_LEN
    }

    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), quinn::crypto::CryptoError> {
        // The comparison of BLAKE3 takes the same time wherever two hashes differ.
        match <[u8; 32]>::try_from(signature) {
            Ok(signature) if blake3::keyed_hash(&self.0, data) == signature => Ok(()),
            Ok(_) | Err(_) => Err(quinn::crypto::CryptoError),
        }
    }
}

struct ShortIds;

impl ConnectionIdGenerator for ShortIds {
    fn generate_cid(&mut self) -> ConnectionId {
        let bytes = entropy::bytes::<CONNECTION_ID_BYTES>();
        // Without randomness the clock does: an id must only differ from the others in use.
        let bytes = bytes.unwrap_or_else(|_| (crate::clock::wall().0 as u32).to_be_bytes());
        ConnectionId::new(&bytes)
    }

    fn cid_len(&self) -> usize {
        CONNECTION_ID_BYTES
    }

    fn cid_lifetime(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_round_trip_is_what_was_measured_to_be_best() {
        let at = |rate_bit_s, rtt_ms| Tuning { rate_bit_s, rtt_ms, unmetered: false }.first_rtt();
        assert_eq!(at(2_400, 600).as_millis(), 8_786);
        assert_eq!(at(64_000, 600).as_millis(), 907);
    }

    #[test]
    fn frames_on_slow_links_are_short_and_fit_in_datagrams_on_fast_ones() {
        let frame = |rate_bit_s| {
            let profile = Profile { rate_bit_s, mtu: 1_200, ..Profile::default() };
            Tuning { rate_bit_s, rtt_ms: 600, unmetered: false }.profile(profile).frame_max()
        };
        assert_eq!([1_200, 2_000, 1_000_000].map(frame), [600, 1_000, FRAME_IN_DATAGRAM_BYTES]);
    }
}
