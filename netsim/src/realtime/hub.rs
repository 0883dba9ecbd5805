//! The hub: one thread that owns the channel and hands everything that happens to it in order.

use std::io::{self, BufRead, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use sanduan_protocol::base::caps::FRAME_BYTES_MAX;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::modem::kiss::{self, Decoder, KISS_FRAME_MIN};
use thiserror::Error;

use super::client::{Client, ClientNo, Happened, accept};
use super::control::{BadCommand, Command, read_lines};
use super::gateway::Gateway;
use super::options::Options;
use super::report::{Report, StationRow};
use super::screen::Screen;
use super::trace::event_line;
use crate::air::{Air, AirEvent, Hearing, Pair, STATIONS_MAX, StationId};

/// Things that happened and wait for the hub; the threads around it wait when it is full.
const HAPPENED_MAX: usize = 1024;
/// How often the statistics file is rewritten.
const STATS_FILE_EVERY_MS: u64 = 1000;

/// Why a hub did not start or stopped.
#[derive(Debug, Error)]
pub enum HubError {
    /// The address can be reached from other machines.
    #[error("{0}: 只允许本机回环地址，如 127.0.0.1:8001 / only loopback addresses are allowed")]
    NotLoopback(SocketAddr),
    /// No station, or more than [`STATIONS_MAX`].
    #[error("台数 {0} 不在 1 到 {STATIONS_MAX} 之间 / stations must number 1 to {STATIONS_MAX}")]
    Stations(usize),
    /// `--hears` names a station that has no `--listen`.
    #[error(
        "{0}: 没有这个台，--listen 只有 {1} 个 / no such station, --listen was given {1} times"
    )]
    NoSuchStation(Pair, usize),
    /// The address is taken or not ours.
    #[error("不能监听 {0}: {1} / cannot listen there; choose another port, or 0 for a free one")]
    Listen(SocketAddr, io::Error),
    /// Standard output or the statistics file cannot be written.
    #[error("不能写出统计: {0} / cannot write the counts")]
    Write(#[from] io::Error),
}

/// What the hub knows of one station beside the channel.
#[derive(Debug)]
struct Port {
    address: SocketAddr,
    client: Option<Client>,
    decoder: Decoder,
    /// Set where daemons come by UDP, not by KISS.
    gateway: Option<Gateway>,
    row: StationRow,
}

/// A running hub. Open it, then [`Hub::run`].
#[derive(Debug)]
pub struct Hub {
    options: Options,
    air: Air,
    hears_at_start: Hearing,
    ports: Vec<Port>,
    next_client: u64,
    happened: Receiver<Happened>,
    hub: SyncSender<Happened>,
    started: Instant,
}

impl Hub {
    /// Bind every station and begin to accept.
    ///
    /// # Errors
    /// An address is not loopback, is taken, or `hears` names a missing station.
    pub fn open(options: Options) -> Result<Hub, HubError> {
        let wanted = || options.listen.iter().chain(&options.gateways);
        let stations = wanted().count();
        if stations == 0 || stations > STATIONS_MAX {
            return Err(HubError::Stations(stations));
        }
        if let Some(&address) = wanted().find(|address| !address.ip().is_loopback()) {
            return Err(HubError::NotLoopback(address));
        }
        let hearing = match &options.hears {
            None => Hearing::all(stations),
            Some(pairs) => {
                pairs.iter().try_for_each(|&pair| known(pair, stations))?;
                Hearing::only(pairs)
            }
        };
        let (hub, happened) = sync_channel(HAPPENED_MAX);
        let mut ports = Vec::new();
        for (number, &address) in wanted().enumerate() {
            let station = StationId(number as u16);
            let is_gateway = number >= options.listen.len();
            let port = Port::open(address, is_gateway, station, &hub);
            ports.push(port.map_err(|error| HubError::Listen(address, error))?);
        }
        let air = Air::new(options.config.clone(), hearing.clone(), stations, options.seed);
        let started = Instant::now();
        let hears_at_start = hearing;
        let next_client = 0;
        Ok(Hub { options, air, hears_at_start, ports, next_client, happened, hub, started })
    }

