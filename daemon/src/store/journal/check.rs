//! A journal looked at while it is open: what is damaged in it since, how old it is.

use std::time::SystemTime;

use super::*;

/// What a look at some of it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Where to go on; none at the end.
    pub next: Option<Place>,
    /// Bytes looked at.
    pub bytes: u64,
    /// What is no sound frame.
    pub damage: Vec<Damage>,
}

impl Journal {
    /// Something was found damaged since.
    pub fn note_damage(&mut self, damage: Vec<Damage>) {
        self.damage.extend(damage);
    }

    /// Whether anything stands here beside what was live when a snapshot was written.
    pub fn has_log(&self) -> bool {
        let is_snapshot =
            |number| kind_of(&segment_path(&self.folder, number), number) == Some(Kind::Snapshot);
        self.length > HEADER_BYTES as u64 || (self.first..self.number).any(|n| !is_snapshot(n))
    }

    /// When the oldest segment was begun, by the file system; now if it does not tell.
    pub fn began(&self) -> SystemTime {
        let known = fs::metadata(segment_path(&self.folder, self.first));
        let began = known.and_then(|known| known.created().or_else(|_| known.modified()));
        began.unwrap_or_else(|_| SystemTime::now())
    }

    /// Read on from `from`, about so many bytes, and check every sum.
    ///
    /// # Errors
    /// A segment cannot be read.
    pub fn check_some(&self, from: Place, bytes_max: u64) -> Result<Checked, StoreFault> {
        let from = from.max(self.start());
        if from.segment > self.number {
            return Ok(Checked { next: None, bytes: 0, damage: Vec::new() });
        }
        let path = segment_path(&self.folder, from.segment);
        let next = Place { segment: from.segment + 1, offset: HEADER_BYTES as u64 };
        if !path.exists() {
            // Numbers are left out where a snapshot was not finished.
            return Ok(Checked { next: Some(next), bytes: 0, damage: Vec::new() });
        }
        let is_sound = kind_of(&path, from.segment).is_some();
        let read = if is_sound { segment::read_some(&path, from, bytes_max)? } else { None };
        Ok(match read {
            Some((offset, true)) => {
                Checked { next: Some(next), bytes: offset - from.offset, damage: Vec::new() }
            }
            Some((offset, false)) => Checked {
                next: Some(Place { offset, ..from }),
                bytes: offset - from.offset,
                damage: Vec::new(),
            },
            None => {
                let first = Place { segment: from.segment, offset: HEADER_BYTES as u64 };
                let mut damage = segment::walk(&path, first, false, &mut |_| Ok(()))?.damage;
                if !is_sound {
                    let place = Place { segment: from.segment, offset: 0 };
                    damage.push(Damage { place, bytes: HEADER_BYTES as u64 });
                }
                Checked { next: Some(next), bytes: bytes_max, damage }
            }
        })
    }
}
