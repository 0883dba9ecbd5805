//! Screens 1 叫应 and 2 指令: the same list, once narrowed to alerts and to what our unit has not
//! answered. Which rows are shown, and what keys do with the selected one. Drawn in `order_view`.

use sanduan_protocol::base::ids::SpokenId;
use sanduan_protocol::local::request::OrderKind;
use sanduan_protocol::local::rows::{OrderDetail, OrderRow, OrderState};

use crate::app::{Connection, Model, Screen};
use crate::keys::Action;
use crate::lang::age::{ago, clock, left, span};
use crate::lang::fill;
use crate::lang::group::mark;
use crate::lang::words::{Word, audience};
use crate::overlay::{self, Overlay, Reading, Subject};
use crate::paint::fit::width;

/// Columns of a text to read in a terminal of 80; a narrower one breaks its lines once more.
const READING_COLUMNS: usize = 74;

/// Places in the mirror of the rows that are shown.
pub fn visible(model: &Model) -> Vec<usize> {
    let filter = model.filter();
    let fits = |row: &OrderRow| {
        (model.screen != Screen::Alert || row.kind == OrderKind::Alert || row.unanswered_here)
            && (!model.open_only || runs(row) || row.unanswered_here)
            && (filter.is_empty() || contains(row, filter))
    };
    let rows = model.mirror.orders.iter().enumerate();
    let mut places: Vec<(u8, usize)> =
        rows.filter(|(_, row)| fits(row)).map(|(place, row)| (rank(row), place)).collect();
    places.sort_unstable();
    places.into_iter().map(|(_, place)| place).collect()
}

/// What must be looked at first: what we owe an answer to, by class; then what others do not
/// answer in time; then what runs; then the rest. The newest first among equals.
fn rank(row: &OrderRow) -> u8 {
    if row.unanswered_here && runs(row) {
        return row.class as u8;
    }
    match row.state {
        OrderState::Overdue => 10,
        OrderState::Draft => 9,
        OrderState::Provisional | OrderState::Open => 11,
        OrderState::Answered | OrderState::Failed | OrderState::Expired | OrderState::Cancelled => {
            12
        }
    }
}

fn contains(row: &OrderRow, filter: &str) -> bool {
    row.text.contains(filter)
        || row.to.contains(filter)
        || row.from.contains(filter)
        || row.id.to_string().contains(filter)
}

/// True while somebody may still owe an answer.
pub fn runs(row: &OrderRow) -> bool {
    match row.state {
        OrderState::Draft | OrderState::Provisional | OrderState::Open | OrderState::Overdue => {
            true
        }
        OrderState::Answered | OrderState::Failed | OrderState::Expired | OrderState::Cancelled => {
            false
        }
    }
}

/// The selected order, on the screens that have one.
pub fn selected(model: &Model) -> Option<&OrderRow> {
    match model.screen {
        Screen::Alert | Screen::Orders => {
            let visible = visible(model);
            model.mirror.order(*visible.get(model.cursor().at)?)
        }
        Screen::Track | Screen::Stock | Screen::Report | Screen::Links | Screen::Journal => None,
    }
}

/// Moves the cursor to this order, if it is shown: new rows above must not change what is
/// selected under somebody's finger.
pub fn select(model: &mut Model, id: SpokenId) {
    let orders = &model.mirror.orders;
    let found = visible(model).iter().position(|place| orders[*place].id == id);
    if let Some(at) = found {
        let place = model.place();
        model.cursors[place].at = at;
    }
}

/// What is said beside the name of the screen.
pub fn summary(model: &Model) -> String {
    let text = model.text();
    let orders = &model.mirror.orders;
    let count = |state| orders.iter().filter(|row| row.state == state).count();
    let overdue = count(OrderState::Overdue);
    let here = orders.iter().filter(|row| row.unanswered_here).count();
    match model.screen {
        Screen::Alert => fill(text.title_alerts, &[&visible(model).len(), &here]),
        _ => {
            let open = count(OrderState::Open) + overdue;
            fill(text.title_orders, &[&orders.len(), &open, &overdue])
        }
    }
}

/// Rows of the list with its heading in a room of so many rows; the other half shows the selected
/// order with as many of those who owe an answer as it holds.
pub fn list_rows(rows: u16) -> u16 {
    rows.div_ceil(2)
}

/// The order that is looked at, if its answers have been heard.
pub fn detail(model: &Model, id: SpokenId) -> Option<&OrderDetail> {
    model.mirror.detail.as_ref().filter(|detail| detail.order.id == id)
}