    /// Where each station listens, A first.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.ports.iter().map(|port| port.address).collect()
    }

    /// Run until told to stop, taking lines of control from `input` and printing to `output`.
    ///
    /// # Errors
    /// `output` or the statistics file cannot be written.
    pub fn run(
        mut self,
        input: impl BufRead + Send + 'static,
        output: impl Write,
    ) -> Result<Report, HubError> {
        let hub = self.hub.clone();
        thread::spawn(move || read_lines(input, &hub));
        let mut screen = Screen::new(output);
        self.print_addresses(&mut screen)?;
        let mut stats_at = self.options.stats_every_ms.map(Mono);
        let mut file_at = self.options.stats_file.as_ref().map(|_| Mono(0));
        let stop_at = self.options.run_for_ms.map(Mono);
        loop {
            let now = self.now();
            self.drain_air(now, &mut screen)?;
            if stats_at.is_some_and(|at| at <= now) {
                self.print_report(now, &mut screen)?;
                stats_at = self.options.stats_every_ms.map(|ms| now.after_ms(ms.max(1)));
            }
            if file_at.is_some_and(|at| at <= now) {
                self.save_report(now)?;
                file_at = Some(now.after_ms(STATS_FILE_EVERY_MS));
            }
            if stop_at.is_some_and(|at| at <= now) {
                break;
            }
            let deadlines = [self.air.next_deadline(), stats_at, file_at, stop_at];
            let Some(happened) = self.wait(deadlines.into_iter().flatten().min()) else { continue };
            if !self.handle(happened, &mut screen)? {
                break;
            }
        }
        let now = self.now();
        self.print_report(now, &mut screen)?;
        self.save_report(now)?;
        Ok(self.report(now))
    }

    fn now(&self) -> Mono {
        Mono(self.started.elapsed().as_millis() as u64)
    }

    fn wait(&self, until: Option<Mono>) -> Option<Happened> {
        // Half a millisecond later than the deadline, so that a truncated clock has passed it.
        let for_ms = until.map_or(60_000, |until| until.since_ms(self.now()));
        let patience = Duration::from_millis(for_ms) + Duration::from_micros(500);
        match self.happened.recv_timeout(patience) {
            Ok(happened) => Some(happened),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                unreachable!("the hub holds a sender of its own channel")
            }
        }
    }

    /// Take in one thing; `false` to stop.
    fn handle(
        &mut self,
        happened: Happened,
        screen: &mut Screen<impl Write>,
    ) -> Result<bool, HubError> {
        match happened {
            Happened::Connected { station, stream } => {
                let number = ClientNo(self.next_client);
                self.next_client += 1;
                let started = Client::start(stream, station, number, self.hub.clone());
                let port = &mut self.ports[usize::from(station.0)];
                // The newer client replaces the older one: a daemon that restarted must not be
                // locked out by its own half-open connection.
                port.client = started.ok();
                port.decoder = Decoder::new();
                port.row.connections += 1;
            }
            Happened::Datagram { station, from, frame } => self.take_datagram(station, from, frame),
            Happened::Bytes { station, client, bytes } => self.take_bytes(station, client, &bytes),
            Happened::Ended { station, client } => {
                let port = &mut self.ports[usize::from(station.0)];
                if port.client.as_ref().is_some_and(|current| current.number == client) {
                    port.client = None;
                }
            }
            Happened::Typed(command) => return self.obey(command, screen),
            Happened::InputEnded => return Ok(!self.options.until_input_ends),
        }
        Ok(true)
    }

    fn take_bytes(&mut self, station: StationId, client: ClientNo, bytes: &[u8]) {
        let now = self.now();
        let port = &mut self.ports[usize::from(station.0)];
        if port.client.as_ref().is_none_or(|current| current.number != client) {
            return;
        }
        port.row.kiss_in_bytes += bytes.len() as u64;
        port.decoder.push(bytes);
        for decoded in port.decoder.by_ref() {
            match decoded {
                Ok(frame) if frame.len() >= KISS_FRAME_MIN => {
                    // A refused frame is counted by the channel; a TNC would not say so either.
                    self.air.offer(station, frame, now);
                }
                Ok(_) | Err(_) => port.row.bad_frames += 1,
            }
        }
    }

    fn take_datagram(&mut self, station: StationId, from: SocketAddr, frame: Vec<u8>) {
        let now = self.now();
        let port = &mut self.ports[usize::from(station.0)];
        let is_new = port.gateway.as_mut().is_some_and(|gateway| gateway.meet(from));
        port.row.connections += u64::from(is_new);
        port.row.kiss_in_bytes += frame.len() as u64;
        match (1..=FRAME_BYTES_MAX).contains(&frame.len()) {
            true => {
                // A refused frame is counted by the channel; a gateway would not say so either.
                self.air.offer(station, frame, now);
            }
            false => port.row.bad_frames += 1,
        }
    }

    fn obey(
        &mut self,
        command: Result<Command, BadCommand>,
        screen: &mut Screen<impl Write>,
    ) -> Result<bool, HubError> {
        let stations = self.ports.len();
        let done = match command {
            Err(bad) => Err(bad.to_string()),
            Ok(Command::Cut(pair)) => self.set_hearing(pair, false),
            Ok(Command::Heal(pair)) => self.set_hearing(pair, true),
            Ok(Command::CutAll) => {
                self.air.hearing().pairs().iter().for_each(|&p| self.air.set_hearing(p, false));
                Ok("cut all".to_owned())
            }
            Ok(Command::HealAll) => {
                Hearing::all(stations).pairs().iter().for_each(|&p| self.air.set_hearing(p, false));
                let start = self.hears_at_start.pairs();
                start.iter().for_each(|&pair| self.air.set_hearing(pair, true));
                Ok("heal all".to_owned())
            }
            Ok(Command::Loss(loss_ppm)) => {
                self.air.set_loss_ppm(loss_ppm);
                Ok(format!("loss {loss_ppm} ppm"))
            }
            Ok(Command::Stats) => {
                self.print_report(self.now(), screen)?;
                return Ok(true);
            }
            Ok(Command::Quit) => return Ok(false),
        };
        let line = match (done, self.options.json) {
            (Ok(done), false) => format!("ok {done}"),
            (Err(error), false) => error,
            (Ok(done), true) => serde_json::json!({ "ok": done }).to_string(),
            (Err(error), true) => serde_json::json!({ "error": error }).to_string(),
        };
        screen.line(&line)?;
        Ok(true)
    }

    fn set_hearing(&mut self, pair: Pair, hears: bool) -> Result<String, String> {
        known(pair, self.ports.len()).map_err(|error| error.to_string())?;
        self.air.set_hearing(pair, hears);
        Ok(format!("{} {pair}", if hears { "heal" } else { "cut" }))
    }

    fn drain_air(&mut self, now: Mono, screen: &mut Screen<impl Write>) -> Result<(), HubError> {
        while let Some((at, event)) = self.air.poll(now) {
            if self.options.trace {
                screen.line(&event_line(at, &event, self.options.json))?;
            }
            let AirEvent::Delivered { station, frame, .. } = event else { continue };
            self.ports[usize::from(station.0)].write(&frame);
        }
        Ok(())
    }

    fn report(&self, now: Mono) -> Report {
        let row = |(id, port): (StationId, &Port)| {
            let counts = self.air.counts(id);
            StationRow {
                station: id.to_string(),
                listen: port.address.to_string(),
                connected: port.is_connected(),
                waiting_frames: self.air.waiting_frames(id) as u64,
                air_permille: counts.air_permille(now.0),
                counts,
                ..port.row.clone()
            }
        };
        Report {
            elapsed_ms: now.0,
            rate_bit_s: self.air.config().rate_bit_s,
            loss_ppm: self.air.config().loss_ppm,
            hears: self.air.hearing().pairs().iter().map(Pair::to_string).collect(),
            stations: self.air.stations().zip(&self.ports).map(row).collect(),
        }
    }

    fn print_addresses(&self, screen: &mut Screen<impl Write>) -> Result<(), HubError> {
        let addresses: Vec<String> = self.addresses().iter().map(SocketAddr::to_string).collect();
        if self.options.json {
            let line = serde_json::json!({ "listening": addresses }).to_string();
            return Ok(screen.line(&line)?);
        }
        for (id, address) in self.air.stations().zip(addresses) {
            screen.line(&format!("{id} {address}"))?;
        }
        Ok(())
    }

    fn print_report(&self, now: Mono, screen: &mut Screen<impl Write>) -> Result<(), HubError> {
        let report = self.report(now);
        let text = match self.options.json {
            true => report.json(),
            false => report.text(self.options.language),
        };
        Ok(screen.line(&text)?)
    }

    fn save_report(&self, now: Mono) -> Result<(), HubError> {
        match &self.options.stats_file {
            Some(path) => Ok(self.report(now).save(path)?),
            None => Ok(()),
        }
    }
}

