//! Floor 4: what people mean. Each room folds verified records into state; state is a pure
//! function of the set of records, whatever their order of arrival.

pub mod air;
pub mod attachment;
pub mod bare;
pub mod body;
pub mod directory;
pub mod order;
pub mod rights;
pub mod stock;
pub mod text;
pub mod track;
pub mod village;
pub mod vitals;
