//! The console on a made-up district, without a daemon: `cargo run --example sandbox -- --lang en`.

use sanduan_tui::app::run::run;
use sanduan_tui::cli::now_ms;
use sanduan_tui::feed::Feed;
use sanduan_tui::lang::Lang;
use sanduan_tui::sandbox::Sandbox;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let english = arguments.iter().any(|argument| argument == "en");
    let ascii = arguments.iter().any(|argument| argument == "--ascii");
    let sandbox = Sandbox::at(now_ms());
    let open = || -> Box<dyn Feed> { Box::new(sandbox.clone()) };
    run(open, if english { Lang::En } else { Lang::Zh }, ascii)
}
