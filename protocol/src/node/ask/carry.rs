//! Records carried by hand: a file of sealed frames, made here and taken in elsewhere.
//!
//! Its outer shape is [`crate::local::carry_file`]'s. The frames are ordinary frames, only longer:
//! whoever lacks the network's secret reads nothing. That a file was written is no proof that it
//! arrives: nothing is noted as known to anybody, and all of it stays owed.
//!
//! A file may be taken in late, twice, or in pieces of different age; records do not mind.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::caps::{CARRY_FRAME_BYTES_MAX, FRAME_BYTES_MAX, PENDING_MAX};
use crate::base::ids::{DeviceId, LaneId, LinkId};
use crate::base::room::Level;
use crate::field::directory::Directory;
use crate::local::carry_file::{self, NotACarryFile};
use crate::local::{Refusal, RefusalCode, Reply, Request};
use crate::log::lane::{Lane, Offered};
use crate::node::Node;
use crate::node::ask::Answer;
use crate::node::room::HELD_BACK;
use crate::wire::bundle::{Register, RegisterId, Run, Section};
use crate::wire::frame::WHOLE_OVERHEAD_BYTES;
use crate::wire::notice;
use crate::wire::pack::Pack;

/// Plain bytes of one frame of a file.
pub(super) const PLAIN_BYTES_MAX: usize = CARRY_FRAME_BYTES_MAX - WHOLE_OVERHEAD_BYTES;
/// Records of files that may wait for others before them: half of what may wait in all lanes. The
/// rest is kept for links, which would take in no record in parts without it.
const EARLY_MAX: usize = PENDING_MAX / 2;
/// Registers of one board section.
const REGISTERS_PER_SECTION: usize = 128;

impl Node {
    pub(super) fn carry_export(&mut self, for_device: Option<String>) -> Result<Answer, Refusal> {
        let reader = match &for_device {
            Some(name) => Some(self.device_named(name)?),
            None => None,
        };
        let again = Request::CarryExport { for_device };
        if let Some(wait) = self.sealed_first(&again)? {
            return Ok(wait);
        }
        let (plains, records) = self.carry_plains(reader);
        if let Some(wait) = self.numbers_first(plains.len(), again)? {
            return Ok(wait);
        }
        let mut bytes = self.carry_file(&plains)?;
        // Who missed a rekey must hear of it before it can open the rest.
        let notices = self.notice_frames(FRAME_BYTES_MAX);
        carry_file::put_before(&mut bytes, &notices);
        Ok(Answer::Now(Reply::CarryFile { bytes, records }))
    }

    /// Seal what is open before it leaves: whoever takes it in must be able to verify it, and may
    /// never meet us.
    pub(super) fn sealed_first(&mut self, again: &Request) -> Result<Option<Answer>, Refusal> {
        if self.seal_at.is_empty() {
            return Ok(None);
        }
        self.saves()?;
        let lanes: Vec<LaneId> = self.seal_at.keys().copied().collect();
        lanes.into_iter().for_each(|lane| self.seal_now(lane));
        Ok(Some(Answer::Again(again.clone())))
    }

    /// A start with numbers for so many frames is on the disk before one is used.
    pub(super) fn numbers_first(
        &mut self,
        frames: usize,
        again: Request,
    ) -> Result<Option<Answer>, Refusal> {
        if self.sealer.left() >= frames as u64 {
            return Ok(None);
        }
        self.saves()?;
        self.ask_start();
        Ok(Some(Answer::Again(again)))
    }

    /// The file of these plain bytes, each a sealed frame.
    pub(super) fn carry_file(&mut self, plains: &[Vec<u8>]) -> Result<Vec<u8>, Refusal> {
        let mut bytes = carry_file::head(&self.who.network.0);
        let key = self.turns.epochs.carry_keys().swap_remove(0);
        for plain in plains {
            let sealed = self.sealer.seal_carried(&key, plain);
            let frame = sealed.map_err(|error| damaged(error.word(), error.word()))?;
            carry_file::add_frame(&mut bytes, &frame);
        }
        Ok(bytes)
    }

