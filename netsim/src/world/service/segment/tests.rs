//! A local network told by the table.

use super::*;

/// Who heard whom: everyone says a frame to everyone now.
fn heard(segment: &mut Segment, now: u64) -> Vec<(usize, usize)> {
    for number in 0..segment.seats.len() {
        segment.offer(Seat(number), vec![number as u8], Mono(now));
    }
    let mut heard = Vec::new();
    while let Some(Told::Heard { seat, frame }) = segment.poll(Mono(now + 100)) {
        let (to, from) = segment.seats[seat.0];
        assert_eq!(segment.seats[usize::from(frame[0])], (from, to));
        heard.push((from, to));
    }
    heard.sort_unstable();
    heard
}

#[test]
fn everyone_hears_everyone_until_it_falls_into_parts() {
    let mut segment = Segment::new(SegmentConfig::clear(10_000_000), 3, 1);
    let all = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)];
    assert_eq!(heard(&mut segment, 0), all);
    // One alone, then deaf in one direction only.
    for (cuts, left) in [
        (vec![(0, 1), (1, 0), (0, 2), (2, 0)], vec![(1, 2), (2, 1)]),
        (vec![(0, 1)], vec![(0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]),
    ] {
        cuts.iter().for_each(|(from, to)| segment.set_hearing(*from, *to, false));
        assert_eq!(heard(&mut segment, 1000), left);
        cuts.iter().for_each(|(from, to)| segment.set_hearing(*from, *to, true));
    }
    assert_eq!(heard(&mut segment, 2000), all);
    assert_eq!(segment.counts().cut, 5);
}

#[test]
fn a_clogged_machine_gets_what_waited_in_order_and_not_what_had_no_room() {
    let mut segment = Segment::new(SegmentConfig::clear(10_000_000), 2, 1);
    segment.clog(1, true, Mono(0));
    for n in 0..40 {
        segment.offer(Seat(0), vec![n], Mono(u64::from(n)));
    }
    assert_eq!(segment.poll(Mono(1000)), None);
    segment.clog(1, false, Mono(60_000));
    segment.offer(Seat(0), vec![99], Mono(60_000));
    let frames = std::iter::from_fn(|| match segment.poll(Mono(61_000)) {
        Some(Told::Heard { seat: Seat(1), frame }) => Some(frame[0]),
        Some(other) => panic!("{other:?}"),
        None => None,
    });
    let expected: Vec<u8> = (0..32).chain([99]).collect();
    assert_eq!(frames.collect::<Vec<u8>>(), expected);
    assert_eq!((segment.counts().held, segment.counts().dropped), (32, 8));
}

#[test]
fn a_stream_stays_clogged_while_either_end_is_and_joining_frees_all() {
    let mut segment = Segment::new(SegmentConfig::clear(10_000_000), 2, 1);
    segment.clog(0, true, Mono(0));
    segment.clog(1, true, Mono(0));
    segment.set_hearing(1, 0, false);
    segment.offer(Seat(0), vec![5], Mono(0));
    segment.clog(0, false, Mono(10));
    assert_eq!(segment.poll(Mono(100)), None);
    segment.join(Mono(200));
    let heard = Some(Told::Heard { seat: Seat(1), frame: vec![5] });
    assert_eq!(segment.poll(Mono(300)), heard);
    segment.offer(Seat(1), vec![6], Mono(300));
    assert!(segment.poll(Mono(400)).is_some());
}
