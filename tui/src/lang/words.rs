//! The word for each value of the enums that rows carry. Two values of one enum never share a
//! word in one language: a test holds this, because a screen has no other way to tell them apart.

use sanduan_protocol::base::class::{Class, Urgency};
use sanduan_protocol::local::request::{
    MovementKind, Need, OrderKind, Proxy, Rung, TextMeans, UnitState,
};
use sanduan_protocol::local::rows::{
    LinkState, LogKind, OrderState, StockEvent, TextFate, WaybillState,
};

use super::{Lang, refused};

/// A value that has a word in both languages.
pub trait Word: Copy {
    /// The word in Chinese, then in English.
    fn pair(self) -> (&'static str, &'static str);

    /// The word in one language.
    fn word(self, lang: Lang) -> &'static str {
        let (zh, en) = self.pair();
        lang.pick(zh, en)
    }
}

impl Word for Class {
    fn pair(self) -> (&'static str, &'static str) {
        match self {
            Class::Flash => ("特提", "flash"),
            Class::Immediate => ("特急", "immediate"),
            Class::Priority => ("加急", "priority"),
            Class::Routine => ("平急", "routine"),
        }
    }
}

impl Word for Urgency {
    fn pair(self) -> (&'static str, &'static str) {
        match self {
            Urgency::Flash => ("特提", "flash"),
            Urgency::Immediate => ("特急", "immediate"),
            Urgency::Priority => ("加急", "priority"),
            Urgency::Routine => ("平急", "routine"),
            Urgency::Receipt => ("回执", "receipt"),
            Urgency::Directory => ("名录", "directory"),
            Urgency::Board => ("位置", "position"),
            Urgency::Stock => ("物资", "stock"),
            Urgency::Report => ("报告", "report"),
        }
    }
}

/// The word for a lane, or for the board, as the daemon names it in a row of the outbox.
pub fn lane(name: &str, lang: Lang) -> &str {
    match name {
        "command" => lang.pick("指令回执", "orders"),
        "report" => lang.pick("报告", "reports"),
        "stock" => lang.pick("物资", "stock"),
        "directory" => lang.pick("名录", "directory"),
        "board" => lang.pick("位置", "positions"),
        _ => name,
    }
}

/// An audience in one language: the daemon names units as they are called, and kinds of units in
/// both languages, such as `全体/all`.
pub fn audience(names: &str, lang: Lang) -> String {
    let one = |name: &str| match name.split_once('/') {
        Some((zh, en)) if zh.starts_with('全') && en.starts_with("all") => {
            lang.pick(zh, en).to_owned()
        }
        Some(_) | None => name.to_owned(),
    };
    names.split('、').map(one).collect::<Vec<_>>().join("、")
}

/// The text of a log line in one language: that of an order begins with its audience, and that of
/// a record which does not count is why.
pub fn log_text(kind: LogKind, text: &str, lang: Lang) -> String {
    if kind == LogKind::Refused {
        return refused::why(text, lang);
    }
    match text.split_once(": ").filter(|_| kind == LogKind::Order) {
        Some((to, rest)) => format!("{}{}{rest}", audience(to, lang), lang.pick("：", ": ")),
        None => text.to_owned(),
    }
}

impl Word for OrderKind {
    fn pair(self) -> (&'static str, &'static str) {
        match self {
            OrderKind::Alert => ("叫应", "alert"),
            OrderKind::Order => ("指令", "order"),
            OrderKind::Request => ("求助", "request"),
            OrderKind::Update => ("通报", "update"),
        }
    }
}

impl Word for Need {
    fn pair(self) -> (&'static str, &'static str) {
        match self {
            Need::Acknowledged => ("签收", "acknowledged"),
            Need::Done => ("落实", "done"),
        }
    }
}

impl Word for OrderState {
    fn pair(self) -> (&'static str, &'static str) {
        match self {
            OrderState::Provisional => ("未验", "unverified"),
            OrderState::Draft => ("待签发", "unsigned"),
            OrderState::Open => ("未结", "open"),
            OrderState::Overdue => ("超时", "overdue"),
            OrderState::Answered => ("已办结", "answered"),
            OrderState::Failed => ("未能办", "failed"),
            OrderState::Expired => ("已过期", "expired"),
            OrderState::Cancelled => ("已撤回", "withdrawn"),
        }
    }
}

