//! Orders as rows for screens. Every question about one order looks at that order alone.

use crate::base::ids::{Lane, RecordId, SpokenId, UnitId};
use crate::field::directory::Directory;
use crate::field::order::board::{
    Case, Issued, OrderBoard, act_by_ms, expires_ms, owed, owes, state,
};
use crate::field::order::ladder;
use crate::field::order::words::Words;
use crate::local::request::Rung;
use crate::local::rows::{AddresseeRow, OrderDetail, OrderRow, OrderState, ReceiptRow};
use crate::wire::record::Person;

/// Says whether a device of the unit is known to hold the record.
pub type Delivered<'a> = &'a dyn Fn(UnitId, RecordId) -> bool;

impl OrderBoard {
    /// All orders, newest first.
    pub fn rows(
        &self,
        directory: &Directory,
        now_ms: u64,
        delivered: Delivered<'_>,
        own_unit: UnitId,
    ) -> Vec<OrderRow> {
        let mut issued: Vec<(&Case, &Issued)> = self.issued().collect();
        issued.sort_by_key(|(_, issued)| std::cmp::Reverse((issued.at, issued.id)));
        let rows = issued
            .into_iter()
            .map(|(case, issued)| order_row(case, issued, directory, now_ms, delivered, own_unit));
        rows.collect()
    }

    /// One order as a row.
    pub fn row(
        &self,
        id: SpokenId,
        directory: &Directory,
        now_ms: u64,
        delivered: Delivered<'_>,
        own_unit: UnitId,
    ) -> Option<OrderRow> {
        let case = self.cases.get(&id)?;
        let issued = case.issued.as_ref()?;
        Some(order_row(case, issued, directory, now_ms, delivered, own_unit))
    }

    /// A draft that nobody has signed, as a row: owed by nobody, delivered to nobody.
    pub fn draft_row(&self, id: SpokenId, directory: &Directory) -> Option<OrderRow> {
        let case = self.cases.get(&id)?;
        let nobody = |_: UnitId, _: RecordId| false;
        let mut row = order_row(case, case.unsigned()?, directory, 0, &nobody, UnitId(0));
        row.state = match &row.cancel_reason {
            Some(_) => OrderState::Cancelled,
            None => OrderState::Draft,
        };
        // The time to act runs from the signature on: until then only its length is known.
        let span_s = |until_ms: Option<u64>| Some(until_ms?.saturating_sub(row.issued_ms) / 1000);
        (row.act_by_s, row.expires_s) = (span_s(row.act_by_ms), span_s(row.expires_ms));
        (row.act_by_ms, row.expires_ms, row.unanswered_here) = (None, None, false);
        row.drafter = Some(std::mem::take(&mut row.person));
        Some(row)
    }

    /// The same with those who will owe an answer once it is signed.
    pub fn draft_detail(&self, id: SpokenId, directory: &Directory) -> Option<OrderDetail> {
        let case = self.cases.get(&id)?;
        let units = owed(case.unsigned()?, directory).into_iter();
        let addressees = units.map(|unit| AddresseeRow {
            unit,
            name: directory.unit_name(unit),
            delivered: false,
            rung: None,
            person: None,
            at_ms: None,
            proxy: None,
            note: String::new(),
        });
        let addressees = addressees.collect();
        Some(OrderDetail { order: self.draft_row(id, directory)?, addressees, receipts: vec![] })
    }

    /// Every draft that nobody has signed, newest first.
    pub fn draft_rows(&self, directory: &Directory) -> Vec<OrderRow> {
        let drafts = self.cases.values().filter_map(Case::unsigned);
        let mut drafts: Vec<_> = drafts.map(|draft| (draft.at, draft.id)).collect();
        drafts.sort_unstable();
        drafts.iter().rev().filter_map(|(_, id)| self.draft_row(*id, directory)).collect()
    }

    /// One order with who owes an answer and every receipt, also of units that owe none.
    pub fn detail(
        &self,
        id: SpokenId,
        directory: &Directory,
        now_ms: u64,
        delivered: Delivered<'_>,
        own_unit: UnitId,
    ) -> Option<OrderDetail> {
        let case = self.cases.get(&id)?;
        let issued = case.issued.as_ref()?;
        let addressees = owed(issued, directory)
            .into_iter()
            .map(|unit| addressee_row(case, id, unit, directory, delivered))
            .collect();
        Some(OrderDetail {
            order: order_row(case, issued, directory, now_ms, delivered, own_unit),
            addressees,
            receipts: receipt_rows(case, directory),
        })
    }

