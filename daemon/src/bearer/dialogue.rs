//! The conversation between a device on a serial line and the pure machine that knows what to say
//! to it: opens the line, hands over what was read, writes what is wished, keeps the deadline,
//! opens it again. What the words mean is the machine's; which link they concern is the bearer's.
//!
//! ```text
//! device ── bytes ──> Machine ── Wish::Write ──> device
//! links ── Order ───> Machine ── Wish::Say(Word) ──> Ends ──> links
//!                     Machine ── Wish::Wait(deadline) ── tick ──> Machine
//! ```
//!
//! A bearer with a serial modem needs three things: its pure machine implements [`Machine`] (a few
//! lines of renaming), what it holds of links and doors implements [`Ends`], and its task is
//! [`run_serial`]. Over anything but a serial port, [`converse`] does the same for one stream.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use sanduan_protocol::base::time::{Mono, Now};
use serial2_tokio::SerialPort;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::retry::{Retry, lost_serial_reason, serial_reason};
use crate::clock::Clock;
use crate::said::Said;

/// A device that takes no bytes for so long is stuck.
const WRITE_MAX: Duration = Duration::from_secs(20);
/// Bytes read at once.
const READ_BYTES: usize = 4096;

/// One wish of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish<Word> {
    /// Write this to the device.
    Write(Vec<u8>),
    /// Tell the links.
    Say(Word),
    /// Nothing more now; tick at this moment if nothing happens before.
    Wait(Option<Mono>),
}

/// A pure machine that speaks with one device. After each call its wishes are drained.
pub(super) trait Machine {
    /// What it is told to send.
    type Order;
    /// What it tells beside bytes.
    type Word;

    /// The line is open (again).
    fn opened(&mut self, now: Now);
    /// Bytes were read.
    fn heard(&mut self, bytes: &[u8], now: Now);
    /// Something is to be sent.
    fn ordered(&mut self, order: Self::Order, now: Now);
    /// A deadline passed.
    fn tick(&mut self, now: Now);
    /// The next wish; `Wait` when there is none.
    fn next_wish(&mut self) -> Wish<Self::Word>;
}

/// The links' end of a conversation.
pub(super) trait Ends<M: Machine> {
    /// The line is open (again): what was meant for an earlier connection is old by now.
    fn opened(&mut self);
    /// The next thing to send; `None` when the daemon is stopping. Dropped and called again at any
    /// moment, so it must lose nothing then.
    async fn next_order(&mut self) -> Option<M::Order>;
    /// The machine tells something. A write that follows it waits until this is done.
    async fn hear(&mut self, word: M::Word);
    /// The line cannot be opened or was lost; the reason names a remedy.
    async fn lost(&mut self, reason: &str);
}

/// Keep a serial device open and its machine speaking until this is dropped.
pub(super) async fn run_serial<M: Machine>(
    device: &Path,
    baud: u32,
    machine: &mut M,
    ends: &mut impl Ends<M>,
    clock: Clock,
) {
    let mut retry = Retry::new();
    loop {
        let reason = match SerialPort::open(device, baud) {
            Ok(port) => {
                let why = retry.keep(converse(machine, ends, port, clock)).await;
                lost_serial_reason(device, &why)
            }
            Err(error) => serial_reason(device, &error),
        };
        if retry.is_news(&reason) {
            ends.lost(&reason).await;
        }
        retry.wait().await;
    }
}

/// Drive one open device until it fails; returns why.
pub(super) async fn converse<M, S>(
    machine: &mut M,
    ends: &mut impl Ends<M>,
    stream: S,
    clock: Clock,
) -> String
where
    M: Machine,
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (mut from, mut to) = tokio::io::split(stream);
    let mut buffer = [0; READ_BYTES];
    ends.opened();
    machine.opened(clock.now());
    loop {
        let deadline = match drain(machine, ends, &mut to).await {
            Ok(deadline) => deadline,
            Err(why) => return why,
        };
        let tick_at = deadline.map(|at| clock.instant(at));
        let tick = async {
            match tick_at {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            read = from.read(&mut buffer) => match read {
                Ok(0) => return "对方关闭 / closed by the other side".to_owned(),
                Ok(count) => machine.heard(&buffer[..count], clock.now()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Said::of_line(&error).to_string(),
            },
            order = ends.next_order() => match order {
                Some(order) => machine.ordered(order, clock.now()),
                None => return "停机 / stopping".to_owned(),
            },
            () = tick => machine.tick(clock.now()),
        }
    }
}

/// Carry out what the machine wishes; gives its next deadline.
async fn drain<M: Machine>(
    machine: &mut M,
    ends: &mut impl Ends<M>,
    to: &mut (impl AsyncWrite + Unpin),
) -> Result<Option<Mono>, String> {
    loop {
        match machine.next_wish() {
            Wish::Wait(deadline) => return Ok(deadline),
            Wish::Say(word) => ends.hear(word).await,
            Wish::Write(bytes) => {
                let written = async {
                    to.write_all(&bytes).await?;
                    to.flush().await
                };
                match timeout(WRITE_MAX, written).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => return Err(Said::of_line(&error).to_string()),
                    Err(_) => return Err("设备不收数据 / the device takes no bytes".into()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