impl Port {
    /// Bind one station and begin to accept.
    fn open(
        wanted: SocketAddr,
        is_gateway: bool,
        station: StationId,
        hub: &SyncSender<Happened>,
    ) -> io::Result<Port> {
        let (address, gateway) = match is_gateway {
            true => {
                let (address, gateway) = Gateway::open(wanted, station, hub.clone())?;
                (address, Some(gateway))
            }
            false => {
                let listener = TcpListener::bind(wanted)?;
                let address = listener.local_addr()?;
                accept(listener, station, hub.clone());
                (address, None)
            }
        };
        let (row, decoder) = (StationRow::default(), Decoder::new());
        Ok(Port { address, client: None, decoder, gateway, row })
    }

    fn is_connected(&self) -> bool {
        self.client.is_some() || self.gateway.as_ref().is_some_and(Gateway::is_met)
    }

    /// Hand a frame that arrived to the station's daemon, if there is one.
    fn write(&mut self, frame: &[u8]) {
        if let Some(gateway) = &self.gateway {
            let bytes = if gateway.write(frame) { frame.len() as u64 } else { 0 };
            self.row.kiss_out_bytes += bytes;
            return;
        }
        let Some(client) = &self.client else { return };
        let mut bytes = Vec::new();
        kiss::encode(frame, &mut bytes);
        self.row.kiss_out_bytes += bytes.len() as u64;
        if !client.write(bytes) {
            self.client = None;
        }
    }
}

/// Both stations of the pair exist.
fn known(pair: Pair, stations: usize) -> Result<(), HubError> {
    match usize::from(pair.from.0.max(pair.to.0)) < stations {
        true => Ok(()),
        false => Err(HubError::NoSuchStation(pair, stations)),
    }
}
