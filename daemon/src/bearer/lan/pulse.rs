//! Whether the other side of a stream is still there. TCP says nothing while nothing is sent, and
//! takes minutes to say it when something is; so a frame that nothing follows is asked after.

/// Nothing was heard since a frame went out: ask.
const ASK_AFTER_MS: u64 = 1_500;
/// Nothing was heard since: nobody is there. Long enough for a busy machine.
const DEAD_AFTER_MS: u64 = 8_000;
/// Nothing was heard for so long on a quiet stream: the side that called asks. Half a minute
/// later the other side would, so that only one of them has to.
const QUIET_MS: u64 = 120_000;
const QUIET_EXTRA_MS: u64 = 30_000;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
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
}

impl Pulse {
    /// A stream that works now. `by_us`: we called. `is_silent`: an idle stream carries nothing.
    pub fn new(by_us: bool, is_silent: bool, now_ms: u64) -> Pulse {
        let extra_ms = if by_us { 0 } else { QUIET_EXTRA_MS };
        let quiet_ms = (!is_silent).then_some(QUIET_MS + extra_ms);
        Pulse { quiet_ms, heard_ms: now_ms, waiting_ms: None, asked: false }
    }

    /// Something was sent that is answered if anybody is there.
    pub fn sent(&mut self, now_ms: u64) {
        self.waiting_ms.get_or_insert(now_ms);
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
        if self.wake_ms().is_some_and(|wake_ms| now_ms >= wake_ms) {
            self.asked = true;
            self.sent(now_ms);
            return Some(Beat::Ask);
        }
        None
    }

    /// When [`Pulse::poll`] should be asked; none: not before something is sent.
    pub fn wake_ms(&self) -> Option<u64> {
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
        assert_eq!(pulse.poll(2_499), None);
        assert_eq!(pulse.poll(2_500), Some(Beat::Ask));
        assert_eq!(pulse.poll(8_999), None);
        assert_eq!(pulse.poll(9_000), Some(Beat::Dead));
    }

    #[test]
    fn anything_heard_ends_the_waiting() {
        let mut pulse = Pulse::new(true, true, 0);
        pulse.sent(1_000);
        assert_eq!(pulse.poll(2_500), Some(Beat::Ask));
        pulse.heard(2_600);
        assert_eq!((pulse.wake_ms(), pulse.poll(60_000)), (None, None));
        pulse.sent(60_000);
        assert_eq!(pulse.wake_ms(), Some(61_500));
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
