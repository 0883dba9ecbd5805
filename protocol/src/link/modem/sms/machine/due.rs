//! What the driver does when nothing is said: answers that did not come, states that changed, what
//! is most due, and the next deadline. What is said and heard is in [`super`].

use super::super::door::{Output, SmsState};
use super::super::fault::Fault;
use super::super::timing::{
    ANSWER_MS_MAX, LIST_EVERY_MS, LIST_RARELY_MS, NETWORK_LOST_MS, SENT_MS_MAX, SIGNAL_EVERY_MS,
};
use super::{ESCAPE, Sms, Step};
use crate::base::time::Mono;

impl Sms {
    pub(super) fn advance(&mut self, now: Mono) {
        self.expire(now);
        self.settle(now);
        if self.step == Step::Idle {
            self.begin(now);
        }
        let is_up = self.state == SmsState::Up;
        if is_up && self.step == Step::Idle && self.queue.wants_frame() && !self.ready_said {
            self.ready_said = true;
            self.out.push_back(Output::Ready);
        }
        self.next_at = self.next_deadline(now);
    }

    /// A command without an answer: begin again from the top.
    fn expire(&mut self, now: Mono) {
        if self.step_ends_at().is_none_or(|end| now < end) {
            return;
        }
        if !matches!(self.step, Step::Unfit(_)) {
            self.dropped("sms_no_answer");
            self.unanswered = self.unanswered.saturating_add(1);
        }
        if self.current.is_some() {
            // It may have gone out: a text that comes twice is better than none.
            self.send_failed(Fault::Plain, now);
            self.out.push_back(Output::Write(vec![ESCAPE]));
        }
        self.set_up(0, now);
    }

    fn step_ends_at(&self) -> Option<Mono> {
        match self.step {
            Step::Closed | Step::Idle => None,
            Step::Sending(_) => Some(self.since.after_ms(SENT_MS_MAX)),
            Step::Unfit(_) => Some(self.since.after_ms(NETWORK_LOST_MS)),
            Step::SetUp(_)
            | Step::Store(_)
            | Step::Signal
            | Step::Network
            | Step::Listing
            | Step::Deleting
            | Step::Prompt => Some(self.since.after_ms(ANSWER_MS_MAX)),
        }
    }

    fn settle(&mut self, now: Mono) {
        let hears = self.network_at.is_some_and(|at| now < at.after_ms(NETWORK_LOST_MS));
        let state = match self.step {
            _ if self.unanswered > 1 => SmsState::Mute,
            Step::Unfit(state) => state,
            _ if !self.is_set_up => SmsState::Starting,
            _ if hears || self.hides_network => SmsState::Up,
            _ => SmsState::NoNetwork,
        };
        // While a card is looked for again, nothing has changed yet.
        let looks_again = matches!(self.step, Step::SetUp(_)) && state == SmsState::Starting;
        if state == self.state || (looks_again && self.state != SmsState::Mute) {
            return;
        }
        self.state = state;
        if state != SmsState::Up {
            self.queue.clear_frames();
            self.ready_said = false;
        }
        self.out.push_back(Output::State(state));
    }

    /// The modem is free: what is most due.
    fn begin(&mut self, now: Mono) {
        let can_send = self.state == SmsState::Up && now >= self.send_at;
        if let Some(at) = self.to_delete.pop_front() {
            self.say(&format!("AT+CMGD={at}"), Step::Deleting, now);
        } else if now >= self.list_at {
            let pause_ms = if self.stores { LIST_EVERY_MS } else { LIST_RARELY_MS };
            self.list_at = now.after_ms(pause_ms);
            self.say("AT+CMGL=4", Step::Listing, now);
        } else if std::mem::take(&mut self.asks_network) {
            self.say("AT+CREG?", Step::Network, now);
        } else if self.signal_due(now) {
            self.signal_at = Some(now);
            self.asks_network = !self.hides_network;
            self.say("AT+CSQ", Step::Signal, now);
        } else if can_send && let Some(job) = self.queue.take() {
            let octets = job.submit.octets();
            self.current = Some(job);
            self.say(&format!("AT+CMGS={octets}"), Step::Prompt, now);
        }
    }

    fn signal_due(&self, now: Mono) -> bool {
        self.signal_at.is_none_or(|asked| now >= asked.after_ms(SIGNAL_EVERY_MS))
    }

    fn next_deadline(&self, now: Mono) -> Option<Mono> {
        let is_idle = self.step == Step::Idle;
        let is_up = self.state == SmsState::Up;
        let waits = is_idle && is_up && !self.queue.is_empty() && self.send_at > now;
        [
            self.step_ends_at(),
            self.signal_at.filter(|_| is_idle).map(|at| at.after_ms(SIGNAL_EVERY_MS)),
            Some(self.list_at).filter(|_| is_idle),
            self.network_at.filter(|_| is_up).map(|at| at.after_ms(NETWORK_LOST_MS)),
            Some(self.send_at).filter(|_| waits),
        ]
        .into_iter()
        .flatten()
        .filter(|at| *at > now)
        .min()
    }
}
