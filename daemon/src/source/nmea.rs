//! NMEA 0183 from a serial receiver, or from a recorded file at any speed. Sentences are read by
//! the `nmea` crate; here they become fixes once an epoch.
//!
//! Talkers GP, GN, GB and the older BD of BeiDou receivers are taken; the checksum must be right.

use std::path::PathBuf;
use std::time::Duration;

use ::nmea::ParseResult;
use ::nmea::sentences::rmc::RmcStatusOfFix;
use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::time::Wall;
use sanduan_protocol::node::input::SourceFix;
use serial2_tokio::SerialPort;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

use super::FixDoor;
use super::gpsd::{days_since_1970, whole};
use crate::bearer::{Backoff, serial_reason};
use crate::clock::wall;
use crate::entropy;
use crate::said::Said;

/// NMEA allows 82 characters; some receivers write longer ones.
const LINE_BYTES_MAX: u64 = 256;
/// A replayed pause longer than this is cut short.
const PAUSE_MAX: Duration = Duration::from_secs(600);
/// How often a replay that has ended says that it stands still.
const REST: Duration = Duration::from_secs(15);
/// 1 knot in dm/s: 1,852 m in 3,600 s (ISO 80000-3).
const KNOT_DM_S: f64 = 18_520.0 / 3_600.0;

/// Follow a serial receiver until dropped.
pub async fn run_serial(device: PathBuf, baud: u32, mut door: FixDoor) {
    let mut backoff = Backoff::new(Dice::new(entropy::dice_seed()));
    let mut said = String::new();
    loop {
        let why = match SerialPort::open(&device, baud) {
            Ok(port) => {
                tracing::info!(source = %door.name, device = %device.display(), "串口已打开 / open");
                backoff.reset();
                said.clear();
                follow(port, &mut door).await
            }
            Err(error) => serial_reason(&device, &error),
        };
        if said != why {
            tracing::warn!(source = %door.name, why, "定位来源中断 / source down");
            said = why;
        }
        tokio::time::sleep(backoff.pause()).await;
    }
}

async fn follow(port: impl AsyncRead + Unpin, door: &mut FixDoor) -> String {
    let mut lines = Lines::new(port);
    let mut epoch = Epoch::default();
    loop {
        match lines.next().await {
            Ok(Some(line)) => {
                if let Some(fix) = epoch.take(&line).and_then(|heard| heard.fix(wall())) {
                    door.offer(fix).await;
                }
            }
            Ok(None) => return "串口关闭 / the port was closed".to_owned(),
            Err(error) => return Said::of_line(&error).to_string(),
        }
    }
}

/// Play a recorded file once, `speed` times as fast as it was recorded, then stay where it ended.
/// Fixes carry the present time: a replay stands for a receiver that is here now.
pub async fn run_file(file: PathBuf, speed: f64, mut door: FixDoor) {
    let opened = match tokio::fs::File::open(&file).await {
        Ok(opened) => opened,
        Err(error) => {
            tracing::warn!(
                source = %door.name, file = %file.display(), %error,
                "打不开回放文件：检查配置中的 file / cannot open the file: check `file`"
            );
            return;
        }
    };
    let mut lines = Lines::new(opened);
    let mut epoch = Epoch::default();
    let (mut last_ms, mut last) = (None, None);
    while let Ok(Some(line)) = lines.next().await {
        let Some(heard) = epoch.take(&line) else { continue };
        if let (Some(before), Some(now)) = (last_ms, heard.day_ms) {
            let pause = Duration::from_millis(ms_between(before, now)).div_f64(speed);
            tokio::time::sleep(pause.min(PAUSE_MAX)).await;
        }
        last_ms = heard.day_ms.or(last_ms);
        let replayed = Heard { date_days: None, ..heard };
        if let Some(fix) = replayed.fix(wall()) {
            door.offer(fix).await;
            last = Some(replayed);
        }
    }
    tracing::info!(source = %door.name, "回放结束，停在终点 / the replay has ended and stays there");
    while let Some(fix) = last.and_then(|last| last.fix(wall())) {
        tokio::time::sleep(REST).await;
        door.offer(SourceFix { taken: wall(), ..fix }).await;
    }
}

/// From one time of day to the next, over midnight too.
fn ms_between(before: u64, now: u64) -> u64 {
    const DAY_MS: u64 = 86_400_000;
    (now + DAY_MS - before) % DAY_MS
}

