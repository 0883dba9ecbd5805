//! What people do where a vehicle stops: they read its stick and put a new file on it.

use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::local::Request;

use super::{People, Wish, vouched_by};
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
}
