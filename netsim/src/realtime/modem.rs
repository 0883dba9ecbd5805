//! Puts made-up terminals ([`crate::modem`]) behind ptys in real time, so that real daemons can
//! open them. What a terminal does is decided there, never here.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use sanduan_protocol::base::time::Mono;
use thiserror::Error;

use super::pty::Pty;
use super::screen::Screen;
use super::shore::{Shore, ShoreOptions};
use crate::modem::{Did, Terminals, name_of};

/// Things that happened and wait; the threads around wait when it is full.
const HAPPENED_MAX: usize = 1024;

/// How terminals are to run.
#[derive(Clone, Debug, Default)]
pub struct ModemOptions {
    /// A path for each device, as far as given: a link to its pty.
    pub links: Vec<PathBuf>,
    /// The gateway's IP side, if it has one.
    pub shore: Option<ShoreOptions>,
    /// Stop when standard input ends.
    pub until_input_ends: bool,
    /// Print each event.
    pub trace: bool,
}

/// Why terminals did not start or stopped.
#[derive(Debug, Error)]
pub enum ModemError {
    /// A pty or a link could not be made.
    #[error("不能建立虚拟串口: {0} / cannot make a pty or the link to it")]
    Pty(io::Error),
    /// The gateway's port is taken, or is no address of this machine.
    #[error("不能在此等待岸侧连接: {0} / cannot listen for the command post")]
    Shore(io::Error),
    /// Standard output cannot be written.
    #[error("不能写出: {0} / cannot write")]
    Write(#[from] io::Error),
}

#[derive(Debug)]
pub(super) enum Happened {
    Bytes(usize, Vec<u8>),
    /// The command post sent a message; its answer goes there.
    Shore(Vec<u8>, SyncSender<Option<Vec<u8>>>),
    Typed(String),
    InputEnded,
}

/// Run terminals until told to stop, taking lines of control from `input`.
///
/// # Errors
/// A device cannot be made, or `output` cannot be written.
pub fn run_terminals(
    mut terminals: impl Terminals,
    options: &ModemOptions,
    input: impl BufRead + Send + 'static,
    output: impl Write,
) -> Result<(), ModemError> {
    let (tell, happened) = sync_channel(HAPPENED_MAX);
    // Held, so that the channel never ends and waiting always waits.
    let _held = tell.clone();
    let ptys = open_all(&terminals, options, &tell).map_err(ModemError::Pty)?;
    let shore = options.shore.as_ref().map(|options| Shore::open(options, tell.clone()));
    let shore = shore.transpose().map_err(ModemError::Shore)?;
    let started = Instant::now();
    let mut screen = Screen::new(output);
    for (at, (label, pty)) in terminals.labels().iter().zip(&ptys).enumerate() {
        screen.line(&format!("{} {label} {}", name_of(at), pty.path().display()))?;
    }
    thread::spawn(move || read_lines(input, &tell));
    loop {
        let now = Mono(started.elapsed().as_millis() as u64);
        while let Some(did) = terminals.poll(now) {
            match did {
                Did::ToHost(at, bytes) => ptys[at].write(bytes),
                Did::ToShore(bytes) => shore.iter().for_each(|shore| shore.send(bytes.clone())),
                Did::Note(text) if options.trace => {
                    screen.line(&format!("{}.{:03} {text}", now.0 / 1000, now.0 % 1000))?;
                }
                Did::Note(_) => {}
            }
        }
        match wait(&happened, terminals.next_deadline(), now) {
            None => {}
            Some(Happened::Bytes(at, bytes)) => {
                let now = Mono(started.elapsed().as_millis() as u64);
                terminals.host_wrote(at, &bytes, now);
            }
            Some(Happened::Shore(bytes, answer)) => {
                let now = Mono(started.elapsed().as_millis() as u64);
                // Whoever asked may have hung up.
                let _ = answer.try_send(terminals.shore_wrote(&bytes, now));
            }
            Some(Happened::Typed(line)) => match line.trim() {
                "quit" => break,
                "stats" => screen.line(&terminals.counts_line())?,
                line => match terminals.order_line(line) {
                    Ok(()) => screen.line(&format!("ok {line}"))?,
                    Err(bad) => screen.line(&bad.to_string())?,
                },
            },
            Some(Happened::InputEnded) if options.until_input_ends => break,
            Some(Happened::InputEnded) => {}
        }
    }
    Ok(screen.line(&terminals.counts_line())?)
}

fn open_all(
    terminals: &impl Terminals,
    options: &ModemOptions,
    tell: &SyncSender<Happened>,
) -> io::Result<Vec<Pty>> {
    (0..terminals.labels().len())
        .map(|at| {
            let tell = tell.clone();
            let link = options.links.get(at).map(PathBuf::as_path);
            Pty::open(link, move |bytes| tell.send(Happened::Bytes(at, bytes)).is_ok())
        })
        .collect()
}

fn wait(happened: &Receiver<Happened>, until: Option<Mono>, now: Mono) -> Option<Happened> {
    // Half a millisecond later than the deadline, so that a truncated clock has passed it.
    let for_ms = until.map_or(60_000, |until| until.since_ms(now));
    let patience = Duration::from_millis(for_ms) + Duration::from_micros(500);
    happened.recv_timeout(patience).ok()
}

fn read_lines(input: impl BufRead, tell: &SyncSender<Happened>) {
    for line in input.lines() {
        let Ok(line) = line else { break };
        if !line.trim().is_empty() && tell.send(Happened::Typed(line)).is_err() {
            return;
        }
    }
    // The loop may be gone already; then nobody needs to know.
    let _ = tell.send(Happened::InputEnded);
}
