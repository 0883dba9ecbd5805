//! What of our own goes once more as it is, because hardly anybody has it.

use super::*;
use crate::base::ids::LinkId;
use crate::base::time::{Mono, Wall};
use crate::link::contact::Contact;
use crate::link::profile::{Medium, Profile};
use crate::wire::bundle::Holding;

const OTHERS: u16 = 12;

fn ours() -> LaneId {
    LaneId::first(DeviceId(1), LaneKind::Command)
}

/// A book with one order of ours, and a channel on which it was said to twelve others.
fn said_to_all() -> (Book, Link) {
    let mut book = Book::default();
    book.offer(ours().at(1), b"order", &|_| Urgency::Routine);
    book.seal_head(ours(), |_, _| Some([1; 64]));
    let out = book.hand_out();
    book.note_saved(&out.marks);
    let profile = Profile { medium: Medium::Broadcast, half_duplex: true, ..Profile::default() };
    let mut link = Link::new(LinkId(1), profile, Mono(0), &mut Dice::new(1));
    for device in 2..2 + OTHERS {
        let mut contact = Contact::new(&Book::default(), Mono(0), Wall(0));
        let view = contact.view_mut(ours());
        view.note_sent(1, Mono(0));
        view.sent_sealed = 1;
        view.presume();
        link.contacts.insert(DeviceId(device), contact);
    }
    (book, link)
}

/// These say that they lack our order.
fn ask(book: &Book, link: &mut Link, devices: std::ops::Range<u16>) {
    let lane = book.lane(ours()).expect("it was offered");
    for device in devices {
        let contact = link.contacts.get_mut(&DeviceId(device)).expect("it is there");
        contact.view_mut(ours()).want_from(1, lane, None);
    }
}

#[test]
fn what_some_lack_and_nobody_said_to_hold_is_said_again_whatever_was_presumed() {
    let (book, mut link) = said_to_all();
    assert!(!is_news_to_all(&link, &book, ours()), "nobody said anything");
    let few = 2 + LACKING_MIN as u16;
    ask(&book, &mut link, 2..few - 1);
    assert!(!is_news_to_all(&link, &book, ours()), "some lose what most have heard");
    ask(&book, &mut link, few - 1..few);
    assert!(is_news_to_all(&link, &book, ours()));
}

#[test]
fn what_as_many_say_to_hold_as_to_lack_is_left_to_sums() {
    let (book, mut link) = said_to_all();
    let few = 2 + LACKING_MIN as u16;
    ask(&book, &mut link, 2..few);
    for device in few..few + LACKING_MIN as u16 {
        let contact = link.contacts.get_mut(&DeviceId(device)).expect("it is there");
        contact.hear(&Holding::whole(ours(), 1), Mono(1), 0);
    }
    assert!(!is_news_to_all(&link, &book, ours()));
}
