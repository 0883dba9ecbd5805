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

pub use gpsd::{Report, Sky, Tpv, read_report};
pub use nmea::{Epoch, Heard};

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

/// The running sources; dropping them ends them.
#[derive(Debug)]
pub struct Sources {
    inputs: mpsc::Sender<Input>,
    running: Vec<(SourceConfig, JoinSet<()>)>,
}

impl Sources {
    /// None yet; fixes go to `inputs`.
    pub fn new(inputs: mpsc::Sender<Input>) -> Sources {
        Sources { inputs, running: Vec::new() }
    }

    /// Let exactly these sources run: what is gone or changed ends, what is new or changed
    /// starts, the rest is not touched.
    pub async fn apply(&mut self, sources: &[SourceConfig]) {
        let running = std::mem::take(&mut self.running);
        for (config, mut tasks) in running {
            match sources.contains(&config) {
                true => self.running.push((config, tasks)),
                // A port must be free before it is opened again.
                false => tasks.shutdown().await,
            }
        }
        for source in sources {
            if !self.running.iter().any(|(config, _)| config == source) {
                self.running.push((source.clone(), self.start(source)));
            }
        }
    }

    fn start(&self, source: &SourceConfig) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        let name = source.name.clone();
        let door = FixDoor { name, inputs: self.inputs.clone(), filter: Filter::default() };
        match source.kind.clone() {
            SourceKind::Gpsd { address } => tasks.spawn(gpsd::run(address, door)),
            SourceKind::NmeaSerial { device, baud } => {
                tasks.spawn(nmea::run_serial(device, baud, door))
            }
            SourceKind::NmeaFile { file, speed } => tasks.spawn(nmea::run_file(file, speed, door)),
        };
        tasks
    }
}

#[cfg(test)]
mod tests;
