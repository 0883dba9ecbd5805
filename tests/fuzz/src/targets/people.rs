//! What people hand in: who is who, join files, codes, names, texts.

use std::cell::RefCell;

use sanduan_protocol::field::directory::{Directory, Entry};
use sanduan_protocol::field::village::grammar;
use sanduan_protocol::keys::certificate::SignedCertificate;
use sanduan_protocol::keys::enrol::{EnrolRequest, JoinFile};
use sanduan_protocol::keys::sign::DeviceKey;
use sanduan_protocol::wire::armor::Armor;
use sanduan_protocol::wire::pack::Pack;
use sanduan_protocol::wire::sheet::{self, Joiner};

use crate::network::{self, SUITE};

/// Entries of the directory, laid over one that is known.
pub fn directory(bytes: &[u8]) -> bool {
    let Ok(entries) = Vec::<Entry>::unpack_all(bytes) else { return false };
    let mut known = Directory::new();
    known.apply_record(1, &network::directory());
    known.apply_record(2, &entries);
    drop(Directory::summary(&entries));
    true
}

/// A certificate: read, and written again the same.
pub fn certificate(bytes: &[u8]) -> bool {
    let Ok(signed) = SignedCertificate::read(bytes) else { return false };
    assert_eq!(signed.emit().as_slice(), bytes);
    let network = network::grant();
    let _ = signed.verify(SUITE, &network.authority, network.id());
    true
}

/// A join file as its text, as the bytes in its text, and as what is sealed in them.
pub fn join_file(bytes: &[u8]) -> bool {
    thread_local! {
        static KEY: RefCell<DeviceKey> = RefCell::new(DeviceKey::from_seed(network::seed(2)));
    }
    KEY.with_borrow(|key| {
        let text = JoinFile::open(&String::from_utf8_lossy(bytes), key).is_ok();
        let join = Armor { label: "SDJOIN", group: 0 };
        let armored = bytes.len() <= 900 && JoinFile::open(&join.write(bytes), key).is_ok();
        text || armored || JoinFile::from_plain(bytes, key).is_ok()
    })
}

/// A request to be admitted, as its text and as the bytes in it.
pub fn join_request(bytes: &[u8]) -> bool {
    let text = EnrolRequest::from_text(SUITE, &String::from_utf8_lossy(bytes)).is_ok();
    let armored = Armor { label: "SDREQ", group: 5 }.write(bytes);
    text || EnrolRequest::from_text(SUITE, &armored).is_ok()
}

/// Scanned codes, one a line; and a sequence of codes made of the same bytes.
pub fn sheets(bytes: &[u8]) -> bool {
    let mut joiner = Joiner::default();
    let text = String::from_utf8_lossy(bytes);
    let taken = text.lines().filter(|line| joiner.offer(line).is_ok()).count();
    drop(joiner.whole());
    if let Ok(sheets) = sheet::split(bytes, 60 + bytes.len() % 200) {
        let mut joiner = Joiner::default();
        assert!(sheets.iter().all(|sheet| joiner.offer(sheet).is_ok()));
        assert_eq!(joiner.whole(), Some(Ok(bytes.to_vec())));
    }
    taken > 0
}

/// Whom an order is for, as typed.
pub fn audience(bytes: &[u8]) -> bool {
    let directory = network::story_directory();
    let parsed = directory.parse_audience(&String::from_utf8_lossy(bytes));
    parsed.is_ok_and(|targets| !directory.expand(&targets, 1).is_empty())
}

/// What a handset sent.
pub fn village_text(bytes: &[u8]) -> bool {
    !matches!(grammar::read(&String::from_utf8_lossy(bytes)), grammar::Said::Unknown)
}
