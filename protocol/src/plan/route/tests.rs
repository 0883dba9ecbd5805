//! Which link costs more, told without frames. What two links then carry is tested with nodes.

use super::*;
use crate::base::dice::Dice;
use crate::base::ids::LinkId;
use crate::base::time::Wall;
use crate::link::profile::{Price, Profile};
use crate::log::book::Book;

fn link(profile: Profile) -> Link {
    Link::new(LinkId(1), profile, Mono(0), &mut Dice::new(1))
}

fn network(rate_bit_s: u32) -> Profile {
    Profile { mtu: 1200, rate_bit_s, per_frame_bytes: 28, ..Profile::default() }
}

fn priced(message_milli_yuan: u32, kilobyte_milli_yuan: u32) -> Profile {
    let price = Price { message_milli_yuan, kilobyte_milli_yuan };
    Profile { price, ..network(1_000_000) }
}

/// The first costs more than the second, and not the other way round.
fn costs_more(dear: Profile, cheap: Profile) {
    let (dear, cheap) = (cost(&link(dear)), cost(&link(cheap)));
    assert!(is_dearer(dear, cheap), "{dear:?} {cheap:?}");
    assert!(!is_dearer(cheap, dear), "{dear:?} {cheap:?}");
}

#[test]
fn money_counts_before_time_and_time_only_where_it_is_felt() {
    costs_more(priced(300, 0), network(1200));
    costs_more(priced(0, 100), network(1200));
    costs_more(priced(300, 0), priced(0, 1000));
    costs_more(network(1200), network(100_000));
    costs_more(Profile { min_interval_ms: 60_000, ..network(10_000) }, network(1200));
    let (slow, fast) = (cost(&link(network(4800))), cost(&link(network(9600))));
    assert!(!is_dearer(slow, fast) && !is_dearer(fast, slow), "two ways of one kind");
}

#[test]
fn a_more_urgent_order_is_promised_sooner() {
    let urgencies = [Urgency::Flash, Urgency::Immediate, Urgency::Priority, Urgency::Routine];
    assert!(urgencies.map(promise_ms).is_sorted_by(|sooner, later| sooner < later));
}

/// A book with one order of device 2, which device 5 lacks.
fn one_order() -> (Book, LaneId) {
    let (mut book, id) = (Book::default(), LaneId::first(DeviceId(2), LaneKind::Command));
    book.offer(id.at(1), b"order", &|_| Urgency::Routine);
    let out = book.hand_out();
    book.note_saved(&out.marks);
    (book, id)
}

/// Device 5 is heard by radio, and answered there or did not; device 4 said the order to it, or
/// nobody. Is that left to the radio by a satellite link on which it asked, or did not?
fn is_left_to_radio(has_asked: bool, has_answered: bool, is_said: bool) -> bool {
    let (book, id) = one_order();
    let lane = book.lane(id).expect("it was offered");
    let mut radio = link(network(1200));
    let mut contact = Contact::new(&Book::default(), Mono(0), Wall(0));
    if is_said {
        assert!(contact.view_mut(id).overhear(1..=1, 0, lane));
        contact.view_mut(id).leave_to(DeviceId(4), Mono(1_000), u64::MAX, 0);
    }
    radio.contacts.insert(DeviceId(5), contact);
    if has_answered {
        radio.note_proved(DeviceId(5));
    }
    let links = Links::default();
    let know = Elsewhere { links: &links, due: &|_| None, now: Mono(2_000) };
    let mut view = View::default();
    view.has_asked = has_asked;
    let (device, urgency) = (DeviceId(5), Urgency::Routine);
    let what = Errand { device, view: &view, id, lane, urgency };
    left_to_one_of(std::iter::once(&radio), &know, &what).is_some()
}

#[test]
fn whoever_asks_on_a_dearer_link_is_answered_there_if_another_was_to_send_it_elsewhere() {
    assert!(is_left_to_radio(false, true, true), "it may be on its way");
    assert!(!is_left_to_radio(true, true, true), "it asks, as it did not come");
    assert!(is_left_to_radio(true, true, false), "we say it there");
}

#[test]
fn whoever_asks_on_a_dearer_link_is_answered_there_if_it_never_answered_elsewhere() {
    assert!(is_left_to_radio(false, false, false), "it may have come there");
    assert!(!is_left_to_radio(true, false, false), "its frames may be repeated there");
}
