//! Golden bytes of every section, and hostile ones.

use proptest::prelude::*;

use super::*;
use crate::base::ids::{Lane, UnitId};
use crate::wire::golden;

fn lane() -> LaneId {
    LaneId { author: DeviceId(300), incarnation: 1, lane: Lane::Stock }
}

fn every_section() -> Vec<(&'static str, Section)> {
    let holding = Holding { lane: lane(), head: 9, sealed: 7, islands: vec![(2, 3)] };
    let register = Register {
        id: RegisterId::Fix(DeviceId(4), UnitId(9)),
        version: 200_000_000,
        value: vec![1, 2, 3],
    };
    let held =
        Register { id: RegisterId::Held(DeviceId(4), lane()), version: 12, value: Vec::new() };
    let piece = SealPiece::of(&[0xcc; 64], 20, 12).expect("a piece");
    let status = Register {
        id: RegisterId::Status(DeviceId(300)),
        version: 1_787_011_200,
        value: vec![64, 3],
    };
    let twice = Twice {
        device: DeviceId(300),
        newest: Start::of_bytes([1, 2, 3, 4, 5, 6]),
        is_long_past: false,
    };
    vec![
        (
            "run",
            Section::Run(Run {
                lane: lane(),
                first: 5,
                records: vec![b"one".to_vec(), b"two".to_vec()],
                seal: Some([0xaa; 64]),
            }),
        ),
        (
            "part",
            Section::Part(Part { id: lane().at(6), total: 900, offset: 200, bytes: vec![7; 3] }),
        ),
        ("seal", Section::Seal(lane().at(6), [0xbb; 64])),
        ("ack", Section::Ack(vec![holding.clone()])),
        ("digest", Section::Digest(Digest { heads: [1, 2, 3], board: 4, asks: false })),
        ("query", Section::Digest(Digest { heads: [1, 2, 3], board: 4, asks: true })),
        ("same", Section::Same(1)),
        (
            "heads",
            Section::Heads(Heads {
                from: DeviceId(1),
                to: DeviceId(300),
                holdings: vec![
                    Holding {
                        lane: LaneId::first(DeviceId(1), Lane::Command),
                        head: 3,
                        sealed: 3,
                        islands: Vec::new(),
                    },
                    holding,
                ],
            }),
        ),
        ("want", Section::Want(vec![lane().at(10)])),
        ("absent", Section::Absent(lane().at(10), 300)),
        ("twice", Section::Twice(twice)),
        ("twice-long", Section::Twice(Twice { is_long_past: true, ..twice })),
        ("board", Section::Board(vec![register, held])),
        ("board-status", Section::Board(vec![status])),
        ("piece", Section::Piece(lane().at(6), piece)),
        ("call", Section::Call(vec![DeviceId(4), DeviceId(300)])),
        ("call-many", Section::Call((2..=10).map(DeviceId).collect())),
    ]
    .into_iter()
    .chain(list_sections())
    .collect()
}

/// What is said of many lanes or devices at once.
fn list_sections() -> Vec<(&'static str, Section)> {
    vec![
        (
            "sketch",
            Section::Sketch(Sketch {
                check: 0x1234,
                heads: [1, 2, 3],
                count: 4,
                symbols: vec![5, 6, 7, 8],
            }),
        ),
        (
            "delta",
            Section::Delta(Delta {
                check: 0x1234,
                heads: [1, 2, 3],
                base: [4, 5, 6],
                changes: Changes(vec![(0, 1), (17, 3), (300, 90_000)]),
            }),
        ),
        (
            "sum",
            Section::Sum(Sum {
                seed: 700,
                items: vec![
                    Item { lane: LaneId::first(DeviceId(3), Lane::Command), first: 40, count: 5 },
                    Item { lane: LaneId::first(DeviceId(4), Lane::Command), first: 7, count: 5 },
                    Item { lane: lane(), first: 70_000, count: 1 },
                ],
                bytes: vec![1, 2, 3],
            }),
        ),
        ("lack", Section::Lack(Lack { heads: [1, 2, 3], changes: Changes(vec![(7, 2), (9, 1)]) })),
        (
            "holders",
            Section::Holders(lane().at(10), Devices([2, 3, 4, 30, 300].map(DeviceId).to_vec())),
        ),
        ("vouch", Section::Vouch(Devices([2, 3, 4, 6, 30, 300].map(DeviceId).to_vec()))),
    ]
}

