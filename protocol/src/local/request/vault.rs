//! What local programs ask of the vault: opening it, closing it, its passphrase, and its end.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// What somebody typed as a passphrase. Never shown, wiped when dropped.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Passphrase(String);

impl Passphrase {
    /// The passphrase that was typed.
    pub fn new(text: impl Into<String>) -> Passphrase {
        Passphrase(text.into())
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(secret)")
    }
}

impl Drop for Passphrase {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// One question or wish to the vault. Answered by the daemon, which has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "vault", rename_all = "snake_case")]
pub enum VaultAsk {
    /// How it is opened, and whether orders may be signed now.
    Show,
    /// Open it, and let orders be signed for a while.
    Unlock {
        /// What was typed.
        passphrase: Passphrase,
    },
    /// Orders need the passphrase again from now on.
    Lock,
    /// Set or change the passphrase.
    SetPassphrase {
        /// The one so far; empty if there is none.
        old: Passphrase,
        /// The new one.
        new: Passphrase,
        /// The machine may start without a person; only orders need the passphrase then.
        unattended: bool,
    },
    /// Do without a passphrase from now on.
    RemovePassphrase {
        /// The one so far.
        old: Passphrase,
    },
    /// Destroy all that this machine holds.
    Wipe {
        /// The code that the first step gave; without it nothing happens but that it is told.
        code: Option<String>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_never_shown_by_mistake() {
        let passphrase = Passphrase::new("山高水长");
        let ask = VaultAsk::Unlock { passphrase };
        assert!(!format!("{ask:?}").contains("山高"));
        assert_eq!(
            serde_json::to_string(&ask).expect("plain"),
            r#"{"vault":"unlock","passphrase":"山高水长"}"#
        );
    }
}
