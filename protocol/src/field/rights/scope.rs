//! What a partner district's device may, and where. The bureau that admits it gives it roles as
//! any other; they count within the place of its unit: the units and depots of that place and of
//! the places in it, or its own unit alone where that has no place. It may ask anyone for help,
//! and draft what one of ours must sign. Nothing of the directory is its to write.
//!
//! A partner that runs a network of its own is not meant here: that has its own secret.

use crate::base::ids::{DepotId, PlaceId, UnitId};
use crate::field::body::Body;
use crate::field::directory::{Directory, Member, Target};
use crate::field::rights::WhyRefused;
use crate::local::request::OrderKind;

/// Places inside places, as in [`crate::field::directory::audience`].
const PLACE_DEPTH_MAX: usize = 8;

/// Whether a partner's device may write this at all, and about whom.
pub fn within(member: &Member, body: &Body, directory: &Directory) -> Result<(), WhyRefused> {
    match body {
        Body::Order(order) => match order.kind {
            OrderKind::Request => Ok(()),
            OrderKind::Alert | OrderKind::Order | OrderKind::Update => {
                order.targets.iter().try_for_each(|target| of_target(member, target, directory))
            }
        },
        // Whom the draft is for stands elsewhere, and one of ours may have written it.
        Body::Signature(_) | Body::Directory(_) | Body::Admission(_) => {
            Err(WhyRefused::BeyondScope)
        }
        Body::Cancel(cancel) if cancel.order.author != member.device => {
            Err(WhyRefused::BeyondScope)
        }
        Body::Receipt(receipt) => of_unit(member, receipt.unit, directory),
        Body::Stock(body) => of_depot(member, body.acting_depot(), directory),
        Body::SealedPost(post) => of_depot(member, post.depot, directory),
        Body::Snapshot(page) => {
            page.depots.iter().try_for_each(|rows| of_depot(member, rows.depot, directory))
        }
        // A draft is no order before one of ours has signed it.
        Body::Draft(_)
        | Body::Cancel(_)
        | Body::SealedNote(_)
        | Body::OrderKey(_)
        | Body::Attachment(_)
        | Body::Unknown { .. } => Ok(()),
    }
}

/// Whether this unit stands in the place of the partner's.
pub fn of_unit(member: &Member, unit: UnitId, directory: &Directory) -> Result<(), WhyRefused> {
    let place = directory.unit_entry(unit).and_then(|entry| entry.place);
    let is_inside = unit == member.unit
        || place.is_some_and(|place| is_inside(place, own_place(member, directory), directory));
    if is_inside { Ok(()) } else { Err(WhyRefused::BeyondScope) }
}

fn of_target(member: &Member, target: &Target, directory: &Directory) -> Result<(), WhyRefused> {
    match target {
        Target::Unit(unit) => of_unit(member, *unit, directory),
        Target::Place(place) if is_inside(*place, own_place(member, directory), directory) => {
            Ok(())
        }
        Target::All | Target::Kind(_) | Target::Place(_) => Err(WhyRefused::BeyondScope),
    }
}

/// A depot that the authority gave to this device by name is within its scope.
fn of_depot(member: &Member, depot: DepotId, directory: &Directory) -> Result<(), WhyRefused> {
    if member.depot_scope == Some(depot) {
        return Ok(());
    }
    let keeper = directory.custodian(depot).ok_or(WhyRefused::BeyondScope)?;
    of_unit(member, keeper, directory)
}

fn own_place(member: &Member, directory: &Directory) -> Option<PlaceId> {
    directory.unit_entry(member.unit).and_then(|entry| entry.place)
}

fn is_inside(place: PlaceId, whole: Option<PlaceId>, directory: &Directory) -> bool {
    let parent = |place: &PlaceId| directory.place_entry(*place).and_then(|entry| entry.parent);
    let mut upward = std::iter::successors(Some(place), parent).take(PLACE_DEPTH_MAX);
    whole.is_some_and(|whole| upward.any(|place| place == whole))
}
