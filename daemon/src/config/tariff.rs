//! What any bearer may cost and how much of it there is: `quota_messages`, `quota_bytes`,
//! `quota_window_s`, `price_message_yuan`, `price_kilobyte_yuan`, `air_share_pct`, `day_max_yuan`.

use sanduan_protocol::link::profile::{Price, Quota};
use sanduan_protocol::link::purse::Allowance;

use super::read::Section;

/// A contract counts by the month; thirty days come nearest.
const WINDOW_S: u32 = 30 * 86_400;
/// Largest price, yuan: a mistyped one should be noticed.
const PRICE_YUAN_MAX: f64 = 10_000.0;

/// Largest sum for a day, yuan.
const DAY_YUAN_MAX: f64 = 1_000_000.0;

/// The keys of the quota and the price.
pub fn read(section: &mut Section<'_, '_>) -> (Option<Quota>, Price) {
    let counted = |count: u32| (count > 0).then_some(u64::from(count));
    let messages = counted(section.number("quota_messages", 0..=u32::MAX, 0));
    let bytes = counted(section.number("quota_bytes", 0..=u32::MAX, 0));
    let window_s = section.number("quota_window_s", 3600..=366 * 86_400, WINDOW_S);
    let limited = messages.is_some() || bytes.is_some();
    let quota = limited.then_some(Quota { messages, bytes, window_s });
    let milli_yuan = |yuan: f64| (yuan * 1000.0).round() as u32;
    let message = section.factor("price_message_yuan", PRICE_YUAN_MAX, 0.0);
    let kilobyte = section.factor("price_kilobyte_yuan", PRICE_YUAN_MAX, 0.0);
    let price = Price {
        message_milli_yuan: milli_yuan(message),
        kilobyte_milli_yuan: milli_yuan(kilobyte),
    };
    (quota, price)
}

/// The keys of what may be spent.
pub fn allowance(section: &mut Section<'_, '_>, price: &Price) -> Allowance {
    let air = section.number("air_share_pct", 0..=100, 0) as u16;
    let money = section.factor("day_max_yuan", DAY_YUAN_MAX, 0.0);
    if money > 0.0 && *price == Price::default() {
        let (zh, en) = ("须同时写 price_message_yuan 或 price_kilobyte_yuan", "needs a price too");
        section.wrong("day_max_yuan", zh, en);
    }
    Allowance {
        air_permille: (air > 0).then_some(air * 10),
        day_milli_yuan: (money > 0.0).then_some((money * 1000.0).round() as u32),
    }
}
