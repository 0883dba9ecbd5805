//! What one seed draws: the world and the rates of its faults. Every family of faults is switched
//! off in about a third of the seeds. All of it is printed first. Which faults there are, and which
//! of them are drawn, is told in `docs/faults.md`.

use std::fmt;

use sanduan_protocol::base::dice::Dice;
use serde::{Deserialize, Serialize};

pub use self::airs::{AirFaults, Parting};
pub use self::allowance::Allowances;
pub use self::crowd::{Crowd, entry_ms};
pub use self::errand::Errands;
pub use self::foe::{Foes, Standing};
pub use self::link::LinkPlan;
pub use self::machine::{ClockFaults, DiskFaults, PowerFaults, Twin};
use super::density;
use crate::crypto::Crypto;
use crate::world::{Canary, Unsynced};

mod airs;
mod allowance;
mod crowd;
mod errand;
mod foe;
mod link;
mod machine;

/// Bounds within which a seed draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Nodes at least.
    pub nodes_min: usize,
    /// Nodes at most; 3 at least.
    pub nodes_max: usize,
    /// How long people work and faults strike, minutes.
    pub minutes: u64,
    /// A promise broken on purpose.
    pub canary: Option<Canary>,
    /// Which cryptography, if not the one that the seed draws.
    pub crypto: Option<Crypto>,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { nodes_min: 3, nodes_max: 7, minutes: 60, canary: None, crypto: None }
    }
}

/// How links are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cuts {
    /// Any link.
    Uniform,
    /// All links of one place at once.
    IsolateOne,
    /// One direction of any link.
    OneWay,
}

/// What a crash leaves of what was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Left {
    /// Nothing.
    None,
    /// All of it.
    All,
    /// The first few batches, drawn each time.
    Drawn,
    /// Any of its sectors, drawn each time: read up to the first batch that is not whole.
    Torn,
}

impl From<Left> for Unsynced {
    fn from(left: Left) -> Unsynced {
        match left {
            Left::None => Unsynced::Lost,
            Left::All => Unsynced::Kept,
            Left::Drawn => Unsynced::Drawn,
            Left::Torn => Unsynced::Torn,
        }
    }
}

/// Everything that one seed draws. A rate of nothing means that the family is switched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// The seed.
    pub seed: u64,
    /// Whose seals and frames.
    #[serde(default)]
    pub crypto: Crypto,
    /// How many nodes.
    pub nodes: usize,
    /// How long people work and faults strike, minutes.
    pub minutes: u64,
    /// What lies between them; they are always connected.
    pub links: Vec<LinkPlan>,
    /// Somebody somewhere enters something this often in the mean, while people work, s.
    pub enter_every_s: u64,
    /// When they work, and how much that is for the channels.
    #[serde(default)]
    pub crowd: Crowd,
    /// The last place may only answer and report.
    pub has_weak_device: bool,
    /// Orders of every other place are under a key that only a passphrase opens.
    #[serde(default)]
    pub order_keys: bool,
    /// A device of the network that was carried off says forged things this often, s.
    pub insider_every_s: Option<u64>,
    /// Frames that vanish, per million.
    pub loss_ppm: u32,
    /// Frames that come twice on wires, per million.
    pub duplicate_ppm: u32,
    /// More delay on wires, ms: frames overtake each other.
    pub jitter_ms: u64,
    /// Frames on wires that come up to ten minutes late, per million.
    pub late_ppm: u32,
    /// How links are cut, and how often, s.
    pub cuts: Option<(Cuts, u64)>,
    /// How often a machine crashes, s, and what is left of its unsynced batches.
    pub crashes: Option<(u64, Left)>,
    /// A machine that crashed crashes a few times more soon after.
    pub crash_loops: bool,
    /// Wall clocks differ by up to this much, ms.
    pub skew_ms: u64,
    /// A wall clock steps this often, s.
    pub steps_every_s: Option<u64>,
    /// A disk takes up to this long to sync, ms.
    pub late_disk_ms: Option<u64>,
    /// A disk refuses this often, s; the machine is restarted a little later.
    pub refuses_every_s: Option<u64>,
    /// A bearer fails for a while this often, s.
    pub flaps_every_s: Option<u64>,
    /// A file with everything is carried from one place to another this often, s.
    pub mule_every_s: Option<u64>,
    /// The place that stays down when the faults stop, if the others are connected without it.
    pub left_behind: Option<usize>,
    /// What befalls disks.
    #[serde(default)]
    pub disk: DiskFaults,
    /// What befalls clocks.
    #[serde(default)]
    pub clock: ClockFaults,
    /// What befalls the power.
    #[serde(default)]
    pub power: PowerFaults,
    /// What befalls frames and bearers.
    #[serde(default)]
    pub air: AirFaults,
    /// Who means harm, and how.
    #[serde(default)]
    pub foes: Foes,
    /// What people do beside their daily work.
    #[serde(default)]
    pub errands: Errands,
    /// What bearers may spend.
    #[serde(default)]
    pub allowances: Allowances,
}

