//! TLS for QUIC without certificates: each side shows its Ed25519 device key as a raw public key
//! (RFC 7250) and proves that it has it. Whether a device of that key may come in is decided in
//! [`super::gate`]; nothing is believed here but the signature.

use std::sync::Arc;

use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{
    CertificateDer, PrivatePkcs8KeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime,
};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme, client,
    server, version,
};
use zeroize::Zeroizing;

/// Name of what is spoken inside. Another number is another way of carrying frames.
const PROTOCOL: &[u8] = b"sanduan/1";
/// DER of a private Ed25519 key before its 32 bytes (RFC 8410 section 7).
const PKCS8_HEAD: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
/// DER of a public Ed25519 key before its 32 bytes (RFC 8410 section 4).
const SPKI_HEAD: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A device's public key, Ed25519.
pub type PublicKey = [u8; 32];

/// The TLS sides of one device.
#[derive(Clone)]
pub struct Tls {
    /// For connections that it dials. Remembers tickets, so that a second connection may speak
    /// at once.
    pub client: Arc<QuicClientConfig>,
    /// For connections that it takes.
    pub server: Arc<QuicServerConfig>,
}

/// The TLS sides of the device with this seed.
///
/// # Errors
/// The library takes the key or the settings for unusable.
pub fn of_seed(seed: &[u8; 32]) -> Result<Tls, Error> {
    let provider = Arc::new(provider());
    let key = Arc::new(certified(&provider, seed)?);
    let verifier = Arc::new(ProvesItsKey(provider.clone()));
    let mut client = rustls::ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(verifier.clone())
        .with_client_cert_resolver(Arc::new(client::AlwaysResolvesClientRawPublicKeys::new(
            key.clone(),
        )));
    client.alpn_protocols = vec![PROTOCOL.to_vec()];
    client.enable_sni = false;
    client.enable_early_data = true;
    let mut server = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS13])?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(Arc::new(server::AlwaysResolvesServerRawPublicKeys::new(key)));
    server.alpn_protocols = vec![PROTOCOL.to_vec()];
    // QUIC knows no other number (RFC 9001 section 4.6.1).
    server.max_early_data_size = u32::MAX;
    // Each ticket costs 150 bytes on the air, and one is enough to come back.
    server.send_tls13_tickets = 1;
    let no_suite = |_| Error::General("no initial cipher suite".to_owned());
    Ok(Tls {
        client: Arc::new(QuicClientConfig::try_from(client).map_err(no_suite)?),
        server: Arc::new(QuicServerConfig::try_from(server).map_err(no_suite)?),
    })
}

/// The key in what a peer showed; none if it is not one Ed25519 key.
pub fn public_of(shown: &[CertificateDer<'_>]) -> Option<PublicKey> {
    let [only] = shown else { return None };
    only.as_ref().strip_prefix(&SPKI_HEAD)?.try_into().ok()
}

/// One suite and one group: what is not offered takes no bytes. The provider is named, because
/// the process may hold a second one (libp2p brings its own).
fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: vec![ring::cipher_suite::TLS13_AES_128_GCM_SHA256],
        kx_groups: vec![ring::kx_group::X25519],
        ..ring::default_provider()
    }
}

fn certified(provider: &CryptoProvider, seed: &[u8; 32]) -> Result<CertifiedKey, Error> {
    let der = Zeroizing::new([PKCS8_HEAD.as_slice(), seed].concat());
    let private = PrivatePkcs8KeyDer::from(der.to_vec());
    let signing = provider.key_provider.load_private_key(private.into())?;
    let public = signing.public_key().ok_or(Error::General("no public key".to_owned()))?;
    let shown = CertificateDer::from(public.as_ref().to_vec());
    Ok(CertifiedKey::new(vec![shown], signing))
}

/// Believes that a peer has the key it shows, and nothing else.
#[derive(Debug)]
struct ProvesItsKey(Arc<CryptoProvider>);

impl ProvesItsKey {
    fn shown(&self, key: &CertificateDer<'_>) -> Result<(), Error> {
        match public_of(std::slice::from_ref(key)) {
            Some(_) => Ok(()),
            None => Err(Error::InvalidCertificate(CertificateError::BadEncoding)),
        }
    }

    fn signed(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let key = SubjectPublicKeyInfoDer::from(key.as_ref());
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature_with_raw_key(message, &key, signature, algorithms)
    }
}

impl ServerCertVerifier for ProvesItsKey {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.shown(end_entity).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("QUIC has TLS 1.3 only".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

impl ClientCertVerifier for ProvesItsKey {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.shown(end_entity).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("QUIC has TLS 1.3 only".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}
