//! The loop around a small stand-in for the node.

use std::collections::VecDeque;

use sanduan_protocol::base::time::Wall;
use sanduan_protocol::link::profile::Profile;
use sanduan_protocol::node::input::BatchNo;
use sanduan_protocol::node::output::Batch;
use tokio::sync::mpsc;

use super::*;
use crate::bearer::LinkDoor;
use crate::store::memory::MemoryStore;

/// Saves every request before it answers, echoes frames with the number of batches so far, ticks
/// every 20 ms while told to.
#[derive(Default)]
struct Echo {
    out: VecDeque<Output>,
    waiting: VecDeque<AskId>,
    batches: u64,
    tick_at: Option<Mono>,
    ticks: u32,
}

impl Machine for Echo {
    fn handle(&mut self, input: Input, now: Now) {
        match input {
            Input::Ask { ask, request: Request::Status } => {
                let reply = Reply::Saved { id: None, records: self.ticks };
                self.out.push_back(Output::Reply { ask, reply: Box::new(Ok(reply)) });
            }
            Input::Ask { ask, .. } => {
                self.batches += 1;
                self.waiting.push_back(ask);
                let puts = vec![(b"ask".to_vec(), self.batches.to_be_bytes().to_vec())];
                let batch = Batch { batch: BatchNo(self.batches), urgent: true, puts };
                self.out.push_back(Output::Save(batch));
            }
            Input::Saved { batch: BatchNo(u64::MAX) }
            | Input::SaveFailed { batch: BatchNo(u64::MAX), .. } => {}
            Input::Saved { batch } => {
                self.answer(Ok(Reply::Saved { id: None, records: batch.0 as u32 }))
            }
            Input::SaveFailed { reason, .. } => {
                self.answer(Err(Refusal::new(RefusalCode::NotSaved, reason.clone(), reason)));
            }
            Input::Heard { link, mut frame } => {
                frame.push(self.batches as u8);
                self.out.push_back(Output::Send { link, frame, bulk: false });
            }
            Input::LinkReady { .. } => self.tick_at = Some(now.mono.after_ms(20)),
            Input::Dropped { .. } => self.tick_at = Some(Mono(1)),
            Input::Tick if self.tick_at == Some(Mono(1)) => {}
            Input::Tick => {
                self.ticks += 1;
                self.tick_at = (self.ticks < 5).then(|| now.mono.after_ms(20));
            }
            Input::LinkUp { .. }
            | Input::LinkDown { .. }
            | Input::LinkSaid { .. }
            | Input::LinkGone { .. }
            | Input::Fix(_)
            | Input::Power { .. }
            | Input::OrderKey(_)
            | Input::AuthorityKey(_)
            | Input::Room(_)
            | Input::Scrubbed(_) => {}
        }
    }

    fn poll_output(&mut self) -> Output {
        self.out.pop_front().unwrap_or(Output::Wait(self.tick_at))
    }

    fn close(&mut self, _now: Now) {
        let puts = vec![(b"closed".to_vec(), vec![1])];
        let batch = Batch { batch: BatchNo(u64::MAX), urgent: false, puts };
        self.out.push_back(Output::Save(batch));
    }
}

impl Echo {
    fn answer(&mut self, answer: Answer) {
        let ask = self.waiting.pop_front().expect("one a batch");
        self.out.push_back(Output::Reply { ask, reply: Box::new(answer) });
        self.out.push_back(Output::Feed(Event::Directory { version: 1 }));
    }
}

struct Rig {
    asks: mpsc::Sender<Ask>,
    links: mpsc::Sender<Input>,
    door: LinkDoor,
    stop: watch::Sender<bool>,
    store: MemoryStore,
    feed: Arc<Feed>,
    figures: Arc<Figures>,
    pump: tokio::task::JoinHandle<()>,
    _sources: mpsc::Sender<Input>,
}

#[tokio::test]
async fn an_answer_comes_only_after_the_disk_has_it() {
    let rig = rig();
    let answer = ask(&rig, Request::Peers).await;
    assert_eq!(answer, Ok(Reply::Saved { id: None, records: 1 }));
    assert!(rig.store.get(b"ask").is_some());
    assert_eq!(rig.feed.newest(), (1 << 16) + 1, "the event was published");
    stop(rig).await;
}

#[tokio::test]
async fn a_disk_that_refuses_is_told_to_whoever_asked() {
    let rig = rig();
    rig.store.fill_up();
    let refusal = ask(&rig, Request::Peers).await.expect_err("refused");
    assert_eq!(refusal.code, RefusalCode::NotSaved);
    assert_eq!(rig.figures.batches_failed.load(Ordering::Relaxed), 1);
    stop(rig).await;
}

