//! Which devices hold which orders, as a frame tells it to those on the way to the author: what is
//! news on the link, and with a frame that goes anyway what was said before, as nobody
//! acknowledges it. Which way that is: `sync::heading`.

use std::collections::BTreeMap;

use crate::base::caps::CONTACTS_MAX;
use crate::base::ids::{DeviceId, RecordId};
use crate::link::posted::Kind;
use crate::link::state::Link;
use crate::plan::pick::{Filling, Stock};
use crate::plan::registers::knows;
use crate::wire::bundle::{Devices, RegisterId, Section};

/// Nothing of it takes fewer bytes than this: a tag, a lane, a number, one device.
const BYTES_MIN: usize = 8;
/// What is said again takes so many bytes of a frame at most: it must not make one much longer
/// that somebody waits for.
const AGAIN_BYTES: usize = 40;

/// What is news here, as much as fits.
pub(super) fn add(frame: &mut Filling, link: &mut Link, know: &Stock<'_>) {
    let hides = link.may_hide(know.now);
    let news = link.posted.unsaid(Kind::Held, |device| knows(link, hides, device, know.now));
    let mut orders: BTreeMap<RecordId, Vec<DeviceId>> = BTreeMap::new();
    for id in news {
        if let RegisterId::Held(device, lane) = id {
            orders.entry(lane.at(know.board.version(id))).or_default().push(device);
        }
    }
    for (order, devices) in orders {
        if frame.room() < BYTES_MIN {
            // Thousands may wait for a slow link.
            return;
        }
        let said = push(frame, order, devices);
        if !said.is_empty() {
            link.posted.note_holders(order, &said);
        }
    }
}

/// What was said before, some of it once in a while.
pub(super) fn add_again(frame: &mut Filling, link: &mut Link, know: &Stock<'_>) {
    let before = frame.room();
    for lane in link.posted.again(know.now) {
        let hides = link.may_hide(know.now);
        let mut orders: BTreeMap<RecordId, Vec<DeviceId>> = BTreeMap::new();
        for (device, head) in know.board.holders(lane) {
            if !knows(link, hides, device, know.now) {
                orders.entry(lane.at(head)).or_default().push(device);
            }
        }
        // The newest order first: of older ones few know anything that is not known yet.
        for (order, devices) in orders.into_iter().rev() {
            if before - frame.room() + BYTES_MIN > AGAIN_BYTES || frame.room() < BYTES_MIN {
                break;
            }
            push(frame, order, devices);
        }
        link.posted.note_again(lane, know.now);
        if before - frame.room() + BYTES_MIN > AGAIN_BYTES || frame.room() < BYTES_MIN {
            return;
        }
    }
}

/// As many of these holders as fit; those that did.
fn push(frame: &mut Filling, order: RecordId, mut devices: Vec<DeviceId>) -> Vec<DeviceId> {
    devices.truncate(CONTACTS_MAX);
    while !devices.is_empty() && !frame.push(&Section::Holders(order, Devices(devices.clone()))) {
        devices.truncate(devices.len() / 2);
    }
    devices
}
