//! Whatever comes first, every book ends a forked lane at the same place, and nothing forged does.

use proptest::prelude::*;

use super::*;
use crate::base::dice::Dice;
use crate::base::ids::{DeviceId, Lane as Class};
use crate::keys::suite::SUITE_0;
use crate::wire::pack::Pack;

fn id() -> LaneId {
    LaneId::first(DeviceId(9), Class::Command)
}

/// A signature that only this test can make.
fn sign(lane: LaneId, seq: u32, hash: &ChainHash) -> Signature {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"key").update(&lane.packed()).update(&seq.to_be_bytes()).update(hash);
    let mut seal = [0; 64];
    hasher.finalize_xof().fill(&mut seal);
    seal
}

fn verify(lane: LaneId, seq: u32, hash: &ChainHash, seal: &Signature) -> Option<bool> {
    Some(sign(lane, seq, hash) == *seal)
}

/// What an author wrote on one of its disks: every record, and the seals at some of them.
#[derive(Clone, Debug)]
struct Story {
    records: Vec<Vec<u8>>,
    sealed: Vec<u32>,
}

impl Story {
    /// `common` records that all stories share, then some of its own; sealed here and there.
    fn new(common: u32, own: u32, name: u8, dice: &mut Dice) -> Story {
        let shared = (1..=common).map(|seq| vec![0, seq as u8]);
        let records = shared.chain((1..=own).map(|seq| vec![name, seq as u8])).collect();
        let mut sealed: Vec<u32> = (1..common + own).filter(|_| dice.chance(400_000)).collect();
        sealed.push(common + own);
        Story { records, sealed }
    }

    fn hash(&self, seq: u32) -> ChainHash {
        let records = self.records[..seq as usize].iter();
        records.fold(crate::log::lane::first_link(SUITE_0, id()), |hash, record| {
            link_on(SUITE_0, &hash, record)
        })
    }

    /// The runs of one transfer from `from` on, each up to the next seal or shorter.
    fn runs(&self, mut from: u32, dice: &mut Dice) -> Vec<Run> {
        let mut runs = Vec::new();
        while from <= self.records.len() as u32 {
            let next = *self.sealed.iter().find(|at| **at >= from).expect("the last is sealed");
            let last = if dice.chance(300_000) { from } else { next };
            let records = self.records[from as usize - 1..last as usize].to_vec();
            let seal = (last == next).then(|| sign(id(), last, &self.hash(last)));
            runs.push(Run { lane: id(), first: from, records, seal });
            from = last + 1;
        }
        runs
    }
}

/// Take in a run as a node does.
fn take(book: &mut Book, run: &Run, is_again: bool) -> Contest {
    let mut contest = book.contest(run, &verify);
    if contest == Contest::None {
        for (seq, record) in (run.first..).zip(&run.records) {
            book.offer(id().at(seq), record, &|_| Urgency::Flash);
        }
        if let Some(seal) = &run.seal {
            book.offer_seal(id().at(run.first + run.records.len() as u32 - 1), seal);
        }
        if book.settle(id(), &verify) > 0 {
            book.drop_unsealed(id());
            if !is_again {
                contest = take(book, run, true);
            }
        }
    }
    let handed = book.hand_out();
    book.note_saved(&handed.marks);
    contest
}

