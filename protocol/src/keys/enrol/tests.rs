//! Requests and join files: between the right people, the wrong ones, and hostile ones.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::base::roles::Roles;
use crate::keys::certificate::Certificate;
use crate::keys::subtree::TreeMaster;
use crate::keys::suite::{UNDER_TEST, UNSOUND};

/// Version 1 and the suite.
const HEAD: u8 = if cfg!(feature = "guomi") { 0x28 } else { 0x20 };

#[cfg(not(feature = "guomi"))]
const GOLDEN: &str = include_str!("../../../golden/enrol.txt");
#[cfg(feature = "guomi")]
const GOLDEN: &str = include_str!("../../../golden/guomi/enrol.txt");

fn authority() -> DeviceKey {
    DeviceKey::of(UNDER_TEST, [1; 32])
}

fn device() -> DeviceKey {
    DeviceKey::of(UNDER_TEST, [2; 32])
}

fn grant() -> NetworkGrant {
    NetworkGrant {
        suite: UNDER_TEST,
        district: "500116".into(),
        name: "江津区".into(),
        drill: false,
        authority: authority().public(),
        epoch_secret: [7; 32],
        epoch: 5,
        grant: None,
    }
}

/// With what join files have that are made today.
fn granted() -> NetworkGrant {
    let network = grant();
    let master = TreeMaster::new(UNDER_TEST, network.id(), &[1; 32]);
    let grant = EpochGrant {
        began_s: 1_755_561_600,
        day: 3,
        standing: [8; 32],
        path: Some(master.path(DeviceId(4), 5)),
    };
    NetworkGrant { grant: Some(grant), ..network }
}

fn certificate(network: &NetworkGrant) -> SignedCertificate {
    let certificate = Certificate {
        serial: 4,
        issuer: DeviceId(0),
        device: DeviceId(4),
        public: device().public(),
        roles: Roles::RECEIPT.with(Roles::POSITION),
        unit: UnitId(31),
        depot: None,
        not_before_s: 1_755_561_600,
        lifetime_h: 0,
        leaf: 4,
    };
    certificate.issue(&authority(), network.id()).expect("sound")
}

fn join_of(network: NetworkGrant) -> JoinFile {
    JoinFile { certificate: certificate(&network), network, issuer: None }
}

fn join() -> JoinFile {
    join_of(grant())
}

/// As a field issuer, device 2, admits: it has no keys of the tree to give.
fn issued() -> JoinFile {
    let issuer = DeviceKey::of(UNDER_TEST, [3; 32]);
    let mut network = granted();
    network.grant.iter_mut().for_each(|grant| grant.path = None);
    let term = Certificate {
        serial: 2,
        device: DeviceId(2),
        public: issuer.public(),
        roles: Roles::ISSUER,
        unit: UnitId(2),
        lifetime_h: 72,
        leaf: 2,
        ..*certificate(&network).unverified()
    };
    let admitted = Certificate {
        serial: 4_033,
        issuer: DeviceId(2),
        device: DeviceId(4_033),
        leaf: 4_033,
        ..*certificate(&network).unverified()
    };
    let signed = |certificate: Certificate, key: &DeviceKey| {
        certificate.issue(key, network.id()).expect("sound")
    };
    let (certificate, term) = (signed(admitted, &issuer), signed(term, &authority()));
    JoinFile { network, certificate, issuer: Some(term) }
}

fn golden(name: &str) -> &'static str {
    let lines = GOLDEN.lines().filter_map(|line| line.split_once(' '));
    lines.into_iter().find(|(kept, _)| *kept == name).expect("a golden name").1
}

