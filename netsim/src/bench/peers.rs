//! What other systems need for the same cases, as measured elsewhere. Nothing here is measured.

use serde::Serialize;

/// The file: one line a figure, the last column says where it comes from.
const FILE: &str = include_str!("../../data/peers-air.csv");

/// One figure of another system.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Peer {
    /// Short name of the case, as in the rows measured here.
    pub case: String,
    /// Rate of its channel, bit/s.
    pub rate_bit_s: u32,
    /// Frames lost at each hearer, percent.
    pub loss_percent: u32,
    /// Bytes, all framing counted, both directions; 0 where only time was found.
    pub bytes: u64,
    /// Seconds until done, as written in the source.
    pub seconds: String,
    /// How many were reached.
    pub reached: String,
    /// Which system.
    pub system: String,
    /// By which of its ways.
    pub how: String,
    /// Where the figure comes from.
    pub source: String,
}

/// All figures of the file. A line that cannot be read is left out; a test sees to it that none is.
pub fn peers() -> Vec<Peer> {
    FILE.lines().skip(1).filter_map(peer).collect()
}

fn peer(line: &str) -> Option<Peer> {
    let cells: Vec<&str> = line.split(',').collect();
    let [case, rate, loss, bytes, seconds, reached, system, how, source] = cells[..] else {
        return None;
    };
    Some(Peer {
        case: case.to_owned(),
        rate_bit_s: rate.parse().ok()?,
        loss_percent: loss.parse().ok()?,
        bytes: bytes.parse().ok()?,
        seconds: seconds.to_owned(),
        reached: reached.to_owned(),
        system: system.to_owned(),
        how: how.to_owned(),
        source: source.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_read_and_names_its_source() {
        assert_eq!(peers().len(), FILE.lines().count() - 1);
        let is_figure = |peer: &Peer| peer.bytes > 0 || peer.seconds != "-";
        assert!(peers().iter().all(|peer| !peer.source.is_empty() && is_figure(peer)));
        for system in ["Reticulum", "dtn7-rs", "BPv7", "negentropy", "bincode", "postcard", "JSON"]
        {
            assert!(peers().iter().any(|peer| peer.system.starts_with(system)), "{system}");
        }
    }
}
