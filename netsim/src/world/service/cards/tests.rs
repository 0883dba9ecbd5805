//! Cards told by the table: what is configured, what is offered, what comes out.

use super::*;

const MINUTE: u64 = 60_000;

/// Every thing told up to a moment, with the moment when it was asked for.
fn run(cards: &mut Cards, until: u64) -> Vec<(u64, Told)> {
    let mut told = Vec::new();
    while let Some(at) = cards.next_deadline().filter(|at| at.0 <= until) {
        while let Some(one) = cards.poll(at) {
            told.push((at.0, one));
        }
    }
    told
}

/// Both links opened, and 200 frames of one handed over whenever it may: what the other heard.
fn talk(config: CardConfig) -> (Vec<Vec<u8>>, CardCounts, u64) {
    let mut cards = Cards::new(config, 2, 5);
    cards.open(Seat(0), Mono(0));
    cards.open(Seat(1), Mono(0));
    let (mut heard, mut sent, mut last) = (Vec::new(), 0, 0);
    while let Some(at) = cards.next_deadline() {
        while let Some(one) = cards.poll(at) {
            match one {
                Told::Heard { seat: Seat(1), frame } => heard.push(frame),
                Told::Ready { seat: Seat(0) } if sent < 200 => {
                    cards.offer(Seat(0), vec![sent, 0], at);
                    (sent, last) = (sent + 1, at.0);
                }
                Told::Heard { .. } | Told::Ready { .. } | Told::Slot { .. } => {}
            }
        }
    }
    assert_eq!(sent, 200);
    (heard, cards.counts(), last)
}

#[test]
fn one_message_an_interval_and_all_of_them_come_some_seconds_later() {
    let (heard, counts, last) = talk(CardConfig::clear(60, 78, false));
    let in_order: Vec<Vec<u8>> = (0..200).map(|n| vec![n, 0]).collect();
    assert_eq!(heard, in_order);
    assert_eq!((counts.left, counts.arrived, counts.lost), (200, 200, 0));
    assert_eq!(last, 199 * (MINUTE + GUARD_MS));
}

#[test]
fn every_fault_of_a_card_costs_what_it_should() {
    let clear = CardConfig::clear(60, 78, false);
    let (_, _, plain_ms) = talk(clear);
    let near = |count: u64| (30..=75).contains(&count);
    // A quarter of 200, five deviations of √(200 × ¼ × ¾) = 6.1 below and four above.
    let (heard, counts, last) = talk(CardConfig { loss_ppm: 250_000, ..clear });
    assert!(near(counts.lost) && heard.len() as u64 == 200 - counts.lost);
    assert_eq!(last, plain_ms, "a loss is not noticed");
    let (heard, counts, _) = talk(CardConfig { duplicate_ppm: 250_000, ..clear });
    assert!(near(counts.arrived - 200) && heard.len() as u64 == counts.arrived);
    let (heard, counts, last) = talk(CardConfig { early_ppm: 250_000, ..clear });
    assert!(near(counts.refused) && heard.len() == 200 && counts.left == 200);
    assert!(last > plain_ms + counts.refused * 20_000, "who is refused waits");
    let (heard, counts, last) = talk(CardConfig { unreported_ppm: 250_000, ..clear });
    assert!(heard.len() == 200 && counts.left == 200);
    assert!((30..=75).contains(&((last - plain_ms) / FEEDBACK_MS)), "taken as sent, and waited");
    let (heard, counts, _) = talk(CardConfig { misreported_ppm: 250_000, ..clear });
    assert!(near(counts.misreported) && counts.left == 200 + counts.misreported);
    assert_eq!(heard.len() as u64, counts.left, "said to have failed, sent again");
}

#[test]
fn links_of_one_place_share_its_slot_and_their_frames_wait_for_it() {
    let mut cards = Cards::new(CardConfig::clear(60, 78, false), 3, 1);
    assert_eq!(cards.places(), [0, 1, 0, 2]);
    [0, 2].into_iter().for_each(|seat| cards.open(Seat(seat), Mono(0)));
    let ready = |seat| (0, Told::Ready { seat: Seat(seat) });
    let told = run(&mut cards, 10);
    assert_eq!(told[..2], [ready(0), ready(2)]);
    cards.offer(Seat(0), vec![1], Mono(10));
    cards.offer(Seat(2), vec![2], Mono(10));
    let heard = |told: Vec<(u64, Told)>| -> Vec<(u64, usize)> {
        let of = |(at, one): (u64, Told)| match one {
            Told::Heard { seat, .. } => Some((at / MINUTE, seat.0)),
            Told::Ready { .. } | Told::Slot { .. } => None,
        };
        told.into_iter().filter_map(of).collect()
    };
    assert_eq!(heard(run(&mut cards, 3 * MINUTE)), [(0, 1), (1, 3)]);
}

#[test]
fn a_group_hears_one_message_together_but_for_whoever_sees_no_sky() {
    let mut cards = Cards::new(CardConfig::clear(60, 78, true), 4, 1);
    cards.block(2, true);
    cards.open(Seat(0), Mono(0));
    cards.offer(Seat(0), vec![7], Mono(0));
    let told = run(&mut cards, MINUTE);
    let heard = |one: &Told| match one {
        Told::Heard { seat, .. } => Some(seat.0),
        Told::Ready { .. } | Told::Slot { .. } => None,
    };
    let mut hearers: Vec<usize> = told.iter().filter_map(|(_, one)| heard(one)).collect();
    hearers.sort_unstable();
    assert_eq!(hearers, [1, 3]);
    // Nothing was kept for it.
    cards.block(2, false);
    let later = run(&mut cards, 100 * MINUTE);
    assert_eq!(later.iter().filter_map(|(_, one)| heard(one)).count(), 0);
    cards.block(0, true);
    cards.offer(Seat(0), vec![8], Mono(100 * MINUTE));
    assert_eq!(run(&mut cards, 102 * MINUTE).iter().filter_map(|(_, one)| heard(one)).count(), 0);
    assert_eq!(cards.counts().left, 2);
}

#[test]
fn what_waited_for_a_slot_is_gone_with_its_daemon_and_the_slot_is_not() {
    let mut cards = Cards::new(CardConfig::clear(60, 78, false), 2, 1);
    cards.open(Seat(0), Mono(0));
    cards.offer(Seat(0), vec![1], Mono(0));
    cards.offer(Seat(0), vec![2], Mono(1_000));
    cards.close(Seat(0));
    cards.open(Seat(0), Mono(5_000));
    let told = run(&mut cards, 3 * MINUTE);
    assert_eq!(cards.counts().left, 1);
    let ready = told.iter().find(|(_, one)| matches!(one, Told::Ready { .. }));
    assert_eq!(ready.map(|(at, _)| *at), Some(MINUTE + GUARD_MS));
    let until = Mono(MINUTE + GUARD_MS);
    assert!(told.contains(&(0, Told::Slot { seat: Seat(0), until })));
}
