//! Where the hub prints. A reader who has gone away (`| head -1`, a test that read the addresses
//! and dropped the pipe) must not take the radio down with it.

use std::io::{self, ErrorKind, Write};

/// Standard output, or whatever stands in for it.
#[derive(Debug)]
pub(super) struct Screen<W> {
    output: W,
    gone: bool,
}

impl<W: Write> Screen<W> {
    /// A screen that somebody reads.
    pub fn new(output: W) -> Screen<W> {
        Screen { output, gone: false }
    }

    /// Print a line at once; nothing is printed once the reader has gone.
    ///
    /// # Errors
    /// Any other failure, such as a full disk behind a redirection.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        if self.gone {
            return Ok(());
        }
        match writeln!(self.output, "{text}").and_then(|()| self.output.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(())
            }
            done => done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails with this kind after so many bytes.
    struct Failing(usize, ErrorKind);

    impl Write for Failing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match self.0.checked_sub(bytes.len()) {
                Some(left) => {
                    self.0 = left;
                    Ok(bytes.len())
                }
                None => Err(self.1.into()),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_who_left_is_no_error_and_a_full_disk_is() {
        let mut left = Screen::new(Failing(6, ErrorKind::BrokenPipe));
        assert!((0..3).all(|_| left.line("four").is_ok()));
        assert!(left.gone);
        let mut full = Screen::new(Failing(6, ErrorKind::StorageFull));
        let results = [full.line("four").is_ok(), full.line("four").is_ok()];
        assert_eq!(results, [true, false]);
    }
}
