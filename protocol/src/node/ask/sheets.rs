//! A short bundle as a sequence of texts for codes on a screen or on paper, and back. It is a carry
//! file of few bytes: the most urgent first, of each lane as much as can be verified by itself.
//! Texts are [`crate::wire::sheet`]'s; who draws and reads them is not decided here.

use crate::base::caps::{SCAN_LINES_MAX, SHEETS_BYTES_MAX};
use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, Lane as LaneKind, LaneId};
use crate::local::carry_file::{HEAD_BYTES, LENGTH_BYTES, MAGIC};
use crate::local::{Refusal, RefusalCode, Reply, Request};
use crate::log::lane::Lane;
use crate::node::Node;
use crate::node::ask::Answer;
use crate::node::ask::carry::{PLAIN_BYTES_MAX, damaged};
use crate::wire::bundle::{RegisterId, Run, Section};
use crate::wire::frame::NumberForm;
use crate::wire::pack::Pack;
use crate::wire::sheet::{self, Joiner, SheetError};

/// What the file has around one frame, whose own overhead comes on top, less the first bytes that
/// every file begins with: the label of a sheet says as much.
const AROUND_BYTES: usize = HEAD_BYTES - MAGIC.len() + LENGTH_BYTES;
/// A part of the directory is sent first while it is no more than this share of the room.
const DIRECTORY_SHARE: usize = 4;

/// What goes into a bundle of few bytes.
struct Short {
    plain: Vec<u8>,
    records: u32,
    left_out: u32,
}

impl Node {
    pub(super) fn carry_sheets(
        &mut self,
        for_device: Option<String>,
        bytes_max: u32,
        chars_max: u16,
    ) -> Result<Answer, Refusal> {
        let reader = for_device.as_deref().map(|name| self.device_named(name)).transpose()?;
        let again = Request::CarrySheets { for_device, bytes_max, chars_max };
        if let Some(wait) = self.sealed_first(&again)? {
            return Ok(wait);
        }
        let around = AROUND_BYTES + self.sealer.overhead_bytes(NumberForm::Whole);
        let room = (bytes_max as usize).min(SHEETS_BYTES_MAX).saturating_sub(around);
        let short = self.short_bundle(reader, room.min(PLAIN_BYTES_MAX));
        if short.records == 0 && short.left_out > 0 {
            return Err(no_room(bytes_max));
        }
        if let Some(wait) = self.numbers_first(1, again)? {
            return Ok(wait);
        }
        let plains = if short.plain.is_empty() { Vec::new() } else { vec![short.plain] };
        let file = self.carry_file(&plains)?;
        let sheets = sheet::split(&file[MAGIC.len()..], usize::from(chars_max)).map_err(refused)?;
        let (records, left_out) = (short.records, short.left_out);
        Ok(Answer::Now(Reply::CarrySheets { sheets, records, left_out }))
    }

    pub(super) fn carry_scan(&mut self, lines: &[String]) -> Result<Answer, Refusal> {
        if lines.len() > SCAN_LINES_MAX {
            return Err(Refusal::new(
                RefusalCode::TooLong,
                format!("一次最多 {SCAN_LINES_MAX} 行。请换一个新的续存文件重新扫描。"),
                format!("At most {SCAN_LINES_MAX} lines at once. Begin again with a new file."),
            ));
        }
        let mut joiner = Joiner::default();
        let mut bad_lines = Vec::new();
        for (number, line) in (1u32..).zip(lines) {
            if let Err(error) = joiner.offer(line) {
                bad_lines.push((number, error.word().to_owned()));
            }
        }
        let Some(whole) = joiner.whole() else {
            let (total, missing) = joiner.progress().unwrap_or_default();
            let (new, known, refused) = (0, 0, Vec::new());
            return Ok(Answer::Now(Reply::CarryScanned {
                total,
                missing,
                bad_lines,
                new,
                known,
                refused,
            }));
        };
        let total = joiner.progress().map_or(0, |(total, _)| total);
        let file = [MAGIC, &whole.map_err(refused)?[..]].concat();
        match self.carry_import(&file)? {
            Answer::WhenSaved(Reply::CarryTaken { new, known, refused }) => {
                Ok(Answer::WhenSaved(Reply::CarryScanned {
                    total,
                    missing: Vec::new(),
                    bad_lines,
                    new,
                    known,
                    refused,
                }))
            }
            other => Ok(other),
        }
    }

