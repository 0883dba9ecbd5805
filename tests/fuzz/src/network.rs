//! Three devices of a made-up network, with their true keys: whoever drives the targets is an
//! insider. What they say to each other is in [`crate::story`].

use std::collections::BTreeMap;
use std::sync::OnceLock;

use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::ids::{
    DepotId, DeviceId, ItemId, Lane, LaneId, LinkId, PlaceId, RecordId, UnitId,
};
use sanduan_protocol::base::roles::Roles;
use sanduan_protocol::base::start::Start;
use sanduan_protocol::base::time::{Mono, Now, Wall};
use sanduan_protocol::field::directory::{
    DepotEntry, DeviceEntry, Directory, Entry, ItemEntry, PlaceEntry, UnitEntry, UnitKind,
};
use sanduan_protocol::keys::certificate::{Certificate, SignedCertificate};
use sanduan_protocol::keys::enrol::{JoinFile, NetworkGrant};
use sanduan_protocol::keys::epochs::{Epochs, Owner};
use sanduan_protocol::keys::frame_key::{FrameKey, FrameSealer};
use sanduan_protocol::keys::sign::DeviceKey;
use sanduan_protocol::keys::suite::Suite;
use sanduan_protocol::link::profile::{Medium, Profile};
use sanduan_protocol::local::{Refusal, Reply, Request};
use sanduan_protocol::node::input::AskId;
use sanduan_protocol::node::settings::Network;
use sanduan_protocol::node::{Input, Node, Output, Settings};
use sanduan_protocol::wire::text::{self, Model};

use crate::remembering::Remembering;
use crate::story::story;

/// The suite of the network: the product's, which remembers what it was asked before.
pub const SUITE: Suite = Suite::of(&Remembering);

/// Devices of the network.
pub const DEVICES: u16 = 3;
/// 2026-08-18 08:00 in Chongqing.
pub const START_MS: u64 = 1_787_011_200_000;
/// The link of two, and the radio.
pub const LINKS: [LinkId; 2] = [LinkId(1), LinkId(2)];

/// Keys and values of a disk.
pub type Disk = BTreeMap<Vec<u8>, Vec<u8>>;

/// The seed of a device's key.
pub fn seed(device: u16) -> [u8; 32] {
    [device as u8; 32]
}

/// The authority's key.
pub fn authority() -> DeviceKey {
    DeviceKey::of(SUITE, [200; 32])
}

/// What a device is told of itself; the first one founded the network.
pub fn settings(device: u16) -> Settings {
    Settings {
        suite: SUITE,
        network: Network {
            district: "500116".into(),
            name: "江津区".into(),
            drill: false,
            authority: authority().public(),
            epoch_secret: [7; 32],
            epoch: 1,
            grant: None,
        },
        device: DeviceId(device),
        unit: UnitId(device),
        device_seed: seed(device),
        authority_seed: (device == 1).then_some([200; 32]),
        operator: "值班员".into(),
        seal_after_ms: 60_000,
        over_kept_ms: sanduan_protocol::node::settings::OVER_KEPT_MS,
        dice_seed: u64::from(device),
    }
}

/// The key that all frames are sealed with.
pub fn frame_key() -> FrameKey {
    let network = settings(1).network;
    FrameKey::derive(SUITE, &network.epoch_secret, network.epoch)
}

/// The key that files carried by hand are sealed with.
pub fn carry_key() -> FrameKey {
    let owner = Owner {
        suite: SUITE,
        network: grant().id(),
        authority: authority().public(),
        device: DeviceId(1),
    };
    let Network { epoch, epoch_secret, .. } = settings(1).network;
    Epochs::new(owner, epoch, &epoch_secret, None).carry_keys().swap_remove(0)
}

/// Seals frames in the name of a device.
pub fn sealer(device: u16) -> FrameSealer {
    let mut sealer = FrameSealer::new(frame_key(), DeviceId(device));
    sealer.begin(Start::of_bytes([0xff; 6]));
    sealer
}

/// What a join file grants.
pub fn grant() -> NetworkGrant {
    let Network { district, name, drill, authority, epoch_secret, epoch, grant } =
        settings(1).network;
    NetworkGrant { suite: SUITE, district, name, drill, authority, epoch_secret, epoch, grant }
}

/// The certificate of a device.
pub fn certificate(device: u16) -> SignedCertificate {
    let certificate = Certificate {
        serial: 1,
        issuer: DeviceId(0),
        device: DeviceId(device),
        public: DeviceKey::of(SUITE, seed(device)).public(),
        unit: UnitId(device),
        roles: Roles(0x3ff),
        depot: None,
        not_before_s: (START_MS / 1000) as u32,
        lifetime_h: 72,
        leaf: 2,
    };
    certificate.issue(&authority(), grant().id()).expect("a sound certificate")
}

/// The join file of the second device.
pub fn join_file() -> JoinFile {
    JoinFile { network: grant(), certificate: certificate(2), issuer: None }
}

