//! The target `group` under a coverage-guided fuzzer. What it reads is in `sanduan_fuzz`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sanduan_fuzz::once("group", input));
