//! `sanduan-reopen [RECORDS]`: measures how long a node takes to chain, verify and fold what its
//! disk holds. `cargo run --release -p sanduan-tests --bin sanduan-reopen`.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::collections::BTreeMap;
use std::time::Instant;

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::ids::{DeviceId, UnitId};
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::base::roles::Roles;
use sanduan_protocol::base::time::{Mono, Now, Wall};
use sanduan_protocol::field::directory::{
    DepotEntry, DeviceEntry, Entry, ItemEntry, UnitEntry, UnitKind,
};
use sanduan_protocol::keys::sign::DeviceKey;
use sanduan_protocol::keys::suite::Suite;
use sanduan_protocol::local::Request;
use sanduan_protocol::local::request::{LineDraft, MovementDraft, MovementKind, OrderDraft};
use sanduan_protocol::node::input::AskId;
use sanduan_protocol::node::settings::Network;
use sanduan_protocol::node::{Input, Node, Output, Settings};

type Pairs = BTreeMap<Vec<u8>, Vec<u8>>;

fn settings() -> Settings {
    Settings {
        suite: Suite::default(),
        network: Network {
            district: "500116".into(),
            name: "江津区".into(),
            drill: true,
            authority: DeviceKey::from_seed([9; 32]).public(),
            epoch_secret: [1; 32],
            epoch: 1,
            grant: None,
        },
        device: DeviceId(1),
        unit: UnitId(1),
        device_seed: [1; 32],
        authority_seed: Some([9; 32]),
        operator: "值班员".into(),
        seal_after_ms: 900_000,
        over_kept_ms: sanduan_protocol::node::settings::OVER_KEPT_MS,
        dice_seed: 1,
    }
}

fn directory() -> Vec<Entry> {
    use sanduan_protocol::base::ids::{DepotId, ItemId};
    let unit = |index: u16, kind| {
        Entry::Unit(UnitEntry {
            index: UnitId(index),
            code: format!("U{index}"),
            name: format!("单位{index}"),
            kind,
            place: None,
            people: 10,
        })
    };
    vec![
        unit(1, UnitKind::Centre),
        unit(2, UnitKind::Team),
        Entry::Device(DeviceEntry {
            index: DeviceId(1),
            public: DeviceKey::from_seed([1; 32]).public(),
            unit: UnitId(1),
            roles: Roles(0x3ff),
            depot_scope: None,
        }),
        Entry::Item(ItemEntry {
            index: ItemId(1),
            code: "E004".into(),
            name: "救生衣".into(),
            unit: "件".into(),
        }),
        Entry::Depot(DepotEntry {
            index: DepotId(1),
            code: "D00".into(),
            name: "区储备库".into(),
            custodian: UnitId(1),
            point: None,
        }),
    ]
}

/// Carry out everything the node wants; the disk is a map.
fn drain(node: &mut Node, disk: &mut Pairs, now: Now) {
    loop {
        match node.poll_output() {
            Output::Save(batch) => {
                disk.extend(batch.puts);
                node.handle(Input::Saved { batch: batch.batch }, now);
            }
            Output::Wait(_) => return,
            Output::Send { .. } | Output::Reply { .. } | Output::Feed(_) => {}
        }
    }
}

fn main() {
    let count: u64 = std::env::args().nth(1).and_then(|arg| arg.parse().ok()).unwrap_or(100_000);
    let mut disk = Pairs::new();
    let now = |n: u64| Now { mono: Mono(n * 100), wall: Wall(1_787_000_000_000 + n * 100) };
    let mut node = Node::new(settings(), now(0).wall);
    node.opened(now(0));
    node.publish(vec![directory()], now(0)).expect("it is the authority");
    drain(&mut node, &mut disk, now(0));
    let writing = Instant::now();
    for n in 1..count {
        // One in ten is an order, as in a flood's first day; the others move stock.
        let request = match n % 10 {
            0 => Request::SendOrder(OrderDraft {
                to: "U2".into(),
                class: Some(Class::Priority),
                text: "即赴白沙镇滨江路三号楼接应被困二十人速".into(),
                ..OrderDraft::default()
            }),
            _ => Request::PostMovement(MovementDraft {
                kind: MovementKind::Receive,
                depot: "D00".into(),
                lines: vec![LineDraft { item: "E004".into(), quantity: Quantity::units(1) }],
                party: String::new(),
                note: String::new(),
                person: None,
            }),
        };
        node.handle(Input::Ask { ask: AskId(n), request }, now(n));
        drain(&mut node, &mut disk, now(n));
    }
    let wrote = writing.elapsed();
    let reading = Instant::now();
    let mut again = Node::new(settings(), now(count).wall);
    for (key, value) in &disk {
        again.restore(key, value);
    }
    again.opened(now(count));
    let read = reading.elapsed();
    drain(&mut again, &mut disk, now(count));
    let bytes: usize = disk.iter().map(|(key, value)| key.len() + value.len()).sum();
    println!("records {count}, pairs {}, bytes {bytes}", disk.len());
    println!("written, sealed and folded one by one in {:.2} s", wrote.as_secs_f64());
    println!("read back, chained, verified and folded in {:.3} s", read.as_secs_f64());
    assert_eq!(again.directory().version(), node.directory().version());
}
