//! A slow way in front of real daemons: takes datagrams on one UDP port, passes them on to
//! another, and back, each direction through its own [`Way`]. Stands where a satellite modem or
//! a mobile network would stand.
//!
//! ```text
//! caller ── UDP ── inner socket ── Way out ──> outer socket ── UDP ── target
//!              <── inner socket <── Way back ── outer socket
//! ```

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use serde::Serialize;
use thiserror::Error;

use super::options::loss_ppm;
use crate::tunnel::{Way, WayConfig, WayCounts};

/// Larger than any datagram that fits an Ethernet frame.
const DATAGRAM_BYTES_MAX: usize = 2_048;
/// Datagrams on their way to the thread that decides.
const WAITING_MAX: usize = 256;
/// Looked at the clock so often, at least.
const TURN: Duration = Duration::from_millis(500);

/// Where datagrams come from and go to.
pub type Address = SocketAddr;

/// How a tunnel is to run.
#[derive(Clone, Debug)]
pub struct TunnelOptions {
    /// Where the caller sends to; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where it is passed on to.
    pub to: SocketAddr,
    /// What each direction is like.
    pub way: WayConfig,
    /// When the way is cut, from and to, ms after the start.
    pub down_ms: Vec<(u64, u64)>,
    /// Seed of the dice.
    pub seed: u64,
    /// Stop when standard input ends.
    pub until_input_ends: bool,
}

/// A tunnel could not begin.
#[derive(Debug, Error)]
#[error(
    "打不开 {address}（{error}）：换一个端口 / cannot open {address} ({error}): use another port"
)]
pub struct TunnelError {
    address: SocketAddr,
    error: std::io::Error,
}

/// A line that may be typed while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Cut,
    Heal,
    Loss(u32),
    Move,
    Stats,
    Quit,
}

/// What came to the thread that decides.
enum Came {
    Out(Vec<u8>, SocketAddr),
    /// By the outer socket of this number.
    Back(Vec<u8>, u64),
    Typed(Result<Word, String>),
    InputEnded,
}

#[derive(Serialize)]
struct Counts {
    /// From the caller to the target.
    out: WayCounts,
    /// From the target to the caller.
    back: WayCounts,
}

/// One side that a datagram leaves by.
enum Exit {
    Target,
    Caller(SocketAddr),
}

struct Tunnel {
    options: TunnelOptions,
    begun: Instant,
    inner: Arc<UdpSocket>,
    outer: Arc<UdpSocket>,
    /// Counts the outer sockets; what comes to an earlier one is lost, as with an address
    /// translator that forgot.
    outer_number: u64,
    caller: Option<SocketAddr>,
    out: Way,
    back: Way,
    is_cut_by_hand: bool,
    /// By the time they come out, then by the order in which they came.
    under_way: BTreeMap<(u64, u64), (Exit, Vec<u8>)>,
    number: u64,
}

/// Run a tunnel until it is told to quit. Prints its port at the start, counts as JSON lines when
/// asked and at the end.
///
/// # Errors
/// A socket cannot be opened.
pub fn run_tunnel(
    options: TunnelOptions,
    input: impl BufRead + Send + 'static,
    mut say: impl Write,
) -> Result<(), TunnelError> {
    let (to_hub, came) = sync_channel(WAITING_MAX);
    let mut tunnel = Tunnel::open(options)?;
    let local = tunnel.inner.local_addr().unwrap_or(tunnel.options.listen);
    // A reader that has gone away wants no more lines.
    let _ = writeln!(say, "{{\"listen\":\"{local}\"}}").and_then(|()| say.flush());
    let (inner, hub) = (tunnel.inner.clone(), to_hub.clone());
    std::thread::spawn(move || {
        read_datagrams(&inner, |bytes, from| hub.send(Came::Out(bytes, from)).is_ok());
    });
    tunnel.read_outer(&to_hub);
    let hub = to_hub.clone();
    std::thread::spawn(move || read_lines(input, &hub));
    tunnel.run(&came, &to_hub, &mut say);
    tunnel.print(&mut say);
    Ok(())
}

impl Tunnel {
    fn open(options: TunnelOptions) -> Result<Tunnel, TunnelError> {
        let inner = bind(options.listen)?;
        let outer = bind(outer_address(options.to))?;
        let (out, back) =
            (Way::new(options.way, options.seed), Way::new(options.way, options.seed ^ 0xb0ac));
        Ok(Tunnel {
            options,
            begun: Instant::now(),
            inner,
            outer,
            outer_number: 0,
            caller: None,
            out,
            back,
            is_cut_by_hand: false,
            under_way: BTreeMap::new(),
            number: 0,
        })
    }

    fn read_outer(&self, hub: &SyncSender<Came>) {
        let (outer, hub, number) = (self.outer.clone(), hub.clone(), self.outer_number);
        std::thread::spawn(move || {
            read_datagrams(&outer, |bytes, _| hub.send(Came::Back(bytes, number)).is_ok());
        });
    }

