//! Short texts about stock for rows and logs: names with a fallback, lines, routes. Sentences for
//! people who must act live in `draft.rs`.

use crate::base::ids::{DepotId, ItemId};
use crate::base::quantity::Quantity;
use crate::field::stock::body::{ArrivalLine, Body, Line};
use crate::field::stock::{Names, Snapshot};
use crate::wire::record::Person;

/// What stands between the parts of a note.
const BETWEEN: &str = " · ";

/// One line for the log: depot, items with amounts, party, note.
pub fn summary(names: &dyn Names, body: &Body) -> String {
    match body {
        Body::Movement(movement) => joined(&[
            &depot_name(names, movement.depot),
            &lines_text(names, &movement.lines),
            &movement.party,
            &movement.note,
        ]),
        Body::Waybill(waybill) => joined(&[
            &route(names, waybill.from, waybill.to),
            &lines_text(names, &waybill.lines),
            &waybill.carrier,
            &waybill.note,
        ]),
        Body::Arrival(arrival) => {
            let texts = arrival.lines.iter().map(|line| arrival_text(names, line));
            joined(&[
                &arrival.waybill.to_string(),
                &depot_name(names, arrival.to),
                &texts.collect::<Vec<_>>().join(", "),
                &arrival.note,
            ])
        }
        Body::Count(count) => {
            let texts = count.lines.iter().map(|line| amount(names, line.item, line.counted));
            joined(&[
                &depot_name(names, count.depot),
                &texts.collect::<Vec<_>>().join(", "),
                &count.note,
            ])
        }
    }
}

impl Snapshot {
    /// One line for the log: how many rows of which depots.
    pub fn summary(&self, names: &dyn Names) -> String {
        let rows: usize = self.depots.iter().map(|depot| depot.rows.len()).sum();
        let (first, last) = (self.depots.first(), self.depots.last());
        let ends = [first, last].map(|depot| depot.map(|depot| depot_name(names, depot.depot)));
        let depots = match (ends, self.depots.len()) {
            ([Some(first), _], 1) => first,
            ([Some(first), Some(last)], count) => format!("{first} … {last} ({count})"),
            _ => String::new(),
        };
        joined(&[&depots, &format!("{rows} 行/rows")])
    }
}

/// The parts that are not empty, with a dot between them.
pub(super) fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join(BETWEEN)
}

/// Name of a depot; its index when the directory does not have it (yet).
pub(super) fn depot_name(names: &dyn Names, depot: DepotId) -> String {
    names.depot_name(depot).unwrap_or_else(|| format!("#{depot}"))
}

/// Code, name and unit of an item; its index when the directory does not have it (yet).
pub(super) fn item_row(names: &dyn Names, item: ItemId) -> (String, String, String) {
    let unknown = || (format!("#{item}"), format!("#{item}"), String::new());
    names.item_row(item).unwrap_or_else(unknown)
}

/// Who did it.
pub(super) fn person_name(names: &dyn Names, person: &Person) -> String {
    match person {
        Person::Nobody => String::new(),
        Person::Name(name) => name.clone(),
        Person::Index(id) => names.person_name(*id).unwrap_or_else(|| format!("#{id}")),
    }
}

/// From where to where.
pub(super) fn route(names: &dyn Names, from: DepotId, to: DepotId) -> String {
    format!("{} → {}", depot_name(names, from), depot_name(names, to))
}

/// `救生衣 20件`.
pub(super) fn amount(names: &dyn Names, item: ItemId, quantity: Quantity) -> String {
    let (_, name, unit) = item_row(names, item);
    format!("{name} {quantity}{unit}")
}

fn arrival_text(names: &dyn Names, line: &ArrivalLine) -> String {
    let received = amount(names, line.item, line.received);
    match line.damaged {
        Quantity::ZERO => received,
        damaged => format!("{received} (破损/damaged {damaged})"),
    }
}

fn lines_text(names: &dyn Names, lines: &[Line]) -> String {
    let texts = lines.iter().map(|line| {
        let text = amount(names, line.item, line.quantity);
        if line.lot == 0 { text } else { format!("{text} (批次/lot {})", line.lot) }
    });
    texts.collect::<Vec<_>>().join(", ")
}
