//! Screen 6 链路: links and why one is down, devices heard and whether they hold what we hold,
//! and what waits to be sent.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use sanduan_protocol::local::rows::{BearerRow, LinkState, PeerRow};

use crate::app::Model;
use crate::lang::age::ago;
use crate::lang::measure::{bit_rate, loss, percent};
use crate::lang::outbox::{by_link, numbers, reason, whom};
use crate::lang::words::{Word, lane};
use crate::lang::{fill, half, link, vault};
use crate::paint::list::{self, Row, put};
use crate::paint::wrap;

/// Rows for why the selected link is down: the remedy stands at the end of it.
const TROUBLE_ROWS: u16 = 2;

/// What is said beside the name of the screen.
pub fn summary(model: &Model) -> String {
    let mirror = &model.mirror;
    let counts = [mirror.bearers.len(), mirror.peers.len()];
    // As many as the head of the screen says: records, of which a row may hold many.
    let waiting = mirror.status.as_ref().map_or(0, |status| status.outbox);
    fill(model.text().title_links, &[&counts[0], &counts[1], &waiting])
}

/// Draws the three lists below each other.
pub fn draw(model: &Model, buffer: &mut Buffer, whole: Rect) {
    let text = model.text();
    // The last row says how the data of this machine is protected.
    let room = Rect { height: whole.height.saturating_sub(1), ..whole };
    // Links first, then what is known of the selected one; peers and outbox share what is left.
    // The room for it does not depend on which is selected, so that nothing jumps.
    let bearers = &model.mirror.bearers;
    let trouble = if bearers.iter().any(|row| row.error.is_some()) { TROUBLE_ROWS } else { 0 };
    let about = |row: &BearerRow| !link::remarks(row, model.now_ms, model.lang).is_empty();
    let below = 2 + u16::from(bearers.iter().any(about)) + trouble;
    let links = (bearers.len() as u16 + 1 + below).clamp(3, room.height * 3 / 5);
    let left = room.height - links;
    let peers = left.div_ceil(2);
    let area = |y: u16, height: u16| Rect { y: room.y + y, height, ..room };
    if let Some(status) = &model.mirror.status {
        let line = vault::screen(&status.vault, model.lang);
        put(buffer, area(room.height, 1), 0, &line, model.theme.plain);
    }
    draw_bearers(model, buffer, area(0, links));
    let peers_area = area(links, peers);
    put(buffer, peers_area, 0, text.peers_head, model.theme.heading);
    draw_peers(model, buffer, inner(peers_area));
    let outbox_area = area(links + peers, left - peers);
    put(buffer, outbox_area, 0, text.outbox_head, model.theme.heading);
    draw_outbox(model, buffer, inner(outbox_area));
}

fn inner(area: Rect) -> Rect {
    Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }
}

fn draw_bearers(model: &Model, buffer: &mut Buffer, area: Rect) {
    let (text, lang) = (model.text(), model.lang);
    let bearers = &model.mirror.bearers;
    let columns = [
        list::left(text.link, 10),
        list::left(text.kind, 11),
        list::left(text.state, lang.pick(6, 9)),
        list::right(text.signal, 6),
        list::right(text.loss, 6),
        list::right(text.answer, 6),
        list::right(text.today, 7),
        list::right(text.queue, 5),
        list::right(text.last, 0),
    ];
    let selected = bearers.get(model.cursor().at);
    let about = selected.map_or_else(Vec::new, |row| about(model, row, usize::from(area.width)));
    let below = about.len().max(1) as u16;
    let rows = Rect { height: area.height.saturating_sub(below), ..area };
    let cursor = Some(model.cursor());
    list::draw(buffer, rows, &model.theme, &columns, bearers.len(), cursor, |place| {
        bearer(model, &bearers[place])
    });
    if selected.is_none() {
        let known = model.mirror.loaded.contains_key("bearers");
        let said = if known { text.no_bearers } else { text.loading };
        for (row, line) in (1..).zip(wrap::lines(said, usize::from(area.width))) {
            put(buffer, area, row, line, model.theme.alarm);
        }
        return;
    }
    for (place, (line, is_alarm)) in (area.height.saturating_sub(below)..).zip(about) {
        let style = if is_alarm { model.theme.alarm } else { model.theme.plain };
        put(buffer, area, place, &line, style);
    }
}

