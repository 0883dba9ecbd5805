//! Which link costs more, told without frames. What two links then carry is tested with nodes.

use super::*;
use crate::base::dice::Dice;
use crate::base::ids::LinkId;
use crate::base::time::Wall;
use crate::link::profile::{Medium, Price, Profile};
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

/// Who has to do with an order that device 5 lacks, which is heard by radio.
#[derive(Clone, Copy, Default)]
struct Scene {
    /// It asked on the satellite link.
    has_asked: bool,
    /// It answered on the radio.
    has_answered: bool,
    /// Device 4 said the order there.
    is_said: bool,
    /// Its author is there.
    is_author_there: bool,
    /// It was not heard there for long.
    is_silent: bool,
}

/// Is it left to the radio by the satellite link?
fn is_left_to_radio(scene: Scene) -> bool {
    let Scene { has_asked, has_answered, is_said, is_author_there, is_silent } = scene;
    let (book, id) = one_order();
    let lane = book.lane(id).expect("it was offered");
    let medium = if is_author_there { Medium::Broadcast } else { Medium::Unicast };
    let mut radio = link(Profile { medium, ..network(1200) });
    let mut contact = Contact::new(&Book::default(), Mono(0), Wall(0));
    if is_said {
        assert!(contact.view_mut(id).overhear(1..=1, 0, lane));
        contact.view_mut(id).leave_to(DeviceId(4), Mono(1_000), u64::MAX, 0);
    }
    radio.contacts.insert(DeviceId(5), contact);
    if has_answered {
        radio.note_proved(DeviceId(5));
    }
    for device in [DeviceId(2), DeviceId(6)].into_iter().filter(|_| is_author_there) {
        radio.contacts.insert(device, Contact::new(&Book::default(), Mono(0), Wall(0)));
        radio.note_proved(device);
    }
    let now = if is_silent { Mono(LIVE_MS) } else { Mono(2_000) };
    let links = Links::default();
    let know = Elsewhere { own: DeviceId(1), links: &links, due: &|_| None, now };
    let mut view = View::default();
    view.has_asked = has_asked;
    let (device, urgency) = (DeviceId(5), Urgency::Routine);
    let what = Errand { device, view: &view, id, lane, urgency };
    left_to_one_of(std::iter::once(&radio), &know, &what).is_some()
}

#[test]
fn whoever_asks_on_a_dearer_link_is_answered_there_if_another_was_to_send_it_elsewhere() {
    let said = Scene { has_answered: true, is_said: true, ..Scene::default() };
    assert!(is_left_to_radio(said), "it may be on its way");
    assert!(!is_left_to_radio(Scene { has_asked: true, ..said }), "it asks, as it did not come");
    let asked = Scene { has_asked: true, is_said: false, ..said };
    assert!(is_left_to_radio(asked), "we say it there");
}

#[test]
fn whoever_asks_on_a_dearer_link_is_answered_there_if_it_never_answered_elsewhere() {
    assert!(is_left_to_radio(Scene::default()), "it may have come there");
    let asked = Scene { has_asked: true, ..Scene::default() };
    assert!(!is_left_to_radio(asked), "its frames may be repeated there");
}

#[test]
fn whoever_asks_on_a_dearer_link_is_answered_there_if_it_is_not_heard_elsewhere_any_more() {
    let silent = Scene { has_answered: true, is_silent: true, ..Scene::default() };
    assert!(is_left_to_radio(silent), "where nobody is heard for longer only beacons are missing");
    assert!(!is_left_to_radio(Scene { has_asked: true, ..silent }), "it may never have been there");
}

#[test]
fn whoever_asks_on_a_dearer_link_is_answered_there_if_the_author_speaks_for_itself_elsewhere() {
    let scene = Scene { has_answered: true, is_author_there: true, ..Scene::default() };
    assert!(is_left_to_radio(scene), "its author says it there");
    // Of these two one says nothing and one is heard by nobody, if its frames are repeated there.
    assert!(!is_left_to_radio(Scene { has_asked: true, ..scene }), "it did not come");
}
