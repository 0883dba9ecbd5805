//! How long a key takes to become a frame with ten thousand orders in the list. Prints figures
//! (`cargo test -p sanduan-tui --test speed -- --nocapture`, with `--release` for the real ones)
//! and checks only that the frames are right: machines differ, so time is never asserted.

use std::time::Instant;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use sanduan_tui::app::Msg;
use sanduan_tui::feed::Heard;
use sanduan_tui::lang::Lang;
use sanduan_tui::sandbox::{Driver, NOW_MS, Sandbox, key_named};
use sanduan_tui::screen;

const ORDERS: u32 = 10_000;
const KEYS: u32 = 200;

#[test]
fn a_key_becomes_a_frame_with_ten_thousand_orders() {
    let sandbox = Sandbox::at(NOW_MS);
    {
        let mut rows = sandbox.rows();
        let template = rows.orders[0].clone();
        rows.orders = (0..ORDERS)
            .map(|number| {
                let mut order = template.clone();
                order.order.id.seq = ORDERS - number;
                order.order.issued_ms = NOW_MS - u64::from(number) * 1000;
                order
            })
            .collect();
    }
    let mut driver = Driver::connected(sandbox, Lang::Zh);
    driver.send(Msg::Heard(Heard::Reset));
    driver.holds_answers = true;
    let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
    let mut worst_us = 0;
    let start = Instant::now();
    for _ in 0..KEYS {
        let began = Instant::now();
        driver.send(Msg::Key(key_named("Down")));
        buffer.reset();
        screen::draw(&driver.model, &mut buffer);
        worst_us = worst_us.max(began.elapsed().as_micros());
    }
    let mean_us = start.elapsed().as_micros() / u128::from(KEYS);
    println!("key to frame, {ORDERS} orders: mean {mean_us} us, worst {worst_us} us");
    let text = sanduan_tui::paint::screen_text(&buffer);
    let selected = format!("> 1-{}", ORDERS - KEYS);
    assert!(text.contains(&selected), "{selected} in\n{text}");
    assert!(text.contains(&format!("{}/{ORDERS}", KEYS + 1)), "{text}");
}
