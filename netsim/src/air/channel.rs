//! The channel itself: moves every station through access, keying and frames, and judges each
//! frame at each hearer when it ends. The states are drawn in [`super`].

use std::collections::VecDeque;

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::time::Mono;

use super::config::Config;
use super::counts::Counts;
use super::fading::Fading;
use super::hearing::{Hearing, Pair};
use super::station::{AirEvent, Miss, STATIONS_MAX, State, Station, StationId};

#[cfg(test)]
mod tests;

/// A TNC looks this often whether the channel is free (Dire Wolf 1.6, `wait_for_clear_channel`).
const LOOK_MS: u64 = 10;

/// What became of a frame that was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// It waits in the TNC.
    Queued,
    /// Too many wait already; it was dropped.
    Refused,
}

/// A carrier that was on the air; kept while a frame that it may have destroyed is not judged.
#[derive(Clone, Copy, Debug)]
struct Carrier {
    station: StationId,
    from_ms: u64,
    until_ms: u64,
}

/// A shared half-duplex channel and its stations.
#[derive(Clone, Debug)]
pub struct Air {
    config: Config,
    hearing: Hearing,
    stations: Vec<Station>,
    past: Vec<Carrier>,
    /// A jammer has been on the air since then.
    jammed_from_ms: Option<u64>,
    /// The last jammer fell silent then.
    jammed_until_ms: u64,
    events: VecDeque<(Mono, AirEvent)>,
    dice: Dice,
}

impl Air {
    /// A silent channel with `stations` stations, at most [`STATIONS_MAX`].
    pub fn new(config: Config, hearing: Hearing, stations: usize, seed: u64) -> Air {
        assert!(stations <= STATIONS_MAX, "the configuration bounds the number of stations");
        Air {
            config,
            hearing,
            stations: (0..stations).map(|_| Station::new()).collect(),
            past: Vec::new(),
            jammed_from_ms: None,
            jammed_until_ms: 0,
            events: VecDeque::new(),
            dice: Dice::new(seed),
        }
    }

    /// Hand a frame to a station's TNC.
    pub fn offer(&mut self, id: StationId, frame: Vec<u8>, now: Mono) -> Offer {
        self.run_until(now);
        let queue_frames_max = self.config.queue_frames_max;
        let station = &mut self.stations[usize::from(id.0)];
        station.counts.offered_frames += 1;
        station.counts.offered_bytes += frame.len() as u64;
        if station.queue.len() >= queue_frames_max {
            station.counts.refused_frames += 1;
            return Offer::Refused;
        }
        station.queue.push_back(frame);
        if station.state == State::Idle {
            self.seek(id, now.0);
        }
        Offer::Queued
    }

    /// The next thing that happened up to `now`, with its moment; `None` when all is told. Ask
    /// until `None` before changing anything.
    pub fn poll(&mut self, now: Mono) -> Option<(Mono, AirEvent)> {
        self.run_until(now);
        self.events.pop_front()
    }

    /// When `poll` should be asked again; `None` while the channel is silent.
    pub fn next_deadline(&self) -> Option<Mono> {
        let told = self.events.front().map(|&(at, _)| at);
        told.or_else(|| self.next_due().map(|(due_ms, _)| Mono(due_ms)))
    }

    /// From now on, these two hear each other or not. A frame on the air is judged by what holds
    /// at its end.
    pub fn set_hearing(&mut self, pair: Pair, hears: bool) {
        self.hearing.set(pair, hears);
    }

    /// From now on, this is the loss of a short frame at one hearer, per million.
    pub fn set_loss_ppm(&mut self, loss_ppm: u32) {
        self.config.loss_ppm = loss_ppm;
    }

    /// From now on, frames lose more or less in spells, or not.
    pub fn set_fading(&mut self, fading: Option<Fading>) {
        self.config.fading = fading;
    }

    /// From now on, frames are sent at this rate, bit/s. Whoever feeds the TNC is not told.
    pub fn set_rate_bit_s(&mut self, rate_bit_s: u32) {
        self.config.rate_bit_s = rate_bit_s;
    }

    /// A jammer begins, or ends. No frame that it touches is heard by anyone; nobody takes its
    /// noise for a carrier, so stations go on sending.
    pub fn set_jammed(&mut self, jammed: bool, now: Mono) {
        self.run_until(now);
        if jammed {
            self.jammed_from_ms.get_or_insert(now.0);
        } else if self.jammed_from_ms.take().is_some() {
            self.jammed_until_ms = now.0;
        }
    }

