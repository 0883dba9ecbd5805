//! What modems and receivers say by their manuals, as the machines' own tests have it.

use sanduan_protocol::link::modem::directip::{self, Imei};
use sanduan_protocol::link::modem::meshtastic::stream;
use sanduan_protocol::link::modem::rdss::sentence;
use sanduan_protocol::link::modem::sms::{Number, pdu};

/// Both dialects: a card, its signal, the fate of a message, a message.
pub fn rdss() -> Vec<Vec<u8>> {
    let lines = |sentences: &[&str]| -> Vec<u8> {
        sentences.iter().flat_map(|words| sentence::line(words)).collect()
    };
    let content = "A40102030405060708090A0B0C0D0E0F";
    vec![
        lines(&[
            "BDICI,0412345,00012345,2097151,5,60,3,N,10",
            "BDBSI,3,4,0,0,4,2,0,0,0,0,0,0",
            "BDFKI,TXA,Y,Y,0,0000",
            &format!("BDTXR,1,0498765,2,,{content}"),
        ]),
        lines(&[
            "BDICP,0412345,00012345,2097151,5,60,3,N,10",
            "BDPWI,083000.00,0,2,1,45,0,2,50,0",
            "BDFKI,083000.00,TCQ,Y,0,0",
            &format!("BDTCI,0498765,0412345,1,083000.00,2,0,{content}"),
        ]),
    ]
}

/// A session that sends and receives, a ring, one that fails.
pub fn sbd() -> Vec<Vec<u8>> {
    let all: [&[u8]; 3] = [
        b"\r\nOK\r\n\r\n+CSQF:4\r\n\r\nOK\r\n\r\n0\r\n\r\nOK\r\n\
          \r\n+SBDIX: 0, 1, 1, 4, 5, 1\r\n\r\nOK\r\n",
        b"\r\nOK\r\nSBDRING\r\n\r\n+SBDIX: 0, 1, 1, 4, 3, 0\r\n\r\nOK\r\n\
          \x00\x03abc\x01\x26\r\nOK\r\n",
        b"\r\nERROR\r\n\r\n+SBDIX: 32, 0, 2, 0, 0, 0\r\n\r\nOK\r\nREADY\r\n",
    ];
    all.map(<[u8]>::to_vec).to_vec()
}

/// A message handed over, a report, a stored message, errors, and our own.
pub fn sms() -> Vec<Vec<u8>> {
    let to: Number = "+8613800000001".parse().expect("a number");
    let frame = pdu::Submit::frame(&to, b"a frame of thirty bytes or less", false, 0);
    let submit = frame.map(|submit| submit.hex()).unwrap_or_default();
    let deliver = "0891683108200505F0040D91683108000010F00008628081210000230854C8547D96C69050";
    let report = "0006070D91683108000010F0628081210000236280812101002300";
    let all = [
        "\r\nOK\r\n\r\nOK\r\n\r\n+CSQ: 21,0\r\n\r\n+CREG: 0,1\r\n\r\nOK\r\n> \r\n\
         +CMGS: 7\r\n\r\nOK\r\n"
            .to_owned(),
        format!("\r\n+CMT: ,24\r\n{deliver}\r\n\r\n+CDS: 25\r\n{report}\r\n"),
        format!("\r\n+CMGL: 3,0,,24\r\n{deliver}\r\n\r\nOK\r\n\r\n+CMTI: \"SM\",3\r\n"),
        "\r\n+CMS ERROR: 38\r\n\r\n+CME ERROR: 10\r\nRING\r\n".to_owned(),
        submit,
    ];
    all.map(String::into_bytes).to_vec()
}

/// Our node's number, the end of its configuration, and a packet of a private port.
pub fn meshtastic() -> Vec<Vec<u8>> {
    let messages: [&[u8]; 3] = [
        b"\x1a\x06\x08\xd2\x85\xd8\xcc\x01",
        b"\x38\x07",
        b"\x12\x1d\x0d\x01\x02\x03\x04\x15\xff\xff\xff\xff\x18\x01\x22\x07\x08\x80\x02\x12\x02hi\
          \x35\x09\x08\x07\x06",
    ];
    vec![
        messages.iter().flat_map(|message| stream::framed(message)).collect(),
        messages[2].to_vec(),
    ]
}

/// A burst from a modem, and one for it.
pub fn directip() -> Vec<Vec<u8>> {
    let imei: Imei = "300234010753370".parse().expect("fifteen digits");
    let payload = b"a frame of x";
    let mut from_modem = vec![1, 0, 46, 1, 0, 28, 0, 0, 0, 9];
    from_modem.extend_from_slice(b"300234010753370");
    from_modem.extend_from_slice(&[0, 0, 5, 0, 0, 0x6a, 0x82, 0x10, 0, 2, 0, payload.len() as u8]);
    from_modem.extend_from_slice(payload);
    vec![from_modem, directip::for_modem(7, imei, payload)]
}

/// What gpsd says when it is watched.
pub const GPSD: &str = r#"{"class":"VERSION","release":"3.22","proto_major":3}
{"class":"SKY","uSat":9,"satellites":[{"PRN":1,"used":true}]}
{"class":"TPV","mode":3,"time":"2026-08-18T00:00:01.000Z","lat":29.29,"lon":106.26,"speed":1.2}
"#;

/// One moment of a receiver, and one of an older one.
pub const NMEA: &str = "$GNGGA,083000.00,2917.40000,N,10615.60000,E,1,09,1.0,210.0,M,,M,,*5E\r\n\
$GNRMC,083001.00,A,2917.40000,N,10615.60000,E,2.10,87.00,180826,,,A*4E\r\n\
$BDGGA,083002.00,2917.4,N,10615.6,E,1,09,1.0,210.0,M,,M,,*4F\r\n";
