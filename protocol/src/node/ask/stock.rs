//! Stock: movements, waybills, arrivals and counts, asked for, written, shown.

use std::collections::BTreeMap;

use crate::base::ids::{DepotId, ItemId, Lane, LaneId};
use crate::field::body::Body;
use crate::field::order::draft::person;
use crate::field::stock::sealed::Unread;
use crate::field::stock::{self, SealedPost, draft};
use crate::local::request::{
    ArrivalDraft, CountDraft, MOVEMENTS_PER_REQUEST_MAX, MovementDraft, WaybillDraft,
};
use crate::local::rows::SealedDepotRow;
use crate::local::{Refusal, RefusalCode, Reply};
use crate::node::Node;
use crate::node::ask::{Answer, groups};

impl Node {
    /// Several movements, all or none. Several at once and large ones are sealed at once: others
    /// count them as soon as they come. A small one waits for company (decision 0075).
    pub(super) fn post_movements(&mut self, drafts: &[MovementDraft]) -> Result<Answer, Refusal> {
        self.writable()?;
        if drafts.is_empty() || drafts.len() > MOVEMENTS_PER_REQUEST_MAX {
            return Err(Refusal::new(
                RefusalCode::TooLong,
                format!("一次可提交 1 至 {MOVEMENTS_PER_REQUEST_MAX} 条出入库。请分批提交。"),
                format!("One request takes 1 to {MOVEMENTS_PER_REQUEST_MAX} movements. Split it."),
            ));
        }
        let directory = &self.folds.directory;
        let mut checked = Vec::with_capacity(drafts.len());
        let mut at_once = drafts.len() > 1;
        for draft in drafts {
            let body = draft::movement(draft, directory)?;
            at_once |= self.folds.ledger.is_large(&body);
            let body = self.for_group(body)?;
            self.check_right(&body)?;
            let named = draft.person.as_deref();
            checked.push((body, person(named, self.operator(), directory)?));
        }
        let mut last = None;
        for (body, person) in &checked {
            last = Some(self.write(Lane::Stock, body, person.clone(), false));
        }
        if at_once {
            self.seal_now(self.stock_lane());
        }
        let id = last.expect("there is at least one movement");
        Ok(Answer::saved(id, drafts.len()))
    }

    pub(super) fn ship_waybill(&mut self, draft: &WaybillDraft) -> Result<Answer, Refusal> {
        self.writable()?;
        let body = draft::waybill(draft, &self.folds.directory)?;
        self.write_stock(body, draft.person.as_deref())
    }

    pub(super) fn arrive_waybill(&mut self, draft: &ArrivalDraft) -> Result<Answer, Refusal> {
        self.writable()?;
        let body = draft::arrival(draft, &self.folds.directory, &self.folds.ledger)?;
        self.write_stock(body, draft.person.as_deref())
    }

    pub(super) fn post_count(&mut self, draft: &CountDraft) -> Result<Answer, Refusal> {
        self.writable()?;
        let heads = self.stock_heads();
        let body = draft::count(draft, &self.folds.directory, &self.folds.ledger, &heads)?;
        self.write_stock(body, draft.person.as_deref())
    }

    pub(super) fn stock_heads(&self) -> BTreeMap<LaneId, u32> {
        let lanes = self.book.lanes().filter(|(id, _)| id.lane == Lane::Stock);
        lanes.map(|(id, lane)| (*id, lane.saved_sealed())).collect()
    }

    /// Custody and counts are sealed at once: another depot acts on them.
    fn write_stock(&mut self, body: stock::Body, named: Option<&str>) -> Result<Answer, Refusal> {
        let body = self.for_group(body)?;
        self.check_right(&body)?;
        let person = person(named, self.operator(), &self.folds.directory)?;
        let id = self.write(Lane::Stock, &body, person, true);
        Ok(Answer::saved(id, 1))
    }