    /// The numbers of all orders.
    pub fn ids(&self) -> impl Iterator<Item = SpokenId> {
        self.issued().map(|(_, issued)| issued.id)
    }

    /// How far each unit that answered an order has come.
    pub fn rungs(&self, id: SpokenId) -> Option<Vec<(UnitId, Rung)>> {
        let case = self.cases.get(&id).filter(|case| case.issued.is_some())?;
        let rung = |unit: &UnitId| case.best(*unit).map(|answer| (*unit, answer.rung));
        Some(case.answers.keys().filter_map(rung).collect())
    }

    /// True if nobody owes this order anything any more: everyone answered as it wanted, or it was
    /// withdrawn. One that expired unanswered is not over: people still see who did not answer.
    pub fn is_over(&self, id: SpokenId, directory: &Directory, now_ms: u64) -> bool {
        let Some((case, issued)) = self.issued_case(id) else {
            return false;
        };
        match state(case, issued, &owed(issued, directory), now_ms) {
            OrderState::Answered | OrderState::Failed | OrderState::Cancelled => true,
            OrderState::Provisional
            | OrderState::Draft
            | OrderState::Open
            | OrderState::Overdue
            | OrderState::Expired => false,
        }
    }

    /// Units that have not got an order which still lacks an answer, by index.
    pub fn undelivered(
        &self,
        id: SpokenId,
        directory: &Directory,
        now_ms: u64,
        delivered: Delivered<'_>,
    ) -> Vec<UnitId> {
        let Some((case, issued)) = self.issued_case(id) else {
            return Vec::new();
        };
        let mut owed = owed(issued, directory);
        match state(case, issued, &owed, now_ms) {
            OrderState::Open | OrderState::Overdue => {
                owed.retain(|unit| !is_delivered(case, id, *unit, delivered));
                owed
            }
            OrderState::Provisional
            | OrderState::Draft
            | OrderState::Answered
            | OrderState::Failed
            | OrderState::Expired
            | OrderState::Cancelled => Vec::new(),
        }
    }

    /// True if nobody ever answered or withdrew this order.
    pub fn is_untouched(&self, id: SpokenId) -> bool {
        let case = self.cases.get(&id);
        case.is_some_and(|case| case.answers.is_empty() && case.withdrawn.is_empty())
    }

    /// Orders that still lack an answer they need.
    pub fn open_count(&self, directory: &Directory, now_ms: u64) -> u32 {
        let open = self.issued().filter(|(case, issued)| {
            match state(case, issued, &owed(issued, directory), now_ms) {
                OrderState::Open | OrderState::Overdue => true,
                OrderState::Provisional
                | OrderState::Draft
                | OrderState::Answered
                | OrderState::Failed
                | OrderState::Expired
                | OrderState::Cancelled => false,
            }
        });
        open.count() as u32
    }

    /// Orders addressed to `own_unit` that nobody of it has answered and that may still be acted
    /// upon, oldest first.
    pub fn unanswered_here(
        &self,
        directory: &Directory,
        own_unit: UnitId,
        now_ms: u64,
    ) -> Vec<SpokenId> {
        let is_open = |case: &Case, issued: &Issued| {
            is_unanswered(case, issued, directory, own_unit) && !is_expired(issued, now_ms)
        };
        let open = self.issued().filter(|(case, issued)| is_open(case, issued));
        let mut open: Vec<_> = open.map(|(_, issued)| (issued.at, issued.id)).collect();
        open.sort();
        open.into_iter().map(|(_, id)| id).collect()
    }

    fn issued_case(&self, id: SpokenId) -> Option<(&Case, &Issued)> {
        let case = self.cases.get(&id)?;
        Some((case, case.issued.as_ref()?))
    }

    fn issued(&self) -> impl Iterator<Item = (&Case, &Issued)> {
        self.cases.values().filter_map(|case| Some((case, case.issued.as_ref()?)))
    }
}

fn is_unanswered(case: &Case, issued: &Issued, directory: &Directory, own_unit: UnitId) -> bool {
    issued.is_verified
        && case.best(own_unit).is_none()
        && case.withdrawal().is_none()
        && owes(issued, directory, own_unit)
}

