//! Stock (物资): what moved, what is on the road, what was counted.

pub mod body;

pub use body::{Arrival, ArrivalLine, Body, Count, CountLine, Line, Movement, Waybill};