#[test]
fn requests_and_join_files_have_the_golden_text() {
    let request = EnrolRequest::of(&device());
    let drill = join_of(NetworkGrant { drill: true, ..grant() });
    assert_eq!(request.to_text(), golden("request"));
    assert_eq!(request.check_words().join(" "), golden("request-words"));
    assert_eq!(join().check_words().join(" "), golden("authority-words"));
    assert_eq!(join().seal(&[9; 32]).as_deref(), Ok(golden("join")));
    assert_eq!(drill.seal(&[9; 32]).as_deref(), Ok(golden("join-drill")));
    assert_eq!(join_of(granted()).seal(&[9; 32]).as_deref(), Ok(golden("join-grant")));
    assert_eq!(issued().seal(&[9; 32]).as_deref(), Ok(golden("join-issued")));
}

#[test]
fn golden_texts_are_read_to_what_they_said() {
    let request = EnrolRequest::of(&device());
    assert_eq!(EnrolRequest::from_text(UNDER_TEST, golden("request")), Ok(request));
    assert_eq!(JoinFile::open(golden("join"), &device()), Ok(join()));
    let drill = JoinFile::open(golden("join-drill"), &device()).expect("opens");
    assert!(drill.network.drill);
    assert_eq!((drill.device(), drill.unit()), (DeviceId(4), UnitId(31)));
    assert_eq!(JoinFile::open(golden("join-grant"), &device()), Ok(join_of(granted())));
    assert_eq!(JoinFile::open(golden("join-issued"), &device()), Ok(issued()));
}

#[test]
fn the_longest_join_file_has_five_hundred_bytes() {
    let network = NetworkGrant {
        district: "5".repeat(JOIN_DISTRICT_BYTES_MAX),
        name: "区".repeat(JOIN_NAME_BYTES_MAX / 3),
        ..granted()
    };
    let text = join_of(network).seal(&[9; 32]).expect("sealed");
    let body = JOIN.read(&text).expect("armored");
    assert_eq!(body.len(), 498);
    assert!(text.len() <= 811, "{}", text.len());
}

#[test]
fn a_request_is_one_line_and_is_read_however_it_is_typed() {
    let request = EnrolRequest::of(&device());
    let text = request.to_text();
    assert_eq!(text.len(), 77);
    assert!(text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "-:".contains(c)));
    let typed = format!("  {}\r\n", text.to_lowercase().replace('-', "\n "));
    assert_eq!(EnrolRequest::from_text(UNDER_TEST, &typed), Ok(request));
}

#[test]
fn a_request_that_is_none_is_refused_by_name() {
    let write = |body: &[u8]| REQUEST.write(body);
    let read = |text: &str| EnrolRequest::from_text(UNDER_TEST, text).err();
    assert_eq!(read("hello"), Some(RequestError::NotARequest));
    assert_eq!(read(golden("join")), Some(RequestError::NotARequest));
    assert_eq!(read("SDREQ:00U"), Some(RequestError::BadCharacter { position: 9 }));
    assert_eq!(read("SDREQ:00"), Some(RequestError::Damaged));
    assert_eq!(read(&write(&[])), Some(RequestError::Damaged));
    assert_eq!(read(&write(&[HEAD; 32])), Some(RequestError::Damaged));
    assert_eq!(read(&write(&[HEAD; 34])), Some(RequestError::Damaged));
    assert_eq!(read(&write(&[0x40; 33])), Some(RequestError::BadVersion));
    assert_eq!(read(&write(&[&[HEAD][..], &UNSOUND].concat())), Some(RequestError::BadKey));
}

#[test]
fn a_join_file_opens_for_its_device_alone() {
    let text = join().seal(&[9; 32]).expect("sealed");
    assert_eq!(JoinFile::open(&text, &device()), Ok(join()));
    assert_eq!(JoinFile::open(&text, &authority()), Err(JoinError::NotForThisDevice));
    let folded: Vec<&str> =
        (0..text.len()).step_by(60).map(|at| &text[at..text.len().min(at + 60)]).collect();
    assert_eq!(JoinFile::open(&folded.join("\r\n").to_lowercase(), &device()), Ok(join()));
}

