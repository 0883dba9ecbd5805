//! The codec on bytes as they stand in the standard and on the air, and the reader of answers cut
//! anywhere. The driver's own tests are beside.

mod driver;

use super::alphabet::{read_packed, write_packed};
use super::answer::{Answer, Reader};
use super::pdu::{Submit, hex_of, octets_of, read_hex, validity_of_s};
use super::{FRAME_BYTES_MAX, Fault, Incoming, Number};

fn number(text: &str) -> Number {
    text.parse().expect("a number")
}

#[test]
fn a_number_is_the_same_line_with_and_without_its_country_code() {
    let forms = ["13800000001", "+8613800000001", "8613800000001", "+86 138-0000-0001"];
    for form in forms {
        assert!(number(form).is_same_line(&number("008613800000001")), "{form}");
        assert_eq!(number(form).national(), "13800000001");
    }
    assert!(!number("13800000001").is_same_line(&number("13800000002")));
    // Short service numbers keep their digits, also those that begin like a country code.
    assert_eq!(number("86123").national(), "86123");
    for text in ["", "12", "+", "138x0000001", "一三八", &"1".repeat(21)] {
        assert!(text.parse::<Number>().is_err(), "{text}");
    }
}

#[test]
fn a_frame_is_submitted_as_data_for_a_port_and_read_back_from_a_delivery() {
    let submit = Submit::frame(&number("+8613800000001"), &[0xAB, 0xCD], false, 11).expect("fits");
    assert_eq!(submit.hex(), "0051000D91683108000000F100040B090605041E8B1E8BABCD");
    assert_eq!(submit.octets(), submit.hex().len() / 2 - 1);
    let deliver = "00440D91683108000000F1000462112132000023090605041E8B1E8BABCD";
    let from = number("+8613800000001");
    assert_eq!(read_hex(deliver), Some(Incoming::Frame { from, frame: vec![0xAB, 0xCD] }));
    let longest = vec![7; FRAME_BYTES_MAX];
    assert!(Submit::frame(&number("10086"), &longest, false, 0).is_some());
    assert!(Submit::frame(&number("10086"), &[longest, vec![7]].concat(), false, 0).is_none());
}

#[test]
fn a_text_from_a_plain_phone_is_read_in_both_alphabets() {
    // "3 38 121" in packed septets, and 收到 in UCS2.
    let (packed, septets) = write_packed("3 38 121").expect("in the alphabet");
    assert_eq!((septets, hex_of(&packed).as_str()), (8, "33D00C078AC962"));
    let plain = format!("00040BA13108000000F100006211213200002308{}", hex_of(&packed));
    let from = number("13800000001");
    let text = |text: &str| Some(Incoming::Text { from: from.clone(), text: text.to_owned() });
    assert_eq!(read_hex(&plain), text("3 38 121"));
    let chinese =
        "00040BA13108000000F100086211213200002304653652305230".replace("52305230", "5230");
    assert_eq!(read_hex(&chinese), text("收到"));
    // Behind a header of six octets the septets begin at the next whole one, 49 bits in.
    let part = [5u8, 0, 3, 1, 2, 1];
    let mut bits = vec![0u8; 8];
    bits[..6].copy_from_slice(&part);
    bits[6] = b'1' << 1;
    assert_eq!(read_packed(&bits, 49, 1), "1");
    let long = format!("00440BA13108000000F100006211213200002308{}", hex_of(&bits));
    assert_eq!(read_hex(&long), text("1"));
}

#[test]
fn a_long_text_becomes_parts_of_one_group_and_a_short_one_stays_alone() {
    let to = number("13800000001");
    assert_eq!(Submit::text(&to, &"字".repeat(70), 9, false).len(), 1);
    let parts = Submit::text(&to, &"字".repeat(71), 9, true);
    assert_eq!(parts.len(), 2);
    let headers: Vec<bool> =
        (1..=2).map(|at| parts[at - 1].hex().contains(&format!("05000309020{at}"))).collect();
    assert_eq!(headers, [true, true]);
    assert_eq!(Submit::text(&to, &"字".repeat(2_000), 9, false).len(), 7, "cut off");
    // Signs of two units are not torn apart: 33 of them fit where 67 units do.
    let parts = Submit::text(&to, &"𠮷".repeat(60), 9, false);
    let alone = Submit::text(&to, "𠮷", 9, false)[0].octets();
    assert_eq!((parts.len(), parts[0].octets()), (2, alone + 32 * 4 + 6));
}

