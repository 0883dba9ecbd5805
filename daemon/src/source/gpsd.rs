//! gpsd's JSON protocol over TCP (gpsd_json(5)): watch, take TPV for the fix and SKY for the
//! number of satellites, connect again when it goes away.

use std::time::Duration;

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::time::Wall;
use sanduan_protocol::node::input::SourceFix;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::FixDoor;
use crate::bearer::Backoff;
use crate::clock::wall;
use crate::entropy;
use crate::said::Said;

const WATCH: &[u8] = b"?WATCH={\"enable\":true,\"json\":true};\n";
/// A line of gpsd is at most 10,240 bytes (gpsd.h, GPS_JSON_RESPONSE_MAX).
const LINE_BYTES_MAX: u64 = 10_240;
/// A gpsd that says nothing for so long, while watched, has lost its receiver or its host.
const SILENCE_MAX: Duration = Duration::from_secs(120);
const CONNECT_MAX: Duration = Duration::from_secs(10);

/// Follow one gpsd until dropped.
pub async fn run(address: String, mut door: FixDoor) {
    let mut backoff = Backoff::new(Dice::new(entropy::dice_seed()));
    let mut said = String::new();
    loop {
        let why = match timeout(CONNECT_MAX, TcpStream::connect(&address)).await {
            Ok(Ok(stream)) => {
                tracing::info!(source = %door.name, %address, "已连上 gpsd / connected to gpsd");
                backoff.reset();
                said.clear();
                follow(stream, &mut door).await
            }
            Ok(Err(error)) => Said::of_line(&error).to_string(),
            Err(_) => "无应答 / no answer".to_owned(),
        };
        if said != why {
            tracing::warn!(
                source = %door.name, %address, why,
                "gpsd 不可用：检查它是否在运行 / no gpsd: check that it runs"
            );
            said = why;
        }
        tokio::time::sleep(backoff.pause()).await;
    }
}

async fn follow(stream: TcpStream, door: &mut FixDoor) -> String {
    let (from, mut to) = stream.into_split();
    if let Err(error) = to.write_all(WATCH).await {
        return Said::of_line(&error).to_string();
    }
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    let mut satellites = None;
    loop {
        line.clear();
        // A longer line is cut here, fails to read as JSON and is passed over.
        let mut limited = (&mut from).take(LINE_BYTES_MAX);
        let read = match timeout(SILENCE_MAX, limited.read_until(b'\n', &mut line)).await {
            Ok(Ok(read)) => read,
            Ok(Err(error)) => return Said::of_line(&error).to_string(),
            Err(_) => return "长时间无数据 / silent for too long".to_owned(),
        };
        if read == 0 {
            return "对方关闭 / closed by the other side".to_owned();
        }
        match read_report(&line) {
            Some(Report::Tpv(tpv)) => {
                if let Some(fix) = tpv.fix(satellites, wall()) {
                    door.offer(fix).await;
                }
            }
            Some(Report::Sky(sky)) => satellites = sky.used().or(satellites),
            Some(Report::Other) | None => {}
        }
    }
}

/// A line of gpsd, as far as it matters here.
#[derive(Debug, Deserialize)]
#[serde(tag = "class")]
pub enum Report {
    /// Time, position, velocity.
    #[serde(rename = "TPV")]
    Tpv(Tpv),
    /// Satellites.
    #[serde(rename = "SKY")]
    Sky(Sky),
    /// Everything else.
    #[serde(other)]
    Other,
}

/// A report of gpsd; `None` if the line is none.
pub fn read_report(line: &[u8]) -> Option<Report> {
    serde_json::from_slice(line).ok()
}

/// Time, position, velocity.
#[derive(Debug, Deserialize)]
pub struct Tpv {
    #[serde(default)]
    mode: u8,
    time: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    speed: Option<f64>,
    track: Option<f64>,
}

/// Satellites.
#[derive(Debug, Deserialize)]
pub struct Sky {
    #[serde(rename = "uSat")]
    used: Option<u32>,
    #[serde(default)]
    satellites: Vec<Satellite>,
}

#[derive(Debug, Deserialize)]
struct Satellite {
    #[serde(default)]
    used: bool,
}

impl Sky {
    fn used(&self) -> Option<u8> {
        let listed = self.satellites.iter().filter(|satellite| satellite.used).count() as u32;
        // Older gpsd has no uSat; a SKY without a list says nothing about use.
        let used = self.used.or((!self.satellites.is_empty()).then_some(listed));
        used.map(|used| used.min(255) as u8)
    }
}

impl Tpv {
    /// The fix, if there is one. Mode 2 is a fix in two dimensions.
    /// The fix, if it has one.
    pub fn fix(&self, satellites: Option<u8>, now: Wall) -> Option<SourceFix> {
        if self.mode < 2 {
            return None;
        }
        let point = Point::from_degrees(self.lat?, self.lon?)?;
        let taken = self.time.as_deref().and_then(rfc3339_ms).map_or(now, Wall);
        Some(SourceFix {
            unit: None,
            point,
            taken,
            speed_dm_s: self.speed.and_then(|speed| whole(speed * 10.0, 65_535.0)),
            course_deg: self.track.and_then(|track| whole(track, 360.0)).map(|deg| deg % 360),
            satellites,
            state: None,
        })
    }
}

/// A float from outside as a whole number, if it lies in 0..=max.
pub(super) fn whole(value: f64, max: f64) -> Option<u16> {
    // NaN fails both comparisons.
    (value >= 0.0 && value.round() <= max).then(|| value.round() as u16)
}

/// `2026-08-19T02:10:00.000Z` as ms since 1970. gpsd always writes UTC with Z.
pub(super) fn rfc3339_ms(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.splitn(3, '-').map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let mut time = time.splitn(3, ':');
    let hour: u64 = time.next()?.parse().ok()?;
    let minute: u64 = time.next()?.parse().ok()?;
    let second: f64 = time.next()?.parse().ok()?;
    if hour > 23 || minute > 59 || !(0.0..61.0).contains(&second) {
        return None;
    }
    let days = days_since_1970(year, month, day)?;
    let whole_ms = ((days * 24 + hour) * 60 + minute) * 60_000;
    Some(whole_ms + (second * 1000.0).round() as u64)
}

/// Days of the Gregorian calendar (Richards, "Calendars", Explanatory Supplement to the
/// Astronomical Almanac, section 15.11), for the years 1970 to 9999.
pub(super) fn days_since_1970(year: u32, month: u32, day: u32) -> Option<u64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, month, day) = (u64::from(year), u64::from(month), u64::from(day));
    let early = u64::from(month <= 2);
    let (year, shifted) = (year - early, month + 12 * early - 3);
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * shifted + 2) / 5 + day;
    // 719,469 is the value of that count on 1970-01-01.
    days.checked_sub(719_469)
}