impl Options {
    /// A world without links, people and faults, to be filled in.
    pub fn quiet() -> Options {
        Options {
            seed: 0,
            crypto: Crypto::Real,
            nodes: 0,
            minutes: 0,
            links: Vec::new(),
            enter_every_s: 60,
            crowd: Crowd::default(),
            has_weak_device: false,
            order_keys: false,
            insider_every_s: None,
            loss_ppm: 0,
            duplicate_ppm: 0,
            jitter_ms: 0,
            late_ppm: 0,
            cuts: None,
            crashes: None,
            crash_loops: false,
            skew_ms: 0,
            steps_every_s: None,
            late_disk_ms: None,
            refuses_every_s: None,
            flaps_every_s: None,
            mule_every_s: None,
            left_behind: None,
            disk: DiskFaults::default(),
            clock: ClockFaults::default(),
            power: PowerFaults::default(),
            air: AirFaults::default(),
            foes: Foes::default(),
            errands: Errands::default(),
            allowances: Allowances::default(),
        }
    }

    /// What this seed draws within these bounds.
    pub fn draw(seed: u64, bounds: &Bounds) -> Options {
        let mut dice = Dice::new(seed ^ 0x5eed_0f0a_11fa_ced5);
        let (least, most) = (bounds.nodes_min.max(3) as u64, bounds.nodes_max.max(3) as u64);
        let nodes = dice.between(least, most) as usize;
        let links = link::draw(&mut dice, nodes);
        let on = |dice: &mut Dice| dice.below(3) > 0;
        let minutes = bounds.minutes;
        let every = |dice: &mut Dice, least_s: u64| dice.between(least_s, least_s * 8);
        let some = |dice: &mut Dice, least_s: u64| {
            let drawn = every(dice, least_s);
            on(dice).then_some(drawn)
        };
        let has_radio = links.iter().any(|link| matches!(link, LinkPlan::Radio { .. }));
        let enter_every_s = dice.between(if has_radio { 15 } else { 5 }, 60);
        let cuts = [Cuts::Uniform, Cuts::IsolateOne, Cuts::OneWay][dice.below(3) as usize];
        let left = [Left::None, Left::All, Left::Torn][dice.below(3) as usize];
        let ppm = |dice: &mut Dice, most: u64| dice.below(most) as u32;
        // Dice of their own: what is drawn for these changes nothing that is drawn elsewhere.
        let mut machines = Dice::new(seed ^ 0xd15c_c10c);
        let mut airs = Dice::new(seed ^ 0xa12_5eed);
        let links = link::with_services(links, nodes, &mut airs);
        let mut options = Options {
            seed,
            crypto: bounds.crypto.unwrap_or_else(|| Crypto::of_seed(seed)),
            nodes,
            minutes,
            enter_every_s,
            crowd: Crowd::default(),
            has_weak_device: dice.below(3) > 0,
            order_keys: Dice::new(seed ^ 0x0de5_6e75).below(3) == 0,
            insider_every_s: some(&mut dice, 60).filter(|_| dice.below(2) == 0),
            loss_ppm: some(&mut dice, 1).map_or(0, |_| ppm(&mut dice, 300_000)),
            duplicate_ppm: some(&mut dice, 1).map_or(0, |_| ppm(&mut dice, 300_000)),
            jitter_ms: some(&mut dice, 1).map_or(0, |_| dice.below(3_000)),
            late_ppm: some(&mut dice, 1).map_or(0, |_| ppm(&mut dice, 20_000)),
            cuts: some(&mut dice, 60).map(|every_s| (cuts, every_s)),
            crashes: some(&mut dice, 40).map(|every_s| (every_s, left)),
            crash_loops: dice.below(3) == 0,
            skew_ms: some(&mut dice, 1).map_or(0, |_| dice.below(3_600_000)),
            steps_every_s: some(&mut dice, 120),
            late_disk_ms: some(&mut dice, 100).map(|ms| (ms * 7).min(DISK_LATE_MS_MAX)),
            refuses_every_s: some(&mut dice, 200),
            flaps_every_s: some(&mut dice, 60),
            mule_every_s: some(&mut dice, 120),
            left_behind: some(&mut dice, 1).map(|_| dice.below(nodes as u64) as usize),
            disk: DiskFaults::draw(&mut machines),
            clock: ClockFaults::draw(&mut machines),
            power: PowerFaults::draw(&mut machines),
            air: AirFaults::draw(&mut airs),
            foes: Foes {
                standing: Standing::draw(&mut Dice::new(seed ^ 0x57a4_d146)),
                ..Foes::draw(&mut machines, minutes)
            },
            errands: Errands::draw(&mut Dice::new(seed ^ 0xe44a_11d5)),
            allowances: Allowances::draw(&mut Dice::new(seed ^ 0xa110_9a2c)),
            links,
        };
        options.disk.draw_room(&mut Dice::new(seed ^ 0xd15c_f111));
        options.power.draw_batteries(&mut Dice::new(seed ^ 0xba77_e24e), minutes);
        let mut copies = Dice::new(seed ^ 0xc0_91e5);
        let has_long_frames = |place: usize| {
            options.links.iter().any(|link| link.has_long_frames() && link.ends_at(place) > 0)
        };
        options.disk.draw_copies(&mut copies, nodes, minutes, &has_long_frames);
        density::thin(&mut options);
        options
    }

