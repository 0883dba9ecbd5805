//! What must be seen on every screen, in full: a drill, a daemon that is gone, a disk that is
//! nearly full, a key that tells two stories. Each takes more lines where one cannot hold what to
//! do.

use std::ops::Range;

use sanduan_protocol::local::rows::StatusRow;

use crate::app::{Connection, Model};
use crate::lang::keys::banner;
use crate::lang::room::room_line;
use crate::lang::term;
use crate::lang::words::lane;
use crate::lang::{age, fill, half};
use crate::paint::fit::{clean, cut};
use crate::paint::wrap;

/// Lines that one banner takes at most; what is longer stands in `sanduan status`.
const LINES_EACH_MAX: usize = 3;
/// Banners take at most this part of the screen: below them people work.
const PART_OF_THE_SCREEN: u16 = 3;

/// The lines of all banners for a screen of so many columns and rows.
pub fn lines(model: &Model, columns: u16, rows: u16) -> Vec<String> {
    let (columns, room) = (usize::from(columns), usize::from(rows / PART_OF_THE_SCREEN));
    let banners: Vec<String> = all(model).iter().map(|banner| clean(banner)).collect();
    let whole: Vec<String> = banners.iter().flat_map(|banner| folded(banner, columns)).collect();
    if whole.len() <= room {
        return whole;
    }
    // The first ones are the gravest; every one keeps its beginning.
    banners.iter().take(room.max(1)).map(|banner| cut(banner, columns)).collect()
}

fn folded(banner: &str, columns: usize) -> Vec<String> {
    let lines = wrap::wrap(banner, columns).into_iter().take(LINES_EACH_MAX).enumerate();
    let line = |(n, range): (usize, Range<usize>)| match n + 1 == LINES_EACH_MAX {
        // The last one says that there is more.
        true => cut(&banner[range.start..], columns),
        false => banner[range].trim_end().to_owned(),
    };
    lines.map(line).collect()
}

fn all(model: &Model) -> Vec<String> {
    let text = model.text();
    let mut banners = Vec::new();
    if model.mirror.status.as_ref().is_some_and(|status| status.drill) {
        banners.push(text.drill.to_owned());
    }
    if let Connection::Lost { since_ms, reason } = &model.connection {
        if reason.is_locked() {
            banners.push(model.lang.vault().shut_banner.to_owned());
            return banners;
        }
        let past = age::ago(*since_ms, model.now_ms, model.lang);
        banners.push(fill(text.disconnected, &[&past, &reason.short(model.lang)]));
    }
    if let Some(reason) = model.mirror.status.as_ref().and_then(|row| row.unsaved.as_ref()) {
        banners.push(fill(text.unsaved, &[&half(reason, model.lang)]));
    }
    let room = model.mirror.status.as_ref().and_then(|row| room_line(row, model.lang));
    banners.extend(room);
    let left = model.mirror.status.iter().filter_map(|row| banner(&row.keys, model.lang));
    banners.extend(left.map(str::to_owned));
    banners.extend(model.mirror.status.iter().filter_map(|row| term::banner(row, model.lang)));
    let forks = model.mirror.status.iter().flat_map(|row| &row.forks);
    if let Some(fork) = forks.clone().max_by_key(|fork| fork.here) {
        let line = if fork.here { text.forked_here } else { text.forked };
        let more = match forks.count() {
            1 => String::new(),
            count => format!(" (+{})", count - 1),
        };
        banners.push(
            fill(line, &[&fork.unit_name, &fork.device, &lane(&fork.lane, model.lang), &fork.at])
                + &more,
        );
    }
    banners.extend(model.mirror.status.iter().flat_map(|row| conduct(row, model)));
    banners
}

/// Who may be running twice, who says more than its share, and whose clock is ahead: the worst of
/// each.
fn conduct(status: &StatusRow, model: &Model) -> Vec<String> {
    let text = model.text();
    let over = status.over_share.iter().max_by_key(|row| row.refused).map(|row| {
        let which = lane(&row.lane, model.lang);
        fill(text.over_share, &[&row.unit_name, &row.device, &which, &row.refused])
    });
    let ahead = status.clocks_ahead.iter().max_by_key(|row| row.ahead_s).map(|row| {
        let by = age::span(row.ahead_s, model.lang);
        fill(text.clock_ahead, &[&row.unit_name, &row.device, &by])
    });
    let twin = status.twins.iter().max_by_key(|row| (row.here, row.last_ms)).map(|row| {
        let past = age::ago(row.last_ms, status.now_ms, model.lang);
        let line = if row.here { text.twin_here } else { text.twin };
        fill(line, &[&row.unit_name, &row.device, &past])
    });
    twin.into_iter().chain(over).chain(ahead).collect()
}
