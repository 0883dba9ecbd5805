//! Bearers on loopback sockets and pseudo terminals.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sanduan_protocol::link::modem::kiss::Framing;
use sanduan_protocol::link::modem::kiss::tuning::Tuning;
use sanduan_protocol::link::profile::Price;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};
use tokio::time::timeout;

use sanduan_protocol::base::ids::LinkId;

use super::*;
use crate::config::{GatewayConfig, KissConfig, UdpConfig};

struct Rig {
    switchboard: Switchboard,
    inputs: mpsc::Receiver<Input>,
    _bearers: Option<Bearers>,
}

#[tokio::test]
async fn udp_carries_frames_both_ways_and_drops_strangers() {
    let peer = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let stranger = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let listen = free_udp_port();
    let peers = vec![peer.local_addr().expect("bound")];
    let mut rig = rig(BearerKind::Udp(UdpConfig { listen, peers }), 1_000_000).await;
    assert!(matches!(rig.next().await, Input::LinkUp { profile, .. } if profile.name == "b"));
    assert!(matches!(rig.next().await, Input::LinkReady { link: LinkId(1) }));
    stranger.send_to(b"who am I", listen).await.expect("loopback");
    assert!(matches!(rig.next().await, Input::Dropped { reason: "udp_unknown_source", .. }));
    peer.send_to(b"hello", listen).await.expect("loopback");
    assert!(matches!(rig.next().await, Input::Heard { frame, .. } if frame == b"hello"));
    peer.send_to(&[0; 1201], listen).await.expect("loopback");
    assert!(matches!(rig.next().await, Input::Dropped { reason: "udp_too_long", .. }));
    rig.send(b"answer");
    let mut buffer = [0; 64];
    let (length, from) = peer.recv_from(&mut buffer).await.expect("loopback");
    assert_eq!((&buffer[..length], from), (b"answer".as_slice(), listen));
    assert!(matches!(rig.next().await, Input::LinkReady { .. }));
}

