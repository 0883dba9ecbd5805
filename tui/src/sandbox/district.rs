//! The made-up district's node, directory, orders and positions.

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::ids::{DepotId, DeviceId, ItemId, PlaceId, PostId, TemplateId, UnitId};
use sanduan_protocol::local::request::{Need, OrderKind, Proxy, Rung, UnitState};
use sanduan_protocol::local::rows::{self, OrderState};

use super::{Rows, spoken};

const MINUTE_MS: u64 = 60_000;

/// Fills in node, directory, orders and positions.
pub fn fill(rows: &mut Rows) {
    rows.status = status(rows.now_ms);
    rows.directory = directory();
    rows.orders = orders(rows.now_ms);
    rows.positions = positions(rows.now_ms);
}

fn status(now_ms: u64) -> rows::StatusRow {
    rows::StatusRow {
        version: "0.1.0".to_owned(),
        district: "500116".to_owned(),
        name: "江津区".to_owned(),
        drill: false,
        device: DeviceId(1),
        unit: UnitId(1),
        unit_name: "区应急局指挥中心".to_owned(),
        roles: vec!["authority".to_owned(), "order.issue".to_owned(), "order.sign".to_owned()],
        operator: String::new(),
        now_ms,
        records: 412,
        provisional: 3,
        refused: 1,
        digest: "5f0c11aa".to_owned(),
        board_digest: "09be77d2".to_owned(),
        open_orders: 3,
        unanswered_here: 1,
        outbox: 4,
        unsaved: None,
        room: rows::RoomRow::default(),
        scrub: rows::ScrubRow::default(),
        forks: Vec::new(),
        over_share: Vec::new(),
        clocks_ahead: Vec::new(),
        twins: Vec::new(),
        keys: rows::KeysRow { epoch: 1, day: 0, behind: None, can_follow: true },
        issuer: None,
        vault: rows::VaultRow { opened: true, ..rows::VaultRow::default() },
        battery_pct: Some(87),
        sparing_battery: false,
        links_up: vec!["udp".to_owned(), "kiss-tcp".to_owned()],
        uptime_s: 9_300,
    }
}

/// Index, code, name, kind of each unit.
const UNITS: [(u16, &str, &str, &str); 5] = [
    (1, "C1", "区应急局指挥中心", "centre"),
    (2, "F1", "前方指挥部", "forward"),
    (3, "T05", "水上救援队二队", "team"),
    (4, "K00", "区储备库", "depot"),
    (5, "Z08", "白沙镇", "town"),
];

fn directory() -> rows::DirectoryRows {
    let units = UNITS.iter().map(|(index, code, name, kind)| rows::UnitRow {
        unit: UnitId(*index),
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        kind: (*kind).to_owned(),
        place: Some(PlaceId(*index)),
        people: 10,
    });
    let items = [
        ("E001", "冲锋舟", "艘"),
        ("E004", "救生衣", "件"),
        ("E012", "帐篷", "顶"),
        ("E013", "棉被", "床"),
        ("E030", "柴油", "升"),
    ];
    let depots = [("D00", "区储备库"), ("D08", "白沙库")];
    rows::DirectoryRows {
        version: 42,
        places: vec![place(1, "几江街道", 29.290, 106.258), place(2, "白沙镇", 29.060, 106.125)],
        units: units.collect(),
        items: (1..)
            .zip(items)
            .map(|(index, (code, name, unit))| rows::ItemRow {
                item: ItemId(index),
                code: code.to_owned(),
                name: name.to_owned(),
                unit: unit.to_owned(),
            })
            .collect(),
        depots: (1..)
            .zip(depots)
            .map(|(index, (code, name))| rows::DepotRow {
                depot: DepotId(index),
                code: code.to_owned(),
                name: name.to_owned(),
                custodian: UnitId(4),
            })
            .collect(),
        devices: devices(),
        persons: vec!["王芳".to_owned(), "李强".to_owned()],
        templates: vec![rows::TemplateRow {
            template: TemplateId(2),
            code: "M02".to_owned(),
            zh: "即赴{地点}接应被困群众{人数}人".to_owned(),
            en: "Go to {地点} now and bring out {人数} trapped people".to_owned(),
            fields: vec!["地点:place".to_owned(), "人数:number".to_owned()],
        }],
        posts: vec![rows::PostRow {
            post: PostId(1),
            code: "G01".to_owned(),
            name: "总值班室".to_owned(),
            unit: UnitId(1),
            primary: "王芳".to_owned(),
            stand_in: Some("李强".to_owned()),
        }],
        groups: Vec::new(),
    }
}

