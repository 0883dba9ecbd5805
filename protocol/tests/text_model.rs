//! The table of the text model is what the tool makes of the texts in the repository.

#[path = "../examples/build_text_model/grammar.rs"]
mod grammar;
#[path = "../examples/build_text_model/table.rs"]
mod table;

use std::path::Path;

fn sources() -> table::Sources {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    table::Sources::read(top).expect("the texts are in the repository")
}

#[test]
fn the_table_in_the_program_is_the_one_the_tool_makes() {
    let sources = sources();
    assert!(sources.messages.len() >= 1000, "{} messages", sources.messages.len());
    let made = table::build(&sources);
    assert!(made.len() <= 150_000, "{} bytes", made.len());
    let kept: &[u8] = include_bytes!("../model/text-v1.bin");
    assert!(made == kept, "run the example build_text_model, if the model may still change");
}

#[test]
fn no_held_out_message_is_in_the_training_text() {
    let messages = sources().messages;
    let held_out = include_str!("../model/held-out.txt");
    for line in held_out.lines().filter(|line| !line.starts_with('#')) {
        assert!(!messages.iter().any(|message| message == line), "{line}");
    }
}
