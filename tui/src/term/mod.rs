//! The terminal: opened, drawn to, and given back as it was, also after a panic. What is drawn is
//! not decided here.

use std::io::{self, Stdout, stdout};

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};

/// The terminal while the console runs.
pub struct Screenful {
    terminal: Terminal<CrosstermBackend<Stdout>>,
}

impl Screenful {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// It is no terminal, or it refuses.
    pub fn open() -> io::Result<Screenful> {
        enable_raw_mode()?;
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back();
            before(panic);
        }));
        if let Err(error) = execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste) {
            give_back();
            return Err(error);
        }
        let terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
        Ok(Screenful { terminal })
    }

    /// Columns and rows.
    ///
    /// # Errors
    /// The terminal does not say.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.size()?;
        Ok((size.width, size.height))
    }

    /// Draws; only cells that changed are sent. The real cursor goes to the caret, because there
    /// the window of an input method opens.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn draw(&mut self, draw: impl FnOnce(&mut Buffer) -> Option<(u16, u16)>) -> io::Result<()> {
        self.terminal.draw(|frame| {
            let caret = draw(frame.buffer_mut());
            if let Some(caret) = caret {
                frame.set_cursor_position(caret);
            }
        })?;
        Ok(())
    }
}

impl Drop for Screenful {
    fn drop(&mut self) {
        give_back();
    }
}

/// Best effort: when this fails there is no terminal left to tell.
fn give_back() {
    let _ = execute!(
        stdout(),
        DisableBracketedPaste,
        LeaveAlternateScreen,
        ratatui::crossterm::cursor::Show
    );
    let _ = disable_raw_mode();
}
