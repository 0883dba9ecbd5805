//! From the calls of a trace to changes of the medium: who has which file open, and where it
//! stands in it. What a change does is in [`super::medium`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::medium::{Change, Medium, Name};
use super::trace::Call;

/// An open file, shared by the numbers that were duplicated.
#[derive(Clone, Debug)]
struct Opened {
    path: PathBuf,
    /// Which file of the medium; `None` for a folder.
    file: Option<usize>,
    append: bool,
}

/// What a process has open of the traced folder.
#[derive(Debug)]
pub struct Process {
    root: PathBuf,
    confirmed_path: PathBuf,
    open: Vec<(Opened, u64)>,
    numbers: BTreeMap<i64, usize>,
    /// Highest number confirmed so far.
    pub confirmed: u64,
}

impl Process {
    /// A process that will work below `root` and write what is confirmed to `confirmed_path`.
    pub fn new(root: &Path, confirmed_path: &Path, confirmed: u64) -> Process {
        Process {
            root: root.to_owned(),
            confirmed_path: confirmed_path.to_owned(),
            open: Vec::new(),
            numbers: BTreeMap::new(),
            confirmed,
        }
    }

    /// Take over one call. A call on the traced folder that is not understood is an error.
    pub fn take(&mut self, medium: &mut Medium, call: &Call) -> Result<(), String> {
        if call.returned < 0 {
            return Ok(());
        }
        match call.name.as_str() {
            "open" => self.opened(medium, call, call.path(0)?, 1)?,
            "openat" => self.opened(medium, call, self.at(call, 0)?, 2)?,
            "close" => drop(self.numbers.remove(&first(call)?)),
            "dup" | "dup2" | "dup3" => self.same(first(call)?, call.returned),
            "fcntl" if call.arguments[1].starts_with("F_DUPFD") => {
                self.same(first(call)?, call.returned);
            }
            "fcntl" => {}
            "rename" => self.renamed(medium, call.path(0)?, call.path(1)?),
            "renameat" | "renameat2" => self.renamed(medium, self.at(call, 0)?, self.at(call, 2)?),
            "unlink" | "rmdir" => self.name(medium, Name::Remove(call.path(0)?)),
            "unlinkat" => self.name(medium, Name::Remove(self.at(call, 0)?)),
            "mkdir" => self.name(medium, Name::Folder(call.path(0)?)),
            "mkdirat" => self.name(medium, Name::Folder(self.at(call, 0)?)),
            "creat" | "truncate" | "link" | "linkat" | "symlink" | "symlinkat" => {
                if call.arguments.iter().enumerate().any(|(at, _)| self.below(call, at)) {
                    return Err(format!("{} is not replayed", call.name));
                }
            }
            _ => self.on_number(medium, call)?,
        }
        Ok(())
    }

    fn below(&self, call: &Call, at: usize) -> bool {
        call.path(at).is_ok_and(|path| path.starts_with(&self.root))
    }

    fn opened(
        &mut self,
        medium: &mut Medium,
        call: &Call,
        path: PathBuf,
        flags: usize,
    ) -> Result<(), String> {
        self.numbers.remove(&call.returned);
        if !path.starts_with(&self.root) && path != self.confirmed_path {
            return Ok(());
        }
        let flags = call.arguments.get(flags).ok_or("an opening without flags")?;
        let has = |flag: &str| flags.split('|').any(|set| set == flag);
        let file = match path == self.confirmed_path || medium.is_folder(&path) {
            true => None,
            false => Some(match medium.file(&path) {
                Some(file) => file,
                None if has("O_CREAT") => medium.create(path.clone()),
                None => return Err(format!("{} was never made", path.display())),
            }),
        };
        if let (Some(file), true) = (file, has("O_TRUNC")) {
            medium.change(file, Change::Length(0));
        }
        let opened = Opened { path, file, append: has("O_APPEND") };
        self.open.push((opened, 0));
        self.numbers.insert(call.returned, self.open.len() - 1);
        Ok(())
    }

    fn same(&mut self, old: i64, new: i64) {
        match self.numbers.get(&old).copied() {
            Some(open) => self.numbers.insert(new, open),
            None => self.numbers.remove(&new),
        };
    }

    fn renamed(&self, medium: &mut Medium, from: PathBuf, to: PathBuf) {
        self.name(medium, Name::Move(from, to));
    }

    fn name(&self, medium: &mut Medium, name: Name) {
        let (Name::Link(path, _) | Name::Folder(path) | Name::Remove(path) | Name::Move(path, _)) =
            &name;
        if path.starts_with(&self.root) {
            medium.name(name);
        }
    }

    /// The path in argument `at + 1`, which may be relative to the folder in argument `at`.
    fn at(&self, call: &Call, at: usize) -> Result<PathBuf, String> {
        let path = call.path(at + 1)?;
        let folder = call.arguments[at].parse().ok().and_then(|n: i64| self.numbers.get(&n));
        Ok(folder.map_or(path.clone(), |open| self.open[*open].0.path.join(path)))
    }

    /// A call on an open file.
    fn on_number(&mut self, medium: &mut Medium, call: &Call) -> Result<(), String> {
        let Ok(number) = call.arguments[if call.name == "mmap" { 4 } else { 0 }].parse() else {
            return Ok(());
        };
        let Some(&open) = self.numbers.get(&number) else { return Ok(()) };
        let (opened, place) = &mut self.open[open];
        if opened.path == self.confirmed_path {
            if call.name == "write" {
                let text = String::from_utf8(call.bytes(1)?).map_err(|e| e.to_string())?;
                self.confirmed = text.trim().parse().map_err(|_| format!("confirmed {text}"))?;
            }
            return Ok(());
        }
        let count = call.returned as u64;
        let Some(file) = opened.file else {
            if call.name.ends_with("sync") {
                medium.sync_names(call.begun);
            }
            return Ok(());
        };
        match call.name.as_str() {
            "read" | "readv" => *place += count,
            "lseek" => *place = count,
            "write" => {
                let at = if opened.append { medium.length(file) } else { *place };
                let mut bytes = call.bytes(1)?;
                bytes.truncate(call.returned as usize);
                *place = at + count;
                medium.change(file, Change::Write(at, bytes));
            }
            "pwrite64" => {
                let mut bytes = call.bytes(1)?;
                bytes.truncate(call.returned as usize);
                medium.change(file, Change::Write(call.number(3)?, bytes));
            }
            "ftruncate" => medium.change(file, Change::Length(call.number(1)?)),
            "fsync" => {
                medium.sync_file(file, call.begun);
                medium.sync_names(call.begun);
            }
            "fdatasync" => medium.sync_file(file, call.begun),
            "mmap" if !call.arguments[3].contains("MAP_SHARED") => {}
            other => return Err(format!("{other} on {} is not replayed", opened.path.display())),
        }
        Ok(())
    }
}

fn first(call: &Call) -> Result<i64, String> {
    call.arguments[0].parse().map_err(|_| format!("no file number in {}", call.name))
}
