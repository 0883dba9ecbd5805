//! A carry file before a whole node: as it comes, and made by an insider who seals what he likes
//! under the true keys, so that what lies behind the tags is read too.

use sanduan_protocol::base::class::Urgency;
use sanduan_protocol::base::ids::Lane;
use sanduan_protocol::keys::frame_key::Manner;
use sanduan_protocol::keys::sign::{DeviceKey, SIGNATURE_BYTES, SignContext};
use sanduan_protocol::local::carry_file as outer;
use sanduan_protocol::local::{Reply, Request};
use sanduan_protocol::log::book::Book;
use sanduan_protocol::wire::bundle::{self, Run, Section};
use sanduan_protocol::wire::pack::Pack;

use super::whole::known;
use crate::network::{self, DEVICES, Host, SUITE};

/// The frame is put into the file as it is, without a seal.
const AS_IT_IS: u8 = 0x10;
/// The author of each run seals it anew, whatever became of its records.
pub const SEALED_ANEW: u8 = 0x20;

/// What begins as a carry file does is taken in as one. Anything else are the plain bytes of its
/// frames:
///
/// ```text
/// who 2 bits | 2 | as it is 1 | runs sealed anew 1 | 2 | length 2 bytes | bytes
/// ```
pub fn carry_file(bytes: &[u8]) -> bool {
    let mut host = Host::open(2, known());
    let is_file = bytes.starts_with(&outer::MAGIC[..2]);
    let file = if is_file { bytes.to_vec() } else { made(bytes) };
    let pieces = outer::pieces(&file);
    let whole = pieces.iter().all(|piece| outer::frames(piece).is_ok());
    host.ask(Request::CarryImport { bytes: file });
    assert!(!host.replies.is_empty(), "every request is answered");
    let taken = matches!(
        host.replies.last(),
        Some(Ok(Reply::CarryTaken { new, known, .. })) if new + known > 0
    );
    assert!(whole || !taken, "what is no whole file is not taken in");
    host.ask(Request::Orders { open_only: false });
    host.ask(Request::Stock { depot: None, item: None });
    host.ask(Request::Status);
    assert!(matches!(host.replies.last(), Some(Ok(Reply::Status(_)))));
    taken
}

/// The file of an insider, under the key of files and under that of the air.
fn made(bytes: &[u8]) -> Vec<u8> {
    let mut sealers = [1, 3, 9].map(network::sealer);
    sealers[0].set_key(network::carry_key());
    let mut file = outer::head(&network::grant().id().0);
    let mut rest = bytes;
    while let [what, high, low, after @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(after.len());
        let (said, later) = after.split_at(length);
        rest = later;
        let plain = if what & SEALED_ANEW != 0 { sealed_anew(said) } else { said.to_vec() };
        let sealer = &mut sealers[usize::from(what & 3) % 3];
        match what & AS_IT_IS {
            0 => {
                let frame = sealer.seal(&plain, Manner::WHOLE);
                frame.into_iter().for_each(|frame| outer::add_frame(&mut file, &frame));
            }
            _ => outer::add_frame(&mut file, &plain),
        }
    }
    file
}

/// The same sections, and those runs whose chain can be followed under a true seal of the author.
fn sealed_anew(plain: &[u8]) -> Vec<u8> {
    let mut book = Book::of(SUITE);
    let (sections, _) = bundle::read(plain);
    let sealed = sections.into_iter().map(|section| match section {
        Section::Run(run) => Section::Run(with_seal(&mut book, run)).packed(),
        other => other.packed(),
    });
    sealed.collect::<Vec<_>>().concat()
}

fn with_seal(book: &mut Book, mut run: Run) -> Run {
    for (seq, record) in (run.first..).zip(&run.records) {
        let _ = book.offer(run.lane.at(seq), record, &|_| Urgency::Routine);
    }
    let mut made: Option<(u32, [u8; SIGNATURE_BYTES])> = None;
    book.seal_head(run.lane, |seq, hash| {
        let author = run.lane.author.0;
        let key = match run.lane.lane {
            Lane::Directory => network::authority(),
            _ if (1..=DEVICES).contains(&author) => DeviceKey::of(SUITE, network::seed(author)),
            _ => return None,
        };
        let context = SignContext::Seal(network::grant().id());
        let seal = key.sign(context, &[&run.lane.packed(), &seq.to_be_bytes(), hash]);
        made = Some((seq, seal));
        Some(seal)
    });
    let last = u64::from(run.first) + run.records.len() as u64;
    if let Some((_, seal)) = made.filter(|(seq, _)| u64::from(*seq) + 1 == last) {
        run.seal = Some(seal);
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus;

    /// Records that a node holds after this input, those of them that nobody sealed, and the seals
    /// that did not fit.
    fn taken(input: &[u8]) -> (u64, u64) {
        let mut host = Host::open(2, known());
        host.ask(Request::CarryImport { bytes: made(input) });
        host.ask(Request::Status);
        match host.replies.last() {
            Some(Ok(Reply::Status(row))) => (row.records, row.provisional),
            _ => panic!("no status"),
        }
    }

    #[test]
    fn a_changed_record_counts_when_its_author_seals_it_anew() {
        let seeds = corpus::seeds("carry-file");
        let [_, sound, anew, ..] = seeds.as_slice() else { panic!("there are plain ones") };
        let word = "情况有变".as_bytes();
        let at = |input: &[u8]| input.windows(word.len()).position(|bytes| bytes == word);
        let changed = |input: &[u8]| {
            let mut changed = input.to_vec();
            let at = at(input).expect("the story withdraws an order");
            changed[at..at + 3].copy_from_slice("时".as_bytes());
            changed
        };
        let (records, hollow) = taken(sound);
        assert!(records > 5 && hollow == 0, "{records} records, {hollow} hollow");
        assert_eq!(taken(anew), (records, 0));
        assert_eq!(taken(&changed(anew)), (records, 0), "it is verified under its new seal");
        let (fewer, hollow) = taken(&changed(sound));
        assert!(fewer < records || hollow > 0, "{fewer} of {records}, {hollow} hollow");
    }
}
