//! Table tests of the scanner: what is code, what is a comment, what is neither.

use super::Masked;

fn code(text: &str) -> String {
    Masked::new(text).code.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn comments(text: &str) -> String {
    Masked::new(text).comments.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn strings_are_not_code() {
    assert_eq!(code("a(\"x // y\") b"), "a( ) b");
    assert_eq!(code("a(\"x \\\" y\") b"), "a( ) b");
    assert_eq!(code("a(r#\"x \" y\"#) b"), "a( ) b");
    assert_eq!(code("a(br\"x\") b"), "a(b ) b");
    assert_eq!(code("a(\"中\n文\") b"), "a( ) b");
}

#[test]
fn comments_are_not_code() {
    assert_eq!(code("a // b\nc"), "a c");
    assert_eq!(code("a /* b /* c */ d */ e"), "a e");
    assert_eq!(comments("a // b\nc /* d */ e"), "// b /* d */");
    assert_eq!(comments("let x = \"// no\";"), "");
}

#[test]
fn character_literals_do_not_open_strings() {
    assert_eq!(code("m('\"') n"), "m('\"') n");
    assert_eq!(code("m('\\'') \"x\" n"), "m('\\'') n");
    assert_eq!(code("m('\\u{22}') \"x\" n"), "m('\\u{22}') n");
    assert_eq!(code("fn f<'a>(x: &'a str) \"x\" n"), "fn f<'a>(x: &'a str) n");
}

#[test]
fn every_line_stays_in_its_place() {
    let text = "a\n\"b\nc\"\n/* d\ne */ f\n";
    let masked = Masked::new(text);
    assert_eq!(masked.code.lines().count(), text.lines().count());
    assert_eq!(masked.code.lines().nth(4).map(str::trim), Some("f"));
}
