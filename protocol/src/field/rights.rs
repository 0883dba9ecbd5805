//! Which role may write which body. A record outside its author's role is kept as evidence and
//! shown as refused; it never reaches a fold. What a partner's device may, and where, is in
//! [`scope`].

use crate::base::ids::{DepotId, UnitId};
use crate::base::roles::{Roles, role_zh};
use crate::field::body::Body;
use crate::field::directory::{Directory, Member};
use crate::field::order::Cancel;
use crate::local::refusal::{Refusal, RefusalCode};
use crate::local::request::OrderKind;
use crate::wire::record::Person;

mod scope;

/// Why a device may not write a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyRefused {
    /// It lacks this role.
    NeedsRole(Roles),
    /// It speaks for another unit.
    OtherUnit(UnitId),
    /// Another unit keeps this depot.
    OtherDepot(DepotId),
    /// A partner's device speaks beyond the place of its unit.
    BeyondScope,
}

impl WhyRefused {
    /// The reason as a stable word, for counters.
    pub fn word(self) -> &'static str {
        match self {
            WhyRefused::NeedsRole(_) => "needs_role",
            WhyRefused::OtherUnit(_) => "other_unit",
            WhyRefused::OtherDepot(_) => "other_depot",
            WhyRefused::BeyondScope => "beyond_scope",
        }
    }

    /// The refusal for the person who tried.
    pub fn refusal(self, directory: &Directory) -> Refusal {
        let code = RefusalCode::NotAllowed;
        match self {
            WhyRefused::NeedsRole(role) => {
                let words = role.words();
                let zh: Vec<&str> = words.iter().map(|word| role_zh(word)).collect();
                let (zh, words) = (zh.join("、"), words.join(", "));
                Refusal::new(
                    code,
                    format!("本终端没有权限“{zh}”({words})。请由主管授权，或换有权限的终端操作。"),
                    format!(
                        "This device lacks the role {words}. Ask the authority for it, or use a \
                         device that has it."
                    ),
                )
            }
            WhyRefused::OtherUnit(unit) => {
                let name = directory.unit_name(unit);
                Refusal::new(
                    code,
                    format!("本终端不属于“{name}”。请在该单位的终端上操作，或用代签。"),
                    format!(
                        "This device does not speak for {name}. Use a device of that unit, or a \
                         proxy receipt."
                    ),
                )
            }
            WhyRefused::OtherDepot(depot) => {
                let name = directory.depot_name(depot);
                Refusal::new(
                    code,
                    format!("“{name}”不由本单位保管。请由保管单位记账。"),
                    format!("{name} is kept by another unit. Let its custodian post this."),
                )
            }
            WhyRefused::BeyondScope => Refusal::new(
                code,
                "本终端属协作区，只能对本单位所在地的单位和储备库下令、答复、记账；求助可发往任何单位。",
                "This device is a partner's: it may order, answer and post only for the units and \
                 depots of the place of its own unit. A plea may go to anyone.",
            ),
        }
    }
}

