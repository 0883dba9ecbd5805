//! Entry of the program `sanduan`. Everything lives in the library, so that tests reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    sanduan_tui::cli::run(std::env::args_os())
}
