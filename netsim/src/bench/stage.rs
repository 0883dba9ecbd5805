//! One radio channel with nodes that know each other and have nothing to say, and a meter for what
//! the next thing costs.

use std::io::{Write, stdout};

use sanduan_protocol::base::geo::Point;
use sanduan_protocol::link::modem::kiss::encoded_bytes;
use sanduan_protocol::local::{Reply, Request};
use sanduan_protocol::node::Node;
use sanduan_protocol::wire::bundle::Section;

use super::Keying;
use crate::air::{Config, Hearing};
use crate::world::{Action, HostId, RadioId, Reading, Taped, World, district};

/// Where the stations are, so that positions lie on a grid.
pub const BAISHA: Point = Point { lat_e7: 290_612_000, lon_e7: 1_061_187_000 };
/// Long enough for the beacons of a new channel to have come down to their slowest pace, ms.
const SETTLE_MS: u64 = 30 * 60_000;
/// Stations are switched on one after another, so that each hears of all others, ms.
const SWITCH_ON_MS: u64 = 20_000;
/// Pace of the beacons then, ms.
const BEACON_MS: u64 = 300_000;
/// Somebody is heard within this time, ms.
const HEARD_MS_MAX: u64 = 4 * BEACON_MS;
/// How often the question is asked whether it is done, ms: the precision of all times.
const LOOK_MS: u64 = 100;
/// What follows within this time of the end is still counted, ms: late acks and repetitions.
const AFTER_MS: u64 = 10_000;

/// A channel in its quiet state.
pub struct Stage {
    pub world: World<Node>,
    pub hosts: Vec<HostId>,
    pub radio: RadioId,
    trace: bool,
    reading: Reading,
}

/// What one run cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Bytes on the KISS lines of all stations.
    pub bytes: u64,
    /// Frames.
    pub frames: u64,
    /// When it was done; `None` if it was not in time.
    pub done_ms: Option<u64>,
}

impl Stage {
    /// Stations that all hear each other, settled without loss; then frames are lost.
    pub fn new(
        count: usize,
        rate_bit_s: u32,
        keying: Keying,
        loss_percent: u32,
        seed: u64,
    ) -> Stage {
        let hearing = Hearing::all(count);
        Stage::among(count, hearing, rate_bit_s, keying, loss_percent, seed)
    }

    /// Stations that hear each other so.
    pub fn among(
        count: usize,
        hearing: Hearing,
        rate_bit_s: u32,
        keying: Keying,
        loss_percent: u32,
        seed: u64,
    ) -> Stage {
        let mut world = World::new(seed);
        let hosts = district::found_at(&mut world, count, seed, "白沙镇", BAISHA);
        let config = match keying {
            Keying::Radio => Config::direwolf(rate_bit_s),
            Keying::None => Config::unkeyed(rate_bit_s),
        };
        let radio = world.add_radio(config, hearing, &hosts);
        let reading = Reading::new(&district::settings(0, 0));
        let mut stage = Stage { world, hosts, radio, trace: false, reading };
        stage.world.keep_frames();
        for host in stage.hosts.clone() {
            stage.world.start(host);
            stage.run_ms(SWITCH_ON_MS);
        }
        // Every run begins at another moment between two beacons.
        stage.run_ms(SETTLE_MS + seed.wrapping_mul(79_190) % BEACON_MS);
        stage.world.act(Action::RadioLoss(radio, loss_percent * 10_000));
        stage.read();
        stage
    }

    /// The same, with every frame printed when it is counted.
    pub fn traced(self, trace: bool) -> Stage {
        Stage { trace, ..self }
    }

    pub fn run_ms(&mut self, ms: u64) {
        let until = self.world.now().after_ms(ms);
        self.world.run_until(until);
    }

    /// Ask a host and run until it answers, which takes a sync of its disk at most.
    pub fn ask(&mut self, place: usize, request: Request) -> Option<Reply> {
        let host = self.hosts[place];
        let ask = self.world.ask(host, request);
        for _ in 0..200 {
            let found = self.world.host(host).answers().find(|answer| answer.ask == ask);
            if let Some(answer) = found {
                return answer.reply.clone().ok();
            }
            self.run_ms(1);
        }
        None
    }

    /// Forget the frames so far.
    pub fn begin(&mut self) -> u64 {
        self.read();
        self.world.now().0
    }

    /// Run until a station hears another; the moment.
    pub fn until_heard(&mut self) -> u64 {
        let heard = |stage: &Stage| -> u64 {
            let air = stage.world.air(stage.radio);
            air.stations().map(|station| air.counts(station).heard_frames).sum()
        };
        let before = heard(self);
        let limit = self.world.now().after_ms(HEARD_MS_MAX);
        while heard(self) == before && self.world.now() < limit {
            self.run_ms(LOOK_MS);
        }
        self.world.now().0
    }

    /// Run until `done`, then a little longer. What did it cost since `begun_ms`?
    pub fn measure(
        &mut self,
        begun_ms: u64,
        limit_ms: u64,
        mut done: impl FnMut(&mut Stage) -> bool,
    ) -> Cost {
        let mut done_ms = None;
        while done_ms.is_none() && self.world.now().0 < begun_ms + limit_ms {
            self.run_ms(LOOK_MS);
            if done(self) {
                done_ms = Some(self.world.now().0 - begun_ms);
            }
        }
        self.run_ms(AFTER_MS);
        Cost { done_ms, ..self.count() }
    }

    /// Bytes of the frames that a station sent since the last count.
    pub fn frame_bytes(&mut self, place: usize) -> impl Iterator<Item = usize> {
        let host = self.hosts[place];
        let sent = self.read().into_iter();
        sent.filter(move |(taped, ..)| taped.host == host).map(|(taped, ..)| taped.frame.len())
    }

    /// Of the frames that a station sent since the last count, those up to the first that says
    /// such a thing: how many, and their bytes.
    pub fn until_said(&mut self, place: usize, is_meant: impl Fn(&Section) -> bool) -> (u64, u64) {
        let host = self.hosts[place];
        let sent = self.read();
        self.tell(&sent);
        let (mut frames, mut bytes) = (0, 0);
        for (taped, _, sections) in sent.iter().filter(|(taped, ..)| taped.host == host) {
            (frames, bytes) = (frames + 1, bytes + encoded_bytes(&taped.frame) as u64);
            if sections.iter().any(&is_meant) {
                break;
            }
        }
        (frames, bytes)
    }

    /// The frames since this was last asked, each with a line for people and what it says. All of
    /// them are read: the number of most says nothing to one who has not heard those before.
    fn read(&mut self) -> Vec<(Taped, String, Vec<Section>)> {
        let frames = self.world.take_frames().into_iter();
        let reading = &mut self.reading;
        frames
            .map(|taped| {
                let (line, sections) = reading.line_and_sections(&taped);
                (taped, line, sections)
            })
            .collect()
    }

    /// Print what was said, if that was asked for.
    fn tell(&self, frames: &[(Taped, String, Vec<Section>)]) {
        for (_, line, _) in frames.iter().filter(|_| self.trace) {
            // A reader that has gone away wants no more lines.
            let _ = writeln!(stdout(), "{line}");
        }
    }

    /// Frames since the last count.
    pub fn count(&mut self) -> Cost {
        let frames = self.read();
        self.tell(&frames);
        let bytes = frames.iter().map(|(taped, ..)| encoded_bytes(&taped.frame) as u64).sum();
        Cost { bytes, frames: frames.len() as u64, done_ms: None }
    }
}
