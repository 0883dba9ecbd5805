//! Whether the other side of a stream is still there. TCP says nothing while nothing is sent, and
//! takes minutes to say it when something is. So every frame is followed by something from the
//! other side: a frame that it has anyway, or else a short answer. Where nothing follows, it is
//! asked for, and then the stream given up.

/// A frame was heard and nothing was sent since: say that it came. Long enough for the acks that
/// usually follow.
const ANSWER_AFTER_MS: u64 = 1_000;
/// Nothing was heard since a frame went out: ask.
const ASK_AFTER_MS: u64 = 2_500;
/// Nothing was heard since: nobody is there. Long enough for a busy machine.
const DEAD_AFTER_MS: u64 = 8_000;
/// Nothing was heard for so long on a quiet stream: the side that called asks. Half a minute
/// later the other side would, so that only one of them has to.
const QUIET_MS: u64 = 300_000;
const QUIET_EXTRA_MS: u64 = 30_000;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Say that we are there.
    Answer,
    /// Ask whether it is there.
    Ask,
    /// It is not there any more.
    Dead,
}

/// One stream's pulse.
#[derive(Clone, Copy, Debug)]
pub struct Pulse {
    /// None: nothing is asked on a quiet stream.
    quiet_ms: Option<u64>,
    heard_ms: u64,
    /// Since when something is on its way that nothing was heard after.
    waiting_ms: Option<u64>,
    asked: bool,
    /// Since when a frame was heard that nothing was sent after.
    owing_ms: Option<u64>,
}

impl Pulse {
    /// A stream that works now. `by_us`: we called. `is_silent`: an idle stream carries nothing.
    pub fn new(by_us: bool, is_silent: bool, now_ms: u64) -> Pulse {
        let extra_ms = if by_us { 0 } else { QUIET_EXTRA_MS };
        let quiet_ms = (!is_silent).then_some(QUIET_MS + extra_ms);
        Pulse { quiet_ms, heard_ms: now_ms, waiting_ms: None, asked: false, owing_ms: None }
    }

    /// A frame was sent, which is answered if anybody is there.
    pub fn sent(&mut self, now_ms: u64) {
        self.owing_ms = None;
        self.waiting_ms.get_or_insert(now_ms);
    }

    /// A frame was heard.
    pub fn frame(&mut self, now_ms: u64) {
        self.owing_ms.get_or_insert(now_ms);
    }

    /// Anything was heard.
    pub fn heard(&mut self, now_ms: u64) {
        (self.heard_ms, self.waiting_ms, self.asked) = (now_ms, None, false);
    }

    /// What is due now.
    pub fn poll(&mut self, now_ms: u64) -> Option<Beat> {
        if self.waiting_ms.is_some_and(|since_ms| now_ms >= since_ms + DEAD_AFTER_MS) {
            return Some(Beat::Dead);
        }
        if self.owing_ms.is_some_and(|since_ms| now_ms >= since_ms + ANSWER_AFTER_MS) {
            self.owing_ms = None;
            return Some(Beat::Answer);
        }
        if self.ask_ms().is_some_and(|ask_ms| now_ms >= ask_ms) {
            self.asked = true;
            self.sent(now_ms);
            return Some(Beat::Ask);
        }
        None
    }

    /// When [`Pulse::poll`] should be asked; none: not before something is sent.
    pub fn wake_ms(&self) -> Option<u64> {
        let owing_ms = self.owing_ms.map(|since_ms| since_ms + ANSWER_AFTER_MS);
        owing_ms.into_iter().chain(self.ask_ms()).min()
    }

    fn ask_ms(&self) -> Option<u64> {
        match (self.waiting_ms, self.asked) {
            (Some(since_ms), false) => Some(since_ms + ASK_AFTER_MS),
            (Some(since_ms), true) => Some(since_ms + DEAD_AFTER_MS),
            (None, _) => self.quiet_ms.map(|quiet_ms| self.heard_ms + quiet_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_nothing_follows_is_asked_after_once_and_then_given_up() {
        let mut pulse = Pulse::new(true, true, 0);
        assert_eq!((pulse.wake_ms(), pulse.poll(1_000_000)), (None, None));
        pulse.sent(1_000);
        pulse.sent(2_000);
        assert_eq!(pulse.poll(3_499), None);
        assert_eq!(pulse.poll(3_500), Some(Beat::Ask));
        assert_eq!(pulse.poll(8_999), None);
        assert_eq!(pulse.poll(9_000), Some(Beat::Dead));
    }

    #[test]
    fn a_frame_is_answered_by_one_of_ours_or_else_by_a_word_of_its_own() {
        let mut pulse = Pulse::new(true, true, 0);
        pulse.heard(100);
        pulse.frame(100);
        assert_eq!(pulse.wake_ms(), Some(1_100));
        pulse.sent(200);
        pulse.heard(300);
        assert_eq!(pulse.wake_ms(), None);
        pulse.frame(400);
        pulse.frame(500);
        assert_eq!((pulse.poll(1_399), pulse.poll(1_400)), (None, Some(Beat::Answer)));
        // An answer asks for none.
        assert_eq!(pulse.wake_ms(), None);
    }

    #[test]
    fn anything_heard_ends_the_waiting() {
        let mut pulse = Pulse::new(true, true, 0);
        pulse.sent(1_000);
        assert_eq!(pulse.poll(3_500), Some(Beat::Ask));
        pulse.heard(3_600);
        assert_eq!((pulse.wake_ms(), pulse.poll(60_000)), (None, None));
        pulse.sent(60_000);
        assert_eq!(pulse.wake_ms(), Some(62_500));
    }

    #[test]
    fn on_a_quiet_stream_only_the_side_that_called_asks() {
        let (mut caller, mut called) = (Pulse::new(true, false, 0), Pulse::new(false, false, 0));
        for round in 1..4 {
            let now_ms = round * QUIET_MS;
            assert_eq!(caller.wake_ms(), Some(now_ms));
            assert_eq!(caller.poll(now_ms), Some(Beat::Ask));
            assert_eq!(called.poll(now_ms), None);
            caller.heard(now_ms);
            called.heard(now_ms);
        }
    }

    #[test]
    fn a_quiet_stream_to_nobody_ends() {
        let mut called = Pulse::new(false, false, 0);
        let ask_ms = QUIET_MS + QUIET_EXTRA_MS;
        assert_eq!(called.poll(ask_ms), Some(Beat::Ask));
        assert_eq!(called.poll(ask_ms + DEAD_AFTER_MS), Some(Beat::Dead));
    }
}
