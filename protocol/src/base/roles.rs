//! Roles: what a device may write. The bit set and its words; who holds which role stands in the
//! directory, and what a record needs is decided by the fold that reads it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The words for roles in commands and files, in the order of their bits.
pub const ROLE_WORDS: [&str; 13] = [
    "authority",
    "order.issue",
    "order.sign",
    "receipt",
    "stock.post",
    "stock.all",
    "position",
    "gateway",
    "issuer",
    "revoke",
    "order.draft",
    "relay",
    "partner",
];

/// The same for people, in Chinese and in the same order.
pub const ROLE_WORDS_ZH: [&str; 13] = [
    "授权",
    "下令",
    "签发",
    "签收",
    "本库物资",
    "全部物资",
    "报位",
    "网关",
    "现场签发员",
    "吊销",
    "拟稿",
    "转送",
    "协作区",
];

/// The Chinese word for a role; a word that is no role stays as it is.
pub fn role_zh(word: &str) -> &str {
    let place = ROLE_WORDS.iter().position(|known| *known == word);
    place.map_or(word, |place| ROLE_WORDS_ZH[place])
}

/// A set of roles, one bit each, as it stands in certificates and in the directory. Bits without
/// a word are kept as they came, so that a newer issuer's certificate still verifies here.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Roles(pub u16);

impl Roles {
    /// May write nothing.
    pub const NONE: Roles = Roles(0);
    /// Writes the directory.
    pub const AUTHORITY: Roles = Roles(1 << 0);
    /// Drafts orders, and issues them on its own authority.
    pub const ORDER_ISSUE: Roles = Roles(1 << 1);
    /// Signs drafts: what others drafted is an order from then on.
    pub const ORDER_SIGN: Roles = Roles(1 << 2);
    /// Answers orders.
    pub const RECEIPT: Roles = Roles(1 << 3);
    /// Posts stock of its own depot.
    pub const STOCK_POST: Roles = Roles(1 << 4);
    /// Posts stock of every depot.
    pub const STOCK_ALL: Roles = Roles(1 << 5);
    /// Reports positions.
    pub const POSITION: Roles = Roles(1 << 6);
    /// Speaks for handsets and village numbers behind it.
    pub const GATEWAY: Roles = Roles(1 << 7);
    /// Admits devices for a limited time.
    pub const ISSUER: Roles = Roles(1 << 8);
    /// Gives nothing: revoking needs the authority's key. Kept, as certificates hold it.
    pub const REVOKE: Roles = Roles(1 << 9);
    /// Drafts orders that somebody else must sign; issues none.
    pub const ORDER_DRAFT: Roles = Roles(1 << 10);
    /// Carries what others write, and writes nothing by this role.
    pub const RELAY: Roles = Roles(1 << 11);
    /// Of a partner district: its other roles count within the place of its unit alone.
    pub const PARTNER: Roles = Roles(1 << 12);
    /// Who has any of these has a voice: may plead for help, show a photo, and take a plea back.
    pub const SPEAKS: Roles = Roles(Roles::RELAY.0 - 1);
    /// The machine that founded the network: whatever a role lets one write. It stands in no
    /// partner's district, and a role to write nothing would say nothing of it.
    pub const FOUNDER: Roles = Roles(
        Roles::AUTHORITY.0
            | Roles::ORDER_ISSUE.0
            | Roles::ORDER_SIGN.0
            | Roles::RECEIPT.0
            | Roles::STOCK_POST.0
            | Roles::STOCK_ALL.0
            | Roles::POSITION.0
            | Roles::GATEWAY.0
            | Roles::ISSUER.0
            | Roles::REVOKE.0
            | Roles::ORDER_DRAFT.0,
    );
    /// Sees drafts that wait for a signature.
    pub const SEES_DRAFTS: Roles =
        Roles(Roles::AUTHORITY.0 | Roles::ORDER_ISSUE.0 | Roles::ORDER_SIGN.0 | 1 << 10);

    /// Writes what others obey or build on.
    pub const BINDS: Roles =
        Roles(Roles::AUTHORITY.0 | Roles::ORDER_ISSUE.0 | Roles::ORDER_SIGN.0 | Roles::ISSUER.0);

