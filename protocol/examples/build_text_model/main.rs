//! Builds the table of the text model: `cargo run -p sanduan-protocol --example build_text_model`
//! reads `protocol/model` and the names in `data/` and writes `protocol/model/text-v1.bin`. The
//! table in the repository is frozen once messages were sent with it: a better text makes the
//! table of the next model, under a name of its own. The bytes are made in `table.rs`.

mod grammar;
mod table;

use std::io::{Write, stdout};
use std::path::Path;

fn main() -> std::io::Result<()> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = table::Sources::read(top)?;
    let bytes = table::build(&sources);
    std::fs::write(top.join("model/text-v1.bin"), &bytes)?;
    writeln!(
        stdout(),
        "{} messages, {} names, {} bytes",
        sources.messages.len(),
        sources.names.len(),
        bytes.len()
    )
}
