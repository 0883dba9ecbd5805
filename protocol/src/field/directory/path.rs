//! Keys of the tree for a device that has none: an issuer in the field admitted it, or an earlier
//! version. Without them it would be shut out by the next rekey. What they are is
//! [`crate::keys::subtree`]'s.
//!
//! ```text
//! 26 path    index varint | first epoch that they open varint | ten keys, hidden 160
//! ```

use crate::base::ids::DeviceId;
use crate::field::directory::{Directory, live};
use crate::keys::subtree::{EPOCH_END, PATH_BYTES};
use crate::wire::pack::{Pack, PackError, Reader};

/// The keys of one device's way in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathEntry {
    /// The device.
    pub index: DeviceId,
    /// The first epoch that they open.
    pub next_epoch: u32,
    /// The keys, for the device alone.
    pub hidden: [u8; PATH_BYTES],
}

impl Pack for PathEntry {
    fn pack(&self, to: &mut Vec<u8>) {
        self.index.pack(to);
        self.next_epoch.pack(to);
        to.extend_from_slice(&self.hidden);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<PathEntry, PackError> {
        let (index, next_epoch) = (DeviceId::unpack(from)?, u32::unpack(from)?);
        if !(2..=EPOCH_END).contains(&next_epoch) {
            return Err(PackError::BadValue("epoch"));
        }
        Ok(PathEntry { index, next_epoch, hidden: from.array()? })
    }
}

impl Directory {
    /// The keys that the directory holds for a device, if any.
    pub fn path_of(&self, device: DeviceId) -> Option<&PathEntry> {
        self.paths.get(&device)
    }

    /// The last device that has keys of the tree, as far as the directory says: the authority's
    /// own, and those who were given them later.
    pub fn last_with_path(&self) -> DeviceId {
        let later = self.paths.last_key_value().map(|(device, _)| *device);
        self.last_of_authority().max(later.unwrap_or_default())
    }

    /// Devices in use that issuers admitted and that have no keys of the tree yet.
    pub fn without_path(&self) -> Vec<DeviceId> {
        let is_issued = |device: &DeviceId| self.issuers().any(|issuer| issuer.owns(*device));
        let devices = live(&self.devices).map(|entry| entry.index);
        devices.filter(is_issued).filter(|device| !self.paths.contains_key(device)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::directory::Entry;
    use crate::field::directory::sample::directory;

    fn entry(device: u16, next_epoch: u32) -> PathEntry {
        PathEntry { index: DeviceId(device), next_epoch, hidden: [7; PATH_BYTES] }
    }

    #[test]
    fn a_line_goes_both_ways_and_no_part_of_it_is_taken_for_the_whole() {
        let line = Entry::Path(Box::new(entry(4_033, 3)));
        let bytes = line.packed();
        assert_eq!((bytes.len(), Entry::unpack_all(&bytes)), (166, Ok(line)));
        for cut in 0..bytes.len() {
            assert!(Entry::unpack_all(&bytes[..cut]).is_err(), "{cut}");
        }
        for (device, next_epoch) in [(0, 3), (4, 0), (4, 1), (4, EPOCH_END + 1)] {
            let bad = Entry::Path(Box::new(entry(device, next_epoch))).packed();
            assert!(Entry::unpack_all(&bad).is_err(), "{device} {next_epoch}");
        }
    }

    #[test]
    fn the_newest_line_counts_and_a_rekey_reaches_as_far_as_they_do() {
        let mut directory = directory();
        let last = directory.last_with_path();
        assert_eq!(last, directory.last_of_authority());
        for (seq, line) in (directory.version() + 1..).zip([entry(4_033, 3), entry(4_033, 5)]) {
            directory.apply_record(seq, &[Entry::Path(Box::new(line))]);
        }
        assert_eq!(directory.path_of(DeviceId(4_033)).map(|path| path.next_epoch), Some(5));
        assert_eq!(directory.last_with_path(), DeviceId(4_033));
    }
}
