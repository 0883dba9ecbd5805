//! Links come and go, and what passes over them is metered.

use sanduan_protocol::link::condition::Standing;
use sanduan_protocol::link::profile::Quota;

use super::*;

fn named(name: &str) -> Profile {
    Profile { name: name.to_owned(), ..Profile::default() }
}

#[tokio::test]
async fn a_link_that_was_taken_away_takes_no_frames_and_its_number_stays_unused() {
    let (inputs, mut said) = mpsc::channel(8);
    let board = Switchboard::new(inputs);
    let first = board.open(named("a")).expect("the first");
    let link = first.voice.link();
    assert!(board.send(link, Parcel { frame: vec![1], bulk: false }));
    board.close(link).await;
    assert!(!board.send(link, Parcel { frame: vec![1], bulk: false }));
    assert!(matches!(said.recv().await, Some(Input::LinkGone { link: gone }) if gone == link));
    assert_ne!(board.open(named("b")).expect("room").voice.link(), link);
}

#[test]
fn there_are_no_more_links_than_a_node_drives() {
    let (inputs, _said) = mpsc::channel(1);
    let board = Switchboard::new(inputs);
    let doors: Vec<LinkDoor> = (0..LINKS_MAX).filter_map(|_| board.open(named("x"))).collect();
    assert_eq!(doors.len(), LINKS_MAX);
    assert!(board.open(named("one more")).is_none());
}

#[tokio::test]
async fn a_quota_is_told_before_the_next_frame_is_asked_for() {
    let (inputs, mut said) = mpsc::channel(8);
    let board = Switchboard::new(inputs);
    let quota = Some(Quota { messages: Some(3), bytes: None, window_s: 86_400 });
    let door = board.open(Profile { quota, mtu: 77, ..named("card") }).expect("the first");
    let signal = Condition { signal_pct: Some(50), ..Condition::default() };
    door.voice.tell(signal).await;
    assert!(said.try_recv().is_err(), "the machine does not know the link yet");
    door.voice.up().await;
    assert!(matches!(said.recv().await, Some(Input::LinkUp { .. })));
    for (left, standing) in [(3, Standing::Clear), (2, Standing::Clear), (1, Standing::QuotaSpent)]
    {
        let Some(Input::LinkSaid { condition, .. }) = said.recv().await else { panic!("said") };
        assert_eq!(condition.quota_left.and_then(|left| left.messages), Some(left));
        assert_eq!((condition.standing, condition.signal_pct), (standing, Some(50)));
        if left < 3 {
            assert!(matches!(said.recv().await, Some(Input::LinkReady { .. })), "after it");
        }
        if left > 1 {
            assert!(board.send(door.voice.link(), Parcel::urgent(vec![0; 70])));
            door.voice.ready().await;
        }
    }
    // A frame that the link could not take costs nothing: both its places are taken by now.
    assert!(!board.send(door.voice.link(), Parcel::urgent(vec![0; 70])));
    door.voice.ready().await;
    assert!(matches!(said.recv().await, Some(Input::LinkReady { .. })), "nothing new");
}

#[tokio::test]
async fn what_was_counted_is_told_now_and_then_and_once() {
    let (inputs, mut said) = mpsc::channel(8);
    let board = Switchboard::new(inputs);
    let door = board.open(named("ip")).expect("the first");
    door.voice.up().await;
    door.voice.heard(vec![0; 30]).await;
    assert!(board.send(door.voice.link(), Parcel::urgent(vec![0; 12])));
    assert!(matches!(said.recv().await, Some(Input::LinkUp { .. })));
    assert!(matches!(said.recv().await, Some(Input::Heard { .. })));
    board.tell_all().await;
    let Some(Input::LinkSaid { condition, .. }) = said.recv().await else { panic!("said") };
    assert_eq!(condition.today_bytes, (12, 30));
    board.tell_all().await;
    assert!(said.try_recv().is_err(), "nothing changed since");
}