    /// Who hears whom now.
    pub fn hearing(&self) -> &Hearing {
        &self.hearing
    }

    /// What the channel is like now.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Counters of a station.
    pub fn counts(&self, id: StationId) -> Counts {
        self.stations[usize::from(id.0)].counts
    }

    /// Frames that wait in a station's TNC, the one on the air not counted.
    pub fn waiting_frames(&self, id: StationId) -> usize {
        self.stations[usize::from(id.0)].queue.len()
    }

    /// Drop what waits in a station's TNC (it lost its power). What is on the air goes on.
    pub fn clear(&mut self, id: StationId) {
        self.stations[usize::from(id.0)].queue.clear();
    }

    /// Every station in order.
    pub fn stations(&self) -> impl Iterator<Item = StationId> + use<> {
        (0..self.stations.len() as u16).map(StationId)
    }

    fn next_due(&self) -> Option<(u64, StationId)> {
        let due = |id: StationId| self.stations[usize::from(id.0)].due_ms().map(|ms| (ms, id));
        self.stations().filter_map(due).min()
    }

    fn run_until(&mut self, now: Mono) {
        while let Some((due_ms, id)) = self.next_due().filter(|&(due_ms, _)| due_ms <= now.0) {
            self.step(id, due_ms);
        }
    }

    fn step(&mut self, id: StationId, now_ms: u64) {
        let state = std::mem::replace(&mut self.station(id).state, State::Idle);
        match state {
            State::Idle | State::Blocked => self.station(id).state = state,
            State::Slot { .. } => self.after_slot(id, now_ms),
            State::Delay { .. } => self.next_frame(id, now_ms),
            State::Frame { from_ms, frame, .. } => {
                self.judge(id, &frame, from_ms, now_ms);
                self.next_frame(id, now_ms);
            }
            State::Tail { .. } => self.key_up(id, now_ms),
        }
    }

    /// Begin to look for a free channel.
    fn seek(&mut self, id: StationId, now_ms: u64) {
        let state = match self.senses_carrier(id, now_ms) {
            true => State::Blocked,
            false => {
                let look_ms = self.dice.below(LOOK_MS);
                State::Slot { ends_ms: now_ms + look_ms + u64::from(self.config.slot_ms) }
            }
        };
        self.station(id).state = state;
    }

    fn after_slot(&mut self, id: StationId, now_ms: u64) {
        let persists = self.dice.below(256) <= u64::from(self.config.persist);
        let (slot_ms, txdelay_ms) = (self.config.slot_ms, self.config.txdelay_ms);
        if self.senses_carrier(id, now_ms) {
            self.station(id).state = State::Blocked;
        } else if self.station(id).queue.is_empty() {
            self.station(id).state = State::Idle;
        } else if persists {
            let station = self.station(id);
            station.state = State::Delay { ends_ms: now_ms + u64::from(txdelay_ms) };
            station.key_from_ms = Some(now_ms);
            station.burst_frames = 0;
            station.counts.keyed += 1;
            self.tell(now_ms, AirEvent::Keyed { station: id });
        } else {
            // At least a millisecond, or a station with slots of nothing would never move on.
            self.station(id).state = State::Slot { ends_ms: now_ms + u64::from(slot_ms.max(1)) };
        }
    }

    /// The next waiting frame goes on the air, or the tail.
    fn next_frame(&mut self, id: StationId, now_ms: u64) {
        let may_go_on = self.station(id).burst_frames < self.config.burst_frames_max;
        let waiting = may_go_on.then(|| self.station(id).queue.pop_front()).flatten();
        let Some(frame) = waiting else {
            let ends_ms = now_ms + u64::from(self.config.txtail_ms);
            self.station(id).state = State::Tail { ends_ms };
            return;
        };
        let ends_ms = now_ms + self.config.frame_ms(&frame);
        let bits = self.config.framing.bits(&frame);
        let station = self.station(id);
        station.burst_frames += 1;
        station.counts.sent_frames += 1;
        station.counts.sent_bytes += frame.len() as u64;
        station.counts.sent_bits += bits;
        station.state = State::Frame { from_ms: now_ms, ends_ms, frame };
    }

