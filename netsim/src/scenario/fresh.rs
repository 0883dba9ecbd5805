//! How long positions of teams take to the posts that lead, and to all others. Looked at every few
//! seconds: a picture of where everybody is need not be newer than that.

use sanduan_protocol::base::ids::{DeviceId, UnitId};
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::wire::bundle::RegisterId;

use super::file::{Place, Scenario};
use super::paths::{Way, way};
use crate::swarm::ground::Ground;
use crate::world::HostId;

/// Boards are looked at this often, ms.
const LOOK_EVERY_MS: u64 = 5_000;
/// Levels of the posts that lead.
const LEADING: [&str; 2] = ["区", "前指"];

/// A position of a team that was not everywhere yet when it was last looked for.
struct Open {
    team: usize,
    taken_s: u32,
    at: Mono,
    /// Places without it, and whether they lead.
    missing: Vec<(usize, bool)>,
}

/// How long positions took.
#[derive(Default)]
pub struct Fresh {
    open: Vec<Open>,
    /// To posts that lead, s. One that the next overtook counts until then, if a way better than
    /// cards was open.
    pub leading_s: Vec<u64>,
    /// To all others, as far as they came before the next one of the team, s.
    pub others_s: Vec<u64>,
}

impl Fresh {
    /// Look at all boards, if it is time.
    pub fn look(&mut self, scenario: &Scenario, ground: &Ground) {
        let now = ground.world.now();
        if !now.0.is_multiple_of(LOOK_EVERY_MS) {
            return;
        }
        let taken_s = |place: usize, team: usize| {
            let node = ground.world.host(HostId(place as u16)).machine()?;
            let (device, unit) = (DeviceId(team as u16 + 1), UnitId(team as u16 + 1));
            Some(node.board().version(RegisterId::Fix(device, unit)))
        };
        let teams = scenario.places.iter().enumerate();
        for (team, _) in teams.filter(|(_, place)| place.level == "队伍") {
            let newest_s = taken_s(team, team).unwrap_or(0);
            let known = self.open.iter().position(|open| open.team == team);
            let is_news = known.is_none_or(|known| self.open[known].taken_s < newest_s);
            if newest_s == 0 || !is_news {
                continue;
            }
            if let Some(before) = known.map(|known| self.open.swap_remove(known)) {
                let is_lost = |(place, leads): &&(usize, bool)| {
                    *leads && way(scenario, team, *place, before.at) == Way::Quick
                };
                let lost = before.missing.iter().filter(is_lost);
                self.leading_s.extend(lost.map(|_| now.since_ms(before.at) / 1000));
            }
            let leads = |place: &Place| LEADING.contains(&place.level.as_str());
            let places = scenario.places.iter().enumerate().filter(|(place, _)| *place != team);
            let missing = places.map(|(number, place)| (number, leads(place))).collect();
            self.open.push(Open { team, taken_s: newest_s, at: now, missing });
        }
        for open in &mut self.open {
            let took_s = now.since_ms(open.at) / 1000;
            open.missing.retain(|(place, leads)| {
                let is_here = taken_s(*place, open.team).is_some_and(|s| s >= open.taken_s);
                if is_here {
                    let list = if *leads { &mut self.leading_s } else { &mut self.others_s };
                    list.push(took_s);
                }
                !is_here
            });
        }
    }
}
