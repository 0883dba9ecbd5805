//! The numbers by which counts become shares. Found by trying, on passages left out of the table
//! in turn; part of the model, because other numbers are other bytes.

use super::model::ORDERS;

/// Parts of one occurrence in which discounts are given.
pub const PARTS: u64 = 64;

/// Numbers of one model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tuning {
    /// By length of context: taken from what was seen once, twice, more often, in [`PARTS`].
    pub discounts: [[u64; 3]; ORDERS],
    /// By length of context: what one earlier occurrence in this message counts, in [`PARTS`].
    pub again: [u64; ORDERS],
    /// Part of it that is taken off as a discount, in [`PARTS`].
    pub again_discounts: [u64; ORDERS],
    /// Without context: what one earlier occurrence counts, in parts of 65,536 of all weights.
    pub again_base: u64,
    /// Weight of one occurrence among the passages, against [`Tuning::bands`].
    pub occurrence: u32,
    /// Weight of a character of each band before it was seen at all.
    pub bands: [u32; 8],
}

/// The numbers of model 1.
pub const V1: Tuning = Tuning {
    discounts: [[45, 54, 58]; ORDERS],
    again: [64, 96, 128, 128],
    again_discounts: [40, 40, 40, 40],
    again_base: 400,
    occurrence: 64,
    bands: [192, 96, 48, 24, 10, 4, 2, 1],
};