    /// A device by its index, or the first device of a unit by name.
    pub(super) fn device_named(&self, name: &str) -> Result<DeviceId, Refusal> {
        let directory: &Directory = &self.folds.directory;
        if let Ok(device) = directory.device(name) {
            return Ok(device);
        }
        let unit = directory.unit(name)?;
        directory.devices_of(unit).next().ok_or_else(|| {
            Refusal::new(
                RefusalCode::UnknownName,
                format!("“{name}”还没有终端。请先办理入网。"),
                format!("{name} has no device yet. Admit one first."),
            )
        })
    }

    /// The plain bytes of all frames, directory first, and how many records are in them.
    fn carry_plains(&self, reader: Option<DeviceId>) -> (Vec<Vec<u8>>, u32) {
        let mut pages = Pages { done: Vec::new(), page: Vec::new() };
        let mut lanes: Vec<(&LaneId, &Lane)> = self.book.lanes().collect();
        lanes.sort_by_key(|(id, _)| (id.lane != crate::base::ids::Lane::Directory, id.lane, **id));
        let mut records = 0;
        for (id, lane) in lanes {
            let from = reader.map_or(0, |device| self.known_head(device, *id)) + 1;
            records += add_lane(&mut pages, *id, lane, from);
            let proof = self.book.fork(*id).filter(|_| self.disk.has_proof(*id));
            let proof = proof.map(|fork| fork.runs(*id));
            proof.into_iter().flatten().for_each(|run| pages.push(&Section::Run(run)));
        }
        for some in self.carry_registers().chunks(REGISTERS_PER_SECTION) {
            pages.push(&Section::Board(some.to_vec()));
        }
        (pages.finish(), records)
    }

    /// The plain bytes of the frames of the directory alone, and how many records are in them.
    pub(super) fn directory_plains(&self) -> (Vec<Vec<u8>>, u32) {
        let mut pages = Pages { done: Vec::new(), page: Vec::new() };
        let mut records = 0;
        let is_directory = |id: &LaneId| id.lane == crate::base::ids::Lane::Directory;
        for (id, lane) in self.book.lanes().filter(|(id, _)| is_directory(id)) {
            records += add_lane(&mut pages, *id, lane, 1);
        }
        (pages.finish(), records)
    }

    /// All registers, and which orders this device holds: whoever gave them hears of it.
    pub(super) fn carry_registers(&self) -> Vec<Register> {
        let known = self.board.iter().filter_map(|(id, _, _)| self.board.get(id));
        let own = self.book.lanes().filter_map(|(id, lane)| {
            let version = lane.last_order(lane.saved())?;
            let held = id.author != self.who.device;
            let id = RegisterId::Held(self.who.device, *id);
            held.then_some(Register { id, version, value: Vec::new() })
        });
        known.chain(own).collect()
    }

    /// What a device is known to hold of a lane, over any link.
    pub(super) fn known_head(&self, device: DeviceId, id: LaneId) -> u32 {
        let contacts = self.links.values().filter_map(|link| link.contacts.get(&device));
        contacts.filter_map(|contact| contact.view(id)).map(|view| view.head).max().unwrap_or(0)
    }

    pub(super) fn carry_import(&mut self, bytes: &[u8]) -> Result<Answer, Refusal> {
        self.saves()?;
        let frames = frames_of(bytes, &self.who.network.0)?;
        let mut taken = Taken::default();
        for frame in &frames {
            if notice::is_notice(frame) {
                if let Err(word) = self.take_notice(frame) {
                    taken.refuse(word);
                }
                continue;
            }
            match self.open_carried(frame) {
                Ok(opened) => {
                    taken.has_opened = true;
                    // Of the former epoch too, all is taken: each record proves itself, and what
                    // a revoked device wrote is cut where the authority said.
                    let (sections, error) = self.sections(&opened);
                    if error.is_some() {
                        taken.refuse("bad_bundle");
                    }
                    sections.into_iter().for_each(|section| self.take_in(section, &mut taken));
                }
                Err(error) => taken.refuse(error.word()),
            }
        }
        self.take_in_again(&frames, &mut taken);
        if !taken.has_opened && !taken.refused.is_empty() {
            return Err(damaged("没有一帧能解开", "no frame could be opened"));
        }
        Ok(Answer::WhenSaved(Reply::CarryTaken {
            new: taken.new.values().sum(),
            known: taken.known,
            refused: taken.refused.into_iter().map(|(why, n)| (why.to_owned(), n)).collect(),
        }))
    }

