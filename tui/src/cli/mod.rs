//! The command line: reads the words, asks the daemon, prints rows or JSON, and turns failures
//! into exit codes. Each group of commands has its own file; this one only dispatches.

mod args;
mod args_carry;
mod args_directory;
mod args_stock;
mod bearers;
mod carry;
mod choice;
mod device;
mod device_show;
mod directory;
mod file;
mod group;
mod handbook;
mod help;
mod journal;
mod links;
mod opening;
mod operator;
mod order;
mod position;
mod progress;
mod secret;
mod session;
mod sheets;
mod sibling;
mod stock;
mod template;
mod terminal;
mod usage;
mod vault;
mod village;
mod watch;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

pub use args::Cli;
use args::{Command, DeviceCommand, OrderCommand, PositionCommand};
use args_directory::DirectoryCommand;
pub use session::{CommandError, Session, now_ms};

use crate::app::run;
use crate::feed::{Feed, SocketFeed, find_socket};
use crate::lang::{Lang, fill};

/// Runs the program with these arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(usage::complain(&error, &arguments)),
    };
    let lang = cli.lang.unwrap_or_else(Lang::from_environment);
    let json = cli.json;
    match perform(cli, lang) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            match (json, error.words(lang)) {
                // With standard error gone there is only the exit code left to speak.
                (true, Some(_)) => drop(writeln!(std::io::stderr(), "{}", error.json())),
                (false, Some(sentence)) => {
                    terminal::complain(&format!("{}{sentence}", lang.command().error));
                }
                (_, None) => {}
            }
            ExitCode::from(error.exit_code())
        }
    }
}

fn perform(cli: Cli, lang: Lang) -> Result<(), CommandError> {
    let socket = find_socket(cli.socket.as_deref());
    let Some(command) = cli.command else {
        if !std::io::stdout().is_terminal() {
            return Err(CommandError::Usage(lang.command().needs_terminal.to_owned()));
        }
        let open = || -> Box<dyn Feed> { Box::new(SocketFeed::new(&socket)) };
        return Ok(run::run(open, lang, cli.ascii)?);
    };
    match command {
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "sanduan", &mut script);
            return Ok(std::io::stdout().lock().write_all(&script)?);
        }
        Command::Handbook { word } => {
            let chapters = handbook::chapters(word.as_deref());
            let none =
                || CommandError::Local(fill(lang.command().no_chapter, &[&handbook::titles(lang)]));
            let text = chapters.ok_or_else(none)?;
            return Ok(std::io::stdout().lock().write_all(text.as_bytes())?);
        }
        Command::Init(passed) => return sibling::exec("init", &[], &passed.arguments, lang),
        Command::Device(DeviceCommand::Request(passed)) => {
            return sibling::exec("device", &["request"], &passed.arguments, lang);
        }
        Command::Device(DeviceCommand::Join(passed)) => {
            return sibling::exec("device", &["join"], &passed.arguments, lang);
        }
        Command::Device(DeviceCommand::Admit(admit)) => {
            let mut feed = match (&cli.socket, &admit.dir) {
                (None, Some(dir)) => SocketFeed::new(dir.join("control.sock")),
                _ => SocketFeed::new(socket),
            };
            let mut out = std::io::stdout().lock();
            let mut session = Session::new(&mut feed, &mut out, lang, cli.json);
            session.columns = terminal::columns(&std::io::stdout());
            return device::admit(&mut session, admit);
        }
        other => {
            let mut feed = SocketFeed::new(socket);
            let mut out = std::io::stdout().lock();
            let mut session = Session::new(&mut feed, &mut out, lang, cli.json);
            session.ascii = cli.ascii;
            session.columns = terminal::columns(&std::io::stdout());
            with_daemon(&mut session, other)?;
        }
    }
    Ok(())
}

/// The commands that need nothing but the daemon.
fn with_daemon(session: &mut Session, command: Command) -> Result<(), CommandError> {
    if shows_rows(&command) {
        session.banners()?;
    }
    match command {
        Command::Status => links::status(session),
        Command::Bearers { command } => bearers::bearers(session, command.as_ref()),
        Command::Peers => links::peers(session),
        Command::Outbox => links::outbox(session),
        Command::Watch => watch::watch(session),
        Command::Order(command) => order::order(session, command),
        Command::Receipt(receipt) => order::receipt(session, receipt),
        Command::Position(command) => position::position(session, command),
        Command::Stock(command) => stock::stock(session, command),
        Command::Carry(command) => carry::carry(session, command),
        Command::Village(command) => village::village(session, command),
        Command::File(command) => file::file(session, command),
        Command::Directory(command) => directory::directory(session, command),
        Command::Group(command) => group::group(session, command),
        Command::Operator { name } => operator::operator(session, name),
        Command::Log(command) => journal::log(session, command),
        Command::Unlock => vault::unlock(session),
        Command::Lock => vault::lock(session),
        Command::Passphrase(command) => vault::passphrase(session, command),
        Command::Wipe(wipe) => vault::wipe(session, wipe),
        Command::Device(DeviceCommand::Revoke { device, reason }) => {
            device::revoke(session, device, reason)
        }
        Command::Device(DeviceCommand::Renew { device }) => device::renew(session, device),
        Command::Device(DeviceCommand::List) => device_show::list(session),
        Command::Device(DeviceCommand::Show { device }) => device_show::show(session, device),
        Command::Device(DeviceCommand::Qr { file }) => sheets::show_file(session, &file),
        Command::Init(_)
        | Command::Device(_)
        | Command::Handbook { .. }
        | Command::Completions { .. } => Ok(()),
    }
}

/// True if the command prints rows for people, which must say when they are a drill. The log says
/// so in its own head, and `status` is where the banners come from.
fn shows_rows(command: &Command) -> bool {
    match command {
        Command::Bearers { command } => command.is_none(),
        Command::Peers | Command::Outbox => true,
        Command::Order(
            OrderCommand::List { .. } | OrderCommand::Show { .. } | OrderCommand::Templates,
        ) => true,
        Command::Order(
            OrderCommand::Send(_)
            | OrderCommand::Draft(_)
            | OrderCommand::Sign { .. }
            | OrderCommand::Cancel { .. },
        ) => false,
        Command::Position(PositionCommand::List) => true,
        Command::Position(PositionCommand::Report { .. }) => false,
        Command::Stock(command) => command.shows_rows(),
        Command::Village(_) => true,
        Command::Directory(command) => matches!(command, DirectoryCommand::List { .. }),
        Command::File(command) => matches!(command, file::FileCommand::List),
        Command::Status | Command::Watch | Command::Receipt(_) | Command::Log(_) => false,
        Command::Carry(_) | Command::Init(_) | Command::Device(_) => false,
        Command::Group(command) => command.shows_rows(),
        Command::Operator { .. } => false,
        Command::Unlock | Command::Lock | Command::Passphrase(_) | Command::Wipe(_) => false,
        Command::Completions { .. } | Command::Handbook { .. } => false,
    }
}

#[cfg(test)]
mod tests;
