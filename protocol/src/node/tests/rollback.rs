//! A device whose disk was put back to an older copy: it does not write over what it has lost.

use super::converge::{order, saved_id};
use super::lab::Lab;
use super::made_up::udp;
use crate::base::ids::{DeviceId, LaneId, LinkId};
use crate::local::{RefusalCode, Reply, Request};

/// Node 1 wrote five orders, node 0 holds them, and node 1 was put back to the time of two.
fn put_back() -> Lab {
    let mut lab = Lab::new(2, 3);
    lab.join(&[0, 1], &udp("cable"));
    lab.run_ms(10_000);
    let mut copy = None;
    for n in 0..5 {
        if n == 2 {
            copy = Some(lab.disks[1].clone());
        }
        saved_id(lab.ask(1, order("U1", &format!("第{n}号"))));
        lab.run_ms(5_000);
    }
    assert!(lab.run_until_agreed(60).is_some());
    lab.disks[1] = copy.expect("a copy was made");
    lab.start(1);
    lab
}

fn may_write(lab: &Lab, node: usize) -> bool {
    lab.nodes[node].as_ref().expect("up").own_records_are_here().is_ok()
}

fn written(lab: &Lab, node: usize) -> u32 {
    let lane = LaneId::flash(DeviceId(2));
    lab.nodes[node].as_ref().expect("up").book().lane(lane).map_or(0, |lane| lane.sealed())
}

#[test]
fn a_device_put_back_to_an_older_copy_writes_nothing_until_its_records_came_back() {
    let mut lab = put_back();
    let mut refused = false;
    let end_ms = lab.now_ms + 60_000;
    while written(&lab, 1) < 5 && lab.now_ms < end_ms {
        if !may_write(&lab, 1) && !refused {
            refused = true;
            let reply = lab.ask_now(1, order("U1", "又一号"));
            let code = reply.expect("refused at once").map_err(|refusal| refusal.code);
            assert_eq!(code.err(), Some(RefusalCode::Busy));
        }
        lab.run_ms(1);
    }
    assert!(refused, "it never heard that it lacks its own records");
    assert_eq!(written(&lab, 1), 5);
    assert_eq!(saved_id(lab.ask(1, order("U1", "第六号"))).seq, 6);
    assert!(lab.run_until_agreed(60).is_some());
    assert!(lab.status(0).forks.is_empty() && lab.status(1).forks.is_empty());
}

#[test]
fn whoever_claims_more_of_a_device_than_there_is_holds_it_up_once_and_for_seconds() {
    let mut lab = Lab::new(2, 3);
    lab.join(&[0, 1], &udp("cable"));
    lab.run_ms(10_000);
    let lane = LaneId::flash(DeviceId(2));
    let claim = |lab: &mut Lab| {
        let node = lab.nodes[1].as_mut().expect("up");
        node.note_claim(LinkId(1), DeviceId(1), lane, 50_000);
    };
    claim(&mut lab);
    assert!(!may_write(&lab, 1));
    lab.run_ms(30_000);
    // Its clock is told with each input.
    assert!(lab.ask(1, order("U1", "照常")).is_ok());
    claim(&mut lab);
    assert!(may_write(&lab, 1));
}

#[test]
fn a_carry_file_gives_an_author_back_what_its_disk_has_lost() {
    let mut lab = put_back();
    lab.cut(0, 1, true);
    assert_eq!(written(&lab, 1), 2);
    let file = lab.ask(0, Request::CarryExport { for_device: None });
    let Ok(Reply::CarryFile { bytes, .. }) = file else { panic!("{file:?}") };
    assert!(lab.ask(1, Request::CarryImport { bytes }).is_ok());
    assert_eq!(written(&lab, 1), 5);
    assert_eq!(saved_id(lab.ask(1, order("U1", "第六号"))).seq, 6);
}
