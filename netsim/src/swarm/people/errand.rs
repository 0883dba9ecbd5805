//! Work that is not done every hour: groups are made and changed by the authority, orders are sent
//! to them, and somebody tells everyone what lies in the depots. Its dice are its own, so that the
//! daily work stays as it is.

use std::collections::{BTreeSet, VecDeque};

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::ids::Lane;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::local::Request;
use sanduan_protocol::local::request::{Need, OrderDraft, OrderKind};
use serde::{Deserialize, Serialize};

use super::{People, Wish};
use crate::swarm::ground::Ground;
use crate::swarm::options::Options;
use crate::swarm::plot::{Deed, Event, next_due};
use crate::world::district::unit_code;

/// Groups of a world.
const GROUPS: u64 = 2;
/// Depots of a world.
const DEPOTS: u64 = 2;
/// Nothing of this before the nodes have met once, ms.
const BEGINS_MS: u64 = 30_000;

/// One piece of such work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "errand", rename_all = "snake_case")]
pub enum Errand {
    /// The unit of a place comes into a group.
    Join {
        /// Which group.
        group: u64,
        /// The place.
        member: usize,
    },
    /// And leaves it.
    Leave {
        /// Which group.
        group: u64,
        /// The place.
        member: usize,
    },
    /// Posts of a depot are sealed to a group.
    Seal {
        /// Which group.
        group: u64,
        /// Number of the depot.
        depot: u64,
    },
    /// And no more.
    Open {
        /// Which group.
        group: u64,
        /// Number of the depot.
        depot: u64,
    },
    /// An order that a group alone can read.
    Say {
        /// Which group.
        group: u64,
        /// The place whose unit is to answer.
        member: usize,
        /// It is urgent.
        is_flash: bool,
    },
    /// What lies in the depots is told to everyone.
    Snapshot,
}

impl Errand {
    /// The place that it names, to be renumbered.
    pub fn place_mut(&mut self) -> Option<&mut usize> {
        match self {
            Errand::Join { member, .. }
            | Errand::Leave { member, .. }
            | Errand::Say { member, .. } => Some(member),
            Errand::Seal { .. } | Errand::Open { .. } | Errand::Snapshot => None,
        }
    }

    /// What is entered, and what is waited for.
    pub fn request(&self) -> (Request, Wish) {
        let add = |group: u64, units, depots| Request::AddToGroup {
            group: group_name(group),
            units,
            depots,
        };
        let take = |group: u64, units, depots| Request::RemoveFromGroup {
            group: group_name(group),
            units,
            depots,
        };
        match self {
            Errand::Join { group, member } => {
                (add(*group, vec![unit_code(*member)], vec![]), Wish::Unwatched)
            }
            Errand::Leave { group, member } => {
                (take(*group, vec![unit_code(*member)], vec![]), Wish::Unwatched)
            }
            Errand::Seal { group, depot } => {
                (add(*group, vec![], vec![depot_code(*depot)]), Wish::Unwatched)
            }
            Errand::Open { group, depot } => {
                (take(*group, vec![], vec![depot_code(*depot)]), Wish::Unwatched)
            }
            Errand::Say { group, member, is_flash } => {
                let draft = OrderDraft {
                    to: unit_code(*member),
                    kind: OrderKind::Order,
                    class: Some(if *is_flash { Class::Flash } else { Class::Priority }),
                    text: "三号库余量只够一天".to_owned(),
                    need: Need::Acknowledged,
                    group: Some(group_name(*group)),
                    ..OrderDraft::default()
                };
                (Request::SendOrder(draft), Wish::Record(Lane::Command))
            }
            Errand::Snapshot => (Request::SnapshotStock { person: None }, Wish::Unwatched),
        }
    }
}

/// Name of a group of a drawn world.
fn group_name(group: u64) -> String {
    format!("第{group}组")
}

fn depot_code(depot: u64) -> String {
    format!("D0{depot}")
}

/// When what of this is done.
#[derive(Debug)]
pub struct Errands {
    dice: Dice,
    places: u64,
    seals_depots: bool,
    groups: Rate,
    snapshots: Rate,
    /// Which places were last asked into which group.
    inside: BTreeSet<(u64, usize)>,
    /// What is done when, if that is not drawn.
    script: Option<VecDeque<Event>>,
}

