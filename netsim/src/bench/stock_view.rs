//! What a node that was wiped has to hear before it can show the stock of the whole district: 339
//! stores with 3,103 rows, each store kept and counted by its own custodian. Once as the counts
//! themselves, one record a store under one seal each; once as the centre's snapshot of them, which
//! names how far it had read each custodian's lane. Counted at the floor that packs the records, in
//! frames of a BDS-3 message.

use std::collections::BTreeMap;

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::ids::{DepotId, DeviceId, ItemId, Lane, LaneId};
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::base::time::Hlc;
use sanduan_protocol::field::air::{Packer, alone};
use sanduan_protocol::field::body::{Body, Placed};
use sanduan_protocol::field::stock::snapshot::take;
use sanduan_protocol::field::stock::{Body as StockBody, Count, CountLine, Ledger};
use sanduan_protocol::wire::bundle::{Part, Section};
use sanduan_protocol::wire::pack::Pack;
use sanduan_protocol::wire::record::{Head, Person};

use super::Plan;
use super::row::Row;
use super::stage::Cost;

/// Stores of a kind and rows in all of them: the district's, forward ones, towns', villages'
/// (research, domain section 4).
const STORES: [(u16, usize); 4] = [(1, 75), (7, 140), (30, 480), (301, 2_408)];
/// Items of the catalogue.
const ITEMS: u64 = 130;
/// 2026-08-18 20:00 Beijing time.
const COUNTED_MS: u64 = 1_787_054_400_000;
/// The counts take so long, seconds.
const COUNTING_S: u64 = 7_200;
/// Stock records that a custodian wrote before its count, at most.
const BEFORE_MAX: u64 = 12;
/// Bytes of a frame beside its sections; those of the largest frame on a BDS-3 card follow.
const FRAME_HEAD_BYTES: usize = 13;
/// See above.
const FRAME_BYTES: usize = 1_200;
/// Lines of one record.
const LINES: usize = 64;
/// Whoever takes the snapshot.
const CENTRE: DeviceId = DeviceId(400);

/// The case of one snapshot.
pub(super) fn by_snapshot(plan: Plan) -> Row {
    let costs: Vec<Cost> = (1..=plan.seeds).map(|seed| snapshot_of(&stores(seed))).collect();
    Row::new("stock-view", 0, 0, &costs)
        .named(
            "全区库存（339 库 3,103 行）给清空的节点，一次快照",
            "stock of the district, 3,103 rows, to a wiped node: one snapshot",
        )
        .within(5_000)
}

/// The case of the records themselves.
pub(super) fn by_counts(plan: Plan) -> Row {
    let costs: Vec<Cost> = (1..=plan.seeds).map(|seed| counts_of(&stores(seed))).collect();
    Row::new("stock-counts", 0, 0, &costs)
        .named("同上，各库盘点记录逐条补齐", "the same by the records themselves: a count a store")
}

/// The count of one store and the place of its record.
struct Store {
    first: u32,
    counts: Vec<(Hlc, Count)>,
}

fn stores(seed: u64) -> Vec<Store> {
    let mut dice = Dice::new(seed);
    let mut made = Vec::new();
    for (stores, rows) in STORES {
        for store in 0..usize::from(stores) {
            // What does not divide evenly lies in the first stores.
            let extra = usize::from(store < rows % usize::from(stores));
            let depot = DepotId(made.len() as u16 + 1);
            made.push(one_store(depot, rows / usize::from(stores) + extra, &mut dice));
        }
    }
    made
}

fn one_store(depot: DepotId, rows: usize, dice: &mut Dice) -> Store {
    let mut items: Vec<ItemId> = Vec::new();
    while items.len() < rows {
        let item = ItemId(1 + dice.below(ITEMS) as u16);
        if !items.contains(&item) {
            items.push(item);
        }
    }
    items.sort_unstable();
    let mut counts = Vec::new();
    for some in items.chunks(LINES) {
        let line = |item: &ItemId| {
            let amounts = [1, 2, 5, 8, 12, 20, 30, 40, 60, 85, 100, 150, 240, 500, 1_200];
            let amount = amounts[dice.below(amounts.len() as u64) as usize];
            CountLine { item: *item, counted: Quantity::units(amount) }
        };
        let lines = some.iter().map(line).collect();
        let count = Count { depot, lines, basis: Vec::new(), note: String::new() };
        let wall_ms = COUNTED_MS + dice.below(COUNTING_S) * 1_000;
        counts.push((Hlc { wall_ms, count: 0 }, count));
    }
    Store { first: 2 + dice.below(BEFORE_MAX) as u32, counts }
}

fn lane(depot: DepotId) -> LaneId {
    LaneId::first(DeviceId(depot.0), Lane::Stock)
}

/// A run of each store's count records under one seal.
fn counts_of(stores: &[Store]) -> Cost {
    let runs = stores.iter().map(|store| {
        let depot = store.counts[0].1.depot;
        let mut packer = Packer::new(lane(depot), store.first);
        for (at, count) in &store.counts {
            packer.push(&record(*at, Body::Stock(StockBody::Count(count.clone()))));
        }
        packer.byte_len(DeviceId(u16::MAX), true)
    });
    framed(runs.sum())
}

/// The pages that the centre writes once it has all counts, and one seal.
fn snapshot_of(stores: &[Store]) -> Cost {
    let mut ledger = Ledger::new();
    let mut heads = BTreeMap::new();
    for store in stores {
        for (seq, (at, count)) in (store.first..).zip(&store.counts) {
            let (id, body) = (lane(count.depot).at(seq), StockBody::Count(count.clone()));
            ledger.apply(Placed { id, at: *at, person: &Person::Nobody, body: &body }, true);
            heads.insert(id.lane, seq);
        }
    }
    let own = LaneId::first(CENTRE, Lane::Stock);
    let now_ms = COUNTED_MS + COUNTING_S * 1_000;
    let pages = take::pages(&ledger, |_| true, &heads, own, now_ms);
    let mut bytes = 0;
    for (seq, page) in (1..).zip(pages) {
        let at = Hlc { wall_ms: now_ms, count: seq as u16 };
        let whole = alone::pack(own.at(seq), &record(at, Body::Snapshot(page)));
        bytes += in_parts(own, seq, &whole);
    }
    framed(bytes + Section::Seal(own.at(1), [0; 64]).packed().len())
}

/// Bytes of the sections of a record that goes in parts.
fn in_parts(own: LaneId, seq: u32, whole: &[u8]) -> usize {
    let parts = (0..).step_by(PART_BYTES).zip(whole.chunks(PART_BYTES)).map(|(offset, piece)| {
        let (total, bytes) = (whole.len() as u32, piece.to_vec());
        Section::Part(Part { id: own.at(seq), total, offset, bytes }).packed().len()
    });
    parts.sum()
}

/// Bytes of a record that one frame takes, in two of which a page goes.
const PART_BYTES: usize = FRAME_BYTES - FRAME_HEAD_BYTES - 16;

fn framed(bytes: usize) -> Cost {
    let frames = bytes.div_ceil(FRAME_BYTES - FRAME_HEAD_BYTES);
    let bytes = (bytes + frames * FRAME_HEAD_BYTES) as u64;
    Cost { bytes, frames: frames as u64, done_ms: Some(0) }
}

fn record(at: Hlc, body: Body) -> Vec<u8> {
    Head { kind: body.kind(), at, person: Person::Nobody }.with_body(&body.packed())
}
