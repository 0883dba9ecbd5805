//! Small files that matter: written whole or not at all, durable, and readable by their owner
//! only.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use zeroize::Zeroizing;

use crate::said::Said;

/// Keys, requests, join files and membership are a few hundred bytes.
const SMALL_BYTES_MAX: u64 = 64 * 1024;

/// Make a folder that others may not look into, with those above it.
///
/// # Errors
/// It cannot be made.
pub fn make_private_folder(folder: &Path) -> Result<(), Said> {
    let made = DirBuilder::new().recursive(true).mode(0o750).create(folder);
    made.map_err(|error| cannot("建立目录", "make the folder", folder, &error))
}

/// Replace `path` by a file of these bytes with mode 0600: afterwards it is whole, or as before.
///
/// # Errors
/// The disk refuses.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Said> {
    let write = || -> io::Result<()> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut draft_name = name.to_os_string();
        draft_name.push(".new");
        let draft = path.with_file_name(draft_name);
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        if let Err(error) = written {
            let _ = fs::remove_file(&draft);
            return Err(error);
        }
        fs::rename(&draft, path)?;
        sync_folder_of(path)
    };
    write().map_err(|error| cannot("写入", "write", path, &error))
}

/// The text of a small file; `None` when there is none.
///
/// # Errors
/// It cannot be read, is too large, or is no text.
pub fn read_small(path: &Path) -> Result<Option<Zeroizing<String>>, Said> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot("打开", "open", path, &error)),
    };
    let mut text = Zeroizing::new(String::new());
    file.take(SMALL_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(|error| cannot("读取", "read", path, &error))?;
    if text.len() as u64 > SMALL_BYTES_MAX {
        let path = path.display();
        return Err(Said::new(
            format!("{path} 过大，不是所需的文件"),
            format!("{path} is too large to be the file that is needed"),
        ));
    }
    Ok(Some(text))
}

/// The text of a small file that must be there.
///
/// # Errors
/// As [`read_small`], and when there is none.
pub fn read_needed(path: &Path) -> Result<Zeroizing<String>, Said> {
    read_small(path)?.ok_or_else(|| {
        let path = path.display();
        Said::new(
            format!("没有文件 {path}:请检查路径"),
            format!("there is no file {path}: check the path"),
        )
    })
}

/// Make a rename in the folder of `path` durable.
///
/// # Errors
/// The disk refuses.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    };
    File::open(folder)?.sync_all()
}

/// A failure of the disk, said.
pub fn cannot(zh: &str, en: &str, path: &Path, error: &io::Error) -> Said {
    let (path, why) = (path.display(), Said::of_system(error));
    Said::new(
        format!("无法{zh} {path}（{}）：请检查路径、磁盘和权限", why.zh),
        format!("cannot {en} {path} ({}): check path, disk and permissions", why.en),
    )
}

/// Bytes as hex digits.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hex digits as bytes, however many.
pub fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).ok();
    (0..text.len()).step_by(2).map(byte).collect()
}

/// Hex digits as exactly `N` bytes.
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; N];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(bytes)
}
