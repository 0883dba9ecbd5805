//! Arithmetic of the field of 256 elements, that of x^8 + x^4 + x^3 + x^2 + 1: sketches and parity
//! count in it. A sum is an exclusive or.

/// Elements that are not zero: the powers of 2 come back after so many.
pub const ORDER: usize = 255;
/// Coefficients of the field's polynomial, without the highest.
const FIELD: u16 = 0x11d;

/// Powers of 2, twice over, so that a sum of two logarithms needs no reduction.
pub const POWERS: [u8; 2 * ORDER] = powers();
/// Logarithms to base 2; that of 0 is never read.
pub const LOGS: [u8; 256] = logs();

const fn powers() -> [u8; 2 * ORDER] {
    let mut powers = [0; 2 * ORDER];
    let (mut at, mut value) = (0, 1u16);
    while at < powers.len() {
        powers[at] = value as u8;
        value <<= 1;
        if value > 0xff {
            value ^= FIELD;
        }
        at += 1;
    }
    powers
}

const fn logs() -> [u8; 256] {
    let mut logs = [0; 256];
    let mut at = 0;
    while at < ORDER {
        logs[POWERS[at] as usize] = at as u8;
        at += 1;
    }
    logs
}

/// `a × b`.
pub fn times(a: u8, b: u8) -> u8 {
    match (a, b) {
        (0, _) | (_, 0) => 0,
        (a, b) => POWERS[usize::from(LOGS[usize::from(a)]) + usize::from(LOGS[usize::from(b)])],
    }
}

/// `a / b`; `b` is not 0.
pub fn over(a: u8, b: u8) -> u8 {
    match a {
        0 => 0,
        a => {
            let log = usize::from(LOGS[usize::from(a)]) + ORDER;
            POWERS[log - usize::from(LOGS[usize::from(b)])]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_divided_and_multiplied_again_is_the_same() {
        for a in 0..=255 {
            for b in 1..=255 {
                assert_eq!(times(over(a, b), b), a);
            }
        }
        assert_eq!(times(0x80, 2), 0x1d, "the polynomial of the field");
    }
}
