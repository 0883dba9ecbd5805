//! The tables agree with themselves.

use std::collections::BTreeSet;

use super::*;
use crate::app::Screen;

const LAYERS: [Layer; 13] = [
    Layer::Everywhere,
    Layer::Screen(Screen::Alert),
    Layer::Screen(Screen::Orders),
    Layer::Draft,
    Layer::Screen(Screen::Track),
    Layer::Screen(Screen::Stock),
    Layer::Screen(Screen::Report),
    Layer::Screen(Screen::Links),
    Layer::Screen(Screen::Journal),
    Layer::Form,
    Layer::Confirm,
    Layer::Reading,
    Layer::Pick,
];

#[test]
fn no_key_means_two_things_on_one_layer() {
    for layer in LAYERS {
        let mut seen = BTreeSet::new();
        for key in bindings(layer).iter().flat_map(|binding| binding.keys) {
            assert!(seen.insert(key), "{key} on {layer:?}");
        }
    }
}

#[test]
fn no_screen_hides_a_key_that_works_everywhere() {
    let everywhere: BTreeSet<&str> =
        bindings(Layer::Everywhere).iter().flat_map(|binding| binding.keys).copied().collect();
    for layer in LAYERS.into_iter().filter(|layer| layer.is_screen()) {
        for key in bindings(layer).iter().flat_map(|binding| binding.keys) {
            assert!(!everywhere.contains(key), "{key} on {layer:?}");
        }
    }
}

#[test]
fn footers_fit_and_always_say_how_to_get_help_or_leave() {
    for layer in LAYERS {
        for lang in [Lang::Zh, Lang::En] {
            for columns in [60, 80, 120] {
                let footer = footer(layer, lang, columns);
                assert!(width(&footer) <= columns, "{layer:?}: {footer}");
                let way_out = if layer.is_screen() { "? q" } else { "Esc 0" };
                let named = way_out.split(' ').any(|key| footer.contains(key));
                assert!(named || layer == Layer::Everywhere, "{layer:?}: {footer}");
            }
        }
    }
    let all = footer(Layer::Screen(Screen::Orders), Lang::Zh, 80);
    assert!(all.contains("1签收") && all.contains("o未结") && all.contains("/筛选"), "{all}");
}

#[test]
fn keys_have_the_names_that_the_tables_use() {
    let key = |code, modifiers| name(&KeyEvent::new(code, modifiers));
    assert_eq!(key(KeyCode::Char('n'), KeyModifiers::NONE), "n");
    assert_eq!(key(KeyCode::Char('L'), KeyModifiers::SHIFT), "L");
    assert_eq!(key(KeyCode::Char('s'), KeyModifiers::CONTROL), "Ctrl-s");
    assert_eq!(key(KeyCode::Char('2'), KeyModifiers::ALT), "Alt-2");
    assert_eq!(key(KeyCode::F(2), KeyModifiers::NONE), "F2");
    assert_eq!(find(Layer::Screen(Screen::Orders), "q"), Some(Action::Quit));
    assert_eq!(find(Layer::Form, "q"), None);
}

#[test]
fn every_key_of_an_order_means_the_same_on_a_draft() {
    for binding in bindings(Layer::Screen(Screen::Orders)) {
        for key in binding.keys {
            assert_eq!(find(Layer::Draft, key), Some(binding.action), "{key}");
        }
    }
}
