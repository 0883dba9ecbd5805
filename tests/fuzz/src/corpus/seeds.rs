//! What the corpora begin with: bytes of the real writers. Lines of modems and receivers are in
//! [`super::lines`].

use std::collections::BTreeMap;

use sanduan_daemon::api::routes::ROUTES;
use sanduan_daemon::home::member::Member;
use sanduan_daemon::store::codec;
use sanduan_daemon::store::frame::{self, Place};
use sanduan_protocol::base::ids::{
    DepotId, DeviceId, GroupId, ItemId, Lane, LaneId, SpokenId, UnitId,
};
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::field::air::alone;
use sanduan_protocol::field::body::Body;
use sanduan_protocol::field::directory::{Entry, GroupEntry};
use sanduan_protocol::field::order::SealedNote;
use sanduan_protocol::field::order::sealed::Sealed;
use sanduan_protocol::field::stock::snapshot::{DepotRows, Snapshot};
use sanduan_protocol::field::stock::{Line, Movement};
use sanduan_protocol::keys::enrol::EnrolRequest;
use sanduan_protocol::keys::frame_key::FrameOpener;
use sanduan_protocol::keys::rekey::{Rekey, RekeyHead};
use sanduan_protocol::keys::sign::DeviceKey;
use sanduan_protocol::link::modem::kiss::Framing;
use sanduan_protocol::local::carry_file;
use sanduan_protocol::local::request::MovementKind;
use sanduan_protocol::sync::vector::HeadVector;
use sanduan_protocol::wire::bundle::{self, Section};
use sanduan_protocol::wire::notice;
use sanduan_protocol::wire::pack::Pack;
use sanduan_protocol::wire::text::{self, Model};

use super::{FILE_BYTES_MAX, lines};
use crate::targets::carry::SEALED_ANEW;
use crate::targets::{lanes, secrets};
use crate::{network, story};

/// The first inputs of a target; none for a name that is not known.
pub fn seeds(name: &str) -> Vec<Vec<u8>> {
    let mut made = match name {
        "frame" | "gateway" | "bundle" => plains(false),
        "sketch" => sketches(),
        "brief" => plains(true),
        "record" => records(),
        "directory" => vec![network::directory().packed()],
        "record-alone" => records_alone(),
        "text" => texts().map(|text| text::encode(text, Model::standard())).to_vec(),
        "certificate" => vec![network::certificate(2).emit().to_vec()],
        "join-file" => join_files(),
        "join-request" => join_requests(),
        "sheets" => vec![story::story().sheets.join("\n").into_bytes()],
        "audience" => words(&["all", "U1,U2", "几江街道", "1号单位,@500116100", "U1 U9"]),
        "village-text" => words(&["1", "2", "3 38 121", "4*2", "1-12 1", "1 2", "水位 181.2"]),
        "notice" => vec![notices()],
        "rekey" => rekeys(),
        "group" => groups(),
        "snapshot" => vec![snapshot()],
        "reassembly" => vec![parts()],
        "book" => vec![book()],
        "kiss" => vec![kiss(false), kiss(true)],
        "rdss" => lines::rdss(),
        "sbd" => lines::sbd(),
        "sms" => lines::sms(),
        "meshtastic" => lines::meshtastic(),
        "directip" => lines::directip(),
        "journal" => vec![journal()],
        "pairs" => vec![pairs()],
        "csv" => words(&[
            "code,name,kind,people,lon,lat\nU1,一中队,team,12,106.26,29.29\nU2,\"桥,东\",team,,,\n",
            "\u{feff}code,name\r\nU1,a\r\nU2,b,c\r\n",
        ]),
        "config" => config(),
        "http" => http(),
        "gpsd" => words(&[lines::GPSD]),
        "nmea" => words(&[lines::NMEA]),
        "member" => {
            vec![Member::of_join(&network::join_file()).to_text().as_bytes().to_vec()]
        }
        "disk" => vec![disk()],
        "node" => conversation(),
        "carry-file" => carried(),
        _ => Vec::new(),
    };
    made.iter_mut().for_each(|bytes| bytes.truncate(FILE_BYTES_MAX));
    made
}