/// Whether this device may write this body. A kind that is not known is kept, passed on and read
/// by nobody, so nothing is decided about it here.
pub fn allowed(member: &Member, body: &Body, directory: &Directory) -> Result<(), WhyRefused> {
    if member.roles.has(Roles::PARTNER) {
        scope::within(member, body, directory)?;
    }
    match body {
        Body::Directory(_) => needs(member, Roles::AUTHORITY),
        Body::Order(order) => {
            match order.kind {
                // It binds nobody, and whoever is in need must be able to say so.
                OrderKind::Request => has_a_voice(member)?,
                OrderKind::Alert | OrderKind::Order | OrderKind::Update => {
                    needs(member, Roles::ORDER_ISSUE)?;
                }
            }
            match order.signer {
                Person::Nobody => Ok(()),
                Person::Index(_) | Person::Name(_) => needs(member, Roles::ORDER_SIGN),
            }
        }
        // Who may order may also ask for a second pair of eyes.
        Body::Draft(_) if member.roles.has(Roles::ORDER_ISSUE) => Ok(()),
        Body::Draft(_) => needs(member, Roles::ORDER_DRAFT),
        Body::Signature(_) => needs(member, Roles::ORDER_SIGN),
        Body::Cancel(cancel) => may_withdraw(member, cancel),
        Body::Receipt(receipt) => {
            needs(member, Roles::RECEIPT)?;
            let is_own = receipt.proxy.is_some() || receipt.unit == member.unit;
            if is_own { Ok(()) } else { Err(WhyRefused::OtherUnit(receipt.unit)) }
        }
        Body::Stock(body) => may_post(member, body.acting_depot(), directory),
        // What it says must be of the same depot, or it is refused where it is read.
        Body::SealedPost(post) => may_post(member, post.depot, directory),
        // Whoever speaks for many depots must be able to speak for each.
        Body::Snapshot(page) => {
            page.depots.iter().try_for_each(|rows| may_post(member, rows.depot, directory))
        }
        // It adds to a record of its own author, which the author may write or not.
        Body::SealedNote(note) => match note.about.author == member.device {
            true => has_a_voice(member),
            false => Err(WhyRefused::OtherUnit(member.unit)),
        },
        // Whether its term and its numbers allow it is for the directory to say.
        Body::Admission(_) => needs(member, Roles::ISSUER),
        // Whoever may bind others may say by which key.
        Body::OrderKey(_) if member.roles.has_any(Roles::BINDS) => Ok(()),
        Body::OrderKey(_) => needs(member, Roles::ORDER_ISSUE),
        // Whoever may report anything may show it: a photo needs no office.
        Body::Attachment(_) => has_a_voice(member),
        Body::Unknown { .. } => Ok(()),
    }
}

/// Whether this device may withdraw an order of its unit; that it is of its unit is for the board
/// to say.
fn may_withdraw(member: &Member, cancel: &Cancel) -> Result<(), WhyRefused> {
    // Whoever signs also says no.
    if member.roles.has_any(Roles::AUTHORITY.with(Roles::ORDER_SIGN)) {
        return Ok(());
    }
    // What a device wrote that issues no orders is a plea of its own. A draft is not: once another
    // has signed it, it is no longer the drafter's to take back.
    let is_own = cancel.order.author == member.device;
    if is_own && !member.roles.has(Roles::ORDER_DRAFT) && has_a_voice(member).is_ok() {
        return Ok(());
    }
    needs(member, Roles::ORDER_ISSUE)
}

/// Whether this device may post stock of this depot: of every depot with `stock.all`; with
/// `stock.post` of the depot it is limited to, else of those that its unit keeps.
pub fn may_post(member: &Member, depot: DepotId, directory: &Directory) -> Result<(), WhyRefused> {
    if member.roles.has(Roles::STOCK_ALL) {
        return Ok(());
    }
    needs(member, Roles::STOCK_POST)?;
    let is_own = match member.depot_scope {
        Some(scope) => scope == depot,
        None => directory.custodian(depot) == Some(member.unit),
    };
    if is_own { Ok(()) } else { Err(WhyRefused::OtherDepot(depot)) }
}

/// Whether this device may report where this unit is: of its own unit, or as a gateway of any.
pub fn may_report(member: &Member, unit: UnitId, directory: &Directory) -> Result<(), WhyRefused> {
    needs(member, Roles::POSITION)?;
    if member.roles.has(Roles::PARTNER) {
        scope::of_unit(member, unit, directory)?;
    }
    let may = unit == member.unit || member.roles.has(Roles::GATEWAY);
    if may { Ok(()) } else { Err(WhyRefused::OtherUnit(unit)) }
}

/// Whether this device writes anything at all; one that only carries does not.
fn has_a_voice(member: &Member) -> Result<(), WhyRefused> {
    let speaks = member.roles.has_any(Roles::SPEAKS);
    if speaks { Ok(()) } else { Err(WhyRefused::NeedsRole(Roles::RECEIPT)) }
}

fn needs(member: &Member, role: Roles) -> Result<(), WhyRefused> {
    if member.roles.has(role) { Ok(()) } else { Err(WhyRefused::NeedsRole(role)) }
}

#[cfg(test)]
mod tests;
