//! Anything may come over a link or in a file: it is dropped, counted, and changes nothing.

use proptest::prelude::*;

use super::converge::{order, saved_id};
use super::lab::Lab;
use super::made_up::{radio, settings, udp};
use crate::base::caps::SEQ_LAST;
use crate::base::ids::{DeviceId, Lane, LaneId, LinkId};
use crate::base::start::Start;
use crate::keys::frame_key::{FrameKey, FrameSealer, Manner};
use crate::keys::suite::UNDER_TEST;
use crate::local::{RefusalCode, Reply, Request};
use crate::node::Input;
use crate::wire::bundle::{Digest, Holding, Run, Section, Sketch};
use crate::wire::pack::Pack;

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

/// Frames as another member of the network could make them.
fn insider_frame(counter: u64, sections: &[Section]) -> Vec<u8> {
    let network = settings(1).network;
    let key = FrameKey::derive(UNDER_TEST, &network.epoch_secret, network.epoch);
    let mut sealer = FrameSealer::new(key, DeviceId(2));
    sealer.begin(Start::of_bytes([0xff; 6]));
    sealer.skip_to(counter);
    let mut plain = Vec::new();
    sections.iter().for_each(|section| section.pack(&mut plain));
    sealer.seal(&plain, Manner::WHOLE).expect("a start was begun")
}

#[test]
fn an_insider_cannot_put_words_into_anothers_mouth() {
    let mut lab = Lab::new(2, 1);
    lab.join(&[0], &udp("a"));
    saved_id(lab.ask(0, order("all", "真的指令")));
    let before = lab.status(0);
    for author in [1, 3] {
        let lane = LaneId::first(DeviceId(author), Lane::Command);
        let record = lab.nodes[0].as_ref().and_then(|node| node.book.record(lane.at(1)));
        let forged = record.map_or_else(|| vec![0x10; 30], <[u8]>::to_vec);
        let first = if author == 1 { 2 } else { 1 };
        let run = Run { lane, first, records: vec![forged], seal: Some([7; 64]) };
        let frame = insider_frame(
            u64::from(author),
            &[Section::Run(run), Section::Seal(lane.at(1), [9; 64])],
        );
        lab.input(0, Input::Heard { link: LinkId(1), frame });
    }
    let after = lab.status(0);
    assert_eq!(after.open_orders, before.open_orders);
    assert_eq!(after.records, before.records + 1, "the stranger's record waits, unverified");
    assert_eq!(after.provisional, before.provisional + 1);
    saved_id(lab.ask(0, order("all", "第二条")));
    assert_eq!(lab.status(0).open_orders, before.open_orders + 1);
}

#[test]
fn nobody_holds_the_last_of_all_numbers() {
    let mut lab = Lab::new(2, 1);
    lab.join(&[0], &udp("a"));
    let id = saved_id(lab.ask(0, order("all", "真的指令")));
    let lane = LaneId::first(DeviceId(1), Lane::Command);
    let said = |head, islands: &[(u32, u32)]| {
        let more = Holding { islands: islands.to_vec(), ..Holding::whole(lane, head) };
        [Section::Ack(vec![Holding::whole(lane, head)]), Section::Ack(vec![more])]
    };
    let all = [(u32::MAX, &[][..]), (SEQ_LAST, &[]), (u32::MAX - 5, &[(2, 3)]), (9, &[(1, 0)])];
    for (counter, (head, islands)) in (1..).zip(all) {
        let [short, long] = said(head, islands);
        for (counter, section) in [(2 * counter, short), (2 * counter + 1, long)] {
            let frame = insider_frame(counter, &[section]);
            lab.input(0, Input::Heard { link: LinkId(1), frame });
            lab.run_ms(60_000);
        }
    }
    assert!(lab.ask(0, Request::Order { id }).is_ok());
}

/// Frames that a node says within an hour to one that makes its inventory up every ten seconds.
fn frames_within_an_hour(lab: &mut Lab, first: u64) -> u64 {
    let before = lab.sent_frames[0];
    for n in first..first + 360 {
        let byte = |at: u64| (n * 37 + at * 101) as u8;
        let heads = [byte(1), byte(2), byte(3)];
        let section = match n % 2 {
            0 => Section::Digest(Digest { heads, board: byte(4), asks: true }),
            _ => Section::Sketch(Sketch { check: 7, heads, count: 2, symbols: vec![byte(5); 2] }),
        };
        let frame = insider_frame(n, &[section]);
        lab.input(0, Input::Heard { link: LinkId(1), frame });
        lab.run_ms(10_000);
    }
    lab.sent_frames[0] - before
}

#[test]
fn an_inventory_that_is_made_up_costs_a_few_lists_and_then_one_now_and_then() {
    for profile in [udp("a"), radio(1200)] {
        let mut lab = Lab::new(2, 1);
        lab.join(&[0], &profile);
        frames_within_an_hour(&mut lab, 1);
        let quiet = {
            let before = lab.sent_frames[0];
            lab.run_ms(3_600_000);
            lab.sent_frames[0] - before
        };
        let frames = frames_within_an_hour(&mut lab, 1_000);
        // Every four minutes a list, and the beacons that come closer together after it.
        assert!(frames <= quiet + 90, "{frames} frames, {quiet} without anybody");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_frame_and_no_file_makes_a_node_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut lab = Lab::new(1, 1);
        lab.join(&[0], &udp("a"));
        lab.input(0, Input::Heard { link: LinkId(1), frame: bytes.clone() });
        let taken = lab.ask(0, Request::CarryImport { bytes });
        prop_assert!(taken.is_err());
    }
}
