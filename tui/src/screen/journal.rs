//! Screen 7 日志: what happened, newest first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use sanduan_protocol::local::rows::{LogKind, LogRow};

use crate::app::Model;
use crate::keys::Action;
use crate::lang::age::{ago, clock, stamp};
use crate::lang::fill;
use crate::lang::words::{Word, log_text};
use crate::overlay::{Overlay, Reading, Subject};
use crate::paint::list::{self, Row};

/// Places in the mirror of the rows that are shown.
pub fn visible(model: &Model) -> Vec<usize> {
    let filter = model.filter();
    let fits = |row: &LogRow| {
        row.text.contains(filter)
            || row.unit_name.contains(filter)
            || row.person.contains(filter)
            || row.kind.word(model.lang).contains(filter)
    };
    let rows = model.mirror.log.iter().enumerate();
    rows.filter(|(_, row)| filter.is_empty() || fits(row)).map(|(place, _)| place).collect()
}

/// What is said beside the name of the screen.
pub fn summary(model: &Model) -> String {
    fill(model.text().title_log, &[&model.mirror.log.len()])
}

/// Carries out an action; false if this screen has no such action.
pub fn act(model: &mut Model, action: Action) -> bool {
    if action != Action::Open {
        return false;
    }
    let visible = visible(model);
    let place = visible.get(model.cursor().at);
    match place.and_then(|place| model.mirror.log.get(*place)) {
        Some(row) => {
            let subject = Subject::Log(Box::new(row.clone()));
            model.overlays.push(Overlay::Reading(Reading::new(subject)));
        }
        None => model.say(model.text().no_rows, true),
    }
    true
}

/// Draws the list.
pub fn draw(model: &Model, buffer: &mut Buffer, room: Rect) {
    let (text, lang) = (model.text(), model.lang);
    let visible = visible(model);
    let columns = [
        list::left(text.time, 11),
        list::left(text.number, 7),
        list::left(text.kind, lang.pick(8, 9)),
        list::left(text.about, 7),
        list::left(text.unit, 14),
        list::left(text.person, 6),
        list::left(text.text, 0),
    ];
    list::draw(
        buffer,
        room,
        &model.theme,
        &columns,
        visible.len(),
        Some(model.cursor()),
        |place| row(model, &model.mirror.log[visible[place]]),
    );
    if visible.is_empty() {
        super::say_empty(model, buffer, room, "log");
    }
}

fn row(model: &Model, row: &LogRow) -> Row {
    let cells = vec![
        clock(row.at_ms, model.now_ms, &model.zone),
        row.id.to_string(),
        row.kind.word(model.lang).to_owned(),
        row.about.map(|about| about.to_string()).unwrap_or_default(),
        row.unit_name.clone(),
        row.person.clone(),
        words(model, row),
    ];
    Row { cells, alarm: row.kind == LogKind::Refused }
}

/// Class or rung in words before the text.
fn words(model: &Model, row: &LogRow) -> String {
    let mut parts = Vec::new();
    parts.extend(row.class.map(|class| class.word(model.lang)));
    parts.extend(row.rung.map(|rung| rung.word(model.lang)));
    let said = log_text(row.kind, &row.text, model.lang);
    parts.push(&said);
    parts.join(" ")
}

/// A row with everything it says, as lines to read.
pub fn whole(model: &Model, row: &LogRow) -> Vec<String> {
    let text = model.text();
    let past = ago(row.at_ms, model.now_ms, model.lang);
    let mut lines = vec![
        format!("{}  ({past})", stamp(row.at_ms, &model.zone)),
        format!("{} {}", row.kind.word(model.lang), row.id),
        format!("{} {}", row.unit_name, row.person),
    ];
    lines.extend(row.about.map(|about| format!("{} {about}", text.about)));
    lines.push(String::new());
    lines.push(words(model, row));
    lines
}
