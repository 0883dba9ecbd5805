//! A terminal of made-up glass: the console runs in a pty, what it draws is read back as text,
//! keys are typed as a keyboard would send them.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::trouble::{Outcome, Trouble};
use crate::wait::{seconds, wait_for};

/// How long the console may take to show something that it already knows.
const SHOWN_WITHIN_S: u64 = 10;

/// A running program and what its screen shows.
pub struct Screen {
    glass: Arc<Mutex<vt100::Parser>>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    // Held so that the terminal stays open as long as the program runs.
    _master: Box<dyn MasterPty + Send>,
}

impl Screen {
    /// Starts a program on a terminal of so many columns and rows.
    ///
    /// # Errors
    /// When there is no pty or the program cannot be started.
    pub fn start(program: &Path, args: &[&str], columns: u16, rows: u16) -> Outcome<Screen> {
        let trouble = |error: &dyn std::fmt::Display| Trouble::new(format!("pty: {error}"));
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).map_err(|e| trouble(&e))?;
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env_remove("SANDUAN_LANG");
        let child = pair.slave.spawn_command(command).map_err(|e| trouble(&e))?;
        let mut reader = pair.master.try_clone_reader().map_err(|e| trouble(&e))?;
        let keys = pair.master.take_writer().map_err(|e| trouble(&e))?;
        let side = |count| NonZeroU16::new(count).unwrap_or(NonZeroU16::MIN);
        let glass = Arc::new(Mutex::new(vt100::Parser::new(side(rows), side(columns), 0)));
        let drawn = Arc::clone(&glass);
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                drawn.lock().unwrap_or_else(PoisonError::into_inner).process(&bytes[..count]);
            }
        });
        Ok(Screen { glass, keys, child, _master: pair.master })
    }

    /// What the screen shows now, line by line.
    pub fn text(&self) -> String {
        let glass = self.glass.lock().unwrap_or_else(PoisonError::into_inner);
        glass.screen().contents()
    }

    /// Types keys as they are.
    ///
    /// # Errors
    /// When the program has ended.
    pub fn keys(&mut self, keys: &str) -> Outcome {
        self.keys.write_all(keys.as_bytes())?;
        self.keys.flush().map_err(Trouble::from)
    }

    /// Pastes a text, as an input method or a clipboard does in bracketed mode.
    ///
    /// # Errors
    /// When the program has ended.
    pub fn paste(&mut self, text: &str) -> Outcome {
        self.keys(&format!("\x1b[200~{text}\x1b[201~"))
    }

    /// Waits until the screen shows a text.
    ///
    /// # Errors
    /// When it does not; the words carry the whole screen.
    pub fn shows(&self, text: &str) -> Outcome {
        self.shows_within(text, SHOWN_WITHIN_S)
    }

    /// Waits so many seconds until the screen shows a text.
    ///
    /// # Errors
    /// As [`Screen::shows`].
    pub fn shows_within(&self, text: &str, within_s: u64) -> Outcome {
        wait_for(&format!("`{text}` on the screen"), seconds(within_s), || {
            let shown = self.text();
            if shown.contains(text) { Ok(()) } else { Err(Trouble::new(format!("\n{shown}"))) }
        })
    }

    /// Waits until the program has ended; gives its exit code.
    ///
    /// # Errors
    /// When it does not end.
    pub fn ends(&mut self) -> Outcome<u32> {
        wait_for("the console to end", seconds(SHOWN_WITHIN_S), || {
            let ended = self.child.try_wait()?;
            ended.map(|status| status.exit_code()).ok_or_else(|| Trouble::new(self.text()))
        })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It may have ended already, and then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
