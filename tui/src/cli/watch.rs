//! `watch`: every change as one line of JSON, for as long as the program runs. A break of the
//! connection is told on standard error, so that a script reading the lines is not disturbed;
//! `{"event":"reset"}` tells it that lines were missed.

use std::io::Write;

use super::session::{CommandError, Session};
use crate::feed::{FeedError, Heard, follow};
use crate::lang::fill;

/// `sanduan watch`.
pub fn watch(session: &mut Session) -> Result<(), CommandError> {
    let (text, lang) = (session.text(), session.lang);
    let out = &mut *session.out;
    let mut failed = None;
    let mut reached = false;
    let mut told = String::new();
    follow(
        session.feed,
        |heard| match line_for(heard, &mut reached) {
            Ok(None) => true,
            Ok(Some(line)) => match writeln!(out, "{line}").and_then(|()| out.flush()) {
                Ok(()) => true,
                Err(error) => {
                    failed = Some(CommandError::Output(error));
                    false
                }
            },
            Err(error) if !reached => {
                failed = Some(CommandError::Feed(error));
                false
            }
            Err(error) => {
                let sentence = error.words(lang);
                if told != sentence {
                    let mut to = std::io::stderr().lock();
                    let _ = writeln!(to, "{}", fill(text.lost, &[&sentence]));
                    told = sentence;
                }
                true
            }
        },
        std::thread::sleep,
    );
    failed.map_or(Ok(()), Err)
}

/// The line for what was heard; a daemon that was never reached is a failure of the command.
fn line_for(heard: Heard, reached: &mut bool) -> Result<Option<String>, FeedError> {
    match heard {
        Heard::Connected { .. } => {
            *reached = true;
            Ok(None)
        }
        Heard::Event(event) => {
            let line = serde_json::to_string(&event).expect("events hold only texts and numbers");
            Ok(Some(line))
        }
        Heard::Reset => Ok(Some(r#"{"event":"reset"}"#.to_owned())),
        Heard::Lost(error) => Err(error),
    }
}
