//! The bytes of stubs: both ways, and from a disk that was changed by somebody.

use super::*;

#[test]
fn a_stub_goes_both_ways_and_names_its_last_record() {
    let stub = Stub { hash: [7; 32], left: vec![Vec::new(), b"left".to_vec(), Vec::new()] };
    assert_eq!(Stub::unpack_all(&stub.packed()), Ok(stub.clone()));
    assert_eq!((stub.count(), stub.last(5)), (3, 7));
}

#[test]
fn a_stub_of_nothing_or_of_too_much_is_refused() {
    let of = |count: u64| {
        let mut bytes = vec![7; 32];
        put_varint(&mut bytes, count);
        bytes.extend(std::iter::repeat_n(0, count.min(10_000) as usize));
        Stub::unpack_all(&bytes)
    };
    assert!(of(STUB_RECORDS_MAX as u64).is_ok());
    for count in [0, STUB_RECORDS_MAX as u64 + 1, u64::MAX] {
        assert!(of(count).is_err(), "{count}");
    }
    let whole = Stub { hash: [7; 32], left: vec![b"left".to_vec()] }.packed();
    for cut in 0..whole.len() {
        assert!(Stub::unpack_all(&whole[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn a_full_stub_fits_a_value_of_the_store() {
    let mut left = Vec::new();
    while has_room(&left, &[1; RECORD_BYTES_MAX]) {
        left.push(vec![1; RECORD_BYTES_MAX]);
    }
    assert!(!left.is_empty() && Stub { hash: [0; 32], left }.packed().len() <= 16 * 1024);
}
