//! The tables of keys. Digits act on what is selected, on every screen; screens are changed with
//! function keys, Alt and a digit, or `g` and a digit for terminals that have neither.

use sanduan_protocol::local::request::{MovementKind, Rung};

use super::action::{Action, Binding, Layer};
use crate::app::Screen;

/// A key that the footer shows.
const fn shown(
    keys: &'static [&'static str],
    action: Action,
    zh: &'static str,
    en: &'static str,
) -> Binding {
    Binding { keys, action, zh, en, in_footer: true }
}

/// A key that only the help shows.
const fn known(
    keys: &'static [&'static str],
    action: Action,
    zh: &'static str,
    en: &'static str,
) -> Binding {
    Binding { keys, action, zh, en, in_footer: false }
}

const EVERYWHERE: &[Binding] = &[
    shown(&["/"], Action::Search, "筛选", "filter"),
    shown(&["?"], Action::Help, "帮助", "help"),
    shown(&["q", "Ctrl-c"], Action::Quit, "退出", "quit"),
    known(&["u"], Action::Unlock, "口令/上锁", "passphrase/lock"),
    known(&["w"], Action::Operator, "换班（换值班员）", "change of operator"),
    known(&["L"], Action::Language, "换成英文", "switch to Chinese"),
    known(&["Up", "k"], Action::Up, "上一行", "row up"),
    known(&["Down", "j"], Action::Down, "下一行", "row down"),
    known(&["PgUp", "Ctrl-b"], Action::PageUp, "上一页", "page up"),
    known(&["PgDn", "Ctrl-f", "Space"], Action::PageDown, "下一页", "page down"),
    known(&["Home"], Action::First, "第一行", "first row"),
    known(&["End", "G"], Action::Last, "最后一行", "last row"),
    known(&["Esc"], Action::Back, "取消筛选", "drop the filter"),
    known(&["F1", "Alt-1", "g1"], Action::Go(Screen::Alert), "叫应", "alerts"),
    known(&["F2", "Alt-2", "g2"], Action::Go(Screen::Orders), "指令", "orders"),
    known(&["F3", "Alt-3", "g3"], Action::Go(Screen::Track), "位置", "positions"),
    known(&["F4", "Alt-4", "g4"], Action::Go(Screen::Stock), "物资", "stock"),
    known(&["F5", "Alt-5", "g5"], Action::Go(Screen::Report), "报告", "reports"),
    known(&["F6", "Alt-6", "g6"], Action::Go(Screen::Links), "链路", "links"),
    known(&["F7", "Alt-7", "g7"], Action::Go(Screen::Journal), "日志", "log"),
    known(&["g"], Action::Prefix, "再按数字换屏", "then a digit: a screen"),
];

const ORDERS: &[Binding] = &[
    shown(&["1"], Action::Answer(Rung::Acknowledged), "签收", "ack"),
    shown(&["2"], Action::Answer(Rung::Accepted), "接受", "accept"),
    shown(&["3"], Action::Answer(Rung::Cannot), "不能", "cannot"),
    shown(&["4"], Action::Answer(Rung::Done), "落实", "done"),
    shown(&["5"], Action::Answer(Rung::Failed), "未落实", "failed"),
    shown(&["n"], Action::NewOrder, "新建", "new"),
    shown(&["x"], Action::Withdraw, "撤回", "withdraw"),
    shown(&["p"], Action::Proxy, "代签", "proxy"),
    shown(&["o"], Action::OpenOnly, "未结", "only open"),
    known(&["d"], Action::DraftOrder, "拟稿，由他人签发", "draft for a signature"),
    known(&["s"], Action::Sign, "签发选中的拟稿", "sign the selected draft"),
    known(&["Enter"], Action::Open, "全部回执", "all receipts"),
];

// The same keys as for orders: what matters to a draft comes first and is shown.
const DRAFT: &[Binding] = &[
    shown(&["s"], Action::Sign, "签发", "sign"),
    shown(&["x"], Action::Withdraw, "撤回", "withdraw"),
    shown(&["d"], Action::DraftOrder, "拟稿", "draft"),
    shown(&["n"], Action::NewOrder, "新建", "new"),
    shown(&["o"], Action::OpenOnly, "未结", "only open"),
    shown(&["Enter"], Action::Open, "全文", "whole text"),
    known(&["1"], Action::Answer(Rung::Acknowledged), "签收", "ack"),
    known(&["2"], Action::Answer(Rung::Accepted), "接受", "accept"),
    known(&["3"], Action::Answer(Rung::Cannot), "不能", "cannot"),
    known(&["4"], Action::Answer(Rung::Done), "落实", "done"),
    known(&["5"], Action::Answer(Rung::Failed), "未落实", "failed"),
    known(&["p"], Action::Proxy, "代签", "proxy"),
];

