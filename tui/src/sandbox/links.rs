//! The made-up district's links, devices heard, outbox and log.

use sanduan_protocol::base::class::{Class, Urgency};
use sanduan_protocol::base::ids::{DeviceId, LinkId};
use sanduan_protocol::local::Reply;
use sanduan_protocol::local::request::{Rung, TextMeans};
use sanduan_protocol::local::rows::{self, LinkState, LogKind};

use super::{Rows, spoken};

/// What is known of a device of the made-up directory; the last of them is revoked.
pub(super) fn device(rows: &Rows, device: DeviceId) -> Option<Reply> {
    let devices = &rows.directory.devices;
    let row = devices.iter().find(|row| row.device == device)?.clone();
    let revoked = devices.last().is_some_and(|last| last.device == device);
    let lane = |lane: &str, records, disowned| rows::DeviceLaneRow {
        lane: lane.to_owned(),
        incarnation: 0,
        records,
        verified: records,
        disowned,
    };
    let last = rows.log.first().cloned();
    Some(Reply::DeviceDetail(Box::new(rows::DeviceDetail {
        issuer: (devices.first().map(|first| first.device) == Some(device)).then(|| {
            let ends_ms = rows.now_ms + 3 * 24 * 3_600_000;
            rows::IssuerRow { first: 4_033, last: 4_096, ends_ms, over: false, admitted: 2 }
        }),
        admitted_by: None,
        device: row,
        here: device == rows.status.device,
        revoked: revoked.then(|| "途中遗失".to_owned()),
        heard: rows.peers.iter().filter(|peer| peer.device == device).cloned().collect(),
        lanes: vec![lane("command", 41, 2 * u32::from(revoked)), lane("stock", 7, 0)],
        last_ms: last.as_ref().map(|row| row.at_ms),
        last,
    })))
}

/// Fills in links, peers, outbox and log.
pub fn fill(rows: &mut Rows) {
    let now_ms = rows.now_ms;
    rows.bearers = bearers(now_ms);
    rows.peers = vec![
        peer(2, "前方指挥部", 1, "卫星网", now_ms - 4_000, 0),
        peer(3, "水上救援队二队", 2, "370M", now_ms - 42_000, 2),
        peer(4, "区储备库", 2, "370M", now_ms - 1_260_000, 17),
    ];
    let text = |person: &str, text: &str, fate, note: &str| rows::TextRow {
        at_ms: now_ms - 90_000,
        number: "13800000002".to_owned(),
        person: person.to_owned(),
        text: text.to_owned(),
        fate,
        note: note.to_owned(),
    };
    rows.village = rows::VillageRows {
        handsets: vec![rows::HandsetRow {
            number: "13800000002".to_owned(),
            means: TextMeans::Sms,
            unit: "响水村".to_owned(),
            person: "何某".to_owned(),
            role: "B".to_owned(),
            place: None,
            last_heard_ms: Some(now_ms - 90_000),
            pending: Some("3-12号 已落实38户121人".to_owned()),
        }],
        texts: vec![
            text("何某", "3 38 121", rows::TextFate::Heard, "待确认 / to be confirmed"),
            text("何某", "对吗？确认回1,改回2", rows::TextFate::Reached, ""),
        ],
    };
    rows.outbox = vec![
        rows::OutboxRow {
            tries: 1,
            at_ms: Some(now_ms + 6_000),
            ..waiting((1, "卫星网"), Urgency::Receipt, "command", 12, rows::WaitWhy::Answer)
        },
        rows::OutboxRow {
            at_ms: Some(now_ms + 42_000),
            ..waiting((4, "北斗"), Urgency::Immediate, "command", 96, rows::WaitWhy::Slot)
        },
        rows::OutboxRow {
            by: Some("卫星网".to_owned()),
            to: vec!["前方指挥部".to_owned(), "区储备库".to_owned()],
            ..waiting((2, "370M"), Urgency::Immediate, "command", 96, rows::WaitWhy::Cheaper)
        },
        rows::OutboxRow {
            ahead: 3,
            last: 431,
            at_ms: Some(now_ms + 95_000),
            ..waiting((4, "北斗"), Urgency::Stock, "stock", 180, rows::WaitWhy::Behind)
        },
    ];
    rows.log = log(now_ms);
}

/// What reading the configuration again comes to here.
pub fn reloaded(check_only: bool) -> rows::ReloadRow {
    rows::ReloadRow {
        started: vec!["天通".to_owned()],
        ended: vec!["车载电台".to_owned()],
        unchanged: vec!["卫星网".to_owned(), "370M".to_owned(), "北斗".to_owned()],
        needs_restart: vec!["log".to_owned()],
        check_only,
        ..rows::ReloadRow::default()
    }
}