#[derive(Debug)]
struct Rate {
    every_ms: Option<u64>,
    next_at: Mono,
}

impl Rate {
    fn new(every_s: Option<u64>, dice: &mut Dice) -> Rate {
        let every_ms = every_s.map(|every_s| every_s * 1000);
        let first_ms = dice.between(1, every_ms.unwrap_or(1).max(1));
        Rate { every_ms, next_at: Mono(BEGINS_MS + first_ms) }
    }

    fn is_due(&mut self, now: Mono, dice: &mut Dice) -> bool {
        let Some(every_ms) = self.every_ms.filter(|_| self.next_at <= now) else { return false };
        self.next_at = now.after_ms(dice.between(1, 2 * every_ms));
        true
    }
}

impl Errands {
    /// The errands of these options.
    pub fn new(options: &Options) -> Errands {
        let mut dice = Dice::new(options.seed ^ 0x0e44_a2d5);
        let (groups, snapshots) =
            (options.errands.groups_every_s, options.errands.snapshots_every_s);
        Errands {
            places: options.nodes as u64,
            seals_depots: options.errands.seals_depots,
            groups: Rate::new(groups, &mut dice),
            snapshots: Rate::new(snapshots, &mut dice),
            inside: BTreeSet::new(),
            script: None,
            dice,
        }
    }

    /// From now on only what is written here is done.
    pub fn follow(&mut self, script: VecDeque<Event>) {
        self.script = Some(script);
    }

    /// What is due now, and where it is entered.
    pub fn due(&mut self, now: Mono) -> Vec<(usize, Errand)> {
        let mut due = Vec::new();
        if let Some(script) = &mut self.script {
            while let Some(event) = next_due(script, now) {
                if let Deed::Errand { place, errand } = event.deed {
                    due.push((place, errand));
                }
            }
            return due;
        }
        if self.groups.is_due(now, &mut self.dice) {
            due.push(self.about_groups());
        }
        if self.snapshots.is_due(now, &mut self.dice) {
            due.push((self.place(), Errand::Snapshot));
        }
        due
    }

    fn place(&mut self) -> usize {
        self.dice.below(self.places) as usize
    }

    /// The authority, at the first place, changes groups; mostly those who are in one say something
    /// to it.
    fn about_groups(&mut self) -> (usize, Errand) {
        let group = self.dice.between(1, GROUPS);
        let depot = self.dice.between(1, DEPOTS);
        let member = self.place();
        let inside: Vec<usize> =
            self.inside.iter().filter(|(of, _)| *of == group).map(|(_, place)| *place).collect();
        let what = match inside.len() {
            0 | 1 => 0,
            _ => self.dice.below(10),
        };
        match what {
            0 | 1 => self.join(group, member),
            2 => {
                let member = self.one_of(&inside);
                self.inside.remove(&(group, member));
                (0, Errand::Leave { group, member })
            }
            3 | 4 if self.seals_depots => {
                // The unit of the place of this number keeps it, and must be able to post.
                let keeper = depot as usize - 1;
                match inside.contains(&keeper) {
                    true => (0, Errand::Seal { group, depot }),
                    false => self.join(group, keeper),
                }
            }
            5 if self.seals_depots => (0, Errand::Open { group, depot }),
            6 => (self.place(), Errand::Say { group, member, is_flash: false }),
            _ => {
                let is_flash = self.dice.below(2) == 0;
                let (place, member) = (self.one_of(&inside), self.one_of(&inside));
                (place, Errand::Say { group, member, is_flash })
            }
        }
    }

    fn join(&mut self, group: u64, member: usize) -> (usize, Errand) {
        self.inside.insert((group, member));
        (0, Errand::Join { group, member })
    }

    fn one_of(&mut self, places: &[usize]) -> usize {
        places[self.dice.below(places.len() as u64) as usize]
    }
}

impl People {
    /// Enter it, and remember who was ever asked into a group.
    pub(super) fn do_errand(&mut self, ground: &mut Ground, place: usize, errand: Errand) {
        let Some(host) = ground.hosts.get(place).copied() else { return };
        if let Errand::Join { group, member } = errand {
            ground.members.insert((group_name(group), member));
        }
        let (request, wish) = errand.request();
        self.note(ground, Deed::Errand { place, errand });
        self.enter(&mut ground.world, host, request, wish);
    }
}
