//! Loads that rise and fall, and what fixes make of them.

use super::*;
use crate::link::turns::tests::{NOW, radio};

/// The channel taken for `taken_ms` of every ten seconds, for five minutes; the end of them.
fn loaded(load: &mut Load, taken_ms: u64) -> Mono {
    (0..30).for_each(|n| load.note(taken_ms, NOW.after_ms(n * 10_000)));
    NOW.after_ms(300_000)
}

#[test]
fn the_load_follows_what_is_taken_and_is_forgotten_in_silence() {
    for taken_ms in [1_000, 4_000, 8_000] {
        let mut load = Load::default();
        let now = loaded(&mut load, taken_ms);
        let (told, true_permille) = (load.permille(now), taken_ms / 10);
        assert!(told.abs_diff(true_permille) * 3 <= true_permille, "{told} for {true_permille}");
        assert!(load.permille(now.after_ms(300_000)) <= 2);
    }
}

#[test]
fn fixes_rest_on_a_loaded_channel_and_the_longer_the_more_there_are() {
    let pause_ms = |others: u16, taken_ms: u64| {
        let heard: Vec<u16> = (1..=others).collect();
        let mut link = radio(&heard);
        let now = loaded(&mut link.load, taken_ms);
        link.rest_fixes(22, now);
        link.fixes_wait_until(now).map(|until| until.since_ms(now))
    };
    assert_eq!(pause_ms(10, 1_000), None, "a quiet channel carries each fix at once");
    let few = pause_ms(3, 8_000).expect("it is loaded");
    let many = pause_ms(30, 8_000).expect("it is loaded");
    assert!(few < many && many <= PAUSE_MS_MAX, "{few} {many}");
    assert!(few >= 4 * 800 * 4, "the fixes of four take a quarter of the time: {few}");
}
