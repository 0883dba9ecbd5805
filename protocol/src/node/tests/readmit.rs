//! One key has one number: a request that comes twice is refused with the number it has, or gives
//! the same join file once more.

use super::lab::Lab;
use super::made_up::{admitted, key, udp};
use crate::base::ids::DeviceId;
use crate::keys::enrol::JoinFile;
use crate::local::{Refusal, RefusalCode, Request};

fn admit(
    lab: &mut Lab,
    node: usize,
    number: u8,
    wish: (&str, &str),
    again: bool,
) -> Result<(DeviceId, JoinFile), Refusal> {
    let (device, join) = admitted(lab, node, number, wish, again)?;
    Ok((device, JoinFile::open(&join, &key(number)).expect("for this device")))
}

fn version(lab: &Lab) -> u32 {
    lab.nodes[0].as_ref().expect("it runs").directory().version()
}

#[test]
fn a_request_that_comes_twice_is_refused_with_the_number_it_has() {
    let mut lab = Lab::new(2, 61);
    let (device, _) = admit(&mut lab, 0, 90, ("U2", "receipt"), false).expect("new");
    let before = version(&lab);
    for (unit, role) in [("U2", "receipt"), ("U1", "receipt"), ("U2", "position")] {
        let refusal = admit(&mut lab, 0, 90, (unit, role), false).expect_err("it has a number");
        assert_eq!(refusal.code, RefusalCode::AlreadyOver);
        for words in [&refusal.zh, &refusal.en] {
            let names_it = words.contains(&device.to_string()) && words.contains("单位2");
            assert!(names_it && words.contains("--again"), "{words}");
        }
    }
    assert_eq!(version(&lab), before, "nothing was written");
    let (next, _) = admit(&mut lab, 0, 91, ("U2", "receipt"), false).expect("another key");
    assert_eq!(next.0, device.0 + 1, "and no number was lost");
}

#[test]
fn a_lost_join_file_is_made_once_more_for_the_same_number() {
    let mut lab = Lab::new(2, 62);
    let (device, first) = admit(&mut lab, 0, 90, ("U2", "receipt"), false).expect("new");
    let before = version(&lab);
    lab.run_ms(3_600_000);
    let (same, second) = admit(&mut lab, 0, 90, ("U2", "receipt"), true).expect("once more");
    assert_eq!((same, version(&lab)), (device, before));
    let told = |join: &JoinFile| {
        let known = join.certificate.unverified();
        (known.public, known.device, known.unit, known.roles, known.leaf)
    };
    assert_eq!(told(&first), told(&second));
    assert_eq!(first.network, second.network);
    // As something else it is not given.
    for wish in [("U1", "receipt"), ("U2", "position")] {
        assert!(admit(&mut lab, 0, 90, wish, true).is_err(), "{wish:?}");
    }
    let refusal = admit(&mut lab, 0, 91, ("U2", "receipt"), true).expect_err("never admitted");
    assert_eq!(refusal.code, RefusalCode::UnknownId);
}

#[test]
fn the_key_of_a_revoked_device_is_never_admitted_again() {
    let mut lab = Lab::new(2, 63);
    let (device, _) = admit(&mut lab, 0, 90, ("U2", "receipt"), false).expect("new");
    let reason = "遗失".to_owned();
    lab.ask(0, Request::RevokeDevice { device, reason }).expect("the authority's");
    for again in [false, true] {
        let refusal = admit(&mut lab, 0, 90, ("U2", "receipt"), again).expect_err("revoked");
        assert!(refusal.zh.contains("已吊销") && refusal.en.contains("new folder"), "{refusal}");
    }
}

#[test]
fn an_issuer_gives_again_only_what_it_gave() {
    let mut lab = Lab::new(3, 64);
    lab.join(&[0, 1, 2], &udp("cable"));
    lab.ask(0, Request::RenewDevice { device: DeviceId(2) }).expect("it may issue");
    let (of_authority, _) = admit(&mut lab, 0, 90, ("U3", "receipt"), false).expect("new");
    lab.run_until_agreed(60).expect("they meet");
    let (own, first) = admit(&mut lab, 1, 91, ("U3", "receipt"), false).expect("its own");
    let (same, second) = admit(&mut lab, 1, 91, ("U3", "receipt"), true).expect("its own");
    assert_eq!((own, first.issuer), (same, second.issuer));
    let refusal = admit(&mut lab, 1, 90, ("U3", "receipt"), true).expect_err("not its own");
    assert_eq!(refusal.code, RefusalCode::NotAllowed);
    assert!(refusal.en.contains(&of_authority.to_string()), "{refusal}");
}
