//! One line per event of the channel, for a person who watches or a program that reads.

use std::io::{self, Write};

use sanduan_protocol::base::time::Mono;

use crate::air::{AirEvent, Miss};

/// Print an event as `   12.345 A>B delivered 60`, or as JSON.
///
/// # Errors
/// `output` cannot be written.
pub(super) fn print_event(
    at: Mono,
    event: &AirEvent,
    json: bool,
    output: &mut impl Write,
) -> io::Result<()> {
    let (who, word, bytes) = match event {
        AirEvent::Keyed { station } => (station.to_string(), "keyed", None),
        AirEvent::Unkeyed { station } => (station.to_string(), "unkeyed", None),
        AirEvent::Delivered { from, station, frame } => {
            (format!("{from}>{station}"), "delivered", Some(frame.len()))
        }
        AirEvent::Missed { from, station, bytes, why } => {
            let word = match why {
                Miss::Lost => "lost",
                Miss::Collided => "collided",
                Miss::Deaf => "deaf",
            };
            (format!("{from}>{station}"), word, Some(*bytes))
        }
    };
    match (json, bytes) {
        (true, bytes) => {
            let line = serde_json::json!({
                "at_ms": at.0, "who": who, "event": word, "bytes": bytes,
            });
            writeln!(output, "{line}")
        }
        (false, Some(bytes)) => {
            writeln!(output, "{:5}.{:03} {who} {word} {bytes}", at.0 / 1000, at.0 % 1000)
        }
        (false, None) => writeln!(output, "{:5}.{:03} {who} {word}", at.0 / 1000, at.0 % 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::air::StationId;

    #[test]
    fn events_are_one_line_each() {
        let missed = AirEvent::Missed {
            from: StationId(0),
            station: StationId(1),
            bytes: 60,
            why: Miss::Collided,
        };
        let keyed = AirEvent::Keyed { station: StationId(2) };
        let mut output = Vec::new();
        for (event, json) in [(&missed, false), (&keyed, false), (&missed, true)] {
            print_event(Mono(12_345), event, json, &mut output).expect("memory can be written");
        }
        let want = "   12.345 A>B collided 60\n   12.345 C keyed\n\
            {\"at_ms\":12345,\"bytes\":60,\"event\":\"collided\",\"who\":\"A>B\"}\n";
        assert_eq!(String::from_utf8_lossy(&output), want);
    }
}
