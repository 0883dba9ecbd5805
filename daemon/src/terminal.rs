//! Sentences of the program on a terminal: how wide it is. In a file or a pipe every line stays as
//! long as it is. Where they break: [`sentence`].

use std::io::{IsTerminal, Write};
use std::os::fd::AsFd;

use clap::CommandFactory;
use sanduan_protocol::local::command_line::sentence;

use crate::args::Arguments;

/// Prints sentences, a line each, broken between words where people read them.
pub fn print(mut to: impl Write + IsTerminal + AsFd, text: &str) {
    let columns = columns(&to);
    for line in text.lines().flat_map(|line| fitted(line, columns)) {
        // Whoever closed the pipe does not want to read it; the exit code is left to speak.
        let _ = writeln!(to, "{line}");
    }
}

/// How wide the terminal is; none if nobody reads it there.
fn columns(to: &(impl IsTerminal + AsFd)) -> Option<usize> {
    let asked = to.is_terminal().then(|| rustix::termios::tcgetwinsize(to))?;
    asked.ok().map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

/// A command in it stays whole.
fn fitted(line: &str, columns: Option<usize>) -> Vec<String> {
    sentence::fitted(line, columns, &Arguments::command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_of_either_program_stays_whole_on_a_narrow_terminal() {
        let zh = "错误：打不开配置文件（没有这个文件）；还没有建网的，先运行 sanduan init 再试一次";
        let en = "error: the authority is sealed here: stop sanduand, run `sanduan unlock` first";
        let way = "确认请运行：sanduand wipe --dir eoc ABCD-EFGH，然后再关机断电";
        for (line, command) in [
            (zh, "sanduan init"),
            (en, "sanduan unlock"),
            (way, "sanduand wipe --dir eoc ABCD-EFGH"),
        ] {
            for columns in 40..80 {
                let lines = fitted(line, Some(columns));
                assert!(lines.iter().any(|part| part.contains(command)), "{columns}: {lines:?}");
            }
            assert_eq!(fitted(line, None), [line]);
        }
    }
}
