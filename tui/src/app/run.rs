//! The loop around the core: three threads (keys, stream, questions) put messages into one
//! bounded channel; the loop works them in and draws, at most every 50 ms and only if something
//! changed. The only file here that knows clocks, threads and the terminal.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use ratatui::crossterm::event::{self, Event};
use sanduan_protocol::local::Request;

use super::effect::{AskId, Effect, Msg};
use super::model::Model;
use super::update::update;
use crate::feed::{Feed, FeedError, follow};
use crate::lang::Lang;
use crate::paint::glyph::{ASCII, BOX};
use crate::paint::theme::Theme;
use crate::screen;
use crate::term::Screenful;

/// Least time between two draws: a 9,600 bit/s line sends about 60 bytes in it.
const DRAW_GAP: Duration = Duration::from_millis(50);
/// How often the core is told that time passes.
const TICK: Duration = Duration::from_secs(1);
/// Messages that may wait. Full means that the stream waits, never that keys are lost.
const MESSAGES_MAX: usize = 1024;
/// Messages worked in before the next draw, so that a flood cannot starve the screen.
const MESSAGES_PER_DRAW: usize = 512;

/// Runs the console until somebody leaves it. `open` opens a way to the daemon; each thread has
/// its own.
///
/// # Errors
/// The terminal cannot be used.
pub fn run(open: impl Fn() -> Box<dyn Feed>, lang: Lang, ascii: bool) -> io::Result<()> {
    let (to_core, messages) = sync_channel(MESSAGES_MAX);
    let (to_asker, questions) = sync_channel(super::model::PENDING_MAX);
    let mut screenful = Screenful::open()?;
    let mut model = Model::new(lang, TimeZone::system(), now_ms());
    model.theme = Theme::from_environment();
    model.glyphs = if ascii { &ASCII } else { &BOX };
    model.size = screenful.size()?;
    spawn_keys(to_core.clone());
    spawn_stream(open(), to_core.clone());
    spawn_asker(open(), questions, to_core);
    turn(&mut model, &mut screenful, &messages, &to_asker)
}

/// The loop itself.
fn turn(
    model: &mut Model,
    screenful: &mut Screenful,
    messages: &Receiver<Msg>,
    to_asker: &SyncSender<(AskId, Request)>,
) -> io::Result<()> {
    let (mut drawn, mut ticked): (Option<Instant>, Instant) = (None, Instant::now());
    loop {
        let may_draw =
            drawn.map_or(Duration::ZERO, |drawn| DRAW_GAP.saturating_sub(drawn.elapsed()));
        if model.dirty && may_draw.is_zero() {
            screenful.draw(|buffer| screen::draw(model, buffer))?;
            model.dirty = false;
            drawn = Some(Instant::now());
            continue;
        }
        let to_tick = TICK.saturating_sub(ticked.elapsed());
        let wait = if model.dirty { may_draw.min(to_tick) } else { to_tick };
        let first = match messages.recv_timeout(wait) {
            Ok(msg) => Some(msg),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        let mut arrived: Vec<Msg> = first.into_iter().collect();
        arrived.extend(messages.try_iter().take(MESSAGES_PER_DRAW));
        if ticked.elapsed() >= TICK {
            ticked = Instant::now();
            arrived.push(Msg::Tick);
        }
        for msg in arrived {
            for effect in update(model, msg, now_ms()) {
                match effect {
                    Effect::Quit => return Ok(()),
                    Effect::Bell => io::stdout().write_all(b"\x07")?,
                    Effect::Ask(id, request) => ask(model, to_asker, id, request),
                }
            }
        }
    }
}

/// Hands a question to its thread; if too many wait there, the answer is that they do.
fn ask(model: &mut Model, to_asker: &SyncSender<(AskId, Request)>, id: AskId, request: Request) {
    if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) =
        to_asker.try_send((id, request))
    {
        let answer = Err(FeedError::Broken { what: model.text().busy.to_owned() });
        update(model, Msg::Answer(id, answer), now_ms());
    }
}

fn spawn_keys(to_core: SyncSender<Msg>) {
    thread::spawn(move || {
        while let Ok(event) = event::read() {
            let msg = match event {
                Event::Key(key) => Msg::Key(key),
                Event::Paste(text) => Msg::Paste(text),
                Event::Resize(columns, rows) => Msg::Resize(columns, rows),
                Event::FocusGained | Event::FocusLost | Event::Mouse(_) => continue,
            };
            if to_core.send(msg).is_err() {
                return;
            }
        }
        // The core may have left already; then nobody needs to know.
        let _ = to_core.send(Msg::KeysGone);
    });
}

fn spawn_stream(mut feed: Box<dyn Feed>, to_core: SyncSender<Msg>) {
    thread::spawn(move || {
        follow(&mut *feed, |heard| to_core.send(Msg::Heard(heard)).is_ok(), thread::sleep);
    });
}

fn spawn_asker(
    mut feed: Box<dyn Feed>,
    questions: Receiver<(AskId, Request)>,
    to_core: SyncSender<Msg>,
) {
    thread::spawn(move || {
        for (id, request) in questions {
            let answer = feed.ask(&request);
            if to_core.send(Msg::Answer(id, answer)).is_err() {
                return;
            }
        }
    });
}

fn now_ms() -> u64 {
    crate::cli::now_ms()
}
