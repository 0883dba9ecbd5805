//! Why the store refuses, in words for the person who must act.

use std::io;
use std::path::{Path, PathBuf};

use crate::said::Said;

/// A refusal of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The disk is full.
    #[error(
        "磁盘已满：请腾出空间，sanduand 会自行恢复。已确认保存的内容没有丢失。（写不进 {path}） / \
         The disk is full: free some space; sanduand then recovers by itself. Nothing that was \
         confirmed is lost. (Cannot write {path}.)"
    )]
    Full {
        /// File that could not grow.
        path: PathBuf,
    },
    /// The disk failed in another way.
    #[error(
        "{path} {what_zh}失败（{}）：请检查磁盘和权限后重新启动 sanduand。 / \
         Cannot {what_en} {path} ({}): check the disk and its permissions, then restart \
         sanduand.",
        Said::of_system(source).zh,
        Said::of_system(source).en
    )]
    Io {
        /// What was tried, Chinese.
        what_zh: &'static str,
        /// What was tried, English.
        what_en: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another daemon has the data.
    #[error(
        "数据目录 {path} 正被另一个 sanduand 使用：先停掉那一个，或换一个数据目录。 / \
         The data folder {path} is in use by another sanduand: stop that one first, or choose \
         another folder."
    )]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// The query store cannot be read.
    #[error("查询库损坏（{0}），将从日志重建。 / The query store is damaged ({0}); it is rebuilt.")]
    Damaged(String),
    /// An earlier write failed, so this handle is not used any more.
    #[error(
        "磁盘此前写入失败，已停止接收；磁盘恢复后 sanduand 会自行恢复。 / \
         An earlier write failed and nothing is accepted any more; when the disk works again, \
         sanduand recovers by itself."
    )]
    Poisoned,
    /// Nothing of it opens with the key of the vault.
    #[error(
        "数据打不开：它属于另一个保险箱。请把 vault、vault.spare、vault.key 与 journal、sled(或 redb)成套\
         放回。 / The data cannot be opened: it belongs to another vault. Put vault, vault.spare, \
         vault.key and journal, sled (or redb) back as one set."
    )]
    Foreign,
    /// A later version of this program wrote the journal.
    #[error(
        "日志 {path} 由更新版本的 sanduand 写成，本版本读不了，未作任何改动：请换用新版本，或从该版本\
         启动前的备份恢复。 / The journal {path} was written by a later version of sanduand; \
         nothing was changed. Run that version, or put back the copy from before it was first run."
    )]
    Later {
        /// The segment.
        path: PathBuf,
    },
    /// A key, value or batch is beyond the limits.
    #[error("条目超过长度上限，未保存。 / An entry is beyond the limits and was not saved.")]
    TooLarge,
}

impl StoreFault {
    /// Name the file and the attempt; a full disk gets its own words.
    pub fn io(
        what_zh: &'static str,
        what_en: &'static str,
        path: &Path,
    ) -> impl FnOnce(io::Error) -> StoreFault {
        let path = path.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreFault::Full { path },
            _ => StoreFault::Io { what_zh, what_en, path, source },
        }
    }

    /// The same refusal when there is no way to go on with the journal alone.
    pub fn without_fallback(self) -> StoreFault {
        match self {
            StoreFault::Full { path } => StoreFault::Io {
                what_zh: "写入",
                what_en: "write",
                path,
                source: io::ErrorKind::StorageFull.into(),
            },
            other => other,
        }
    }
}
