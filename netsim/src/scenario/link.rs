//! One link as a scenario file writes it, with the words of the daemon's configuration, and the
//! link of a world that it becomes.

use serde::Deserialize;

use super::file::BadScenario;
use crate::swarm::LinkPlan;

/// Capacity of the most common card, bits (level 3; research, bearers 1).
const LEVEL_BITS: u32 = 628;
/// A service frequency that most cards have, s.
const EVERY_S: u32 = 60;
/// The configuration's own: how often a modem asks for what rang in vain, s.
const POLL_S: u32 = 3_600;
/// Bytes that the protocol asks of any link, and the most of a card.
const MESSAGE_BYTES: (u32, u32) = (64, 1_200);

/// Of which kind a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A wire: any IP on the ground.
    #[serde(alias = "quic")]
    Udp,
    /// A radio channel behind TNCs or gateways.
    #[serde(alias = "kiss-tcp", alias = "kiss-serial", alias = "gateway")]
    Radio,
    /// IP over a satellite.
    SatelliteIp,
    /// A local or ad hoc network.
    Lan,
    /// Satellite cards.
    Beidou,
    /// Store and forward over low satellites.
    Sbd,
    /// A vehicle with a stick.
    Carry,
}

/// One link.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Name within the file; several may share the name of their bearer.
    pub bearer: String,
    /// Of which kind it is; by the other keys if it is not written.
    pub kind: Option<Kind>,
    /// Codes of the places at it: two for a wire and a satellite way.
    pub places: Vec<String>,
    /// A radio, or else a wire, where no kind is written.
    #[serde(default)]
    pub radio: bool,
    /// Each station of a radio hears only its neighbours in the list.
    #[serde(default)]
    pub line: bool,
    /// Rate, bit/s; not for cards, modems and vehicles.
    #[serde(default)]
    pub rate_bit_s: u32,
    /// A card may send one message in so many seconds.
    pub every_s: Option<u32>,
    /// Capacity of one message of a card, bits.
    pub level_bits: Option<u32>,
    /// Cards: one message is for all; else the first place speaks with each of the others.
    #[serde(default)]
    pub group: bool,
    /// A modem asks for what rang in vain this often, s.
    pub poll_s: Option<u32>,
    /// A vehicle takes so long from one place to the next, s.
    pub leg_s: Option<u32>,
    /// One way on a wire, ms.
    #[serde(default)]
    pub delay_ms: u64,
}

impl Link {
    /// A link of this bearer between these places, of which nothing else is said yet.
    pub fn named(bearer: &str, places: Vec<String>) -> Link {
        Link {
            bearer: bearer.to_owned(),
            kind: None,
            places,
            radio: false,
            line: false,
            rate_bit_s: 0,
            every_s: None,
            level_bits: None,
            group: false,
            poll_s: None,
            leg_s: None,
            delay_ms: 0,
        }
    }

    /// The link of a world, between these places.
    pub fn plan(&self, places: Vec<usize>) -> Result<LinkPlan, BadScenario> {
        let mut sorted = places.clone();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.len() != places.len() || places.len() < 2 {
            return Err(BadScenario::Bounds("links.places"));
        }
        let two = || match places[..] {
            [a, b] => Ok((a, b)),
            _ => Err(BadScenario::Bounds("links.places")),
        };
        let rate_bit_s = self.rate_bit_s;
        let kind = self.kind();
        let has_rate = match kind {
            Kind::Udp | Kind::Radio | Kind::SatelliteIp | Kind::Lan => rate_bit_s > 0,
            Kind::Beidou | Kind::Sbd | Kind::Carry => true,
        };
        if !has_rate {
            return Err(BadScenario::Bounds("links.rate_bit_s"));
        }
        Ok(match kind {
            Kind::Udp => {
                let (a, b) = two()?;
                LinkPlan::Wire { a, b, rate_bit_s, delay_ms: self.delay_ms }
            }
            Kind::SatelliteIp => {
                let (a, b) = two()?;
                LinkPlan::SatelliteIp { a, b, rate_bit_s }
            }
            Kind::Radio => LinkPlan::Radio { places, rate_bit_s, is_line: self.line },
            Kind::Lan => LinkPlan::Lan { places, rate_bit_s },
            Kind::Beidou => {
                let every_s = self.every_s.unwrap_or(EVERY_S).clamp(1, 3_600);
                let bytes = self.message_bytes();
                if !(MESSAGE_BYTES.0..=MESSAGE_BYTES.1).contains(&bytes) {
                    return Err(BadScenario::Bounds("links.level_bits"));
                }
                let message_bytes = bytes as u16;
                LinkPlan::Beidou { places, every_s, message_bytes, is_group: self.group }
            }
            Kind::Sbd => {
                let poll_s = self.poll_s.unwrap_or(POLL_S).clamp(60, 86_400);
                LinkPlan::Sbd { places, poll_s }
            }
            Kind::Carry => {
                let leg_s = self.leg_s.ok_or(BadScenario::Bounds("links.leg_s"))?;
                LinkPlan::Carry { places, leg_s: leg_s.clamp(1, 86_400) }
            }
        })
    }

