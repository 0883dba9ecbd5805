//! Tables and hostile bytes for single values.

use proptest::prelude::*;

use super::*;

#[test]
fn varints_take_as_many_bytes_as_they_must() {
    for (value, bytes) in [(0u64, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3), (u64::MAX, 10)]
    {
        let packed = value.packed();
        assert_eq!(packed.len(), bytes, "{value}");
        assert_eq!(varint_len(value), bytes, "{value}");
        assert_eq!(u64::unpack_all(&packed), Ok(value));
    }
}

#[test]
fn a_huge_count_costs_no_memory() {
    let mut bytes = Vec::new();
    put_varint(&mut bytes, u64::MAX);
    assert_eq!(Vec::<u8>::unpack_all(&bytes), Err(PackError::Short));
}

#[test]
fn left_over_bytes_are_refused() {
    assert_eq!(u8::unpack_all(&[1, 2]), Err(PackError::Trailing));
}

proptest! {
    #[test]
    fn signed_numbers_go_both_ways(value: i64) {
        prop_assert_eq!(i64::unpack_all(&value.packed()), Ok(value));
    }

    #[test]
    fn lists_of_texts_go_both_ways(list: Vec<(u32, String)>) {
        prop_assume!(list.iter().all(|(_, text)| text.len() <= TEXT_BYTES_MAX));
        prop_assert_eq!(Vec::<(u32, String)>::unpack_all(&list.packed()), Ok(list));
    }

    #[test]
    fn hostile_bytes_never_panic(bytes: Vec<u8>) {
        let _ = Vec::<(u32, Option<String>)>::unpack_all(&bytes);
        let _ = RecordId::unpack_all(&bytes);
    }
}
