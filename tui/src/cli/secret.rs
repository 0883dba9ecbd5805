//! Reading a passphrase: typed at a terminal with a star for each character, or line by line from
//! standard input when that is no terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use sanduan_protocol::local::request::Passphrase;
use zeroize::Zeroizing;

use super::session::CommandError;
use crate::lang::Lang;

/// Asks for passphrases.
pub struct Prompt {
    lang: Lang,
    is_terminal: bool,
}

impl Prompt {
    /// Asks in this language.
    pub fn new(lang: Lang) -> Prompt {
        Prompt { lang, is_terminal: io::stdin().is_terminal() }
    }

    /// True if somebody types.
    pub fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// One passphrase.
    ///
    /// # Errors
    /// Nobody gave one.
    pub fn read(&mut self, label: &str) -> Result<Passphrase, CommandError> {
        let typed = match self.is_terminal {
            true => typed(label)?,
            false => handed_in(&mut io::stdin().lock())?,
        };
        match typed {
            Some(text) => Ok(Passphrase::new(text.as_str())),
            None => Err(CommandError::Local(self.lang.vault().no_input.to_owned())),
        }
    }
}

/// The next line; none at the end.
fn handed_in(input: &mut impl BufRead) -> io::Result<Option<Zeroizing<String>>> {
    let mut line = Zeroizing::new(String::new());
    let read = input.read_line(&mut line)?;
    let text = line.trim_end_matches(['\n', '\r']);
    Ok((read > 0).then(|| Zeroizing::new(text.to_owned())))
}

/// What is typed up to Enter; none if it was given up.
fn typed(label: &str) -> io::Result<Option<Zeroizing<String>>> {
    let mut out = io::stderr();
    write!(out, "{label}")?;
    out.flush()?;
    enable_raw_mode()?;
    let typed = keys(&mut out);
    disable_raw_mode()?;
    writeln!(out)?;
    typed
}

fn keys(out: &mut impl Write) -> io::Result<Option<Zeroizing<String>>> {
    let mut text = Zeroizing::new(String::new());
    loop {
        let Event::Key(key) = event::read()? else { continue };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => return Ok(Some(text)),
            KeyCode::Esc => return Ok(None),
            KeyCode::Char('c' | 'd') if control => return Ok(None),
            KeyCode::Backspace if text.pop().is_some() => write!(out, "\x08 \x08")?,
            KeyCode::Char(c) if !control => {
                text.push(c);
                write!(out, "*")?;
            }
            _ => {}
        }
        out.flush()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_one_by_one_and_blanks_inside_count() {
        let mut input = "山高 水长 \r\nsecond\n".as_bytes();
        let mut next = || handed_in(&mut input).expect("readable").map(|text| text.to_string());
        assert_eq!(next().as_deref(), Some("山高 水长 "));
        assert_eq!(next().as_deref(), Some("second"));
        assert_eq!(next(), None);
    }
}
