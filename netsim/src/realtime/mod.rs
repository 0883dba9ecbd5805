//! The one room with sockets, threads and a clock: puts the pure channel of [`crate::air`] in
//! front of real daemons. Each station is a KISS TNC on a loopback TCP port, or a gateway by
//! UDP. Which frames arrive is decided in `air`, never here.
//!
//! ```text
//! daemon ── TCP, KISS ── reader ─┐                              ┌─ writer ── TCP, KISS ── daemon
//!                      accepter ─┼─ Happened ─→ hub ─ Air ──────┤
//! person, script ── stdin ───────┘  (one thread, in order)      └─ report: text, JSON, file
//! ```

#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "the room in real time")]

mod client;
mod control;
mod crash;
mod crypto_speed;
mod gateway;
mod hub;
mod key_speed;
mod many;
mod modem;
mod options;
mod page;
mod progress;
mod pty;
mod record_speed;
mod report;
mod scenario;
mod screen;
mod shore;
mod shrink;
mod sketch_speed;
mod speed;
mod swarm_speed;
mod tell;
mod trace;
mod tunnel;

pub use control::{BadCommand, Command};
pub use crash::{CrashError, crash_matrix};
pub use crypto_speed::{CryptoRow, crypto_speed};
pub use hub::{Hub, HubError};
pub use key_speed::key_speed;
pub use many::{Many, Summary};
pub use modem::{ModemError, ModemOptions, run_terminals};
pub use options::{BadNumber, Language, Options, loss_ppm, span_ms};
pub use record_speed::{SpeedRow, record_speed, speed_table};
pub(crate) use report::columns_of;
pub use report::{Report, StationRow};
pub use scenario::{ScenarioError, ScenarioPlan, run_scenario};
pub use shore::ShoreOptions;
pub use shrink::{PlotError, read_plot, run_plot, shrink_seed};
pub use sketch_speed::{SketchRow, sketch_line, sketch_speed};
pub use speed::text_speed;
pub use swarm_speed::swarm_speed;
pub use tell::{Telling, replay, run, swarm};
pub use tunnel::{Address, TunnelError, TunnelOptions, run_tunnel};
