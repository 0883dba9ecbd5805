//! The directory as rows for screens. Only what is in use is listed.

use crate::base::ids::DeviceId;
use crate::field::directory::template::Field;
use crate::field::directory::{DeviceEntry, Directory, live};
use crate::local::rows::{
    DepotRow, DeviceRow, DirectoryRows, ItemRow, PlaceRow, PostRow, TemplateRow, UnitRow,
};
use crate::wire::record::Person;

/// The first 8 hex digits of a key.
pub fn key_begins(public: &[u8; 32]) -> String {
    public[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Directory {
    /// Everything in use, each list by index; persons by name, each name once. Groups are left out:
    /// [`Directory::group_rows`] must know who asks.
    pub fn rows(&self) -> DirectoryRows {
        let mut persons: Vec<String> =
            live(&self.persons).map(|person| person.name.clone()).collect();
        persons.sort();
        persons.dedup();
        DirectoryRows {
            version: self.version,
            places: live(&self.places)
                .map(|place| PlaceRow {
                    place: place.index,
                    code: place.code.clone(),
                    name: place.name.clone(),
                    point: place.point,
                })
                .collect(),
            units: self.unit_rows(),
            items: live(&self.items)
                .map(|item| ItemRow {
                    item: item.index,
                    code: item.code.clone(),
                    name: item.name.clone(),
                    unit: item.unit.clone(),
                })
                .collect(),
            depots: live(&self.depots)
                .map(|depot| DepotRow {
                    depot: depot.index,
                    code: depot.code.clone(),
                    name: depot.name.clone(),
                    custodian: depot.custodian,
                })
                .collect(),
            devices: self.device_rows(),
            persons,
            templates: self.template_rows(),
            posts: self.post_rows(),
            groups: Vec::new(),
        }
    }

    fn post_rows(&self) -> Vec<PostRow> {
        let person = |index| self.person_name(&Person::Index(index));
        let rows = live(&self.posts).map(|post| PostRow {
            post: post.index,
            code: post.code.clone(),
            name: post.name.clone(),
            unit: post.unit,
            primary: person(post.primary),
            stand_in: post.stand_in.map(person),
        });
        rows.collect()
    }

    fn template_rows(&self) -> Vec<TemplateRow> {
        let field = |field: &Field| format!("{}:{}", field.name, field.kind.word());
        let rows = self.templates().map(|entry| TemplateRow {
            template: entry.index,
            code: entry.code.clone(),
            zh: entry.zh.clone(),
            en: entry.en.clone(),
            fields: entry.fields.iter().map(field).collect(),
        });
        rows.collect()
    }

    fn unit_rows(&self) -> Vec<UnitRow> {
        let rows = live(&self.units).map(|unit| UnitRow {
            unit: unit.index,
            code: unit.code.clone(),
            name: unit.name.clone(),
            kind: unit.kind.word().to_owned(),
            place: unit.place,
            people: unit.people,
        });
        rows.collect()
    }

    /// The device in use that has this public key.
    pub fn device_of_key(&self, public: &[u8; 32]) -> Option<DeviceRow> {
        live(&self.devices).find(|device| device.public == *public).map(|it| self.device_row(it))
    }

    /// A device that was ever named, in use or not.
    pub fn any_device(&self, device: DeviceId) -> Option<DeviceRow> {
        self.devices.get(&device).map(|kept| self.device_row(&kept.entry))
    }

    fn device_rows(&self) -> Vec<DeviceRow> {
        live(&self.devices).map(|device| self.device_row(device)).collect()
    }

    fn device_row(&self, device: &DeviceEntry) -> DeviceRow {
        DeviceRow {
            device: device.index,
            unit: device.unit,
            unit_name: self.unit_name(device.unit),
            roles: device.roles.words(),
            key: key_begins(&device.public),
            // Its author names it in a lane of its own: whoever folds that knows.
            order_key: None,
        }
    }
}
