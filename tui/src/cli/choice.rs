//! The fixed words of options and their values, each typed in English or Chinese.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use sanduan_protocol::base::class::Class;
use sanduan_protocol::local::request::{Need, OrderKind, Proxy, Rung, TextMeans, UnitState};

use super::args::LogFormat;
use crate::lang::Lang;
use crate::lang::age::parse_span_s;

/// English word, Chinese word, value.
pub type Choices<T> = &'static [(&'static str, &'static str, T)];

/// Precedence of an order.
pub const CLASSES: Choices<Class> = &[
    ("flash", "特提", Class::Flash),
    ("immediate", "特急", Class::Immediate),
    ("priority", "加急", Class::Priority),
    ("routine", "平急", Class::Routine),
];
/// The rung an order wants.
pub const NEEDS: Choices<Need> =
    &[("acknowledged", "签收", Need::Acknowledged), ("done", "落实", Need::Done)];
/// What kind of message it is.
pub const KINDS: Choices<OrderKind> = &[
    ("alert", "叫应", OrderKind::Alert),
    ("order", "指令", OrderKind::Order),
    ("request", "求助", OrderKind::Request),
    ("update", "通报", OrderKind::Update),
];
/// Rungs of a receipt.
pub const RUNGS: Choices<Rung> = &[
    ("acknowledged", "已签收", Rung::Acknowledged),
    ("accepted", "已接受", Rung::Accepted),
    ("cannot", "不能执行", Rung::Cannot),
    ("done", "已落实", Rung::Done),
    ("failed", "未能落实", Rung::Failed),
];
/// Means of a proxy receipt.
pub const PROXIES: Choices<Proxy> = &[
    ("phone", "电话", Proxy::Phone),
    ("radio", "电台", Proxy::Radio),
    ("gong", "鸣锣", Proxy::Gong),
    ("door", "敲门", Proxy::Door),
    ("text", "短信", Proxy::Text),
    ("beidou", "北斗短报文", Proxy::Beidou),
];
/// Means of texting a person.
pub const TEXT_MEANS: Choices<TextMeans> =
    &[("sms", "短信", TextMeans::Sms), ("beidou", "北斗短报文", TextMeans::Beidou)];
/// What a unit is doing.
pub const UNIT_STATES: Choices<UnitState> = &[
    ("standby", "待命", UnitState::Standby),
    ("mustered", "集结", UnitState::Mustered),
    ("departed", "出发", UnitState::Departed),
    ("en_route", "在途", UnitState::EnRoute),
    ("arrived", "到达", UnitState::Arrived),
    ("returning", "返回", UnitState::Returning),
    ("withdrawn", "撤收", UnitState::Withdrawn),
];
/// How a log is written.
pub const FORMATS: Choices<LogFormat> =
    &[("text", "文本", LogFormat::Text), ("csv", "表格", LogFormat::Csv)];
/// Languages.
pub const LANGS: Choices<Lang> = &[("zh", "中文", Lang::Zh), ("en", "英文", Lang::En)];

/// Roles of a device, each as its word in files.
pub const ROLES: Choices<&str> = &[
    ("authority", "授权", "authority"),
    ("order.issue", "下令", "order.issue"),
    ("order.sign", "签发", "order.sign"),
    ("order.draft", "拟稿", "order.draft"),
    ("receipt", "签收", "receipt"),
    ("stock.post", "本库物资", "stock.post"),
    ("stock.all", "全部物资", "stock.all"),
    ("position", "报位", "position"),
    ("gateway", "网关", "gateway"),
    ("issuer", "现场签发员", "issuer"),
    ("relay", "转送", "relay"),
    ("partner", "协作区", "partner"),
];
/// Lists of the directory, each by its word in commands.
pub const LISTS: Choices<&str> = &[
    ("places", "地点", "places"),
    ("units", "单位", "units"),
    ("persons", "人员", "persons"),
    ("devices", "终端", "devices"),
    ("items", "物资", "items"),
    ("depots", "储备库", "depots"),
    ("posts", "岗位", "posts"),
    ("templates", "指令模板", "templates"),
    ("plans", "预案", "plans"),
    ("cards", "转移明白卡", "cards"),
    ("duties", "值班安排", "duties"),
];

/// A parser for the words of a table.
pub fn words<T>(table: Choices<T>) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    let values = table.iter().map(|(en, zh, _)| PossibleValue::new(*en).alias(*zh).help(*zh));
    PossibleValuesParser::new(values).map(move |typed| {
        let found = table.iter().find(|(en, zh, _)| *en == typed || *zh == typed);
        found.expect("the parser lets only words of the table through").2
    })
}

/// The word of a table in one language; a word that is not in it stays as it is.
pub fn named<T>(table: Choices<T>, word: &str, lang: Lang) -> &str {
    let found = table.iter().find(|(en, _, _)| *en == word);
    found.map_or(word, |(_, zh, _)| lang.pick(zh, word))
}

/// A span such as `90s`, `20m`, `2h`, `1h30m` or `2d`, in seconds.
///
/// # Errors
/// It is not one; the sentence says how to write it.
pub fn span_s(text: &str) -> Result<u32, String> {
    let wrong = || "写成 90s、20m、2h、1h30m / write 90s, 20m, 2h, 1h30m".to_owned();
    parse_span_s(text).ok_or_else(wrong)
}