#[test]
fn what_no_device_would_take_is_not_sealed() {
    let seal = |join: JoinFile| join.seal(&[9; 32]).err();
    let long = NetworkGrant { name: "县".repeat(31), ..grant() };
    assert_eq!(seal(join_of(long)), Some(JoinSealError::BadName));
    let escape = NetworkGrant { name: "\u{1b}[2J".into(), ..grant() };
    assert_eq!(seal(join_of(escape)), Some(JoinSealError::BadName));
    let wide = NetworkGrant { district: "5".repeat(13), ..grant() };
    assert_eq!(seal(join_of(wide)), Some(JoinSealError::BadDistrict));
    let drill = NetworkGrant { drill: true, ..grant() };
    let mixed = JoinFile { network: drill, certificate: certificate(&grant()), issuer: None };
    let bad = JoinSealError::BadCertificate(CertificateError::BadSignature);
    assert_eq!(seal(mixed), Some(bad));
}

/// A join file made by somebody who keeps none of our rules.
fn forge(head: u8, plain: &[u8]) -> String {
    let ephemeral = DeviceKey::of(UNDER_TEST, [5; 32]);
    let (own, to) = (ephemeral.public(), device().public());
    let cipher = join_cipher(&ephemeral, &to, &own, &to).expect("sound keys");
    let mut body = [&[head], own.as_slice()].concat();
    let sealed = cipher.seal(&NONCE, &body, plain, Tag::Whole);
    body.extend_from_slice(&sealed);
    JOIN.write(&body)
}

#[test]
fn a_certificate_of_another_authority_is_refused() {
    let mut plain = join().plain().expect("sound").to_vec();
    let untouched = forge(HEAD, &plain);
    assert_eq!(JoinFile::open(&untouched, &device()), Ok(join()), "the forger can copy");
    plain[5..37].copy_from_slice(&DeviceKey::of(UNDER_TEST, [6; 32]).public());
    let refused = JoinError::BadCertificate(CertificateError::BadSignature);
    assert_eq!(JoinFile::open(&forge(HEAD, &plain), &device()), Err(refused));
    let mut drill = join().plain().expect("sound").to_vec();
    drill[0] = FLAG_DRILL;
    assert_eq!(JoinFile::open(&forge(HEAD, &drill), &device()), Err(refused));
}

#[test]
fn plain_texts_that_break_the_layout_are_refused() {
    let plain = join().plain().expect("sound").to_vec();
    let open = |head, plain: &[u8]| JoinFile::open(&forge(head, plain), &device()).err();
    for len in 0..plain.len() {
        assert!(open(HEAD, &plain[..len]).is_some(), "{len}");
    }
    assert_eq!(open(HEAD, &[&plain[..], &[0]].concat()), Some(JoinError::Damaged));
    assert_eq!(open(0x40, &plain), Some(JoinError::BadVersion));
    assert_eq!(open(HEAD ^ 8, &plain), Some(JoinError::BadSuite));
    assert_eq!(open(0x30, &plain), Some(JoinError::BadVersion));
    let changed = |at: usize, byte| {
        let mut changed = plain.clone();
        changed[at] = byte;
        open(HEAD, &changed)
    };
    assert_eq!(changed(0, 0b1_0000), Some(JoinError::BadVersion));
    assert_eq!(changed(0, 0b10), Some(JoinError::Damaged), "no grant is there");
    let name_at = plain.len() - "江津区".len();
    assert_eq!(changed(name_at, 0xff), Some(JoinError::Damaged), "not UTF-8");
    assert_eq!(changed(name_at - 2, 0x1b), Some(JoinError::Damaged), "an escape character");
}

