//! A hash of a set that things enter and leave one by one: the sum of the hashes of its elements,
//! so that a change costs the same however large the set is. It says "the same or not" among
//! machines that trust each other's seals anyway; nobody has to believe it.

/// Numbers of one hash.
const PARTS: usize = 4;

/// A hash of a set, or of one of its elements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetHash([u64; PARTS]);

impl SetHash {
    /// The hash of one element.
    pub fn of(element: &[u8]) -> SetHash {
        let bytes = blake3::hash(element);
        let (parts, _) = bytes.as_bytes().as_chunks::<8>();
        let mut hash = SetHash::default();
        for (part, bytes) in hash.0.iter_mut().zip(parts) {
            *part = u64::from_be_bytes(*bytes);
        }
        hash
    }

    /// This element entered.
    pub fn enter(&mut self, element: SetHash) {
        for (part, other) in self.0.iter_mut().zip(element.0) {
            *part = part.wrapping_add(other);
        }
    }

    /// This element left.
    pub fn leave(&mut self, element: SetHash) {
        for (part, other) in self.0.iter_mut().zip(element.0) {
            *part = part.wrapping_sub(other);
        }
    }

    /// As bytes, for digests.
    pub fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (bytes, part) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(self.0) {
            *bytes = part.to_be_bytes();
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_does_not_matter_and_what_left_is_gone() {
        let [a, b, c] = [b"a", b"b", b"c"].map(|name| SetHash::of(name));
        let sum = |elements: &[SetHash]| {
            let mut sum = SetHash::default();
            elements.iter().for_each(|element| sum.enter(*element));
            sum
        };
        assert_eq!(sum(&[a, b, c]).bytes(), sum(&[c, a, b]).bytes());
        let mut without = sum(&[a, b, c]);
        without.leave(b);
        assert_eq!(without, sum(&[c, a]));
        assert_ne!(without.bytes(), sum(&[a, b]).bytes());
        assert_ne!(sum(&[a]).bytes(), SetHash::default().bytes());
    }
}
