//! The bearer against a modem played over a pipe: up, a frame out, a frame in, texts both ways.

use std::path::PathBuf;
use std::time::Duration;

use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::link::modem::sms::pdu::Submit;
use sanduan_protocol::link::profile::Price;
use sanduan_protocol::node::Input as Said;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::timeout;

use super::super::Switchboard;
use super::super::dialogue::converse;
use super::*;
use crate::config::BearerKind;

const PEER: &str = "+8613800000001";

#[tokio::test]
async fn frames_go_to_their_link_and_texts_to_the_gateway() {
    let device = PathBuf::from("/dev/none");
    let peers = vec![PEER.parse().expect("a number")];
    let config = SmsConfig { device, baud: 115_200, peers, reports: false };
    let bearer = BearerConfig {
        name: "sms".to_owned(),
        kind: BearerKind::Sms(config.clone()),
        rate_bit_s: 200,
        mtu: 1_000,
        per_burst_ms: 4_000,
        beacon_max_s: 21_600,
        quota: None,
        price: Price::default(),
        allowance: Default::default(),
    };
    let profile = profiles(&bearer, &config).remove(0);
    assert_eq!((profile.mtu, profile.kind.as_str(), profile.experimental), (133, "sms", true));
    let (inputs, mut said) = mpsc::channel(64);
    let board = Switchboard::new(inputs);
    let door = board.open(profile).expect("the first");
    let exchange = Exchange::default();
    let mut gateway = exchange.open_gateway();
    let letters = exchange.carry(TextMeans::Sms);
    let peer: Number = PEER.parse().expect("a number");
    let line = Line { door, peer: peer.clone(), is_up: false, owes_ready: false };
    let lines = vec![line];
    let mut ends = ModemEnds { lines, letters, exchange: exchange.clone(), signal_pct: None };
    let (near, mut modem) = tokio::io::duplex(4096);
    let running = tokio::spawn(async move {
        let mut sms = Sms::new(Settings { wants_reports: false });
        converse(&mut sms, &mut ends, near, Clock::new()).await
    });
    bring_up(&mut modem).await;
    assert!(matches!(said.recv().await, Some(Said::LinkUp { .. })));
    assert!(matches!(said.recv().await, Some(Said::LinkSaid { .. })));
    assert!(matches!(said.recv().await, Some(Said::LinkReady { .. })));
    assert!(board.send(LinkId(1), Parcel::urgent(b"hello".to_vec())));
    let submit = Submit::frame(&peer, b"hello", false, 11).expect("fits");
    send(&mut modem, &submit).await;
    assert!(matches!(said.recv().await, Some(Said::LinkReady { .. })));
    let heard = "00440D91683108000000F1000462112132000023090605041E8B1E8BABCD";
    modem.write_all(format!("\r\n+CMT: ,29\r\n{heard}\r\n").as_bytes()).await.expect("open");
    let frame = said.recv().await.expect("running");
    assert!(matches!(frame, Said::Heard { frame, .. } if frame == [0xAB, 0xCD]));
    let text = "00040BA13108000000F20000621121320000230131";
    modem.write_all(format!("\r\n+CMT: ,21\r\n{text}\r\n").as_bytes()).await.expect("open");
    let number = "13800000002".to_owned();
    let want = Told::Heard { means: TextMeans::Sms, number: number.clone(), text: "1".to_owned() };
    assert_eq!(gateway.recv().await, Some(want));
    let letter = Letter { tag: 40, number, text: "撤".to_owned() };
    assert!(exchange.send(TextMeans::Sms, &letter));
    let to = "13800000002".parse().expect("a number");
    send(&mut modem, &Submit::text(&to, "撤", 1, false).remove(0)).await;
    assert_eq!(gateway.recv().await, Some(Told::Fate { tag: 40, fate: Fate::Sent }));
    drop(modem);
    assert!(!running.await.expect("ended well").is_empty());
}

async fn bring_up(modem: &mut DuplexStream) {
    let plain: &[u8] = b"\r\nOK\r\n";
    for (command, answer) in [
        ("ATE0", plain),
        ("AT+CMEE=1", plain),
        ("AT+CPIN?", b"\r\n+CPIN: READY\r\n\r\nOK\r\n"),
        ("AT+CMGF=0", plain),
        ("AT+CSMS?", plain),
        ("AT+CNMI=2,2,0,1,0", plain),
        ("AT+CREG?", b"\r\n+CREG: 0,1\r\n\r\nOK\r\n"),
        ("AT+CMGL=4", plain),
        ("AT+CSQ", b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n"),
        ("AT+CREG?", b"\r\n+CREG: 0,1\r\n\r\nOK\r\n"),
    ] {
        read_until(modem, format!("{command}\r").as_bytes()).await;
        modem.write_all(answer).await.expect("open");
    }
}

async fn send(modem: &mut DuplexStream, submit: &Submit) {
    read_until(modem, format!("AT+CMGS={}\r", submit.octets()).as_bytes()).await;
    modem.write_all(b"\r\n> ").await.expect("open");
    read_until(modem, &[submit.hex().as_bytes(), &[0x1A]].concat()).await;
    modem.write_all(b"\r\n+CMGS: 5\r\n\r\nOK\r\n").await.expect("open");
}

async fn read_until(modem: &mut DuplexStream, end: &[u8]) {
    let mut read = Vec::new();
    let all = async {
        while !read.ends_with(end) {
            read.push(modem.read_u8().await.expect("open"));
        }
    };
    let all = timeout(Duration::from_secs(30), all).await;
    all.unwrap_or_else(|_| panic!("in {}", String::from_utf8_lossy(&read)));
}