/// True for records and seals of the directory on a disk.
pub fn is_of_directory(key: &[u8]) -> bool {
    let id = matches!(key.first(), Some(b'r' | b's')).then(|| record_of_key(key)).flatten();
    id.is_some_and(|id| id.lane.lane == Lane::Directory)
}

/// The record that a key of a disk names: tag, author, incarnation, lane, number.
pub fn record_of_key(key: &[u8]) -> Option<RecordId> {
    let [_, high, low, incarnation, lane, seq @ ..] = key else { return None };
    let lane = Lane::from_u8(*lane)?;
    let author = DeviceId(u16::from_be_bytes([*high, *low]));
    let seq = u32::from_be_bytes(seq.try_into().ok()?);
    Some(LaneId { author, incarnation: *incarnation, lane }.at(seq))
}

/// The directory as all know it.
pub fn story_directory() -> &'static Directory {
    static KNOWN: OnceLock<Directory> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut known = Directory::new();
        known.apply_record(1, &directory());
        known
    })
}

/// Make once what all targets share, so that no input is blamed for it.
pub fn warm() {
    static WARM: OnceLock<()> = OnceLock::new();
    WARM.get_or_init(|| {
        story();
        story_directory();
        drop(text::decode(&text::encode("转移", Model::standard()), Model::standard(), 99));
    });
}

/// Units, devices, a place, two depots and two items.
pub fn directory() -> Vec<Entry> {
    let mut entries = vec![Entry::Place(PlaceEntry {
        index: PlaceId(1),
        code: "500116100".into(),
        name: "几江街道".into(),
        point: Point::from_degrees(29.29, 106.26),
        parent: None,
    })];
    for index in 1..=DEVICES {
        entries.push(Entry::Unit(UnitEntry {
            index: UnitId(index),
            code: format!("U{index}"),
            name: format!("{index}号单位"),
            kind: UnitKind::Team,
            place: Some(PlaceId(1)),
            people: 10,
        }));
        entries.push(Entry::Device(DeviceEntry {
            index: DeviceId(index),
            public: DeviceKey::of(SUITE, seed(index)).public(),
            unit: UnitId(index),
            roles: Roles(0x3ff),
            depot_scope: None,
        }));
    }
    for index in 1..=2 {
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

/// One of the two links.
pub fn profile(link: LinkId) -> Profile {
    let radio = link == LINKS[1];
    Profile {
        name: if radio { "370".into() } else { "udp".into() },
        kind: if radio { "kiss-tcp".into() } else { "udp".into() },
        mtu: if radio { 120 } else { 1200 },
        rate_bit_s: if radio { 9600 } else { 10_000_000 },
        per_burst_ms: if radio { 800 } else { 0 },
        medium: if radio { Medium::Broadcast } else { Medium::Unicast },
        half_duplex: radio,
        names_sender: !radio,
        beacon_max_ms: 60_000,
        ..Profile::default()
    }
}

/// One device in memory, with its disk.
pub struct Host {
    /// The machine.
    pub node: Node,
    /// Its disk.
    pub disk: Disk,
    /// What its clocks say beyond [`START_MS`].
    pub now_ms: u64,
    /// Frames that it sent and nobody has taken yet.
    pub sent: Vec<(LinkId, Vec<u8>)>,
    /// What it answered, newest last.
    pub replies: Vec<Result<Reply, Refusal>>,
}

impl Host {
    /// Open a device with this disk, and bring up both links.
    pub fn open(device: u16, disk: &Disk) -> Host {
        let now = Now { mono: Mono(0), wall: Wall(START_MS) };
        let mut node = Node::new(settings(device), now.wall);
        disk.iter().for_each(|(key, value)| node.restore(key, value));
        node.opened(now);
        let (sent, replies) = (Vec::new(), Vec::new());
        let mut host = Host { node, disk: disk.clone(), now_ms: 1000, sent, replies };
        host.drain();
        for link in LINKS {
            host.input(Input::LinkUp { link, profile: profile(link) });
            host.input(Input::LinkReady { link });
        }
        host
    }

    /// Both clocks.
    pub fn now(&self) -> Now {
        Now { mono: Mono(self.now_ms), wall: Wall(START_MS + self.now_ms) }
    }

    /// One thing happens, and everything that follows from it.
    pub fn input(&mut self, input: Input) {
        let now = self.now();
        self.node.handle(input, now);
        self.drain();
    }

    /// Ask, and drop all earlier answers.
    pub fn ask(&mut self, request: Request) {
        self.replies.clear();
        self.input(Input::Ask { ask: AskId(1), request });
    }

    /// Carry out what the machine wishes. A link is ready again once its frame was taken from
    /// `sent`, so that nothing goes on by itself.
    pub fn drain(&mut self) {
        loop {
            match self.node.poll_output() {
                Output::Save(batch) => {
                    self.disk.extend(batch.puts);
                    let now = self.now();
                    self.node.handle(Input::Saved { batch: batch.batch }, now);
                }
                Output::Send { link, frame, .. } => self.sent.push((link, frame)),
                Output::Reply { reply, .. } => self.replies.push(*reply),
                Output::Feed(_) => {}
                Output::Wait(_) => return,
            }
        }
    }
}