    fn key_up(&mut self, id: StationId, now_ms: u64) {
        let station = self.station(id);
        if let Some(from_ms) = station.key_from_ms.take() {
            station.counts.keyed_ms += now_ms - from_ms;
            self.past.push(Carrier { station: id, from_ms, until_ms: now_ms });
        }
        self.forget_carriers();
        self.tell(now_ms, AirEvent::Unkeyed { station: id });
        if !self.station(id).queue.is_empty() {
            self.seek(id, now_ms);
        }
        for other in self.stations() {
            if self.station(other).state == State::Blocked {
                self.seek(other, now_ms);
            }
        }
    }

    /// A frame ended: what did each hearer make of it?
    fn judge(&mut self, from: StationId, frame: &[u8], from_ms: u64, now_ms: u64) {
        let exists = |id: &StationId| usize::from(id.0) < self.stations.len();
        let hearers: Vec<StationId> = self.hearing.hearers(from).filter(exists).collect();
        let loss_ppm = self.config.loss_of_ppm(frame.len());
        let is_jammed = self.jammed_from_ms.is_some() || self.jammed_until_ms > from_ms;
        for station in hearers {
            // The dice fall for every hearer, so that a collision does not change later luck.
            let lost = self.dice.chance(loss_ppm) | self.fades(station, now_ms) | is_jammed;
            let miss =
                self.disturbed(station, from, from_ms, now_ms).or(lost.then_some(Miss::Lost));
            let counts = &mut self.station(station).counts;
            let event = match miss {
                None => {
                    counts.heard_frames += 1;
                    counts.heard_bytes += frame.len() as u64;
                    AirEvent::Delivered { from, station, frame: frame.to_vec() }
                }
                Some(why) => {
                    match why {
                        Miss::Lost => counts.lost_frames += 1,
                        Miss::Collided => counts.collided_frames += 1,
                        Miss::Deaf => counts.deaf_frames += 1,
                    }
                    AirEvent::Missed { from, station, bytes: frame.len(), why }
                }
            };
            self.tell(now_ms, event);
        }
    }

    fn fades(&mut self, hearer: StationId, now_ms: u64) -> bool {
        let spell = &mut self.stations[usize::from(hearer.0)].spell;
        let fading = self.config.fading.as_ref();
        fading.is_some_and(|fading| spell.loses(fading, now_ms, &mut self.dice))
    }

    /// What destroyed a frame of `from` at `hearer` in this span. Any overlap destroys: an FM
    /// receiver may capture the stronger of two, but nobody may rely on it.
    fn disturbed(
        &self,
        hearer: StationId,
        from: StationId,
        from_ms: u64,
        until_ms: u64,
    ) -> Option<Miss> {
        let now_on_air = self.stations().filter_map(|id| {
            let key_from_ms = self.stations[usize::from(id.0)].key_from_ms?;
            Some(Carrier { station: id, from_ms: key_from_ms, until_ms: u64::MAX })
        });
        let overlapping = now_on_air
            .chain(self.past.iter().copied())
            .filter(|carrier| carrier.from_ms < until_ms && from_ms < carrier.until_ms);
        let mut collided = None;
        for carrier in overlapping {
            if carrier.station == hearer {
                return Some(Miss::Deaf);
            }
            if carrier.station != from && self.hearing.hears(hearer, carrier.station) {
                collided = Some(Miss::Collided);
            }
        }
        collided
    }

    /// A carrier counts as heard once it was on the air long enough to be noticed.
    fn senses_carrier(&self, id: StationId, now_ms: u64) -> bool {
        let sense_ms = u64::from(self.config.sense_ms);
        self.stations().any(|other| {
            let key_from_ms = self.stations[usize::from(other.0)].key_from_ms;
            key_from_ms.is_some_and(|from_ms| from_ms + sense_ms <= now_ms)
                && self.hearing.hears(id, other)
        })
    }

    /// Forget carriers that ended before every frame now on the air began.
    fn forget_carriers(&mut self) {
        let begun = |station: &Station| match station.state {
            State::Frame { from_ms, .. } => Some(from_ms),
            State::Idle
            | State::Blocked
            | State::Slot { .. }
            | State::Delay { .. }
            | State::Tail { .. } => None,
        };
        let oldest_ms = self.stations.iter().filter_map(begun).min().unwrap_or(u64::MAX);
        self.past.retain(|carrier| carrier.until_ms > oldest_ms);
    }

    fn tell(&mut self, at_ms: u64, event: AirEvent) {
        self.events.push_back((Mono(at_ms), event));
    }

    fn station(&mut self, id: StationId) -> &mut Station {
        &mut self.stations[usize::from(id.0)]
    }
}