    /// True if it is a satellite card.
    pub fn is_card(&self) -> bool {
        self.kind() == Kind::Beidou
    }

    /// Bytes of one message of it, if it is a satellite card.
    pub fn card_bytes(&self) -> Option<u32> {
        self.is_card().then(|| self.message_bytes())
    }

    fn message_bytes(&self) -> u32 {
        self.level_bits.unwrap_or(LEVEL_BITS) / 8
    }

    fn kind(&self) -> Kind {
        let by_keys = match (self.every_s, self.radio) {
            (Some(_), _) => Kind::Beidou,
            (None, true) => Kind::Radio,
            (None, false) => Kind::Udp,
        };
        self.kind.unwrap_or(by_keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(keys: &str, places: usize) -> Result<LinkPlan, BadScenario> {
        let link: Link = toml::from_str(&format!("bearer = \"b\"\nplaces = []\n{keys}"))?;
        link.plan((0..places).collect())
    }

    #[test]
    fn every_kind_is_written_with_the_words_of_the_configuration() {
        let places = vec![0, 1, 2];
        let rate_bit_s = 9600;
        let cases = [
            ("rate_bit_s = 9600", 2, LinkPlan::Wire { a: 0, b: 1, rate_bit_s, delay_ms: 0 }),
            (
                "kind = \"udp\"\nrate_bit_s = 9600\ndelay_ms = 40",
                2,
                LinkPlan::Wire { a: 0, b: 1, rate_bit_s, delay_ms: 40 },
            ),
            (
                "radio = true\nrate_bit_s = 9600",
                3,
                LinkPlan::Radio { places: places.clone(), rate_bit_s, is_line: false },
            ),
            (
                "kind = \"kiss-tcp\"\nline = true\nrate_bit_s = 9600",
                3,
                LinkPlan::Radio { places: places.clone(), rate_bit_s, is_line: true },
            ),
            (
                "kind = \"satellite-ip\"\nrate_bit_s = 9600",
                2,
                LinkPlan::SatelliteIp { a: 0, b: 1, rate_bit_s },
            ),
            (
                "kind = \"lan\"\nrate_bit_s = 9600",
                3,
                LinkPlan::Lan { places: places.clone(), rate_bit_s },
            ),
            (
                "kind = \"beidou\"\ngroup = true\nlevel_bits = 1680",
                3,
                LinkPlan::Beidou {
                    places: places.clone(),
                    every_s: 60,
                    message_bytes: 210,
                    is_group: true,
                },
            ),
            ("kind = \"sbd\"", 3, LinkPlan::Sbd { places: places.clone(), poll_s: 3_600 }),
            ("kind = \"carry\"\nleg_s = 900", 3, LinkPlan::Carry { places, leg_s: 900 }),
        ];
        for (keys, places, expected) in cases {
            assert_eq!(plan(keys, places).expect(keys), expected);
        }
    }

    #[test]
    fn what_makes_no_link_is_refused_by_the_name_of_its_key() {
        let cases = [
            ("kind = \"lan\"", 3, "links.rate_bit_s"),
            ("kind = \"satellite-ip\"\nrate_bit_s = 9600", 3, "links.places"),
            ("kind = \"sbd\"", 1, "links.places"),
            ("kind = \"carry\"", 2, "links.leg_s"),
            ("kind = \"beidou\"\nlevel_bits = 110", 2, "links.level_bits"),
        ];
        for (keys, places, name) in cases {
            let refused = plan(keys, places);
            assert!(matches!(refused, Err(BadScenario::Bounds(of)) if of == name), "{keys}");
        }
        assert!(matches!(plan("kind = \"pigeon\"", 2), Err(BadScenario::Text(_))));
    }
}
