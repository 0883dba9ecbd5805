//! Plants an import that goes up, sideways, or into a room with a closed door, and sees it found.

use super::{CRATES, FLOORS, check, check_manifest, paths};
use crate::Source;

fn found(path: &str, text: &str) -> Vec<String> {
    check(&Source::new(path, text)).iter().map(ToString::to_string).collect()
}

#[test]
fn imports_that_go_down_are_fine() {
    assert!(found("protocol/src/log/book.rs", "use crate::base::ids::DeviceId;\n").is_empty());
    assert!(
        found("protocol/src/node/mod.rs", "use crate::{local::Reply, plan::pick};\n").is_empty()
    );
    assert!(
        found("protocol/src/field/x.rs", "use crate::field::y;\nuse crate::local::rows;\n")
            .is_empty()
    );
}

#[test]
fn an_import_that_goes_up_is_found() {
    let found = found("protocol/src/base/ids.rs", "//! x\nuse crate::wire::frame;\n");
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("protocol/src/base/ids.rs:2: `base` may not import `wire`"));
}

#[test]
fn an_import_that_goes_sideways_is_found() {
    assert_eq!(found("protocol/src/sync/want.rs", "use crate::link::profile::Profile;").len(), 1);
    assert_eq!(found("protocol/src/keys/sign.rs", "use crate::local::rows;").len(), 1);
}

#[test]
fn an_import_inside_a_group_or_in_code_is_found() {
    let grouped = "//! x\nuse crate::{\n    base::ids,\n    node::{Input, Output},\n};\n";
    let found_grouped = found("protocol/src/field/order.rs", grouped);
    assert!(found_grouped.len() == 1 && found_grouped[0].contains(".rs:4:"), "{found_grouped:?}");
    assert_eq!(found("protocol/src/log/x.rs", "fn a() { crate::plan::b(); }").len(), 1);
    assert!(
        found("protocol/src/log/x.rs", "// crate::plan::b\nfn a() { b(\"crate::plan\"); }")
            .is_empty()
    );
}

#[test]
fn a_room_that_is_no_floor_is_found() {
    assert_eq!(found("protocol/src/extras/x.rs", "").len(), 1);
    assert!(found("protocol/src/lib.rs", "pub mod base;").is_empty());
}

#[test]
fn the_console_sees_base_and_local_only() {
    assert!(found("tui/src/feed.rs", "use sanduan_protocol::local::rows;").is_empty());
    assert!(found("tui/src/x.rs", "use sanduan_protocol::{base::ids, local::Reply};").is_empty());
    assert_eq!(found("tui/src/x.rs", "use sanduan_protocol::node::Node;").len(), 1);
    assert_eq!(found("tui/src/x.rs", "use sanduan_protocol as p;").len(), 1);
}

#[test]
fn crates_keep_their_doors_shut() {
    assert_eq!(found("netsim/src/world.rs", "use sanduan_daemon::pump;").len(), 1);
    assert_eq!(found("daemon/src/main.rs", "fn a() { sanduan_tui::b(); }").len(), 1);
    assert_eq!(found("protocol/src/base/x.rs", "use sanduan_netsim::air;").len(), 1);
    assert!(found("tests/src/lib.rs", "use sanduan_netsim::air;").is_empty());
    assert_eq!(found("tests/tidy/src/x.rs", "use sanduan_protocol::base;").len(), 1);
}

#[test]
fn a_dependency_through_a_closed_door_is_found() {
    let manifest = |path: &str, line: &str| {
        check_manifest(&Source::new(path, &format!("[dependencies]\n{line}\n"))).len()
    };
    assert_eq!(manifest("tui/Cargo.toml", "sanduan-protocol.workspace = true"), 0);
    assert_eq!(manifest("tui/Cargo.toml", "sanduan-daemon.workspace = true"), 1);
    assert_eq!(manifest("protocol/Cargo.toml", "sanduan-netsim = { path = \"../netsim\" }"), 1);
    assert_eq!(manifest("Cargo.toml", "sanduan-protocol = { path = \"protocol\" }"), 0);
}

#[test]
fn no_two_floors_or_crates_import_each_other() {
    for table in [&FLOORS[..], &CRATES[..]] {
        for (name, below) in table {
            for other in *below {
                let back = table.iter().find(|(n, _)| n == other).map(|(_, b)| b.contains(name));
                assert_eq!(back, Some(false), "{name} and {other}");
            }
        }
    }
}

#[test]
fn paths_are_read_with_their_lines() {
    let code = "use crate::a::b;\nuse crate::{c, d::{e, f},\n g};\npub(crate) fn x() {}\n";
    let expected = [(1, "a"), (2, "c"), (2, "d"), (3, "g")];
    let expected: Vec<_> = expected.map(|(line, word)| (line, word.to_owned())).into();
    assert_eq!(paths(code, "crate"), expected);
}
