//! The program `sanduand`: reads the command line, prints what came of it, nothing else.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
use sanduan_daemon::args::{Arguments, Command, DeviceCommand, InitArgs};
use sanduan_daemon::boot;
use sanduan_daemon::config::{Config, FILE_NAME};
use sanduan_daemon::offline::found::{Founding, found};
use sanduan_daemon::offline::{self, enrol};
use sanduan_daemon::said::{Said, Tongue};
use sanduan_daemon::usage::help;
use sanduan_daemon::{remarks, terminal, usage, village};
use tracing_subscriber::EnvFilter;

/// Exit code for words that do not fit together, as in `sanduan`.
const WRONG_WORDS: u8 = 2;
/// The key that only the founding machine has.
const AUTHORITY: &str = "authority.key";

fn main() -> ExitCode {
    let tongue = Tongue::from_environment();
    let words: Vec<OsString> = std::env::args_os().collect();
    let command = help::in_language(Arguments::command(), tongue);
    let matches = command.try_get_matches_from(&words);
    let arguments = match matches.and_then(|found| Arguments::from_arg_matches(&found)) {
        Ok(arguments) => arguments,
        Err(error) => return misused(&error, &words, tongue),
    };
    let done = match (arguments.command, arguments.config) {
        (Some(Command::CheckConfig { file }), _) => check_config(&file),
        (Some(Command::Init(init)), _) => init_network(init),
        (Some(Command::Device(device)), _) => enrol_device(device),
        (Some(Command::Wipe { code, dir }), _) => wipe(&dir, code.as_deref()),
        (None, Some(config)) => run(&config, tongue),
        (None, None) => Err(Said::new(
            "须指明配置：sanduand --config 文件(先用 sanduan init 建网)",
            "say which configuration: sanduand --config FILE (make one with `sanduan init`)",
        )),
    };
    let (text, code) = match done {
        Ok(said) => (said.in_language(tongue), ExitCode::SUCCESS),
        Err(said) => {
            complain(&said, tongue);
            return ExitCode::FAILURE;
        }
    };
    if !text.trim().is_empty() {
        terminal::print(std::io::stdout(), &text);
    }
    code
}

/// Help as it is, on request or where a command is missing; a mistake in the language chosen.
fn misused(error: &clap::Error, words: &[OsString], tongue: Tongue) -> ExitCode {
    match usage::complaint(error, words) {
        Some(said) => complain(&said, tongue),
        // A closed pipe while printing help is nobody's fault.
        None => drop(error.print()),
    }
    if error.use_stderr() { ExitCode::from(WRONG_WORDS) } else { ExitCode::SUCCESS }
}

fn complain(said: &Said, tongue: Tongue) {
    let said = Said::new(format!("错误：{}", said.zh), format!("error: {}", said.en));
    terminal::print(std::io::stderr(), &said.in_language(tongue));
}

fn check_config(file: &Path) -> Result<Said, Said> {
    let config = Config::load(file)?;
    if let Some(village) = &config.village {
        village::check(village)?;
    }
    let (bearers, sources) = (config.bearers.len(), config.sources.len());
    let file = file.display();
    Ok(Said::new(
        format!("{file}:没有问题，承载 {bearers} 个，定位来源 {sources} 个"),
        format!("{file}: nothing wrong; bearers {bearers}, sources of positions {sources}"),
    ))
}

fn init_network(init: InitArgs) -> Result<Said, Said> {
    let folder = init.dir;
    let founded = found(&Founding {
        folder: folder.clone(),
        district: init.district,
        name: init.name,
        drill: init.drill,
        import: init.import,
        unit: init.unit,
        starter: init.bearers.starter(init.operator),
    })?;
    let config = folder.join(FILE_NAME);
    let (config, unit, words) =
        (config.display(), &founded.unit_name, founded.check_words.join(" "));
    let entries = founded.entries;
    Ok(Said::new(
        format!(
            "网络已建立：名录 {entries} 条，本机单位 {unit}\n授权核对词：{words}\n\
             启动：sanduand --config {config}"
        ),
        format!(
            "The network is founded: {entries} lines of directory, this machine is {unit}\n\
             Check words of the authority: {words}\nStart: sanduand --config {config}"
        ),
    ))
}

