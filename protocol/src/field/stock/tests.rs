//! Tests of the ledger: names and a way to write records as several authors would. The tests
//! themselves stand in `tests/`: rules one by one, cases from the field, any order of arrival.

use std::collections::BTreeMap;

use super::*;
use crate::base::ids::{DeviceId, Lane, LaneId, RecordId};
use crate::base::quantity::Quantity;
use crate::base::time::Hlc;
use crate::field::body::Placed;
use crate::local::request::MovementKind;
use crate::local::rows::StockRow;
use crate::wire::record::Person;

mod cases;
mod large;
mod reports;
mod rules;
mod shuffle;

/// Items of the district by index, as in `data/jiangjin-819/items.csv`.
const ITEMS: [(u16, &str, &str, &str); 6] = [
    (1, "E001", "冲锋舟", "艘"),
    (4, "E004", "救生衣", "件"),
    (12, "E012", "风力灭火机", "台"),
    (13, "E013", "二号灭火工具", "把"),
    (14, "E014", "砍刀", "把"),
    (58, "R006", "折叠床", "张"),
];
const BOAT: ItemId = ItemId(1);
const VEST: ItemId = ItemId(4);
const BLOWER: ItemId = ItemId(12);
const BEATER: ItemId = ItemId(13);
const MACHETE: ItemId = ItemId(14);
const BED: ItemId = ItemId(58);

const DEPOTS: [(u16, &str); 3] = [(1, "区库"), (2, "白沙镇库"), (3, "朱杨镇库")];
const DISTRICT: DepotId = DepotId(1);
const BAISHA: DepotId = DepotId(2);
const ZHUYANG: DepotId = DepotId(3);

/// A directory of a few lines.
pub(super) struct Signs;

impl Names for Signs {
    fn item_row(&self, item: ItemId) -> Option<(String, String, String)> {
        let (_, code, name, unit) = ITEMS.iter().find(|row| row.0 == item.0)?;
        Some(((*code).into(), (*name).into(), (*unit).into()))
    }

    fn depot_name(&self, depot: DepotId) -> Option<String> {
        DEPOTS.iter().find(|row| row.0 == depot.0).map(|row| row.1.into())
    }

    fn person_name(&self, _: PersonId) -> Option<String> {
        None
    }

    fn author_name(&self, author: DeviceId) -> String {
        format!("单位{author}")
    }

    fn find_item(&self, text: &str) -> Result<ItemId, NameMiss> {
        if let Some(row) = ITEMS.iter().find(|row| row.1 == text || row.2 == text) {
            return Ok(ItemId(row.0));
        }
        let near = ITEMS.iter().filter(|row| text.chars().any(|c| row.2.contains(c)));
        Err(NameMiss::Unknown { near: near.map(|row| row.2.into()).collect() })
    }

    fn find_depot(&self, text: &str) -> Result<DepotId, NameMiss> {
        let fits: Vec<_> = DEPOTS.iter().filter(|row| row.1.contains(text)).collect();
        match fits[..] {
            [] => Err(NameMiss::Unknown { near: vec![] }),
            [row] => Ok(DepotId(row.0)),
            _ => Err(NameMiss::Ambiguous { fits: fits.iter().map(|row| row.1.into()).collect() }),
        }
    }
}

/// A record that somebody wrote.
#[derive(Clone, Debug)]
struct Written {
    id: RecordId,
    at: Hlc,
    body: Body,
}

/// Writes records as their authors would: each lane counts from 1, and time goes on by a second.
#[derive(Default)]
struct Pens {
    seqs: BTreeMap<u16, u32>,
    clock_ms: u64,
}

impl Pens {
    fn write(&mut self, author: u16, body: Body) -> Written {
        body.check().expect("a sound body");
        let seq = self.seqs.entry(author).or_default();
        *seq += 1;
        self.clock_ms += 1000;
        Written { id: lane(author).at(*seq), at: Hlc { wall_ms: self.clock_ms, count: 0 }, body }
    }
}

fn lane(author: u16) -> LaneId {
    LaneId::first(DeviceId(author), Lane::Stock)
}

fn take(ledger: &mut Ledger, written: &Written, is_verified: bool) -> bool {
    let person = Person::Name("李".into());
    let (id, at, body) = (written.id, written.at, &written.body);
    ledger.apply(Placed { id, at, person: &person, body }, is_verified)
}

fn folded<'a>(records: impl IntoIterator<Item = &'a Written>) -> Ledger {
    let mut ledger = Ledger::new();
    for written in records {
        take(&mut ledger, written, true);
        assert!(ledger.sum_is_zero(), "after {written:?}");
    }
    ledger
}

fn line(item: ItemId, units: i64) -> Line {
    Line { item, lot: 0, quantity: Quantity::units(units) }
}

fn moved(kind: MovementKind, depot: DepotId, lines: &[Line]) -> Body {
    let (lines, party, note) = (lines.to_vec(), String::new(), String::new());
    Body::Movement(Movement { kind, depot, lines, party, note })
}

fn shipped(from: DepotId, to: DepotId, lines: &[Line]) -> Body {
    let (lines, carrier, note) = (lines.to_vec(), "渝C·应017".into(), String::new());
    Body::Waybill(Waybill { from, to, lines, carrier, eta_s: Some(3600), note })
}

fn arrived(waybill: &Written, to: DepotId, lines: &[(ItemId, i64, i64)]) -> Body {
    let lines = lines.iter().map(|(item, received, damaged)| ArrivalLine {
        item: *item,
        lot: 0,
        received: Quantity::units(*received),
        damaged: Quantity::units(*damaged),
    });
    let (waybill, lines) = (waybill.id.into(), lines.collect());
    Body::Arrival(Arrival { waybill, to, lines, note: String::new() })
}

fn counted(depot: DepotId, item: ItemId, units: i64, basis: &[(u16, u32)]) -> Body {
    let basis = basis.iter().map(|(author, seq)| (lane(*author), *seq)).collect();
    let lines = vec![CountLine { item, counted: Quantity::units(units) }];
    Body::Count(Count { depot, lines, basis, note: String::new() })
}

fn on_hand(ledger: &Ledger, depot: DepotId, item: ItemId) -> String {
    ledger.on_hand(depot, item).to_string()
}

fn row(ledger: &Ledger, depot: DepotId, item: ItemId) -> StockRow {
    let mut rows = ledger.rows(&Signs, Some(depot), Some(item));
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}
