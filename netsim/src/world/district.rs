//! A made-up district: a network of real nodes that all know the directory and nothing else. Here
//! is only how it is founded; what lies between the hosts is added by whoever tells the story.

use std::collections::BTreeSet;

use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::ids::{DepotId, DeviceId, ItemId, PlaceId, SpokenId, UnitId};
use sanduan_protocol::base::roles::Roles;
use sanduan_protocol::base::time::{Mono, Now, Wall};
use sanduan_protocol::field::directory::{
    DepotEntry, DeviceEntry, Entry, ItemEntry, PlaceEntry, UnitEntry, UnitKind,
};
use sanduan_protocol::keys::epochs::{EpochGrant, Epochs, Owner};
use sanduan_protocol::keys::sign::{DeviceKey, NetworkId, PUBLIC_BYTES};
use sanduan_protocol::keys::subtree::TreeMaster;
use sanduan_protocol::keys::suite::Suite;
#[cfg(feature = "canaries")]
use sanduan_protocol::node::Broken;
use sanduan_protocol::node::input::OrderSeed;
use sanduan_protocol::node::output::lay_over;
use sanduan_protocol::node::settings::Network;
use sanduan_protocol::node::{Input, Node, Output, Settings};

#[cfg(feature = "canaries")]
use super::canary::Canary;
use super::disk::Stored;
use super::host::{HostId, Machine, Opener, WALL_AT_START_MS};
use super::world::World;

/// Entries of one directory record: 24 of the longest here stay under a record's 2,048 bytes.
const ENTRIES_PER_RECORD: usize = 24;
/// Seed of the made-up authority's key.
const AUTHORITY_SEED: [u8; 32] = [0xA5; 32];
/// Records of stock stay unsealed this long, ms: short, so that stories need not last an hour.
const SEAL_AFTER_MS: u64 = 60_000;
/// 2026-08-18 00:00 UTC, a day before the worlds begin: the directory was written then.
const FOUNDED_MS: u64 = 1_787_011_200_000;

impl Machine for Node {
    fn handle(&mut self, input: Input, now: Now) {
        Node::handle(self, input, now);
    }

    fn poll_output(&mut self) -> Output {
        Node::poll_output(self)
    }

    fn unheard(&mut self) {
        Node::unheard(self);
    }

    fn take_changed_orders(&mut self) -> BTreeSet<SpokenId> {
        self.take_stale_orders()
    }

    #[cfg(feature = "canaries")]
    fn break_promise(&mut self, canary: Canary) {
        match canary {
            Canary::OverlooksRoles => Node::break_promise(self, Broken::Roles),
            Canary::PostsTwice => Node::break_promise(self, Broken::Waybills),
            Canary::ConfirmsEarly
            | Canary::ForgetsCounters
            | Canary::DropsPairs
            | Canary::DropsReceipts
            | Canary::Overdraws => {}
        }
    }
}

/// Name of the unit that the host of this place speaks for, as orders are addressed to it.
pub fn unit_code(place: usize) -> String {
    format!("U{}", place + 1)
}

/// What the node at this place is told when it is built. Place 0 is the authority.
pub fn settings(place: usize, seed: u64) -> Settings {
    settings_in(Suite::default(), place, seed)
}

/// Made-up worlds last hours, not months: what is over goes so soon that it does.
const OVER_KEPT_MS: u64 = 600_000;

/// The same in a network of this suite.
pub fn settings_in(suite: Suite, place: usize, seed: u64) -> Settings {
    let index = place as u16 + 1;
    Settings {
        suite,
        network: Network {
            district: "500116".to_owned(),
            name: "江津区".to_owned(),
            drill: true,
            authority: DeviceKey::of(suite, AUTHORITY_SEED).public(),
            epoch_secret: [7; 32],
            epoch: 1,
            grant: Some(grant(suite, index)),
        },
        device: DeviceId(index),
        unit: UnitId(index),
        device_seed: device_seed(index),
        authority_seed: (place == 0).then_some(AUTHORITY_SEED),
        operator: format!("值班员{index}"),
        seal_after_ms: SEAL_AFTER_MS,
        over_kept_ms: OVER_KEPT_MS,
        dice_seed: seed.wrapping_mul(0x1_0000).wrapping_add(u64::from(index)),
    }
}

/// Days and epochs as a device with these settings has them at first.
pub fn epochs_of(settings: &Settings) -> Epochs {
    let (suite, network) = (settings.suite, &settings.network);
    let owner = Owner {
        suite,
        network: NetworkId::new(suite, &network.authority, network.drill),
        authority: network.authority,
        device: settings.device,
    };
    Epochs::new(owner, network.epoch, &network.epoch_secret, network.grant.as_ref())
}

/// The epoch begins with the world, and every device can follow into later ones.
fn grant(suite: Suite, index: u16) -> EpochGrant {
    let network = NetworkId::new(suite, &DeviceKey::of(suite, AUTHORITY_SEED).public(), true);
    let path = Some(TreeMaster::new(suite, network, &AUTHORITY_SEED).path(DeviceId(index), 1));
    let began_s = (WALL_AT_START_MS / 1000) as u32;
    EpochGrant { path, ..EpochGrant::founding(suite, &[7; 32], began_s) }
}

/// Everything that a device can be allowed.
const EVERYTHING: Roles = Roles(0x3ff);

/// Hosts of a new network, down until they are started, each with the directory on its disk.
pub fn found(world: &mut World<Node>, count: usize, seed: u64) -> Vec<HostId> {
    found_with(world, &vec![EVERYTHING; count], count, seed)
}

