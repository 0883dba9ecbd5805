//! Two real Dire Wolf modems that hear each other: a private PulseAudio with two sinks stands in
//! for the air, each modem plays into one and records from the other. Dire Wolf listens on all
//! addresses, so each runs in a network namespace of its own that has only loopback; a socket
//! file leads out of it. One side is reached by KISS over TCP, the other over a serial line.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::config::free_tcp_port;
use crate::process::Process;
use crate::trouble::{Outcome, Trouble, ensure};
use crate::wait::{seconds, wait_for};

/// Programs that the pair needs, and the Debian package of each.
const NEEDED: [(&str, &str); 5] = [
    ("/usr/bin/direwolf", "direwolf"),
    ("/usr/bin/pulseaudio", "pulseaudio"),
    ("/usr/bin/pactl", "pulseaudio-utils"),
    ("/usr/share/doc/libasound2-plugins", "libasound2-plugins"),
    ("/usr/bin/socat", "socat"),
];

/// A running pair.
#[derive(Debug)]
pub struct Modems {
    /// TCP port of this machine that speaks KISS to the first modem.
    pub tcp_port: u16,
    /// Serial device that speaks KISS to the second modem.
    pub serial: PathBuf,
    // Ended in this order when dropped: what listens first, the sound last.
    _processes: Vec<Process>,
}

/// Why the pair cannot run here, if it cannot: a namespace is not permitted, or a program is
/// missing.
pub fn missing() -> Option<String> {
    if let Some((_, package)) = NEEDED.iter().find(|(path, _)| !Path::new(path).exists()) {
        return Some(format!("the package {package} is missing"));
    }
    let tried = Command::new("unshare").args(["--net", "true"]).output();
    let permitted = tried.is_ok_and(|out| out.status.success());
    (!permitted).then(|| "network namespaces need root, and are not permitted here".to_owned())
}

impl Modems {
    /// Starts the pair at 1,200 bit/s (AFSK).
    ///
    /// # Errors
    /// When a program does not come up; the words hold its log.
    pub fn start(folder: &Path) -> Outcome<Modems> {
        let mut processes = vec![start_sound(folder)?];
        let serial = folder.join("serial");
        processes.push(start_serial_line(folder, &serial)?);
        let tcp = folder.join("kiss.sock");
        let first = modem(folder, "first", "a_in", "a_out", "", Some(&tcp))?;
        let line = format!("SERIALKISS {} 9600", folder.join("tnc").display());
        let second = modem(folder, "second", "b_in", "b_out", &line, None)?;
        processes.extend([first, second]);
        let tcp_port = free_tcp_port()?;
        let listen = format!("TCP-LISTEN:{tcp_port},bind=127.0.0.1,reuseaddr,fork,nodelay");
        let connect = format!("UNIX-CONNECT:{}", tcp.display());
        let mut bridge = Command::new("socat");
        processes.push(Process::start_group("bridge", folder, bridge.args([listen, connect]))?);
        wait_for("the bridge to the first modem", seconds(10), || {
            TcpStream::connect(("127.0.0.1", tcp_port)).map(drop).map_err(Trouble::from)
        })?;
        processes.reverse();
        Ok(Modems { tcp_port, serial, _processes: processes })
    }
}

/// PulseAudio with a socket of its own and one null sink per direction.
fn start_sound(folder: &Path) -> Outcome<Process> {
    let socket = folder.join("pulse.sock");
    let mut command = Command::new("pulseaudio");
    command.args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]);
    command
        .arg("-L")
        .arg(format!("module-native-protocol-unix socket={} auth-anonymous=1", socket.display()));
    for sink in ["a2b", "b2a"] {
        let format = "rate=44100 channels=1 format=s16le";
        command.arg("-L").arg(format!("module-null-sink sink_name={sink} {format}"));
    }
    let runtime = folder.join("pulse");
    fs::create_dir_all(&runtime)?;
    command.env("PULSE_RUNTIME_PATH", &runtime).env("HOME", folder);
    let mut sound = Process::start("pulse", folder, &mut command)?;
    wait_for("the sound server", seconds(10), || {
        sound.still_runs()?;
        ensure(socket.exists(), || "no socket yet".to_owned())
    })?;
    for sink in ["a2b", "b2a"] {
        // The tone leaves Dire Wolf near full scale; lowered, it does not clip.
        let mut lower = Command::new("pactl");
        lower.env("PULSE_SERVER", format!("unix:{}", socket.display())).env("HOME", folder);
        let done = lower.args(["set-sink-volume", sink, "-12dB"]).status()?;
        ensure(done.success(), || format!("pactl cannot set the volume of {sink}"))?;
    }
    fs::write(folder.join(".asoundrc"), sound_devices(&socket))?;
    Ok(sound)
}

fn sound_devices(socket: &Path) -> String {
    let pairs =
        [("a_out", "a2b"), ("a_in", "b2a.monitor"), ("b_out", "b2a"), ("b_in", "a2b.monitor")];
    let device = |(name, device): (&str, &str)| {
        let server = socket.display();
        format!("pcm.{name} {{ type pulse server \"unix:{server}\" device \"{device}\" }}\n")
    };
    pairs.into_iter().map(device).collect()
}

/// A pair of ptys: one end for the daemon, one for the modem.
fn start_serial_line(folder: &Path, daemon_end: &Path) -> Outcome<Process> {
    let end = |path: &Path| format!("pty,link={},raw,echo=0", path.display());
    let tnc = folder.join("tnc");
    let mut command = Command::new("socat");
    let line = Process::start_group("line", folder, command.args([end(daemon_end), end(&tnc)]))?;
    wait_for("the serial line", seconds(10), || {
        ensure(daemon_end.exists() && tnc.exists(), || "no pty yet".to_owned())
    })?;
    Ok(line)
}

/// One Dire Wolf in a namespace of its own; `door` becomes a socket file that leads to its KISS
/// port.
fn modem(
    folder: &Path,
    name: &str,
    input: &str,
    output: &str,
    extra: &str,
    door: Option<&Path>,
) -> Outcome<Process> {
    let conf = folder.join(format!("{name}.conf"));
    let text = format!(
        "ADEVICE {input} {output}\nARATE 44100\nACHANNELS 1\nCHANNEL 0\nMYCALL SD0\nMODEM 1200\n\
         TXDELAY 30\nTXTAIL 10\nSLOTTIME 10\nPERSIST 63\nDWAIT 0\n\
         AGWPORT 0\nKISSPORT 8001\n{extra}\n"
    );
    fs::write(&conf, text)?;
    let bridge = door.map_or_else(String::new, |door| {
        format!("socat UNIX-LISTEN:{},fork TCP:127.0.0.1:8001,nodelay & ", door.display())
    });
    let script =
        format!("ip link set lo up; {bridge}exec direwolf -c {} -t 0 -q d", conf.display());
    let mut command = Command::new("unshare");
    command.args(["--net", "sh", "-c", &script]).env("HOME", folder);
    let mut modem = Process::start_group(name, folder, &mut command)?;
    wait_for(&format!("the {name} modem"), seconds(20), || {
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
