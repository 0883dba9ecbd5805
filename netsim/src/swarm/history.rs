//! The history of one seed, from its first frame to silence.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sanduan_protocol::base::time::Mono;
use serde::Serialize;

use super::calm::{Calm, Watch};
use super::foes::Foes;
use super::ground::Ground;
use super::inside;

use super::options::{Bounds, Options};
use super::oracle::Oracle;
use super::people::{Answers, People};
use super::plot::{Deed, Event, Plot};
use super::seen::Seen;
use crate::world::{Canary, Disk, HostId, Reading, Taped, district};

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
    /// Records whose words went to make room and are gone on some disk in the end.
    pub evicted: u64,
    /// How it ended.
    pub calm: Calm,
    /// What befell it, and how often it was judged.
    pub seen: Seen,
}

/// One seed being told.
pub struct History {
    options: Options,
    ground: Ground,
    people: People,
    foes: Foes,
    oracle: Oracle,
    /// Nothing more is told once this checker has failed.
    stop_at: Option<String>,
    /// What befell it so far.
    seen: Seen,
}

impl History {
    /// The history of these options, begun.
    pub fn begin(options: Options, bounds: &Bounds) -> History {
        let ground = Ground::new(&options);
        let faults = ground.faults(&options);
        History::on(ground, options, bounds.canary, &faults)
    }

    /// The history of this plot, begun.
    pub fn follow(plot: &Plot) -> History {
        let ground = Ground::new(&plot.options);
        let mut history = History::on(ground, plot.options.clone(), plot.canary, &plot.events);
        let only = |wanted: fn(&Deed) -> bool| {
            plot.events.iter().filter(|event| wanted(&event.deed)).cloned().collect()
        };
        let is_wish = |deed: &Deed| {
            matches!(deed, Deed::Enter { .. } | Deed::Carry { .. } | Deed::Errand { .. })
        };
        history.people.follow(only(is_wish));
        history.foes.follow(&plot.events);
        history
    }

    fn on(
        mut ground: Ground,
        options: Options,
        canary: Option<Canary>,
        faults: &[Event],
    ) -> History {
        ground.plan(faults);
        if let Some(canary) = canary {
            ground.world.set_canary(canary);
        }
        let people = People::new(&options);
        let foes = Foes::new(&options);
        let oracle = Oracle::new(&ground);
        ground.world.start_all();
        let mut seen = Seen::default();
        let end_ms = options.minutes * 60_000;
        faults.iter().filter(|event| event.at_ms <= end_ms).for_each(|event| seen.note(event));
        History { options, ground, people, foes, oracle, stop_at: None, seen }
    }

    /// What this seed comes to within these bounds. A panic is a broken promise too.
    pub fn tell(seed: u64, bounds: &Bounds) -> Outcome {
        let options = Options::draw(seed, bounds);
        safely(seed, || History::begin(options, bounds).finish())
    }

    /// The story of these options and all that happened in it.
    pub fn tell_and_write(options: Options, canary: Option<Canary>) -> (Vec<Event>, Outcome) {
        let ground = Ground::new(&options);
        let mut events = ground.faults(&options);
        let end_ms = options.minutes * 60_000;
        events.retain(|event| event.at_ms <= end_ms);
        let mut written = Vec::new();
        let outcome = safely(options.seed, || {
            let mut history = History::on(ground, options, canary, &events);
            history.tell_work(&mut |done| written.extend(done));
            history.settle()
        });
        events.append(&mut written);
        events.sort_by_key(|event| event.at_ms);
        (events, outcome)
    }

    /// What a plot comes to.
    pub fn tell_plot(plot: &Plot) -> Outcome {
        safely(plot.options.seed, || History::follow(plot).finish())
    }

    /// True if the checker of this plot fails in it; it is told no further than that.
    pub fn fails(plot: &Plot) -> bool {
        let outcome = safely(plot.options.seed, || {
            let mut history = History::follow(plot);
            history.stop_at = Some(plot.fails.clone());
            history.finish()
        });
        outcome.breaches.iter().any(|what| checker_of(what) == plot.fails)
    }

    /// True if there is no need to go on.
    fn has_failed(&self) -> bool {
        let is_it = |what: &str| self.stop_at.as_deref() == what.split(' ').next();
        self.stop_at.is_some() && self.ground.world.breaches().iter().any(|b| is_it(&b.what))
    }

    /// Print the frames of these places (all if none) up to this second, through `say`.
    pub fn replay(mut self, until_s: u64, want: &Wanted<'_>, say: &mut dyn FnMut(String)) {
        let mut reading = Reading::new(&district::settings_in(self.ground.suite, 0, 0));
        let mut is_calm = false;
        while self.ground.world.now() < Mono(until_s * 1000) {
            if !is_calm && !self.work_goes_on() {
                is_calm = true;
                say("the faults stop".to_owned());
                self.ground.calm(self.left_behind());
            }
            let mut second: Vec<Taped> = Vec::new();
            let mut each = |taped: &Taped| {
                if want.frames_of.is_empty() || want.frames_of.contains(&usize::from(taped.host.0))
                {
                    second.push(taped.clone());
                }
            };
            match is_calm {
                false => self.second_with(&mut each),
                true => {
                    self.ground.world.run_until(self.ground.world.now().after_ms(1000));
                    self.people.go_round(&mut self.ground);
                    self.oracle.look_with(&mut self.ground, &mut self.people, &mut each);
                }
            }
            let hosts = self.ground.hosts.iter();
            let nodes = hosts.filter_map(|host| self.ground.world.host(*host).machine());
            nodes.for_each(|node| reading.learn(node));
            second.iter().for_each(|taped| say(reading.line(taped)));
        }
        for &place in want.state_of {
            let host = self.ground.hosts.get(place).map(|host| self.ground.world.host(*host));
            let node = host.and_then(|host| host.machine());
            node.into_iter().flat_map(|node| inside::lines(place, node)).for_each(&mut *say);
        }
        self.ground.world.breaches().iter().for_each(|breach| say(breach.to_string()));
    }

