//! Sources of positions: gpsd and NMEA receivers. Each turns what a receiver says into fixes and
//! keeps most of them to itself; what becomes of a fix is the machine's decision.

mod filter;
mod gpsd;
mod nmea;

use std::time::Instant;

use sanduan_protocol::node::Input;
use sanduan_protocol::node::input::SourceFix;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::config::{SourceConfig, SourceKind};
use filter::Filter;

/// Where fixes go, after the filter.
#[derive(Debug)]
struct FixDoor {
    name: String,
    inputs: mpsc::Sender<Input>,
    filter: Filter,
}

impl FixDoor {
    /// Hand a fix on if it says something new.
    async fn offer(&mut self, fix: SourceFix) {
        if self.filter.takes(&fix, Instant::now()) {
            // Closed only when the daemon is going down.
            let _ = self.inputs.send(Input::Fix(fix)).await;
        }
    }
}

/// Start all sources; dropping the set ends them.
pub fn start(sources: &[SourceConfig], inputs: &mpsc::Sender<Input>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for source in sources {
        let name = source.name.clone();
        let door = FixDoor { name, inputs: inputs.clone(), filter: Filter::default() };
        match source.kind.clone() {
            SourceKind::Gpsd { address } => tasks.spawn(gpsd::run(address, door)),
            SourceKind::NmeaSerial { device, baud } => {
                tasks.spawn(nmea::run_serial(device, baud, door))
            }
            SourceKind::NmeaFile { file, speed } => tasks.spawn(nmea::run_file(file, speed, door)),
        };
    }
    tasks
}

#[cfg(test)]
mod tests;
