//! Texts about where this machine stands in the keys of its network.

use sanduan_protocol::local::rows::KeysRow;

use super::{Lang, fill, texts};

texts! {
    /// Texts about epochs and days.
    KeysTexts {
        heading: "网络密钥" | "network keys",
        at: "第 {} 期第 {} 天" | "epoch {}, day {}",
        cannot_follow: "{}；本机还没有换钥所需的密钥(由旧版入网或由现场签发员接纳)：与授权机同步后自动\
                        补发；仍无则请授权机办理 sanduan device renew 本机编号"
            | "{}; this machine lacks the keys to follow the next change (it joined by an earlier \
               version or through a field issuer): they come by themselves once it is in step with \
               the authority; if not, ask for sanduan device renew with its number there",
        shut_out: "【已吊销】本机已被吊销：收不到也发不出任何内容。如有误，请与指挥中心联系后重新入网"
            | "[REVOKED] this machine was revoked: nothing is heard or said any more. If that is a \
               mistake, call the operations centre and enrol anew",
        no_keys: "【须重新入网】网络已换发密钥，本机没有新密钥：请到指挥中心重新入网，在此之前用电话或\
                  电台报告"
            | "[ENROL ANEW] the network has changed its keys and this machine has none of the new \
               ones: enrol anew at the operations centre, and report by voice until then",
    }
}

/// Where it stands.
pub fn line(row: &KeysRow, lang: Lang) -> String {
    let at = fill(lang.keys().at, &[&row.epoch, &row.day]);
    match row.can_follow {
        true => at,
        false => fill(lang.keys().cannot_follow, &[&at]),
    }
}

/// What everybody at this machine must see, if it was left behind.
pub fn banner(row: &KeysRow, lang: Lang) -> Option<&'static str> {
    let text = lang.keys();
    match row.behind.as_deref()? {
        "shut_out" => Some(text.shut_out),
        _ => Some(text.no_keys),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_is_left_behind_says_why_and_what_to_do() {
        let well = KeysRow { epoch: 2, day: 5, behind: None, can_follow: true };
        assert_eq!(
            (line(&well, Lang::Zh).as_str(), banner(&well, Lang::Zh)),
            ("第 2 期第 5 天", None)
        );
        let old = KeysRow { can_follow: false, ..well.clone() };
        assert!(line(&old, Lang::En).contains("sanduan device renew"));
        for (word, said) in [("shut_out", "已吊销"), ("no_keys", "重新入网")] {
            let row = KeysRow { behind: Some(word.to_owned()), ..well.clone() };
            assert!(banner(&row, Lang::Zh).is_some_and(|banner| banner.contains(said)));
        }
    }
}
