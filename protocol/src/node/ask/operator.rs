//! Who is at the console: several persons take turns at one device, and whoever is on duty answers
//! by name. The name lies on the disk, so that a restart does not sign for who went home.

use crate::field::order::draft;
use crate::local::{Refusal, Reply};
use crate::node::Node;
use crate::node::ask::Answer;
use crate::node::disk::Stored;

impl Node {
    /// From now on this person acts where a request names nobody; empty for the one of the
    /// configuration.
    pub(super) fn set_operator(&mut self, name: &str) -> Result<Answer, Refusal> {
        self.saves()?;
        let name = name.trim();
        draft::person(Some(name), "", &self.folds.directory)?;
        self.on_duty = Some(name.to_owned()).filter(|name| !name.is_empty());
        self.disk.put(Stored::Operator(name.to_owned()), true);
        Ok(Answer::WhenSaved(Reply::Saved { id: None, records: 0 }))
    }

    /// The person who acts where a request names nobody.
    pub(super) fn operator(&self) -> &str {
        self.on_duty.as_deref().unwrap_or(&self.settings.operator)
    }
}