/// Why a key does nothing to the selected order; `None` if it does.
fn why_not(model: &Model, action: Action) -> Option<&'static str> {
    let text = model.text();
    match action {
        Action::NewOrder if !has_a_voice(model) => return Some(text.why_may_not_issue),
        Action::DraftOrder if !may(model, &["order.draft", "order.issue"]) => {
            return Some(text.why_may_not_draft);
        }
        Action::NewOrder | Action::DraftOrder | Action::OpenOnly => return None,
        _ => {}
    }
    let Some(order) = selected(model) else { return Some(text.why_no_order) };
    let answers = matches!(action, Action::Answer(_) | Action::Proxy);
    let needs_daemon = answers || matches!(action, Action::Sign | Action::Withdraw);
    if needs_daemon && order.state == OrderState::Cancelled {
        return Some(text.why_cancelled);
    }
    if needs_daemon && model.connection != Connection::Up {
        return Some(text.why_cut);
    }
    if answers && order.state == OrderState::Draft {
        return Some(text.why_draft);
    }
    if action == Action::Sign && order.state == OrderState::Draft && !may_sign(model) {
        return Some(text.why_may_not_sign);
    }
    if action == Action::Sign && order.state != OrderState::Draft {
        return Some(text.why_not_draft);
    }
    if matches!(action, Action::Answer(_)) && !owes(model, order) {
        return Some(text.why_not_owed);
    }
    None
}

/// True if our unit is among those asked, as far as is known yet.
fn owes(model: &Model, order: &OrderRow) -> bool {
    let own = model.mirror.status.as_ref().map(|status| status.unit);
    match detail(model, order.id) {
        Some(detail) => {
            order.unanswered_here || detail.addressees.iter().any(|row| Some(row.unit) == own)
        }
        None => true,
    }
}

/// Carries out an action; false if these screens have no such action.
pub fn act(model: &mut Model, action: Action) -> bool {
    let acts = matches!(
        action,
        Action::Answer(_)
            | Action::Proxy
            | Action::NewOrder
            | Action::DraftOrder
            | Action::Sign
            | Action::Withdraw
            | Action::OpenOnly
            | Action::Open
    );
    if !acts {
        return false;
    }
    if let Some(reason) = why_not(model, action) {
        model.say(reason, true);
        return true;
    }
    let Some(opened) = opened(model, action) else {
        if action == Action::OpenOnly {
            model.open_only = !model.open_only;
        }
        return true;
    };
    model.overlays.push(opened);
    true
}

/// What an action opens.
fn opened(model: &Model, action: Action) -> Option<Overlay> {
    let alert = model.screen == Screen::Alert;
    let form = match action {
        Action::NewOrder if !may(model, &["order.issue"]) => overlay::plea(model),
        Action::NewOrder => overlay::issue_order(model, alert),
        Action::DraftOrder => overlay::draft_order(model),
        Action::Sign => overlay::signature(model, selected(model)?),
        Action::Answer(rung) => overlay::answer(model, selected(model)?, rung),
        Action::Proxy => overlay::proxy_answer(model, selected(model)?),
        Action::Withdraw => overlay::withdrawal(model, selected(model)?),
        Action::Open => {
            let subject = Subject::Order(selected(model)?.id);
            return Some(Overlay::Reading(Reading::new(subject)));
        }
        _ => return None,
    };
    Some(Overlay::Form(Box::new(form)))
}

/// The order and all its answers as lines to read.
pub fn whole(model: &Model, id: SpokenId) -> Vec<String> {
    let text = model.text();
    let Some(detail) = detail(model, id) else { return vec![text.loading.to_owned()] };
    let mut lines = head(model, &detail.order, READING_COLUMNS);
    lines.push(detail.order.text.clone());
    lines.push(String::new());
    lines.extend(detail.addressees.iter().map(|row| answer_line(model, row)));
    lines.push(String::new());
    lines.push(text.receipts_head.to_owned());
    for row in &detail.receipts {
        let mut parts = vec![
            row.id.to_string(),
            clock(row.at_ms, model.now_ms, &model.zone),
            row.unit_name.clone(),
            row.rung.word(model.lang).to_owned(),
            row.person.clone(),
        ];
        parts.extend(row.proxy.map(|proxy| fill(text.by_proxy, &[&proxy.word(model.lang)])));
        parts.push(fill(text.typed_by, &[&row.typed_by]));
        parts.push(row.note.clone());
        parts.retain(|part| !part.is_empty());
        lines.push(parts.join("  "));
    }
    lines
}

