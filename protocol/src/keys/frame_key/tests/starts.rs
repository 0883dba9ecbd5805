//! What keeps numbers apart: restarts, disks that were put back to an older copy, two machines
//! with one disk; and what a hearer makes of their starts.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::senders::START_QUIET_MS;
use super::*;
use crate::base::caps::COUNTERS_LEFT_MIN;
use crate::base::dice::Dice;
use crate::base::time::Wall;

const LATER: Start = Start::of_bytes([1, 2, 3, 4, 5, 7]);
const LATEST: Start = Start::of_bytes([1, 2, 3, 4, 6, 0]);

fn frame(start: Start, counter: u64) -> Vec<u8> {
    whole(&mut sealer_of(1, start, counter), b"x")
}

#[test]
fn nothing_is_sealed_before_a_start_is_begun() {
    let mut sealer = FrameSealer::new(key(), DeviceId(1));
    assert_eq!(sealer.seal(b"x", Manner::SHORT), Err(SealError::NeedStart));
    assert!(sealer.wants_start() && sealer.number().is_none() && sealer.left() == 0);
    sealer.begin(START);
    assert!(!sealer.wants_start());
    assert_eq!(sealer.number(), Some(FrameNo { start: START, counter: 0 }));
    short(&mut sealer, b"x");
    sealer.begin(START);
    assert_eq!(sealer.number().map(|next| next.counter), Some(1), "a start is begun once");
    sealer.begin(Start::default());
    assert_eq!(sealer.number().map(|next| next.start), Some(START), "and never an earlier one");
}

#[test]
fn the_last_number_is_used_once_and_another_start_is_wanted_long_before() {
    let mut sealer = sealer_at(COUNTER_END - COUNTERS_LEFT_MIN);
    assert!(!sealer.wants_start());
    short(&mut sealer, b"x");
    assert!(sealer.wants_start());
    sealer.skip_to(COUNTER_END - 1);
    let last = whole(&mut sealer, b"x");
    assert_eq!(opener().open(&last, NOW).expect("opens").number.counter, COUNTER_END - 1);
    assert_eq!(sealer.seal(b"x", Manner::WHOLE), Err(SealError::NeedStart));
    sealer.begin(LATER);
    let first = whole(&mut sealer, b"x");
    assert_eq!(opener().open(&first, NOW).expect("opens").number.start, LATER);
}

#[test]
fn a_later_start_takes_the_place_of_the_one_before() {
    let mut opener = acquainted();
    let opened = opener.open(&frame(LATER, 0), NOW).expect("later");
    assert!(opened.is_new_start);
    assert_eq!(opener.open(&frame(START, 1), NOW), Err(OpenError::OldStart));
    assert_eq!(opener.open(&short(&mut sealer_at(2), b"x"), NOW), Err(OpenError::OldStart));
    assert_eq!(opener.open(&frame(LATER, 0), NOW), Err(OpenError::Replayed));
    let followed = opener.open(&short(&mut sealer_of(1, LATER, 1), b"x"), NOW);
    assert_eq!(followed.expect("short").number.start, LATER);
}

#[test]
fn a_short_number_of_a_start_that_was_missed_is_told_from_a_repetition() {
    let mut opener = acquainted();
    let missed = short(&mut sealer_of(1, LATER, 0), b"x");
    assert_eq!(opener.open(&missed, NOW), Err(OpenError::UnknownStart));
    opener.open(&frame(LATER, 1), NOW).expect("whole");
    opener.open(&missed, NOW).expect("its start is known now");
}

#[test]
fn an_earlier_start_is_heard_once_the_later_one_is_silent_for_ten_minutes() {
    let mut opener = opener();
    opener.open(&frame(LATEST, 0), NOW).expect("a clock was far ahead");
    let early = NOW.after_ms(START_QUIET_MS - 1);
    assert_eq!(opener.open(&frame(START, 0), early), Err(OpenError::OldStart));
    let quiet = NOW.after_ms(START_QUIET_MS);
    opener.open(&frame(START, 0), quiet).expect("nothing else is heard");
    opener.open(&short(&mut sealer_at(1), b"x"), quiet).expect("and followed");
    assert_eq!(opener.open(&frame(START, 0), quiet), Err(OpenError::Replayed));
    opener.open(&frame(LATEST, 1), quiet).expect("the later one may come back");
    assert_eq!(opener.open(&frame(LATEST, 0), quiet), Err(OpenError::Replayed));
    assert_eq!(opener.open(&frame(START, 2), quiet), Err(OpenError::OldStart));
}