#[tokio::test]
async fn frames_go_to_their_link_and_nowhere_else() {
    let mut rig = rig();
    for link in [7, 1] {
        let heard = Input::Heard { link: LinkId(link), frame: vec![link as u8] };
        rig.links.send(heard).await.expect("running");
    }
    assert_eq!(rig.door.frames.recv().await, Some(Parcel::urgent(vec![1, 0])));
    assert_eq!(rig.figures.frames_refused.load(Ordering::Relaxed), 1);
    stop(rig).await;
}

#[tokio::test]
async fn ticks_come_at_their_deadlines_even_when_links_are_busy() {
    let rig = rig();
    rig.links.send(Input::LinkReady { link: LinkId(1) }).await.expect("running");
    let begin = Instant::now();
    loop {
        rig.links.send(Input::Heard { link: LinkId(1), frame: vec![0] }).await.expect("running");
        let answer = ask(&rig, Request::Status).await;
        if answer == Ok(Reply::Saved { id: None, records: 5 }) {
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(10), "no ticks");
    }
    assert!(begin.elapsed() >= Duration::from_millis(99), "{:?}", begin.elapsed());
    stop(rig).await;
}

#[tokio::test]
async fn a_flood_of_requests_does_not_starve_the_links() {
    let mut rig = rig();
    for _ in 0..200 {
        let (answer, _) = oneshot::channel();
        rig.asks.try_send(Ask { request: Request::Peers, answer }).expect("room");
    }
    rig.links.try_send(Input::Heard { link: LinkId(1), frame: Vec::new() }).expect("room");
    let frame = rig.door.frames.recv().await.expect("echoed");
    let frame = frame.frame;
    assert!(frame[0] <= 16, "{} requests were taken before the frame", frame[0]);
    stop(rig).await;
}

#[tokio::test]
async fn a_deadline_that_never_moves_starves_nobody() {
    let rig = rig();
    // The stand-in keeps this deadline for ever.
    rig.links.send(Input::Dropped { link: LinkId(1), reason: "stuck" }).await.expect("running");
    for _ in 0..3 {
        assert!(ask(&rig, Request::Status).await.is_ok());
    }
    tokio::time::sleep(Duration::from_millis(250)).await;
    let ticks = rig.figures.inputs.load(Ordering::Relaxed) - 4;
    assert!((1..=4).contains(&ticks), "{ticks} ticks");
    stop(rig).await;
}

#[tokio::test]
async fn stopping_waits_for_the_disk() {
    let rig = rig();
    let (answer, taken) = oneshot::channel();
    rig.asks.send(Ask { request: Request::Peers, answer }).await.expect("running");
    tokio::task::yield_now().await;
    let store = rig.store.clone();
    stop(rig).await;
    assert!(store.get(b"closed").is_some(), "the last words of the machine");
    match taken.await {
        Ok(Ok(_)) => assert!(store.get(b"ask").is_some()),
        Ok(Err(refusal)) => assert_eq!(refusal, stopping()),
        // The stop came first: the request was never taken, and nothing was promised.
        Err(_) => assert!(store.get(b"ask").is_none()),
    }
}

fn rig() -> Rig {
    let store = MemoryStore::default();
    let (fates_in, fates) = mpsc::unbounded_channel();
    let (asks, asks_out) = mpsc::channel(256);
    let (links, links_out) = mpsc::channel(256);
    let (sources, sources_out) = mpsc::channel(8);
    let switchboard = Switchboard::new(links.clone());
    let door = switchboard.open(Profile::default()).expect("the first");
    let (stop, stopped) = watch::channel(false);
    let feed = Arc::new(Feed::new(Wall(1)));
    let figures = Arc::new(Figures::default());
    let writer = Writer::start(Box::new(store.clone()), fates_in).expect("a thread");
    let outlets =
        Outlets { writer, links: switchboard, feed: feed.clone(), figures: figures.clone() };
    let pump = Pump::new(Echo::default(), Clock::new(), outlets);
    let inbox = Inbox::new(fates, asks_out, links_out, sources_out);
    let pump = tokio::spawn(pump.run(inbox, stopped));
    Rig { asks, links, door, stop, store, feed, figures, pump, _sources: sources }
}

async fn ask(rig: &Rig, request: Request) -> Answer {
    let (answer, taken) = oneshot::channel();
    rig.asks.send(Ask { request, answer }).await.expect("running");
    taken.await.expect("answered")
}

async fn stop(rig: Rig) {
    rig.stop.send(true).expect("running");
    rig.pump.await.expect("ended well");
}
