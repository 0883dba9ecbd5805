//! What of the board is still to be said on a link, and when that is asked anew.

use super::*;
use crate::base::dice::Dice;
use crate::base::ids::{Lane, UnitId};
use crate::wire::bundle::Register;

const ALONE: Place = Place { link: LinkId(1), alone: None };

#[test]
fn a_register_is_to_be_said_until_its_newest_version_was() {
    let fix = RegisterId::Fix(DeviceId(1), UnitId(1));
    let held =
        |author| RegisterId::Held(DeviceId(2), LaneId::first(DeviceId(author), Lane::Command));
    let status = RegisterId::Status(DeviceId(3));
    let mut board = Board::default();
    let put = |board: &mut Board, id, version| {
        board.put(&Register { id, version, value: Vec::new() });
    };
    [fix, held(4), held(5), status].into_iter().for_each(|id| put(&mut board, id, 1));
    let mut posted = Posted::default();
    let headings = Headings::new(DeviceId(9));
    let unsaid = |posted: &mut Posted, board: &Board, kind, knows| {
        posted.compare(board, &headings, ALONE);
        posted.unsaid(kind, |_| knows)
    };
    assert_eq!(unsaid(&mut posted, &board, Kind::Fix, true), [fix]);
    assert_eq!(unsaid(&mut posted, &board, Kind::Held, false), [held(4), held(5)]);
    assert_eq!(unsaid(&mut posted, &board, Kind::Held, true), []);
    assert_eq!(unsaid(&mut posted, &board, Kind::Status, false), [status]);
    posted.note(fix, 1);
    posted.note(held(4), 1);
    assert_eq!(unsaid(&mut posted, &board, Kind::Held, false), [held(5)]);
    assert_eq!(unsaid(&mut posted, &board, Kind::Fix, false), []);
    put(&mut board, held(4), 2);
    assert_eq!(unsaid(&mut posted, &board, Kind::Held, false), [held(4), held(5)]);
    posted.forget_fixes();
    assert_eq!(unsaid(&mut posted, &board, Kind::Fix, false), [fix]);
    posted.note(held(5), 1);
    put(&mut board, held(5), 3);
    assert_eq!(unsaid(&mut posted, &board, Kind::Held, false), [held(4), held(5)]);
    posted.compare(&board, &headings, Place { alone: Some(DeviceId(2)), ..ALONE });
    assert_eq!(posted.unsaid(Kind::Held, |_| false), [], "it knows what it holds");
    posted.note(held(5), 2);
    assert_eq!(unsaid(&mut posted, &board, Kind::Held, false), [held(5)], "older is there");
    assert!(!posted.has_said_all());
}

#[test]
fn what_everyone_knew_is_not_asked_again_for_a_while_and_news_is() {
    let held =
        |device| RegisterId::Held(DeviceId(device), LaneId::first(DeviceId(9), Lane::Command));
    let mut board = Board::default();
    let mut posted = Posted::default();
    let headings = Headings::new(DeviceId(99));
    let mut ask = |device: u16, version, at_ms, known: u16| {
        board.put(&Register { id: held(device), version, value: Vec::new() });
        posted.compare(&board, &headings, ALONE);
        posted.has_patient(Mono(at_ms), |device| device.0 <= known)
    };
    assert_eq!(ask(1, 1, 0, 1), (false, false));
    assert_eq!(ask(1, 1, 10, 0), (false, false), "the same register, asked again too soon");
    assert_eq!(ask(2, 1, 20, 2), (false, false));
    assert_eq!(ask(3, 1, 30, 2), (true, false), "news that not everyone knows");
    assert_eq!(ask(3, 1, 40, 2), (true, false), "until it is said");
    assert_eq!(ask(3, 1, 50, 3), (false, false));
    assert_eq!(ask(3, 1, 50 + QUIET_MS, 2), (true, false), "asked anew after a while");
}

