//! What people do where a vehicle stops: they read its stick and put a new file on it.

use std::collections::BTreeMap;

use sanduan_protocol::base::ids::{DeviceId, LaneId};
use sanduan_protocol::local::Request;
use sanduan_protocol::log::lane::Lane as Held;
use sanduan_protocol::node::Node;

use super::{People, Wish};
use crate::swarm::ground::Ground;
use crate::swarm::rounds::Stop;

impl People {
    /// Vehicles that have come somewhere: read their sticks, and make a new file for each.
    pub fn go_round(&mut self, ground: &mut Ground) {
        let now = ground.world.now();
        while let Some(Stop { vehicle, place, files }) = self.rounds.next_stop(now) {
            let host = ground.hosts[place];
            for (bytes, held) in files {
                let request = Request::CarryImport { bytes };
                self.enter(&mut ground.world, host, request, Wish::Import(held));
            }
            let own = DeviceId(host.0 + 1);
            let node = ground.world.host(host).machine();
            if let Some(held) = node.map(|node| vouched_by(node, own)) {
                let request = Request::CarryExport { for_device: None };
                let wish = Wish::Stick(vehicle, place, held);
                self.enter(&mut ground.world, host, request, wish);
            }
        }
    }

    /// Nothing comes from this place any more but what is on a stick already.
    pub fn leave_behind(&mut self, place: usize) {
        self.rounds.leave_behind(place);
    }

    /// True if a vehicle still brings something from a place left behind that this node lacks.
    pub fn bring_news_to(&self, node: &Node) -> bool {
        let lacks = |(id, seq): (&LaneId, &u32)| {
            node.book().lane(*id).map_or(0, |lane| lane.saved_sealed()) < *seq
        };
        self.rounds.on_the_way().any(|held| held.iter().any(lacks))
    }
}

/// What a node has on its disk of each lane, as far as a seal covers it, or will before it leaves.
/// What nobody has sealed yet may turn out to be forged, and is promised to nobody.
pub(super) fn vouched_by(node: &Node, own: DeviceId) -> BTreeMap<LaneId, u32> {
    let vouched = |id: &LaneId, lane: &Held| match id.author == own {
        true => lane.saved(),
        false => lane.saved_sealed(),
    };
    node.book().lanes().map(|(id, lane)| (*id, vouched(id, lane))).collect()
}
