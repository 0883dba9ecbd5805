//! The sentences of refusals about stock: what is wrong and what to do, Chinese and English.
//! When they are said is told in `draft.rs`.

use crate::base::caps::STOCK_LINES_MAX;
use crate::base::ids::SpokenId;
use crate::base::quantity::Quantity;
use crate::field::stock::NameMiss;
use crate::local::refusal::{Refusal, RefusalCode};

/// Names offered after an unknown or ambiguous one; more do not fit on a line of the console.
const OFFERED_MAX: usize = 5;

pub(super) fn no_name(zh: &str, en: &str, text: &str, miss: &NameMiss) -> Refusal {
    let offered = |names: &[String], between: &str| {
        names.iter().take(OFFERED_MAX).cloned().collect::<Vec<_>>().join(between)
    };
    match miss {
        NameMiss::Unknown { near } if near.is_empty() => Refusal::new(
            RefusalCode::UnknownName,
            format!(
                "名录中没有{zh}“{text}”；请用 sanduan directory list {en}s 核对名称或代码；\
                 名录里确实没有的，请授权机补录。"
            ),
            format!(
                "No {en} “{text}” in the directory; look for its name or code with \
                 `sanduan directory list {en}s`; if it is not there, ask the authority to add it."
            ),
        ),
        NameMiss::Unknown { near } => Refusal::new(
            RefusalCode::UnknownName,
            format!("名录中没有{zh}“{text}”；是不是：{}？", offered(near, "、")),
            format!("No {en} “{text}” in the directory; did you mean: {}?", offered(near, ", ")),
        ),
        NameMiss::Ambiguous { fits } => Refusal::new(
            RefusalCode::AmbiguousName,
            format!("{zh}“{text}”对应多项：{}；请写全名或代码。", offered(fits, "、")),
            format!(
                "Several fit the {en} “{text}”: {}; give the full name or code.",
                offered(fits, ", ")
            ),
        ),
    }
}

pub(super) fn no_lines() -> Refusal {
    Refusal::new(
        RefusalCode::BadValue,
        "没有物资明细；请至少写一项物资和数量。",
        "No lines; give at least one item and its quantity.",
    )
}

pub(super) fn too_many_lines(count: usize) -> Refusal {
    Refusal::new(
        RefusalCode::TooLong,
        format!("明细有{count}行，一单最多{STOCK_LINES_MAX}行；请分成几单。"),
        format!("{count} lines, at most {STOCK_LINES_MAX} fit one document; split it."),
    )
}

pub(super) fn not_positive(item: &str, quantity: Quantity) -> Refusal {
    Refusal::new(
        RefusalCode::BadValue,
        format!("“{item}”的数量是{quantity}；请写大于零的数，方向由入库、出库决定。"),
        format!(
            "The quantity of “{item}” is {quantity}; give a number above zero, receive or issue \
             tell the direction."
        ),
    )
}

pub(super) fn negative(item: &str, quantity: Quantity) -> Refusal {
    Refusal::new(
        RefusalCode::BadValue,
        format!("“{item}”的数量是{quantity}，不能小于零；没有就写0。"),
        format!("The quantity of “{item}” is {quantity}, below zero; write 0 for none."),
    )
}

pub(super) fn twice(item: &str) -> Refusal {
    Refusal::new(
        RefusalCode::BadValue,
        format!("“{item}”写了两行；请合成一行。"),
        format!("“{item}” stands in two lines; add them up in one."),
    )
}

pub(super) fn same_depot(depot: &str) -> Refusal {
    Refusal::new(
        RefusalCode::BadValue,
        format!("发出和接收都是“{depot}”；请改其中一个。库内移位不用开单。"),
        format!("Both ends are “{depot}”; change one. Moves inside a depot need no waybill."),
    )
}

pub(super) fn no_waybill(id: SpokenId) -> Refusal {
    Refusal::new(
        RefusalCode::UnknownId,
        format!(
            "这里没有运单 {id}；请用 sanduan stock waybills 核对单号，或等发出方的记录同步过来再签收。"
        ),
        format!(
            "No waybill {id} here; look for its number with `sanduan stock waybills`, or wait \
             until the sender's records have come."
        ),
    )
}

pub(super) fn already_arrived(id: SpokenId, arrival: SpokenId) -> Refusal {
    Refusal::new(
        RefusalCode::AlreadyOver,
        format!("运单 {id} 已签收（记录 {arrival}）；有出入请盘点，或另记入库、报废。"),
        format!(
            "Waybill {id} has arrived already (record {arrival}); if it differs, count the depot \
             or post goods received or a loss."
        ),
    )
}

pub(super) fn not_on_waybill(item: &str, id: SpokenId) -> Refusal {
    Refusal::new(
        RefusalCode::BadValue,
        format!("运单 {id} 上没有“{item}”；请从签收中去掉，另记一笔入库。"),
        format!("“{item}” is not on waybill {id}; leave it out and post it as received."),
    )
}

pub(super) fn more_than_due(item: &str) -> Refusal {
    Refusal::new(
        RefusalCode::BadValue,
        format!("“{item}”实收加破损多于应收；请核对，确实多收就在备注里写明原因。"),
        format!("More “{item}” came than was due; check it, and if it is so, say why in the note."),
    )
}

pub(super) fn text_too_long(zh: &str, en: &str, bytes_max: usize) -> Refusal {
    let characters = bytes_max / 3;
    Refusal::new(
        RefusalCode::TooLong,
        format!("{zh}太长，最多{characters}个汉字；请写短些。"),
        format!("The {en} is too long, at most {bytes_max} bytes; shorten it."),
    )
}

pub(super) fn record_too_long() -> Refusal {
    Refusal::new(
        RefusalCode::TooLong,
        "这一单太大，一条记录装不下；请分成几单，或把备注写短。",
        "This is too large for one record; split it, or shorten the note.",
    )
}

pub(super) fn out_of_range() -> Refusal {
    Refusal::new(
        RefusalCode::BadValue,
        "数量加起来太大；请核对单位，或分成几单。",
        "The quantities add up to too much; check the unit, or split it.",
    )
}