#[test]
fn who_holds_an_order_is_said_on_the_link_that_leads_to_its_author_once_each() {
    let lane = LaneId::first(DeviceId(1), Lane::Command);
    let held = |device| RegisterId::Held(DeviceId(device), lane);
    let (mut board, mut posted) = (Board::default(), Posted::default());
    let mut headings = Headings::new(DeviceId(9));
    let heard = |on: u16| [(DeviceId(1), [LinkId(on)].into())].into();
    headings.note_present(heard(2));
    board.put(&Register { id: held(5), version: 1, value: Vec::new() });
    let unsaid = |posted: &mut Posted, board: &Board, headings: &Headings| {
        posted.compare(board, headings, ALONE);
        posted.unsaid(Kind::Held, |_| false)
    };
    assert_eq!(unsaid(&mut posted, &board, &headings), [], "the author is elsewhere");
    assert!(posted.has_said_all());
    headings.note_present(heard(1));
    assert_eq!(unsaid(&mut posted, &board, &headings), [held(5)], "it came here");
    posted.note(held(5), 1);
    board.put(&Register { id: held(6), version: 1, value: Vec::new() });
    headings.note_present(heard(2));
    assert_eq!(unsaid(&mut posted, &board, &headings), []);
    headings.note_present(heard(1));
    assert_eq!(unsaid(&mut posted, &board, &headings), [held(6)], "what was said stays said");
    let own = LaneId::first(DeviceId(9), Lane::Command);
    let ours = RegisterId::Held(DeviceId(5), own);
    board.put(&Register { id: ours, version: 1, value: Vec::new() });
    assert_eq!(unsaid(&mut posted, &board, &headings), [held(6)], "nobody asks for ours");
}

#[test]
fn what_was_said_of_holders_is_said_again_some_times_and_one_lane_after_the_other() {
    let lane = |author| LaneId::first(DeviceId(author), Lane::Command);
    let (mut board, mut posted) = (Board::default(), Posted::default());
    for author in [1, 2] {
        let id = RegisterId::Held(DeviceId(5), lane(author));
        board.put(&Register { id, version: 1, value: Vec::new() });
        posted.compare(&board, &Headings::new(DeviceId(9)), ALONE);
        posted.note_holders(lane(author).at(1), &[DeviceId(5)]);
    }
    let (mut now, mut said) = (Mono(0), Vec::new());
    while let Some(next) = posted.again(now).first().copied() {
        posted.note_again(next, now);
        assert_eq!(posted.again(now), [], "not twice at once");
        said.push(next.author.0);
        now = now.after_ms(AGAIN_EVERY_MS);
    }
    assert_eq!(said, [1, 2].repeat(usize::from(AGAIN_TIMES)));
}

#[test]
fn a_look_after_each_word_finds_what_one_look_at_all_of_them_finds() {
    let mut dice = Dice::new(7);
    let drawn = |dice: &mut Dice| {
        let device = DeviceId(dice.between(1, 3) as u16);
        match dice.below(4) {
            0 => RegisterId::Fix(device, UnitId(1)),
            1 => RegisterId::Status(device),
            _ => {
                let author = DeviceId(dice.between(4, 6) as u16);
                RegisterId::Held(device, LaneId::first(author, Lane::Command))
            }
        }
    };
    let headings = Headings::new(DeviceId(6));
    let (mut board, mut often, mut once) = (Board::default(), Posted::default(), Posted::default());
    for step in 0..3_000 {
        let id = drawn(&mut dice);
        let known = board.version(id);
        if dice.below(2) == 0 {
            board.put(&Register { id, version: known + 1, value: Vec::new() });
        } else if known > 0 {
            // Whoever says it has the newest, or one that is older.
            let version = known - dice.below(2) as u32;
            [&mut often, &mut once].into_iter().for_each(|posted| posted.note(id, version));
        }
        often.compare(&board, &headings, ALONE);
        if dice.below(5) == 0 {
            once.compare(&board, &headings, ALONE);
            for kind in [Kind::Fix, Kind::Held, Kind::Status] {
                assert_eq!(once.unsaid(kind, |_| false), often.unsaid(kind, |_| false), "{step}");
            }
        }
    }
}
