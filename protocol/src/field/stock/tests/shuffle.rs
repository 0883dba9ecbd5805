//! The state is a function of the set of verified records: any order of arrival, any duplicates,
//! any unverified copy before, on any split of the records over nodes that meet later.

use proptest::prelude::*;

use super::*;
use crate::base::dice::Dice;

/// How many records a made-up story has.
const STORY_RECORDS_MAX: usize = 60;

/// Everything people see, and every balance.
fn picture(ledger: &Ledger) -> String {
    let cards: Vec<_> = ITEMS.iter().map(|row| ledger.card(&Signs, ItemId(row.0), None)).collect();
    format!(
        "{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}",
        ledger.rows(&Signs, None, None),
        ledger.waybills(&Signs, 30_000),
        cards,
        ledger.balances(),
        ledger.over_issued(),
        ledger.waiting_arrivals(),
    )
}

/// A story of movements, waybills, arrivals (double, misdirected, of nothing) and counts with
/// bases that are anything from empty to complete, by four authors with clocks up to 8 s wrong.
fn story(seed: u64, count: usize) -> Vec<Written> {
    let mut dice = Dice::new(seed);
    let mut pens = Pens::default();
    let mut records: Vec<Written> = Vec::new();
    let mut waybills: Vec<Written> = Vec::new();
    for _ in 0..count {
        let author = 1 + dice.below(4) as u16;
        let body = draw_body(&mut dice, &pens, &waybills);
        let mut written = pens.write(author, body);
        written.at.wall_ms = (written.at.wall_ms + dice.below(8000)) / 500 * 500;
        if matches!(written.body, Body::Waybill(_)) {
            waybills.push(written.clone());
        }
        records.push(written);
    }
    records
}

fn draw_body(dice: &mut Dice, pens: &Pens, waybills: &[Written]) -> Body {
    let depot = DepotId(1 + dice.below(3) as u16);
    let item = ItemId(ITEMS[dice.below(2) as usize].0);
    let lines = [line(item, 1 + dice.below(20) as i64)];
    match dice.below(10) {
        0 => moved(MovementKind::Opening, depot, &lines),
        1 => moved(MovementKind::Receive, depot, &lines),
        2 | 3 => moved(MovementKind::Issue, depot, &lines),
        4 => moved(MovementKind::Loss, depot, &lines),
        5 | 6 => shipped(depot, DepotId(1 + depot.0 % 3), &lines),
        7 | 8 if !waybills.is_empty() => {
            let waybill = &waybills[dice.below(waybills.len() as u64) as usize];
            let Body::Waybill(body) = &waybill.body else { panic!("a waybill") };
            let to = if dice.chance(100_000) { depot } else { body.to };
            let amounts = [(item, dice.below(20) as i64, dice.below(3) as i64)];
            arrived(waybill, to, if dice.chance(400_000) { &[] } else { &amounts })
        }
        _ => {
            let heads = pens.seqs.iter().map(|(author, seq)| (*author, *seq));
            let basis: Vec<(u16, u32)> = heads
                .map(|(author, seq)| (author, dice.below(u64::from(seq) + 1) as u32))
                .filter(|(_, seq)| *seq > 0)
                .collect();
            counted(depot, item, dice.below(60) as i64, &basis)
        }
    }
}

fn take_all<'a>(
    ledger: &mut Ledger,
    records: impl Iterator<Item = &'a Written>,
    is_verified: bool,
) {
    for written in records {
        take(ledger, written, is_verified);
    }
}

fn shuffled(records: &[Written], seed: u64) -> Vec<Written> {
    let mut dice = Dice::new(seed);
    let mut records = records.to_vec();
    for last in (1..records.len()).rev() {
        records.swap(last, dice.below(last as u64 + 1) as usize);
    }
    records
}

proptest! {
    #[test]
    fn any_order_and_any_duplicates_give_the_same_picture(
        seed: u64, order: u64, count in 1..STORY_RECORDS_MAX,
    ) {
        let records = story(seed, count);
        let straight = folded(&records);
        let mut other = Ledger::new();
        let mut dice = Dice::new(order);
        for written in shuffled(&records, order) {
            if dice.chance(300_000) {
                take(&mut other, &written, false);
            }
            take(&mut other, &written, true);
            if dice.chance(300_000) {
                take(&mut other, &written, dice.chance(500_000));
            }
        }
        prop_assert!(other.sum_is_zero());
        prop_assert_eq!(picture(&straight), picture(&other));
    }

    #[test]
    fn two_halves_of_the_records_meet_in_the_same_picture(
        seed: u64, split: u64, count in 1..STORY_RECORDS_MAX,
    ) {
        let records = story(seed, count);
        let mut dice = Dice::new(split);
        let (left, right): (Vec<Written>, Vec<Written>) =
            records.iter().cloned().partition(|_| dice.chance(500_000));
        let (mut one, mut other) = (folded(&left), folded(&right));
        take_all(&mut one, right.iter(), true);
        take_all(&mut other, left.iter().rev(), true);
        prop_assert!(one.sum_is_zero());
        prop_assert_eq!(picture(&one), picture(&other));
    }

    #[test]
    fn retracted_records_leave_the_picture_of_the_others(
        seed: u64, order: u64, count in 1..STORY_RECORDS_MAX,
    ) {
        let records = story(seed, count);
        let mut dice = Dice::new(order);
        let (kept, gone): (Vec<Written>, Vec<Written>) =
            shuffled(&records, order).into_iter().partition(|_| dice.chance(700_000));
        let mut ledger = folded(&records);
        for written in &gone {
            ledger.retract(written.id);
            prop_assert!(ledger.sum_is_zero());
        }
        prop_assert_eq!(picture(&ledger), picture(&folded(&kept)));
    }

    #[test]
    fn every_depot_whose_rows_change_is_told(
        seed: u64, order: u64, count in 1..STORY_RECORDS_MAX,
    ) {
        let mut ledger = Ledger::new();
        let mut dice = Dice::new(order);
        let mut arrivals = shuffled(&story(seed, count), order);
        arrivals.extend(arrivals.clone());
        for written in arrivals {
            let before = DEPOTS.map(|row| ledger.rows(&Signs, Some(DepotId(row.0)), None));
            match dice.below(4) {
                0 => ledger.retract(written.id),
                draw => take(&mut ledger, &written, draw > 1),
            };
            let touched = ledger.take_touched();
            for (row, before) in DEPOTS.iter().zip(before) {
                let depot = DepotId(row.0);
                let is_same = ledger.rows(&Signs, Some(depot), None) == before;
                prop_assert!(is_same || touched.contains(&depot), "{written:?}");
            }
        }
    }

    #[test]
    fn unverified_records_in_any_order_show_the_same_and_book_nothing(
        seed: u64, order: u64, count in 1..STORY_RECORDS_MAX,
    ) {
        let records = story(seed, count);
        let (mut one, mut other) = (Ledger::new(), Ledger::new());
        take_all(&mut one, records.iter(), false);
        take_all(&mut other, shuffled(&records, order).iter(), false);
        prop_assert_eq!(picture(&one), picture(&other));
        prop_assert!(one.balances().is_empty());
    }
}
