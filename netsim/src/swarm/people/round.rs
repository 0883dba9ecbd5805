//! What people do where a vehicle stops: they read its stick and put a new file on it.

use std::collections::BTreeMap;

use sanduan_protocol::base::ids::{DeviceId, LaneId};
use sanduan_protocol::local::Request;
use sanduan_protocol::log::book::Book;
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
            if let Some(held) = node.map(|node| vouched_by(node.book(), own)) {
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

/// What a device has on its disk of each lane, as far as a seal covers it, or will before it
/// leaves. What nobody has sealed yet may turn out to be forged, and is promised to nobody; nor is
/// what stands behind records that went there to make room: who lacks these cannot take it in.
pub(super) fn vouched_by(book: &Book, own: DeviceId) -> BTreeMap<LaneId, u32> {
    let vouched = |id: &LaneId, lane: &Held| {
        let last = if id.author == own { lane.saved() } else { lane.saved_sealed() };
        (1..=last).find(|seq| lane.is_gone(*seq)).map_or(last, |gone| gone - 1)
    };
    book.lanes().map(|(id, lane)| (*id, vouched(id, lane))).collect()
}

/// The file was made. A machine that stood still when it was asked for one may have taken in a
/// proof before: what lies behind that fork is in no file.
pub(super) fn still_vouched(held: &mut BTreeMap<LaneId, u32>, node: Option<&Node>) {
    node.into_iter().for_each(|node| cut_at_forks(held, node.book()));
}

fn cut_at_forks(held: &mut BTreeMap<LaneId, u32>, book: &Book) {
    for (id, head) in held {
        let cut = book.fork(*id).map_or(u32::MAX, |fork| fork.at - 1);
        *head = cut.min(*head);
    }
}

#[cfg(test)]
mod tests {
    use sanduan_protocol::base::class::Urgency;
    use sanduan_protocol::base::ids::Lane;
    use sanduan_protocol::log::fork::{Branch, Fork};

    use super::*;

    #[test]
    fn a_file_promises_nothing_behind_what_went_to_make_room() {
        let (own, lane) = (DeviceId(1), LaneId::first(DeviceId(1), Lane::Stock));
        let mut book = Book::default();
        for seq in 1..=5 {
            book.offer(lane.at(seq), &[seq as u8; 9], &|_| Urgency::Stock);
        }
        book.seal_head(lane, |_, _| Some([0; 64]));
        let marks = book.hand_out().marks;
        book.note_saved(&marks);
        assert_eq!(vouched_by(&book, own), [(lane, 5)].into());
        assert!(book.evict(lane.at(3), vec![Vec::new()]).is_some());
        assert_eq!(vouched_by(&book, own), [(lane, 2)].into());
    }

    #[test]
    fn a_file_promises_nothing_behind_a_fork_that_its_maker_heard_of_first() {
        let lane = LaneId::first(DeviceId(2), Lane::Command);
        let told = |byte| Branch { records: vec![vec![byte; 9]], seal: [0; 64] };
        let mut held = [(lane, 5), (LaneId::flash(DeviceId(2)), 7)].into();
        let mut book = Book::default();
        cut_at_forks(&mut held, &book);
        assert_eq!(held[&lane], 5);
        book.restore_fork(lane, Fork::new(2, told(1), told(2)));
        cut_at_forks(&mut held, &book);
        assert_eq!(held, [(lane, 1), (LaneId::flash(DeviceId(2)), 7)].into());
    }
}
