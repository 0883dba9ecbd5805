//! The loop with a machine of a few words: an echo with a deadline.

use std::collections::VecDeque;

use tokio::sync::mpsc;

use super::*;

/// Writes each order, tells what it reads, and says `late` a moment after it was opened.
#[derive(Default)]
struct Parrot {
    wishes: VecDeque<Wish<String>>,
    late_at: Option<Mono>,
}

impl Machine for Parrot {
    type Order = &'static str;
    type Word = String;

    fn opened(&mut self, now: Now) {
        self.late_at = Some(now.mono.after_ms(10));
        self.wishes.push_back(Wish::Say("opened".to_owned()));
        self.wishes.push_back(Wish::Write(b"hello".to_vec()));
    }

    fn heard(&mut self, bytes: &[u8], _now: Now) {
        self.wishes.push_back(Wish::Say(String::from_utf8_lossy(bytes).into_owned()));
    }

    fn ordered(&mut self, order: &'static str, _now: Now) {
        self.wishes.push_back(Wish::Write(order.as_bytes().to_vec()));
    }

    fn tick(&mut self, now: Now) {
        if self.late_at.take_if(|at| now.mono >= *at).is_some() {
            self.wishes.push_back(Wish::Say("late".to_owned()));
        }
    }

    fn next_wish(&mut self) -> Wish<String> {
        self.wishes.pop_front().unwrap_or(Wish::Wait(self.late_at))
    }
}

struct Listener {
    orders: mpsc::Receiver<&'static str>,
    words: mpsc::UnboundedSender<String>,
}

impl Ends<Parrot> for Listener {
    fn opened(&mut self) {}

    async fn next_order(&mut self) -> Option<&'static str> {
        self.orders.recv().await
    }

    async fn hear(&mut self, word: String) {
        let _ = self.words.send(word);
    }

    async fn lost(&mut self, reason: &str) {
        let _ = self.words.send(reason.to_owned());
    }
}

#[tokio::test]
async fn bytes_orders_and_deadlines_reach_the_machine_and_its_end_is_told() {
    let (order, orders) = mpsc::channel(1);
    let (words, mut said) = mpsc::unbounded_channel();
    let (near, mut device) = tokio::io::duplex(64);
    let running = tokio::spawn(async move {
        let (mut parrot, mut ends) = (Parrot::default(), Listener { orders, words });
        converse(&mut parrot, &mut ends, near, Clock::new()).await
    });
    let mut read = [0; 5];
    device.read_exact(&mut read).await.expect("open");
    assert_eq!(&read, b"hello");
    assert_eq!(said.recv().await.as_deref(), Some("opened"));
    assert_eq!(said.recv().await.as_deref(), Some("late"));
    order.send("order").await.expect("running");
    device.read_exact(&mut read).await.expect("open");
    assert_eq!(&read, b"order");
    device.write_all(b"bytes").await.expect("open");
    assert_eq!(said.recv().await.as_deref(), Some("bytes"));
    drop(device);
    let why = running.await.expect("ended well");
    assert!(why.contains("closed"), "{why}");
}

#[tokio::test]
async fn a_device_that_is_not_there_is_told_once_with_a_remedy() {
    let (_order, orders) = mpsc::channel(1);
    let (words, mut said) = mpsc::unbounded_channel();
    let running = tokio::spawn(async move {
        let (mut parrot, mut ends) = (Parrot::default(), Listener { orders, words });
        let device = Path::new("/nonexistent/tty");
        run_serial(device, 9_600, &mut parrot, &mut ends, Clock::new()).await;
    });
    let why = said.recv().await.expect("running");
    assert!(why.contains("插好") && why.contains("plug it in"), "{why}");
    // The first pause is a second, the next one two: by then it was tried again and not said.
    let again = timeout(Duration::from_secs(3), said.recv()).await;
    assert!(again.is_err(), "{again:?}");
    running.abort();
}
