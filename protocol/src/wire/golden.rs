//! Golden files for tests: `protocol/golden/NAME.hex`, one line each: name, blank, hex digits.
//! Lines that open with `#` explain. Changing a line is a decision and needs a note; the bytes
//! that are made here are printed so that a person can compare them.

/// The named bytes made today must be exactly those of the golden file, in the same order.
pub(crate) fn compare(file: &str, golden: &str, made: &[(&str, Vec<u8>)]) {
    let today: Vec<String> =
        made.iter().map(|(name, bytes)| format!("{name} {}", hex(bytes))).collect();
    let kept: Vec<&str> =
        golden.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(kept == today, "{file} holds other bytes; made today:\n{}\n", today.join("\n"));
}

/// The bytes of one named line.
pub(crate) fn bytes(golden: &str, name: &str) -> Vec<u8> {
    let line = golden.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let digits = line.expect("the golden file has this name").as_bytes();
    let pairs = digits.chunks_exact(2).map(|pair| std::str::from_utf8(pair).expect("ASCII"));
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("hex digits")).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
