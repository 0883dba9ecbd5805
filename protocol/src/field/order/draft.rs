//! Checks what people typed before it becomes a record. Every refusal says what to do next.

use crate::base::caps::{NAME_BYTES_MAX, TEXT_BYTES_MAX};
use crate::base::class::Class;
use crate::base::ids::{SpokenId, UnitId};
use crate::field::directory::{Directory, Target};
use crate::field::order::fill::fill;
use crate::field::order::words::Words;
use crate::field::order::{Cancel, Order, OrderBoard, Receipt, expires_ms};
use crate::field::text::is_clean;
use crate::local::refusal::{Refusal, RefusalCode};
use crate::local::request::{OrderDraft, ReceiptDraft, Rung};
use crate::wire::record::Person;

/// Latest moment at which an order can be due: 30 days, the longest response to one flood season
/// event; anything later is a plan, not an order.
pub const ACT_BY_MAX_S: u32 = 30 * 24 * 3600;

/// The order of a draft, for the audience as the directory knows it now. `own_unit` issues it.
pub fn order(
    draft: &OrderDraft,
    directory: &Directory,
    own_unit: UnitId,
) -> Result<Order, Refusal> {
    let text = words(draft, directory)?;
    if draft.act_by_s.is_some_and(|act_by_s| act_by_s == 0 || act_by_s > ACT_BY_MAX_S) {
        return Err(Refusal::new(
            RefusalCode::BadValue,
            "时限须在 1 秒到 30 天之间，例如 20m、2h。",
            "The time to act must lie between 1 second and 30 days, such as 20m or 2h.",
        ));
    }
    check_expiry(draft)?;
    let targets = directory.parse_audience(&draft.to)?;
    let units = directory.expand(&targets, directory.version());
    let is_self_named = targets.contains(&Target::Unit(own_unit));
    if !units.iter().any(|unit| *unit != own_unit || is_self_named) {
        return Err(Refusal::new(
            RefusalCode::BadValue,
            format!("“{}”内没有需要回执的单位。请改选发送对象。", draft.to.trim()),
            format!("No unit in \"{}\" could answer. Choose another audience.", draft.to.trim()),
        ));
    }
    Ok(Order {
        kind: draft.kind,
        class: draft.class.unwrap_or(Class::Routine),
        need: draft.need,
        targets,
        directory_version: directory.version(),
        act_by_s: draft.act_by_s,
        expires_s: draft.expires_s,
        signer: Person::Nobody,
        text,
    })
}

/// An order that expires before it is due could never be late.
fn check_expiry(draft: &OrderDraft) -> Result<(), Refusal> {
    let Some(expires_s) = draft.expires_s else { return Ok(()) };
    if expires_s == 0 || expires_s > ACT_BY_MAX_S {
        return Err(Refusal::new(
            RefusalCode::BadValue,
            "有效期须在 1 秒到 30 天之间，例如 2h、1d。",
            "An order may be valid for 1 second to 30 days, such as 2h or 1d.",
        ));
    }
    if draft.act_by_s.is_some_and(|act_by_s| act_by_s > expires_s) {
        return Err(Refusal::new(
            RefusalCode::BadValue,
            "有效期短于时限：到时限之前指令就已过期。请延长有效期或缩短时限。",
            "It would expire before it is due. Let it be valid longer, or give less time to act.",
        ));
    }
    Ok(())
}

/// What the draft says: its text, or its template.
fn words(draft: &OrderDraft, directory: &Directory) -> Result<Words, Refusal> {
    let text = checked_text(&draft.text)?;
    match draft.template.as_deref() {
        Some(template) if text.is_empty() => fill(directory, template, &draft.fields),
        Some(_) => Err(Refusal::new(
            RefusalCode::BadValue,
            "模板与内容只能用一个。请去掉其中之一。",
            "An order has a template or a text. Leave one of them out.",
        )),
        None if text.is_empty() => Err(Refusal::new(
            RefusalCode::BadValue,
            "指令内容为空。请写明要做什么。",
            "The order has no text. Say what is to be done.",
        )),
        None => Ok(Words::Plain(text)),
    }
}

/// The receipt of a draft; `own_unit` is the unit of this device. That the unit owes no answer
/// is no reason to refuse: the receipt is shown and not counted.
pub fn receipt(
    draft: &ReceiptDraft,
    board: &OrderBoard,
    directory: &Directory,
    own_unit: UnitId,
    now_ms: u64,
) -> Result<Receipt, Refusal> {
    known(board, draft.id)?;
    let expires_ms = board.get(draft.id).and_then(expires_ms);
    if draft.rung == Rung::Accepted && expires_ms.is_some_and(|at| at < now_ms) {
        return Err(Refusal::new(
            RefusalCode::AlreadyOver,
            format!(
                "指令 {} 已过有效期，不再执行。已经办了的，请报“已落实”或“未能落实”。",
                draft.id
            ),
            format!(
                "Order {} has expired; do not act upon it. If it was acted upon, say done or \
                 failed.",
                draft.id
            ),
        ));
    }
    let note = checked_text(&draft.note)?;
    let needs_reason = match draft.rung {
        Rung::Cannot | Rung::Failed => true,
        Rung::Acknowledged | Rung::Accepted | Rung::Done => false,
    };
    if needs_reason && note.is_empty() {
        return Err(Refusal::new(
            RefusalCode::BadValue,
            "“不能执行”“未能落实”须写明原因。请填写备注。",
            "\"Cannot\" and \"failed\" need a reason. Fill in the note.",
        ));
    }
    let unit = match draft.unit.as_deref().map(str::trim).filter(|unit| !unit.is_empty()) {
        Some(unit) => directory.unit(unit)?,
        None if draft.proxy.is_some() => {
            return Err(Refusal::new(
                RefusalCode::BadValue,
                "代签须写明代哪个单位签。请填写单位。",
                "A receipt by proxy needs the unit that answered. Fill in the unit.",
            ));
        }
        None => own_unit,
    };
    if unit != own_unit && draft.proxy.is_none() {
        return Err(Refusal::new(
            RefusalCode::NotAllowed,
            "不能以其他单位名义签收。如对方已口头答复，请用代签并注明方式（电话、电台、鸣锣、敲门）。",
            "A device answers for its own unit. If the other unit told you, send a proxy receipt \
             and say how (phone, radio, gong, door).",
        ));
    }
    Ok(Receipt { order: draft.id, unit, rung: draft.rung, proxy: draft.proxy, note })
}