#[test]
fn the_newest_start_of_a_sender_is_known_and_since_when() {
    let mut opener = acquainted();
    assert_eq!(opener.newest_start(DeviceId(1)), Some(START));
    let later = NOW.after_ms(START_QUIET_MS);
    assert_eq!(opener.newest_for_ms(DeviceId(1), later), Some(START_QUIET_MS));
    opener.open(&frame(LATER, 0), later).expect("later");
    opener.open(&frame(LATER, 1), later.after_ms(5)).expect("later");
    assert_eq!(opener.newest_start(DeviceId(1)), Some(LATER));
    assert_eq!(opener.newest_for_ms(DeviceId(1), later.after_ms(5)), Some(5));
    assert_eq!(opener.newest_for_ms(DeviceId(7), later), None, "nobody heard of it");
}

#[test]
fn a_frame_of_our_own_number_in_a_later_start_is_a_twins() {
    let mut own = FrameOpener::new(key(), DeviceId(1));
    own.set_start(LATER);
    assert_eq!(own.open(&frame(LATEST, 0), NOW), Err(OpenError::Twin));
    assert_eq!(own.open(&frame(START, 0), NOW), Err(OpenError::Echo), "of before we started");
    let mut forged = frame(LATEST, 0);
    *forged.last_mut().expect("a tag") ^= 1;
    assert_eq!(own.open(&forged, NOW), Err(OpenError::Echo));
}

/// What can happen to machines that began with one disk.
#[derive(Clone, Debug)]
enum Step {
    /// A machine seals so many frames.
    Seal(usize, u16),
    /// Its power fails; true if the start that it waits for had arrived on the disk.
    Crash(usize, bool),
    /// Its disk answers.
    DiskAnswers(usize),
    /// Its disk is put back to the copy that was made first.
    PutBack(usize),
    /// Its disk becomes a copy of the other's.
    Clone(usize),
    /// Time passes, ms; or its clock stands at 1970.
    Pass(u32),
    ClockStops(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0usize..2, 1u16..50).prop_map(|(who, count)| Step::Seal(who, count)),
        3 => (0usize..2, any::<bool>()).prop_map(|(who, arrived)| Step::Crash(who, arrived)),
        6 => (0usize..2).prop_map(Step::DiskAnswers),
        1 => (0usize..2).prop_map(Step::PutBack),
        1 => (0usize..2).prop_map(Step::Clone),
        2 => (0u32..200_000).prop_map(Step::Pass),
        1 => (0usize..2).prop_map(Step::ClockStops),
    ]
}

/// A machine, its disk, and what it waits for.
struct Machine {
    sealer: FrameSealer,
    disk: Start,
    asked: Option<Start>,
    clock_stands: bool,
}

impl Machine {
    fn power_up(&mut self, wall_ms: u64, dice: &mut Dice) {
        self.sealer = FrameSealer::new(key(), DeviceId(1));
        let wall = Wall(if self.clock_stands { 0 } else { wall_ms });
        // Every machine has chance of its own.
        let mut own = Dice::new(dice.roll());
        self.asked = Some(Start::draw(wall, self.disk, &mut own));
    }

    fn disk_answers(&mut self) {
        if let Some(start) = self.asked.take() {
            self.disk = start;
            self.sealer.begin(start);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_number_is_used_twice_over_any_history_of_crashes_old_copies_and_twins(
        steps in prop::collection::vec(step(), 1..80),
        seed in any::<u64>(),
    ) {
        let (mut dice, mut used) = (Dice::new(seed), BTreeSet::new());
        let mut wall_ms = 1_787_097_600_000;
        let machine = || Machine {
            sealer: FrameSealer::new(key(), DeviceId(1)),
            disk: Start::default(),
            asked: None,
            clock_stands: false,
        };
        let mut machines = [machine(), machine()];
        machines.iter_mut().for_each(|machine| machine.power_up(wall_ms, &mut dice));
        for step in steps {
            match step {
                Step::Seal(who, count) => for _ in 0..count {
                    let machine = &mut machines[who];
                    let Some(number) = machine.sealer.number() else { break };
                    prop_assert!(number.start <= machine.disk);
                    short(&mut machine.sealer, b"");
                    prop_assert!(used.insert(number), "{:?} again", number);
                },
                Step::DiskAnswers(who) => machines[who].disk_answers(),
                Step::Crash(who, arrived) => {
                    let machine = &mut machines[who];
                    if let (true, Some(start)) = (arrived, machine.asked) {
                        machine.disk = start;
                    }
                    machine.power_up(wall_ms, &mut dice);
                }
                Step::PutBack(who) => {
                    machines[who].disk = Start::default();
                    machines[who].power_up(wall_ms, &mut dice);
                }
                Step::Clone(who) => {
                    machines[who].disk = machines[1 - who].disk;
                    machines[who].power_up(wall_ms, &mut dice);
                }
                Step::Pass(ms) => wall_ms += u64::from(ms),
                Step::ClockStops(who) => machines[who].clock_stands = true,
            }
        }
    }
}
