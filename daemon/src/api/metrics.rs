//! `/metrics`: figures of the node, its links and the daemon in the Prometheus text format 0.0.4,
//! written by hand.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use sanduan_protocol::local::rows::{BearerRow, LinkState, StatusRow};
use sanduan_protocol::local::{Refusal, Reply, Request};

use super::Api;

/// The page.
///
/// # Errors
/// What the machine refuses.
pub async fn page(api: &Api) -> Result<Response, Refusal> {
    let mut page = String::new();
    if let Reply::Status(status) = api.ask(Request::Status).await? {
        node(&mut page, &status);
    }
    if let Reply::Bearers { bearers } = api.ask(Request::Bearers).await? {
        links(&mut page, &bearers);
    }
    daemon(&mut page, api);
    let mut response = Response::new(Body::from(page));
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

fn head(page: &mut String, name: &str, kind: &str, says: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(page, "# HELP sanduan_{name} {says}\n# TYPE sanduan_{name} {kind}");
}

fn line(page: &mut String, name: &str, labels: &[(&str, &str)], value: u64) {
    let _ = write!(page, "sanduan_{name}");
    for (index, (label, text)) in labels.iter().enumerate() {
        let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let open = if index == 0 { '{' } else { ',' };
        let _ = write!(page, "{open}{label}=\"{text}\"");
    }
    let close = if labels.is_empty() { "" } else { "}" };
    let _ = writeln!(page, "{close} {value}");
}

fn one(page: &mut String, name: &str, kind: &str, says: &str, value: u64) {
    head(page, name, kind, says);
    line(page, name, &[], value);
}

fn node(page: &mut String, status: &StatusRow) {
    one(page, "records", "gauge", "Records held.", status.records);
    one(page, "records_provisional", "gauge", "Records not yet verified.", status.provisional);
    one(page, "records_refused", "gauge", "Records refused by role.", status.refused);
    let forks = status.forks.len() as u64;
    one(page, "lanes_forked", "gauge", "Lanes whose author wrote two stories.", forks);
    let over = status.over_share.len() as u64;
    one(page, "lanes_over_share", "gauge", "Lanes whose author says more than its share.", over);
    let ahead = status.clocks_ahead.len() as u64;
    let twins = status.twins.len() as u64;
    one(page, "devices_twice", "gauge", "Devices that may be running twice.", twins);
    one(page, "clocks_ahead", "gauge", "Devices whose records lie in our future.", ahead);
    one(page, "orders_open", "gauge", "Orders that lack an answer.", status.open_orders.into());
    let here = status.unanswered_here.into();
    one(page, "orders_unanswered_here", "gauge", "Orders to this unit not answered.", here);
    one(page, "outbox", "gauge", "Things waiting to be sent.", status.outbox.into());
    let unsaved = u64::from(status.unsaved.is_some());
    one(page, "unsaved", "gauge", "1 while the disk refuses to save.", unsaved);
    room(page, status);
    one(page, "uptime_seconds", "counter", "Seconds since start.", status.uptime_s);
    head(page, "build", "gauge", "The running program and network.");
    let drill = if status.drill { "true" } else { "false" };
    let labels = [
        ("version", status.version.as_str()),
        ("district", status.district.as_str()),
        ("drill", drill),
    ];
    line(page, "build", &labels, 1);
}

fn room(page: &mut String, status: &StatusRow) {
    let room = &status.room;
    if !room.measured {
        return;
    }
    let level = room.level as u64;
    one(page, "room_level", "gauge", "0 ample, 1 low, 2 no bulk, 3 orders only.", level);
    one(page, "room_used_percent", "gauge", "How full, by quota or disk.", room.pct.into());
    one(page, "store_bytes", "gauge", "Bytes of journal and query store.", room.used_bytes);
    one(page, "store_quota_bytes", "gauge", "Their quota; 0 for none.", room.quota_bytes);
    let evicted = u64::from(room.evicted_records);
    one(page, "evicted_records", "gauge", "Records whose words went to make room.", evicted);
    one(page, "disk_free_bytes", "gauge", "Free on the disk beyond the ballast.", room.free_bytes);
}

type Figure = (&'static str, &'static str, &'static str, fn(&BearerRow) -> u64);

const FIGURES: [Figure; 9] = [
    ("link_up", "gauge", "1 while the link carries frames.", |row| {
        u64::from(row.state != LinkState::Down)
    }),
    ("link_sent_frames", "counter", "Frames sent.", |row| row.sent_frames),
    ("link_sent_bytes", "counter", "Bytes sent.", |row| row.sent_bytes),
    ("link_heard_frames", "counter", "Frames heard.", |row| row.heard_frames),
    ("link_heard_bytes", "counter", "Bytes heard.", |row| row.heard_bytes),
    ("link_queue", "gauge", "Things waiting for the link.", |row| row.queue.into()),
    ("link_today_sent_bytes", "gauge", "Bytes sent since midnight, Beijing time.", |row| {
        row.today_sent_bytes
    }),
    ("link_today_heard_bytes", "gauge", "Bytes heard since midnight, Beijing time.", |row| {
        row.today_heard_bytes
    }),
    ("link_experimental", "gauge", "1 if never tried with the real equipment.", |row| {
        u64::from(row.experimental)
    }),
];

type MaybeFigure = (&'static str, &'static str, fn(&BearerRow) -> Option<u64>);

/// Figures that not every link has; those that lack one have no line.
const SOME_FIGURES: [MaybeFigure; 8] = [
    ("link_signal_percent", "Strength of what is heard.", |row| row.signal_pct.map(u64::from)),
    ("link_loss_permille", "Share of frames lost.", |row| row.loss_permille.map(u64::from)),
    ("link_answer_ms", "Median time to an answer.", |row| row.latency_ms.map(u64::from)),
    ("link_next_slot_ms", "When it may send again, ms since 1970.", |row| row.next_slot_ms),
    ("link_quota_left_messages", "Messages left in the window.", |row| row.quota_messages),
    ("link_quota_left_bytes", "Bytes left in the window.", |row| row.quota_bytes),
    ("link_quota_until_ms", "When the window begins anew, ms since 1970.", |row| {
        row.quota_until_ms
    }),
    ("link_today_milli_yuan", "Cost since midnight, thousandths of a yuan.", |row| {
        row.today_milli_yuan
    }),
];

/// The words of a link's state, as in `/v1/bearers`.
const STATES: [(LinkState, &str); 7] = [
    (LinkState::Up, "up"),
    (LinkState::Down, "down"),
    (LinkState::Silent, "silent"),
    (LinkState::NoSignal, "no_signal"),
    (LinkState::Cooling, "cooling"),
    (LinkState::QuotaSpent, "quota_spent"),
    (LinkState::Unknown, "unknown"),
];

fn links(page: &mut String, bearers: &[BearerRow]) {
    for (name, kind, says, figure) in FIGURES {
        head(page, name, kind, says);
        for row in bearers {
            let labels = [("link", row.name.as_str()), ("kind", row.kind.as_str())];
            line(page, name, &labels, figure(row));
        }
    }
    for (name, says, figure) in SOME_FIGURES {
        head(page, name, "gauge", says);
        for row in bearers {
            if let Some(value) = figure(row) {
                let labels = [("link", row.name.as_str()), ("kind", row.kind.as_str())];
                line(page, name, &labels, value);
            }
        }
    }
    head(page, "link_state", "gauge", "1 beside the word of the state it is in.");
    for row in bearers {
        for (state, word) in STATES {
            let labels = [("link", row.name.as_str()), ("state", word)];
            line(page, "link_state", &labels, u64::from(row.state == state));
        }
    }
    head(page, "link_dropped_frames", "counter", "Frames dropped, by reason.");
    for row in bearers {
        for (reason, count) in &row.dropped {
            let labels = [("link", row.name.as_str()), ("reason", reason.as_str())];
            line(page, "link_dropped_frames", &labels, *count);
        }
    }
}

fn daemon(page: &mut String, api: &Api) {
    let figures = &api.figures;
    let read = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
    one(page, "inputs_total", "counter", "Inputs handled.", read(&figures.inputs));
    one(page, "batches_total", "counter", "Batches written.", read(&figures.batches));
    let failed = read(&figures.batches_failed);
    one(page, "batches_failed_total", "counter", "Batches the disk refused.", failed);
    let refused = read(&figures.frames_refused);
    one(page, "frames_refused_total", "counter", "Frames no link could take.", refused);
    let streams = api.streams.load(Ordering::Relaxed) as u64;
    one(page, "event_streams", "gauge", "Open event streams.", streams);
}
