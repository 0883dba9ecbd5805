//! Runs a program under `strace` and reads what it did to files: which calls, in which order,
//! with which bytes. What those calls leave on a medium is in [`super::medium`].

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Calls that make, change or sync files; `?` because not every machine has all of them.
const CALLS: &str = "trace=?open,?openat,?creat,?close,?dup,?dup2,?dup3,?fcntl,?lseek,?read,\
    ?readv,?write,?writev,?pwrite64,?pwritev,?pwritev2,?ftruncate,?truncate,?fallocate,?fsync,\
    ?fdatasync,?rename,?renameat,?renameat2,?unlink,?unlinkat,?rmdir,?mkdir,?mkdirat,?link,\
    ?linkat,?symlink,?symlinkat,?copy_file_range,?sendfile,?mmap";

/// One line of the trace, after the parts of an interrupted call were put together.
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    /// Name of the system call.
    pub name: String,
    /// Its arguments as they were printed.
    pub arguments: Vec<String>,
    /// What it returned; negative when it failed.
    pub returned: i64,
    /// For a sync: how many calls had ended when it began.
    pub begun: usize,
}

/// Run `program` to its end and return its calls in the order in which they ended.
pub fn record(program: &mut Command, trace: &Path) -> Result<Vec<Call>, String> {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-xx", "-s", "16000000", "-e", "signal=none", "-e", CALLS]);
    strace.arg("-o").arg(trace).arg("--").arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        strace.env(name, value.unwrap_or_default());
    }
    let ended = strace.stdout(Stdio::piped()).stderr(Stdio::piped()).output();
    let ended = ended.map_err(|error| format!("strace does not start: {error}"))?;
    if !ended.status.success() {
        let said = String::from_utf8_lossy(&ended.stdout);
        let why = String::from_utf8_lossy(&ended.stderr);
        return Err(format!("the traced program failed: {said}{why}"));
    }
    let text = std::fs::read_to_string(trace).map_err(|error| error.to_string())?;
    read(&text)
}

/// Whether this machine can trace: `strace` is there, and tracing is permitted.
pub fn possible() -> Result<(), String> {
    let tried = Command::new("strace").args(["-qq", "-e", "trace=none", "true"]).output();
    match tried {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => Err(format!("strace: {error}")),
    }
}

/// The calls of a trace.
pub fn read(text: &str) -> Result<Vec<Call>, String> {
    let mut calls: Vec<Call> = Vec::new();
    let mut open: Vec<(&str, String, usize)> = Vec::new();
    for line in text.lines() {
        let (thread, rest) = line.split_once(' ').ok_or("a line without a thread")?;
        let rest = rest.trim_start();
        if let Some(begun) = rest.strip_suffix("<unfinished ...>") {
            open.push((thread, begun.to_owned(), calls.len()));
        } else if let Some(resumed) = rest.strip_prefix("<... ") {
            let (_, end) = resumed.split_once(" resumed>").ok_or("a line resumed by nothing")?;
            let at = open.iter().position(|(begun, ..)| *begun == thread);
            let (_, start, begun) = open.remove(at.ok_or("resumed, but never begun")?);
            calls.extend(read_call(&(start + end), begun)?);
        } else if !rest.starts_with(['+', '-']) {
            calls.extend(read_call(rest, calls.len())?);
        }
    }
    Ok(calls)
}

fn read_call(line: &str, begun: usize) -> Result<Option<Call>, String> {
    let bad = || format!("not a call: {:.120}", line);
    let (name, rest) = line.split_once('(').ok_or_else(bad)?;
    // A call that never returned, because the program ended in it.
    let Some((arguments, returned)) = rest.rsplit_once(" = ") else { return Ok(None) };
    let returned = returned.split_whitespace().next().ok_or_else(bad)?;
    let returned = match returned.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16).map_err(|_| bad())?,
        None if returned == "?" => return Ok(None),
        None => returned.parse().map_err(|_| bad())?,
    };
    let arguments = arguments.trim_end().strip_suffix(')').ok_or_else(bad)?;
    let arguments = arguments.split(", ").map(|argument| argument.trim().to_owned()).collect();
    Ok(Some(Call { name: name.to_owned(), arguments, returned, begun }))
}

impl Call {
    /// Argument `at` as a number, octal if it begins with a zero.
    pub fn number(&self, at: usize) -> Result<u64, String> {
        let text = self.arguments.get(at).ok_or_else(|| format!("{self:?} is too short"))?;
        text.parse().map_err(|_| format!("no number: {text:.80} in {}", self.name))
    }

    /// Argument `at` as bytes.
    pub fn bytes(&self, at: usize) -> Result<Vec<u8>, String> {
        let text = self.arguments.get(at).ok_or_else(|| format!("{} is too short", self.name))?;
        let hex = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let hex = hex.ok_or_else(|| format!("not whole: {text:.80} in {}", self.name))?;
        let byte = |pair: &str| u8::from_str_radix(pair, 16).map_err(|error| error.to_string());
        hex.split("\\x").skip(1).map(byte).collect()
    }

    /// Argument `at` as a path.
    pub fn path(&self, at: usize) -> Result<PathBuf, String> {
        Ok(PathBuf::from(OsStr::from_bytes(&self.bytes(at)?)))
    }
}

#[test]
fn interrupted_calls_are_put_together() {
    let text = "7 write(3, \"\\x61\\x0a\", 2 <unfinished ...>\n\
                8 fsync(4) = 0\n\
                7 <... write resumed>) = 2\n\
                8 openat(AT_FDCWD, \"\\x2f\", O_RDONLY) = -1 ENOENT (No such file)\n";
    let calls = read(text).expect("a trace");
    let names: Vec<(&str, i64)> = calls.iter().map(|c| (c.name.as_str(), c.returned)).collect();
    assert_eq!(names, [("fsync", 0), ("write", 2), ("openat", -1)]);
    assert_eq!(calls[1].bytes(1), Ok(b"a\n".to_vec()));
    assert_eq!(calls[1].number(2), Ok(2));
}
