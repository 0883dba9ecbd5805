//! The bytes of attachments, what is refused, and that the shelf does not depend on the order in
//! which records come.

use proptest::prelude::*;

use super::*;
use crate::base::caps::FILES_MAX;
use crate::base::ids::{DeviceId, Lane, LaneId};
use crate::base::time::Hlc;
use crate::field::body::{Body, Placed};
use crate::field::directory::Directory;
use crate::wire::record::{Person, kind};

const GOLDEN: &str = include_str!("../../../golden/attachment.hex");

fn photo(number: u8) -> Attachment {
    Attachment {
        hash: [number; 32],
        bytes: 5_000_000,
        name: "塌方现场.jpg".into(),
        mime: "image/jpeg".into(),
        about: None,
        note: String::new(),
    }
}

fn sheet() -> Attachment {
    let about = Some(SpokenId { author: DeviceId(1), incarnation: 2, seq: 17 });
    let (name, mime) = ("签收单.pdf".into(), "application/pdf".into());
    Attachment { about, bytes: 1, name, mime, note: "第3页缺章".into(), ..photo(9) }
}

#[test]
fn the_bytes_are_those_of_the_golden_file() {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let line = |name: &str, file: Attachment| {
        format!("{name} {:02x} {}", kind::ATTACHMENT, hex(&file.packed()))
    };
    let made = [line("photo", photo(7)), line("sheet-of-an-order", sheet())];
    let kept: Vec<&str> = GOLDEN.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(kept == made, "golden/attachment.hex holds other bytes; made:\n{}\n", made.join("\n"));
}

#[test]
fn an_attachment_goes_both_ways_in_the_report_lane() {
    for file in [photo(7), sheet()] {
        let body = Body::Attachment(file);
        assert_eq!(body.lane(), Some(Lane::Report));
        assert_eq!(Body::parse(body.kind(), &body.packed()), Ok(body));
    }
}

#[test]
fn names_that_could_leave_their_folder_and_sizes_out_of_bounds_are_refused() {
    for name in ["", "../x", "a/b", "a\\b", ".bashrc", "a\nb", "\u{1b}[2J"] {
        let file = Attachment { name: name.into(), ..photo(1) };
        assert!(Attachment::unpack_all(&file.packed()).is_err(), "{name:?}");
    }
    for bytes in [0, FILE_BYTES_MAX + 1] {
        assert!(Attachment { bytes, ..photo(1) }.check().is_err(), "{bytes}");
    }
    for mime in ["", "image/jpeg; x", "图片", &"x".repeat(MIME_BYTES_MAX + 1)] {
        assert!(Attachment { mime: mime.into(), ..photo(1) }.check().is_err(), "{mime}");
    }
}

#[test]
fn the_shelf_is_the_same_in_any_order_and_keeps_the_newest() {
    let lane = LaneId::first(DeviceId(1), Lane::Report);
    let count = FILES_MAX as u32 + 3;
    let files: Vec<(u32, Attachment)> = (1..=count).map(|seq| (seq, photo(seq as u8))).collect();
    let told = |files: &mut dyn Iterator<Item = &(u32, Attachment)>| {
        let mut shelf = Shelf::default();
        for (seq, body) in files {
            let at = Hlc { wall_ms: u64::from(*seq), count: 0 };
            shelf.apply(&Placed { id: lane.at(*seq), at, person: &Person::Nobody, body });
        }
        shelf
    };
    let forth = told(&mut files.iter());
    assert_eq!(forth, told(&mut files.iter().rev()));
    let rows = forth.rows(&Directory::new());
    assert_eq!((rows.len(), rows[0].id.seq, rows[rows.len() - 1].id.seq), (FILES_MAX, count, 4));
}

proptest! {
    #[test]
    fn hostile_attachments_never_panic(bytes: Vec<u8>) {
        if let Ok(file) = Attachment::unpack_all(&bytes) {
            prop_assert!(file.check().is_ok());
        }
    }
}