/// What is known of the selected link, in lines; true for those that somebody must act on.
fn about(model: &Model, row: &BearerRow, width: usize) -> Vec<(String, bool)> {
    let (text, lang) = (model.text(), model.lang);
    let rate = bit_rate(row.rate_bit_s);
    let mut target = format!("  {} {}  {rate}", text.target, row.target);
    target.extend(link::trial(row, lang).map(|said| format!("  {said}")));
    if !row.dropped.is_empty() {
        let count: u64 = row.dropped.iter().map(|(_, count)| count).sum();
        target.push_str(&format!("  {}", fill(text.dropped, &[&count])));
    }
    let mut lines = vec![(target, false), (format!("  {}", link::today(row, lang)), false)];
    let remarks = link::remarks(row, model.now_ms, lang);
    if !remarks.is_empty() {
        lines.push((format!("  {}", remarks.join("  ")), false));
    }
    if let Some(error) = row.error.as_deref() {
        let wrapped = wrap::lines(half(error, lang), width.saturating_sub(4));
        let shown = wrapped.into_iter().take(usize::from(TROUBLE_ROWS));
        lines.extend(shown.map(|line| (format!("    {line}"), true)));
    }
    lines
}

fn bearer(model: &Model, row: &BearerRow) -> Row {
    let lang = model.lang;
    let heard = match row.last_heard_ms {
        Some(heard_ms) => ago(heard_ms, model.now_ms, lang),
        None => model.text().never.to_owned(),
    };
    let cells = vec![
        row.name.clone(),
        row.kind.clone(),
        row.state.word(lang).to_owned(),
        percent(row.signal_pct),
        loss(row.loss_permille),
        link::answer(row.latency_ms, lang),
        link::bytes(row.today_sent_bytes.saturating_add(row.today_heard_bytes)),
        row.queue.to_string(),
        heard,
    ];
    Row { cells, alarm: is_alarming(row.state) }
}

/// It carries nothing, and a person can do something about it.
fn is_alarming(state: LinkState) -> bool {
    match state {
        LinkState::Down | LinkState::NoSignal | LinkState::QuotaSpent => true,
        LinkState::Up | LinkState::Silent | LinkState::Cooling | LinkState::Unknown => false,
    }
}

fn draw_peers(model: &Model, buffer: &mut Buffer, area: Rect) {
    let (text, lang) = (model.text(), model.lang);
    let peers = &model.mirror.peers;
    let columns = [
        list::left(text.unit, 0),
        list::left(text.link, 14),
        list::right(text.last_heard, 10),
        list::left(text.in_step, 14),
        list::right(text.battery, lang.pick(4, 5)),
    ];
    list::draw(buffer, area, &model.theme, &columns, peers.len(), None, |place| {
        peer(model, &peers[place])
    });
    if peers.is_empty() {
        put(buffer, area, 1, text.no_rows, model.theme.plain);
    }
}

fn peer(model: &Model, row: &PeerRow) -> Row {
    let text = model.text();
    let step = match row.in_step {
        true => text.yes.to_owned(),
        false => fill(text.lacks, &[&row.lacks]),
    };
    let battery = percent(row.battery_pct);
    let heard = ago(row.last_heard_ms, model.now_ms, model.lang);
    let cells = vec![
        format!("{} {}", row.device, row.unit_name),
        row.link_name.clone(),
        heard,
        step,
        battery,
    ];
    Row { cells, alarm: false }
}

fn draw_outbox(model: &Model, buffer: &mut Buffer, area: Rect) {
    let text = model.text();
    let outbox = &model.mirror.outbox;
    for (place, row) in outbox.iter().enumerate().take(usize::from(area.height)) {
        let line = format!(
            "  {} {} {} {} {}  {}",
            by_link(row),
            row.urgency.word(model.lang),
            lane(&row.what, model.lang),
            numbers(row),
            whom(row, model.lang),
            reason(row, model.now_ms, model.lang),
        );
        put(buffer, area, place as u16, &line, model.theme.plain);
    }
    if outbox.is_empty() {
        put(buffer, area, 0, &format!("  {}", text.no_rows), model.theme.plain);
    }
}
