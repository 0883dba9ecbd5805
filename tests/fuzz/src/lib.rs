//! Every reader of bytes that come from outside, as one table of names and functions, and what
//! drives it: a small corpus made by the real writers, a mutator with a seed, and a meter of
//! memory. The table is shared by the command here, by the test that every check runs, and by the
//! coverage-guided targets in `fuzz/`. What is right about a value is tested where it is read.

pub mod corpus;
pub mod drive;
pub mod mutate;
pub mod network;
pub mod remembering;
pub mod story;
pub mod targets;

pub use targets::{TARGETS, Target};

use peak_alloc::PeakAlloc;

/// Counts every byte that is asked for, so that a reader which believes a length is found.
#[global_allocator]
pub static HEAP: PeakAlloc = PeakAlloc;

/// Drive one target once with the bytes of a coverage-guided fuzzer.
///
/// # Panics
/// The target does, or it takes more memory than it may: both are what is searched for.
pub fn once(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.unwrap_or_else(|| panic!("there is no target {name}"));
    if input.len() <= target.bytes_max
        && let Err(fault) = drive::metered(target, input)
    {
        panic!("{name}: {fault}");
    }
}
