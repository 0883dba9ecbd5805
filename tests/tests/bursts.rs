//! What the shipped pacer gets through real modems: frames one at a time, and as many as a burst
//! takes. The table is printed; what is asserted is that every frame arrives once and whole, and
//! that bursts are worth having.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::modem::kiss::{Decoder, encode};
use sanduan_protocol::link::modem::pace::{Pacer, QUEUE_TNC_MS};
use sanduan_protocol::link::profile::{Medium, Profile};
use sanduan_tests::modems::{self, Mode, Modems};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Outcome, Trouble, journey};

/// Bytes of a frame: the mtu that radios have unless something else is configured.
const FRAME_BYTES: usize = 200;
/// Longest silence before what has not arrived counts as lost.
const PATIENCE: Duration = Duration::from_secs(20);

/// One run.
struct Run {
    mode: Mode,
    burst_max_ms: u32,
    arrived: usize,
    frames: usize,
    took: Duration,
}

#[test]
fn bursts_carry_more_than_lone_frames_over_real_modems() {
    journey(|lab| {
        if !modems::can_run("bursts over Dire Wolf", modems::missing())? {
            return Ok(());
        }
        for (mode, few, frames) in [(Mode::G3ruh9600, 5, 24), (Mode::Afsk1200, 3, 8)] {
            let modems = Modems::pair(lab.folder(), mode)?;
            let serial = std::fs::File::options().read(true).write(true).open(modems.serial(1)?)?;
            let heard = listen(serial);
            let mut tnc = TcpStream::connect(("127.0.0.1", modems.port(0)?))?;
            warm_up(&mut tnc, &heard)?;
            let lone = run(&mut tnc, &heard, mode, 1, few)?;
            let burst = run(&mut tnc, &heard, mode, 0, frames)?;
            show(&[&lone, &burst]);
            for run in [&lone, &burst] {
                ensure(run.arrived == run.frames, || format!("{} of {}", run.arrived, run.frames))?;
            }
            let (lone, burst) = (lone.goodput_bit_s(), burst.goodput_bit_s());
            ensure(burst * 10 > lone * 15, || format!("{burst} against {lone} bit/s"))?;
        }
        Ok(())
    });
}

impl Run {
    fn goodput_bit_s(&self) -> u64 {
        (self.arrived * FRAME_BYTES * 8) as u64 * 1000 / self.took.as_millis().max(1) as u64
    }
}

#[allow(clippy::print_stdout, reason = "the figures are for people")]
fn show(runs: &[&Run]) {
    for run in runs {
        let how = if run.burst_max_ms == 1 { "one at a time" } else { "bursts" };
        println!(
            "{:>5} bit/s  {how:<14} {:>3} of {:<3} frames of {FRAME_BYTES} B in {:>6.1} s  {:>5} bit/s",
            run.mode.rate_bit_s(),
            run.arrived,
            run.frames,
            run.took.as_secs_f64(),
            run.goodput_bit_s()
        );
    }
}

/// Frames that come out of a stream, as they come.
fn listen(mut stream: impl Read + Send + 'static) -> Receiver<(Instant, Vec<u8>)> {
    let (to, frames) = channel();
    thread::spawn(move || {
        let mut decoder = Decoder::new();
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            decoder.push(&buffer[..count]);
            for frame in decoder.by_ref().flatten() {
                if to.send((Instant::now(), frame)).is_err() {
                    return;
                }
            }
        }
    });
    frames
}

/// A modem's first frame is often lost: its hearer has to find the level (research, bearers 2.1).
fn warm_up(tnc: &mut TcpStream, heard: &Receiver<(Instant, Vec<u8>)>) -> Outcome {
    for _ in 0..10 {
        let mut bytes = Vec::new();
        encode(&[0x55; 40], &mut bytes);
        tnc.write_all(&bytes)?;
        if heard.recv_timeout(Duration::from_secs(5)).is_ok() {
            return Ok(());
        }
    }
    Err(Trouble::new("the modems do not hear each other"))
}

/// As a daemon sends: each frame when the pacer says that the link can take one.
fn run(
    tnc: &mut TcpStream,
    heard: &Receiver<(Instant, Vec<u8>)>,
    mode: Mode,
    burst_max_ms: u32,
    frames: usize,
) -> Outcome<Run> {
    let profile = Profile {
        mtu: FRAME_BYTES as u16,
        rate_bit_s: mode.rate_bit_s(),
        per_burst_ms: 800,
        per_frame_bytes: 4,
        medium: Medium::Broadcast,
        half_duplex: true,
        burst_max_ms,
        queue_ms: QUEUE_TNC_MS,
        ..Profile::default()
    };
    let mut pacer = Pacer::new(&profile);
    let began = Instant::now();
    let now = || Mono(began.elapsed().as_millis() as u64);
    for number in 0..frames {
        thread::sleep(Duration::from_millis(pacer.ready_at().since_ms(now())));
        let mut bytes = Vec::new();
        encode(&frame(number), &mut bytes);
        tnc.write_all(&bytes)?;
        pacer.on_send(FRAME_BYTES, now());
    }
    let (mut arrived, mut last) = (0, began);
    while arrived < frames {
        let Ok((at, got)) = heard.recv_timeout(PATIENCE) else { break };
        let expected = frame(usize::from(got[0]));
        ensure(got == expected, || format!("frame {} is damaged", got[0]))?;
        (arrived, last) = (arrived + 1, at);
    }
    Ok(Run { mode, burst_max_ms, arrived, frames, took: last - began })
}

/// A frame whose first byte says which it is.
fn frame(number: usize) -> Vec<u8> {
    (0..FRAME_BYTES).map(|at| (number + at * 7 * usize::from(at > 0)) as u8).collect()
}
