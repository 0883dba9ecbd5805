//! The real peers by themselves, before any of our programs: that two Dire Wolfs hear each other
//! and that gpsd tells what the sentences say. When these fail, the bench is broken, not we.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use sanduan_protocol::link::modem::kiss::short;
use sanduan_tests::modems::{self, Mode, Modems, kiss};
use sanduan_tests::receiver::{self, Receiver};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Outcome, Trouble, journey, seconds, wait_for};

/// The network side of one modem and the serial side of the other.
fn ends(modems: &Modems) -> Outcome<(TcpStream, File)> {
    let tcp = TcpStream::connect(("127.0.0.1", modems.port(0)?))?;
    tcp.set_read_timeout(Some(Duration::from_secs(2)))?;
    let serial = File::options().read(true).write(true).open(modems.serial(1)?)?;
    Ok((tcp, serial))
}

#[test]
fn two_modems_hear_each_other_over_tcp_and_serial() {
    journey(|lab| {
        if !modems::can_run("Dire Wolf pair", modems::missing())? {
            return Ok(());
        }
        let modems = Modems::pair(lab.folder(), Mode::Afsk1200)?;
        let (mut tcp, mut serial) = ends(&modems)?;
        // Every byte value once, so that both escapes are used; 15 bytes are the least a frame has.
        let frame: Vec<u8> = (0..=255).collect();
        wait_for("a frame from the serial side", seconds(30), || {
            serial.write_all(&kiss(&frame))?;
            let mut heard = vec![0; 1024];
            let count = tcp.read(&mut heard)?;
            let expected = kiss(&frame);
            let found = heard[..count].windows(expected.len()).any(|part| part == expected);
            ensure(found, || format!("{count} other bytes"))
        })
    });
}

#[test]
fn a_modem_swallows_nine_bytes_and_carries_them_lengthened() {
    journey(|lab| {
        if !modems::can_run("Dire Wolf pair", modems::missing())? {
            return Ok(());
        }
        let modems = Modems::pair(lab.folder(), Mode::Afsk1200)?;
        let (mut tcp, mut serial) = ends(&modems)?;
        let beacon = b"a beacon.";
        let long = short::lengthened(beacon).ok_or_else(|| Trouble::new("nine are too few"))?;
        let mut heard = Vec::new();
        wait_for("the longer frame", seconds(30), || {
            // Both of them each time, so that the short one was said before the other is heard.
            serial.write_all(&kiss(beacon))?;
            serial.write_all(&kiss(&long))?;
            let mut read = vec![0; 1024];
            let count = tcp.read(&mut read)?;
            heard.extend_from_slice(&read[..count]);
            let has = |frame: &[u8]| heard.windows(frame.len()).any(|part| part == frame);
            ensure(!has(&kiss(beacon)), || "nine bytes were heard".to_owned())?;
            ensure(has(&kiss(&long)), || format!("{} other bytes", heard.len()))
        })
    });
}

#[test]
fn gpsd_tells_what_the_sentences_say() {
    journey(|lab| {
        if !modems::can_run("gpsd", receiver::missing())? {
            return Ok(());
        }
        let drive = receiver::drive((29.06, 106.125), (29.08, 106.14), 50);
        let receiver = Receiver::start(lab.folder(), &drive, 0.05)?;
        wait_for("a fix", seconds(30), || first_fix(receiver.port))
    });
}

fn first_fix(port: u16) -> Outcome {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(b"?WATCH={\"enable\":true,\"json\":true};\n")?;
    for line in BufReader::new(stream).lines().take(200) {
        let report: serde_json::Value = serde_json::from_str(&line?)?;
        if report["class"] == "TPV" && report["mode"] == 3 {
            let lat = report["lat"].as_f64().unwrap_or_default();
            return ensure((29.05..29.09).contains(&lat), || report.to_string());
        }
    }
    Err(Trouble::new("no three-dimensional fix in 200 reports"))
}