    /// True if every role of `needed` is in this set; true for an empty `needed`.
    pub fn has(self, needed: Roles) -> bool {
        self.0 & needed.0 == needed.0
    }

    /// True if at least one role of `wanted` is in this set.
    pub fn has_any(self, wanted: Roles) -> bool {
        self.0 & wanted.0 != 0
    }

    /// This set and `more`.
    #[must_use]
    pub fn with(self, more: Roles) -> Roles {
        Roles(self.0 | more.0)
    }

    /// The set of these words; the first word that is no role is the error.
    pub fn from_words<S: AsRef<str>>(words: &[S]) -> Result<Roles, UnknownRole> {
        words.iter().try_fold(Roles::NONE, |roles, word| {
            let word = word.as_ref().trim();
            match ROLE_WORDS.iter().position(|known| *known == word) {
                Some(bit) => Ok(roles.with(Roles(1 << bit))),
                None => Err(UnknownRole(word.chars().take(40).collect())),
            }
        })
    }

    /// The words of this set, in the order of their bits; bits without a word are left out.
    pub fn words(self) -> Vec<String> {
        let held = |bit: &usize| self.0 & (1 << bit) != 0;
        (0..ROLE_WORDS.len()).filter(held).map(|bit| ROLE_WORDS[bit].to_owned()).collect()
    }

    /// The same words in Chinese.
    pub fn words_zh(self) -> Vec<&'static str> {
        let held = |bit: &usize| self.0 & (1 << bit) != 0;
        (0..ROLE_WORDS_ZH.len()).filter(held).map(|bit| ROLE_WORDS_ZH[bit]).collect()
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roles({:#06x} {})", self.0, self.words().join(" "))
    }
}

/// The word is not a role; at most its first 40 characters are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRole(pub String);

impl fmt::Display for UnknownRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a role; roles are {}", self.0, ROLE_WORDS.join(", "))
    }
}

impl std::error::Error for UnknownRole {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_bits_tell_the_same() {
        let named = [
            Roles::AUTHORITY,
            Roles::ORDER_ISSUE,
            Roles::ORDER_SIGN,
            Roles::RECEIPT,
            Roles::STOCK_POST,
            Roles::STOCK_ALL,
            Roles::POSITION,
            Roles::GATEWAY,
            Roles::ISSUER,
            Roles::REVOKE,
            Roles::ORDER_DRAFT,
            Roles::RELAY,
            Roles::PARTNER,
        ];
        for (role, word) in named.into_iter().zip(ROLE_WORDS) {
            assert_eq!(role.words(), [word]);
            assert_eq!(Roles::from_words(&[word]), Ok(role));
        }
    }

    #[test]
    fn an_unknown_word_is_named_in_the_error() {
        let error = Roles::from_words(&["position", "king"]).expect_err("king is no role");
        assert_eq!(error, UnknownRole("king".into()));
        assert!(error.to_string().contains("order.issue"));
    }

    #[test]
    fn a_set_has_what_was_put_in_and_nothing_else() {
        let roles = Roles::RECEIPT.with(Roles::POSITION);
        assert!(roles.has(Roles::RECEIPT) && roles.has(Roles::POSITION));
        assert!(!roles.has(Roles::RECEIPT.with(Roles::REVOKE)));
        assert!(roles.has_any(Roles::RECEIPT.with(Roles::REVOKE)));
        assert!(!roles.has_any(Roles::REVOKE));
    }

    #[test]
    fn whoever_carries_or_is_a_partner_and_nothing_else_has_no_voice() {
        let silent = Roles::RELAY.with(Roles::PARTNER);
        assert!(!silent.has_any(Roles::SPEAKS) && !Roles::NONE.has_any(Roles::SPEAKS));
        for role in [Roles::AUTHORITY, Roles::POSITION, Roles::ORDER_DRAFT] {
            assert!(silent.with(role).has_any(Roles::SPEAKS), "{role:?}");
        }
    }

    #[test]
    fn bits_without_a_word_survive_but_say_nothing() {
        let roles = Roles(0x8001);
        assert_eq!(roles.words(), ["authority"]);
        assert_eq!(roles.0, 0x8001);
    }
}
