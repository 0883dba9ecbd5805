//! The shell against a gateway played by hand.

use std::net::Ipv4Addr;

use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::node::Input as Said;
use tokio::sync::mpsc;

use super::super::Switchboard;
use super::*;

const IMEIS: [&str; 2] = ["300434060000010", "300434060000011"];

struct Desk {
    /// Where the daemon connects to.
    gateway: TcpListener,
    /// Where it listens.
    listen: SocketAddr,
    said: mpsc::Receiver<Said>,
    switchboard: Switchboard,
    _running: JoinSet<()>,
}

#[tokio::test]
async fn what_modems_send_reaches_the_link_of_each_and_nobody_is_answered() {
    let mut desk = Desk::open().await;
    desk.up().await;
    let mut call = TcpStream::connect(desk.listen).await.expect("listening");
    call.write_all(&session(IMEIS[1], b"hello")).await.expect("open");
    assert!(
        matches!(desk.next().await, Said::Heard { link: LinkId(2), frame } if frame == b"hello")
    );
    call.write_all(&session("300434069999999", b"who")).await.expect("open");
    let unknown = desk.next().await;
    assert!(matches!(unknown, Said::Dropped { reason: "directip_unknown_modem", .. }));
    call.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("open");
    let noise = desk.next().await;
    assert!(matches!(noise, Said::Dropped { reason: "directip_bad_revision", .. }));
    // Cut off, and never told anything.
    let mut rest = Vec::new();
    let read = timeout(GATEWAY_MAX, call.read_to_end(&mut rest)).await.expect("cut in time");
    assert!(rest.is_empty(), "{read:?}");
}

#[tokio::test]
async fn a_frame_is_handed_to_the_gateway_and_its_answer_believed() {
    let mut desk = Desk::open().await;
    desk.up().await;
    assert!(desk.switchboard.send(LinkId(1), Parcel::urgent(b"one".to_vec())));
    desk.serve(1).await;
    let Said::LinkSaid { condition, .. } = desk.next().await else { panic!("said") };
    assert_eq!(condition.standing, Standing::Clear);
    assert!(matches!(desk.next().await, Said::LinkReady { link: LinkId(1) }));
    // Fifty wait: the frame is counted as dropped and the link cools down.
    assert!(desk.switchboard.send(LinkId(1), Parcel::urgent(b"two".to_vec())));
    desk.serve(-5).await;
    let full = desk.next().await;
    assert!(matches!(full, Said::Dropped { reason: "directip_queue_full", .. }));
    let Said::LinkSaid { condition, .. } = desk.next().await else { panic!("said") };
    assert_eq!(condition.standing, Standing::Cooling);
    assert!(condition.next_slot.is_some());
    // The other modem is not concerned; that it is unknown is said with a remedy.
    assert!(desk.switchboard.send(LinkId(2), Parcel::urgent(b"three".to_vec())));
    desk.serve(-2).await;
    let refused = desk.next().await;
    assert!(matches!(refused, Said::Dropped { reason: "directip_refused", .. }));
    assert!(matches!(desk.next().await, Said::LinkSaid { link: LinkId(2), .. }));
    let Said::LinkDown { link: LinkId(2), reason, .. } = desk.next().await else { panic!("down") };
    assert!(reason.contains("核对 peers") && reason.contains(IMEIS[1]), "{reason}");
}

#[tokio::test]
async fn a_gateway_that_is_not_there_is_said_and_looked_for_again() {
    let mut desk = Desk::open().await;
    desk.up().await;
    assert!(desk.switchboard.send(LinkId(1), Parcel::urgent(b"one".to_vec())));
    // It takes the call and hangs up without an answer.
    let hung_up = async {
        loop {
            let (mut call, _) = desk.gateway.accept().await.expect("open");
            if call.read_u8().await.is_ok() {
                break;
            }
        }
    };
    timeout(Duration::from_secs(20), hung_up).await.expect("a message in time");
    let Said::LinkDown { reason, .. } = desk.next().await else { panic!("down") };
    assert!(reason.contains("正在重试"), "{reason}");
    assert!(matches!(desk.next().await, Said::LinkUp { link: LinkId(1), .. }), "found again");
}

impl Desk {
    async fn open() -> Desk {
        let any = (Ipv4Addr::LOCALHOST, 0);
        let gateway = TcpListener::bind(any).await.expect("a port");
        let free = TcpListener::bind(any).await.expect("a port");
        let listen = free.local_addr().expect("bound");
        drop(free);
        let text = format!(
            "[[bearer]]\nname = \"shore\"\nkind = \"directip\"\nlisten = \"{listen}\"\n\
             gateway = \"{}\"\npeers = {IMEIS:?}\n",
            gateway.local_addr().expect("bound")
        );
        let config = crate::config::Config::parse("f.toml".as_ref(), &text).expect("sound");
        let bearer = &config.bearers[0];
        let crate::config::BearerKind::DirectIp(keys) = bearer.kind.clone() else {
            panic!("directip")
        };
        let (inputs, said) = mpsc::channel(64);
        let switchboard = Switchboard::new(inputs);
        let profiles = profiles(bearer, &keys);
        assert_eq!((profiles[1].mtu, profiles[1].target.as_str()), (270, IMEIS[1]));
        let doors = profiles.into_iter().filter_map(|profile| switchboard.open(profile)).collect();
        let mut running = JoinSet::new();
        running.spawn(run(keys, doors, Clock::new()));
        Desk { gateway, listen, said, switchboard, _running: running }
    }

    /// Both links come up once the gateway was found.
    async fn up(&mut self) {
        let mut ready = 0;
        while ready < 2 {
            match self.next().await {
                Said::LinkUp { .. } => {}
                Said::LinkReady { .. } => ready += 1,
                said => panic!("{said:?}"),
            }
        }
    }

    /// Take one message as the gateway does and answer it with a status.
    async fn serve(&mut self, status: i16) {
        timeout(Duration::from_secs(20), self.answer(status)).await.expect("a message in time");
    }

    async fn answer(&mut self, status: i16) {
        loop {
            let (mut call, _) = self.gateway.accept().await.expect("open");
            let mut head = [0; 3];
            // Calls that only look whether the gateway is there end here.
            if call.read_exact(&mut head).await.is_err() {
                continue;
            }
            let mut elements = vec![0; usize::from(u16::from_be_bytes([head[1], head[2]]))];
            call.read_exact(&mut elements).await.expect("whole");
            // The first element is the header: our number and the IMEI after three bytes.
            let mut answer = vec![1, 0, 28, 0x44, 0, 25];
            answer.extend(&elements[3..22]);
            answer.extend([0, 0, 0, 1]);
            answer.extend(status.to_be_bytes());
            return call.write_all(&answer).await.expect("open");
        }
    }

    async fn next(&mut self) -> Said {
        let next = timeout(Duration::from_secs(20), self.said.recv()).await;
        next.expect("something is said in time").expect("running")
    }
}

/// A session of a modem as the gateway tells it.
fn session(imei: &str, payload: &[u8]) -> Vec<u8> {
    let mut elements = vec![1, 0, 28, 0, 0, 0, 9];
    elements.extend(imei.bytes());
    elements.extend([0, 0, 1, 0, 1, 0, 0, 0, 1]);
    elements.extend([2, 0, payload.len() as u8]);
    elements.extend(payload);
    let mut bytes = vec![1, 0, elements.len() as u8];
    bytes.extend(elements);
    bytes
}