fn words(words: &[&str]) -> Vec<Vec<u8>> {
    words.iter().map(|words| words.as_bytes().to_vec()).collect()
}

/// One of each kind of frame, told by its first byte, short and long.
fn plains(brief: bool) -> Vec<Vec<u8>> {
    let mut kinds: BTreeMap<(u8, bool), Vec<u8>> = BTreeMap::new();
    for (plain, _) in story::story().bundles.iter().filter(|(_, is_brief)| *is_brief == brief) {
        let first = plain.first().copied().unwrap_or_default();
        let kept = kinds.entry((first, plain.len() > 40)).or_default();
        if plain.len() > kept.len() {
            kept.clone_from(plain);
        }
    }
    kinds.into_values().collect()
}

fn stored_records() -> impl Iterator<Item = (&'static Vec<u8>, &'static Vec<u8>)> {
    let disks = story::story().disks.iter();
    disks.flat_map(|disk| disk.iter().filter(|(key, _)| key.first() == Some(&b'r')))
}

fn records() -> Vec<Vec<u8>> {
    let mut records: Vec<Vec<u8>> = stored_records().map(|(_, record)| record.clone()).collect();
    records.sort();
    records.dedup();
    records
}

fn records_alone() -> Vec<Vec<u8>> {
    let mut made = Vec::new();
    for (key, record) in stored_records() {
        let Some(id) = network::record_of_key(key) else { continue };
        let first = (id.lane.lane as u8) | (((id.seq - 1) as u8) << 2);
        made.push([&[first], alone::pack(id, record).as_slice()].concat());
    }
    made.sort();
    made.dedup();
    made
}

/// A small network, and a large one that has lost three.
fn rekeys() -> Vec<Vec<u8>> {
    let network = network::grant().id();
    let heads = [(2, 60, vec![7]), (5, 1_023, vec![3, 400, 401])];
    let made = heads.into_iter().flat_map(|(epoch, last, lost)| {
        let shut_out = lost.into_iter().map(DeviceId).collect();
        let head = RekeyHead { epoch, began_s: 1_787_011_200, last: DeviceId(last), shut_out };
        let parts = Rekey::make(&secrets::master(), &network::authority(), network, &head, None);
        parts.expect("few enough")
    });
    made.map(|part| part.packed()).collect()
}

/// All pieces of one, each with its length before it.
fn notices() -> Vec<u8> {
    let pieces = notice::pieces(&rekeys()[0], 60);
    pieces.iter().flat_map(|piece| [&[piece.len() as u8], piece.as_slice()].concat()).collect()
}

/// A group's line, and what may stand inside a seal: a text, a template with a number.
fn groups() -> Vec<Vec<u8>> {
    let line = |depots: Vec<DepotId>| {
        Entry::Group(GroupEntry {
            index: GroupId(1),
            name: "指挥组".into(),
            turn: 1,
            began_s: 7,
            units: vec![UnitId(1), UnitId(2)],
            wraps: [(DeviceId(1), [1; 16]), (DeviceId(2), [2; 16])].into(),
            depots,
        })
        .packed()
    };
    let text = text::encode("立即转移", Model::standard());
    let (order, about) = (spoken(1, 17), spoken(2, 9));
    let words = Sealed { group: GroupId(1), turn: 1, bytes: (0..20).collect() };
    let lines = vec![Line { item: ItemId(4), lot: 0, quantity: Quantity::units(20) }];
    let (kind, party, note) = (MovementKind::Issue, "中学".to_owned(), String::new());
    let movement = Movement { kind, depot: DepotId(1), lines, party, note };
    vec![
        line(vec![]),
        [&[0], text.as_slice()].concat(),
        vec![1, 4, 2, 0, 23, 1, 1],
        line(vec![DepotId(1), DepotId(2)]),
        SealedNote { order, about, words }.packed(),
        [&[0, 1], movement.packed().as_slice()].concat(),
    ]
}

