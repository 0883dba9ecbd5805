//! What any bearer may cost and how much of it there is: `quota_messages`, `quota_bytes`,
//! `quota_window_s`, `price_message_yuan`, `price_kilobyte_yuan`.

use sanduan_protocol::link::profile::{Price, Quota};

use super::read::Section;

/// A contract counts by the month; thirty days come nearest.
const WINDOW_S: u32 = 30 * 86_400;
/// Largest price, yuan: a mistyped one should be noticed.
const PRICE_YUAN_MAX: f64 = 10_000.0;

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
