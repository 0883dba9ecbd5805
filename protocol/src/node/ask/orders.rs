//! Orders, withdrawals and receipts: asked for, written, shown.

use crate::base::class::Urgency;
use crate::base::ids::{Lane, LaneId, RecordId, SpokenId, UnitId};
use crate::field::body::Body;
use crate::field::order::note::REASON_SEALED;
use crate::field::order::sealed::Sealed;
use crate::field::order::{SealedNote, draft, key};
use crate::field::rights;
use crate::local::request::{OrderDraft, ReceiptDraft};
use crate::local::rows::{OrderDetail, OrderRow, OrderState};
use crate::local::{Refusal, RefusalCode, Reply};
use crate::node::Node;
use crate::node::ask::{Answer, drafts};
use crate::node::open::urgency_of_body;
use crate::wire::bundle::RegisterId;
use crate::wire::record::Person;

impl Node {
    pub(super) fn send_order(&mut self, draft: &OrderDraft) -> Result<Answer, Refusal> {
        self.writable()?;
        let directory = &self.folds.directory;
        let mut order = draft::order(draft, directory, self.who.unit)?;
        if let Some(group) = draft.group.as_deref().filter(|group| !group.trim().is_empty()) {
            self.seal_to_group(&mut order, group)?;
        }
        let person = draft::person(draft.person.as_deref(), self.operator(), directory)?;
        match draft.for_signature {
            true => self.write_command(Body::Draft(order), drafts::named(person)?),
            false => self.write_command(Body::Order(order), person),
        }
    }

    pub(super) fn cancel_order(
        &mut self,
        id: SpokenId,
        reason: &str,
        person: Option<&str>,
    ) -> Result<Answer, Refusal> {
        self.writable()?;
        let directory = &self.folds.directory;
        let by_authority = self.member()?.roles.has(crate::base::roles::Roles::AUTHORITY);
        let mut cancel =
            draft::cancel(id, reason, &self.folds.orders, self.who.unit, by_authority)?;
        let person = draft::person(person, self.operator(), directory)?;
        let note = self.note_for_group(id, &cancel.reason);
        if note.is_some() {
            cancel.reason = REASON_SEALED.to_owned();
        }
        self.write_answer(Body::Cancel(cancel), person, note)
    }

    pub(super) fn send_receipt(&mut self, draft: &ReceiptDraft) -> Result<Answer, Refusal> {
        self.writable()?;
        let directory = &self.folds.directory;
        let mut receipt =
            draft::receipt(draft, &self.folds.orders, directory, self.who.unit, self.now.wall.0)?;
        let named = draft.person.as_deref();
        let person = draft::named_person(named, self.operator(), directory)?;
        let note = self.note_for_group(receipt.order, &receipt.note);
        if note.is_some() {
            receipt.note.clear();
        }
        self.write_answer(Body::Receipt(receipt), person, note)
    }

    /// Commands are sealed one by one, at once: they must never be provisional anywhere.
    /// What is of class flash goes in a lane of its own, or it would wait for all that was written
    /// before it.
    pub(super) fn write_command(&mut self, body: Body, person: Person) -> Result<Answer, Refusal> {
        self.write_answer(body, person, None)
    }

    /// A command, and right behind it what it says to a group alone.
    pub(super) fn write_answer(
        &mut self,
        body: Body,
        person: Person,
        note: Option<(SpokenId, Sealed)>,
    ) -> Result<Answer, Refusal> {
        self.check_right(&body)?;
        let is_flash = urgency_of_body(&body) == Urgency::Flash;
        let lane = match (key::binds(&body) && self.order_key_is_open()?, is_flash) {
            (true, is_flash) => LaneId::keyed(self.who.device, is_flash),
            (false, true) => LaneId::flash(self.who.device),
            (false, false) => LaneId::first(self.who.device, Lane::Command),
        };
        let id = self.write_in(lane, &body, person.clone(), note.is_none());
        let Some((order, words)) = note else { return Ok(Answer::saved(id, 1)) };
        let note = SealedNote { order, about: id.into(), words };
        self.write_in(lane, &Body::SealedNote(note), person, true);
        Ok(Answer::saved(id, 2))
    }

    /// What the directory says of this device.
    pub(super) fn member(&self) -> Result<crate::field::directory::Member, Refusal> {
        self.folds.directory.member(self.who.device).ok_or_else(|| {
            Refusal::new(
                RefusalCode::NotJoined,
                "名录里还没有本终端。请等待与指挥中心同步，或用文件导入名录后再试。",
                "The directory does not name this device yet. Wait for it to arrive, or import it \
                 from a file, then try again.",
            )
        })
    }

    /// This device may write this body.
    pub(super) fn check_right(&self, body: &Body) -> Result<(), Refusal> {
        let directory = &self.folds.directory;
        rights::allowed(&self.member()?, body, directory).map_err(|why| why.refusal(directory))
    }

    pub(in crate::node) fn order_rows(&self, open_only: bool) -> Vec<OrderRow> {
        let (orders, directory) = (&self.folds.orders, &self.folds.directory);
        let delivered = |unit, id| self.is_delivered(unit, id);
        let mut rows = orders.rows(directory, self.now.wall.0, &delivered, self.who.unit);
        if self.sees_drafts() {
            rows.extend(orders.draft_rows(directory));
            rows.sort_by_key(|row| std::cmp::Reverse(row.issued_ms));
        }
        if open_only {
            let open = [OrderState::Draft, OrderState::Open, OrderState::Overdue];
            rows.retain(|row| open.contains(&row.state));
        }
        rows
    }

    /// One order with every receipt, if it is here.
    pub(in crate::node) fn detail_of(&self, id: SpokenId) -> Option<OrderDetail> {
        let (orders, directory) = (&self.folds.orders, &self.folds.directory);
        let delivered = |unit, id| self.is_delivered(unit, id);
        let detail = orders.detail(id, directory, self.now.wall.0, &delivered, self.who.unit);
        detail.or_else(|| self.sees_drafts().then(|| orders.draft_detail(id, directory))?)
    }

    pub(super) fn order_detail(&self, id: SpokenId) -> Result<Reply, Refusal> {
        self.detail_of(id).map(|detail| Reply::Order(Box::new(detail))).ok_or_else(|| {
            Refusal::new(
                RefusalCode::UnknownId,
                format!("没有编号为 {id} 的指令，或尚未收到。请用 sanduan order list 核对编号。"),
                format!("There is no order {id} here, or not yet. See `sanduan order list`."),
            )
        })
    }

    /// The row of one order.
    pub(in crate::node) fn order_row(&self, id: SpokenId) -> Option<OrderRow> {
        let delivered = |unit, id| self.is_delivered(unit, id);
        let directory = &self.folds.directory;
        let now_ms = self.now.wall.0;
        let orders = &self.folds.orders;
        let row = orders.row(id, directory, now_ms, &delivered, self.who.unit);
        row.or_else(|| self.sees_drafts().then(|| orders.draft_row(id, directory))?)
    }

    /// A device of the unit has the order on its disk.
    pub(super) fn is_delivered(&self, unit: UnitId, id: RecordId) -> bool {
        if unit == self.who.unit {
            return true;
        }
        self.folds.directory.devices_of(unit).any(|device| {
            device == id.lane.author
                || self.board.version(RegisterId::Held(device, id.lane)) >= id.seq
        })
    }
}
