//! The one table of readers. A target gets any bytes and says whether it understood something of
//! them; it must come back, and hold no more memory than the length of its input explains.

mod air;
pub mod carry;
pub mod lanes;
mod modems;
mod outside;
mod people;
pub mod secrets;
mod whole;

/// One reader of foreign bytes.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name: of its corpus, of its coverage-guided target, and of findings.
    pub name: &'static str,
    /// Read these bytes; true if something of them was understood.
    pub run: fn(&[u8]) -> bool,
    /// Longest input that is made.
    pub bytes_max: usize,
    /// Bytes it may hold, whatever the input.
    pub fixed_bytes: usize,
    /// Bytes it may hold besides for each byte of the input.
    pub bytes_per_byte: usize,
}

impl Target {
    /// Bytes that it may hold for an input of this length.
    pub fn memory(&self, length: usize) -> usize {
        self.fixed_bytes + self.bytes_per_byte * length
    }
}

const fn target(name: &'static str, run: fn(&[u8]) -> bool, bytes_max: usize) -> Target {
    // A small value, its reasons and some lists: most of what is read takes far less.
    Target { name, run, bytes_max, fixed_bytes: 64 * 1024, bytes_per_byte: 64 }
}

/// The same with room for what it builds before it reads.
const fn with_room(target: Target, fixed_bytes: usize) -> Target {
    Target { fixed_bytes, ..target }
}

/// Every target.
pub const TARGETS: &[Target] = &[
    target("frame", air::frame, 1400),
    with_room(target("bundle", air::bundle, 2048), 256 * 1024),
    target("brief", air::brief, 64),
    target("record", air::record, 2100),
    target("directory", people::directory, 2100),
    with_room(target("record-alone", air::record_alone, 2100), 256 * 1024),
    with_room(target("text", air::text, 400), 256 * 1024),
    target("certificate", people::certificate, 200),
    target("join-file", people::join_file, 1200),
    target("join-request", people::join_request, 600),
    target("sheets", people::sheets, 2048),
    target("audience", people::audience, 300),
    target("village-text", people::village_text, 300),
    target("notice", secrets::notice, 2048),
    target("rekey", secrets::rekey, 1800),
    with_room(target("group", secrets::group, 2100), 256 * 1024),
    with_room(target("snapshot", air::snapshot, 2048), 256 * 1024),
    with_room(target("reassembly", lanes::reassembly, 2048), 512 * 1024),
    with_room(target("book", lanes::book, 2048), 512 * 1024),
    with_room(target("sketch", lanes::sketch, 512), 512 * 1024),
    target("kiss", modems::kiss, 2048),
    target("rdss", modems::rdss, 2048),
    target("sbd", modems::sbd, 2048),
    target("sms", modems::sms, 2048),
    target("meshtastic", modems::meshtastic, 2048),
    target("directip", modems::directip, 2600),
    target("gateway", modems::gateway, 300),
    with_room(target("journal", outside::journal, 4096), 1024 * 1024),
    target("pairs", outside::pairs, 4096),
    target("csv", outside::csv, 4096),
    with_room(target("config", outside::config, 4096), 256 * 1024),
    target("http", outside::http, 4096),
    target("gpsd", outside::gpsd, 2048),
    target("nmea", outside::nmea, 1024),
    target("member", outside::member, 2048),
    with_room(target("disk", whole::disk, 4096), 4 * 1024 * 1024),
    with_room(target("node", whole::node, 4096), 4 * 1024 * 1024),
    with_room(target("carry-file", carry::carry_file, 8192), 4 * 1024 * 1024),
];
