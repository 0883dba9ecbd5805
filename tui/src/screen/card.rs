//! The stock card of one item as lines to read.

use sanduan_protocol::base::quantity::Quantity;

use crate::app::Model;
use crate::lang::age::clock;
use crate::lang::words::Word;
use crate::paint::table::{Side, Table};

/// The lines, newest last, as on paper.
pub fn lines(model: &Model) -> Vec<String> {
    let (text, lang) = (model.text(), model.lang);
    if !model.mirror.loaded.contains_key("card") {
        return vec![text.loading.to_owned()];
    }
    if model.mirror.card.is_empty() {
        return vec![text.no_rows.to_owned()];
    }
    let mut table = Table::new(&[
        (text.time, Side::Left),
        (text.depot, Side::Left),
        (text.event, Side::Left),
        (text.change, Side::Right),
        (text.balance, Side::Right),
        (text.person, Side::Left),
        (text.note, Side::Left),
    ]);
    for row in &model.mirror.card {
        let sign = if row.change > Quantity::ZERO { "+" } else { "" };
        table.row(vec![
            clock(row.at_ms, model.now_ms, &model.zone),
            row.depot_name.clone(),
            row.event.word(lang).to_owned(),
            format!("{sign}{}", row.change),
            row.balance.to_string(),
            row.person.clone(),
            row.note.clone(),
        ]);
    }
    table.lines(None)
}
