//! Where sentences of both languages break.

use super::*;

/// Some verbs of a program.
fn program() -> Command {
    let device = Command::new("device").subcommand(Command::new("renew"));
    let names = ["status", "unlock", "wipe"].map(Command::new);
    Command::new("sanduan").subcommand(device).subcommands(names)
}

fn found(sentence: &str) -> Vec<&str> {
    commands(sentence, &program).into_iter().map(|range| &sentence[range]).collect()
}

fn width(text: &str) -> usize {
    text.width()
}

#[test]
fn commands_are_found_in_sentences_of_both_languages() {
    let zh = "守护进程没有运行：/run/sanduan/control.sock。请启动 sanduand --config FILE，或重试。";
    assert_eq!(found(zh), ["sanduand --config FILE"]);
    assert_eq!(found("补发：sanduan group add 指挥组 其单位"), ["sanduan group add 指挥组 其单位"]);
    assert_eq!(found("请稍候，用 sanduan status 查看。"), ["sanduan status"]);
    // No verb of this program, but of the other one.
    assert_eq!(found("先运行 sanduan passphrase set 设口令"), ["sanduan passphrase set"]);
    let en = "This issuer's term is over. Run sanduan device renew 7 on the machine of old.";
    assert_eq!(found(en), ["sanduan device renew 7"]);
    assert_eq!(found("Restart sanduand and report the log"), ["sanduand"]);
    assert_eq!(found("run `sanduan unlock` or `device join`"), ["sanduan unlock"]);
    assert_eq!(found("用法：sanduan order show [选项] <ID>"), Vec::<&str>::new());
    assert_eq!(found("To do it, run: sanduan wipe 12 34."), ["sanduan wipe 12 34"]);
    assert_eq!(found("见 sanduan --help。或 sanduan peers"), ["sanduan --help", "sanduan peers"]);
}

#[test]
fn words_numbers_and_paths_stay_whole() {
    let text = "no socket at /run/sanduan/control.sock: see the log of depot-03, line 1-12.";
    let words: Vec<&str> = text.split(' ').collect();
    for columns in 1..90 {
        let lines = unbroken(text, columns, &[]);
        assert_eq!(lines.join(" "), text, "{columns}");
        for line in &lines {
            let alone = words.contains(&line.as_str());
            assert!(width(line) <= columns || alone, "{columns}: {line}");
        }
    }
    let text = "守护进程没有运行，或不在这里监听：/run/sanduan/control.sock。请启动。";
    for columns in 4..90 {
        let lines = unbroken(text, columns, &[]);
        assert_eq!(lines.concat(), text, "{columns}");
        assert!(lines.iter().any(|line| line.contains("/run/sanduan/control.sock。")));
        assert!(!lines.iter().any(|line| line.starts_with(['。', '，', '：'])), "{lines:?}");
    }
}

#[test]
fn a_piece_that_is_to_be_copied_goes_to_the_next_line_whole() {
    let text = "确认请运行：sanduan wipe 1234 5678。然后关机。";
    let at = text.find("sanduan").expect("it is there");
    let piece = at..at + "sanduan wipe 1234 5678".len();
    let whole = std::slice::from_ref(&piece);
    let lines = unbroken(text, 30, whole);
    assert_eq!(lines, ["确认请运行：", "sanduan wipe 1234 5678。然后关", "机。"]);
    // Longer than a line, it is left to the terminal.
    let lines = unbroken(text, 10, whole);
    assert_eq!(lines[..3], ["确认请运", "行：", "sanduan wipe 1234 5678。"]);
}

#[test]
fn what_is_indented_stays_indented() {
    let text = "  长长长长长长长长";
    assert_eq!(unbroken(text, 10, &[]), ["  长长长长", "  长长长长"]);
    assert_eq!(unbroken("", 10, &[]), [""]);
    assert_eq!(unbroken("  /a/very/long/path", 5, &[]), ["  /a/very/long/path"]);
}

#[test]
fn a_file_or_a_pipe_gets_the_line_as_it_is() {
    let line = "长".repeat(200);
    assert_eq!(fitted(&line, None, &program), std::slice::from_ref(&line));
    assert_eq!(fitted(&line, Some(80), &program).len(), 5);
}