/// The withdrawal of an order by a device of `own_unit`.
pub fn cancel(
    id: SpokenId,
    reason: &str,
    board: &OrderBoard,
    own_unit: UnitId,
    is_authority: bool,
) -> Result<Cancel, Refusal> {
    let own = board.get(id).or_else(|| board.unsigned(id));
    if own.is_none() {
        known(board, id)?;
    }
    let reason = checked_text(reason)?;
    if reason.is_empty() {
        return Err(Refusal::new(
            RefusalCode::BadValue,
            "撤回须写明原因，收到的单位都会看到。",
            "A withdrawal needs a reason; every unit that has the order will read it.",
        ));
    }
    if board.is_withdrawn(id) {
        return Err(Refusal::new(
            RefusalCode::AlreadyOver,
            format!("指令 {id} 已经撤回，无需再撤。"),
            format!("Order {id} is withdrawn already; nothing is left to do."),
        ));
    }
    let is_issuer = own.is_some_and(|issued| issued.from == own_unit);
    if !is_issuer && !is_authority {
        return Err(Refusal::new(
            RefusalCode::NotAllowed,
            format!("指令 {id} 不是本单位发出的，请联系发出单位撤回。"),
            format!("Order {id} was issued by another unit. Ask that unit to withdraw it."),
        ));
    }
    Ok(Cancel { order: id, reason })
}

/// Who acts, as written into the record: the person named, else the operator of the console.
pub fn person(
    named: Option<&str>,
    operator: &str,
    directory: &Directory,
) -> Result<Person, Refusal> {
    let name = named.map(str::trim).filter(|name| !name.is_empty()).unwrap_or(operator.trim());
    if name.len() > NAME_BYTES_MAX || name.chars().any(char::is_control) {
        return Err(Refusal::new(
            RefusalCode::TooLong,
            "姓名过长或含有不能显示的字符。最多 40 个汉字。",
            "The person's name is too long or has signs that cannot be shown. At most 120 bytes.",
        ));
    }
    Ok(directory.who(name))
}

/// The same for receipts, which nobody can give without a name.
pub fn named_person(
    named: Option<&str>,
    operator: &str,
    directory: &Directory,
) -> Result<Person, Refusal> {
    match person(named, operator, directory)? {
        Person::Nobody => Err(Refusal::new(
            RefusalCode::BadValue,
            "签收须有姓名。请填写签收人，或在配置中设置值班员。",
            "A receipt needs a named person. Give a name, or set the operator in the \
             configuration.",
        )),
        person => Ok(person),
    }
}

/// That there is an order of this number.
pub fn known(board: &OrderBoard, id: SpokenId) -> Result<(), Refusal> {
    if board.get(id).is_some() {
        return Ok(());
    }
    if board.unsigned(id).is_some() {
        return Err(Refusal::new(
            RefusalCode::NotAllowed,
            format!("{id} 是拟稿，尚未签发，不用答复。签发后再办。"),
            format!("{id} is a draft that nobody has signed; nothing is to be done before that."),
        ));
    }
    Err(unknown(id))
}

/// Nothing of this number is here.
pub fn unknown(id: SpokenId) -> Refusal {
    Refusal::new(
        RefusalCode::UnknownId,
        format!("没有编号为 {id} 的指令。请核对编号；如刚发出，等同步后再试。"),
        format!("There is no order {id}. Check the number; if it is new, wait until it is synced."),
    )
}

/// A text that may stand in a record, without blanks around it.
pub fn checked_text(text: &str) -> Result<String, Refusal> {
    let text = text.trim().replace("\r\n", "\n").replace('\t', " ");
    if text.len() > TEXT_BYTES_MAX {
        return Err(Refusal::new(
            RefusalCode::TooLong,
            format!("内容 {} 字节，超过 {TEXT_BYTES_MAX} 字节。请缩短或分两条发。", text.len()),
            format!(
                "The text has {} bytes, more than {TEXT_BYTES_MAX}. Shorten it or send two.",
                text.len()
            ),
        ));
    }
    if !is_clean(&text) {
        return Err(Refusal::new(
            RefusalCode::BadValue,
            "内容含有不能显示的控制字符。请重新输入。",
            "The text has control characters that cannot be shown. Type it again.",
        ));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