    fn run(&mut self, came: &Receiver<Came>, to_hub: &SyncSender<Came>, say: &mut impl Write) {
        loop {
            let next_us = self.under_way.first_key_value().map(|((at_us, _), _)| *at_us);
            let wait = next_us.map_or(TURN, |at_us| {
                Duration::from_micros(at_us.saturating_sub(self.now_us())).min(TURN)
            });
            let came = match came.recv_timeout(wait) {
                Ok(came) => Some(came),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            self.follow_plan();
            match came {
                Some(Came::Out(bytes, from)) => {
                    self.caller = Some(from);
                    let at_us = self.out.put(bytes.len(), self.now_us());
                    self.put(at_us, Exit::Target, bytes);
                }
                Some(Came::Back(bytes, number)) if number == self.outer_number => {
                    if let Some(caller) = self.caller {
                        let at_us = self.back.put(bytes.len(), self.now_us());
                        self.put(at_us, Exit::Caller(caller), bytes);
                    }
                }
                Some(Came::Typed(Ok(Word::Move))) => self.move_out(to_hub),
                Some(Came::Typed(Ok(Word::Stats))) => self.print(say),
                Some(Came::Typed(Ok(Word::Quit))) => return,
                Some(Came::Typed(Ok(Word::Cut))) => self.is_cut_by_hand = true,
                Some(Came::Typed(Ok(Word::Heal))) => self.is_cut_by_hand = false,
                Some(Came::Typed(Ok(Word::Loss(ppm)))) => {
                    self.out.lose(ppm);
                    self.back.lose(ppm);
                }
                Some(Came::Typed(Err(line))) => {
                    let _ = writeln!(say, "{{\"unknown\":{}}}", serde_json::json!(line));
                }
                Some(Came::InputEnded) if self.options.until_input_ends => return,
                Some(Came::InputEnded | Came::Back(..)) | None => {}
            }
            self.follow_plan();
            self.deliver();
        }
    }

    fn now_us(&self) -> u64 {
        self.begun.elapsed().as_micros() as u64
    }

    fn follow_plan(&mut self) {
        let now_ms = self.now_us() / 1000;
        let planned = self.options.down_ms.iter();
        let is_down = planned.into_iter().any(|(from, to)| (*from..*to).contains(&now_ms));
        self.out.cut(is_down || self.is_cut_by_hand);
        self.back.cut(is_down || self.is_cut_by_hand);
    }

    fn put(&mut self, at_us: Option<u64>, exit: Exit, bytes: Vec<u8>) {
        if let Some(at_us) = at_us {
            self.number += 1;
            self.under_way.insert((at_us, self.number), (exit, bytes));
        }
    }

    fn deliver(&mut self) {
        let now_us = self.now_us();
        while let Some(first) = self.under_way.first_entry()
            && first.key().0 <= now_us
        {
            let (exit, bytes) = first.remove();
            // Whoever does not listen any more is as good as a lost datagram.
            let _ = match exit {
                Exit::Target => self.outer.send_to(&bytes, self.options.to),
                Exit::Caller(caller) => self.inner.send_to(&bytes, caller),
            };
        }
    }

    /// The target sees the caller at another address from now on.
    fn move_out(&mut self, hub: &SyncSender<Came>) {
        if let Ok(outer) = bind(outer_address(self.options.to)) {
            self.outer = outer;
            self.outer_number += 1;
            self.read_outer(hub);
        }
    }

    fn print(&self, say: &mut impl Write) {
        let counts = Counts { out: self.out.counts(), back: self.back.counts() };
        let line = serde_json::to_string(&counts).expect("numbers always serialise");
        let _ = writeln!(say, "{line}").and_then(|()| say.flush());
    }
}

fn bind(address: SocketAddr) -> Result<Arc<UdpSocket>, TunnelError> {
    UdpSocket::bind(address).map(Arc::new).map_err(|error| TunnelError { address, error })
}

fn outer_address(to: SocketAddr) -> SocketAddr {
    match to.ip() {
        IpAddr::V4(ip) if ip.is_loopback() => (ip, 0).into(),
        IpAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        IpAddr::V6(_) => (std::net::Ipv6Addr::UNSPECIFIED, 0).into(),
    }
}

/// Until the hub is gone. A socket that was replaced stays open until then; its thread waits.
fn read_datagrams(socket: &UdpSocket, mut take: impl FnMut(Vec<u8>, SocketAddr) -> bool) {
    let mut buffer = [0; DATAGRAM_BYTES_MAX];
    loop {
        match socket.recv_from(&mut buffer) {
            Ok((length, from)) if !take(buffer[..length].to_vec(), from) => return,
            Ok(_) => {}
            // A report that an earlier datagram was refused; the next read works.
            Err(_) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

fn read_lines(input: impl BufRead, hub: &SyncSender<Came>) {
    for line in input.lines() {
        let Ok(line) = line else { break };
        if !line.trim().is_empty() && hub.send(Came::Typed(line.parse())).is_err() {
            return;
        }
    }
    // The hub may be gone already; then nobody needs to know.
    let _ = hub.send(Came::InputEnded);
}

impl FromStr for Word {
    type Err = String;

    fn from_str(line: &str) -> Result<Word, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["cut"] => Ok(Word::Cut),
            ["heal"] => Ok(Word::Heal),
            ["loss", share] => loss_ppm(share).map(Word::Loss).map_err(|_| line.to_owned()),
            ["move"] => Ok(Word::Move),
            ["stats"] => Ok(Word::Stats),
            ["quit"] => Ok(Word::Quit),
            _ => Err(line.to_owned()),
        }
    }
}
