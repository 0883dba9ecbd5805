//! One line per event of the channel, for a person who watches or a program that reads.

use sanduan_protocol::base::time::Mono;

use crate::air::{AirEvent, Miss};

/// An event as `   12.345 A>B delivered 60`, or as JSON.
pub(super) fn event_line(at: Mono, event: &AirEvent, json: bool) -> String {
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
    let (seconds, ms) = (at.0 / 1000, at.0 % 1000);
    match (json, bytes) {
        (true, bytes) => {
            let event = serde_json::json!({
                "at_ms": at.0, "who": who, "event": word, "bytes": bytes,
            });
            event.to_string()
        }
        (false, Some(bytes)) => format!("{seconds:5}.{ms:03} {who} {word} {bytes}"),
        (false, None) => format!("{seconds:5}.{ms:03} {who} {word}"),
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
        let line = |event, json| event_line(Mono(12_345), event, json);
        assert_eq!(line(&missed, false), "   12.345 A>B collided 60");
        assert_eq!(line(&keyed, false), "   12.345 C keyed");
        let json = r#"{"at_ms":12345,"bytes":60,"event":"collided","who":"A>B"}"#;
        assert_eq!(line(&missed, true), json);
    }
}
