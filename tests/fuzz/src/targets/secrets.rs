//! What brings keys, and what is sealed with them: notices, rekeys, groups. Whoever drives these is
//! a member, so that what is inside a seal is read as well.

use sanduan_protocol::base::ids::{DepotId, DeviceId, GroupId};
use sanduan_protocol::field::directory::{Directory, Entry};
use sanduan_protocol::field::order::SealedNote;
use sanduan_protocol::field::order::sealed::Sealed;
use sanduan_protocol::field::stock::SealedPost;
use sanduan_protocol::keys::between::Between;
use sanduan_protocol::keys::group::{GroupRing, GroupTurn};
use sanduan_protocol::keys::rekey::Rekey;
use sanduan_protocol::keys::sign::DeviceKey;
use sanduan_protocol::keys::subtree::{PathKeys, TreeMaster};
use sanduan_protocol::wire::notice::{self, Gathering};
use sanduan_protocol::wire::pack::Pack;
use sanduan_protocol::wire::record::kind;

use crate::network::{self, SUITE};

/// The device that reads.
const READER: DeviceId = DeviceId(2);
/// The group that it is in.
const GROUP: (GroupId, u32) = (GroupId(1), 1);
/// Stepping on to far epochs is hashing and nothing else.
const EPOCHS_READ: u32 = 16;

thread_local! {
    static PATH: PathKeys = master().path(READER, 1);
    static RING: GroupRing = ring();
}

/// The authority's tree.
pub fn master() -> TreeMaster {
    TreeMaster::new(SUITE, network::grant().id(), &[200; 32])
}

fn ring() -> GroupRing {
    let reader = DeviceKey::from_seed(network::seed(READER.0));
    let (authority, public) = (network::authority(), reader.public());
    let theirs = Between::new(&authority, &public).expect("a sound key");
    let turn = GroupTurn { group: GROUP.0, turn: GROUP.1, began_s: 7 };
    let wrap = turn.wrap(&master(), &theirs, READER);
    let mut ring = GroupRing::new(READER, Between::new(&reader, &authority.public()));
    ring.learn(std::iter::once((turn, wrap)));
    ring
}

/// Pieces, each with its length before it; and the bytes as a whole that goes in pieces.
pub fn notice(bytes: &[u8]) -> bool {
    let (mut gathering, mut rest, mut is_whole) = (Gathering::default(), bytes, false);
    while let Some((length, tail)) = rest.split_first() {
        let (piece, tail) = tail.split_at(usize::from(*length).min(tail.len()));
        is_whole |= gathering.take(piece).is_some();
        rest = tail;
    }
    for frame_bytes_max in [30, 78, 1200] {
        let mut framed = notice::pieces(bytes, frame_bytes_max);
        framed.reverse();
        let mut gathering = Gathering::default();
        let heard: Vec<_> = framed.iter().filter_map(|frame| gathering.take(frame)).collect();
        assert!(framed.is_empty() || heard == [bytes], "in frames of {frame_bytes_max}");
    }
    is_whole
}

/// A rekey, believed without asking who signed it.
pub fn rekey(bytes: &[u8]) -> bool {
    let Ok(rekey) = Rekey::unpack_all(bytes) else { return false };
    assert_eq!(Rekey::unpack_all(&rekey.packed()).as_ref(), Ok(&rekey));
    if rekey.head().epoch <= EPOCHS_READ {
        let mut path = PATH.with(Clone::clone);
        if let Ok(seed) = rekey.open(SUITE, READER, Some(&mut path)) {
            drop(rekey.formers(&seed));
        }
    }
    true
}

/// A group's line, sealed words, and what a member sealed.
pub fn group(bytes: &[u8]) -> bool {
    let line = match Entry::unpack_all(bytes) {
        Ok(entry @ Entry::Group(_)) => {
            let mut known = Directory::new();
            known.apply_record(1, &network::directory());
            known.apply_record(2, &[entry]);
            let reader = DeviceKey::from_seed(network::seed(READER.0));
            let between = Between::new(&reader, &network::authority().public());
            GroupRing::new(READER, between).learn(known.wraps_for(READER));
            !known.group_rows(READER).is_empty()
        }
        Ok(_) | Err(_) => false,
    };
    RING.with(|ring| {
        let outside = Sealed::unpack_all(bytes).is_ok_and(|sealed| {
            assert_eq!(Sealed::unpack_all(&sealed.packed()).as_ref(), Ok(&sealed));
            sealed.reveal(ring, READER).is_some()
        });
        let key = ring.key(GROUP.0, GROUP.1).expect("it was learned");
        let (group, turn) = GROUP;
        let inside = Sealed { group, turn, bytes: key.seal(READER, bytes) };
        line || outside || inside.reveal(ring, READER).is_some() || post(bytes, ring)
    })
}

/// A sealed note, a sealed post of a depot, and what a member sealed as one.
fn post(bytes: &[u8], ring: &GroupRing) -> bool {
    let note = SealedNote::unpack_all(bytes).is_ok_and(|note| {
        assert_eq!(SealedNote::unpack_all(&note.packed()).as_ref(), Ok(&note));
        true
    });
    let outside = SealedPost::unpack_all(bytes).is_ok_and(|post| {
        assert_eq!(SealedPost::unpack_all(&post.packed()).as_ref(), Ok(&post));
        post.reveal(ring, READER).is_ok()
    });
    let key = ring.key(GROUP.0, GROUP.1).expect("it was learned");
    let Some((number, [depot, inside @ ..])) = bytes.split_first() else { return note };
    let (kind, depot) = (kind::MOVEMENT + number % 4, DepotId(u16::from(*depot)));
    let ((group, turn), bytes) = (GROUP, key.seal(READER, inside));
    let inside = SealedPost { kind, depot, group, turn, bytes };
    note || outside || inside.reveal(ring, READER).is_ok()
}
