//! `+CMS ERROR` (3GPP TS 27.005 section 3.2.5) and `+CME ERROR` (TS 27.007 section 9.2): which of
//! them pass by themselves, and what a person can do about the others.

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It may work a little later: congestion, no answer, temporary failure.
    Passing(u32),
    /// No network now.
    NoNetwork(u32),
    /// The number does not exist, is barred, or does not take messages: trying again is in vain.
    Address(u32),
    /// The card is missing, locked, or has no service.
    Card(u32),
    /// The store of the modem is full.
    StoreFull,
    /// The number of the service centre is missing.
    NoCentre,
    /// `ERROR` without a number, or silence.
    Plain,
}

impl Fault {
    /// The fault of `+CMS ERROR: n`.
    pub fn of_cms(code: u32) -> Fault {
        match code {
            // 1 unassigned, 8 barred, 10 call barred, 21 rejected, 28 unidentified, 30 unknown
            // subscriber, 50 facility not subscribed, 69 not implemented (TS 24.011 annex E-2).
            1 | 8 | 10 | 21 | 28 | 30 | 50 | 69 => Fault::Address(code),
            310..=318 => Fault::Card(code),
            322 => Fault::StoreFull,
            330 => Fault::NoCentre,
            331 | 332 => Fault::NoNetwork(code),
            _ => Fault::Passing(code),
        }
    }

    /// Trying again may help.
    pub fn is_passing(self) -> bool {
        match self {
            Fault::Passing(_) | Fault::NoNetwork(_) | Fault::StoreFull | Fault::Plain => true,
            Fault::Address(_) | Fault::Card(_) | Fault::NoCentre => false,
        }
    }

    /// The word that it is counted under.
    pub fn word(self) -> &'static str {
        match self {
            Fault::Passing(_) => "sms_network_busy",
            Fault::NoNetwork(_) => "sms_no_network",
            Fault::Address(_) => "sms_bad_number",
            Fault::Card(_) => "sms_card",
            Fault::StoreFull => "sms_store_full",
            Fault::NoCentre => "sms_no_centre",
            Fault::Plain => "sms_refused",
        }
    }

    /// What happened and what to do, Chinese / English.
    pub fn sentence(self) -> String {
        match self {
            Fault::Passing(code) => format!(
                "短信网络忙（{code}），稍后自动再发 / the network is busy ({code}); tried again by \
                 itself"
            ),
            Fault::NoNetwork(code) => format!(
                "没有短信网络（{code}）：把天线移到开阔处 / no network ({code}): move the antenna to \
                 where the sky is free"
            ),
            Fault::Address(code) => format!(
                "这个号码收不了短信（{code}）：核对号码，或改打电话 / this number takes no messages \
                 ({code}): check it, or call by phone"
            ),
            Fault::Card(code) => format!(
                "SIM 卡不可用（{code}）：插好卡、解锁或充值 / the SIM card cannot be used ({code}): \
                 put it in, unlock it or have it recharged"
            ),
            Fault::StoreFull => {
                "短信存储已满，正在自动清空 / the store is full; being emptied by itself".to_owned()
            }
            Fault::NoCentre => {
                "没有短信中心号码：用 AT+CSCA 设置，或找运营商 / the number of the service centre is \
                 missing: set it with AT+CSCA, or ask the operator"
                    .to_owned()
            }
            Fault::Plain => {
                "调制解调器拒绝，稍后自动再发 / the modem refused; tried again by itself".to_owned()
            }
        }
    }
}
