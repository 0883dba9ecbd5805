//! The keys of `kind = "carry"`. The table around them is read in [`super::tables`].

use std::path::{Path, PathBuf};

use super::CarryConfig;
use super::read::Section;

/// Read them; nothing is needed, because files also go through the control API.
pub fn read_carry(section: &mut Section<'_, '_>, folder: &Path) -> Option<CarryConfig> {
    let mut place = |key: &'static str| {
        let path = section.text(key).filter(|path| !path.is_empty());
        path.map(|path| -> PathBuf { folder.join(path) })
    };
    let (named, watch) = (place("folder"), place("watch"));
    let adopt = section.flag("adopt", false);
    if adopt && watch.is_none() {
        section.wrong(
            "adopt",
            "只与 watch 同用：写明要看的上级目录",
            "goes with watch only: name the folder to look in",
        );
        return None;
    }
    Some(CarryConfig { folder: named, watch, adopt })
}
