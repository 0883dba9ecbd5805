//! Somebody who belongs to no network: hears frames, and says them again, at once or hours later,
//! to others than they were for, with wrong bits in them or cut short; or says noise.

use std::collections::VecDeque;

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::time::Mono;

use super::ground::Ground;
use super::options::Options;
use super::plot::{Deed, Event, Kept, next_due};
use crate::world::{Action, Taped};

/// Frames remembered; of more, an older one is forgotten.
const FRAMES_MAX: usize = 512;
/// Longest frame of noise, bytes.
const NOISE_BYTES_MAX: u64 = 300;
/// Frames said at one time, at most.
const BURST_MAX: u64 = 12;

/// The outsider.
pub struct Outsider {
    heard: Vec<Vec<u8>>,
    /// Whole frames too.
    repeats: bool,
    dice: Dice,
    every_ms: u64,
    next_at: Mono,
    /// When something is said, if that is not drawn.
    script: Option<VecDeque<Event>>,
    /// What was said so far.
    pub said: Vec<Event>,
}

impl Outsider {
    /// The outsider of these options, if there is one.
    pub fn new(options: &Options) -> Option<Outsider> {
        let every_ms = options.foes.outsider_every_s? * 1000;
        Some(Outsider {
            heard: Vec::new(),
            repeats: options.foes.repeats,
            dice: Dice::new(options.seed ^ 0x0075_1de4),
            every_ms,
            next_at: Mono(every_ms),
            script: None,
            said: Vec::new(),
        })
    }

    /// From now on something is said only as written here.
    pub fn follow(&mut self, script: VecDeque<Event>) {
        self.script = Some(script);
    }

    /// A frame was in the air.
    pub fn overhear(&mut self, taped: &Taped) {
        if self.heard.len() < FRAMES_MAX {
            self.heard.push(taped.frame.clone());
        } else {
            // Some very old ones stay: they are said again hours later.
            let at = (taped.at.0 as usize).wrapping_mul(31) % (FRAMES_MAX / 2);
            self.heard[FRAMES_MAX / 2 + at] = taped.frame.clone();
        }
    }

    /// Say what is due.
    pub fn act(&mut self, ground: &mut Ground) {
        let now = ground.world.now();
        while let Some(script) = &mut self.script {
            let Some(event) = next_due(script, now) else { return };
            if let Deed::Noise { dice } = event.deed {
                self.dice = dice.dice();
                self.speak(ground);
            }
        }
        while self.next_at <= now {
            self.next_at = self.next_at.after_ms(self.dice.between(1, 2 * self.every_ms));
            self.speak(ground);
        }
    }

    fn speak(&mut self, ground: &mut Ground) {
        let dice = Kept::of(&self.dice);
        self.said.push(Event { at_ms: ground.world.now().0, deed: Deed::Noise { dice } });
        for _ in 0..self.dice.between(1, BURST_MAX) {
            let frame = self.frame();
            let host = ground.hosts[self.dice.below(ground.hosts.len() as u64) as usize];
            let links: Vec<_> = ground.world.host(host).links().map(|(link, _)| link).collect();
            if links.is_empty() {
                continue;
            }
            let link = links[self.dice.below(links.len() as u64) as usize];
            ground.world.act(Action::Inject(host, link, frame));
        }
    }

    fn frame(&mut self) -> Vec<u8> {
        let old = match self.heard.len() as u64 {
            0 => None,
            count => self.heard.get(self.dice.below(count) as usize).cloned(),
        };
        let Some(mut frame) = old.filter(|_| self.dice.below(4) > 0) else {
            let bytes = self.dice.below(NOISE_BYTES_MAX);
            return (0..bytes).map(|_| self.dice.below(256) as u8).collect();
        };
        match self.dice.below(3) {
            0 if self.repeats => {}
            0 | 1 => frame.truncate(self.dice.below(frame.len().max(1) as u64) as usize),
            _ => {
                for _ in 0..self.dice.between(1, 4) {
                    let bit = self.dice.below(frame.len().max(1) as u64 * 8) as usize;
                    if let Some(byte) = frame.get_mut(bit / 8) {
                        *byte ^= 1 << (bit % 8);
                    }
                }
            }
        }
        frame
    }
}
