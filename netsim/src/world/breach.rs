//! A promise that was broken, and the hook for those who watch for it. The contract of the run loop
//! is watched by the world itself; what records mean is watched by checkers from outside.

use std::fmt;

use sanduan_protocol::base::time::Mono;

use super::host::HostId;
use super::world::World;

/// A broken promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// When it was seen.
    pub at: Mono,
    /// On which host.
    pub host: HostId,
    /// Which promise, and how.
    pub what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms, host {}: {}", self.at.0, self.host.0, self.what)
    }
}

/// Watches a world after everything that happens to a host.
pub trait Checker<M> {
    /// Something happened to `host`. Says which promise is broken, if one is.
    fn after(&mut self, world: &World<M>, host: HostId) -> Result<(), String>;
}
