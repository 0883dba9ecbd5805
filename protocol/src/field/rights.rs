//! Which role may write which body. A record outside its author's role is kept as evidence and
//! shown as refused; it never reaches a fold.

use crate::base::ids::{DepotId, UnitId};
use crate::base::roles::{Roles, role_zh};
use crate::field::body::Body;
use crate::field::directory::{Directory, Member};
use crate::field::track::Fix;
use crate::local::refusal::{Refusal, RefusalCode};
use crate::wire::record::Person;

/// Why a device may not write a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyRefused {
    /// It lacks this role.
    NeedsRole(Roles),
    /// It speaks for another unit.
    OtherUnit(UnitId),
    /// Another unit keeps this depot.
    OtherDepot(DepotId),
}

impl WhyRefused {
    /// The reason as a stable word, for counters.
    pub fn word(self) -> &'static str {
        match self {
            WhyRefused::NeedsRole(_) => "needs_role",
            WhyRefused::OtherUnit(_) => "other_unit",
            WhyRefused::OtherDepot(_) => "other_depot",
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
        }
    }
}

/// Whether this device may write this body. A kind that is not known is kept, passed on and read
/// by nobody, so nothing is decided about it here.
pub fn allowed(member: &Member, body: &Body, directory: &Directory) -> Result<(), WhyRefused> {
    match body {
        Body::Directory(_) => needs(member, Roles::AUTHORITY),
        Body::Order(order) => {
            needs(member, Roles::ORDER_ISSUE)?;
            match order.signer {
                Person::Nobody => Ok(()),
                Person::Index(_) | Person::Name(_) => needs(member, Roles::ORDER_SIGN),
            }
        }
        // Who may order may also ask for a second pair of eyes.
        Body::Draft(_) if member.roles.has(Roles::ORDER_ISSUE) => Ok(()),
        Body::Draft(_) => needs(member, Roles::ORDER_DRAFT),
        Body::Signature(_) => needs(member, Roles::ORDER_SIGN),
        Body::Cancel(_) if member.roles.has(Roles::AUTHORITY) => Ok(()),
        // Whoever signs also says no; that it is theirs is for the board to say.
        Body::Cancel(_) if member.roles.has(Roles::ORDER_SIGN) => Ok(()),
        Body::Cancel(_) => needs(member, Roles::ORDER_ISSUE),
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
            true => Ok(()),
            false => Err(WhyRefused::OtherUnit(member.unit)),
        },
        // Whether its term and its numbers allow it is for the directory to say.
        Body::Admission(_) => needs(member, Roles::ISSUER),
        // Whoever may bind others may say by which key.
        Body::OrderKey(_) if member.roles.has_any(Roles::BINDS) => Ok(()),
        Body::OrderKey(_) => needs(member, Roles::ORDER_ISSUE),
        // Whoever may report anything may show it: a photo needs no office.
        Body::Attachment(_) | Body::Unknown { .. } => Ok(()),
    }
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

/// Whether this device may report this fix: of its own unit, or as a gateway of any.
pub fn may_report(member: &Member, fix: &Fix) -> Result<(), WhyRefused> {
    needs(member, Roles::POSITION)?;
    let may = fix.unit == member.unit || member.roles.has(Roles::GATEWAY);
    if may { Ok(()) } else { Err(WhyRefused::OtherUnit(fix.unit)) }
}

fn needs(member: &Member, role: Roles) -> Result<(), WhyRefused> {
    if member.roles.has(role) { Ok(()) } else { Err(WhyRefused::NeedsRole(role)) }
}

#[cfg(test)]
mod tests;
