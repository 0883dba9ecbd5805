//! A flood is refused and heals; catching up is no flood; clocks and forgers gain nothing.

use super::*;
use crate::base::class::Urgency;
use crate::base::ids::DeviceId;

const DAY_MS: u64 = 24 * 3600 * 1000;
const START: Mono = Mono(5_000);

/// A lane and its bucket; the records say nothing, their age is told beside them.
struct Desk {
    id: LaneId,
    lane: LaneLog,
    shares: Shares,
}

impl Desk {
    fn new(lane: Lane) -> Desk {
        let id = LaneId::first(DeviceId(3), lane);
        Desk { id, lane: LaneLog::new(id), shares: Shares::default() }
    }

    /// Offer the next record; true if it was taken.
    fn offer(&mut self, bytes: usize, age_ms: u64, now: Mono) -> bool {
        let allowed = self.shares.allows(self.id, Some(&self.lane), bytes, age_ms, now);
        if allowed {
            let record = vec![7; bytes];
            self.lane.offer(self.lane.head() + 1, &record, &|_| Urgency::Routine);
            self.shares.charge(self.id, &self.lane, &|_| age_ms, now);
        }
        allowed
    }

    fn offer_until_refused(&mut self, bytes: usize, age_ms: u64, now: Mono) -> u64 {
        let mut taken = 0;
        while self.offer(bytes, age_ms, now) {
            taken += bytes as u64 + SHARE_RECORD_BYTES;
            assert!(taken < 64 * 1024 * 1024, "nothing bounds it");
        }
        taken
    }

    fn seal(&mut self, seq: u32) {
        self.lane.offer_seal(seq, &[1; 64]);
        assert_eq!(self.lane.settle(&|_, _, _, _| Some(true)).0.len(), 1);
    }
}

#[test]
fn a_flood_fills_no_more_than_the_burst_and_then_five_bytes_a_second() {
    let mut desk = Desk::new(Lane::Command);
    let at_once = desk.offer_until_refused(2000, 0, START);
    assert!((250_000..=SHARE_BURST_BYTES_COMMAND).contains(&at_once), "{at_once}");
    assert_eq!(desk.shares.over(START).count(), 1);
    let mut later = 0;
    for hour in 1..=24 {
        later += desk.offer_until_refused(2000, 0, START.after_ms(hour * DAY_MS / 24));
    }
    assert!((400_000..=434_000).contains(&later), "{later} in a day");
}

#[test]
fn a_month_of_a_busy_desk_that_comes_at_once_is_no_flood() {
    for lane in [Lane::Command, Lane::Report, Lane::Stock] {
        let mut desk = Desk::new(lane);
        // 500 records a day for 30 days, oldest first.
        for day in (0..30).rev() {
            for n in 0..500 {
                let age_ms = day * DAY_MS + (500 - n) * DAY_MS / 500;
                assert!(desk.offer(80, age_ms, START), "{lane:?}, day {day}, record {n}");
            }
        }
        assert_eq!(desk.shares.over(START).count(), 0);
    }
}

#[test]
fn a_table_of_two_thousand_lines_is_taken_at_once() {
    let mut desk = Desk::new(Lane::Stock);
    assert!((0..2 * 2048).all(|_| desk.offer(60, 0, START)));
}

#[test]
fn a_time_that_lies_ahead_gains_nothing_and_one_that_lies_back_a_bounded_month() {
    let mut ahead = Desk::new(Lane::Report);
    // The node says age 0 of whatever lies ahead.
    assert!(ahead.offer_until_refused(2000, 0, START) <= SHARE_BURST_BYTES_REPORT);
    let mut back = Desk::new(Lane::Report);
    let gained = back.offer_until_refused(2000, u64::MAX, START);
    let month = PAST_MS / SHARE_MS_PER_BYTE;
    assert!(gained <= month + SHARE_BURST_BYTES_REPORT, "{gained}");
    // And only once.
    let again = back.offer_until_refused(2000, u64::MAX, START.after_ms(DAY_MS));
    assert!(again <= DAY_MS / SHARE_MS_PER_BYTE + 2016, "{again}");
}

#[test]
fn it_heals_when_the_flood_ends() {
    let mut desk = Desk::new(Lane::Command);
    desk.offer_until_refused(2000, 0, START);
    let wait = desk.shares.wait_until(desk.id, START).expect("it is full");
    assert!(wait > START && wait <= START.after_ms(2016 * SHARE_MS_PER_BYTE), "{wait:?}");
    // What was refused, and then an honest order each hour.
    for hour in 1..=48 {
        assert!(desk.offer(80, 0, START.after_ms(hour * DAY_MS / 24)), "hour {hour}");
    }
    let after = START.after_ms(2 * DAY_MS);
    assert_eq!(desk.shares.over(after).count(), 0, "it is told no more");
    assert_eq!(desk.shares.wait_until(desk.id, after), None);
}

#[test]
fn one_lane_that_is_full_leaves_the_others_alone() {
    let mut flood = Desk::new(Lane::Report);
    flood.offer_until_refused(2000, 0, START);
    let other = LaneId::first(DeviceId(3), Lane::Command);
    let another = LaneId::first(DeviceId(4), Lane::Report);
    for id in [other, another] {
        let lane = LaneLog::new(id);
        assert!(flood.shares.allows(id, Some(&lane), 2000, 0, START), "{id:?}");
    }
}

#[test]
fn a_tail_that_others_forged_is_not_charged_to_the_author_once_it_is_dropped() {
    let mut desk = Desk::new(Lane::Command);
    assert!(desk.offer(80, 0, START));
    desk.seal(1);
    desk.offer_until_refused(2000, 0, START);
    desk.lane.drop_unsealed();
    assert!(desk.offer(80, 0, START), "the forged tail is gone, and so is its charge");
    desk.seal(2);
    let rest = desk.offer_until_refused(2000, 0, START);
    assert!(rest >= SHARE_BURST_BYTES_COMMAND - 4_000, "{rest}");
}

#[test]
fn what_is_here_at_the_start_is_not_charged_again() {
    let mut desk = Desk::new(Lane::Command);
    for _ in 0..2000 {
        let record = vec![7; 400];
        desk.lane.offer(desk.lane.head() + 1, &record, &|_| Urgency::Routine);
    }
    assert!(desk.offer(80, 0, START));
}
