//! Receivers as they speak: gpsd's lines, NMEA of several talkers, a serial line, a replay.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::timeout;

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::time::Wall;

use super::nmea::Epoch;
use super::*;
use gpsd::{Report, read_report, rfc3339_ms};

const TPV: &str = concat!(
    r#"{"class":"TPV","device":"/dev/pts/1","mode":3,"time":"2026-08-19T02:10:00.250Z","#,
    r#""lat":29.0612,"lon":106.1187,"alt":190.1,"track":359.8,"speed":3.14}"#
);
const SKY: &str = concat!(
    r#"{"class":"SKY","satellites":[{"PRN":1,"used":true},{"PRN":2,"used":false},"#,
    r#"{"PRN":201,"used":true}]}"#
);

#[test]
fn a_tpv_becomes_a_fix_with_the_receivers_own_time() {
    let Some(Report::Tpv(tpv)) = read_report(TPV.as_bytes()) else { panic!("a TPV") };
    let fix = tpv.fix(Some(9), Wall(0)).expect("a fix");
    assert_eq!((fix.point.lat_e7, fix.point.lon_e7), (290_612_000, 1_061_187_000));
    assert_eq!(fix.taken, Wall(1_787_105_400_250));
    assert_eq!((fix.speed_dm_s, fix.course_deg, fix.satellites), (Some(31), Some(0), Some(9)));
}

#[test]
fn lines_that_are_no_fix_give_none_and_never_panic() {
    for line in [
        r#"{"class":"TPV","mode":1}"#,
        r#"{"class":"TPV","mode":3,"lat":91.0,"lon":0.0}"#,
        r#"{"class":"TPV","mode":3,"lat":29.0}"#,
    ] {
        let Some(Report::Tpv(tpv)) = read_report(line.as_bytes()) else { panic!("a TPV") };
        assert_eq!(tpv.fix(None, Wall(5)), None, "{line}");
    }
    for line in ["", "{", "[]", r#"{"class":7}"#, r#"{"class":"TPV","mode":"x"}"#, "\u{0}"] {
        assert!(read_report(line.as_bytes()).is_none(), "{line}");
    }
    let version = br#"{"class":"VERSION","release":"3.22"}"#;
    assert!(matches!(read_report(version), Some(Report::Other)));
}

#[test]
fn times_are_read_and_nonsense_is_not() {
    assert_eq!(rfc3339_ms("1970-01-01T00:00:00Z"), Some(0));
    assert_eq!(rfc3339_ms("2000-02-29T12:00:00.5Z"), Some(951_825_600_500));
    assert_eq!(rfc3339_ms("2024-12-31T23:59:60Z"), Some(1_735_689_600_000));
    for text in ["", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01", "x-y-zTa:b:cZ"] {
        assert_eq!(rfc3339_ms(text), None, "{text}");
    }
}

#[test]
fn every_talker_of_a_beidou_receiver_is_read() {
    for talker in ["GP", "GN", "GB", "BD"] {
        let mut epoch = Epoch::default();
        let rmc = "RMC,021000.25,A,2903.6720,N,10607.1220,E,6.1,359.8,190826,,,A";
        let heard = epoch.take(&sentence(&format!("{talker}{rmc}"))).expect(talker);
        let fix = heard.fix(Wall(0)).expect(talker);
        assert_eq!((fix.point.lat_e7, fix.point.lon_e7), (290_612_000, 1_061_187_000), "{talker}");
        assert_eq!(fix.taken, Wall(1_787_105_400_250), "{talker}");
        assert_eq!((fix.speed_dm_s, fix.course_deg), (Some(31), Some(0)));
    }
}

#[test]
fn satellites_come_from_gga_and_a_gga_alone_is_a_fix() {
    let mut epoch = Epoch::default();
    let gga = sentence("GNGGA,021000.00,2903.6720,N,10607.1220,E,1,14,0.8,190.1,M,,M,,");
    let fix = epoch.take(&gga).and_then(|heard| heard.fix(Wall(77))).expect("a fix");
    assert_eq!((fix.satellites, fix.taken), (Some(14), Wall(77)));
    let rmc = sentence("GNRMC,021001.00,A,2903.6720,N,10607.1220,E,,,190826,,,A");
    assert_eq!(
        epoch.take(&rmc).and_then(|heard| heard.fix(Wall(0))).expect("fix").satellites,
        Some(14)
    );
    assert!(epoch.take(&gga).is_none(), "from now on RMC gives the fix");
}

