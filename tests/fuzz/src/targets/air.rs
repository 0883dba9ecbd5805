//! What comes in frames: the frame, what it says, and the records in it.

use std::cell::RefCell;

use sanduan_protocol::base::caps::TEXT_BYTES_MAX;
use sanduan_protocol::base::ids::{DeviceId, Lane, LaneId};
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::field::air::{self, alone, fixes};
use sanduan_protocol::field::body::Body;
use sanduan_protocol::keys::frame_key::{FrameOpener, FrameSealer, Manner};
use sanduan_protocol::wire::bundle::{self, Section};
use sanduan_protocol::wire::frame::NumberForm;
use sanduan_protocol::wire::pack::Pack;
use sanduan_protocol::wire::record::{Head, kind};
use sanduan_protocol::wire::text::{self, Model};

use crate::network;

/// An opener and an insider who seals, kept because deriving their keys costs more than a frame.
struct Pair {
    opener: FrameOpener,
    sealer: FrameSealer,
}

/// Who is known to speak on the link.
const SPEAKERS: [DeviceId; 2] = [DeviceId(3), DeviceId(2)];

fn hearer() -> FrameOpener {
    FrameOpener::new(network::frame_key(), DeviceId(1))
}

thread_local! {
    static PAIR: RefCell<Pair> = RefCell::new(Pair {
        opener: hearer(),
        sealer: network::sealer(2),
    });
}

/// As it comes from the air, and sealed by a member, with its number whole and without its name:
/// the first must be refused, the others are read.
pub fn frame(bytes: &[u8]) -> bool {
    PAIR.with(|pair| {
        let Pair { opener, sealer } = &mut *pair.borrow_mut();
        let raw = opener.open_carried(bytes, opener.keys()).is_ok()
            || opener.open_among(bytes, &SPEAKERS, Mono(0)).is_ok();
        let nameless = Manner { number: NumberForm::Nameless, ..Manner::SHORT };
        let (Ok(sealed), Ok(nameless)) =
            (sealer.seal(bytes, Manner::WHOLE), sealer.seal(bytes, nameless))
        else {
            // Its numbers are used up, or it is too long.
            (*opener, *sealer) = (hearer(), network::sealer(2));
            return false;
        };
        let opened = opener.open_carried(&sealed, opener.keys()).expect("a member sealed it");
        assert_eq!(opened.plain, bytes, "what is opened is what was sealed");
        assert!(opener.acquaint(opened.sender, opened.number, Mono(0)));
        let again = opener.open_among(&nameless, &SPEAKERS, Mono(0)).expect("it speaks here");
        assert_eq!((again.sender, again.plain.as_slice()), (opened.sender, bytes));
        raw || !bundle::read(&opened.plain).0.is_empty()
    })
}

/// Sections of a frame. What was read is written and read again the same.
pub fn bundle(bytes: &[u8]) -> bool {
    let (sections, _) = bundle::read(bytes);
    let ground = network::story_directory().ground(DeviceId(2));
    let mut again = Vec::new();
    for section in &sections {
        section.pack(&mut again);
        match section {
            Section::Packed(run) => drop(air::open(run, DeviceId(2))),
            Section::Fixes(of) => drop(fixes::open(of, DeviceId(2), &ground)),
            _ => {}
        }
    }
    let (read_again, error) = bundle::read(&again);
    assert_eq!((&read_again, error), (&sections, None), "{bytes:02x?}");
    !sections.is_empty()
}

/// The one section of a brief frame.
pub fn brief(bytes: &[u8]) -> bool {
    let Ok(section) = sanduan_protocol::wire::brief::read(bytes) else { return false };
    let again = sanduan_protocol::wire::brief::pack(&section);
    again.is_none_or(|again| sanduan_protocol::wire::brief::read(&again) == Ok(section))
}

/// A record and what it means. What was read is written and read again the same.
pub fn record(bytes: &[u8]) -> bool {
    let Ok((head, body)) = Head::split(bytes) else { return false };
    let Ok(body) = Body::parse(head.kind, body) else { return false };
    if !matches!(body, Body::Unknown { .. }) {
        let again = head.with_body(&body.packed());
        let (head_again, bytes_again) = Head::split(&again).expect("we wrote it");
        assert_eq!(head_again, head);
        assert_eq!(Body::parse(head.kind, bytes_again), Ok(body), "{bytes:02x?}");
    }
    true
}

/// A page of what lies in many depots. What was read is written and read again the same.
pub fn snapshot(bytes: &[u8]) -> bool {
    let Ok(body) = Body::parse(kind::SNAPSHOT, bytes) else { return false };
    assert_eq!(Body::parse(kind::SNAPSHOT, &body.packed()), Ok(body), "{bytes:02x?}");
    true
}

/// A record as it goes in parts; the first byte chooses the lane.
pub fn record_alone(bytes: &[u8]) -> bool {
    let Some((first, whole)) = bytes.split_first() else { return false };
    let Some(lane) = Lane::from_u8(first & 3) else { return false };
    alone::unpack(LaneId::first(DeviceId(2), lane).at(1 + u32::from(first >> 2)), whole).is_ok()
}

/// A short text by the model.
pub fn text(bytes: &[u8]) -> bool {
    text::decode(bytes, Model::standard(), TEXT_BYTES_MAX)
        .is_ok_and(|text| text.len() <= TEXT_BYTES_MAX)
}
