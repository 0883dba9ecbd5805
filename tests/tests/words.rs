//! What the programs say to people who made a mistake, and how it stands on a terminal of 80 by
//! 24: in one language, with what to do next, broken between words only.

use std::path::Path;
use std::process::{Command, Stdio};

use sanduan_tests::process::{Ended, run};
use sanduan_tests::screen::Screen;
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, binaries, journey, seconds, wait_for};

const COLUMNS: u16 = 80;
const ROWS: u16 = 24;
const LANGUAGES: [&str; 2] = ["zh", "en"];

/// Runs a program in a language, without a terminal.
fn spoken(name: &str, lang: &str, args: &[&str]) -> Outcome<Ended> {
    let program = binaries::folder()?.join(name);
    let mut command = Command::new(program);
    let out = command.args(args).env("SANDUAN_LANG", lang).stdin(Stdio::null()).output()?;
    Ok(Ended {
        code: out.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&out.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&out.stderr).into_owned(),
    })
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[test]
fn wrong_words_are_told_by_both_programs_in_the_language_chosen() {
    journey(|lab| {
        let nowhere = lab.path("nowhere").to_string_lossy().into_owned();
        // Program, words, what the complaint names.
        let mistakes: [(&str, &[&str], &str); 7] = [
            ("sanduand", &["init", &nowhere], "--district"),
            ("sanduand", &["--confg", "x"], "--config"),
            ("sanduand", &["chek-config", "x"], "check-config"),
            ("sanduand", &["device", "request"], "--out"),
            ("sanduan", &["device", "join"], "<FILE>"),
            ("sanduan", &["init", &nowhere, "--nam", "x"], "--name"),
            ("sanduan", &["order", "show"], "<ID>"),
        ];
        for (program, args, named) in mistakes {
            for lang in LANGUAGES {
                let ended = spoken(program, lang, args)?;
                let said =
                    || format!("{program} {args:?} {lang}: {}: {}", ended.code, ended.stderr);
                ensure(ended.code == 2 && ended.stdout.is_empty(), said)?;
                let first = ended.stderr.lines().next().unwrap_or_default();
                ensure(first.contains(named), said)?;
                ensure(is_chinese(first) == (lang == "zh"), said)?;
                // What was typed, and how it is to be typed.
                let help = format!("{program} ");
                let last = ended.stderr.lines().last().unwrap_or_default();
                ensure(last.contains(&help) && last.ends_with("--help"), said)?;
            }
        }
        Ok(())
    });
}

#[test]
fn a_wrong_configuration_is_named_in_the_language_chosen() {
    journey(|lab| {
        let machine = lab.found("centre")?;
        machine.configure(&Config::new("值班员").table("[[bearer]]\nkind = \"pigeon\""))?;
        let config = machine.config_file().to_string_lossy().into_owned();
        for lang in LANGUAGES {
            let ended = spoken("sanduand", lang, &["check-config", &config])?;
            let said = || format!("{lang}: {}: {}", ended.code, ended.stderr);
            ensure(ended.code == 1 && ended.stderr.contains("pigeon"), said)?;
            ensure(is_chinese(&ended.stderr) == (lang == "zh"), said)?;
        }
        Ok(())
    });
}

#[test]
fn the_log_speaks_the_language_chosen() {
    journey(|lab| {
        for lang in LANGUAGES {
            let mut machine = lab.found_with(lang, &["--drill"])?;
            let named = format!("SANDUAN_LANG={lang}");
            machine.start_by(vec!["env".to_owned(), named]);
            machine.start()?;
            machine.stop()?;
            let log = machine.log_text();
            ensure(!log.is_empty() && is_chinese(&log) == (lang == "zh"), || log.clone())?;
            let ready = if lang == "zh" { "已就绪" } else { "ready" };
            ensure(log.contains(ready) && !log.contains("已就绪 / ready"), || log.clone())?;
        }
        Ok(())
    });
}

/// Shows what a command of `sanduan` says on a terminal, once it has ended.
fn shown(lang: &str, args: &[&str]) -> Outcome<(String, u32)> {
    shown_by("sanduan", lang, args)
}

/// Shows what a command of either program says on a terminal, once it has ended.
fn shown_by(name: &str, lang: &str, args: &[&str]) -> Outcome<(String, u32)> {
    let program = binaries::folder()?.join(name).to_string_lossy().into_owned();
    let lang = format!("SANDUAN_LANG={lang}");
    let args: Vec<&str> = [lang.as_str(), &program].iter().chain(args).copied().collect();
    let mut screen = Screen::start(Path::new("/usr/bin/env"), &args, COLUMNS, ROWS)?;
    let code = screen.ends()?;
    wait_for("the last words", seconds(5), || {
        let text = screen.text();
        ensure(!text.trim().is_empty(), || "an empty screen".to_owned())
    })?;
    Ok((screen.text(), code))
}