/// A book after some transfers in some order, and then every story twice from its start: what was
/// taken for the other branch when it came first is asked for again.
fn book_of(stories: &[Story], seed: u64) -> Book {
    let (mut book, mut dice) = (Book::default(), Dice::new(seed));
    for round in 0..6 + 2 * stories.len() {
        let (story, from) = match round.checked_sub(6) {
            Some(at) => (&stories[(at + seed as usize) % stories.len()], 1),
            None => {
                let story = &stories[dice.below(stories.len() as u64) as usize];
                (story, 1 + dice.below(story.records.len() as u64) as u32)
            }
        };
        for run in story.runs(from, &mut dice) {
            take(&mut book, &run, false);
        }
    }
    book
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_book_ends_a_forked_lane_at_the_same_place(
        common in 0u32..12, own in 1u32..9, later in 0u32..4, third in 1u32..9,
        seed in any::<u32>(),
    ) {
        let mut dice = Dice::new(u64::from(seed));
        let mut stories = vec![
            Story::new(common, own, 1, &mut dice),
            Story::new(common, third, 2, &mut dice),
        ];
        // A third disk went on with the first story for a while.
        let mut extra = Story::new(common, own + 2, 1, &mut dice);
        let parts = (common + later.min(own)) as usize;
        extra.records[parts..].iter_mut().for_each(|record| record[0] = 3);
        stories.push(extra);
        let books: Vec<Book> =
            (0..4).map(|at| book_of(&stories, u64::from(seed) + at)).collect();
        for book in &books {
            let lane = book.lane(id()).expect("something came in");
            prop_assert_eq!(lane.fork(), Some(common + 1));
            let ends = (lane.head(), lane.sealed(), lane.saved_sealed());
            prop_assert_eq!(ends, (common, common, common));
            prop_assert_eq!(book.verified_hash(), books[0].verified_hash());
            prop_assert_eq!(book.verified_hash(), book.verified_hash_anew());
            let fork = book.fork(id()).expect("the proof");
            let before = lane.hash_before(fork.at).expect("all before it is here");
            prop_assert_eq!(fork.is_good(SUITE_0, id(), &before, &verify), Some(true));
            prop_assert_eq!(&Fork::unpack_all(&fork.packed()).expect("it was packed"), fork);
        }
    }

    #[test]
    fn without_a_second_seal_of_the_author_nothing_is_frozen(
        common in 1u32..12, own in 1u32..9, seed in any::<u32>(),
    ) {
        let mut dice = Dice::new(u64::from(seed));
        let story = Story::new(common, own, 1, &mut dice);
        let forged = Story::new(common, own, 2, &mut dice);
        let mut book = Book::default();
        for run in story.runs(1, &mut dice) {
            take(&mut book, &run, false);
        }
        let before = book.verified_hash();
        for mut run in forged.runs(1, &mut dice) {
            run.seal = run.seal.map(|mut seal| { seal[0] ^= 1; seal });
            take(&mut book, &run, false);
        }
        prop_assert_eq!(book.verified_hash(), before);
        prop_assert_eq!(book.forks().count(), 0);
    }

    #[test]
    fn bytes_that_are_no_proof_are_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        if let Ok(fork) = Fork::unpack_all(&bytes) {
            prop_assert!(fork.branches.iter().all(|branch| !branch.records.is_empty()));
        }
    }
}

#[test]
fn a_frozen_lane_is_frozen_after_a_restart() {
    let mut dice = Dice::new(4);
    let stories = [Story::new(5, 3, 1, &mut dice), Story::new(5, 4, 2, &mut dice)];
    let book = book_of(&stories, 1);
    let mut again = Book::default();
    again.restore_fork(id(), book.fork(id()).expect("a fork").clone());
    for (seq, record) in (1..).zip(&stories[0].records) {
        again.restore(id().at(seq), record, Urgency::Flash);
    }
    assert_eq!(again.settle_restored(id(), &verify), 0);
    let lane = again.lane(id()).expect("restored");
    assert_eq!((lane.fork(), lane.head(), lane.saved_sealed()), (Some(6), 5, 5));
    assert_eq!(again.verified_hash(), book.verified_hash());
    assert_eq!(again.verified_hash(), again.verified_hash_anew());
}

#[test]
fn a_fork_behind_records_that_a_disk_has_lost_is_told_once_these_are_back() {
    let mut dice = Dice::new(4);
    let stories = [Story::new(2, 3, 1, &mut dice), Story::new(2, 4, 2, &mut dice)];
    let book = book_of(&stories, 1);
    let mut again = Book::default();
    again.restore_fork(id(), book.fork(id()).expect("a fork").clone());
    again.restore(id().at(2), &stories[0].records[1], Urgency::Flash);
    again.settle_restored(id(), &verify);
    assert_eq!(again.lane(id()).expect("restored").fork(), Some(3));
    assert_eq!(again.verified_hash(), Book::default().verified_hash(), "nobody can be shown it");
    assert_ne!(again.verified_hash(), book.verified_hash());
    for (seq, record) in (1..).zip(&stories[0].records[..2]) {
        again.offer(id().at(seq), record, &|_| Urgency::Flash);
    }
    again.settle(id(), &verify);
    let marks = again.hand_out().marks;
    again.note_saved(&marks);
    assert_eq!(again.verified_hash(), book.verified_hash());
}

#[test]
fn branches_being_gathered_have_a_limit() {
    let mut book = Book::default();
    for author in 0..RIVALS_MAX as u16 + 3 {
        let lane = LaneId::first(DeviceId(author), Class::Command);
        let hash = link_on(SUITE_0, &crate::log::lane::first_link(SUITE_0, lane), b"true");
        let seal = Some(sign(lane, 1, &hash));
        let run = Run { lane, first: 1, records: vec![b"true".to_vec()], seal };
        book.offer(lane.at(1), b"true", &|_| Urgency::Flash);
        book.offer_seal(lane.at(1), &run.seal.expect("just made"));
        assert_eq!(book.settle(lane, &verify), 0);
        let other = Run { records: vec![b"false".to_vec()], seal: None, ..run };
        assert_eq!(book.contest(&other, &verify), Contest::Open);
    }
    assert_eq!(book.rivals.len(), RIVALS_MAX);
}

