//! Why a record does not count, in words for people. The daemon says it in one stable word, which
//! programs read; a word that is not known here stays as it is.

use super::Lang;

/// The reason in one language.
pub fn why(word: &str, lang: Lang) -> String {
    let (zh, en) = match word {
        "needs_role" => ("无此权限", "beyond its roles"),
        "other_unit" => ("替别的单位", "for another unit"),
        "other_depot" => ("替别的库记账", "for another depot"),
        "beyond_scope" => ("超出协作区", "beyond its own district"),
        "revoked" => ("吊销后所写", "written after it was revoked"),
        "needs_order_key" => ("未用指令密钥", "not under its order key"),
        "no_issuer" => ("签发员不被认可", "by no issuer"),
        "issuer_over" => ("签发员已到期", "the issuer's term was over"),
        "not_its_number" => ("编号不归该签发员", "a number that is not the issuer's"),
        "roles_beyond_issuer" => ("签发员无权给此权限", "roles that no issuer may give"),
        "key_in_use" => ("该密钥已有编号", "its key has a number already"),
        "unreadable" => ("读不出", "cannot be read"),
        "wrong_lane" => ("不该在此链上", "in the wrong lane"),
        other => match other.strip_prefix("kind ") {
            Some(kind) => {
                return lang.pick("新版种类 ", "of a later version, kind ").to_owned() + kind;
            }
            None => return other.to_owned(),
        },
    };
    lang.pick(zh, en).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_said_in_words_and_one_that_is_not_known_stays() {
        assert_eq!(why("revoked", Lang::Zh), "吊销后所写");
        assert_eq!(why("revoked", Lang::En), "written after it was revoked");
        assert_eq!(why("kind 99", Lang::Zh), "新版种类 99");
        assert_eq!(why("some_new_reason", Lang::Zh), "some_new_reason");
    }
}
