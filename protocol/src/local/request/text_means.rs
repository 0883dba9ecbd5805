//! By what means people without a device are written to. Who they are is `field::village`'s.

use serde::{Deserialize, Serialize};

/// By what means a person without a device is texted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextMeans {
    /// 短信.
    Sms,
    /// 北斗短报文.
    Beidou,
}

impl TextMeans {
    /// The name in configuration and files.
    pub fn name(self) -> &'static str {
        match self {
            TextMeans::Sms => "sms",
            TextMeans::Beidou => "beidou",
        }
    }
}
