//! Which answer of a unit counts.

use proptest::prelude::*;

use super::*;
use crate::base::ids::DeviceId;

fn answer(rung: Rung, proxy: Option<Proxy>, minute: u64, author: u16, seq: u32) -> Answer {
    Answer {
        id: SpokenId { author: DeviceId(author), incarnation: 0, seq },
        at: Hlc { wall_ms: minute * 60_000, count: 0 },
        person: Person::Nobody,
        typed_by: UnitId(author),
        rung,
        proxy,
        note: String::new(),
    }
}

#[test]
fn the_answer_that_counts() {
    use Rung::{Accepted, Acknowledged, Cannot, Done, Failed};
    let phone = Some(Proxy::Phone);
    type Said = (Rung, Option<Proxy>, u64, u16);
    let table: [(&[Said], usize); 10] = [
        // A late lower rung takes nothing back.
        (&[(Done, None, 1, 4), (Acknowledged, None, 9, 4)], 0),
        (&[(Acknowledged, None, 1, 4), (Accepted, None, 2, 4)], 1),
        // Who could not, and then did, has done it; also the other way round.
        (&[(Cannot, None, 1, 4), (Done, None, 2, 4)], 1),
        (&[(Done, None, 1, 4), (Cannot, None, 2, 4)], 0),
        (&[(Failed, None, 1, 4), (Done, None, 2, 5)], 1),
        (&[(Cannot, None, 1, 4), (Failed, None, 2, 4)], 1),
        (&[(Accepted, None, 2, 4), (Cannot, None, 1, 4)], 1),
        // The unit itself before a proxy on the same rung, whatever came first.
        (&[(Acknowledged, None, 1, 4), (Acknowledged, phone, 9, 1)], 0),
        // A proxy on a higher rung counts.
        (&[(Acknowledged, None, 1, 4), (Done, phone, 2, 1)], 1),
        // Else the newest.
        (&[(Accepted, None, 1, 4), (Accepted, None, 2, 5)], 1),
    ];
    for (said, counts) in table {
        let all: Vec<Answer> = (1..)
            .zip(said)
            .map(|(seq, (rung, proxy, minute, author))| {
                answer(*rung, *proxy, *minute, *author, seq)
            })
            .collect();
        for order in [all.clone(), all.iter().rev().cloned().collect()] {
            let mut answers = Answers::default();
            assert!(order.into_iter().all(|answer| answers.add(answer)));
            assert_eq!(answers.best(), Some(&all[counts]), "{said:?}");
        }
    }
}

#[test]
fn an_answer_counts_once() {
    let mut answers = Answers::default();
    let one = answer(Rung::Acknowledged, None, 1, 4, 1);
    assert!(answers.add(one.clone()));
    assert!(!answers.add(one));
    assert_eq!(answers.iter().count(), 1);
}

#[test]
fn only_the_units_own_answer_shows_that_it_holds_the_order() {
    let mut answers = Answers::default();
    answers.add(answer(Rung::Done, Some(Proxy::Radio), 1, 1, 1));
    assert!(!answers.has_own());
    answers.add(answer(Rung::Acknowledged, None, 2, 4, 1));
    assert!(answers.has_own());
}

#[test]
fn what_satisfies_which_need() {
    for (rung, done) in [
        (Rung::Acknowledged, false),
        (Rung::Accepted, false),
        (Rung::Cannot, true),
        (Rung::Failed, true),
        (Rung::Done, true),
    ] {
        assert!(satisfies(rung, Need::Acknowledged));
        assert_eq!(satisfies(rung, Need::Done), done, "{rung:?}");
        assert_eq!(is_refusal(rung), matches!(rung, Rung::Cannot | Rung::Failed));
    }
}

#[test]
fn a_flood_of_answers_keeps_the_best() {
    let count = ANSWERS_PER_UNIT_MAX as u32 * 2;
    let mut answers = Answers::default();
    answers.add(answer(Rung::Done, None, 0, 4, 0));
    for seq in 1..=count {
        answers.add(answer(Rung::Acknowledged, None, u64::from(seq), 5, seq));
    }
    assert_eq!(answers.iter().count(), ANSWERS_PER_UNIT_MAX);
    assert_eq!(answers.best().map(|answer| answer.rung), Some(Rung::Done));
    assert!(!answers.add(answer(Rung::Acknowledged, None, 0, 6, 1)));
}

proptest! {
    #[test]
    fn any_order_and_any_repetition_give_the_same(
        said in proptest::collection::vec((1..=5u8, any::<bool>(), 0..9u64, 1..4u16), 0..120),
        seed: u64,
    ) {
        let rungs =
            [Rung::Acknowledged, Rung::Accepted, Rung::Cannot, Rung::Done, Rung::Failed];
        let all: Vec<Answer> = (1..).zip(said).map(|(seq, (rung, proxy, minute, author))| {
            let proxy = proxy.then_some(Proxy::Phone);
            answer(rungs[usize::from(rung) - 1], proxy, minute, author, seq)
        }).collect();
        let mut straight = Answers::default();
        all.iter().for_each(|answer| { straight.add(answer.clone()); });
        let mut dice = crate::base::dice::Dice::new(seed);
        let mut shuffled = Answers::default();
        for _ in 0..all.len() * 2 {
            shuffled.add(all[dice.below(all.len() as u64) as usize].clone());
        }
        all.iter().rev().for_each(|answer| { shuffled.add(answer.clone()); });
        prop_assert_eq!(straight, shuffled);
    }
}
