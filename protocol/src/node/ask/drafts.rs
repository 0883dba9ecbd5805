//! Drafts and their signatures: who sees a draft, and who may make an order of it.

use crate::base::ids::SpokenId;
use crate::base::roles::Roles;
use crate::field::body::Body;
use crate::field::order::words::Words;
use crate::field::order::{Signature, draft};
use crate::local::{Refusal, RefusalCode};
use crate::node::Node;
use crate::node::ask::Answer;
use crate::wire::record::Person;

impl Node {
    /// Sign a draft: from then on it is an order.
    pub(super) fn sign_order(
        &mut self,
        id: SpokenId,
        person: Option<&str>,
    ) -> Result<Answer, Refusal> {
        self.writable()?;
        let (orders, directory) = (&self.folds.orders, &self.folds.directory);
        if orders.get(id).is_some() {
            return Err(Refusal::new(
                RefusalCode::AlreadyOver,
                format!("{id} 已是正式指令，无需再签发。"),
                format!("{id} is an order already; nothing is left to sign."),
            ));
        }
        let Some(unsigned) = orders.unsigned(id) else {
            return Err(draft::unknown(id));
        };
        if orders.is_withdrawn(id) {
            return Err(Refusal::new(
                RefusalCode::AlreadyOver,
                format!("拟稿 {id} 已撤回，不能签发。如仍需要，请重新拟稿。"),
                format!("Draft {id} is withdrawn. Draft it anew if it is still wanted."),
            ));
        }
        if let Some(Words::Sealed(_)) = orders.words(id) {
            return Err(Refusal::new(
                RefusalCode::NotAllowed,
                format!(
                    "拟稿 {id} 是密件，本终端不在可读范围内，不能签发看不到的内容。请换可读的终端。"
                ),
                format!(
                    "Draft {id} is sealed to a group that this device is not in. Nobody signs what \
                     cannot be read: use a device of the group."
                ),
            ));
        }
        let signature = Signature { class: unsigned.order.class, order: id };
        let person = named(draft::person(person, self.operator(), directory)?)?;
        self.write_command(Body::Signature(signature), person)
    }

    /// True if drafts are shown on this device: it may draft, issue or sign. To all others a
    /// draft is not there.
    pub(in crate::node) fn sees_drafts(&self) -> bool {
        let member = self.folds.directory.member(self.who.device);
        member.is_some_and(|member| member.roles.has_any(Roles::SEES_DRAFTS))
    }
}

/// Both who drafts and who signs are kept by name.
pub(super) fn named(person: Person) -> Result<Person, Refusal> {
    match person {
        Person::Nobody => Err(Refusal::new(
            RefusalCode::BadValue,
            "拟稿和签发须有姓名。请填写姓名，或先设值班员。",
            "Drafts and signatures need a named person. Give a name, or set the operator first.",
        )),
        person => Ok(person),
    }
}