    /// The most urgent of what `reader` is not known to hold, at most `room` bytes.
    fn short_bundle(&self, reader: Option<DeviceId>, room: usize) -> Short {
        let mut short = Short { plain: Vec::new(), records: 0, left_out: 0 };
        for (id, lane, from) in self.owed_lanes(reader, room) {
            let lacking = lane.saved() + 1 - from;
            let sent = match longest_run(id, lane, from, room - short.plain.len()) {
                Some(run) => {
                    let sent = run.records.len() as u32;
                    short.plain.extend_from_slice(&Section::Run(run).packed());
                    sent
                }
                None => 0,
            };
            short.records += sent;
            short.left_out += lacking - sent;
        }
        // What this device says of itself: that it holds an order, where it is, how it is.
        let own = |id: RegisterId| match id {
            RegisterId::Fix(device, _) | RegisterId::Held(device, _) => device == self.who.device,
            RegisterId::Status(device) => device == self.who.device,
        };
        for register in self.carry_registers().into_iter().filter(|found| own(found.id)) {
            let section = Section::Board(vec![register]).packed();
            if short.plain.len() + section.len() <= room {
                short.plain.extend_from_slice(&section);
            }
        }
        short
    }

    /// Lanes with something that the reader lacks and from where on, the most urgent first. A long
    /// piece of the directory goes last: it would leave no room for anything else.
    fn owed_lanes(&self, reader: Option<DeviceId>, room: usize) -> Vec<(LaneId, &Lane, u32)> {
        let mut owed = Vec::new();
        for (id, lane) in self.book.lanes().filter(|(id, _)| Some(id.author) != reader) {
            let head = match reader {
                Some(device) => self.known_head(device, *id),
                None => self.head_anywhere(*id),
            };
            let from = head + 1;
            if from > lane.saved() {
                continue;
            }
            let bytes: usize =
                (from..=lane.saved()).filter_map(|seq| lane.record(seq)).map(<[u8]>::len).sum();
            let urgency = (from..=lane.saved()).map(|seq| lane.urgency(seq)).min();
            let rank = match (id.lane, bytes <= room / DIRECTORY_SHARE) {
                (LaneKind::Directory, true) => (0, Urgency::Flash),
                (LaneKind::Directory, false) => (2, Urgency::Report),
                _ => (1, urgency.unwrap_or(Urgency::Report)),
            };
            owed.push((rank, *id, lane, from));
        }
        owed.sort_by_key(|(rank, id, _, _)| (*rank, *id));
        owed.into_iter().map(|(_, id, lane, from)| (id, lane, from)).collect()
    }

    /// The most that any other device is known to hold of a lane.
    fn head_anywhere(&self, id: LaneId) -> u32 {
        let contacts = self.links.values().flat_map(|link| link.contacts.values());
        contacts.filter_map(|contact| contact.view(id)).map(|view| view.head).max().unwrap_or(0)
    }
}

/// As many records from `from` on as fit and end with a seal: without it they would be shown as
/// unverified, and could not be answered.
fn longest_run(id: LaneId, lane: &Lane, from: u32, room: usize) -> Option<Run> {
    let mut run = Run { lane: id, first: from, records: Vec::new(), seal: None };
    let mut bytes = 0;
    for seq in from..=lane.saved() {
        let record = lane.record(seq)?;
        bytes += record.len();
        if bytes > room {
            break;
        }
        run.records.push(record.to_vec());
    }
    while !run.records.is_empty() {
        let last = from + run.records.len() as u32 - 1;
        run.seal = lane.seal_at(last).copied();
        if run.seal.is_some() && Section::Run(run.clone()).packed().len() <= room {
            return Some(run);
        }
        run.records.pop();
    }
    None
}

fn refused(error: SheetError) -> Refusal {
    match error {
        SheetError::TooLong => Refusal::new(
            RefusalCode::TooLong,
            "内容超过 99 张二维码。请把 --max-bytes 改小，或放大终端窗口，或改用 carry export 文件。",
            "It needs more than 99 codes. Use a smaller --max-bytes, a larger terminal, or a file \
             (carry export).",
        ),
        SheetError::TooNarrow => Refusal::new(
            RefusalCode::BadValue,
            "每张二维码容量太小。请放大终端窗口。",
            "So small a code has no room. Make the terminal larger.",
        ),
        SheetError::Other | SheetError::Damaged | SheetError::TooManySets => {
            damaged("各张对不上", "the sheets do not fit together")
        }
    }
}

fn no_room(bytes_max: u32) -> Refusal {
    Refusal::new(
        RefusalCode::TooLong,
        format!(
            "{bytes_max} 字节放不下任何一条可核验的记录。请加大 --max-bytes，或用 --for 指明收方。"
        ),
        format!(
            "No record with its seal fits {bytes_max} bytes. Allow more with --max-bytes, or name \
             the receiver with --for."
        ),
    )
}
