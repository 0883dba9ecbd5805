//! A draft is nothing to anybody before it is signed; then it is an order like any other.

use super::*;
use crate::field::order::Signature;

/// Who drafts and who signs; Baisha is to do it.
const DRAFTER: u16 = 2;
const SIGNER: u16 = 1;

#[derive(Clone, Debug)]
enum Step {
    Draft,
    Sign { seq: u32, minute: u64 },
    Other(Sent),
}

fn take_in(board: &mut OrderBoard, step: &Step) {
    let place = |author: u16, seq| LaneId::first(DeviceId(author), Lane::Command).at(seq);
    let at = |minute: u64| Hlc { wall_ms: minute * MINUTE_MS, count: 0 };
    let person = |author: u16| Person::Name(format!("甲{author}"));
    match step {
        Step::Draft => {
            let Said::Order(body) = order(&[Target::Unit(BAISHA)], Need::Acknowledged) else {
                unreachable!("it is an order")
            };
            let (id, at, person, body) = (place(DRAFTER, 1), at(0), &person(DRAFTER), &body);
            board.apply_draft(&Placed { id, at, person, body }, FORWARD);
        }
        Step::Sign { seq, minute } => {
            let body = &Signature { class: Class::Immediate, order: number(DRAFTER, 1) };
            let (id, at, person) = (place(SIGNER, *seq), at(*minute), &person(SIGNER));
            board.apply_signature(&Placed { id, at, person, body }, CENTRE);
        }
        Step::Other(sent) => {
            apply(board, sent);
        }
    }
}

fn board_of(steps: &[Step]) -> OrderBoard {
    let mut board = OrderBoard::new();
    steps.iter().for_each(|step| take_in(&mut board, step));
    board
}

fn everything() -> Vec<Step> {
    let id = number(DRAFTER, 1);
    vec![
        Step::Draft,
        Step::Sign { seq: 1, minute: 30 },
        Step::Sign { seq: 2, minute: 40 },
        Step::Other(sent(3, 1, 35, receipt(id, BAISHA, Rung::Acknowledged, None))),
    ]
}

#[test]
fn an_unsigned_draft_is_no_order_and_is_owed_nothing() {
    let (id, directory) = (number(DRAFTER, 1), directory());
    let board = board_of(&[Step::Draft]);
    let nobody = |_: UnitId, _: RecordId| false;
    assert!(board.get(id).is_none());
    assert!(board.rows(&directory, 0, &nobody, BAISHA).is_empty());
    assert!(board.row(id, &directory, 0, &nobody, BAISHA).is_none());
    assert!(board.unanswered_here(&directory, BAISHA, 0).is_empty());
    assert_eq!(board.open_count(&directory, 0), 0);
    let draft = board.draft_row(id, &directory).expect("it waits");
    assert_eq!((draft.state, draft.act_by_ms), (OrderState::Draft, None));
    assert_eq!(draft.drafter.as_deref(), Some("甲2"));
    assert!(!draft.unanswered_here && draft.person.is_empty());
}

#[test]
fn a_signed_draft_names_both_and_its_time_runs_from_the_signature() {
    let id = number(DRAFTER, 1);
    let board = board_of(&everything());
    let row = row(&board, id, 41);
    assert_eq!((row.state, row.acknowledged), (OrderState::Answered, 1));
    assert_eq!((row.person.as_str(), row.drafter.as_deref()), ("甲1", Some("甲2")));
    assert_eq!(row.issued_ms, 30 * MINUTE_MS, "the earliest signature counts");
    assert_eq!(row.act_by_ms, Some(50 * MINUTE_MS));
    assert!(board.draft_rows(&directory()).is_empty());
}

#[test]
fn it_is_delivered_only_together_with_its_signature() {
    let id = number(DRAFTER, 1);
    let board = board_of(&everything()[..2]);
    let delivered = |held: &dyn Fn(RecordId) -> bool| {
        let holds = |_: UnitId, record: RecordId| held(record);
        board.row(id, &directory(), 0, &holds, CENTRE).expect("signed").delivered
    };
    assert_eq!(delivered(&|record| record.lane.author == DeviceId(DRAFTER)), 0);
    assert_eq!(delivered(&|record| record.lane.author == DeviceId(SIGNER)), 0);
    assert_eq!(delivered(&|_| true), 1);
}

#[test]
fn a_withdrawn_draft_is_never_in_force_whoever_signs_it() {
    let id = number(DRAFTER, 1);
    for by in [DRAFTER, SIGNER] {
        let mut steps = vec![Step::Draft, Step::Other(sent(by, 9, 20, cancel(id)))];
        let draft = board_of(&steps).draft_row(id, &directory()).expect("kept");
        assert_eq!(draft.state, OrderState::Cancelled, "by {by}");
        steps.push(Step::Sign { seq: 1, minute: 30 });
        let row = row(&board_of(&steps), id, 31);
        assert_eq!((row.state, row.unanswered_here), (OrderState::Cancelled, false), "by {by}");
    }
}

proptest! {
    #[test]
    fn drafts_and_signatures_in_any_order_of_arrival_give_the_same_rows(seed: u64) {
        let id = number(DRAFTER, 1);
        let mut steps = everything();
        steps.push(Step::Other(sent(DRAFTER, 2, 45, cancel(id))));
        let told = board_of(&steps);
        let mut dice = Dice::new(seed);
        for place in (1..steps.len()).rev() {
            steps.swap(place, dice.below(place as u64 + 1) as usize);
        }
        steps.extend(steps.clone());
        let shuffled = board_of(&steps);
        prop_assert_eq!(row(&told, id, 50), row(&shuffled, id, 50));
        prop_assert_eq!(told.len(), shuffled.len());
    }
}
