//! Reads taped frames as a person would want them told: who said what, in how many bytes. For
//! those who look for wasted air; the world itself never looks inside a frame.

use std::collections::{BTreeMap, BTreeSet};

use sanduan_protocol::base::ids::{DeviceId, LaneId};
use sanduan_protocol::keys::frame_key::{FrameKey, FrameOpener};
use sanduan_protocol::node::{Node, Settings};
use sanduan_protocol::wire::bundle::{self, Holding, Register, RegisterId, Section};
use sanduan_protocol::wire::frame::FrameView;
use sanduan_protocol::wire::{brief, notice};

use super::HostId;
use super::district;
use super::tape::Taped;

/// Opens frames of one network, in the order in which they were sent.
pub struct Reading {
    opener: FrameOpener,
    /// Whose frames were opened of each host: not every frame says it.
    speakers: BTreeMap<HostId, DeviceId>,
}

impl Reading {
    /// A reader with the keys of the days of the network's first epoch. It belongs to no device of
    /// the network, and no rekey is for it.
    pub fn new(settings: &Settings) -> Reading {
        let epochs = district::epochs_of(settings);
        let mut keys = epochs.frame_keys();
        keys.extend(epochs.far_keys());
        let opener = FrameOpener::of_keys(keys, DeviceId(u16::MAX));
        Reading { opener, speakers: BTreeMap::new() }
    }

    /// Learn the keys of the day and epoch in which this node is, so that frames are read after a
    /// rekey too.
    pub fn learn(&mut self, node: &Node) {
        let known: BTreeSet<_> = self.opener.keys().iter().map(FrameKey::turn).collect();
        let mut news = node.frame_keys();
        news.retain(|key| !known.contains(&key.turn()));
        if !news.is_empty() {
            news.extend_from_slice(self.opener.keys());
            self.opener.set_keys(news);
        }
    }

    /// What a frame says; nothing if it cannot be opened.
    pub fn sections(&mut self, taped: &Taped) -> Vec<Section> {
        self.opener.set_clock(taped.wall);
        let speaker: Vec<DeviceId> = self.speakers.get(&taped.host).copied().into_iter().collect();
        let opened = self.opener.open_among(&taped.frame, &speaker, taped.at);
        if let Ok(opened) = &opened {
            self.speakers.insert(taped.host, opened.sender);
        }
        match opened {
            Err(_) => Vec::new(),
            Ok(opened) if opened.brief => brief::read(&opened.plain).into_iter().collect(),
            Ok(opened) => bundle::read(&opened.plain).0,
        }
    }

    /// Each section of a frame in words; a notice has none.
    pub fn told(&mut self, taped: &Taped) -> Vec<(Option<Section>, String)> {
        let frame = &taped.frame;
        if notice::is_notice(frame) {
            return vec![(None, "notice".to_owned())];
        }
        if let Some(view) = FrameView::new(frame).ok().filter(FrameView::is_mute) {
            let what = if view.header.brief { "mute beacon" } else { "mute ack" };
            return vec![(None, what.to_owned())];
        }
        let sections = self.sections(taped).into_iter();
        sections.map(|section| (Some(section.clone()), tell(&section))).collect()
    }

    /// One line for one frame.
    pub fn line(&mut self, taped: &Taped) -> String {
        self.line_and_sections(taped).0
    }

    /// One line for one frame, and what it says.
    pub fn line_and_sections(&mut self, taped: &Taped) -> (String, Vec<Section>) {
        let told = self.told(taped);
        let (sections, said): (Vec<Option<Section>>, Vec<String>) = told.into_iter().unzip();
        let (seconds, ms) = (taped.at.0 / 1000, taped.at.0 % 1000);
        let line = format!(
            "{seconds:6}.{ms:03} {:>3} {:>4} B  {}",
            taped.host.0,
            taped.frame.len(),
            said.join("; ")
        );
        (line, sections.into_iter().flatten().collect())
    }
}

fn tell(section: &Section) -> String {
    match section {
        Section::Run(run) => {
            let last = run.first + run.records.len() as u32 - 1;
            let seal = if run.seal.is_some() { " sealed" } else { "" };
            format!("run {} {}-{last}{seal}", lane(run.lane), run.first)
        }
        Section::Packed(run) => {
            let last = run.first + run.count - 1;
            let seal = if run.seal.is_some() { " sealed" } else { "" };
            let author = run.author.map_or("own".to_owned(), |author| author.to_string());
            let flash = if run.incarnation >= 128 { " flash" } else { "" };
            let kind = format!("{:?}", run.lane).to_lowercase();
            format!("packed {author}:{kind}{flash} {}-{last}{seal}", run.first)
        }
        Section::Part(part) => {
            let end = part.offset as usize + part.bytes.len();
            let (id, total) = (part.id, part.total);
            format!("part {} {} {}-{end}/{total}", lane(id.lane), id.seq, part.offset)
        }
        Section::Seal(id, _) => format!("seal {} {}", lane(id.lane), id.seq),
        Section::Piece(id, piece) => {
            format!("piece {} {} {}", lane(id.lane), id.seq, piece.end())
        }
        Section::Ack(holdings) => format!("ack {}", list(holdings)),
        Section::Digest(_) => "digest".to_owned(),
        Section::Same(_) => "same".to_owned(),
        Section::Heads(heads) => format!("heads {}", list(&heads.holdings)),
        Section::Sketch(sketch) => format!("sketch {} B", sketch.symbols.len()),
        Section::Delta(delta) => format!("delta {} lanes", delta.changes.0.len()),
        Section::Vouch(devices) => format!("vouch for {}", devices.0.len()),
        Section::Holders(id, devices) => {
            let devices: Vec<String> = devices.0.iter().map(ToString::to_string).collect();
            format!("{} hold {} {}", devices.join(","), lane(id.lane), id.seq)
        }
        Section::Sum(sum) => format!("sum of {} runs", sum.items.len()),
        Section::Lack(lack) => format!("lack {} lanes", lack.changes.0.len()),
        Section::Want(wants) => {
            let wants = wants.iter().map(|id| format!("{} {}", lane(id.lane), id.seq));
            format!("want {}", wants.collect::<Vec<_>>().join(", "))
        }
        Section::Absent(first, count) => {
            format!("{count} of {} from {} went to make room", lane(first.lane), first.seq)
        }
        Section::Twice(twice) => format!("{} was heard in two starts", twice.device),
        Section::Fixes(fixes) => format!("fixes {} B", fixes.bits.len() + 4),
        Section::Call(devices) => {
            let devices: Vec<String> = devices.iter().map(ToString::to_string).collect();
            format!("call {}", devices.join(","))
        }
        Section::Board(registers) => {
            let one = |register: &Register| match register.id {
                RegisterId::Fix(device, unit) => {
                    format!("{device} at {unit} of {}", register.version)
                }
                RegisterId::Status(device) => format!("{device} is well of {}", register.version),
                RegisterId::Held(device, id) => {
                    format!("{device} holds {} {}", lane(id), register.version)
                }
            };
            format!("board {}", registers.iter().map(one).collect::<Vec<_>>().join(", "))
        }
    }
}

fn list(holdings: &[Holding]) -> String {
    let one = |holding: &Holding| {
        let islands: Vec<String> =
            holding.islands.iter().map(|(lack, held)| format!(" -{lack}+{held}")).collect();
        let Holding { head, sealed, .. } = holding;
        format!("{} {head}/{sealed}{}", lane(holding.lane), islands.concat())
    };
    holdings.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn lane(id: LaneId) -> String {
    format!("{}:{:?}", id.author, id.lane).to_lowercase()
}
