//! What the daemon reads: its disk, its configuration, tables, requests of local programs,
//! receivers of positions.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use axum::body::Bytes;
use sanduan_daemon::api::ask;
use sanduan_daemon::api::routes::ROUTES;
use sanduan_daemon::config::Config;
use sanduan_daemon::home::member::Member;
use sanduan_daemon::import::table::{Mistakes, Table};
use sanduan_daemon::source::{Epoch, Report, read_report};
use sanduan_daemon::store::codec;
use sanduan_daemon::store::frame::{self, HEADER_BYTES, Place};
use sanduan_daemon::store::segment;
use sanduan_protocol::base::time::Wall;

const NOW: Wall = Wall(1_787_011_200_000);

/// A segment of the journal as it stands, and one whose frames are whole: each line of the bytes
/// is the payload of one.
pub fn journal(bytes: &[u8]) -> bool {
    let walk = |bytes: &[u8]| {
        let from = Place { segment: 3, offset: HEADER_BYTES as u64 };
        let mut reader = Cursor::new(bytes);
        reader.set_position(from.offset);
        let mut understood = false;
        let walked =
            segment::walk_in(&mut reader, bytes.len() as u64, from, true, &mut |payload| {
                understood |= codec::decode(&payload).is_ok();
                Ok(())
            });
        let walked = walked.expect("bytes in memory can be read");
        assert!(walked.end <= bytes.len().max(HEADER_BYTES) as u64);
        understood
    };
    let mut whole = frame::header(frame::Kind::Log, 3).to_vec();
    for (at, payload) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if !payload.is_empty() {
            let place = Place { segment: 3, offset: whole.len() as u64 };
            frame::push(&mut whole, place, at % 3 == 1, payload);
        }
    }
    if let Some(header) = bytes.first_chunk() {
        let _ = frame::read_header(header, 3);
    }
    walk(bytes) | walk(&whole)
}

/// The payload of a frame of the journal.
pub fn pairs(bytes: &[u8]) -> bool {
    let Ok(pairs) = codec::decode(bytes) else { return false };
    let again = codec::encode(&pairs).expect("no longer than it was");
    assert_eq!(codec::decode(&again), Ok(pairs));
    true
}

/// A table that people wrote.
pub fn csv(bytes: &[u8]) -> bool {
    let mut mistakes = Mistakes::default();
    let needed = ["code", "name"];
    let Some(table) = Table::parse(Path::new("units.csv"), bytes, &needed, &mut mistakes) else {
        return false;
    };
    for row in table.rows() {
        drop((row.text("name"), row.count("people", &mut mistakes), row.point(&mut mistakes)));
    }
    mistakes.into_result().is_ok()
}

/// The configuration.
pub fn config(bytes: &[u8]) -> bool {
    match Config::parse(Path::new("/etc/sanduan/config.toml"), &String::from_utf8_lossy(bytes)) {
        Ok(_) => true,
        Err(findings) => {
            drop(findings.to_string());
            false
        }
    }
}

/// A request of a local program. First line: number of the route, then `name=value` of its path
/// and query; the rest is the body.
pub fn http(bytes: &[u8]) -> bool {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let line = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let body = Bytes::copy_from_slice(bytes.get(end + 1..).unwrap_or_default());
    let mut words = line.split(' ');
    let number: usize = words.next().and_then(|word| word.parse().ok()).unwrap_or_default();
    let route = ROUTES[number % ROUTES.len()];
    let pairs: BTreeMap<String, String> = words
        .filter_map(|word| word.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    match ask::request(route.call, &pairs, &pairs, &body) {
        Ok(_) => true,
        Err(refusal) => {
            assert!(!refusal.to_string().is_empty());
            false
        }
    }
}

/// Lines of gpsd.
pub fn gpsd(bytes: &[u8]) -> bool {
    let mut understood = false;
    for line in bytes.split(|byte| *byte == b'\n') {
        understood |= match read_report(line) {
            Some(Report::Tpv(tpv)) => tpv.fix(Some(7), NOW).is_some(),
            Some(Report::Sky(_) | Report::Other) => true,
            None => false,
        };
    }
    understood
}

/// Sentences of a receiver.
pub fn nmea(bytes: &[u8]) -> bool {
    let mut epoch = Epoch::default();
    let mut understood = false;
    for line in String::from_utf8_lossy(bytes).lines() {
        let heard = epoch.take(line).and_then(|heard| heard.fix(NOW));
        understood |= heard.is_some();
        let words = line.trim_start_matches('$').split('*').next().unwrap_or_default();
        let check = words.bytes().fold(0, |sum, byte| sum ^ byte);
        let heard = epoch.take(&format!("${words}*{check:02X}"));
        understood |= heard.and_then(|heard| heard.fix(NOW)).is_some();
    }
    understood
}

/// The file that says who this device is.
pub fn member(bytes: &[u8]) -> bool {
    Member::from_text(Path::new("member.json"), &String::from_utf8_lossy(bytes)).is_ok()
}