#[test]
fn a_forged_record_does_not_hold_up_the_true_ones_after_it() {
    let mut dice = Dice::new(1);
    let mut story = Story::new(0, 4, 1, &mut dice);
    story.sealed = vec![2, 4];
    let run = |from: u32, to: u32| {
        let records = story.records[from as usize - 1..to as usize].to_vec();
        Run { lane: id(), first: from, records, seal: None }
    };
    let mut book = Book::default();
    take(&mut book, &Run { seal: Some(sign(id(), 2, &story.hash(2))), ..run(1, 2) }, false);
    let forged = Run { records: vec![b"forged".to_vec()], ..run(2, 2) };
    assert_eq!(take(&mut book, &forged, false), Contest::Open);
    // It could follow the forged one too, and is not thrown away for that.
    assert_eq!(take(&mut book, &run(3, 3), false), Contest::None);
    assert_eq!(take(&mut book, &run(4, 4), false), Contest::None);
    let seal = sign(id(), 4, &story.hash(4));
    assert_eq!(book.contest_seal(id().at(4), &seal, &verify), Contest::None);
    book.offer_seal(id().at(4), &seal);
    assert_eq!(book.settle(id(), &verify), 0);
    assert_eq!(book.lane(id()).map(|lane| (lane.head(), lane.sealed())), Some((4, 4)));
    // The same with the seal in the run.
    let mut sealed = Book::default();
    take(&mut sealed, &Run { seal: Some(sign(id(), 2, &story.hash(2))), ..run(1, 2) }, false);
    assert_eq!(take(&mut sealed, &forged, false), Contest::Open);
    assert_eq!(take(&mut sealed, &Run { seal: Some(seal), ..run(3, 4) }, false), Contest::None);
    assert_eq!(sealed.lane(id()).map(|lane| (lane.head(), lane.sealed())), Some((4, 4)));
}

#[test]
fn the_seal_of_our_own_story_leaves_the_other_waiting_for_its_seal() {
    let mut dice = Dice::new(8);
    let [ours, theirs] = [1, 2].map(|name| Story::new(2, 1, name, &mut dice));
    let mut book = book_of(std::slice::from_ref(&ours), 3);
    let other = Run { lane: id(), first: 3, records: vec![theirs.records[2].clone()], seal: None };
    assert_eq!(book.contest(&other, &verify), Contest::Open);
    let mut hear_seal =
        |story: &Story| book.contest_seal(id().at(3), &sign(id(), 3, &story.hash(3)), &verify);
    assert_eq!(hear_seal(&ours), Contest::None);
    assert_eq!(hear_seal(&theirs), Contest::Forked(3));
}

#[test]
fn half_a_seal_that_was_left_over_is_not_joined_to_that_of_the_other_story() {
    let mut dice = Dice::new(9);
    let [ours, theirs] = [1, 2].map(|name| Story::new(2, 1, name, &mut dice));
    let mut book = book_of(std::slice::from_ref(&ours), 4);
    let mut found = Vec::new();
    // The end of one proof, and the next from its beginning.
    for (story, halves) in
        [(&theirs, &[true][..]), (&ours, &[false, true]), (&theirs, &[false, true])]
    {
        let records = vec![story.records[2].clone()];
        if halves.len() > 1 {
            book.contest(&Run { lane: id(), first: 3, records, seal: None }, &verify);
        }
        let seal = sign(id(), 3, &story.hash(3));
        for is_second in halves {
            let piece = SealPiece::of(&seal, 32 * usize::from(*is_second), 32).expect("a half");
            let whole = book.offer_piece(id().at(3), &piece);
            found.extend(whole.map(|seal| book.contest_seal(id().at(3), &seal, &verify)));
        }
    }
    assert_eq!(found, [Contest::None, Contest::Forked(3)]);
}

#[test]
fn a_seal_proves_a_branch_of_which_more_is_here_than_its_author_sealed() {
    let mut dice = Dice::new(9);
    let mut ours = Story::new(0, 1, 1, &mut dice);
    ours.sealed = vec![1];
    let mut other = Story::new(0, 3, 2, &mut dice);
    other.sealed = vec![2];
    let mut book = Book::default();
    assert_eq!(take(&mut book, &ours.runs(1, &mut dice)[0], false), Contest::None);
    let run = Run { lane: id(), first: 1, records: other.records.clone(), seal: None };
    assert_eq!(take(&mut book, &run, false), Contest::Open);
    let foreign = sign(id(), 2, &[9; 32]);
    assert_eq!(book.contest_seal(id().at(2), &foreign, &verify), Contest::None);
    let seal = sign(id(), 2, &other.hash(2));
    assert_eq!(book.contest_seal(id().at(2), &seal, &verify), Contest::Forked(1));
    let fork = book.fork(id()).expect("it is proven");
    assert_eq!(fork.branches.each_ref().map(|branch| branch.records.len()), [1, 2]);
    let before = crate::log::lane::first_link(SUITE_0, id());
    assert_eq!(fork.is_good(SUITE_0, id(), &before, &verify), Some(true));
}
