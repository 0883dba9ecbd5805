//! What a story came to, for those who were not there: one page that is read without a network,
//! and JUnit for the machines that watch over a build. Nothing is decided or opened here.
//!
//! ```text
//! gauges.rs what is read off a world while it runs     chart.rs lines, bars and a ring as SVG
//! page.rs   the page of one scenario                   junit.rs the cases of a swarm
//! ```

mod chart;
mod gauges;
mod junit;
mod page;

#[cfg(test)]
mod tests;

pub use gauges::{Gauges, Hearing, Sample};
pub use junit::{Case, junit};
pub use page::page;