#[tokio::test]
async fn udp_is_paced_to_its_rate() {
    let peer = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let peers = vec![peer.local_addr().expect("bound")];
    let mut rig = rig(BearerKind::Udp(UdpConfig { listen: free_udp_port(), peers }), 8_000).await;
    rig.next().await;
    rig.next().await;
    let begin = Instant::now();
    for _ in 0..3 {
        // 100 bytes and 28 of headers at 8,000 bit/s are 128 ms each.
        rig.send(&[7; 100]);
        assert!(matches!(rig.next().await, Input::LinkReady { .. }));
    }
    assert!(begin.elapsed() >= Duration::from_millis(3 * 128 - 10), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_udp_port_in_use_is_said_with_a_remedy_and_taken_when_free() {
    let taken = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let listen = taken.local_addr().expect("bound");
    let peers = vec![free_udp_port(), free_udp_port()];
    let mut rig = rig(BearerKind::Udp(UdpConfig { listen, peers }), 1_000_000).await;
    for _ in 0..2 {
        let Input::LinkDown { reason, .. } = rig.next().await else { panic!("down") };
        assert!(reason.contains("占用") && reason.contains("in use"), "{reason}");
    }
    drop(taken);
    assert!(matches!(rig.next().await, Input::LinkUp { .. }));
}

#[tokio::test]
async fn kiss_tcp_reconnects_when_the_gateway_comes_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let mut rig = rig(kiss_tcp(address, KissConfig::default()), 9_600).await;
    let Input::LinkDown { reason, .. } = rig.next().await else { panic!("down") };
    assert!(reason.contains("检查网关") && reason.contains("check its power"), "{reason}");
    let listener = TcpListener::bind(address).await.expect("still free");
    let (mut gateway, _) = listener.accept().await.expect("reconnects");
    assert!(matches!(rig.next().await, Input::LinkUp { .. }));
    assert!(matches!(rig.next().await, Input::LinkReady { .. }));
    gateway.write_all(&[0xC0, 0x00, b'h', b'i', 0xDB, 0xDC, 0xC0]).await.expect("open");
    assert!(matches!(rig.next().await, Input::Heard { frame, .. } if frame == b"hi\xC0"));
    gateway.write_all(&[0x00, 0xDB, 0x01, 0xC0]).await.expect("open");
    assert!(matches!(rig.next().await, Input::Dropped { reason: "kiss_bad_escape", .. }));
    drop(gateway);
    assert!(matches!(rig.next().await, Input::LinkDown { .. }));
    let (_gateway, _) = listener.accept().await.expect("reconnects again");
    assert!(matches!(rig.next().await, Input::LinkUp { .. }));
}

#[tokio::test]
async fn kiss_on_a_serial_line_carries_every_byte_value() {
    let (near, mut far) = serial2_tokio::SerialPort::pair().expect("a pseudo terminal");
    let (inputs, said) = mpsc::channel(16);
    let switchboard = Switchboard::new(inputs);
    let kiss = KissConfig::default();
    let profile = kiss::profile(&config(kiss_serial("/dev/none"), 115_200), &kiss, "/dev/none");
    let mut door = switchboard.open(profile).expect("the first");
    let clock = Clock::new();
    tokio::spawn(async move { kiss::converse(near, &kiss, &mut door, clock).await });
    let mut rig = Rig { switchboard, inputs: said, _bearers: None };
    rig.next().await;
    rig.next().await;
    let frame: Vec<u8> = (0..=255).collect();
    rig.send(&frame);
    let mut coded = Vec::new();
    sanduan_protocol::link::modem::kiss::encode(&frame, &mut coded);
    let mut read = vec![0; coded.len()];
    far.read_exact(&mut read).await.expect("open");
    assert_eq!(read, coded);
    far.write_all(&coded).await.expect("open");
    loop {
        match rig.next().await {
            Input::LinkReady { .. } => {}
            Input::Heard { frame: heard, .. } => break assert_eq!(heard, frame),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_tnc_is_told_its_timing_first_and_frames_carry_port_and_check_sum() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let framing = Framing { port: 2, crc: true };
    let tuning = Tuning { txdelay_ms: Some(200), ..Tuning::default() };
    let kiss = KissConfig { framing, tuning, ..KissConfig::default() };
    let mut rig = rig(kiss_tcp(address, kiss), 9_600).await;
    let (mut gateway, _) = listener.accept().await.expect("connects");
    assert!(matches!(rig.next().await, Input::LinkUp { .. }));
    assert!(matches!(rig.next().await, Input::LinkReady { .. }));
    rig.send(b"frame");
    let mut expected = vec![0xC0, 0x21, 20, 0xC0];
    framing.encode(b"frame", &mut expected);
    let mut read = vec![0; expected.len()];
    gateway.read_exact(&mut read).await.expect("open");
    assert_eq!(read, expected);
    assert!(matches!(rig.next().await, Input::LinkReady { .. }));
    let mut damaged = Vec::new();
    framing.encode(b"damaged", &mut damaged);
    damaged[3] ^= 1;
    gateway.write_all(&damaged).await.expect("open");
    assert!(matches!(rig.next().await, Input::Dropped { reason: "kiss_bad_crc", .. }));
    gateway.write_all(&expected[4..]).await.expect("open");
    assert!(matches!(rig.next().await, Input::Heard { frame, .. } if frame == b"frame"));
}

#[tokio::test]
async fn a_frame_too_short_for_a_tnc_goes_in_a_longer_one_and_comes_out_as_it_was() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let mut rig = rig(kiss_tcp(address, KissConfig::default()), 9_600).await;
    let (mut gateway, _) = listener.accept().await.expect("connects");
    assert!(matches!(rig.next().await, Input::LinkUp { .. }));
    assert!(matches!(rig.next().await, Input::LinkReady { .. }));
    rig.send(b"nine byte");
    let mut read = [0; 18];
    gateway.read_exact(&mut read).await.expect("open");
    assert_eq!(&read[..12], b"\xC0\x00\xF9nine byte", "type byte, mark and length, frame");
    assert_eq!(&read[12..], b"\0\0\0\0\0\xC0");
    gateway.write_all(&read).await.expect("open");
    loop {
        match rig.next().await {
            Input::LinkReady { .. } => {}
            Input::Heard { frame, .. } => break assert_eq!(frame, b"nine byte"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_gateway_takes_one_frame_a_datagram_behind_its_header() {
    let gateway = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let stranger = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let (listen, address) = (free_udp_port(), gateway.local_addr().expect("bound"));
    let header = vec![0x5A, 7];
    let kind = GatewayConfig { listen, address, header, burst_max_ms: 4_000, queue_ms: 0 };
    let mut rig = rig(BearerKind::Gateway(kind), 8_000).await;
    let Input::LinkUp { profile, .. } = rig.next().await else { panic!("up") };
    assert!(profile.half_duplex && profile.kind == "gateway", "{profile:?}");
    assert!(matches!(rig.next().await, Input::LinkReady { .. }));
    for (bytes, reason) in
        [(&b"\x5A\x08abc"[..], "gateway_other_header"), (b"\x5A\x07", "gateway_empty")]
    {
        gateway.send_to(bytes, listen).await.expect("loopback");
        assert!(matches!(rig.next().await, Input::Dropped { reason: why, .. } if why == reason));
    }
    stranger.send_to(b"\x5A\x07abc", listen).await.expect("loopback");
    let said = rig.next().await;
    assert!(matches!(said, Input::Dropped { reason: "gateway_unknown_source", .. }));
    gateway.send_to(b"\x5A\x07abc", listen).await.expect("loopback");
    assert!(matches!(rig.next().await, Input::Heard { frame, .. } if frame == b"abc"));
    let begin = Instant::now();
    for _ in 0..3 {
        // 100 bytes and two of header take 102 ms at 8,000 bit/s; the last is offered 50 ms early.
        rig.send(&[7; 100]);
        assert!(matches!(rig.next().await, Input::LinkReady { .. }));
        let mut buffer = [0; 256];
        let (length, _) = gateway.recv_from(&mut buffer).await.expect("loopback");
        assert_eq!((length, &buffer[..2]), (102, b"\x5A\x07".as_slice()));
    }
    assert!(begin.elapsed() >= Duration::from_millis(3 * 102 - 60), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_missing_serial_device_is_said_with_a_remedy() {
    let mut rig = rig(kiss_serial("/dev/does-not-exist"), 1_200).await;
    let Input::LinkDown { reason, .. } = rig.next().await else { panic!("down") };
    assert!(reason.contains("插好设备") && reason.contains("plug it in"), "{reason}");
}

#[tokio::test]
async fn bearers_come_change_and_go_while_the_daemon_runs() {
    let (to_pump, mut inputs) = mpsc::channel(64);
    let mut bearers =
        Bearers::new(&Home::at(Path::new("/nowhere")), &to_pump, Clock::new(), &api());
    let udp = |rate_bit_s| {
        let peers = vec!["127.0.0.1:9".parse().expect("an address")];
        let listen = "127.0.0.1:0".parse().expect("an address");
        config(BearerKind::Udp(UdpConfig { listen, peers }), rate_bit_s)
    };
    let first = udp(1_000_000);
    bearers.apply(std::slice::from_ref(&first)).await;
    assert!(matches!(inputs.recv().await, Some(Input::LinkUp { link: LinkId(1), .. })));
    assert!(matches!(inputs.recv().await, Some(Input::LinkReady { .. })));
    // Nothing changed: nothing happens.
    bearers.apply(&[first]).await;
    bearers.apply(&[udp(9_600)]).await;
    assert!(matches!(inputs.recv().await, Some(Input::LinkGone { link: LinkId(1) })));
    let up = inputs.recv().await;
    assert!(matches!(up, Some(Input::LinkUp { link: LinkId(2), profile })
        if profile.rate_bit_s == 9_600));
    assert!(matches!(inputs.recv().await, Some(Input::LinkReady { .. })));
    bearers.apply(&[]).await;
    assert!(matches!(inputs.recv().await, Some(Input::LinkGone { link: LinkId(2) })));
}

impl Rig {
    async fn next(&mut self) -> Input {
        let next = timeout(Duration::from_secs(10), self.inputs.recv()).await;
        next.expect("something is said in time").expect("running")
    }

    fn send(&self, frame: &[u8]) {
        assert!(self.switchboard.send(LinkId(1), Parcel::urgent(frame.to_vec())));
    }
}

async fn rig(kind: BearerKind, rate_bit_s: u32) -> Rig {
    let (to_pump, inputs) = mpsc::channel(64);
    let folder = PathBuf::from("/nowhere");
    let mut bearers = Bearers::new(&Home::at(&folder), &to_pump, Clock::new(), &api());
    bearers.apply(&[config(kind, rate_bit_s)]).await;
    Rig { switchboard: bearers.switchboard(), inputs, _bearers: Some(bearers) }
}

fn config(kind: BearerKind, rate_bit_s: u32) -> BearerConfig {
    let name = "b".to_owned();
    BearerConfig {
        name,
        kind,
        rate_bit_s,
        mtu: 200,
        per_burst_ms: 0,
        beacon_max_s: 60,
        quota: None,
        price: Price::default(),
        allowance: Default::default(),
    }
}

fn kiss_serial(device: &str) -> BearerKind {
    let kiss = KissConfig::default();
    BearerKind::KissSerial { device: PathBuf::from(device), baud: 9_600, kiss }
}

fn kiss_tcp(address: SocketAddr, kiss: KissConfig) -> BearerKind {
    BearerKind::KissTcp { address: address.to_string(), kiss }
}

fn free_udp_port() -> SocketAddr {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port");
    socket.local_addr().expect("bound")
}

/// A door to a machine that nobody runs; only the carry folder would knock.
fn api() -> std::sync::Arc<crate::api::Api> {
    let (asks, _nobody) = mpsc::channel(1);
    let feed = std::sync::Arc::new(crate::api::feed::Feed::new(crate::clock::wall()));
    std::sync::Arc::new(crate::api::Api::new(asks, feed, std::sync::Arc::default()))
}
