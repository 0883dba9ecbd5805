//! A made-up network for the lab: settings, a small directory, two kinds of link.

use super::lab::{Lab, START_MS};
use crate::base::ids::{DepotId, DeviceId, ItemId, UnitId};
use crate::base::roles::Roles;
use crate::field::directory::{DepotEntry, DeviceEntry, Entry, ItemEntry, UnitEntry, UnitKind};
use crate::keys::enrol::EnrolRequest;
use crate::keys::epochs::EpochGrant;
use crate::keys::sign::{DeviceKey, NetworkId};
use crate::keys::subtree::TreeMaster;
use crate::keys::suite::UNDER_TEST;
use crate::link::profile::{Medium, Profile};
use crate::local::{Refusal, Reply, Request};
use crate::node::Settings;
use crate::node::settings::Network;

pub fn settings(node: usize) -> Settings {
    let authority = DeviceKey::of(UNDER_TEST, [200; 32]);
    Settings {
        suite: UNDER_TEST,
        network: Network {
            district: "500116".into(),
            name: "江津区".into(),
            drill: false,
            authority: authority.public(),
            epoch_secret: [7; 32],
            epoch: 1,
            grant: Some(grant(&authority, node)),
        },
        device: DeviceId(node as u16 + 1),
        unit: UnitId(node as u16 + 1),
        device_seed: [node as u8 + 1; 32],
        authority_seed: (node == 0).then_some([200; 32]),
        operator: format!("值班员{node}"),
        seal_after_ms: 60_000,
        over_kept_ms: crate::node::settings::OVER_KEPT_MS,
        dice_seed: node as u64,
    }
}

/// The epoch begins with the lab's clock.
fn grant(authority: &DeviceKey, node: usize) -> EpochGrant {
    let network = NetworkId::new(UNDER_TEST, &authority.public(), false);
    let master = TreeMaster::new(UNDER_TEST, network, &[200; 32]);
    let began_s = (START_MS / 1000) as u32;
    let path = Some(master.path(DeviceId(node as u16 + 1), 1));
    EpochGrant { path, ..EpochGrant::founding(UNDER_TEST, &[7; 32], began_s) }
}

/// Units, devices, two depots and two items.
pub fn directory(count: usize) -> Vec<Entry> {
    let all = Roles(0x3ff);
    let mut entries = Vec::new();
    for node in 0..count {
        let index = node as u16 + 1;
        entries.push(Entry::Unit(UnitEntry {
            index: UnitId(index),
            code: format!("U{index}"),
            name: format!("单位{index}"),
            kind: UnitKind::Team,
            place: None,
            people: 10,
        }));
        entries.push(Entry::Device(DeviceEntry {
            index: DeviceId(index),
            public: DeviceKey::of(UNDER_TEST, [node as u8 + 1; 32]).public(),
            unit: UnitId(index),
            roles: all,
            depot_scope: None,
        }));
    }
    for index in 1..=2u16 {
        entries.push(Entry::Item(ItemEntry {
            index: ItemId(index),
            code: format!("E00{index}"),
            name: ["冲锋舟", "救生衣"][index as usize - 1].into(),
            unit: "件".into(),
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

pub fn udp(name: &str) -> Profile {
    Profile {
        name: name.into(),
        kind: "udp".into(),
        target: String::new(),
        mtu: 1200,
        rate_bit_s: 10_000_000,
        per_burst_ms: 0,
        per_frame_bytes: 28,
        medium: Medium::Unicast,
        half_duplex: false,
        min_interval_ms: 0,
        beacon_max_ms: 60_000,
        ..Profile::default()
    }
}

pub fn radio(rate_bit_s: u32) -> Profile {
    Profile {
        name: "370".into(),
        kind: "kiss-tcp".into(),
        target: String::new(),
        mtu: 256,
        rate_bit_s,
        per_burst_ms: 800,
        per_frame_bytes: 3,
        medium: Medium::Broadcast,
        half_duplex: true,
        min_interval_ms: 0,
        beacon_max_ms: 60_000,
        ..Profile::default()
    }
}

/// A satellite card of two: one message of so many bytes a minute.
pub fn card(bytes: u16) -> Profile {
    Profile {
        name: "card".into(),
        kind: "beidou".into(),
        mtu: bytes,
        rate_bit_s: u32::from(bytes) * 8 / 60,
        medium: Medium::Unicast,
        half_duplex: true,
        min_interval_ms: 60_000,
        beacon_max_ms: 1_800_000,
        names_sender: true,
        ..Profile::default()
    }
}

/// The key of a machine that is not in the directory yet.
pub fn key(number: u8) -> DeviceKey {
    DeviceKey::of(UNDER_TEST, [number; 32])
}

/// Its admission by a node, for a unit and in a role: its number, and the text of its join file.
pub fn admitted(
    lab: &mut Lab,
    node: usize,
    number: u8,
    (unit, role): (&str, &str),
    again: bool,
) -> Result<(DeviceId, String), Refusal> {
    let request = EnrolRequest::of(&key(number)).to_text();
    let (unit, roles) = (unit.to_owned(), vec![role.to_owned()]);
    match lab.ask(node, Request::AdmitDevice { request, unit, roles, again })? {
        Reply::Admitted { device, join, .. } => Ok((device, join)),
        other => panic!("{other:?}"),
    }
}
