//! The made-up district's stock, stock card and waybills.

use sanduan_protocol::base::ids::{DepotId, ItemId};
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::local::rows::{self, StockEvent, WaybillState};

use super::{Rows, spoken};

/// Fills in stock, card and waybills.
pub fn fill(rows: &mut Rows) {
    let now_ms = rows.now_ms;
    rows.stock = vec![
        stock(1, "区储备库", 1, "E001", "冲锋舟", "艘", 6),
        stock(1, "区储备库", 2, "E004", "救生衣", "件", 1203),
        stock(1, "区储备库", 3, "E012", "帐篷", "顶", -10),
        stock(1, "区储备库", 5, "E030", "柴油", "升", 350),
        stock(2, "白沙库", 2, "E004", "救生衣", "件", 203),
        stock(2, "白沙库", 3, "E012", "帐篷", "顶", 40),
    ];
    rows.stock[1].outbound = Quantity::units(20);
    rows.stock[4].inbound = Quantity::units(20);
    rows.stock[4].counted_ms = Some(now_ms - 7_200_000);
    rows.stock[4].difference = Some(Quantity::units(-7));
    rows.stock[4].ambiguous = 1;
    rows.stock[3].provisional = Quantity(-500);
    rows.card = card(now_ms);
    rows.waybills = vec![
        waybill(now_ms, 5, WaybillState::InTransit, 40),
        waybill(now_ms, 4, WaybillState::Late, 260),
        waybill(now_ms, 3, WaybillState::Short, 600),
        waybill(now_ms, 2, WaybillState::Full, 1_500),
    ];
}

fn stock(
    depot: u16,
    depot_name: &str,
    item: u16,
    code: &str,
    name: &str,
    unit: &str,
    on_hand: i64,
) -> rows::StockRow {
    rows::StockRow {
        depot: DepotId(depot),
        depot_name: depot_name.to_owned(),
        item: ItemId(item),
        item_code: code.to_owned(),
        item_name: name.to_owned(),
        unit: unit.to_owned(),
        on_hand: Quantity::units(on_hand),
        inbound: Quantity::ZERO,
        outbound: Quantity::ZERO,
        provisional: Quantity::ZERO,
        counted_ms: None,
        difference: None,
        ambiguous: 0,
        reported: None,
    }
}

fn card(now_ms: u64) -> Vec<rows::StockCardRow> {
    let lines = [
        (1, 90_000, StockEvent::Opening, 210, 210, "opening.csv"),
        (6, 9_000, StockEvent::Issue, -20, 190, "水上救援队二队"),
        (8, 7_300, StockEvent::Arrive, 20, 210, "2-1"),
        (9, 7_200, StockEvent::Count, -7, 203, "借出未登记"),
    ];
    lines
        .into_iter()
        .map(|(seq, age_s, event, change, balance, note)| rows::StockCardRow {
            id: spoken(4, seq),
            at_ms: now_ms - age_s * 1000,
            depot_name: "白沙库".to_owned(),
            event,
            change: Quantity::units(change),
            balance: Quantity::units(balance),
            note: note.to_owned(),
            person: "李强".to_owned(),
        })
        .collect()
}

fn waybill(now_ms: u64, seq: u32, state: WaybillState, minutes: u64) -> rows::WaybillRow {
    let shipped_ms = now_ms - minutes * 60_000;
    let over = matches!(state, WaybillState::Short | WaybillState::Full);
    let short = state == WaybillState::Short;
    let missing = if short { Quantity::units(2) } else { Quantity::ZERO };
    let received = match over {
        true => Quantity::units(if short { 17 } else { 20 }),
        false => Quantity::ZERO,
    };
    rows::WaybillRow {
        id: spoken(2, seq),
        state,
        from: "区储备库".to_owned(),
        to: "白沙库".to_owned(),
        carrier: "渝C12345".to_owned(),
        shipped_ms,
        eta_ms: Some(shipped_ms + 7_200_000),
        arrived_ms: over.then_some(shipped_ms + 6_000_000),
        lines: vec![rows::WaybillLineRow {
            item_name: "救生衣".to_owned(),
            item_code: "E004".to_owned(),
            unit: "件".to_owned(),
            due: Quantity::units(20),
            received,
            damaged: if short { Quantity::units(1) } else { Quantity::ZERO },
            short: missing,
        }],
        note: if short { "短2件破1件".to_owned() } else { String::new() },
    }
}

/// A depot whose posts another group alone can read.
pub fn sealed_depot(now_ms: u64) -> rows::SealedDepotRow {
    let units = vec!["区物资站".to_owned()];
    rows::SealedDepotRow {
        depot: DepotId(9),
        depot_name: "山洞库".to_owned(),
        group: rows::GroupMark { name: "储备组".to_owned(), units, readable: false },
        posts: 3,
        last_ms: now_ms,
    }
}