fn spoken(author: u16, seq: u32) -> SpokenId {
    SpokenId { author: DeviceId(author), incarnation: 0, seq }
}

fn snapshot() -> Vec<u8> {
    let rows = |from: u16| {
        let row = |item: u16| (ItemId(item), Quantity::units(i64::from(item) * 7 - 20));
        (from..from + 6).map(row).collect()
    };
    let lane = LaneId::first(DeviceId(2), Lane::Stock);
    let depots = vec![
        DepotRows { depot: DepotId(1), counted_min: Some(90), rows: rows(1) },
        DepotRows { depot: DepotId(2), counted_min: None, rows: rows(4) },
    ];
    let page = Snapshot { basis: vec![(lane, 40)], depots };
    Body::Snapshot(page).packed()
}

fn texts() -> [&'static str; 4] {
    ["立即转移至安置点，带好药品。", "Report the level at the bridge.", "🚤 3艘 + 𠮷", ""]
}

/// A join file, and what is sealed in it: all of its certificate but the key.
fn join_files() -> Vec<Vec<u8>> {
    let join = network::join_file();
    let sealed = join.seal(&[5; 32]).expect("names are short").into_bytes();
    let certificate = join.certificate.emit();
    let mut plain = vec![0];
    plain.extend_from_slice(&join.network.epoch.to_be_bytes());
    plain.extend_from_slice(&join.network.authority);
    plain.extend_from_slice(&join.network.epoch_secret);
    let key = DeviceKey::from_seed(network::seed(2)).public();
    let at = certificate.windows(32).position(|bytes| bytes == key).expect("it names the key");
    plain.extend_from_slice(&certificate[..at]);
    plain.extend_from_slice(&certificate[at + 32..]);
    for text in [&join.network.district, &join.network.name] {
        plain.push(text.len() as u8);
        plain.extend_from_slice(text.as_bytes());
    }
    vec![sealed, plain]
}

fn join_requests() -> Vec<Vec<u8>> {
    let public = DeviceKey::from_seed(network::seed(2)).public();
    let text = EnrolRequest { suite: network::SUITE, public }.to_text();
    vec![text.into_bytes(), [&[1 << 5], public.as_slice()].concat()]
}

/// A sketch and a delta of a list that differs from the target's in two places.
fn sketches() -> Vec<Vec<u8>> {
    let ours = lanes::heads();
    let (places, mut heads): (Vec<_>, Vec<_>) = ours.iter().unzip();
    heads[7] += 3;
    heads[50] += 1;
    let theirs = HeadVector::new(places, heads, Vec::new());
    let salt = lanes::SALT;
    let sketch = Section::Sketch(theirs.sketch(theirs.symbols_for(2), &salt));
    let delta = theirs.delta(&ours, &salt).map(Section::Delta);
    [Some(sketch), delta].into_iter().flatten().map(|section| section.packed()).collect()
}

fn parts() -> Vec<u8> {
    let mut story = vec![0, 20];
    for (offset, piece) in [(10, "0123456789"), (0, "abcdefg"), (5, "fghij")] {
        story.extend_from_slice(&[0, offset, piece.len() as u8]);
        story.extend_from_slice(piece.as_bytes());
    }
    story
}

/// Records in and out of order, a seal, a part, a hand-out.
fn book() -> Vec<u8> {
    let mut story = Vec::new();
    let mut say = |what: u8, seq: u8, piece: &[u8]| {
        story.extend_from_slice(&[what, 4, 0, seq, piece.len() as u8]);
        story.extend_from_slice(piece);
    };
    say(0, 1, b"the first record");
    say(0, 3, b"the third record");
    say(0, 2, b"the second record");
    say(3, 2, &[1; 64]);
    say(6, 0, b"");
    say(7, 0, b"");
    say(4, 3, b"");
    say(5, 4, b"");
    story
}

fn kiss(crc: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    for frame in story::story().frames.iter().take(4) {
        Framing { port: 0, crc }.encode(frame, &mut bytes);
    }
    bytes
}