fn devices() -> Vec<rows::DeviceRow> {
    let row = |device: u16, unit: usize, roles: &[&str], key: &str| rows::DeviceRow {
        device: DeviceId(device),
        unit: UnitId(UNITS[unit].0),
        unit_name: UNITS[unit].2.to_owned(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        key: key.to_owned(),
        order_key: (device == 1).then(|| "0d9e47b2".to_owned()),
    };
    vec![
        row(1, 0, &["order.issue", "order.sign"], "5f0c11aa"),
        row(2, 1, &["order.issue", "receipt"], "83d20b4e"),
        row(4, 3, &["receipt", "stock.post"], "c91f7705"),
    ]
}

fn place(index: u16, name: &str, lat: f64, lon: f64) -> rows::PlaceRow {
    rows::PlaceRow {
        place: PlaceId(index),
        code: format!("50011610{index}"),
        name: name.to_owned(),
        point: Point::from_degrees(lat, lon),
    }
}

fn orders(now_ms: u64) -> Vec<rows::OrderDetail> {
    use OrderState as S;
    let text = "石坪点道路中断，立即调拨帐篷200顶、棉被500床至石坪安置点，到达后报数量和接收人。";
    vec![
        order(now_ms, 412, OrderKind::Order, Class::Immediate, S::Open, text, 12),
        order(now_ms, 411, OrderKind::Order, Class::Priority, S::Overdue, "每30分钟报一次位置", 45),
        alert(now_ms),
        order(now_ms, 409, OrderKind::Request, Class::Routine, S::Answered, "请补充柴油60升", 95),
        order(now_ms, 408, OrderKind::Order, Class::Flash, S::Failed, "转移滨江路3号23人", 130),
        order(now_ms, 407, OrderKind::Update, Class::Routine, S::Cancelled, "明日8时会商", 300),
        order(now_ms, 406, OrderKind::Update, Class::Routine, S::Provisional, "水位回落", 310),
    ]
}

fn alert(now_ms: u64) -> rows::OrderDetail {
    let text = "【橙色】朱杨镇预计雨量60至80毫米，低洼户立即做好转移准备，收到请回1。";
    let mut alert = order(now_ms, 410, OrderKind::Alert, Class::Flash, OrderState::Open, text, 3);
    alert.order.unanswered_here = true;
    alert.order.from = "市应急局".to_owned();
    alert
}

fn order(
    now_ms: u64,
    seq: u32,
    kind: OrderKind,
    class: Class,
    state: OrderState,
    text: &str,
    minutes: u64,
) -> rows::OrderDetail {
    let issued_ms = now_ms - minutes * MINUTE_MS;
    let row = rows::OrderRow {
        id: spoken(1, seq),
        kind,
        class,
        state,
        from: "区应急局指挥中心".to_owned(),
        person: "王芳".to_owned(),
        to: "白沙镇，区储备库".to_owned(),
        drafter: None,
        text: text.to_owned(),
        group: None,
        issued_ms,
        act_by_ms: (minutes < 60).then_some(issued_ms + 20 * MINUTE_MS),
        expires_ms: None,
        act_by_s: None,
        expires_s: None,
        need: Need::Done,
        owed: 2,
        delivered: 2,
        acknowledged: 1,
        done: u32::from(state == OrderState::Answered),
        refused: u32::from(state == OrderState::Failed),
        unanswered_here: false,
        cancel_reason: (state == OrderState::Cancelled).then(|| "改为9时".to_owned()),
    };
    let answer = rows::ReceiptRow {
        id: spoken(4, seq),
        unit: UnitId(4),
        unit_name: "区储备库".to_owned(),
        rung: Rung::Acknowledged,
        person: "李强".to_owned(),
        proxy: Some(Proxy::Phone),
        typed_by: "前方指挥部".to_owned(),
        note: "已装车".to_owned(),
        at_ms: issued_ms + MINUTE_MS,
    };
    let addressees = vec![
        rows::AddresseeRow {
            unit: UnitId(4),
            name: answer.unit_name.clone(),
            delivered: true,
            rung: Some(answer.rung),
            person: Some(answer.person.clone()),
            at_ms: Some(answer.at_ms),
            proxy: answer.proxy,
            note: answer.note.clone(),
        },
        rows::AddresseeRow {
            unit: UnitId(5),
            name: "白沙镇".to_owned(),
            delivered: true,
            rung: None,
            person: None,
            at_ms: None,
            proxy: None,
            note: String::new(),
        },
    ];
    rows::OrderDetail { order: row, addressees, receipts: vec![answer] }
}

fn positions(now_ms: u64) -> Vec<rows::PositionRow> {
    let fixes = [
        (1, 29.290, 106.258, UnitState::Standby, 600, "manual"),
        (2, 29.062, 106.130, UnitState::Arrived, 95, "gps"),
        (3, 29.105, 106.160, UnitState::EnRoute, 12, "gps"),
        (4, 29.255, 106.270, UnitState::Standby, 88_000, "manual"),
    ];
    fixes
        .into_iter()
        .map(|(unit, lat, lon, state, age_s, source)| rows::PositionRow {
            unit: UnitId(unit),
            name: UNITS[usize::from(unit) - 1].2.to_owned(),
            device: DeviceId(unit),
            point: Point::from_degrees(lat, lon).unwrap_or_default(),
            fixed_ms: now_ms - age_s * 1000,
            state,
            source: source.to_owned(),
            speed_dm_s: (unit == 3).then_some(84),
            course_deg: (unit == 3).then_some(207),
            satellites: (source == "gps").then_some(11),
            battery_pct: (unit == 3).then_some(64),
        })
        .collect()
}