/// Lines of bounded length.
struct Lines<R> {
    from: BufReader<R>,
    line: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    fn new(from: R) -> Lines<R> {
        Lines { from: BufReader::new(from), line: Vec::new() }
    }

    async fn next(&mut self) -> std::io::Result<Option<String>> {
        self.line.clear();
        let mut limited = (&mut self.from).take(LINE_BYTES_MAX);
        if limited.read_until(b'\n', &mut self.line).await? == 0 {
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&self.line).trim().to_owned()))
    }
}

/// What the receiver said of one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Heard {
    point: Option<Point>,
    /// Days since 1970.
    date_days: Option<u64>,
    /// Milliseconds since midnight UTC.
    day_ms: Option<u64>,
    speed_dm_s: Option<u16>,
    course_deg: Option<u16>,
    satellites: Option<u8>,
}

impl Heard {
    /// The fix, if it has a point; `now` stands in for a time that the receiver did not say.
    pub fn fix(&self, now: Wall) -> Option<SourceFix> {
        let own = self.date_days.zip(self.day_ms).map(|(days, ms)| Wall(days * 86_400_000 + ms));
        Some(SourceFix {
            unit: None,
            point: self.point?,
            taken: own.unwrap_or(now),
            speed_dm_s: self.speed_dm_s,
            course_deg: self.course_deg,
            satellites: self.satellites,
            state: None,
        })
    }
}

/// Gathers GGA and RMC of one moment. RMC gives the fix; GGA before it adds the satellites. A
/// receiver that never writes RMC gives a fix with each GGA.
#[derive(Debug, Default)]
pub struct Epoch {
    satellites: Option<u8>,
    rmc_seen: bool,
}

impl Epoch {
    /// Take in one sentence.
    pub fn take(&mut self, line: &str) -> Option<Heard> {
        match ::nmea::parse_str(&with_known_talker(line)?).ok()? {
            ParseResult::RMC(rmc) => {
                self.rmc_seen = true;
                if rmc.status_of_fix == RmcStatusOfFix::Invalid {
                    return None;
                }
                let knots = rmc.speed_over_ground.map(f64::from);
                let course = rmc.true_course.map(f64::from);
                Some(Heard {
                    point: point(rmc.lat, rmc.lon),
                    date_days: rmc.fix_date.and_then(|date| date_days(&date.to_string())),
                    day_ms: rmc.fix_time.and_then(|time| day_ms(&time.to_string())),
                    speed_dm_s: knots.and_then(|knots| whole(knots * KNOT_DM_S, 65_535.0)),
                    course_deg: course.and_then(|deg| whole(deg, 360.0)).map(|deg| deg % 360),
                    satellites: self.satellites,
                })
            }
            ParseResult::GGA(gga) => {
                self.satellites = gga.fix_satellites.and_then(|count| u8::try_from(count).ok());
                if self.rmc_seen {
                    return None;
                }
                Some(Heard {
                    point: point(gga.latitude, gga.longitude),
                    day_ms: gga.fix_time.and_then(|time| day_ms(&time.to_string())),
                    satellites: self.satellites,
                    ..Heard::default()
                })
            }
            // Everything else a receiver may say is passed over.
            _ => None,
        }
    }
}

fn point(lat: Option<f64>, lon: Option<f64>) -> Option<Point> {
    Point::from_degrees(lat?, lon?)
}

/// `2026-08-19` as days since 1970.
fn date_days(text: &str) -> Option<u64> {
    let mut parts = text.splitn(3, '-').map(|part| part.parse().ok());
    days_since_1970(parts.next()??, parts.next()??, parts.next()??)
}

/// `02:10:00.250` as milliseconds since midnight.
fn day_ms(text: &str) -> Option<u64> {
    super::gpsd::rfc3339_ms(&format!("1970-01-01T{text}Z"))
}

/// The sentence if its checksum is right, with the talker BD written as GB: the crate knows only
/// the newer word for BeiDou (NMEA 0183 version 4.11).
fn with_known_talker(line: &str) -> Option<String> {
    let (body, sum) = line.strip_prefix('$')?.split_once('*')?;
    let found = u8::from_str_radix(sum.get(..2)?, 16).ok()?;
    if checksum(body) != found {
        return None;
    }
    let Some(rest) = body.strip_prefix("BD") else { return Some(line.to_owned()) };
    let body = format!("GB{rest}");
    let sum = checksum(&body);
    Some(format!("${body}*{sum:02X}"))
}

fn checksum(body: &str) -> u8 {
    body.bytes().fold(0, |sum, byte| sum ^ byte)
}
