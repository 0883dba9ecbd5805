//! What a gateway must still know after a restart: whom it texted, what waits to be confirmed, what
//! it owes to the network or to the records. The daemon keeps it as one file; every table is
//! bounded.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::grammar::{Report, Weighty};
use crate::base::caps::{VILLAGE_LOG_MAX, VILLAGE_TEXTED_MAX, VILLAGE_WAITING_MAX};
use crate::base::ids::SpokenId;
use crate::local::request::{OrderDraft, ReceiptDraft};
use crate::local::rows::TextFate;

/// Everything that is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// When each order came to this gateway, ms since 1970.
    pub seen: Vec<(SpokenId, u64)>,
    /// Texts about orders, oldest first.
    pub texted: Vec<Texted>,
    /// What waits for a `1`, by handset.
    pub pending: BTreeMap<String, Pending>,
    /// The last text of each handset.
    pub heard: BTreeMap<String, LastHeard>,
    /// Texts that the network has not taken yet, by tag.
    pub outbox: BTreeMap<u64, Outgoing>,
    /// Records that are not on the disk yet, by tag.
    pub wishes: BTreeMap<u64, Wished>,
    /// Texts both ways, oldest first.
    pub log: VecDeque<LogLine>,
    /// The last tag given out.
    pub last_tag: u64,
}

/// One text about an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texted {
    /// The order.
    pub order: SpokenId,
    /// The handset.
    pub key: String,
    /// How many steps of its ladder this text and those before it cover.
    pub steps: usize,
    /// When, ms since 1970.
    pub at_ms: u64,
    /// Its tag.
    pub tag: u64,
    /// It could not be sent.
    pub is_failed: bool,
    /// The handset was told that the order is withdrawn.
    pub is_withdrawn: bool,
}

/// Something with numbers that a person must confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// An answer to an order.
    Answer {
        /// Which.
        order: SpokenId,
        /// What.
        weighty: Weighty,
    },
    /// A report.
    Report {
        /// What.
        report: Report,
    },
}

/// An [`Intent`] that was asked back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// What waits.
    pub intent: Intent,
    /// When it was asked, ms since 1970.
    pub asked_ms: u64,
}

/// The last text of a handset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LastHeard {
    /// When, ms since 1970.
    pub at_ms: u64,
    /// What it said.
    pub text: String,
    /// When the handset was last told how to answer, ms since 1970.
    pub helped_ms: u64,
}

/// A text on its way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// The handset.
    pub key: String,
    /// What it says.
    pub text: String,
    /// When it was made, ms since 1970.
    pub made_ms: u64,
}

/// A record that a person's text asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// A receipt of that person.
    Receipt(ReceiptDraft),
    /// A report, sent on in that person's name.
    Report {
        /// What was reported.
        report: Report,
        /// What is sent.
        draft: OrderDraft,
    },
}

/// A wish and who is told of its fate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wished {
    /// The handset.
    pub key: String,
    /// The wish.
    pub wish: Wish,
}

/// One line of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogLine {
    /// Tag of a text that went out.
    pub tag: u64,
    /// When, ms since 1970.
    pub at_ms: u64,
    /// The handset, also one that is not in the list.
    pub key: String,
    /// What it says.
    pub text: String,
    /// What became of it.
    pub fate: TextFate,
    /// Why it failed, or what it was taken for.
    pub note: String,
}

impl Memory {
    /// A tag that was never given out.
    pub fn next_tag(&mut self) -> u64 {
        self.last_tag += 1;
        self.last_tag
    }

    /// Note a line; the oldest gives way.
    pub fn log(&mut self, line: LogLine) {
        self.log.push_back(line);
        while self.log.len() > VILLAGE_LOG_MAX {
            self.log.pop_front();
        }
    }

    /// Change the line of a text that went out.
    pub fn tell_fate(&mut self, tag: u64, fate: TextFate, note: String) {
        if let Some(line) = self.log.iter_mut().rev().find(|line| line.tag == tag) {
            (line.fate, line.note) = (fate, note);
        }
    }

    /// Drop the oldest of what outgrew its limit.
    pub fn trim(&mut self) {
        let excess = self.texted.len().saturating_sub(VILLAGE_TEXTED_MAX);
        self.texted.drain(..excess);
        while self.outbox.len() > VILLAGE_WAITING_MAX {
            if let Some((tag, _)) = self.outbox.pop_first() {
                let note = "等待发送的短信过多，已放弃 / too many texts wait; given up".to_owned();
                self.tell_fate(tag, TextFate::Failed, note);
            }
        }
        while self.wishes.len() > VILLAGE_WAITING_MAX {
            self.wishes.pop_first();
        }
    }

    /// When an order came, noting now if it is new.
    pub fn seen_ms(&mut self, order: SpokenId, now_ms: u64) -> u64 {
        match self.seen.iter().find(|(id, _)| *id == order) {
            Some((_, at_ms)) => *at_ms,
            None => {
                self.seen.push((order, now_ms));
                now_ms
            }
        }
    }
}
