//! What keys cost in bytes: frames, seals, certificates, join files, revocations, rekeys, each
//! made here and counted. How long they take is measured where there is a clock.

use std::collections::{BTreeMap, BTreeSet};

use sanduan_protocol::base::caps::{JOIN_DISTRICT_BYTES_MAX, JOIN_NAME_BYTES_MAX};
use sanduan_protocol::base::ids::{DeviceId, GroupId, Lane, LaneId, UnitId};
use sanduan_protocol::base::roles::Roles;
use sanduan_protocol::base::start::Start;
use sanduan_protocol::base::time::Hlc;
use sanduan_protocol::field::body::Body;
use sanduan_protocol::field::directory::{Entry, RevokeEntry};
use sanduan_protocol::keys::between::Between;
use sanduan_protocol::keys::certificate::{Certificate, SignedCertificate};
use sanduan_protocol::keys::enrol::{JoinFile, NetworkGrant};
use sanduan_protocol::keys::epochs::EpochGrant;
use sanduan_protocol::keys::frame_key::{FrameKey, FrameSealer, Manner};
use sanduan_protocol::keys::group::GroupTurn;
use sanduan_protocol::keys::rekey::{Rekey, RekeyHead};
use sanduan_protocol::keys::sign::{DeviceKey, NetworkId, SIGNATURE_BYTES};
use sanduan_protocol::keys::subtree::TreeMaster;
use sanduan_protocol::keys::suite::{SUITE_0, Suite};
use sanduan_protocol::wire::armor::Armor;
use sanduan_protocol::wire::pack::Pack;
use sanduan_protocol::wire::record::{Head, Person};

use super::bundle::movements_open_and_sealed;

const SUITE: Suite = SUITE_0;
const AUTHORITY_SEED: [u8; 32] = [1; 32];
const SECRET: [u8; 32] = [7; 32];
/// Devices of a full tree.
const LAST: DeviceId = DeviceId(1023);

/// One thing and its bytes.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct KeyRow {
    /// What it is, Chinese and English.
    pub what: String,
    /// Its bytes; of a seal, for each record in hundredths of a byte.
    pub bytes: usize,
    /// What it may have.
    pub goal: Option<usize>,
}

/// Everything in turn.
pub fn key_sizes() -> Vec<KeyRow> {
    let row = |what: &str, bytes, goal| KeyRow { what: what.to_owned(), bytes, goal };
    let mut rows = vec![
        row("帧开销 frame overhead, radio", frame_overhead(false), Some(13)),
        row("定位帧开销 brief frame overhead", frame_overhead(true), Some(13)),
    ];
    for records in [1, 8, 32] {
        let what = format!("每条记录的封印，{records} 条一封 seal per record (1/100 B)");
        rows.push(row(&what, SIGNATURE_BYTES * 100 / records, None));
    }
    rows.push(row("证书 certificate", certificate(grant().id()).emit().len(), Some(120)));
    rows.push(row("最长入网文件 longest join file", join_bytes(), Some(500)));
    rows.push(row("吊销（含封印） revocation with its seal", revocation_bytes(""), Some(90)));
    let with_reason = revocation_bytes("途中遗失");
    rows.push(row(
        "吊销，另有四字原因 the same with a reason of four characters",
        with_reason,
        None,
    ));
    for (shut_out, goal) in [(1, Some(320)), (3, Some(677)), (5, Some(993)), (10, Some(1675))] {
        let what = format!("换钥 rekey of 1,023 devices, {shut_out} revoked");
        rows.push(row(&what, rekey_bytes(LAST, shut_out), goal));
    }
    rows.push(row("换钥 rekey of 60 devices, 1 revoked", rekey_bytes(DeviceId(60), 1), None));
    let [open, sealed, count] = movements_of_a_group();
    for (what, bytes) in [("公开 in the open", open), ("密 sealed to a group", sealed)] {
        let what = format!("{count} 条出入库 movements in a bundle, {what}");
        rows.push(row(&what, bytes, None));
    }
    rows
}

