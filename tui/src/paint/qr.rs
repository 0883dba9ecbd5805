//! Codes for cameras and hand scanners, drawn with characters. Light modules are drawn and dark
//! ones left blank, as a terminal with a dark ground needs it; the quiet zone is part of the
//! picture. What a code says and how many there are is not decided here.

use qrcode::{Color, EcLevel, QrCode, Version};

/// Light modules around a code that readers need (ISO/IEC 18004, section 9.1).
const QUIET: usize = 4;
/// Letters and digits that a code of each version carries at level L (ISO/IEC 18004, table 7,
/// alphanumeric). A screen is read at short range and undamaged; the weakest level is enough.
const CHARS: [u16; 20] = [
    25, 47, 77, 114, 154, 195, 224, 279, 335, 395, 468, 535, 619, 667, 758, 854, 938, 1046, 1153,
    1249,
];
/// Largest version drawn: 97 modules a side. Cameras of simple phones fail beyond.
pub const VERSION_MAX: u8 = CHARS.len() as u8;
/// Smallest version that has room for a sheet.
pub const VERSION_MIN: u8 = 3;

/// With which characters a code is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Half blocks: two modules one above the other in each cell.
    Blocks,
    /// `##`, two columns a module, for terminals without block characters.
    Ascii,
}

impl Ink {
    /// Columns and rows of a code of this version.
    pub fn size(self, version: u8) -> (usize, usize) {
        let side = usize::from(version) * 4 + 17 + 2 * QUIET;
        match self {
            Ink::Blocks => (side, side.div_ceil(2)),
            Ink::Ascii => (side * 2, side),
        }
    }

    /// The largest version that fits so many columns and rows; none if not even the smallest.
    pub fn version_for(self, columns: usize, rows: usize) -> Option<u8> {
        (VERSION_MIN..=VERSION_MAX).rev().find(|version| {
            let (wide, high) = self.size(*version);
            wide <= columns && high <= rows
        })
    }
}

/// Capitals, digits and `:` that a code of this version carries.
pub fn chars(version: u8) -> u16 {
    let at = usize::from(version.clamp(1, VERSION_MAX)) - 1;
    CHARS[at]
}

/// The code of this text, line by line; none if the text is too long for the version, or, without
/// a version, for any.
pub fn draw(text: &str, version: Option<u8>, ink: Ink) -> Option<Vec<String>> {
    let code = match version {
        Some(version) => {
            QrCode::with_version(text, Version::Normal(i16::from(version)), EcLevel::L)
        }
        None => QrCode::with_error_correction_level(text, EcLevel::L),
    };
    let code = code.ok()?;
    let (width, colors) = (code.width(), code.to_colors());
    let side = width + 2 * QUIET;
    let is_light = |x: usize, y: usize| {
        let inside = (QUIET..QUIET + width).contains(&x) && (QUIET..QUIET + width).contains(&y);
        !inside || colors[(y - QUIET) * width + x - QUIET] == Color::Light
    };
    Some(match ink {
        Ink::Blocks => (0..side.div_ceil(2))
            .map(|row| {
                let cell = |x| match (is_light(x, row * 2), is_light(x, row * 2 + 1)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                };
                (0..side).map(cell).collect()
            })
            .collect(),
        Ink::Ascii => (0..side)
            .map(|y| (0..side).map(|x| if is_light(x, y) { "##" } else { "  " }).collect())
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_carries_what_the_table_says_and_not_one_more() {
        for version in VERSION_MIN..=VERSION_MAX {
            let full = "Z".repeat(usize::from(chars(version)));
            assert!(draw(&full, Some(version), Ink::Blocks).is_some(), "version {version}");
            let more = full + "Z";
            assert!(draw(&more, Some(version), Ink::Blocks).is_none(), "version {version}");
        }
    }

    #[test]
    fn a_code_is_as_large_as_said_and_one_of_version_4_fits_80_by_24_with_two_lines_to_spare() {
        for ink in [Ink::Blocks, Ink::Ascii] {
            for version in [3, 4, 10] {
                let lines = draw("SDQ:0123", Some(version), ink).expect("fits");
                let wide = lines.iter().map(|line| line.chars().count()).max();
                assert_eq!((wide, lines.len()), {
                    let (columns, rows) = ink.size(version);
                    (Some(columns), rows)
                });
            }
        }
        assert_eq!(Ink::Blocks.version_for(80, 22), Some(4));
        assert_eq!(Ink::Blocks.version_for(40, 22), Some(3));
        assert_eq!(Ink::Ascii.version_for(80, 24), None);
        assert_eq!(Ink::Ascii.version_for(200, 60), Some(8));
    }

    #[test]
    fn both_inks_draw_the_same_code_with_three_eyes() {
        let half = draw("SDQ:0123", Some(4), Ink::Blocks).expect("fits");
        let full = draw("SDQ:0123", Some(4), Ink::Ascii).expect("fits");
        for (y, line) in full.iter().enumerate() {
            for x in 0..41 {
                let is_light = line.as_bytes()[2 * x] == b'#';
                let cell = half[y / 2].chars().nth(x).expect("as wide");
                let above = matches!(cell, '█' | '▀');
                let below = matches!(cell, '█' | '▄');
                assert_eq!(is_light, if y % 2 == 0 { above } else { below }, "{x} {y}");
            }
        }
        // Eyes: seven dark modules in a row at three corners inside the quiet zone.
        for (x, y) in [(4, 4), (30, 4), (4, 30)] {
            let dark = (0..7).all(|at| &full[y][2 * (x + at)..2 * (x + at) + 2] == "  ");
            assert!(dark, "eye at {x} {y}");
        }
    }
}
