//! Real Dire Wolf modems that hear each other over sound ([`sound`]). Dire Wolf listens on all
//! addresses, so each runs in a network namespace of its own that has only loopback; a socket
//! file leads out of it. A station is reached by KISS over TCP or over a serial line.

mod sound;

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::config::{Config, free_tcp_port};
use crate::process::Process;
use crate::trouble::{Outcome, Trouble, ensure};
use crate::wait::{seconds, wait_for};
use sound::Sound;

/// Programs that the modems need, and the Debian package of each.
const NEEDED: [(&str, &str); 5] = [
    ("/usr/bin/direwolf", "direwolf"),
    ("/usr/bin/pulseaudio", "pulseaudio"),
    ("/usr/bin/pactl", "pulseaudio-utils"),
    ("/usr/share/doc/libasound2-plugins", "libasound2-plugins"),
    ("/usr/bin/socat", "socat"),
];

/// How the modems speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// 1,200 bit/s, AFSK.
    Afsk1200,
    /// 9,600 bit/s, G3RUH.
    G3ruh9600,
}

/// How a program reaches a modem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// KISS by TCP.
    Tcp,
    /// KISS on a serial line.
    Serial,
}

/// Which stations there are, and who hears whom.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// How they speak.
    pub mode: Mode,
    /// One station each.
    pub doors: &'a [Door],
    /// Pairs that hear each other, by their place in `doors`.
    pub pairs: &'a [(usize, usize)],
}

/// Running modems.
#[derive(Debug)]
pub struct Modems {
    mode: Mode,
    reached: Vec<Reached>,
    // Ended in this order when dropped: what listens first, the sound last.
    _processes: Vec<Process>,
    sound: Sound,
}

/// Where a modem is reached.
#[derive(Clone, Debug)]
enum Reached {
    Tcp(u16),
    Serial(PathBuf),
}

/// Why modems cannot run here, if they cannot: a namespace is not permitted, or a program is
/// missing.
pub fn missing() -> Option<String> {
    if let Some((_, package)) = NEEDED.iter().find(|(path, _)| !Path::new(path).exists()) {
        return Some(format!("the package {package} is missing"));
    }
    let tried = Command::new("unshare").args(["--net", "true"]).output();
    let permitted = tried.is_ok_and(|out| out.status.success());
    (!permitted).then(|| "network namespaces need root, and are not permitted here".to_owned())
}

impl Mode {
    /// Raw rate, bit/s.
    pub fn rate_bit_s(self) -> u32 {
        match self {
            Mode::Afsk1200 => 1_200,
            Mode::G3ruh9600 => 9_600,
        }
    }

    /// Sound samples a second.
    fn sample_rate(self) -> u32 {
        match self {
            Mode::Afsk1200 => 44_100,
            Mode::G3ruh9600 => 48_000,
        }
    }
}

impl Setup<'_> {
    /// Stations that hear this one.
    fn hearers(&self, station: usize) -> Vec<usize> {
        let other = |&(a, b): &(usize, usize)| match (a == station, b == station) {
            (true, _) => Some(b),
            (false, true) => Some(a),
            (false, false) => None,
        };
        self.pairs.iter().filter_map(other).collect()
    }
}

impl Modems {
    /// Two modems that hear each other at 1,200 bit/s, the first by TCP, the second on a serial
    /// line.
    ///
    /// # Errors
    /// When a program does not come up; the words hold its log.
    pub fn pair(folder: &Path, mode: Mode) -> Outcome<Modems> {
        Modems::start(folder, &Setup { mode, doors: &[Door::Tcp, Door::Serial], pairs: &[(0, 1)] })
    }

    /// The modems of a setup.
    ///
    /// # Errors
    /// When a program does not come up; the words hold its log.
    pub fn start(folder: &Path, setup: &Setup<'_>) -> Outcome<Modems> {
        sound::check(setup)?;
        let sound = Sound::start(folder, setup)?;
        let (mut processes, mut reached) = (Vec::new(), Vec::new());
        for (station, door) in setup.doors.iter().enumerate() {
            match door {
                Door::Tcp => {
                    let socket = folder.join(format!("kiss{station}.sock"));
                    processes.push(modem(folder, station, setup.mode, "", Some(&socket))?);
                    let port = free_tcp_port()?;
                    processes.push(bridge(folder, station, port, &socket)?);
                    reached.push(Reached::Tcp(port));
                }
                Door::Serial => {
                    let (ours, its) = (format!("serial{station}"), format!("tnc{station}"));
                    let (ours, its) = (folder.join(ours), folder.join(its));
                    processes.push(start_serial_line(folder, station, &ours, &its)?);
                    let line = format!("SERIALKISS {} 9600", its.display());
                    processes.push(modem(folder, station, setup.mode, &line, None)?);
                    reached.push(Reached::Serial(ours));
                }
            }
        }
        processes.reverse();
        Ok(Modems { mode: setup.mode, reached, _processes: processes, sound })
    }

    /// TCP port of this machine that speaks KISS to a station.
    ///
    /// # Errors
    /// When it has a serial line instead.
    pub fn port(&self, station: usize) -> Outcome<u16> {
        match &self.reached[station] {
            Reached::Tcp(port) => Ok(*port),
            Reached::Serial(_) => Err(Trouble::new(format!("station {station} has no port"))),
        }
    }

