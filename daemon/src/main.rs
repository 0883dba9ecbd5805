//! The program `sanduand`. Wiring only.

fn main() {}