fn journal() -> Vec<u8> {
    let mut bytes = frame::header(frame::Kind::Log, 3).to_vec();
    for (at, pair) in story::story().disks[1].iter().take(12).enumerate() {
        let payload = codec::encode(&[(pair.0.clone(), pair.1.clone())]).expect("small");
        let place = Place { segment: 3, offset: bytes.len() as u64 };
        frame::push(&mut bytes, place, at % 3 == 1, &payload);
    }
    bytes
}

fn pairs() -> Vec<u8> {
    let disk = story::story().disks[0].iter();
    let pairs: Vec<_> = disk.take(8).map(|(key, value)| (key.clone(), value.clone())).collect();
    codec::encode(&pairs).expect("small")
}

/// The configuration that the daemon explains, without its comments; each table with the first.
fn config() -> Vec<Vec<u8>> {
    let explained = include_str!("../../../../daemon/src/config/default.toml");
    let mut tables: Vec<String> = Vec::new();
    for line in explained.lines().map(|line| line.trim_start_matches('#').trim_start()) {
        let is_head = line.starts_with('[');
        let is_key = line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
        if is_head {
            tables.push(String::new());
        }
        if let Some(table) = tables.last_mut().filter(|_| is_head || is_key) {
            table.push_str(line);
            table.push('\n');
        }
    }
    let node = tables.first().cloned().unwrap_or_default();
    let rest = tables.iter().skip(1).map(|table| format!("{node}{table}"));
    rest.chain([node.clone()]).map(String::into_bytes).collect()
}

fn http() -> Vec<Vec<u8>> {
    let routes = ROUTES.iter().enumerate().map(|(at, route)| {
        let query: Vec<String> = route.query.iter().map(|(name, _)| format!("{name}=1")).collect();
        let query = query.join(" ");
        format!("{at} id=1-1 item=E001 key=00 {query}\n{}", route.body).into_bytes()
    });
    routes.collect()
}

fn disk() -> Vec<u8> {
    let mut bytes = Vec::new();
    for (key, value) in &story::story().disks[1] {
        bytes.push(key.len() as u8);
        bytes.extend_from_slice(&(value.len() as u16).to_be_bytes());
        bytes.extend_from_slice(key);
        bytes.extend_from_slice(value);
    }
    bytes
}

/// A carry file; what its frames hold, for an insider to seal: as it is, in runs that their authors
/// seal anew, and each section in a frame of its own.
fn carried() -> Vec<Vec<u8>> {
    let file = &story::story().carry;
    let opener = FrameOpener::new(network::carry_key(), DeviceId(99));
    let frames = carry_file::frames(file).expect("it was just written");
    let opened = frames.iter().filter_map(|frame| opener.open_carried(frame, opener.keys()).ok());
    let plains: Vec<Vec<u8>> = opened.map(|opened| opened.plain).collect();
    let frame = |what: u8, plain: &[u8]| {
        [&[what], (plain.len() as u16).to_be_bytes().as_slice(), plain].concat()
    };
    let whole = |what| plains.iter().flat_map(|plain| frame(what, plain)).collect();
    let sections = plains.iter().flat_map(|plain| bundle::read(plain).0);
    let each = sections.map(|section| frame(SEALED_ANEW, &section.packed()));
    let each: Vec<Vec<u8>> = each.collect();
    vec![file.clone(), whole(0), whole(SEALED_ANEW), each.concat()]
}

/// What was said in the story, some frames to an input, told by turns as one or the other.
fn conversation() -> Vec<Vec<u8>> {
    let inputs = story::story().bundles.chunks(8).map(|frames| {
        let mut input = Vec::new();
        for (at, (plain, brief)) in frames.iter().enumerate() {
            input.push((at as u8 % 2) | (u8::from(*brief) << 3) | ((at as u8 & 1) << 2));
            input.extend_from_slice(&(plain.len() as u16).to_be_bytes());
            input.extend_from_slice(plain);
        }
        input
    });
    inputs.take(12).collect()
}