    /// Seal now what waits for company in any lane of ours, because somebody asked for it.
    pub(super) fn seal_stock(&mut self) -> Result<Answer, Refusal> {
        self.writable()?;
        let lanes: Vec<LaneId> = self.seal_at.keys().copied().collect();
        let mut last = None;
        let mut records = 0;
        for lane in lanes {
            let before = self.book.lane(lane).map_or(0, |held| held.sealed());
            self.seal_now(lane);
            let sealed = self.book.lane(lane).map_or(0, |held| held.sealed());
            if sealed > before {
                records += sealed - before;
                last = Some(lane.at(sealed).into());
            }
        }
        let reply = Reply::Saved { id: last, records };
        Ok(if records == 0 { Answer::Now(reply) } else { Answer::WhenSaved(reply) })
    }

    fn stock_lane(&self) -> LaneId {
        LaneId::first(self.who.device, Lane::Stock)
    }

    pub(super) fn stock_rows(
        &self,
        depot: Option<&str>,
        item: Option<&str>,
    ) -> Result<Answer, Refusal> {
        let (depot, item) = (self.depot_named(depot)?, self.item_named(item)?);
        let (ledger, directory) = (&self.folds.ledger, &self.folds.directory);
        let held = |lane| self.stock_held(lane);
        let stock = self.folds.reports.rows(ledger, directory, (depot, item), &held);
        Ok(Answer::Now(Reply::Stock { stock, sealed: self.sealed_depots(depot) }))
    }

    pub(super) fn stock_card(&self, item: &str, depot: Option<&str>) -> Result<Answer, Refusal> {
        let (item, depot) = (self.folds.directory.item(item)?, self.depot_named(depot)?);
        if let Some(sealed) = depot.and_then(|depot| self.sealed_depots(Some(depot)).pop()) {
            return Err(not_for_us(&sealed));
        }
        let card = self.folds.ledger.card(&self.folds.directory, item, depot);
        Ok(Answer::Now(Reply::StockCard { card }))
    }

    pub(super) fn waybill_rows(&self) -> Reply {
        let (ledger, directory) = (&self.folds.ledger, &self.folds.directory);
        Reply::Waybills { waybills: ledger.waybills(directory, self.now.wall.0) }
    }

    /// Depots that cannot be read here: of one that is asked for, or of all.
    fn sealed_depots(&self, depot: Option<DepotId>) -> Vec<SealedDepotRow> {
        let directory = &self.folds.directory;
        let asked = |unread: &Unread| depot.is_none_or(|depot| depot == unread.depot);
        let rows = self.folds.ledger.unread().filter(asked).map(|unread| SealedDepotRow {
            depot: unread.depot,
            depot_name: directory.depot_name(unread.depot),
            group: directory.group_mark(unread.group, false),
            posts: unread.posts,
            last_ms: unread.last_ms,
        });
        rows.collect()
    }

    /// The body as it is written: sealed, if posts of this depot are sealed to a group.
    fn for_group(&self, body: stock::Body) -> Result<Body, Refusal> {
        let depot = body.acting_depot();
        let Some((index, group)) = self.folds.directory.group_of_depot(depot) else {
            return Ok(Body::Stock(body));
        };
        let turn = group.newest().0;
        let key = self.folds.ring.key(index, turn).ok_or_else(|| groups::no_key(group))?;
        let sealed = SealedPost::conceal(&body, key, (index, turn), self.who.device);
        Ok(sealed.map_or(Body::Stock(body), Body::SealedPost))
    }

    fn depot_named(&self, name: Option<&str>) -> Result<Option<DepotId>, Refusal> {
        Ok(name.map(|name| self.folds.directory.depot(name)).transpose()?)
    }

    fn item_named(&self, name: Option<&str>) -> Result<Option<ItemId>, Refusal> {
        Ok(name.map(|name| self.folds.directory.item(name)).transpose()?)
    }
}

fn not_for_us(sealed: &SealedDepotRow) -> Refusal {
    let (depot, group) = (&sealed.depot_name, &sealed.group.name);
    Refusal::new(
        RefusalCode::NotAllowed,
        format!("“{depot}”的库存已加密：仅“{group}”（{}）可读。", sealed.group.units.join("、")),
        format!(
            "The stock of {depot} is sealed: only {group} ({}) can read it.",
            sealed.group.units.join(", ")
        ),
    )
}
