//! Names of the stock room, looked up in the directory.

use crate::base::ids::{DepotId, DeviceId, ItemId, PersonId};
use crate::field::directory::{Directory, NameError};
use crate::field::stock::{NameMiss, Names};

impl Names for Directory {
    fn item_row(&self, item: ItemId) -> Option<(String, String, String)> {
        let entry = self.item_entry(item)?;
        Some((entry.code.clone(), entry.name.clone(), entry.unit.clone()))
    }

    fn depot_name(&self, depot: DepotId) -> Option<String> {
        self.depot_entry(depot).map(|entry| entry.name.clone())
    }

    fn person_name(&self, person: PersonId) -> Option<String> {
        self.person_entry(person).map(|entry| entry.name.clone())
    }

    fn author_name(&self, author: DeviceId) -> String {
        self.device_unit_name(author)
    }

    fn find_item(&self, text: &str) -> Result<ItemId, NameMiss> {
        self.item(text).map_err(NameMiss::from)
    }

    fn find_depot(&self, text: &str) -> Result<DepotId, NameMiss> {
        self.depot(text).map_err(NameMiss::from)
    }
}

impl From<NameError> for NameMiss {
    fn from(error: NameError) -> NameMiss {
        match error {
            NameError::Empty { .. } | NameError::TooMany => NameMiss::Unknown { near: Vec::new() },
            NameError::Unknown { near, .. } => NameMiss::Unknown { near },
            NameError::Ambiguous { candidates, .. } => NameMiss::Ambiguous { fits: candidates },
        }
    }
}