/// No line is wider than the terminal, which would break it within a word, and none begins with a
/// mark that closes.
fn stands_on_the_terminal(text: &str) -> Outcome {
    // Only ASCII stands in one column here.
    let columns =
        |line: &str| -> usize { line.chars().map(|c| 1 + usize::from(!c.is_ascii())).sum() };
    for line in text.lines() {
        ensure(columns(line) <= usize::from(COLUMNS), || format!("too wide: {line}"))?;
        let closes = ['，', '。', '：', '；', '）', ',', '.', ';'];
        ensure(!line.starts_with(closes), || text.to_owned())?;
    }
    Ok(())
}

/// Every Latin word of the sentence is on the terminal as it is.
fn keeps_words(text: &str, sentence: &str) -> Outcome {
    let words = |text: &str| -> Vec<String> {
        let latin = text.split(|c: char| !c.is_ascii_graphic()).filter(|word| !word.is_empty());
        latin.map(str::to_owned).collect()
    };
    ensure(words(text) == words(sentence), || format!("{text}\ninstead of: {sentence}"))
}

#[test]
fn a_sentence_breaks_between_words_on_a_terminal_and_not_at_all_in_a_pipe() {
    journey(|lab| {
        // Long enough that every break falls into a word somewhere.
        for length in 0..12 {
            let socket = lab.path(&"s".repeat(30 + length)).to_string_lossy().into_owned();
            for lang in LANGUAGES {
                let args = ["--socket", socket.as_str(), "status"];
                let piped = spoken("sanduan", lang, &args)?;
                ensure(piped.stderr.lines().count() == 1, || piped.stderr.clone())?;
                let (text, code) = shown(lang, &args)?;
                ensure(code == 3, || text.clone())?;
                stands_on_the_terminal(&text)?;
                keeps_words(&text, &piped.stderr)?;
                ensure(text.contains("sanduand --config FILE"), || text.clone())?;
            }
        }
        Ok(())
    });
}

#[test]
fn the_daemon_breaks_its_sentences_between_words_too() {
    journey(|lab| {
        for length in 0..12 {
            let nowhere = lab.path(&"c".repeat(10 + length)).to_string_lossy().into_owned();
            let config = format!("{nowhere}/sanduan.toml");
            let dir = ["device", "join", "team.join", "--dir", &nowhere];
            let wrong = ["init", &nowhere, "--district"];
            for (args, code) in [(&["check-config", &config] as &[&str], 1), (&dir, 1), (&wrong, 2)]
            {
                for lang in LANGUAGES {
                    let piped = spoken("sanduand", lang, args)?;
                    let (text, ended) = shown_by("sanduand", lang, args)?;
                    ensure(ended == code, || text.clone())?;
                    stands_on_the_terminal(&text)?;
                    keeps_words(&text, &piped.stderr)?;
                }
            }
        }
        Ok(())
    });
}

fn drill(lab: &Lab) -> Outcome<Machine> {
    let mut machine = lab.found_with("centre", &["--drill"])?;
    machine.start()?;
    Ok(machine)
}

#[test]
fn what_is_told_of_a_machine_stands_on_the_terminal_and_keeps_its_commands_whole() {
    journey(|lab| {
        let machine = drill(lab)?;
        let socket = machine.socket().to_string_lossy().into_owned();
        let told: [(&[&str], &str); 3] = [
            (&["bearers"], "sanduan bearers reload"),
            (&["wipe"], "sanduan wipe "),
            (&["device", "show", "77"], "sanduan peers"),
        ];
        for (command, whole) in told {
            for lang in LANGUAGES {
                let args: Vec<&str> =
                    ["--socket", &socket].iter().chain(command).copied().collect();
                let (text, _) = shown(lang, &args)?;
                stands_on_the_terminal(&text)?;
                let found = text.lines().any(|line| line.contains(whole));
                ensure(found, || format!("{lang} {command:?}: {text}"))?;
            }
        }
        let piped =
            run(&binaries::folder()?.join("sanduan"), &["--socket", &socket, "--json", "status"])?;
        ensure(piped.stdout.lines().count() == 1, || piped.stdout.clone())
    });
}