    /// What stood in the place of a record of the file was dropped for a seal of the file: its
    /// records find their places free now. By the next file whoever forged would be back there.
    fn take_in_again(&mut self, frames: &[&[u8]], taken: &mut Taken) {
        let lanes = std::mem::take(&mut taken.freed);
        if lanes.is_empty() {
            return;
        }
        taken.new.retain(|lane, _| !lanes.contains(lane));
        let is_freed = |section: &Section| {
            matches!(section, Section::Run(run) if lanes.contains(&run.lane))
                || matches!(section, Section::Seal(id, _) if lanes.contains(&id.lane))
        };
        for frame in frames {
            let Ok(opened) = self.open_carried(frame) else { continue };
            let sections = self.sections(&opened).0.into_iter().filter(is_freed);
            sections.for_each(|section| self.take_in(section, taken));
        }
    }

    fn take_in(&mut self, section: Section, taken: &mut Taken) {
        match section {
            Section::Run(run) if self.is_contested(LinkId(u16::MAX), run.lane.author, &run) => {
                taken.refuse("forked");
            }
            Section::Run(run)
                if self.who.device == run.lane.author && !self.may_take_back(&run) =>
            {
                taken.known += run.records.len() as u32;
            }
            Section::Run(run) => self.take_in_run(&run, taken),
            Section::Seal(id, _) if id.lane.author == self.who.device => {}
            Section::Seal(id, seal) => {
                self.book.offer_seal(id, &seal);
                if self.settle(LinkId(u16::MAX), id.lane) {
                    taken.freed.insert(id.lane);
                }
            }
            Section::Board(registers) => {
                for register in registers {
                    if self.board.put(&register) {
                        self.hashes.board_stale = true;
                        self.take_register(&register);
                        self.keep_register(register);
                    }
                }
            }
            Section::Packed(_)
            | Section::Fixes(_)
            | Section::Part(_)
            | Section::Piece(..)
            | Section::Ack(_)
            | Section::Digest(_)
            | Section::Same(_)
            | Section::Heads(_)
            | Section::Sketch(_)
            | Section::Delta(_)
            | Section::Holders(..)
            | Section::Vouch(_)
            | Section::Lack(_)
            | Section::Sum(_)
            | Section::Want(_)
            | Section::Absent(..)
            | Section::Twice(_)
            | Section::Call(_) => taken.refuse("no_place_in_a_file"),
        }
    }

    fn take_in_run(&mut self, run: &Run, taken: &mut Taken) {
        let is_crowded = self.book.early_count() >= EARLY_MAX;
        for (seq, record) in (run.first..).zip(&run.records) {
            let id = run.lane.at(seq);
            let next = self.book.lane(run.lane).map_or(0, |lane| lane.head()) + 1;
            if seq > next && is_crowded {
                taken.refuse("no_room");
                continue;
            }
            if self.is_held_back(id, Level::NoBulk) {
                taken.refuse(HELD_BACK);
                continue;
            }
            match self.offer_within_share(id, record) {
                Some(Offered::New | Offered::Early) => taken.note_new(run.lane),
                Some(Offered::Known) => taken.known += 1,
                Some(Offered::Conflict) => taken.refuse("conflict"),
                Some(Offered::NoRoom) => taken.refuse("no_room"),
                Some(Offered::Frozen) => taken.refuse("forked"),
                None => taken.refuse("over_share"),
            }
        }
        let last = run.first + run.records.len() as u32 - 1;
        if self.settle_run(LinkId(u16::MAX), run, last) {
            taken.freed.insert(run.lane);
        }
    }
}

