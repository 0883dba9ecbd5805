//! Words under a group's key: what comes out, how long they are, what hostile ones do.

use super::*;
use crate::base::ids::TemplateId;
use crate::field::order::words::Value;
use crate::keys::between::Between;
use crate::keys::group::GroupTurn;
use crate::keys::sign::{DeviceKey, NetworkId};
use crate::keys::subtree::TreeMaster;
use crate::keys::suite::UNDER_TEST;

const GROUP: GroupId = GroupId(2);
const AUTHOR: DeviceId = DeviceId(4);

fn ring() -> GroupRing {
    let (authority, device) = ([1; 32], DeviceKey::of(UNDER_TEST, [7; 32]));
    let master = TreeMaster::new(UNDER_TEST, NetworkId([4; 8]), &authority);
    let authority = DeviceKey::of(UNDER_TEST, authority);
    let theirs = Between::new(&authority, &device.public()).expect("a sound key");
    let ours = Between::new(&device, &authority.public());
    let turn = GroupTurn { group: GROUP, turn: 1, began_s: 5 };
    let wrap = turn.wrap(&master, &theirs, DeviceId(7));
    let mut ring = GroupRing::new(DeviceId(7), ours);
    ring.learn(std::iter::once((turn, wrap)));
    ring
}

fn conceal(words: &Words) -> Sealed {
    let ring = ring();
    Sealed::conceal(words, ring.key(GROUP, 1).expect("in the ring"), (GROUP, 1), AUTHOR)
}

#[test]
fn texts_and_templates_come_out_as_they_went_in_and_only_with_the_key() {
    let values = vec![Value::Number(23), Value::Text("河边群众".into())];
    let filled = Words::Filled(Filled { template: TemplateId(9), values });
    for words in ["立即转移沿江住户".into(), filled] {
        let sealed = conceal(&words);
        assert_eq!(sealed.reveal(&ring(), AUTHOR), Some(words.clone()));
        assert_eq!(sealed.reveal(&ring(), DeviceId(5)), None, "of another author");
        assert_eq!(sealed.reveal(&GroupRing::default(), AUTHOR), None, "without the key");
        let later = Sealed { turn: 2, ..sealed };
        assert_eq!(later.reveal(&ring(), AUTHOR), None, "of another turn");
    }
}

#[test]
fn a_sealed_text_is_as_short_as_one_in_the_clear_and_eleven_bytes() {
    let text = "沿江低洼户立即转移到白沙中学安置点，十八时前报告转移人数和缺少的物资。";
    assert_eq!(text.chars().count(), 35);
    let clear = lately::encode_standard(text).len();
    let sealed = conceal(&text.into()).packed().len();
    assert_eq!(sealed, clear + 11, "group, turn, form and mark");
}

#[test]
fn what_could_not_stand_in_the_clear_is_not_shown_because_it_was_sealed() {
    let ring = ring();
    let key = ring.key(GROUP, 1).expect("in the ring");
    let escape = with_form(FORM_TEXT, &lately::encode_standard("\u{1b}[2J"));
    let empty = with_form(FORM_TEXT, &lately::encode_standard(" "));
    for inside in [escape, empty, vec![9, 1, 2], vec![FORM_FILLED, 0xff], vec![FORM_FILLED, 0, 0]] {
        let sealed = Sealed { group: GROUP, turn: 1, bytes: key.seal(AUTHOR, &inside) };
        assert_eq!(sealed.reveal(&ring, AUTHOR), None, "{inside:02x?}");
    }
}

#[test]
fn the_longest_text_can_be_sealed() {
    // Signs that no model expects take their own bytes at most.
    let text: String = "\u{2603}".repeat(TEXT_BYTES_MAX / 3);
    let sealed = conceal(&text.as_str().into());
    assert!(sealed.bytes.len() <= SEALED_WORDS_BYTES_MAX, "{}", sealed.bytes.len());
    assert_eq!(Sealed::unpack_all(&sealed.packed()).as_ref(), Ok(&sealed));
    assert_eq!(sealed.reveal(&ring(), AUTHOR), Some(text.as_str().into()));
    let long = Sealed { bytes: vec![1; SEALED_WORDS_BYTES_MAX + 1], ..sealed };
    assert!(Sealed::unpack_all(&long.packed()).is_err());
}