    /// Tell it to its end.
    pub fn finish(mut self) -> Outcome {
        self.tell_work(&mut |_| {});
        match self.has_failed() {
            true => self.outcome(Calm::default()),
            false => self.settle(),
        }
    }

    /// Until the faults stop; `each` is told every second what people and their foes did in it.
    fn tell_work(&mut self, each: &mut dyn FnMut(Vec<Event>)) {
        while self.work_goes_on() && !self.has_failed() {
            self.second_with(&mut |_| {});
            let mut done = std::mem::take(&mut self.people.entered);
            done.extend(self.foes.take_done());
            done.iter().for_each(|event| self.seen.note(event));
            each(done);
        }
    }

    /// The faults stop.
    fn settle(mut self) -> Outcome {
        let left_behind = self.left_behind();
        self.options.left_behind = left_behind;
        left_behind.into_iter().for_each(|place| self.people.leave_behind(place));
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
        self.outcome(calm)
    }

    fn outcome(&self, calm: Calm) -> Outcome {
        let world = &self.ground.world;
        let (frames, frame_bytes) = self.oracle.said();
        let hosts = || world.host_ids().map(|id| world.host(id));
        let mut seen = self.seen.clone();
        self.oracle.tell(&mut seen);
        seen.end(&self.ground, calm.agreed_s.is_some());
        Outcome {
            seed: self.options.seed,
            fingerprint: world.fingerprint(),
            breaches: world.breaches().iter().take(BREACHES_TOLD).map(|b| b.to_string()).collect(),
            answers: self.people.answers,
            frames,
            frame_bytes,
            crashes: hosts().map(|host| u64::from(host.crashes())).sum(),
            inputs: hosts().map(|host| host.inputs()).sum(),
            evicted: hosts()
                .filter_map(|host| host.machine())
                .map(|node| u64::from(node.book().gone_count()))
                .sum(),
            calm,
            seen,
        }
    }

    /// The place that stays down, if the others are connected without it, and among them hold a
    /// good copy of all that their disks have lost.
    fn left_behind(&self) -> Option<usize> {
        let place = self.options.left_behind?;
        self.options.core(Some(place))?;
        let others = self.ground.hosts.iter().enumerate().filter(|(other, _)| *other != place);
        let disks: Vec<&Disk> =
            others.map(|(_, host)| self.ground.world.host(*host).disk()).collect();
        // A seal is as good as any later one of its lane.
        let has_later = |disk: &Disk, key: &[u8]| {
            key[0] == b's'
                && key.len().checked_sub(4).is_some_and(|lane| {
                    let end = [&key[..lane], &[u8::MAX; 4]].concat();
                    disk.stored().range(key.to_vec()..=end).next().is_some()
                })
        };
        let is_held = |key: &Vec<u8>| {
            disks.iter().any(|disk| disk.stored().contains_key(key) || has_later(disk, key))
        };
        disks.iter().flat_map(|disk| disk.lost()).all(is_held).then_some(place)
    }

    fn work_goes_on(&self) -> bool {
        self.ground.world.now() < Mono(self.options.minutes * 60_000)
    }

    fn second_with(&mut self, each: &mut dyn FnMut(&Taped)) {
        let until = self.ground.world.now().after_ms(1000);
        self.ground.world.run_until(until);
        self.people.act(&mut self.ground);
        self.foes.act(&mut self.ground);
        let foes = &mut self.foes;
        self.oracle.look_with(&mut self.ground, &mut self.people, &mut |taped| {
            foes.overhear(taped);
            each(taped);
        });
    }
}

/// What a story came to. A panic is a broken promise too.
fn safely(seed: u64, story: impl FnOnce() -> Outcome) -> Outcome {
    let told = catch_unwind(AssertUnwindSafe(story));
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
            evicted: 0,
            calm: Calm::default(),
            seen: Seen::default(),
        }
    })
}

/// What is to be told of a seed that is told again.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The frames of these places; of all if there are none.
    pub frames_of: &'a [usize],
    /// What these places hold at the end.
    pub state_of: &'a [usize],
}

/// The checker's name in a broken promise as it is told, or the first words.
pub fn checker_of(what: &str) -> &str {
    if what.starts_with("S12 panic") {
        return "S12";
    }
    let what = what.split_once(": ").map_or(what, |(_, after)| after);
    let is_checker = what.starts_with('S') || what.starts_with('L');
    if is_checker { what.split(' ').next().unwrap_or(what) } else { what }
}