impl Word for Rung {
    fn pair(self) -> (&'static str, &'static str) {
        match self {
            Rung::Acknowledged => ("已签收", "acknowledged"),
            Rung::Accepted => ("已接受", "accepted"),
            Rung::Cannot => ("不能执行", "cannot"),
            Rung::Done => ("已落实", "done"),
            Rung::Failed => ("未能落实", "failed"),
        }
    }
}

impl Word for Proxy {
    fn pair(self) -> (&'static str, &'static str) {
        match self {
            Proxy::Phone => ("电话", "phone"),
            Proxy::Radio => ("电台", "radio"),
            Proxy::Gong => ("鸣锣", "gong"),
            Proxy::Door => ("敲门", "door"),
            Proxy::Text => ("短信", "text"),
            Proxy::Beidou => ("北斗短报文", "BeiDou text"),
        }
    }
}

impl Word for TextMeans {
    fn pair(self) -> (&'static str, &'static str) {
        match self {
            TextMeans::Sms => ("短信", "SMS"),
            TextMeans::Beidou => ("北斗短报文", "BeiDou"),
        }
    }
}

impl Word for TextFate {
    fn pair(self) -> (&'static str, &'static str) {
        match self {
            TextFate::Heard => ("来信", "heard"),
            TextFate::Waiting => ("待发", "waiting"),
            TextFate::Sent => ("已发", "sent"),
            TextFate::Reached => ("到手机", "reached"),
            TextFate::Failed => ("未发出", "not sent"),
        }
    }
}

impl Word for UnitState {
    fn pair(self) -> (&'static str, &'static str) {
        match self {
            UnitState::Standby => ("待命", "standby"),
            UnitState::Mustered => ("集结", "mustered"),
            UnitState::Departed => ("出发", "departed"),
            UnitState::EnRoute => ("在途", "en route"),
            UnitState::Arrived => ("到达", "arrived"),
            UnitState::Returning => ("返回", "returning"),
            UnitState::Withdrawn => ("撤收", "withdrawn"),
        }
    }
}

impl Word for MovementKind {
    fn pair(self) -> (&'static str, &'static str) {
        StockEvent::from(self).pair()
    }
}

impl Word for StockEvent {
    fn pair(self) -> (&'static str, &'static str) {
        match self {
            StockEvent::Opening => ("期初", "opening"),
            StockEvent::Receive => ("入库", "receive"),
            StockEvent::Issue => ("出库", "issue"),
            StockEvent::Loss => ("报废", "loss"),
            StockEvent::Ship => ("发运", "ship"),
            StockEvent::Arrive => ("到货", "arrive"),
            StockEvent::Damaged => ("破损", "damaged"),
            StockEvent::Count => ("盘点", "count"),
        }
    }
}

impl Word for WaybillState {
    fn pair(self) -> (&'static str, &'static str) {
        match self {
            WaybillState::InTransit => ("在途", "in transit"),
            WaybillState::Late => ("在途超时", "late"),
            WaybillState::Full => ("足额签收", "full"),
            WaybillState::Short => ("短少破损", "short"),
            WaybillState::Disputed => ("两次到货", "disputed"),
        }
    }
}

impl Word for LinkState {
    fn pair(self) -> (&'static str, &'static str) {
        match self {
            LinkState::Up => ("通", "up"),
            LinkState::Down => ("断", "down"),
            LinkState::Silent => ("静默", "silent"),
            LinkState::NoSignal => ("无信号", "no signal"),
            LinkState::Cooling => ("冷却", "cooling"),
            LinkState::QuotaSpent => ("额满", "no quota"),
            LinkState::Unknown => ("不明", "unknown"),
        }
    }
}

impl Word for LogKind {
    fn pair(self) -> (&'static str, &'static str) {
        match self {
            LogKind::Order => ("指令", "order"),
            LogKind::Draft => ("拟稿", "draft"),
            LogKind::Sign => ("签发", "sign"),
            LogKind::Cancel => ("撤回", "withdraw"),
            LogKind::Receipt => ("回执", "receipt"),
            LogKind::Movement => ("出入库", "movement"),
            LogKind::Ship => ("发运", "ship"),
            LogKind::Arrive => ("到货", "arrive"),
            LogKind::Count => ("盘点", "count"),
            LogKind::Snapshot => ("快照", "snapshot"),
            LogKind::File => ("附件", "file"),
            LogKind::Directory => ("名录", "directory"),
            LogKind::Refused => ("不予采信", "refused"),
        }
    }
}

#[cfg(test)]
mod tests;