/// Number, class, kind, state, audience and what to do next; then, on as many lines of so many
/// columns as it takes, who issued it, when, what is wanted and until when.
pub fn head(model: &Model, row: &OrderRow, columns: usize) -> Vec<String> {
    let (text, lang) = (model.text(), model.lang);
    let words = [row.class.word(lang), row.kind.word(lang), row.state.word(lang)];
    let mut first = format!("{} {} -> {}", row.id, words.join(" "), audience(&row.to, lang));
    if row.unanswered_here {
        first.push_str(&format!("  {}", text.answer_here));
    }
    if row.state == OrderState::Draft {
        let next = if may_sign(model) { text.sign_here } else { text.sign_elsewhere };
        first.push_str(&format!("  {next}"));
    }
    let mut lines = vec![first];
    lines.extend(packed(&terms(model, row), columns));
    if let Some(reason) = &row.cancel_reason {
        lines.push(fill(text.cancelled_line, &[reason]));
    }
    lines
}

/// How many drafts wait for a signature that can be given here.
pub fn to_sign(model: &Model) -> usize {
    let drafts = model.mirror.orders.iter().filter(|row| row.state == OrderState::Draft);
    if may_sign(model) { drafts.count() } else { 0 }
}

/// True if this machine may sign drafts, as far as the directory here says.
fn may_sign(model: &Model) -> bool {
    may(model, &["order.sign"])
}

/// True if this machine has one of these roles; also while the daemon has not said which it has.
fn may(model: &Model, any: &[&str]) -> bool {
    let status = model.mirror.status.as_ref();
    status.is_none_or(|status| status.roles.iter().any(|role| any.contains(&role.as_str())))
}

/// True if this machine may write anything: at least a plea for help.
fn has_a_voice(model: &Model) -> bool {
    let silent = ["relay", "partner"];
    let status = model.mirror.status.as_ref();
    status.is_none_or(|status| status.roles.iter().any(|role| !silent.contains(&role.as_str())))
}

/// Who wrote it and when, what is wanted, until when. Of a draft the times are still lengths.
fn terms(model: &Model, row: &OrderRow) -> Vec<String> {
    let (text, lang) = (model.text(), model.lang);
    let issued = clock(row.issued_ms, model.now_ms, &model.zone);
    let past = ago(row.issued_ms, model.now_ms, lang);
    let drafter = row.drafter.as_deref();
    let mut parts = match (row.state, drafter) {
        (OrderState::Draft, drafter) => {
            let from = format!("{} {}", row.from, drafter.unwrap_or_default());
            vec![fill(text.draft_head, &[&from.trim(), &issued, &past])]
        }
        (_, drafter) => {
            let from = format!("{} {}", row.from, row.person);
            let mut parts = vec![fill(text.detail_head, &[&from.trim(), &issued, &past])];
            parts.extend(drafter.map(|drafter| fill(text.drafted_by, &[&drafter])));
            parts
        }
    };
    parts.extend(row.group.as_ref().map(|group| mark(group, lang)));
    parts.push(fill(text.wanted, &[&row.need.word(lang)]));
    parts.extend(row.act_by_s.map(|span_s| fill(text.limit_after, &[&span(span_s, lang)])));
    parts.extend(row.expires_s.map(|span_s| fill(text.valid_after, &[&span(span_s, lang)])));
    let act_by_ms = row.act_by_ms.filter(|_| runs(row));
    parts.extend(act_by_ms.map(|act_by_ms| left(act_by_ms, model.now_ms, lang)));
    if let Some(expires_ms) = row.expires_ms {
        let until = clock(expires_ms, model.now_ms, &model.zone);
        parts.push(fill(text.valid_until, &[&until]));
    }
    parts
}

/// These words side by side, on a new line where the next ones find no room: what stands last is
/// as important as what stands first.
fn packed(parts: &[String], columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if width(line) + 2 + width(part) <= columns => {
                line.push_str("  ");
                line.push_str(part);
            }
            Some(_) | None => lines.push(part.clone()),
        }
    }
    lines
}

/// One unit that owes an answer: who said what, how, and how long ago.
pub fn answer_line(model: &Model, row: &sanduan_protocol::local::rows::AddresseeRow) -> String {
    let (text, lang) = (model.text(), model.lang);
    let rung = match (row.rung, row.delivered) {
        (Some(rung), _) => rung.word(lang),
        (None, true) => text.delivered_only,
        (None, false) => text.no_answer,
    };
    let mut line = format!("  {}  {rung}", crate::paint::fit::fit(&row.name, 20));
    if let Some(person) = &row.person {
        line.push_str(&format!("  {person}"));
    }
    if let Some(proxy) = row.proxy {
        line.push_str(&format!("  {}", fill(text.by_proxy, &[&proxy.word(lang)])));
    }
    if let Some(at_ms) = row.at_ms {
        line.push_str(&format!("  {}", ago(at_ms, model.now_ms, lang)));
    }
    if !row.note.is_empty() {
        line.push_str(&format!("  {}", row.note));
    }
    line
}
