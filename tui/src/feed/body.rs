//! The body of an HTTP answer as a plain reader: of known length, in chunks, or to the end.

use std::io::{self, BufRead, Read};

use super::http::{Length, bad};

/// Digits of a chunk length line with its extensions.
const CHUNK_LINE_BYTES_MAX: u64 = 256;

/// Reads the body and nothing after it.
pub struct Body<R> {
    reader: R,
    length: Length,
    /// Bytes left of the body, or of the chunk that is being read.
    left: u64,
    /// True before the first chunk, whose length line follows no data.
    first: bool,
    done: bool,
}

impl<R: BufRead> Body<R> {
    /// The body that follows a head which announced `length`.
    pub fn new(reader: R, length: Length) -> Body<R> {
        let left = match length {
            Length::Known(bytes) => bytes,
            Length::Chunked | Length::ToEnd => 0,
        };
        Body { reader, length, left, first: true, done: false }
    }

    fn read_plain(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(into.len());
        if room == 0 {
            return Ok(0);
        }
        let got = self.reader.read(&mut into[..room])?;
        if got == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the answer is cut off"));
        }
        self.left -= got as u64;
        Ok(got)
    }

    fn read_chunked(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.done {
            return Ok(0);
        }
        if self.left == 0 {
            if !self.first {
                self.line()?;
            }
            self.first = false;
            self.left = chunk_length(&self.line()?)?;
            if self.left == 0 {
                // Trailer lines, if any, end with a blank one. A closed stream ends them too.
                while !self.line()?.is_empty() {}
                self.done = true;
                return Ok(0);
            }
        }
        self.read_plain(into)
    }

    /// One line without its end.
    fn line(&mut self) -> io::Result<String> {
        let mut raw = Vec::new();
        Read::take(&mut self.reader, CHUNK_LINE_BYTES_MAX).read_until(b'\n', &mut raw)?;
        let text = String::from_utf8(raw).map_err(|_| bad("a chunk line is not text"))?;
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }
}

impl<R: BufRead> Read for Body<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.length {
            Length::Known(_) => self.read_plain(into),
            Length::Chunked => self.read_chunked(into),
            Length::ToEnd => self.reader.read(into),
        }
    }
}

fn chunk_length(line: &str) -> io::Result<u64> {
    let digits = line.split(';').next().unwrap_or_default().trim();
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    match plain.then(|| u64::from_str_radix(digits, 16)) {
        Some(Ok(length)) => Ok(length),
        Some(Err(_)) | None => Err(bad("a chunk has no length")),
    }
}

/// Reads a whole body, at most `bytes_max` of it.
///
/// # Errors
/// The stream fails, or the body is longer than allowed.
pub fn read_all(body: &mut impl Read, bytes_max: usize) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    let mut part = vec![0; 64 * 1024];
    loop {
        match body.read(&mut part) {
            Ok(0) => return Ok(all),
            Ok(got) => all.extend_from_slice(&part[..got]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if all.len() > bytes_max {
            return Err(bad("the answer is too long"));
        }
    }
}
