//! Made-up worlds for the machines of sanduan: channels, modems, disks and clocks drawn from one
//! seed. Everything is pure, virtual time in and events out, except [`realtime`], the one room
//! that opens sockets so that real daemons can be run over a made-up radio.

pub mod air;
pub mod bench;
pub mod crypto;
pub mod matrix;
pub mod modem;
pub mod realtime;
pub mod report;
pub mod scenario;
pub mod swarm;
pub mod tunnel;
pub mod world;
