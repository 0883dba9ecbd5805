//! The real `sanduan-sim air`, driven as a daemon and a script would: KISS over TCP and lines on
//! standard input. The channel is fast where only its order matters.

#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "it runs in real time")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use sanduan_netsim::realtime::Report;
use sanduan_protocol::link::modem::kiss::{Decoder, encode};

/// Longest wait for anything that must come.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long nothing must come.
const QUIET: Duration = Duration::from_millis(400);

#[test]
fn frames_cross_the_channel_byte_for_byte() {
    let mut sim = Sim::start(2, &[]);
    let mut a = sim.connect(0);
    let mut b = sim.connect(1);
    let frames: Vec<Vec<u8>> =
        (0..=255).map(|n| (0..40).map(|k| (n + k) as u8).collect()).collect();
    for chunk in frames.chunks(16) {
        for frame in chunk {
            a.send(frame);
        }
        for frame in chunk {
            assert_eq!(b.receive(), *frame);
        }
    }
    let report = sim.quit();
    assert_eq!(report.stations[0].counts.sent_frames, 256);
    assert_eq!(report.stations[0].kiss_in_bytes, report.stations[1].kiss_out_bytes);
    assert_eq!(report.stations[1].counts.heard_bytes, 256 * 40);
}

#[test]
fn a_cut_silences_and_a_heal_restores() {
    let mut sim = Sim::start(3, &["--hears", "A-B,B-C"]);
    let (mut a, mut b, mut c) = (sim.connect(0), sim.connect(1), sim.connect(2));
    b.send(&[1; 20]);
    assert_eq!((a.receive(), c.receive()), (vec![1; 20], vec![1; 20]));
    assert_eq!(sim.order("cut B-A"), r#"{"ok":"cut B-A"}"#);
    b.send(&[2; 20]);
    assert_eq!(c.receive(), vec![2; 20]);
    a.hears_nothing();
    assert_eq!(sim.order("heal all"), r#"{"ok":"heal all"}"#);
    b.send(&[3; 20]);
    assert_eq!((a.receive(), c.receive()), (vec![3; 20], vec![3; 20]));
    assert!(sim.order("cut A-D").contains("没有这个台"));
    assert!(sim.order("shout").contains("cut A-B"));
    assert_eq!(sim.order("loss 1"), r#"{"ok":"loss 1000000 ppm"}"#);
    b.send(&[4; 20]);
    a.hears_nothing();
    let report = sim.quit();
    assert_eq!((report.stations[0].counts.lost_frames, report.loss_ppm), (1, 1_000_000));
    assert_eq!(report.hears, ["A-B", "B-C"]);
}

#[test]
fn a_slow_channel_takes_its_time() {
    let slow = "--rate 1200 --txdelay-ms 300 --txtail-ms 100 --slot-ms 100 --persist 255";
    let mut sim = Sim::start_as(2, slow, &[]);
    let (mut a, mut b) = (sim.connect(0), sim.connect(1));
    let offered = Instant::now();
    a.send(&[0; 72]);
    assert_eq!(b.receive(), [0; 72]);
    // One slot, TXDELAY, and 75 bytes with flag and check sum; never sooner, however idle we are,
    // than the hub's clock of whole milliseconds can tell.
    assert!(offered.elapsed() >= Duration::from_millis(100 + 300 + 500 - 2));
    assert_eq!(sim.quit().stations[0].counts.sent_bits, 75 * 8);
}

#[test]
fn a_newer_client_replaces_the_older_one() {
    let mut sim = Sim::start(2, &[]);
    let mut a = sim.connect(0);
    let mut old = sim.connect(1);
    a.send(&[1; 20]);
    assert_eq!(old.receive(), vec![1; 20]);
    let mut new = sim.connect(1);
    assert_eq!(old.stream.read(&mut [0; 8]).unwrap_or(0), 0, "the older one is closed");
    a.send(&[2; 20]);
    assert_eq!(new.receive(), vec![2; 20]);
    assert_eq!(sim.quit().stations[1].connections, 2);
}

#[test]
fn a_gateway_carries_one_frame_a_datagram() {
    let mut sim = Sim::start(1, &["--gateway", "127.0.0.1:0"]);
    let mut a = sim.connect(0);
    let b = UdpSocket::bind("127.0.0.1:0").expect("a port");
    b.connect(sim.addresses[1]).expect("loopback");
    b.set_read_timeout(Some(PATIENCE)).expect("set");
    b.send(&[1; 10]).expect("loopback");
    assert_eq!(a.receive(), vec![1; 10], "it has no addresses to miss, as a TNC has");
    let frame: Vec<u8> = (0..=255).collect();
    b.send(&frame).expect("loopback");
    assert_eq!(a.receive(), frame);
    a.send(&[3; 60]);
    let mut buffer = [0; 300];
    let count = b.recv(&mut buffer).expect("a datagram");
    assert_eq!(buffer[..count], [3; 60]);
    let row = &sim.quit().stations[1];
    assert_eq!((row.connections, row.bad_frames, row.connected), (1, 0, true));
    assert_eq!((row.kiss_in_bytes, row.kiss_out_bytes), (10 + 256, 60));
}

#[test]
fn what_no_tnc_would_send_is_refused_and_counted() {
    let mut sim = Sim::start(2, &[]);
    let mut a = sim.connect(0);
    let mut b = sim.connect(1);
    a.stream.write_all(b"AT\r\n\xC0\x00too short\xC0\x00ab\xDBcdefghijklmnop").expect("written");
    a.send(&[7; 15]);
    assert_eq!(b.receive(), vec![7; 15]);
    let row = &sim.quit().stations[0];
    assert_eq!((row.bad_frames, row.counts.offered_frames), (2, 1));
}

#[test]
fn the_statistics_file_is_whole_json_and_the_hub_ends_with_its_input() {
    let folder = std::env::temp_dir().join(format!("sanduan-hub-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let path = folder.join("stats.json");
    let file = path.to_str().expect("a plain path");
    let mut sim = Sim::start(2, &["--stats-file", file, "--until-stdin-closes"]);
    drop(sim.stdin.take());
    let mut rest = String::new();
    sim.stdout.read_to_string(&mut rest).expect("read");
    assert!(sim.child.wait().expect("ended").success());
    let text = std::fs::read_to_string(&path).expect("written");
    let saved: Report = serde_json::from_str(&text).expect("JSON");
    assert_eq!(saved.stations[0].station, "A");
    assert!(rest.contains("\"stations\""), "{rest}");
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn addresses_that_others_can_reach_are_refused() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let output = Command::new(env!("CARGO_BIN_EXE_sanduan-sim"))
            .args(["air", "--listen", address])
            .stdin(Stdio::null())
            .output()
            .expect("started");
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{address}");
        assert!(error.contains("回环") && error.contains("loopback"), "{error}");
    }
}

#[test]
fn wrong_words_are_named_in_both_languages() {
    let said = |words: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_sanduan-sim"))
            .args(words.split(' '))
            .stdin(Stdio::null())
            .output()
            .expect("started");
        assert_eq!(output.status.code(), Some(2), "{words}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let range = said("run --nodes 2");
    assert!(range.contains("的“2”写法不对：须在 3 到"), "{range}");
    assert!(range.contains("\nerror: --nodes <NODES> cannot be read from \"2\""), "{range}");
    assert!(range.ends_with("\nMore: sanduan-sim run --help\n"), "{range}");
    let address = said("air --listen here");
    assert!(address.contains("写成 地址:端口") && address.contains("write ADDRESS:PORT"));
    let near = said("swrm");
    assert!(near.contains("是不是 swarm？") && near.contains("did you mean swarm?"), "{near}");
}

/// A running `sanduan-sim air`, 1 Mbit/s unless said otherwise, with its control lines.
struct Sim {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    addresses: Vec<SocketAddr>,
}

impl Sim {
    fn start(stations: usize, more: &[&str]) -> Sim {
        let fast = "--rate 1000000 --txdelay-ms 1 --txtail-ms 1 --slot-ms 1 --persist 255";
        Sim::start_as(stations, fast, more)
    }

    fn start_as(stations: usize, channel: &str, more: &[&str]) -> Sim {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sanduan-sim"))
            .args(["air", "--json", "--stats-every", "0"])
            .args(channel.split(' '))
            .args(["--listen", "127.0.0.1:0"].repeat(stations))
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut sim = Sim { child, stdin, stdout, addresses: Vec::new() };
        let first: serde_json::Value = serde_json::from_str(&sim.line()).expect("JSON");
        let addresses = first["listening"].as_array().expect("addresses").clone();
        sim.addresses = addresses
            .iter()
            .map(|address| address.as_str().expect("text").parse().expect("an address"))
            .collect();
        sim
    }

    /// Connect to a station and wait until the hub knows.
    fn connect(&mut self, station: usize) -> Kiss {
        let before = self.report().stations[station].connections;
        let stream = TcpStream::connect(self.addresses[station]).expect("connected");
        while self.report().stations[station].connections == before {
            std::thread::sleep(Duration::from_millis(5));
        }
        Kiss { stream, decoder: Decoder::new() }
    }

    fn order(&mut self, line: &str) -> String {
        writeln!(self.stdin.as_mut().expect("open"), "{line}").expect("written");
        self.line()
    }

    fn report(&mut self) -> Report {
        serde_json::from_str(&self.order("stats")).expect("a report")
    }

    fn quit(mut self) -> Report {
        let report = serde_json::from_str(&self.order("quit")).expect("a report");
        assert!(self.child.wait().expect("ended").success());
        report
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        // Already ended is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program connected to a station.
struct Kiss {
    stream: TcpStream,
    decoder: Decoder,
}

impl Kiss {
    fn send(&mut self, frame: &[u8]) {
        let mut bytes = Vec::new();
        encode(frame, &mut bytes);
        self.stream.write_all(&bytes).expect("written");
    }

    fn receive(&mut self) -> Vec<u8> {
        self.stream.set_read_timeout(Some(PATIENCE)).expect("set");
        loop {
            if let Some(frame) = self.decoder.next() {
                return frame.expect("a whole frame");
            }
            let mut buffer = [0; 512];
            let count = self.stream.read(&mut buffer).expect("bytes in time");
            assert_ne!(count, 0, "the hub closed the connection");
            self.decoder.push(&buffer[..count]);
        }
    }

    fn hears_nothing(&mut self) {
        self.stream.set_read_timeout(Some(QUIET)).expect("set");
        let mut buffer = [0; 512];
        assert!(self.stream.read(&mut buffer).is_err(), "heard something");
    }
}