#[test]
fn a_report_says_whether_the_phone_has_it() {
    let stamps = "62112132000023".repeat(2);
    let report = |status: &str| format!("0006050BA13108000000F1{stamps}{status}");
    let to = number("13800000001");
    let told = |is_delivered| Some(Incoming::Report { reference: 5, to: to.clone(), is_delivered });
    assert_eq!(read_hex(&report("00")), told(true));
    assert_eq!(read_hex(&report("46")), told(false));
    assert_eq!(read_hex(&report("30")), Some(Incoming::Other("sms_still_trying")));
}

#[test]
fn no_octets_make_the_codec_stumble() {
    let sound = [
        "00440D91683108000000F1000462112132000023090605041E8B1E8BABCD",
        "00040BA13108000000F10000621121320000230833D00C078AC962",
        "0006050BA13108000000F1621121320000236211213200002300",
    ];
    for line in sound {
        let octets = octets_of(line).expect("digits");
        for cut in 0..octets.len() {
            assert_eq!(read_hex(&hex_of(&octets[..cut])).filter(is_whole), None, "{line} {cut}");
        }
        for at in 0..octets.len() {
            for value in [0, 1, 0x7F, 0x80, 0xFF] {
                let mut bent = octets.clone();
                bent[at] = value;
                // Whatever it says, it says it without a fall.
                let _ = read_hex(&hex_of(&bent));
            }
        }
    }
    for line in ["", "0", "GG", "一二", &"00".repeat(300)] {
        assert_eq!(read_hex(line), None, "{line}");
    }
}

/// Not counted as nonsense when it was cut: what names no type of message at all.
fn is_whole(incoming: &Incoming) -> bool {
    !matches!(incoming, Incoming::Other(_))
}

#[test]
fn validity_grows_and_fits_an_octet() {
    let values: Vec<u8> =
        [0, 300, 3_600, 43_200, 86_400, 172_800, u32::MAX].into_iter().map(validity_of_s).collect();
    assert_eq!(values, [0, 0, 11, 143, 167, 168, 255]);
}

#[test]
fn answers_are_read_wherever_the_bytes_are_cut() {
    let said: &[u8] = b"\r\n+CPIN: READY\r\n\r\nOK\r\n\r\n> \r\n+CMGS: 17\r\n\r\nOK\r\n\
        \r\n+CMT: ,24\r\n0004\r\n\r\n+CMGL: 3,0,,24\r\n0005\r\n\r\n+CMTI: \"SM\",3\r\n\
        \r\n+CSQ: 31,99\r\n\r\n+CREG: 0,5\r\n\r\n+CREG: 2\r\n\r\n+CMS ERROR: 331\r\n";
    let want = [
        Answer::CardReady(true),
        Answer::Ok,
        Answer::Prompt,
        Answer::Sent(17),
        Answer::Ok,
        Answer::Other,
        Answer::Given("0004".to_owned()),
        Answer::Other,
        Answer::Stored(3, "0005".to_owned()),
        Answer::Announced,
        Answer::Signal(31),
        Answer::Registered(true),
        Answer::Registered(false),
        Answer::Error(Fault::NoNetwork(331)),
    ];
    for cut in 0..said.len() {
        let mut reader = Reader::default();
        reader.push(&said[..cut]);
        let mut found: Vec<Answer> = reader.by_ref().collect();
        reader.push(&said[cut..]);
        found.extend(reader);
        assert_eq!(found, want, "cut at {cut}");
    }
}

#[test]
fn every_fault_has_a_sentence_in_both_languages_and_only_some_pass() {
    let codes = [1, 8, 28, 42, 310, 322, 330, 331, 332, 500, 999];
    let passing: Vec<u32> =
        codes.into_iter().filter(|code| Fault::of_cms(*code).is_passing()).collect();
    assert_eq!(passing, [42, 322, 331, 332, 500, 999]);
    for code in codes {
        assert!(Fault::of_cms(code).sentence().contains(" / "), "{code}");
    }
}