fn enrol_device(command: DeviceCommand) -> Result<Said, Said> {
    match command {
        DeviceCommand::Request { out, dir } => {
            let words = enrol::request(&dir, &out)?.check_words.join(" ");
            let out = out.display();
            Ok(Said::new(
                format!("申请已写入 {out}\n核对词(念给授权人听):{words}"),
                format!("The request is in {out}\nCheck words, to be read aloud: {words}"),
            ))
        }
        DeviceCommand::Admit { file, unit, role, out, again, dir } => {
            let wanted =
                enrol::Admission { request: &file, unit: &unit, roles: &role, again, out: &out };
            let (device, words) = enrol::admit(&dir, &wanted)?;
            let (out, words) = (out.display(), words.join(" "));
            Ok(Said::new(
                format!(
                    "已接纳为 {device} 号设备，入网文件 {out}\n核对词：{words}\n\
                     与对方念的一致才交出入网文件；不一致就删掉它，并吊销 {device} 号"
                ),
                format!(
                    "Admitted as device {device}; the join file is {out}\nCheck words: {words}\n\
                     Hand the file over only if they are what was read aloud; else delete it and \
                     revoke device {device}"
                ),
            ))
        }
        DeviceCommand::Join { file, dir, bearers } => {
            let joined = enrol::join(&dir, &file, &bearers.starter(String::new()))?;
            let (device, name, words) = (joined.device, &joined.name, joined.check_words.join(" "));
            let (drill_zh, drill_en) =
                if joined.drill { ("(演练)", " (drill)") } else { ("", "") };
            let config = dir.join(FILE_NAME);
            let config = config.display();
            Ok(Said::new(
                format!(
                    "已加入 {name}{drill_zh},本机为 {device} 号设备\n授权核对词：{words}\n\
                     启动：sanduand --config {config}"
                ),
                format!(
                    "Joined {name}{drill_en} as device {device}\n\
                     Check words of the authority: {words}\nStart: sanduand --config {config}"
                ),
            ))
        }
    }
}

fn wipe(dir: &Path, code: Option<&str>) -> Result<Said, Said> {
    let Some(code) = code else {
        let plan = offline::wipe::plan(dir)?;
        let paths = plan.destroyed.iter().map(|path| format!("  {}\n", path.display()));
        let paths: String = paths.collect();
        // Of the other machines nothing is destroyed, but who looks after them is.
        let (who_zh, who_en) = match plan.destroyed.iter().any(|path| path.ends_with(AUTHORITY)) {
            true => (
                "注意：这是建网主机(授权机)。销毁后谁也不能再接纳、续期、吊销终端或改名录，只能重新\
                 建网。\n",
                "This machine founded the network. Without it nobody admits, renews or revokes\n\
                 devices or changes the directory; the network must be founded anew.\n",
            ),
            false => ("", ""),
        };
        let (dir, code) = (dir.display(), &plan.code);
        return Ok(Said::new(
            format!(
                "将被彻底销毁，无法恢复：\n{paths}{who_zh}确认请运行：\n  sanduand wipe --dir {dir} \
                 {code}"
            ),
            format!(
                "This will be destroyed for good:\n{paths}{who_en}To do it, run:\n  sanduand wipe \
                 --dir {dir} {code}"
            ),
        ));
    };
    offline::wipe::wipe(dir, code)?;
    Ok(Said::new("本机数据已销毁", "This machine was wiped"))
}

fn run(file: &Path, tongue: Tongue) -> Result<Said, Said> {
    let config = Config::load(file)?;
    let mut filter = std::env::var("RUST_LOG").unwrap_or_else(|_| config.log.clone());
    if !filter.contains("libp2p") {
        // Its remarks name no remedy and repeat with every packet that a broken interface does
        // not take; the bearer says the same once, in words.
        filter.push_str(",libp2p=off");
    }
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .fmt_fields(remarks::fields(tongue))
        .init();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| {
        let Said { zh, en } = Said::of_line(&error);
        Said::new(format!("无法启动（{zh}）"), format!("cannot start ({en})"))
    })?;
    runtime.block_on(boot::run(file, config))?;
    Ok(Said::new("", ""))
}
