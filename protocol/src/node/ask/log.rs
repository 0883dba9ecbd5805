//! The log: verified records as lines that people read, in the order of their authors' clocks.

use crate::base::ids::{DeviceId, RecordId, SpokenId};
use crate::base::time::Hlc;
use crate::field::body::Body;
use crate::field::directory::Directory;
use crate::field::order::words::Words;
use crate::field::order::{Order, SealedNote};
use crate::field::stock::{self, SealedPost};
use crate::local::rows::{LogKind, LogRow};
use crate::node::Node;
use crate::node::folds::parse;
use crate::wire::record::kind;

impl Node {
    /// Everything after a moment, oldest first; the newest `limit` rows, or all if 0.
    pub(super) fn log_rows(&self, after_ms: Option<u64>, limit: u32) -> Vec<LogRow> {
        let mut found: Vec<(Hlc, RecordId)> = Vec::new();
        for (id, lane) in self.book.lanes() {
            for seq in 1..=lane.saved_sealed() {
                let Some((head, _)) = lane
                    .record(seq)
                    .and_then(|record| crate::wire::record::Head::split(record).ok())
                else {
                    continue;
                };
                if after_ms.is_none_or(|after| head.at.wall_ms > after) {
                    found.push((head.at, id.at(seq)));
                }
            }
        }
        found.sort();
        if limit > 0 {
            let skip = found.len().saturating_sub(limit as usize);
            found.drain(..skip);
        }
        found.into_iter().filter_map(|(_, id)| self.log_row(id)).collect()
    }

    /// The line of one record.
    pub(in crate::node) fn log_row(&self, id: RecordId) -> Option<LogRow> {
        let (head, body) = parse(self.book.lane(id.lane)?, id.seq)?;
        let directory = &self.folds.directory;
        let mut row = LogRow {
            at_ms: head.at.wall_ms,
            kind: LogKind::Order,
            id: id.into(),
            about: None,
            class: None,
            rung: None,
            unit_name: directory.device_unit_name(id.lane.author),
            person: directory.person_name(&head.person),
            text: String::new(),
        };
        if let Body::Draft(_) = &body
            && !self.sees_drafts()
        {
            return None;
        }
        if let Some(why) = self.folds.refused.get(&id) {
            row.kind = LogKind::Refused;
            row.text = (*why).to_owned();
            return Some(row);
        }
        self.tell(&mut row, &body);
        Some(row)
    }

    fn order_line(&self, id: SpokenId, order: &Order) -> String {
        let directory = &self.folds.directory;
        let words = self.folds.orders.words(id).unwrap_or(&order.text);
        format!("{}: {}", directory.audience_text(&order.targets), directory.words(words))
    }

    fn note_line(&self, author: DeviceId, note: &SealedNote) -> String {
        let words = note.words.reveal(&self.folds.ring, author);
        let words = words.unwrap_or_else(|| Words::Sealed(note.words.clone()));
        self.folds.directory.words(&words)
    }

    fn tell_post(&self, row: &mut LogRow, post: &SealedPost) {
        let directory = &self.folds.directory;
        row.kind = if post.kind == kind::COUNT { LogKind::Count } else { LogKind::Movement };
        row.text = match post.reveal(&self.folds.ring, row.id.author) {
            Ok(body) => stock::summary(directory, &body),
            Err(_) => {
                let group = directory.group_mark(post.group, false).name;
                format!("{}〔密〕{group}", directory.depot_name(post.depot))
            }
        };
    }

    fn tell(&self, row: &mut LogRow, body: &Body) {
        match body {
            Body::Directory(entries) => {
                row.kind = LogKind::Directory;
                row.text = Directory::summary(entries);
            }
            Body::Order(order) => {
                row.class = Some(order.class);
                row.text = self.order_line(row.id, order);
            }
            Body::Draft(order) => {
                row.kind = LogKind::Draft;
                row.class = Some(order.class);
                row.text = self.order_line(row.id, order);
            }
            Body::Signature(signature) => {
                row.kind = LogKind::Sign;
                row.about = Some(signature.order);
                row.class = Some(signature.class);
                let signed = self.folds.orders.get(signature.order);
                row.text = signed
                    .map_or_else(String::new, |issued| self.order_line(issued.id, &issued.order));
            }
            Body::Cancel(cancel) => {
                row.kind = LogKind::Cancel;
                row.about = Some(cancel.order);
                row.text.clone_from(&cancel.reason);
            }
            Body::Receipt(receipt) => {
                row.kind = LogKind::Receipt;
                row.about = Some(receipt.order);
                row.rung = Some(receipt.rung);
                row.unit_name = self.folds.directory.unit_name(receipt.unit);
                row.text.clone_from(&receipt.note);
            }
            Body::SealedNote(note) => {
                row.kind = LogKind::Receipt;
                row.about = Some(note.order);
                row.text = self.note_line(row.id.author, note);
            }
            Body::Admission(device) => {
                row.kind = LogKind::Directory;
                let unit = self.folds.directory.unit_name(device.unit);
                row.text = format!("+#{} {unit}", device.index);
            }
            Body::OrderKey(_) => {
                row.kind = LogKind::Directory;
                row.text = "指令密钥 / order key".to_owned();
            }
            Body::Attachment(file) => {
                row.kind = LogKind::File;
                row.about = file.about;
                row.text = format!("{} {}", file.name, file.note).trim_end().to_owned();
            }
            Body::Stock(body) => {
                (row.kind, row.about) = stock_kind(body);
                row.text = stock::summary(&self.folds.directory, body);
            }
            Body::SealedPost(post) => self.tell_post(row, post),
            Body::Snapshot(page) => {
                row.kind = LogKind::Snapshot;
                row.text = page.summary(&self.folds.directory);
            }
            Body::Unknown { kind } => {
                row.kind = LogKind::Refused;
                row.text = format!("kind {kind}");
            }
        }
    }
}

fn stock_kind(body: &stock::Body) -> (LogKind, Option<SpokenId>) {
    match body {
        stock::Body::Movement(_) => (LogKind::Movement, None),
        stock::Body::Waybill(_) => (LogKind::Ship, None),
        stock::Body::Arrival(arrival) => (LogKind::Arrive, Some(arrival.waybill)),
        stock::Body::Count(_) => (LogKind::Count, None),
    }
}