    /// Places that reach each other when `without` is gone; `None` if not all others do.
    pub fn core(&self, without: Option<usize>) -> Option<Vec<usize>> {
        let all: Vec<usize> = (0..self.nodes).filter(|place| Some(*place) != without).collect();
        let mut reached = vec![*all.first()?];
        let mut next = 0;
        while let Some(&place) = reached.get(next) {
            next += 1;
            for other in self.neighbours(place) {
                if Some(other) != without && !reached.contains(&other) {
                    reached.push(other);
                }
            }
        }
        (reached.len() == all.len()).then_some(all)
    }

    /// True if no vehicle is needed for everyone to reach everyone, but for the one who is left
    /// behind: with it, a link or a relay may be gone, and the vehicle is all that there is.
    pub fn is_joined_without_carry(&self) -> bool {
        let mut without = self.clone();
        without.links.retain(|link| !matches!(link, LinkPlan::Carry { .. }));
        without.core(self.left_behind).is_some()
    }

    /// Links that end at this place, in the order in which its host counts them: one that has
    /// several ends there comes several times.
    pub fn links_at(&self, place: usize) -> impl Iterator<Item = usize> {
        let links = self.links.iter().enumerate();
        links.flat_map(move |(number, link)| std::iter::repeat_n(number, link.ends_at(place)))
    }

    fn neighbours(&self, place: usize) -> Vec<usize> {
        self.links.iter().flat_map(|link| link.neighbours(place)).collect()
    }
}

/// A disk that is slow takes up to so long to sync, ms.
const DISK_LATE_MS_MAX: u64 = 5_000;

/// Something drawn, or nothing in a third of the seeds.
fn off_in_a_third<T>(dice: &mut Dice, draw: impl FnOnce(&mut Dice) -> T) -> Option<T> {
    let drawn = draw(dice);
    (dice.below(3) > 0).then_some(drawn)
}

/// How often a family strikes, s; off in a third of the seeds.
fn rate_s(dice: &mut Dice, least_s: u64) -> Option<u64> {
    off_in_a_third(dice, |dice| dice.between(least_s, least_s * 8))
}

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = serde_json::to_value(self).map_err(|_| fmt::Error)?;
        let Some(fields) = value.as_object() else { return Err(fmt::Error) };
        for (name, value) in fields {
            writeln!(f, "  {name:<18} {value}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