fn bearers(now_ms: u64) -> Vec<rows::BearerRow> {
    vec![
        rows::BearerRow {
            link: LinkId(1),
            name: "卫星网".to_owned(),
            kind: "udp".to_owned(),
            target: "127.0.0.1:7001".to_owned(),
            state: LinkState::Up,
            rate_bit_s: 1_000_000,
            mtu: 1200,
            sent_frames: 410,
            sent_bytes: 61_200,
            heard_frames: 388,
            heard_bytes: 55_020,
            queue: 1,
            last_heard_ms: Some(now_ms - 4_000),
            last_sent_ms: Some(now_ms - 9_000),
            loss_permille: Some(4),
            latency_ms: Some(1_340),
            today_sent_bytes: 61_200,
            today_heard_bytes: 55_020,
            ..rows::BearerRow::default()
        },
        rows::BearerRow {
            link: LinkId(2),
            name: "370M".to_owned(),
            kind: "kiss-tcp".to_owned(),
            target: "127.0.0.1:8001".to_owned(),
            state: LinkState::Silent,
            rate_bit_s: 1200,
            mtu: 255,
            dropped: vec![("bad_tag".to_owned(), 3)],
            queue: 3,
            loss_permille: Some(118),
            ..rows::BearerRow::default()
        },
        rows::BearerRow {
            link: LinkId(3),
            name: "车载电台".to_owned(),
            kind: "kiss-serial".to_owned(),
            target: "/dev/ttyUSB0".to_owned(),
            state: LinkState::Down,
            error: Some("没有设备 /dev/ttyUSB0。请插上电台连线。".to_owned()),
            rate_bit_s: 1200,
            mtu: 255,
            last_heard_ms: Some(now_ms - 5_400_000),
            ..rows::BearerRow::default()
        },
        card(now_ms),
    ]
}

/// A BeiDou card between two slots, with a quota.
fn card(now_ms: u64) -> rows::BearerRow {
    rows::BearerRow {
        link: LinkId(4),
        name: "北斗".to_owned(),
        kind: "beidou".to_owned(),
        target: "498765".to_owned(),
        state: LinkState::Cooling,
        rate_bit_s: 10,
        mtu: 77,
        sent_frames: 11,
        sent_bytes: 790,
        heard_frames: 9,
        heard_bytes: 640,
        last_heard_ms: Some(now_ms - 95_000),
        signal_pct: Some(75),
        next_slot_ms: Some(now_ms + 42_000),
        quota_messages: Some(388),
        quota_bytes: Some(71_400),
        quota_until_ms: Some(now_ms + 1_130_400_000),
        latency_ms: Some(64_000),
        today_sent_bytes: 790,
        today_heard_bytes: 640,
        today_milli_yuan: Some(3_300),
        experimental: true,
        ..rows::BearerRow::default()
    }
}

fn peer(
    device: u16,
    unit: &str,
    link: u16,
    link_name: &str,
    last_heard_ms: u64,
    lacks: u32,
) -> rows::PeerRow {
    rows::PeerRow {
        device: DeviceId(device),
        unit_name: unit.to_owned(),
        link: LinkId(link),
        link_name: link_name.to_owned(),
        last_heard_ms,
        in_step: lacks == 0,
        lacks,
        battery_pct: (device == 3).then_some(64),
        links_up: vec!["kiss-tcp".to_owned()],
        status_ms: Some(last_heard_ms),
    }
}

fn waiting(
    (link, name): (u16, &str),
    urgency: Urgency,
    what: &str,
    bytes: u32,
    why: rows::WaitWhy,
) -> rows::OutboxRow {
    rows::OutboxRow {
        link: Some(LinkId(link)),
        link_name: name.to_owned(),
        urgency,
        what: what.to_owned(),
        author: DeviceId(1),
        incarnation: 0,
        first: 412,
        last: 412,
        bytes,
        tries: 0,
        to: vec!["前方指挥部".to_owned()],
        why,
        ahead: 0,
        by: None,
        at_ms: None,
    }
}

fn log(now_ms: u64) -> Vec<rows::LogRow> {
    let row = |minutes: u64, kind, seq, about: Option<u32>, unit: &str, text: &str| rows::LogRow {
        at_ms: now_ms - minutes * 60_000,
        kind,
        id: spoken(1, seq),
        about: about.map(|seq| spoken(1, seq)),
        class: (kind == LogKind::Order).then_some(Class::Immediate),
        rung: (kind == LogKind::Receipt).then_some(Rung::Acknowledged),
        unit_name: unit.to_owned(),
        person: "王芳".to_owned(),
        text: text.to_owned(),
    };
    vec![
        row(1_500, LogKind::Ship, 2, None, "区储备库", "救生衣 20 件 发往 白沙库"),
        row(300, LogKind::Order, 407, None, "区应急局指挥中心", "明日8时会商"),
        row(290, LogKind::Cancel, 408, Some(407), "区应急局指挥中心", "改为9时"),
        row(12, LogKind::Order, 412, None, "区应急局指挥中心", "调拨帐篷200顶"),
        row(11, LogKind::Receipt, 413, Some(412), "区储备库", "已装车"),
        row(2, LogKind::Refused, 414, None, "白沙镇", "needs_role"),
    ]
}
