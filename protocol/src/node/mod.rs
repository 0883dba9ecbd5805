//! The node: one machine made of all floors. Here it is only wired and dispatched.

pub mod input;
pub mod output;
pub mod settings;

pub use input::Input;
pub use output::Output;
pub use settings::Settings;
