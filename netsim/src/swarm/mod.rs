//! Swarms: each seed draws a world and its own faults, people work in it, an oracle that sees all
//! nodes holds them to their promises; then the faults stop and the world must heal.
//!
//! ```text
//! options.rs what a seed draws          people.rs  who enters what, and what they were told
//! ground.rs  the world and its faults   insider.rs a device that was carried off
//! inside.rs  what a node believes, told to whoever looks into a seed
//! outsider.rs who has no key           foes.rs   both of them
//! oracle/    safety, each second        calm.rs    liveness, once the faults have stopped
//! laying.rs  what a link is made of     rounds.rs  the vehicle and its stick
//! planner.rs which faults strike        plot/      a story as a file, and how it is made small
//! density.rs how much happens in a day
//! seen.rs    what befell it in numbers
//! history.rs one seed told              seeds side by side: realtime/many.rs
//! ```

mod calm;
mod density;
mod foes;
mod gap;
pub(crate) mod ground;
mod history;
mod inside;
mod insider;
mod laying;
mod options;
pub(crate) mod oracle;
mod outsider;
pub(crate) mod people;
mod planner;
pub mod plot;
mod rounds;
mod seen;

pub use calm::Calm;
pub(crate) use calm::Watch;
pub use history::{History, Outcome, Wanted, checker_of};
pub use options::{AirFaults, Bounds, Cuts, DiskFaults, Left, LinkPlan, Options, Parting, Twin};
pub use oracle::CHECKERS;
pub use people::Answers;
pub use plot::Plot;
pub use seen::Seen;
