//! Amounts as people read and type them: speeds, distances, directions, shares, goods.

use sanduan_protocol::base::quantity::Quantity;

use super::Lang;

/// The eight directions, from north over east.
const DIRECTIONS: [(&str, &str); 8] = [
    ("北", "N"),
    ("东北", "NE"),
    ("东", "E"),
    ("东南", "SE"),
    ("南", "S"),
    ("西南", "SW"),
    ("西", "W"),
    ("西北", "NW"),
];

/// A speed given in dm/s.
pub fn kilometres_per_hour(speed_dm_s: u16) -> String {
    format!("{}km/h", (u32::from(speed_dm_s) * 36 + 50) / 100)
}

/// A bearing as people say it over the radio, and in degrees.
pub fn direction(degrees: u16, lang: Lang) -> String {
    let (zh, en) = DIRECTIONS[usize::from((degrees + 22) / 45 % 8)];
    format!("{}{degrees:03}", lang.pick(zh, en))
}

/// A distance in metres or kilometres.
pub fn metres(metres: u32) -> String {
    match metres {
        0..=999 => format!("{metres}m"),
        1_000..=99_999 => format!("{}.{}km", metres / 1000, metres % 1000 / 100),
        _ => format!("{}km", metres / 1000),
    }
}

/// How many bits a link carries in a second.
pub fn bit_rate(bit_s: u32) -> String {
    match bit_s {
        0..=9_999 => format!("{bit_s}bit/s"),
        _ if bit_s.is_multiple_of(1_000_000) => format!("{}Mbit/s", bit_s / 1_000_000),
        _ => format!("{}kbit/s", bit_s / 1_000),
    }
}

/// Share of lost frames in percent, `--` without evidence.
pub fn loss(permille: Option<u16>) -> String {
    match permille {
        Some(permille) => format!("{}.{}%", permille / 10, permille % 10),
        None => "--".to_owned(),
    }
}

/// A battery, `--` without one.
pub fn percent(percent: Option<u8>) -> String {
    percent.map_or_else(|| "--".to_owned(), |percent| format!("{percent}%"))
}

/// A quantity, or `--` for nothing, so that what is there stands out.
pub fn amount(quantity: Quantity) -> String {
    if quantity == Quantity::ZERO { "--".to_owned() } else { quantity.to_string() }
}

/// An item and how much of it, zero allowed, such as `E004=20`. `None` if it is not written so.
pub fn parse_line(text: &str) -> Option<(String, Quantity)> {
    // The last sign counts, so that an item name may hold one.
    let (item, quantity) = text.rsplit_once('=')?;
    let quantity: Quantity = quantity.parse().ok()?;
    let item = item.trim();
    (!item.is_empty() && quantity >= Quantity::ZERO).then(|| (item.to_owned(), quantity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bearings_have_a_word_and_degrees() {
        for (degrees, zh, en) in
            [(0, "北000", "N000"), (22, "北022", "N022"), (23, "东北023", "NE023")]
        {
            assert_eq!(direction(degrees, Lang::Zh), zh);
            assert_eq!(direction(degrees, Lang::En), en);
        }
        assert_eq!(direction(207, Lang::Zh), "西南207");
        assert_eq!(direction(350, Lang::En), "N350");
    }

    #[test]
    fn distances_change_unit_at_a_kilometre() {
        assert_eq!(metres(999), "999m");
        assert_eq!(metres(28_740), "28.7km");
        assert_eq!(metres(120_000), "120km");
    }

    #[test]
    fn bit_rates_change_unit() {
        for (bit_s, said) in [(1_200, "1200bit/s"), (19_200, "19kbit/s"), (10_000_000, "10Mbit/s")]
        {
            assert_eq!(bit_rate(bit_s), said);
        }
    }

    #[test]
    fn lines_are_item_and_quantity() {
        assert_eq!(parse_line("E004=20"), Some(("E004".to_owned(), Quantity::units(20))));
        assert_eq!(parse_line("柴油=1.5"), Some(("柴油".to_owned(), Quantity(1500))));
        assert_eq!(parse_line("E004=0"), Some(("E004".to_owned(), Quantity::ZERO)));
        for text in ["E004", "=3", "E004=", "E004=-1", "E004=x"] {
            assert_eq!(parse_line(text), None, "{text}");
        }
    }
}
