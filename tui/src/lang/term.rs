//! The end of an issuer's term, as everybody at its machine must see it: for a day before, and for
//! three days after. A device that is no issuer's holds until it is revoked.

use sanduan_protocol::local::rows::StatusRow;

use super::age::span;
use super::{Lang, fill};

/// A third of the term before its end.
const SOON_MS: u64 = 24 * 3_600_000;
/// A term of 72 hours; who has not renewed it by then does not need to.
const LATE_MS: u64 = 72 * 3_600_000;

/// What is to be said of the term of this machine, if anything.
pub fn banner(status: &StatusRow, lang: Lang) -> Option<String> {
    let (text, ends_ms) = (lang.device(), status.issuer.as_ref()?.ends_ms);
    match ends_ms.checked_sub(status.now_ms) {
        Some(left_ms) if left_ms > SOON_MS => None,
        Some(left_ms) => Some(fill(text.term_soon, &[&span(left_ms / 1000, lang), &status.device])),
        None if status.now_ms - ends_ms > LATE_MS => None,
        None => Some(fill(text.term_ended, &[&status.device])),
    }
}

#[cfg(test)]
mod tests {
    use sanduan_protocol::base::ids::DeviceId;
    use sanduan_protocol::local::rows::IssuerRow;

    use super::*;

    const HOUR_MS: u64 = 3_600_000;

    #[test]
    fn an_issuer_is_told_a_day_before_its_term_ends_and_three_days_after() {
        let ends_ms = 1_000 * HOUR_MS;
        let issuer = IssuerRow { first: 1, last: 64, ends_ms, over: false, admitted: 0 };
        let at = |now_ms| StatusRow {
            device: DeviceId(7),
            now_ms,
            issuer: Some(issuer.clone()),
            ..StatusRow::default()
        };
        for (hours, said) in
            [(970, None), (980, Some("签发期将满")), (1_001, Some("签发期已满")), (1_080, None)]
        {
            let banner = banner(&at(hours * HOUR_MS), Lang::Zh);
            let fits = match said {
                None => banner.is_none(),
                Some(said) => banner.as_ref().is_some_and(|line| {
                    line.contains(said) && line.contains("sanduan device renew 7")
                }),
            };
            assert!(fits, "{hours} h: {banner:?}");
        }
        assert_eq!(banner(&StatusRow::default(), Lang::Zh), None, "no issuer");
    }
}