fn is_expired(issued: &Issued, now_ms: u64) -> bool {
    expires_ms(issued).is_some_and(|expires_ms| expires_ms < now_ms)
}

fn is_delivered(case: &Case, id: SpokenId, unit: UnitId, delivered: Delivered<'_>) -> bool {
    let has_answered = case.answers.get(&unit).is_some_and(|answers| answers.has_own());
    // Without its signature a draft is nothing that a unit could know it must do.
    let signature = case.issued.as_ref().and_then(|issued| issued.signature);
    has_answered
        || delivered(unit, id.in_lane(Lane::Command))
            && signature.is_none_or(|signature| delivered(unit, signature))
}

fn order_row(
    case: &Case,
    issued: &Issued,
    directory: &Directory,
    now_ms: u64,
    delivered: Delivered<'_>,
    own_unit: UnitId,
) -> OrderRow {
    let owed = owed(issued, directory);
    let order = &issued.order;
    let count = |is_meant: &dyn Fn(UnitId) -> bool| {
        owed.iter().filter(|unit| is_meant(**unit)).count() as u32
    };
    let rung = |unit| case.best(unit).map(|answer| answer.rung);
    let signer = match &order.signer {
        Person::Nobody => &issued.person,
        signer => signer,
    };
    OrderRow {
        id: issued.id,
        kind: order.kind,
        class: order.class,
        state: state(case, issued, &owed, now_ms),
        from: directory.unit_name(issued.from),
        person: directory.person_name(signer),
        drafter: issued.drafter.as_ref().map(|drafter| directory.person_name(drafter)),
        to: directory.audience_text(&order.targets),
        text: directory.words(case.words(order)),
        group: match &order.text {
            Words::Plain(_) | Words::Filled(_) => None,
            Words::Sealed(sealed) => {
                let is_readable = !matches!(case.words(order), Words::Sealed(_));
                Some(directory.group_mark(sealed.group, is_readable))
            }
        },
        issued_ms: issued.at.wall_ms,
        act_by_ms: act_by_ms(issued),
        expires_ms: expires_ms(issued),
        act_by_s: None,
        expires_s: None,
        need: order.need,
        owed: owed.len() as u32,
        delivered: count(&|unit| is_delivered(case, issued.id, unit, delivered)),
        acknowledged: count(&|unit| rung(unit).is_some()),
        done: count(&|unit| rung(unit) == Some(Rung::Done)),
        refused: count(&|unit| rung(unit).is_some_and(ladder::is_refusal)),
        unanswered_here: is_unanswered(case, issued, directory, own_unit)
            && !is_expired(issued, now_ms),
        cancel_reason: case
            .withdrawal()
            .map(|withdrawn| case.note(withdrawn.id, &withdrawn.reason, directory)),
    }
}

fn addressee_row(
    case: &Case,
    id: SpokenId,
    unit: UnitId,
    directory: &Directory,
    delivered: Delivered<'_>,
) -> AddresseeRow {
    let best = case.best(unit);
    AddresseeRow {
        unit,
        name: directory.unit_name(unit),
        delivered: is_delivered(case, id, unit, delivered),
        rung: best.map(|answer| answer.rung),
        person: best.map(|answer| directory.person_name(&answer.person)),
        at_ms: best.map(|answer| answer.at.wall_ms),
        proxy: best.and_then(|answer| answer.proxy),
        note: best.map_or_else(String::new, |best| case.note(best.id, &best.note, directory)),
    }
}

fn receipt_rows(case: &Case, directory: &Directory) -> Vec<ReceiptRow> {
    let all = case.answers.iter().flat_map(|(unit, answers)| {
        answers.iter().map(move |answer| (answer.at, answer.id, *unit, answer))
    });
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(at, id, ..)| (*at, *id));
    let rows = all.into_iter().map(|(at, id, unit, answer)| ReceiptRow {
        id,
        unit,
        unit_name: directory.unit_name(unit),
        rung: answer.rung,
        person: directory.person_name(&answer.person),
        proxy: answer.proxy,
        typed_by: directory.unit_name(answer.typed_by),
        note: case.note(id, &answer.note, directory),
        at_ms: at.wall_ms,
    });
    rows.collect()
}