    /// Serial device that speaks KISS to a station.
    ///
    /// # Errors
    /// When it has a port instead.
    pub fn serial(&self, station: usize) -> Outcome<&Path> {
        match &self.reached[station] {
            Reached::Serial(device) => Ok(device),
            Reached::Tcp(_) => Err(Trouble::new(format!("station {station} has no serial line"))),
        }
    }

    /// The bearer of a daemon that has this modem.
    #[must_use]
    pub fn bearer(&self, station: usize, config: Config) -> Config {
        match &self.reached[station] {
            Reached::Tcp(port) => config.kiss_tcp(*port, self.mode.rate_bit_s()),
            Reached::Serial(device) => config.kiss_serial(device, self.mode.rate_bit_s()),
        }
    }

    /// White noise at every station, RMS in dB below full scale; the tone itself is about -3 dB.
    ///
    /// # Errors
    /// When it cannot be made or played.
    pub fn noise(&mut self, db: f64) -> Outcome {
        self.sound.noise(db)
    }
}

/// A port of this machine that leads to a modem's socket file.
fn bridge(folder: &Path, station: usize, port: u16, socket: &Path) -> Outcome<Process> {
    let listen = format!("TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork,nodelay");
    let connect = format!("UNIX-CONNECT:{}", socket.display());
    let mut command = Command::new("socat");
    let name = format!("bridge{station}");
    let bridge = Process::start_group(&name, folder, command.args([listen, connect]))?;
    wait_for("the bridge to a modem", seconds(20), || {
        TcpStream::connect(("127.0.0.1", port)).map(drop).map_err(Trouble::from)
    })?;
    Ok(bridge)
}

/// A pair of ptys: one end for the daemon, one for the modem.
fn start_serial_line(folder: &Path, station: usize, ours: &Path, its: &Path) -> Outcome<Process> {
    let end = |path: &Path| format!("pty,link={},raw,echo=0", path.display());
    let mut command = Command::new("socat");
    let name = format!("line{station}");
    let line = Process::start_group(&name, folder, command.args([end(ours), end(its)]))?;
    wait_for("the serial line", seconds(20), || {
        ensure(ours.exists() && its.exists(), || "no pty yet".to_owned())
    })?;
    Ok(line)
}

/// One Dire Wolf in a namespace of its own; `door` becomes a socket file that leads to its KISS
/// port.
fn modem(
    folder: &Path,
    station: usize,
    mode: Mode,
    extra: &str,
    door: Option<&Path>,
) -> Outcome<Process> {
    let name = format!("modem{station}");
    let conf = folder.join(format!("{name}.conf"));
    let (samples, rate) = (mode.sample_rate(), mode.rate_bit_s());
    let text = format!(
        "ADEVICE in{station} out{station}\nARATE {samples}\nACHANNELS 1\nCHANNEL 0\nMYCALL SD0\n\
         MODEM {rate}\nTXDELAY 30\nTXTAIL 10\nSLOTTIME 10\nPERSIST 63\nDWAIT 0\n\
         AGWPORT 0\nKISSPORT 8001\n{extra}\n"
    );
    fs::write(&conf, text)?;
    if let Some(door) = door {
        // Another modem may have been here before, and left its socket.
        let _ = fs::remove_file(door);
    }
    let bridge = door.map_or_else(String::new, |door| {
        format!("socat UNIX-LISTEN:{},fork TCP:127.0.0.1:8001,nodelay & ", door.display())
    });
    let script =
        format!("ip link set lo up; {bridge}exec direwolf -c {} -t 0 -q d", conf.display());
    let mut command = Command::new("unshare");
    command.args(["--net", "sh", "-c", &script]).env("HOME", folder);
    let mut modem = Process::start_group(&name, folder, &mut command)?;
    wait_for(&format!("modem {station}"), seconds(40), || {
        modem.still_runs()?;
        let ready = modem.log().contains("Ready to accept KISS");
        ensure(ready, || format!("not ready:\n{}", modem.log()))?;
        ensure(door.is_none_or(Path::exists), || "its door is not open".to_owned())
    })?;
    Ok(modem)
}

/// A frame as KISS carries it (Chepponis and Karn, "The KISS TNC", 1987), written here apart from
/// the shipped codec so that the two check each other.
pub fn kiss(frame: &[u8]) -> Vec<u8> {
    let mut line = vec![0xc0, 0x00];
    for byte in frame {
        match byte {
            0xc0 => line.extend([0xdb, 0xdc]),
            0xdb => line.extend([0xdb, 0xdd]),
            other => line.push(*other),
        }
    }
    line.push(0xc0);
    line
}

/// Whether something can run here; when not, says why on the screen and in the file that
/// `SANDUAN_SKIPS` names, so that a skipped journey is seen.
///
/// # Errors
/// When it cannot run although it must (`SANDUAN_MUST_RUN_PEERS` is set).
#[allow(clippy::print_stderr, reason = "a skipped journey says so where the person looks")]
pub fn can_run(what: &str, missing: Option<String>) -> Outcome<bool> {
    let Some(reason) = missing else { return Ok(true) };
    if std::env::var_os("SANDUAN_MUST_RUN_PEERS").is_some() {
        return Err(Trouble::new(format!("{what} must run here, but {reason}")));
    }
    let line = format!("SKIPPED: {what}: {reason}\n");
    eprint!("{line}");
    if let Some(file) = std::env::var_os("SANDUAN_SKIPS") {
        let mut file = fs::File::options().create(true).append(true).open(file)?;
        file.write_all(line.as_bytes())?;
    }
    Ok(false)
}
