//! A real gpsd fed by gpsfake with sentences of a BeiDou and GPS receiver, made here with their
//! checksums (NMEA 0183; talkers GN, GP, GB).

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use crate::config::free_tcp_port;
use crate::process::Process;
use crate::trouble::{Outcome, Trouble};
use crate::wait::{seconds, wait_for};

/// A running receiver.
#[derive(Debug)]
pub struct Receiver {
    /// TCP port of this machine on which gpsd answers.
    pub port: u16,
    _process: Process,
}

/// Why gpsd cannot run here, if it cannot.
pub fn missing() -> Option<String> {
    let needed = [("/usr/sbin/gpsd", "gpsd"), ("/usr/bin/gpsfake", "gpsd-clients")];
    let found = needed.iter().find(|(path, _)| !Path::new(path).exists());
    found.map(|(_, package)| format!("the package {package} is missing"))
}

impl Receiver {
    /// Plays sentences to a gpsd of its own, over and over, `cycle_s` seconds apart.
    ///
    /// # Errors
    /// When gpsd does not answer in time.
    pub fn start(folder: &Path, sentences: &str, cycle_s: f32) -> Outcome<Receiver> {
        let file = folder.join("receiver.nmea");
        std::fs::write(&file, sentences)?;
        let port = free_tcp_port()?;
        let mut command = Command::new("gpsfake");
        command.args(["-q", "-n", "-P", &port.to_string(), "-c", &cycle_s.to_string()]);
        command.arg(&file);
        let mut process = Process::start_group("gpsfake", folder, &mut command)?;
        wait_for("gpsd to answer", seconds(20), || {
            process.still_runs()?;
            std::net::TcpStream::connect(("127.0.0.1", port)).map(drop).map_err(Trouble::from)
        })?;
        Ok(Receiver { port, _process: process })
    }
}

/// Sentences of a receiver that moves from one point (degrees) to another in so many fixes, one
/// second apart from 02:40:00 UTC on 2026-08-19.
pub fn drive(from: (f64, f64), to: (f64, f64), fixes: u32) -> String {
    let mut text = String::new();
    for fix in 0..fixes {
        let share = f64::from(fix) / f64::from(fixes.saturating_sub(1).max(1));
        let lat = from.0 + (to.0 - from.0) * share;
        let lon = from.1 + (to.1 - from.1) * share;
        text += &moment(fix, lat, lon);
    }
    text
}

/// All sentences of one second.
fn moment(second: u32, lat: f64, lon: f64) -> String {
    let clock = format!("0240{second:02}.00", second = second % 60);
    let place = format!("{},N,{},E", angle(lat, 2), angle(lon, 3));
    let bodies = [
        format!("GNRMC,{clock},A,{place},8.1,212.5,190826,,,A"),
        format!("GNGGA,{clock},{place},1,14,0.8,205.3,M,-30.1,M,,"),
        "GNGSA,A,3,05,13,15,18,24,29,,,,,,,1.5,0.8,1.2,1".to_owned(),
        "GNGSA,A,3,06,09,16,21,22,26,,,,,,,1.5,0.8,1.2,4".to_owned(),
        "GPGSV,1,1,04,05,40,120,42,13,55,200,44,15,30,300,38,18,20,060,35".to_owned(),
        "GBGSV,1,1,04,06,60,180,45,09,45,090,43,16,70,010,46,21,25,250,37".to_owned(),
    ];
    bodies.iter().map(|body| sentence(body)).collect()
}

/// Degrees as NMEA writes them: degrees and minutes in one number.
fn angle(degrees: f64, width: usize) -> String {
    let whole = degrees.trunc();
    let minutes = (degrees - whole) * 60.0;
    format!("{whole:0width$}{minutes:08.5}")
}

/// A sentence with its frame and checksum.
fn sentence(body: &str) -> String {
    let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
    let mut line = String::new();
    // Writing to a String cannot fail.
    let _ = write!(line, "${body}*{sum:02X}\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::{angle, sentence};

    #[test]
    fn a_sentence_carries_the_checksum_of_the_standard() {
        let body = "GPGLL,5057.970,N,00146.110,E,142451,A";
        assert_eq!(sentence(body), format!("${body}*27\r\n"));
    }

    #[test]
    fn degrees_become_degrees_and_minutes() {
        assert_eq!(angle(29.06, 2), "2903.60000");
        assert_eq!(angle(106.125, 3), "10607.50000");
    }
}
