//! The keys of days and epochs leave `network.secret` for the store, which renews them every day.
//! A file that went on telling the secret of the day of joining would open every later day of that
//! epoch, and its keys of the tree every later epoch whose rekey stands in the directory.
//!
//! ```text
//! file tells keys ─▶ store has them, synced ─▶ second name ─▶ new file, synced ─▶ old one is
//!                                                                    written over, then removed
//! ```
//!
//! A cut at any arrow leaves a file that opens, and the next start goes on from there.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sanduan_protocol::node::Node;

use super::{Home, NETWORK_SECRET, file};
use crate::said::Said;
use crate::store::Store;
use crate::vault::wipe;

impl Home {
    /// Hand the keys of days and epochs over to the store, if that was not done. `node` was opened
    /// from this store and has not spoken yet.
    ///
    /// # Errors
    /// The disk refuses. Nothing is lost: the next start tries again.
    pub fn leave_epoch_keys_to(&self, store: &mut dyn Store, node: &Node) -> Result<(), Said> {
        let (path, former) = self.secret_and_former();
        end_former(&path, &former)?;
        let Some(member) = self.member()?.filter(|member| member.network.has_secret()) else {
            return Ok(());
        };
        // When this returns it is durable.
        store.commit(&[&[node.epochs_pair()]])?;
        // The old file keeps a name until the new one is there, so that it can be written over.
        // Where the disk knows no second names, it is only removed.
        if let Err(error) = fs::hard_link(&path, &former) {
            tracing::debug!(%error, path = %path.display(), "no second name");
        }
        self.write_member(&member.without_epoch_keys())?;
        end_former(&path, &former)
    }

    fn secret_and_former(&self) -> (PathBuf, PathBuf) {
        let path = self.folder().join(NETWORK_SECRET);
        let former = path.with_extension("former");
        (path, former)
    }
}

/// Be rid of the second name of a file, and of its bytes unless they are still those of the first.
fn end_former(path: &Path, former: &Path) -> Result<(), Said> {
    let number = |path: &Path| fs::metadata(path).ok().map(|known| (known.dev(), known.ino()));
    match (number(path), number(former)) {
        (_, None) => Ok(()),
        (Some(now), Some(then)) if now == then => fs::remove_file(former)
            .and_then(|()| file::sync_folder_of(former))
            .map_err(|error| file::cannot("清理", "clear", former, &error)),
        (Some(_), Some(_)) => wipe::destroy(former),
        // The first name is gone, which none of our steps does: the other one is all there is.
        (None, Some(_)) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
