//! By what means people are reached who have no device, and how their answers came in.

use serde::{Deserialize, Serialize};

/// By what other means an answer came in (代签).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Proxy {
    /// 电话.
    Phone = 1,
    /// 电台.
    Radio = 2,
    /// 鸣锣吹哨.
    Gong = 3,
    /// 敲门入户.
    Door = 4,
    /// 短信: a text from a handset.
    Text = 5,
    /// 北斗短报文: a text from a BeiDou handset.
    Beidou = 6,
}

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