#[test]
fn noise_and_invalid_fixes_are_passed_over() {
    let mut epoch = Epoch::default();
    let void = sentence("GNRMC,021001.00,V,,,,,,,190826,,,N");
    let bad_sum = "$GNRMC,021001.00,A,2903.6720,N,10607.1220,E,,,190826,,,A*00";
    for line in [void.as_str(), bad_sum, "", "$", "$*", "$BD*06", "\u{fffd}$GN", "$BDTCI,1,2*7f"] {
        assert_eq!(epoch.take(line).and_then(|heard| heard.fix(Wall(0))), None, "{line}");
    }
}

#[test]
fn mutated_sentences_and_reports_never_panic() {
    let mut dice = Dice::new(819);
    let mut epoch = Epoch::default();
    let rmc = sentence("GNRMC,021000.25,A,2903.6720,N,10607.1220,E,6.1,359.8,190826,,,A");
    let gga = sentence("BDGGA,021000.00,2903.6720,N,10607.1220,E,1,14,0.8,190.1,M,,M,,");
    for round in 0..20_000 {
        let mut bytes = [rmc.as_bytes(), gga.as_bytes(), TPV.as_bytes()][round % 3].to_vec();
        for _ in 0..dice.between(1, 4) {
            let at = dice.below(bytes.len() as u64) as usize;
            bytes[at] = dice.below(256) as u8;
        }
        let text = String::from_utf8_lossy(&bytes);
        // With a sum that fits, the mutation reaches the parser behind the check.
        let body = text.trim_start_matches('$').split('*').next().unwrap_or_default();
        for line in [text.as_ref(), &sentence(body)] {
            let fix = epoch.take(line).and_then(|heard| heard.fix(Wall(0)));
            assert!(fix.is_none_or(|fix| fix.point.is_valid()));
        }
        if let Some(Report::Tpv(tpv)) = read_report(&bytes) {
            assert!(tpv.fix(None, Wall(0)).is_none_or(|fix| fix.point.is_valid()));
        }
    }
}

#[tokio::test]
async fn gpsd_is_watched_and_found_again_after_it_went_away() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound").to_string();
    let (_tasks, mut fixes) = started(SourceKind::Gpsd { address }).await;
    for (round, lat) in ["29.1", "29.2"].into_iter().enumerate() {
        let (mut gpsd, _) = listener.accept().await.expect("connects");
        let mut asked = [0; 7];
        gpsd.read_exact(&mut asked).await.expect("asks");
        assert!(asked.starts_with(b"?WATCH="));
        let time = format!("2026-08-19T02:1{round}:00Z");
        let tpv = format!(r#"{{"class":"TPV","mode":3,"time":"{time}","lat":{lat},"lon":106.1}}"#);
        let lines = format!("{}\n{SKY}\n{tpv}\n", "x".repeat(30_000));
        gpsd.write_all(lines.as_bytes()).await.expect("open");
        let fix = next(&mut fixes).await;
        assert_eq!(fix.point.lat().to_string(), lat);
        assert_eq!(fix.satellites, Some(2));
    }
}

#[tokio::test]
async fn a_recorded_file_is_played_at_its_speed() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("track.nmea");
    let track: String = (0..4)
        .map(|step| {
            let body = format!("GNRMC,02100{step}.00,A,290{step}.0000,N,10607.0000,E,,,190826,,,A");
            sentence(&body) + "\r\n"
        })
        .collect();
    std::fs::write(&file, track).expect("writable");
    let begin = Instant::now();
    let (_tasks, mut fixes) = started(SourceKind::NmeaFile { file, speed: 4.0 }).await;
    let first = next(&mut fixes).await;
    assert_eq!(first.point.lat_e7, 290_000_000);
    assert!(first.taken > Wall(1_600_000_000_000), "the present time, not the recorded one");
    // A second of track lasts a quarter; two fixes a second go on.
    assert_eq!(next(&mut fixes).await.point.lat_e7, 290_333_333);
    assert!(begin.elapsed() >= Duration::from_millis(500), "{:?}", begin.elapsed());
}

async fn started(kind: SourceKind) -> (Sources, mpsc::Receiver<Input>) {
    let (inputs, fixes) = mpsc::channel(16);
    let mut sources = Sources::new(inputs);
    sources.apply(&[SourceConfig { name: "s".to_owned(), kind }]).await;
    (sources, fixes)
}

async fn next(fixes: &mut mpsc::Receiver<Input>) -> SourceFix {
    match timeout(Duration::from_secs(10), fixes.recv()).await {
        Ok(Some(Input::Fix(fix))) => fix,
        other => panic!("{other:?}"),
    }
}

fn sentence(body: &str) -> String {
    let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("${body}*{sum:02X}")
}
