//! What a checker remembers of each place, found by the number of the place: all of it is asked
//! for at every look at a place, and a tree of them would be walked each time.

/// One value for each place of which anything was noted.
pub struct Places<T>(Vec<Option<T>>);

impl<T> Default for Places<T> {
    fn default() -> Places<T> {
        Places(Vec::new())
    }
}

impl<T> Places<T> {
    /// Note this of a place, and tell what was noted before.
    pub fn insert(&mut self, place: usize, value: T) -> Option<T> {
        self.slot(place).replace(value)
    }

    /// What is noted of a place; this if nothing was.
    pub fn or_insert(&mut self, place: usize, value: T) -> &mut T {
        self.slot(place).get_or_insert(value)
    }

    fn slot(&mut self, place: usize) -> &mut Option<T> {
        if place >= self.0.len() {
            self.0.resize_with(place + 1, || None);
        }
        &mut self.0[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_has_its_own_and_tells_what_was_before() {
        let mut places = Places::default();
        assert_eq!((places.insert(3, 'a'), places.insert(1, 'b')), (None, None));
        assert_eq!(places.insert(3, 'c'), Some('a'));
        assert_eq!((*places.or_insert(1, 'd'), *places.or_insert(2, 'e')), ('b', 'e'));
    }
}
