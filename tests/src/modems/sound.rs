//! The air between the modems: a private PulseAudio in which every station has an ear, a sink
//! that others play into and that its modem records from. Noise is one more player. Which modem
//! plays into whose ear is all there is to who hears whom.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Setup;
use crate::process::Process;
use crate::trouble::{Outcome, Trouble, ensure};
use crate::wait::{seconds, wait_for};

/// Level of the noise file: uniform samples with a peak 3 dB below full scale have an RMS of
/// -7.8 dB.
const NOISE_FILE_DB: f64 = -7.8;
/// Samples of the noise file, ten seconds, and their rate.
const NOISE_SAMPLES: u32 = 480_000;
const NOISE_RATE: u32 = 48_000;

/// A running sound server.
#[derive(Debug)]
pub struct Sound {
    folder: PathBuf,
    stations: usize,
    noise: Vec<Process>,
    _server: Process,
}

impl Sound {
    /// Starts the server with the ears of all stations, and names the devices for the modems:
    /// `in0`, `out0` and so on.
    ///
    /// # Errors
    /// When a program does not come up; the words hold its log.
    pub fn start(folder: &Path, setup: &Setup<'_>) -> Outcome<Sound> {
        let stations = setup.doors.len();
        let socket = folder.join("pulse.sock");
        // Another server may have been here before, and left its socket.
        let _ = fs::remove_file(&socket);
        let mut command = Command::new("pulseaudio");
        command.args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]);
        let door = format!("socket={} auth-anonymous=1", socket.display());
        let mut modules = vec![format!("module-native-protocol-unix {door}")];
        let format = format!("rate={} channels=1 format=s16le", setup.mode.sample_rate());
        for station in 0..stations {
            modules.push(format!("module-null-sink sink_name=ear{station} {format}"));
        }
        for station in (0..stations).filter(|station| setup.hearers(*station).len() > 1) {
            let ears: Vec<String> =
                setup.hearers(station).iter().map(|ear| format!("ear{ear}")).collect();
            let name = format!("sink_name=mouth{station} slaves={}", ears.join(","));
            // Null sinks run by one clock: nothing drifts, so nothing is to be adjusted.
            modules.push(format!("module-combine-sink {name} adjust_time=0 {format}"));
        }
        modules.iter().for_each(|module| {
            command.args(["-L", module]);
        });
        let runtime = folder.join("pulse");
        fs::create_dir_all(&runtime)?;
        command.env("PULSE_RUNTIME_PATH", &runtime).env("HOME", folder);
        let mut server = Process::start("pulse", folder, &mut command)?;
        wait_for("the sound server", seconds(20), || {
            server.still_runs()?;
            ensure(socket.exists(), || "no socket yet".to_owned())
        })?;
        let sound =
            Sound { folder: folder.to_owned(), stations, noise: Vec::new(), _server: server };
        for station in 0..stations {
            // The tone leaves Dire Wolf near full scale; lowered, it does not clip.
            let done = sound
                .client("pactl")
                .args(["set-sink-volume", &format!("ear{station}"), "-12dB"])
                .status()?;
            ensure(done.success(), || format!("pactl cannot set the volume of ear {station}"))?;
        }
        fs::write(folder.join(".asoundrc"), devices(&socket, setup))?;
        Ok(sound)
    }

    /// White noise at every ear, RMS in dB below full scale; the tone itself is about -3 dB.
    ///
    /// # Errors
    /// When the noise cannot be made or played.
    pub fn noise(&mut self, db: f64) -> Outcome {
        self.noise.clear();
        let file = self.folder.join("noise.raw");
        fs::write(&file, noise_samples())?;
        // PulseAudio's volume is the cube root of the amplitude: 60 dB a factor of ten.
        let volume = (65_536.0 * 10f64.powf((db - NOISE_FILE_DB) / 60.0)) as u32;
        for station in 0..self.stations {
            let play = format!(
                "while :; do cat {}; done | pacat -p --device=ear{station} --rate={NOISE_RATE} \
                 --channels=1 --format=s16le --volume={volume}",
                file.display()
            );
            let mut command = self.client("sh");
            command.args(["-c", &play]);
            let name = format!("noise{station}");
            self.noise.push(Process::start_group(&name, &self.folder, &mut command)?);
        }
        wait_for("the noise", seconds(20), || {
            let listed = self.client("pactl").args(["list", "short", "sink-inputs"]).output()?;
            let players = String::from_utf8_lossy(&listed.stdout).lines().count();
            ensure(players >= self.stations, || format!("{players} players"))
        })
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let server = format!("unix:{}", self.folder.join("pulse.sock").display());
        command.env("PULSE_SERVER", server).env("HOME", &self.folder);
        command
    }
}

fn devices(socket: &Path, setup: &Setup<'_>) -> String {
    let server = socket.display();
    let device = |name: String, device: String| {
        format!("pcm.{name} {{ type pulse server \"unix:{server}\" device \"{device}\" }}\n")
    };
    let both = |station: usize| {
        let out = match setup.hearers(station).as_slice() {
            [ear] => format!("ear{ear}"),
            _ => format!("mouth{station}"),
        };
        device(format!("out{station}"), out)
            + &device(format!("in{station}"), format!("ear{station}.monitor"))
    };
    (0..setup.doors.len()).map(both).collect()
}

/// Ten seconds of uniform noise, 16 bits, from one seed.
fn noise_samples() -> Vec<u8> {
    let mut dice = sanduan_protocol::base::dice::Dice::new(7);
    let sample = |_| {
        let value = dice.between(0, 2 * 23_197) as i64 - 23_197;
        (value as i16).to_le_bytes()
    };
    (0..NOISE_SAMPLES).flat_map(sample).collect()
}

/// Fails where a station hears nobody: its modem would have nothing to record.
pub(super) fn check(setup: &Setup<'_>) -> Outcome {
    let deaf = (0..setup.doors.len()).find(|station| setup.hearers(*station).is_empty());
    match deaf {
        None => Ok(()),
        Some(station) => Err(Trouble::new(format!("nobody hears station {station}"))),
    }
}
