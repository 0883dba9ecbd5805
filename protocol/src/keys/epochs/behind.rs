//! Why a device stays behind when the others move on.

/// Why a device cannot follow a rekey that it heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// It was revoked.
    ShutOut,
    /// It has no keys for it, and must be enrolled anew.
    NoKeys,
}

impl Behind {
    /// The reason in one word, for rows and scripts.
    pub fn word(self) -> &'static str {
        match self {
            Behind::ShutOut => "shut_out",
            Behind::NoKeys => "no_keys",
        }
    }
}
