//! Anything may come over a link or in a file: it is dropped, counted, and changes nothing.

use proptest::prelude::*;

use super::converge::{order, saved_id};
use super::lab::{Lab, udp};
use crate::base::ids::LinkId;
use crate::local::{RefusalCode, Reply, Request};
use crate::node::Input;

#[test]
fn garbage_is_dropped_and_counted() {
    let mut lab = Lab::new(2, 1);
    lab.join(&[0, 1], &udp("a-b"));
    let digest = lab.status(0).digest;
    for length in 0..64 {
        lab.input(0, Input::Heard { link: LinkId(1), frame: vec![0x24; length] });
    }
    assert_eq!(lab.status(0).digest, digest);
    let Ok(Reply::Bearers { bearers }) = lab.ask(0, Request::Bearers) else { panic!("no rows") };
    assert_eq!(bearers[0].dropped.iter().map(|(_, count)| count).sum::<u64>(), 64);
}

#[test]
fn a_carry_file_reaches_a_node_that_was_never_connected() {
    let mut lab = Lab::new(2, 1);
    let id = saved_id(lab.ask(0, order("U2", "转移")));
    let Ok(Reply::CarryFile { bytes, .. }) = lab.ask(0, Request::CarryExport { for_device: None })
    else {
        panic!("no file")
    };
    let taken = lab.ask(1, Request::CarryImport { bytes: bytes.clone() });
    let Ok(Reply::CarryTaken { new, refused, .. }) = taken else { panic!("{taken:?}") };
    assert_eq!((new, refused), (1, vec![]));
    assert!(matches!(lab.ask(1, Request::Order { id }), Ok(Reply::Order(_))));
    let again = lab.ask(1, Request::CarryImport { bytes });
    let Ok(Reply::CarryTaken { new, .. }) = again else { panic!("{again:?}") };
    assert_eq!(new, 0, "a second time changes nothing");
}

#[test]
fn a_damaged_carry_file_changes_nothing() {
    let mut lab = Lab::new(2, 1);
    saved_id(lab.ask(0, order("U2", "转移")));
    let Ok(Reply::CarryFile { bytes, .. }) = lab.ask(0, Request::CarryExport { for_device: None })
    else {
        panic!("no file")
    };
    let before = lab.status(1).digest;
    for cut in [0, 7, 12, 18, bytes.len() - 1] {
        let refused = lab.ask(1, Request::CarryImport { bytes: bytes[..cut].to_vec() });
        if cut != 16 {
            let code = refused.map(|_| ()).map_err(|refusal| refusal.code);
            assert_eq!(code, Err(RefusalCode::BadFile), "{cut}");
        }
    }
    let mut flipped = bytes;
    let last = flipped.len() - 1;
    flipped[last] ^= 1;
    let _ = lab.ask(1, Request::CarryImport { bytes: flipped });
    assert_eq!(lab.status(1).digest, before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_frame_and_no_file_makes_a_node_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut lab = Lab::new(1, 1);
        lab.join(&[0], &udp("a"));
        lab.input(0, Input::Heard { link: LinkId(1), frame: bytes.clone() });
        let taken = lab.ask(0, Request::CarryImport { bytes });
        prop_assert!(taken.is_err());
    }
}
