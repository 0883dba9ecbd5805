//! What a node that was wiped has to hear before it can show the stock of the whole district: 339
//! stores with 3,103 rows, of which every custodian's last count is enough. Counted at the floor
//! that packs the records: runs with their seals, in frames of a BDS-3 message.

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::ids::{DepotId, DeviceId, ItemId, Lane, LaneId};
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::base::time::Hlc;
use sanduan_protocol::field::air::Packer;
use sanduan_protocol::field::body::Body;
use sanduan_protocol::field::stock::{Body as StockBody, Count, CountLine};
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
/// Bytes of a frame beside its sections; those of the largest frame on a BDS-3 card follow.
const FRAME_HEAD_BYTES: usize = 13;
/// See above.
const FRAME_BYTES: usize = 1_200;
/// Lines of one record.
const LINES: usize = 64;

/// The case.
pub(super) fn stock_view(plan: Plan) -> Row {
    let costs: Vec<Cost> = (1..=plan.seeds).map(whole_district).collect();
    Row::new("stock-view", 0, 0, &costs)
        .named(
            "全区库存（339 库 3,103 行）给清空的节点，各库一次盘点",
            "stock of the district, 3,103 rows, to a wiped node: a count a store",
        )
        .reaching(5_000)
}

fn whole_district(seed: u64) -> Cost {
    let mut dice = Dice::new(seed);
    let mut depot = 0;
    let mut bytes = 0;
    for (stores, rows) in STORES {
        for store in 0..usize::from(stores) {
            depot += 1;
            // What does not divide evenly lies in the first stores.
            let extra = usize::from(store < rows % usize::from(stores));
            bytes += one_store(depot, rows / usize::from(stores) + extra, &mut dice);
        }
    }
    let frames = bytes.div_ceil(FRAME_BYTES - FRAME_HEAD_BYTES);
    let bytes = (bytes + frames * FRAME_HEAD_BYTES) as u64;
    Cost { bytes, frames: frames as u64, done_ms: Some(0) }
}

/// The run of the count records of one store under one seal.
fn one_store(depot: u16, rows: usize, dice: &mut Dice) -> usize {
    let lane = LaneId::first(DeviceId(depot), Lane::Stock);
    let mut packer = Packer::new(lane, 1);
    let mut items: Vec<ItemId> = Vec::new();
    while items.len() < rows {
        let item = ItemId(1 + dice.below(ITEMS) as u16);
        if !items.contains(&item) {
            items.push(item);
        }
    }
    items.sort_unstable();
    for some in items.chunks(LINES) {
        let line = |item: &ItemId| {
            let amounts = [1, 2, 5, 8, 12, 20, 30, 40, 60, 85, 100, 150, 240, 500, 1_200];
            let amount = amounts[dice.below(amounts.len() as u64) as usize];
            CountLine { item: *item, counted: Quantity::units(amount) }
        };
        let count = Count {
            depot: DepotId(depot),
            lines: some.iter().map(line).collect(),
            basis: Vec::new(),
            note: String::new(),
        };
        let body = Body::Stock(StockBody::Count(count));
        let at = Hlc { wall_ms: COUNTED_MS + dice.below(7_200) * 1_000, count: 0 };
        let head = Head { kind: body.kind(), at, person: Person::Nobody };
        packer.push(&head.with_body(&body.packed()));
    }
    packer.run(DeviceId(u16::MAX), Some([0; 64])).byte_len()
}
