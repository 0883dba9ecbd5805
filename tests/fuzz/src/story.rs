//! What three devices say while they do what people ask of them: the real writers make the frames,
//! records and files that the corpora begin with.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use axum::body::Bytes;
use sanduan_daemon::api::ask;
use sanduan_daemon::api::routes::Call;
use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::keys::frame_key::FrameOpener;
use sanduan_protocol::local::{Reply, Request};
use sanduan_protocol::node::Input;

use crate::network::{Disk, Host, LINKS, directory, frame_key};

/// What three devices said and stored while they did what people ask of them.
#[derive(Debug, Default)]
pub struct Story {
    /// What the first and the second had on their disks.
    pub disks: [Disk; 2],
    /// Plain bytes of frames, and whether they were brief.
    pub bundles: Vec<(Vec<u8>, bool)>,
    /// Frames as sent.
    pub frames: Vec<Vec<u8>>,
    /// A carry file of everything.
    pub carry: Vec<u8>,
    /// Texts of codes.
    pub sheets: Vec<String>,
}

const BODIES: [(u16, Call, &str); 9] = [
    (
        1,
        Call::SendOrder,
        r#"{"to":"all","class":"flash","text":"立即转移至安置点","act_by_s":1200}"#,
    ),
    (2, Call::SendReceipt, r#"{"rung":"acknowledged","note":"收到","person":"李"}"#),
    (
        2,
        Call::PostMovements,
        r#"{"kind":"receive","depot":"D02","lines":[{"item":"E001","quantity":"40"}]}"#,
    ),
    (2, Call::ShipWaybill, r#"{"from":"D02","to":"D01","lines":[{"item":"E001","quantity":"4"}]}"#),
    (
        1,
        Call::ArriveWaybill,
        r#"{"lines":[{"item":"E001","received":"3","damaged":"1"}],"person":"刘"}"#,
    ),
    (
        2,
        Call::PostCount,
        r#"{"depot":"D02","lines":[{"item":"E001","quantity":"35"}],"note":"借出"}"#,
    ),
    (
        2,
        Call::ReportPosition,
        r#"{"point":{"lat_e7":292912000,"lon_e7":1062687000},"state":"arrived"}"#,
    ),
    (1, Call::CancelOrder, r#"{"reason":"情况有变","person":"李"}"#),
    (
        1,
        Call::SendOrder,
        r#"{"to":"U2","class":"routine","text":"Report the level at the bridge"}"#,
    ),
];

/// The story, told once.
pub fn story() -> &'static Story {
    static STORY: OnceLock<Story> = OnceLock::new();
    STORY.get_or_init(tell)
}

fn tell() -> Story {
    let mut first = Host::open(1, &Disk::new());
    let now = first.now();
    first.node.publish(vec![directory()], now).expect("it is the authority");
    first.drain();
    let known: Disk = first
        .disk
        .iter()
        .filter(|(key, _)| matches!(key.first(), Some(b'r' | b's')))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let mut hosts = [first, Host::open(2, &known), Host::open(3, &known)];
    let mut story = Story::default();
    let mut opener = FrameOpener::new(frame_key(), DeviceId(99));
    for (device, call, body) in BODIES {
        // A flash order has a number of its own kind.
        let id = if call == Call::ArriveWaybill { "2-2" } else { "1.0-1" };
        let params = BTreeMap::from([("id".to_owned(), id.to_owned())]);
        let request =
            ask::request(call, &params, &BTreeMap::new(), &Bytes::from_static(body.as_bytes()));
        let host = &mut hosts[usize::from(device) - 1];
        host.ask(request.expect("the body is right"));
        for _ in 0..40 {
            round(&mut hosts, &mut story, &mut opener);
        }
    }
    for request in [
        Request::CarryExport { for_device: None },
        Request::CarrySheets { for_device: None, bytes_max: 1000, chars_max: 114 },
    ] {
        hosts[0].ask(request);
        for reply in hosts[0].replies.drain(..) {
            match reply.expect("there is something to carry") {
                Reply::CarryFile { bytes, .. } => story.carry = bytes,
                Reply::CarrySheets { sheets, .. } => story.sheets = sheets,
                _ => {}
            }
        }
    }
    story.disks = [hosts[0].disk.clone(), hosts[1].disk.clone()];
    story
}

/// Half a second: what was sent is heard by the others, and the links are ready again.
fn round(hosts: &mut [Host; 3], story: &mut Story, opener: &mut FrameOpener) {
    for from in 0..hosts.len() {
        for (link, frame) in std::mem::take(&mut hosts[from].sent) {
            opener.set_clock(hosts[from].now().wall);
            if let Ok(opened) = opener.open_among(&frame, &[DeviceId(from as u16 + 1)], Mono(0)) {
                story.bundles.push((opened.plain, opened.brief));
                story.frames.push(frame.clone());
            }
            // The link of two stands between the first two devices.
            let hears = |to: usize| to != from && (link == LINKS[1] || to + from == 1);
            for to in (0..hosts.len()).filter(|to| hears(*to)) {
                hosts[to].input(Input::Heard { link, frame: frame.clone() });
            }
            hosts[from].input(Input::LinkReady { link });
        }
    }
    for host in hosts {
        host.now_ms += 500;
        host.input(Input::Tick);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_has_something_of_everything() {
        let story = story();
        let records = |disk: &Disk| disk.keys().filter(|key| key.first() == Some(&b'r')).count();
        assert!(records(&story.disks[0]) >= 7, "{}", records(&story.disks[0]));
        assert!(story.bundles.len() > 30, "{}", story.bundles.len());
        let (carry, sheets) = (story.carry.len(), story.sheets.len());
        assert!(carry > 200 && sheets > 0, "{carry} bytes, {sheets} sheets");
    }
}