/// The forms that most frames of a narrow link have.
fn short_sections() -> Vec<(&'static str, Section)> {
    let packed = PackedRun {
        author: Some(DeviceId(300)),
        incarnation: 1,
        lane: Lane::Stock,
        first: 5,
        count: 4,
        base_s: 1_787_011_200,
        bits: vec![0xcc; 9],
        seal: Some([0xaa; 64]),
        is_last: false,
    };
    let held = Holding::whole(LaneId::first(DeviceId(4), Lane::Command), 9);
    let flash = PackedRun {
        lane: Lane::Command,
        incarnation: LaneId::flash(DeviceId(300)).incarnation,
        count: 1,
        ..packed.clone()
    };
    let last = PackedRun { author: None, count: 1, seal: None, is_last: true, ..packed.clone() };
    vec![
        ("packed", Section::Packed(packed)),
        ("ack-short", Section::Ack(vec![held])),
        ("packed-flash", Section::Packed(flash)),
        ("ack-flash", Section::Ack(vec![Holding::whole(LaneId::flash(DeviceId(4)), 9)])),
        ("packed-last", Section::Packed(last)),
    ]
}

#[test]
fn sections_keep_their_golden_bytes() {
    let all = every_section().into_iter().chain(short_sections());
    let made: Vec<(&str, Vec<u8>)> = all.map(|(name, section)| (name, section.packed())).collect();
    golden::compare("bundle.hex", include_str!("../../../golden/bundle.hex"), &made);
}

#[test]
fn sections_in_a_row_are_read_back() {
    let all: Vec<_> = every_section().into_iter().chain(short_sections()).collect();
    let mut bytes = Vec::new();
    for (_, section) in &all {
        section.pack(&mut bytes);
    }
    let (sections, error) = read(&bytes);
    assert_eq!(error, None);
    assert_eq!(sections, all.into_iter().map(|(_, section)| section).collect::<Vec<_>>());
}

#[test]
fn what_came_before_an_unknown_section_counts() {
    let mut bytes = Section::Same(7).packed();
    bytes.push(0x6e);
    assert_eq!(read(&bytes), (vec![Section::Same(7)], Some(PackError::BadValue("section"))));
}

#[test]
fn a_run_must_begin_at_one_and_hold_something() {
    for (first, count) in [(0u32, 1u64), (1, 0), (u32::MAX, 2)] {
        let mut bytes = vec![1];
        lane().pack(&mut bytes);
        first.pack(&mut bytes);
        put_varint(&mut bytes, count << 1);
        bytes.extend_from_slice(&[0; 8]);
        assert!(read(&bytes).1.is_some(), "{first} {count}");
    }
}

#[test]
fn a_list_of_heads_never_ends_before_it_begins() {
    let heads = |from, to| {
        let (from, to) = (DeviceId(from), DeviceId(to));
        Section::Heads(Heads { from, to, holdings: Vec::new() }).packed()
    };
    assert!(Section::unpack_all(&heads(7, 7)).is_ok());
    assert_eq!(Section::unpack_all(&heads(8, 7)), Err(PackError::BadValue("authors")));
}

#[test]
fn nobody_holds_the_last_of_all_numbers() {
    for (head, islands, is_read) in [
        (SEQ_LAST, vec![], true),
        (u32::MAX, vec![], false),
        (SEQ_LAST - 5, vec![(2, 3)], true),
        (SEQ_LAST - 4, vec![(2, 3)], false),
        (SEQ_LAST, vec![(0, 1)], false),
    ] {
        let holding = Holding { islands, ..Holding::whole(lane(), head) };
        let section = Section::Ack(vec![holding]);
        assert_eq!(Section::unpack_all(&section.packed()).is_ok(), is_read, "{section:?}");
    }
}

#[test]
fn an_island_holds_something() {
    for (held, is_read) in [(0, false), (1, true)] {
        let holding = Holding { islands: vec![(4, held)], ..Holding::whole(lane(), 9) };
        let section = Section::Ack(vec![holding]);
        assert_eq!(Section::unpack_all(&section.packed()).is_ok(), is_read, "{held}");
    }
}

#[test]
fn a_part_must_lie_inside_its_record() {
    for (total, offset) in [(2u32, 0u32), (100, 99), (5000, 0)] {
        let part = Part { id: lane().at(1), total, offset, bytes: vec![0; 3] };
        assert!(read(&Section::Part(part).packed()).1.is_some(), "{total} {offset}");
    }
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    #[test]
    fn damaged_sections_never_panic(at in 0usize..400, with: u8) {
        let mut bytes = Vec::new();
        for (_, section) in every_section() {
            section.pack(&mut bytes);
        }
        let at = at % bytes.len();
        bytes[at] = with;
        let _ = read(&bytes);
    }
}
