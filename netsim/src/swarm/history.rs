//! The history of one seed, from its first frame to silence.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sanduan_protocol::base::time::Mono;
use serde::Serialize;

use super::calm::{Calm, Watch};
use super::ground::Ground;
use super::insider::Insider;
use super::options::{Bounds, Options};
use super::oracle::Oracle;
use super::people::{Answers, People};
use crate::world::{HostId, Reading, Taped, district};

/// Broken promises told of one seed.
const BREACHES_TOLD: usize = 20;

/// What one seed came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// One number for everything that happened, in its order.
    pub fingerprint: u64,
    /// Promises that were broken, the first ones.
    pub breaches: Vec<String>,
    /// What people were told.
    pub answers: Answers,
    /// Frames handed to links.
    pub frames: u64,
    /// Their bytes.
    pub frame_bytes: u64,
    /// Crashes of all hosts.
    pub crashes: u64,
    /// Inputs of all nodes.
    pub inputs: u64,
    /// How it ended.
    pub calm: Calm,
}

/// One seed being told.
pub struct History {
    options: Options,
    ground: Ground,
    people: People,
    insider: Option<Insider>,
    oracle: Oracle,
}

impl History {
    /// The history of these options, begun.
    pub fn begin(options: Options, bounds: &Bounds) -> History {
        let mut ground = Ground::new(&options);
        if let Some(canary) = bounds.canary {
            ground.world.set_canary(canary);
        }
        let people = People::new(&options);
        let insider = Insider::new(&options);
        let oracle = Oracle::new(&ground);
        ground.world.start_all();
        History { options, ground, people, insider, oracle }
    }

    /// What this seed comes to within these bounds. A panic is a broken promise too.
    pub fn tell(seed: u64, bounds: &Bounds) -> Outcome {
        let told = catch_unwind(AssertUnwindSafe(|| {
            History::begin(Options::draw(seed, bounds), bounds).finish()
        }));
        told.unwrap_or_else(|cause| {
            let text = cause.downcast_ref::<String>().cloned();
            let text = text.or_else(|| cause.downcast_ref::<&str>().map(|&text| text.to_owned()));
            Outcome {
                seed,
                fingerprint: 0,
                breaches: vec![format!("S12 panic: {}", text.unwrap_or_default())],
                answers: Answers::default(),
                frames: 0,
                frame_bytes: 0,
                crashes: 0,
                inputs: 0,
                calm: Calm::default(),
            }
        })
    }

    /// Print the frames of these places (all if none) up to this second, through `say`.
    pub fn replay(mut self, until_s: u64, places: &[usize], say: &mut dyn FnMut(String)) {
        let mut reading = Reading::new(&district::settings(0, 0));
        let mut is_calm = false;
        while self.ground.world.now() < Mono(until_s * 1000) {
            if !is_calm && !self.work_goes_on() {
                is_calm = true;
                say("the faults stop".to_owned());
                self.ground.calm(self.left_behind());
            }
            let mut each = |taped: &Taped| {
                if places.is_empty() || places.contains(&usize::from(taped.host.0)) {
                    say(reading.line(taped));
                }
            };
            match is_calm {
                false => self.second_with(&mut each),
                true => {
                    self.ground.world.run_until(self.ground.world.now().after_ms(1000));
                    self.oracle.look_with(&mut self.ground, &mut self.people, &mut each);
                }
            }
        }
        self.ground.world.breaches().iter().for_each(|breach| say(breach.to_string()));
    }

    /// Tell it to its end.
    pub fn finish(mut self) -> Outcome {
        while self.work_goes_on() {
            self.second_with(&mut |_| {});
        }
        let left_behind = self.left_behind();
        self.options.left_behind = left_behind;
        self.ground.calm(left_behind);
        let hosts = self.ground.hosts.iter().enumerate();
        let core: Vec<HostId> =
            hosts.filter(|(place, _)| Some(*place) != left_behind).map(|(_, host)| *host).collect();
        let watch = Watch {
            ground: &mut self.ground,
            people: &mut self.people,
            oracle: &mut self.oracle,
            core,
        };
        let calm = watch.run(&self.options);
        let world = &self.ground.world;
        let (frames, frame_bytes) = self.oracle.said();
        let hosts = || world.host_ids().map(|id| world.host(id));
        Outcome {
            seed: self.options.seed,
            fingerprint: world.fingerprint(),
            breaches: world.breaches().iter().take(BREACHES_TOLD).map(|b| b.to_string()).collect(),
            answers: self.people.answers,
            frames,
            frame_bytes,
            crashes: hosts().map(|host| u64::from(host.crashes())).sum(),
            inputs: hosts().map(|host| host.inputs()).sum(),
            calm,
        }
    }

    /// The place that stays down, if the others are connected without it.
    fn left_behind(&self) -> Option<usize> {
        self.options.left_behind.filter(|place| self.options.core(Some(*place)).is_some())
    }

    fn work_goes_on(&self) -> bool {
        self.ground.world.now() < Mono(self.options.minutes * 60_000)
    }

    fn second_with(&mut self, each: &mut dyn FnMut(&Taped)) {
        let until = self.ground.world.now().after_ms(1000);
        self.ground.world.run_until(until);
        self.people.act(&mut self.ground);
        if let Some(insider) = &mut self.insider {
            insider.act(&mut self.ground);
        }
        self.oracle.look_with(&mut self.ground, &mut self.people, each);
    }
}