#[test]
fn a_join_file_that_is_none_is_refused_by_name() {
    let open = |text: &str| JoinFile::open(text, &device()).err();
    assert_eq!(open(golden("request")), Some(JoinError::NotAJoinFile));
    assert_eq!(open(""), Some(JoinError::NotAJoinFile));
    assert_eq!(open(&JOIN.write(&[])), Some(JoinError::Damaged));
    assert_eq!(open(&JOIN.write(&[HEAD; 20])), Some(JoinError::Damaged));
    let bare = [&[HEAD][..], &authority().public()].concat();
    assert_eq!(open(&JOIN.write(&bare)), Some(JoinError::NotForThisDevice));
    let weak = [&[HEAD][..], &UNSOUND, &[1; 60]].concat();
    assert_eq!(open(&JOIN.write(&weak)), Some(JoinError::Damaged));
    let text = join().seal(&[9; 32]).expect("sealed");
    assert_eq!(open(&text[..text.len() - 1]), Some(JoinError::Damaged));
    assert_eq!(open(&text.replacen('4', "5", 1)), Some(JoinError::Damaged));
}

#[test]
fn repeated_dice_do_not_seal_two_files_with_one_key() {
    let body = |join: JoinFile| JOIN.read(&join.seal(&[9; 32]).expect("sealed")).expect("whole");
    let (one, other) = (body(join()), body(join_of(NetworkGrant { epoch: 6, ..grant() })));
    assert_ne!(one[1..33], other[1..33], "the ephemeral keys must differ");
}

#[test]
fn secrets_are_not_shown_in_debug_output() {
    let shown = format!("{:?} {:?}", join(), device());
    assert!(shown.contains("江津区") && !shown.contains("7, 7, 7"), "{shown}");
}

#[test]
fn every_failure_has_its_own_sentence_in_both_languages() {
    let requests = [
        RequestError::NotARequest,
        RequestError::BadCharacter { position: 9 },
        RequestError::Damaged,
        RequestError::BadVersion,
        RequestError::BadSuite,
        RequestError::BadKey,
    ]
    .map(|error| (error.word(), error.zh(), error.en()));
    let joins = [
        JoinError::NotAJoinFile,
        JoinError::Damaged,
        JoinError::BadVersion,
        JoinError::BadSuite,
        JoinError::NotForThisDevice,
        JoinError::BadCertificate(CertificateError::BadSignature),
    ]
    .map(|error| (error.word(), error.zh(), error.en()));
    for told in [requests, joins] {
        let count = |texts: Vec<&str>| texts.into_iter().collect::<BTreeSet<_>>().len();
        assert_eq!(count(told.iter().map(|(word, _, _)| *word).collect()), 6);
        assert_eq!(count(told.iter().map(|(_, zh, _)| zh.as_str()).collect()), 6);
        assert_eq!(count(told.iter().map(|(_, _, en)| en.as_str()).collect()), 6);
        assert!(told.iter().all(|(_, zh, en)| !zh.is_ascii() && !en.contains('请')));
    }
    assert!(RequestError::BadCharacter { position: 9 }.zh().contains("第 9 个字符"));
    let refused = JoinError::BadCertificate(CertificateError::BadSignature);
    assert!(refused.zh().contains("签名不符") && refused.en().contains("signature"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_text_is_refused_by_both(
        text in ".{0,200}",
        body in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        prop_assert!(EnrolRequest::from_text(UNDER_TEST, &text).is_err());
        prop_assert!(JoinFile::open(&text, &device()).is_err());
        prop_assert!(JoinFile::open(&JOIN.write(&body), &device()).is_err());
        let request = EnrolRequest::from_text(UNDER_TEST, &REQUEST.write(&body));
        prop_assert!(request.is_err() || body.len() == 33);
    }

    #[test]
    fn any_plain_text_that_was_sealed_to_us_is_refused(
        at in 0usize..250,
        noise in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let plain = join().plain().expect("sound").to_vec();
        let mut changed = plain.clone();
        let at = at % changed.len();
        changed.splice(at..plain.len().min(at + noise.len()), noise);
        let opened = JoinFile::open(&forge(HEAD, &changed), &device());
        // The secret, the epoch and the names are not signed: whoever seals can choose them.
        if let Ok(join) = opened {
            prop_assert_eq!(join.network.authority, authority().public());
            prop_assert_eq!(join.certificate, certificate(&grant()));
        }
    }
}
