//! What a seed draws for what bearers may spend: a share of the air, money, messages. Little enough
//! that it is used up in the story of the seed; when the faults stop, nothing is counted any more.

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::link::profile::{Price, Quota};
use sanduan_protocol::link::purse::Allowance;
use serde::{Deserialize, Serialize};

use super::{LinkPlan, off_in_a_third};
use crate::world::Limits;

/// What a message of a card or of a modem costs, thousandths of a yuan (made up: no price was found
/// in a source, research, bearers 1).
const MESSAGE_MILLI_YUAN: u32 = 500;
/// What 1,000 bytes over a satellite cost, thousandths of a yuan (made up as well).
const KILOBYTE_MILLI_YUAN: u32 = 1_000;

/// What may be spent. Nothing: no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Allowances {
    /// Each station of a radio may be on the air for this share of the time, 1/1000.
    pub air_permille: Option<u16>,
    /// Each terminal, modem or satellite way may cost this much a day, thousandths of a yuan.
    pub day_milli_yuan: Option<u32>,
    /// Each terminal or modem may send so many messages in so many seconds.
    pub messages: Option<(u64, u32)>,
}

impl Allowances {
    pub(super) fn draw(dice: &mut Dice) -> Allowances {
        Allowances {
            air_permille: off_in_a_third(dice, |dice| dice.between(10, 300) as u16),
            // Between four messages and four hundred.
            day_milli_yuan: off_in_a_third(dice, |dice| dice.between(2_000, 200_000) as u32),
            messages: off_in_a_third(dice, |dice| {
                let window_s = [600, 3_600, 86_400][dice.below(3) as usize];
                (dice.between(2, 200), window_s)
            }),
        }
    }

    /// What those at such a link may spend; none where nothing is counted.
    pub fn limits(&self, link: &LinkPlan) -> Option<Limits> {
        let money = Allowance { day_milli_yuan: self.day_milli_yuan, ..Allowance::default() };
        let limits = match link {
            LinkPlan::Radio { .. } => {
                let air_permille = self.air_permille;
                let allowance = Allowance { air_permille, ..Allowance::default() };
                Limits { allowance, ..Limits::default() }
            }
            LinkPlan::Beidou { .. } | LinkPlan::Sbd { .. } => {
                let quota = |(messages, window_s)| Quota {
                    messages: Some(messages),
                    bytes: None,
                    window_s,
                };
                let price = Price { message_milli_yuan: MESSAGE_MILLI_YUAN, ..Price::default() };
                Limits { quota: self.messages.map(quota), price, allowance: money }
            }
            LinkPlan::SatelliteIp { .. } => {
                let price = Price { kilobyte_milli_yuan: KILOBYTE_MILLI_YUAN, ..Price::default() };
                Limits { quota: None, price, allowance: money }
            }
            LinkPlan::Wire { .. } | LinkPlan::Lan { .. } | LinkPlan::Carry { .. } => return None,
        };
        let is_limited = limits.quota.is_some() || limits.allowance != Allowance::default();
        is_limited.then_some(limits)
    }
}
