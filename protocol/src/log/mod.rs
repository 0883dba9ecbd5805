//! Floor 3: records in chains. A lane is one author's chain of one class; the book holds them all.
//! Bodies are not read here, keys are not kept here: verifying is asked of the caller.

pub mod book;
pub mod fork;
pub mod lane;
pub mod part;
pub mod share;
pub mod stub;
