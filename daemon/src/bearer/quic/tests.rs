//! Two bearers over loopback, each with a device of its own and a made-up directory.

mod rig;

use std::time::Duration;

use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::keys::epochs::EpochGrant;
use sanduan_protocol::keys::suite::Suite;
use sanduan_protocol::node::Input;

use crate::config::QuicPeer;
use rig::{Relay, Rig, Way};

/// Long, because the machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn frames_go_both_ways_urgent_and_bulk_and_the_caller_gets_a_link() {
    let mut desk = Rig::new(1, &[1, 2], 7);
    let mut town = Rig::new(2, &[1, 2], 7);
    desk.start(&[]).await;
    town.start(&[desk.address]).await;
    let to_desk = town.up().await;
    let to_town = desk.up().await;
    town.send(to_desk, b"urgent", false);
    assert_eq!(desk.heard().await, b"urgent");
    town.send(to_desk, &[9; 1100], true);
    assert_eq!(desk.heard().await, [9; 1100]);
    desk.send(to_town, &[3; 900], true);
    assert_eq!(town.heard().await, [3; 900]);
    desk.send(to_town, b"answer", false);
    assert_eq!(town.heard().await, b"answer");
}

#[tokio::test]
async fn newcomers_that_know_nobody_prove_that_they_share_the_secret() {
    let mut one = Rig::new(1, &[], 7);
    let mut two = Rig::new(2, &[], 7);
    one.start(&[]).await;
    two.start(&[one.address]).await;
    let to_one = two.up().await;
    one.up().await;
    two.send(to_one, b"hello", false);
    assert_eq!(one.heard().await, b"hello");
}

#[tokio::test]
async fn newcomers_of_different_days_prove_it_by_what_their_epoch_has_in_common() {
    let standing = EpochGrant::founding(Suite::default(), &[7; 32], 0);
    let later = EpochGrant { day: 40, ..standing };
    let mut one = Rig::new(1, &[], 7);
    let mut two = Rig::joined(2, &[], [99; 32], Some(later));
    one.start(&[]).await;
    two.start(&[one.address]).await;
    let to_one = two.up().await;
    one.up().await;
    two.send(to_one, b"hello", false);
    assert_eq!(one.heard().await, b"hello");
}

#[tokio::test]
async fn a_device_of_another_network_is_refused_on_both_sides_and_counted() {
    let mut desk = Rig::new(1, &[1], 7);
    let mut stranger = Rig::new(2, &[2], 8);
    desk.start(&["127.0.0.1:9".parse().expect("an address")]).await;
    stranger.start(&[desk.address]).await;
    let reason = stranger.down().await;
    assert!(reason.contains("不是本网设备") && reason.contains("no device of"), "{reason}");
    let counted = |input: &Input| {
        matches!(input, Input::Dropped { reason: "quic_unknown_device", .. }).then_some(())
    };
    desk.wait_for(counted).await;
}

#[tokio::test]
async fn another_device_than_the_configured_one_is_named() {
    let mut desk = Rig::new(1, &[1, 2], 7);
    let mut town = Rig::new(2, &[1, 2], 7);
    desk.start(&[]).await;
    town.start_as(&[QuicPeer { address: desk.address, device: Some(DeviceId(5)) }]).await;
    let reason = town.down().await;
    assert!(reason.contains("设备 1") && reason.contains("device 1"), "{reason}");
}

#[tokio::test]
async fn when_both_dial_one_connection_stays_and_carries_both_ways() {
    let mut one = Rig::new(1, &[1, 2], 7);
    let mut two = Rig::new(2, &[1, 2], 7);
    let (first, second) = (one.address, two.address);
    one.start(&[second]).await;
    two.start(&[first]).await;
    let (to_two, to_one) = (one.up().await, two.up().await);
    // A frame may be lost with the connection that did not stay; the machine repeats it.
    for turn in 0..5_u8 {
        one.send_until_heard(to_two, &mut two, &[turn, 1, 1]).await;
        two.send_until_heard(to_one, &mut one, &[turn, 2, 2]).await;
    }
    assert_eq!((one.seen.len(), two.seen.len()), (1, 1), "no second link for one peer");
}

#[tokio::test]
async fn a_peer_that_was_restarted_is_noticed_at_the_next_frame_and_dialled_again() {
    let mut desk = Rig::new(1, &[1, 2], 7);
    let mut town = Rig::new(2, &[1, 2], 7);
    let relay = Relay::to(desk.address).await;
    desk.start(&[]).await;
    town.start(&[relay.address]).await;
    let to_desk = town.up().await;
    desk.up().await;
    // Nothing that the desk may still say while it falls gets through.
    relay.state.send_replace(Way::Closed);
    desk.cut_power().await;
    desk.start(&[]).await;
    relay.state.send_replace(Way::Open(1));
    town.send(to_desk, b"are you there", false);
    let reason = town.down().await;
    assert!(reason.contains("重新启动") && reason.contains("restarted"), "{reason}");
    town.up().await;
    desk.up().await;
    town.send_until_heard(to_desk, &mut desk, b"again").await;
}

#[tokio::test]
async fn a_caller_whose_address_changes_keeps_its_connection() {
    let mut desk = Rig::new(1, &[1, 2], 7);
    let mut town = Rig::new(2, &[1, 2], 7);
    let relay = Relay::to(desk.address).await;
    desk.start(&[]).await;
    town.start(&[relay.address]).await;
    let (to_desk, to_town) = (town.up().await, desk.up().await);
    town.send_until_heard(to_desk, &mut desk, b"before").await;
    relay.state.send_replace(Way::Open(1));
    town.send_until_heard(to_desk, &mut desk, b"from elsewhere").await;
    desk.send_until_heard(to_town, &mut town, b"I hear you there").await;
    assert_eq!((town.seen.len(), desk.seen.len()), (1, 1), "no other link");
    assert_eq!((town.falls, desk.falls), (0, 0), "it was never lost");
}

#[tokio::test]
async fn a_bearer_that_is_taken_away_says_so_to_its_peer_and_takes_its_guests_along() {
    let mut desk = Rig::new(1, &[1, 2], 7);
    let mut town = Rig::new(2, &[1, 2], 7);
    desk.start(&[]).await;
    town.start(&[desk.address]).await;
    town.up().await;
    let guest = desk.up().await;
    desk.end().await;
    desk.wait_for(|input| {
        matches!(input, Input::LinkGone { link } if *link == guest).then_some(())
    })
    .await;
    let reason = town.down().await;
    assert!(reason.contains("stopping"), "{reason}");
}