const TRACK: &[Binding] = &[
    shown(&["m"], Action::Map, "地图/表格", "map/table"),
    shown(&["c"], Action::Origin, "起点", "measure from"),
    shown(&["n"], Action::ReportFix, "报位置", "report"),
    shown(&["+", "="], Action::ZoomIn, "放大", "zoom in"),
    shown(&["-"], Action::ZoomOut, "缩小", "zoom out"),
];

const STOCK: &[Binding] = &[
    shown(&["1"], Action::Move(MovementKind::Receive), "入库", "receive"),
    shown(&["2"], Action::Move(MovementKind::Issue), "出库", "issue"),
    shown(&["3"], Action::Ship, "发运", "ship"),
    shown(&["4"], Action::Arrive, "到货", "arrive"),
    shown(&["5"], Action::Count, "盘点", "count"),
    shown(&["6"], Action::Move(MovementKind::Loss), "报废", "loss"),
    shown(&["Tab"], Action::Switch, "运单", "waybills"),
    shown(&["Enter"], Action::Open, "物资卡", "card"),
];

const JOURNAL: &[Binding] = &[shown(&["Enter"], Action::Open, "全文", "whole text")];

const FORM: &[Binding] = &[
    shown(&["Enter"], Action::NextField, "下一项/保存", "next/save"),
    known(&["Down"], Action::Down, "下一项", "next field"),
    shown(&["Up", "Shift-Tab"], Action::PreviousField, "上一项", "back a field"),
    shown(&["Ctrl-s"], Action::Submit, "保存", "save"),
    shown(&["Tab"], Action::Switch, "补全", "complete"),
    shown(&["Esc", "Ctrl-c"], Action::Back, "返回", "leave"),
];

const CONFIRM: &[Binding] = &[
    shown(&["1"], Action::Confirm, "确认", "confirm"),
    shown(&["0", "Esc", "Ctrl-c", "q"], Action::Back, "返回", "back"),
];

const READING: &[Binding] = &[
    shown(&["Up", "k"], Action::Up, "上一行", "up"),
    shown(&["Down", "j"], Action::Down, "下一行", "down"),
    shown(&["PgUp"], Action::PageUp, "上一页", "page up"),
    shown(&["PgDn", "Space"], Action::PageDown, "下一页", "page down"),
    known(&["Home"], Action::First, "开头", "start"),
    known(&["End"], Action::Last, "末尾", "end"),
    shown(&["Esc", "q", "Enter", "?", "Ctrl-c"], Action::Back, "返回", "back"),
];

const PICK: &[Binding] = &[
    shown(&["Up"], Action::Up, "上一行", "up"),
    shown(&["Down"], Action::Down, "下一行", "down"),
    known(&["PgUp"], Action::PageUp, "上一页", "page up"),
    known(&["PgDn"], Action::PageDown, "下一页", "page down"),
    shown(&["Enter"], Action::Open, "选定", "choose"),
    shown(&["Esc", "Ctrl-c"], Action::Back, "返回", "back"),
];

const UNLOCK: &[Binding] = &[
    shown(&["Enter"], Action::Submit, "确定", "go on"),
    shown(&["Esc", "Ctrl-c"], Action::Back, "返回", "back"),
];

/// The table of a layer.
pub fn bindings(layer: Layer) -> &'static [Binding] {
    match layer {
        Layer::Everywhere => EVERYWHERE,
        Layer::Screen(Screen::Alert | Screen::Orders) => ORDERS,
        Layer::Draft => DRAFT,
        Layer::Screen(Screen::Track) => TRACK,
        Layer::Screen(Screen::Stock) => STOCK,
        Layer::Screen(Screen::Journal) => JOURNAL,
        Layer::Screen(Screen::Report | Screen::Links) => &[],
        Layer::Form => FORM,
        Layer::Confirm => CONFIRM,
        Layer::Reading => READING,
        Layer::Pick => PICK,
        Layer::Unlock => UNLOCK,
    }
}
