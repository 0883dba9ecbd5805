//! Plants each fault of shape and sees it found, at its line.

use super::{FILE_LINES_MAX, FUNCTION_LINES_MAX, check, functions};
use crate::Source;

fn found(text: &str) -> Vec<String> {
    check(&Source::new("protocol/src/base/x.rs", text)).iter().map(ToString::to_string).collect()
}

#[test]
fn a_tidy_file_has_no_findings() {
    assert_eq!(found("//! Room.\n\nfn a() {}\n"), Vec::<String>::new());
}

#[test]
fn a_file_without_its_opening_line_is_found() {
    let found = found("// Room.\nfn a() {}\n");
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("protocol/src/base/x.rs:1: open the file"), "{found:?}");
}

#[test]
fn a_file_of_one_line_too_many_is_found() {
    let exact = format!("//! Room.\n{}", "//\n".repeat(FILE_LINES_MAX - 1));
    assert!(found(&exact).is_empty());
    let found = found(&format!("{exact}//\n"));
    assert!(found.len() == 1 && found[0].contains(".rs:401: 401 lines"), "{found:?}");
}

#[test]
fn a_line_is_measured_in_characters() {
    assert!(found(&format!("//! {}\n", "库".repeat(96))).is_empty());
    let found = found(&format!("//! x\n//! {}\n", "库".repeat(97)));
    assert!(found.len() == 1 && found[0].contains(".rs:2: 101 characters"), "{found:?}");
}

#[test]
fn a_long_function_is_found_at_its_first_line() {
    let body = "    a();\n".repeat(FUNCTION_LINES_MAX - 2);
    let exact = format!("//! Room.\n\npub fn b(x: [u8; 3]) {{\n{body}}}\n");
    assert!(found(&exact).is_empty());
    let long = exact.replace("    a();\n}", "    a();\n    a();\n}");
    let found = found(&long);
    assert!(found.len() == 1 && found[0].contains(".rs:3: a function of 71 lines"), "{found:?}");
}

#[test]
fn functions_without_body_and_function_pointers_are_passed_over() {
    assert_eq!(functions("trait T {\n fn a(&self);\n fn b() {\n }\n}\n"), vec![(3, 2)]);
    assert_eq!(functions("type F = fn (u8) -> u8;\nfn c() { }\n"), vec![(2, 1)]);
    assert_eq!(functions("fn outer() {\n fn inner() {\n }\n}\n"), vec![(1, 4), (2, 2)]);
}
