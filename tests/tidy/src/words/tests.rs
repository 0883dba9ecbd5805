//! Plants each banned word in code and in prose, and sees it found; and sees that the same
//! letters inside a string, a longer word or another room are left alone.

use super::{check_code, check_prose};
use crate::Source;

fn code(path: &str, text: &str) -> Vec<String> {
    check_code(&Source::new(path, text)).iter().map(ToString::to_string).collect()
}

fn prose(path: &str, text: &str) -> Vec<String> {
    check_prose(&Source::new(path, text)).iter().map(ToString::to_string).collect()
}

#[test]
fn unfinished_work_is_found_in_every_crate() {
    for word in ["todo!()", "unimplemented!()", "dbg!(x)", "#[ignore]", "#[ignore = \"slow\"]"] {
        let found = code("daemon/src/x.rs", &format!("//! x\n{word}\n"));
        assert!(
            found.len() == 1 && found[0].starts_with("daemon/src/x.rs:2: "),
            "{word} {found:?}"
        );
    }
    assert!(code("daemon/src/x.rs", "// todo!()\nlet a = \"todo!()\";\n").is_empty());
}

#[test]
fn clocks_maps_and_files_are_found_in_pure_rooms() {
    for word in ["Instant::now()", "SystemTime::now()", "HashMap::new()", "std::fs::read(p)"] {
        assert_eq!(code("protocol/src/log/x.rs", word).len(), 1, "{word}");
        assert_eq!(code("netsim/src/world/x.rs", word).len(), 1, "{word}");
        assert!(code("netsim/src/realtime/x.rs", word).is_empty(), "{word}");
        assert!(code("daemon/src/x.rs", word).is_empty(), "{word}");
    }
    assert!(code("protocol/src/log/x.rs", "MyHashMapLike::new()").is_empty());
}

#[test]
fn tests_of_pure_rooms_may_read_golden_files_but_ask_no_clock() {
    let path = "protocol/src/wire/frame/tests.rs";
    assert!(code(path, "std::fs::read(p)").is_empty());
    assert_eq!(code(path, "Instant::now()").len(), 1);
    let inline = "std::fs::read(p);\n#[cfg(test)]\nmod tests {\n    std::fs::read(p);\n}\n";
    let found = code("protocol/src/wire/frame.rs", inline);
    assert!(found.len() == 1 && found[0].contains("frame.rs:1:"), "{found:?}");
}

#[test]
fn names_that_say_nothing_are_found() {
    assert_eq!(code("daemon/src/util.rs", "").len(), 1);
    assert_eq!(code("daemon/src/x.rs", "pub struct LinkManager {").len(), 1);
    assert_eq!(code("daemon/src/x.rs", "mod helpers;").len(), 1);
    assert!(code("daemon/src/x.rs", "pub struct Database {").is_empty());
    assert!(code("daemon/src/x.rs", "let data = 1;").is_empty());
}

#[test]
fn words_about_the_making_are_found_in_prose_alone() {
    assert_eq!(prose("README.md", "see /work/shared\n").len(), 1);
    assert_eq!(prose("daemon/src/x.rs", "//! x\n// Asked by issue 12.\n").len(), 1);
    assert_eq!(prose("docs/a.md", "Fixes issue #7").len(), 1);
    assert_eq!(prose("docs/a.md", "from crates.io").len(), 1);
    assert!(prose("daemon/src/x.rs", "let a = \"/work/\";").is_empty());
    assert!(prose("docs/a.md", "Goods are issued to teams; issue 出库.").is_empty());
}