fn movements_of_a_group() -> [usize; 3] {
    let turn = GroupTurn { group: GroupId(1), turn: 1, began_s: 0 };
    let device = DeviceKey::of(SUITE, [9; 32]);
    let between = Between::new(&device, &authority().public());
    between.map_or([0; 3], |between| {
        let master = TreeMaster::new(SUITE, grant().id(), &AUTHORITY_SEED);
        let wrap = turn.wrap(&master, &between, DeviceId(4));
        let key = turn.unwrap(&between, DeviceId(4), &wrap);
        movements_open_and_sealed(&key, (turn.group, turn.turn))
    })
}

fn frame_overhead(brief: bool) -> usize {
    let mut sealer = FrameSealer::new(FrameKey::derive(SUITE, &SECRET, 1), DeviceId(2));
    sealer.begin(Start::default());
    let plain = [5; 60];
    let sealed = sealer.seal(&plain, Manner { brief, ..Manner::SHORT });
    sealed.expect("a start was begun").len() - plain.len()
}

fn authority() -> DeviceKey {
    DeviceKey::of(SUITE, AUTHORITY_SEED)
}

/// A network whose names are as long as names may be.
fn grant() -> NetworkGrant {
    NetworkGrant {
        suite: SUITE,
        district: "5".repeat(JOIN_DISTRICT_BYTES_MAX),
        name: "区".repeat(JOIN_NAME_BYTES_MAX / "区".len()),
        drill: false,
        authority: authority().public(),
        epoch_secret: SECRET,
        epoch: 1,
        grant: None,
    }
}

fn certificate(network: NetworkId) -> SignedCertificate {
    let certificate = Certificate {
        serial: 4,
        issuer: DeviceId(0),
        device: DeviceId(4),
        public: DeviceKey::of(SUITE, [2; 32]).public(),
        roles: Roles::RECEIPT,
        unit: UnitId(31),
        depot: None,
        not_before_s: 1_787_097_600,
        lifetime_h: 0,
        leaf: 4,
    };
    certificate.issue(&authority(), network).expect("sound")
}

fn join_bytes() -> usize {
    let network = grant();
    let id = network.id();
    let path = TreeMaster::new(SUITE, id, &AUTHORITY_SEED).path(DeviceId(4), 1);
    let founding = EpochGrant::founding(SUITE, &SECRET, 1_787_097_600);
    let grant = Some(EpochGrant { path: Some(path), ..founding });
    let network = NetworkGrant { grant, ..network };
    let join = JoinFile { certificate: certificate(id), network, issuer: None };
    let text = join.seal(&[9; 32]).expect("names are as long as they may be");
    Armor { label: "SDJOIN", group: 0 }.read(&text).expect("just written").len()
}

fn revocation_bytes(reason: &str) -> usize {
    let index = DeviceId(700);
    let cut: BTreeMap<LaneId, u32> =
        [Lane::Command, Lane::Stock].map(|lane| (LaneId::first(index, lane), 300)).into();
    let entry = Entry::Revoke(RevokeEntry { index, reason: reason.to_owned(), cut });
    record(entry) + SIGNATURE_BYTES
}

/// Bytes of a record of the directory with this line alone.
fn record(entry: Entry) -> usize {
    let body = Body::Directory(vec![entry]);
    let at = Hlc { wall_ms: 1_787_097_600_000, count: 0 };
    Head { kind: body.kind(), at, person: Person::Nobody }.with_body(&body.packed()).len()
}

/// The worst of a few sets of so many devices.
fn rekey_bytes(last: DeviceId, shut_out: u16) -> usize {
    let network = grant().id();
    let master = TreeMaster::new(SUITE, network, &AUTHORITY_SEED);
    let of = |first: u16| {
        let devices = (0..shut_out).map(|place| 1 + (first + place * (last.0 / shut_out)) % last.0);
        let shut_out: BTreeSet<DeviceId> = devices.map(DeviceId).collect();
        let head = RekeyHead { epoch: 2, began_s: 1_787_097_600, last, shut_out };
        let parts = Rekey::make(&master, &authority(), network, &head, None);
        parts.expect("few enough").iter().map(|part| part.packed().len()).sum::<usize>()
    };
    (1..12).map(|place| of(place * 3)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_stays_under_its_goal() {
        let rows = key_sizes();
        assert!(rows.iter().filter(|row| row.goal.is_some()).count() >= 9);
        for row in rows {
            assert!(row.goal.is_none_or(|goal| row.bytes <= goal), "{row:?}");
        }
    }
}