/// The same with one place in the directory, so that positions lie on a grid as they do in any
/// real district.
pub fn found_at(
    world: &mut World<Node>,
    count: usize,
    seed: u64,
    name: &str,
    point: Point,
) -> Vec<HostId> {
    let mut entries = directory(&vec![EVERYTHING; count]);
    entries.push(Entry::Place(PlaceEntry {
        index: PlaceId(1),
        code: "P1".to_owned(),
        name: name.to_owned(),
        point: Some(point),
        parent: None,
    }));
    found_of(world, Suite::default(), entries, count, seed)
}

/// The same, where the device of each place has these roles. Those beyond `count` are in the
/// directory and have no host: devices that somebody carries off.
pub fn found_with(
    world: &mut World<Node>,
    roles: &[Roles],
    count: usize,
    seed: u64,
) -> Vec<HostId> {
    found_of(world, Suite::default(), directory(roles), count, seed)
}

/// The same with a directory of one's own, in which the unit and the device of each place have its
/// number, from 1. The keys of its devices are filled in, in this suite.
pub fn found_of(
    world: &mut World<Node>,
    suite: Suite,
    entries: Vec<Entry>,
    count: usize,
    seed: u64,
) -> Vec<HostId> {
    found_keyed(world, suite, entries, count, seed, &|_| false)
}

/// The same, where the orders of these places are under a key of their own.
pub fn found_keyed(
    world: &mut World<Node>,
    suite: Suite,
    mut entries: Vec<Entry>,
    count: usize,
    seed: u64,
    is_keyed: &dyn Fn(usize) -> bool,
) -> Vec<HostId> {
    for entry in &mut entries {
        if let Entry::Device(device) = entry {
            device.public = DeviceKey::of(suite, device_seed(device.index.0)).public();
        }
    }
    let directory = written_directory(suite, &entries, seed);
    let places = (0..count).map(|place| {
        let settings = settings_in(suite, place, seed);
        let orders = is_keyed(place).then(|| order_seed(place));
        let host = world.add_host(&format!("U{}", place + 1), opener_with(settings, orders));
        world.put_on_disk(host, directory.clone());
        host
    });
    places.collect()
}

/// Builds the node from what its disk holds.
pub fn opener(settings: Settings) -> Opener<Node> {
    opener_with(settings, None)
}

/// The same; with an order key, somebody is there who gives the passphrase at every start.
pub fn opener_with(settings: Settings, orders: Option<[u8; 32]>) -> Opener<Node> {
    Box::new(move |stored: &Stored, now: Now| {
        // Other dice at every start, as a daemon has.
        let chance = now.mono.0.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let dice_seed = settings.dice_seed ^ chance;
        let mut node = Node::new(Settings { dice_seed, ..settings.clone() }, now.wall);
        for (key, value) in stored {
            node.restore(key, value);
        }
        node.opened(now);
        if let Some(seed) = orders {
            node.handle(Input::OrderKey(Some(OrderSeed(seed))), now);
        }
        node
    })
}

/// The seed of a place's order key.
fn order_seed(place: usize) -> [u8; 32] {
    [0x80 | place as u8; 32]
}

/// Records and seals of the directory lane, as the authority's disk holds them.
fn written_directory(suite: Suite, entries: &[Entry], seed: u64) -> Stored {
    let now = Now { mono: Mono(0), wall: Wall(FOUNDED_MS) };
    let mut authority = opener(settings_in(suite, 0, seed))(&Stored::new(), now);
    let groups = entries.chunks(ENTRIES_PER_RECORD).map(<[Entry]>::to_vec).collect();
    let published = authority.publish(groups, now);
    assert!(published.is_ok(), "place 0 holds the authority's key and an empty disk");
    let mut stored = Stored::new();
    loop {
        match authority.poll_output() {
            Output::Save(batch) => {
                let records = |key: &[u8]| matches!(key.first(), Some(b'r' | b's'));
                let puts = batch.puts.into_iter().filter(|(key, _)| records(key));
                lay_over(&mut stored, puts.collect());
                authority.handle(Input::Saved { batch: batch.batch }, now);
            }
            Output::Wait(_) => return stored,
            Output::Send { .. } | Output::Reply { .. } | Output::Feed(_) => {}
        }
    }
}

/// A unit and a device for each place, two depots and two items.
pub fn directory(roles: &[Roles]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (index, roles) in (1..).zip(roles) {
        entries.push(Entry::Unit(UnitEntry {
            index: UnitId(index),
            code: unit_code(usize::from(index) - 1),
            name: format!("单位{index}"),
            kind: UnitKind::Team,
            place: None,
            people: 10,
        }));
        entries.push(device(index, *roles));
    }
    for (index, item) in [(1, "冲锋舟"), (2, "救生衣")] {
        entries.push(Entry::Item(ItemEntry {
            index: ItemId(index),
            code: format!("E00{index}"),
            name: item.to_owned(),
            unit: "件".to_owned(),
        }));
        entries.push(Entry::Depot(DepotEntry {
            index: DepotId(index),
            code: format!("D0{index}"),
            name: format!("{index}号库"),
            custodian: UnitId(index),
            point: None,
        }));
    }
    entries
}

/// The directory's line of the device of this number, which speaks for the unit of that number. Its
/// key is left open until the network is founded.
pub fn device(index: u16, roles: Roles) -> Entry {
    Entry::Device(DeviceEntry {
        index: DeviceId(index),
        public: [0; PUBLIC_BYTES],
        unit: UnitId(index),
        roles,
        depot_scope: None,
    })
}

/// The key of a device, as whoever carries it off has it.
pub fn device_key(suite: Suite, index: u16) -> DeviceKey {
    DeviceKey::of(suite, device_seed(index))
}

fn device_seed(index: u16) -> [u8; 32] {
    let mut seed = [1; 32];
    seed[..2].copy_from_slice(&index.to_be_bytes());
    seed
}