/// What became of a file.
#[derive(Default)]
struct Taken {
    new: BTreeMap<LaneId, u32>,
    known: u32,
    refused: BTreeMap<&'static str, u32>,
    /// A frame could be opened: the file is whole, whatever becomes of its records here.
    has_opened: bool,
    /// Lanes whose unsealed records were dropped for a seal of the file.
    freed: BTreeSet<LaneId>,
}

impl Taken {
    fn note_new(&mut self, lane: LaneId) {
        *self.new.entry(lane).or_default() += 1;
    }

    fn refuse(&mut self, why: &'static str) {
        *self.refused.entry(why).or_default() += 1;
    }
}

/// Frames being filled.
struct Pages {
    done: Vec<Vec<u8>>,
    page: Vec<u8>,
}

impl Pages {
    fn push(&mut self, section: &Section) {
        let bytes = section.packed();
        if self.page.len() + bytes.len() > PLAIN_BYTES_MAX {
            self.done.push(std::mem::take(&mut self.page));
        }
        self.page.extend_from_slice(&bytes);
    }

    fn finish(mut self) -> Vec<Vec<u8>> {
        if !self.page.is_empty() {
            self.done.push(self.page);
        }
        self.done
    }
}

/// All records of a lane from `from` on, in runs of half a frame at most, and its newest seal. How
/// many there are. What went to make room leaves a gap: who has it already lacks what follows it.
fn add_lane(pages: &mut Pages, id: LaneId, lane: &Lane, from: u32) -> u32 {
    let begin = |first| Run { lane: id, first, records: Vec::new(), seal: None };
    let (mut run, mut bytes, mut count) = (begin(from), 0, 0);
    for seq in from..=lane.saved() {
        let record = lane.record(seq);
        if let Some(record) = record {
            (bytes, count) = (bytes + record.len() + 3, count + 1);
            run.records.push(record.to_vec());
            run.seal = lane.seal_at(seq).copied();
        }
        let is_full = bytes > PLAIN_BYTES_MAX / 2 || run.seal.is_some() || seq == lane.saved();
        if is_full || record.is_none() {
            let whole = std::mem::replace(&mut run, begin(seq + 1));
            if !whole.records.is_empty() {
                pages.push(&Section::Run(whole));
            }
            bytes = 0;
        }
    }
    let sealed = lane.saved_sealed();
    if let Some(seal) = lane.seal_at(sealed).filter(|_| sealed < from) {
        pages.push(&Section::Seal(id.at(sealed), *seal));
    }
    count
}

/// The frames of a file, if it is one of this network.
fn frames_of<'a>(bytes: &'a [u8], network: &[u8; 8]) -> Result<Vec<&'a [u8]>, Refusal> {
    let refuse = |error: NotACarryFile| match error {
        // A request or a table by mistake: nothing is damaged, and no copy of it will do.
        NotACarryFile::Other => Refusal::new(
            RefusalCode::BadFile,
            "这个文件不是三断导出的带报或名录文件，未导入任何内容。请核对是不是拿错了文件。",
            "This is no carry file and no signed directory; nothing was taken in. Check that it \
             is the right file.",
        ),
        NotACarryFile::TooLong | NotACarryFile::Cut => damaged(error.zh(), error.en()),
    };
    if carry_file::network(bytes).map_err(refuse)? != *network {
        return Err(Refusal::new(
            RefusalCode::BadFile,
            "这份带报文件属于另一个网络（或演练网），未导入。请核对来源。",
            "This carry file belongs to another network (or to a drill); nothing was taken in. \
             Check where it comes from.",
        ));
    }
    carry_file::frames(bytes).map_err(refuse)
}

pub(super) fn damaged(zh: &str, en: &str) -> Refusal {
    Refusal::new(
        RefusalCode::BadFile,
        format!("带报文件不完整或已损坏（{zh}），未导入任何内容。请重新拷贝或重新导出。"),
        format!("The carry file is damaged or cut ({en}); nothing was taken in. Copy it again."),
    )
}
