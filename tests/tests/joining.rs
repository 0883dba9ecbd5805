//! From a bare machine to one that has taken an order: the four commands of the handbook, typed
//! as they stand there, with the real programs. The machines' seconds are measured and printed;
//! those of the person are counted, because nobody sits here: each key as long as an average typist
//! takes who is no secretary, a moment of thought before each command (Card, Moran and Newell, The
//! keystroke-level model, Communications of the ACM 23(7), 1980, table 1), and our own guesses for
//! a stick and for words read aloud. Tried with people this is not.

use std::time::Instant;

use sanduan_tests::binaries;
use sanduan_tests::config::free_udp_port;
use sanduan_tests::process::run;
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, journey, seconds, wait_for};

/// A key, s (K of the model).
const KEY_S: f64 = 0.28;
/// A moment of thought before a command (M of the model), s.
const THOUGHT_S: f64 = 1.35;
/// Letters and the choice that a Chinese character takes with pinyin, at most; our guess.
const KEYS_OF_A_CHARACTER: usize = 5;
/// A stick is pulled out, carried across the room and put in; our guess, s.
const STICK_S: f64 = 12.0;
/// Pairs of check words.
const PAIRS: usize = 6;
/// They are read aloud and compared, two seconds each; our guess, s.
const WORDS_S: f64 = 12.0;
/// The unit of the bare machine.
const UNIT: &str = "水上救援队2";
/// What a person may spend, s.
const PERSON_S_MAX: f64 = 120.0;

/// Seconds that a person takes to type a line and to end it.
fn typed_s(line: &str) -> f64 {
    let keys = |sign: char| if sign.is_ascii() { 1 } else { KEYS_OF_A_CHARACTER };
    let keys: usize = line.chars().map(keys).sum();
    THOUGHT_S + (keys + 1) as f64 * KEY_S
}

/// The six pairs of words that are read aloud, as they stand behind the colon.
fn check_words(shown: &str) -> Outcome<Vec<&str>> {
    let line = shown.lines().find(|line| line.contains("核对词"));
    let words = line.and_then(|line| line.split_once([':', '：'])).map(|(_, words)| words);
    let pairs: Vec<&str> = words.unwrap_or_default().split_whitespace().take(PAIRS).collect();
    ensure(pairs.len() == PAIRS, || format!("no check words in:\n{shown}"))?;
    Ok(pairs)
}

/// What was spent so far, s.
#[derive(Default)]
struct Spent {
    person: f64,
    machines: f64,
}

impl Spent {
    /// A person types this line; it runs with these words, which name real folders.
    fn step(&mut self, line: &str, args: &[&str]) -> Outcome<String> {
        self.person += typed_s(line);
        let begun = Instant::now();
        let said = run(&binaries::folder()?.join("sanduan"), args)?.well(line)?;
        self.machines += begun.elapsed().as_secs_f64();
        Ok(said)
    }
}

/// The bare machine joins the network of the centre.
fn join(lab: &Lab, centre: &Machine, ports: [u16; 2], spent: &mut Spent) -> Outcome<Machine> {
    let text = |name: &str| lab.path(name).display().to_string();
    let (dir, request, join) = (text("team"), text("team.req"), text("team.join"));
    let centre_dir = centre.folder().display().to_string();
    let asked = spent.step(
        "sanduan device request --dir team --out team.req",
        &["device", "request", "--dir", &dir, "--out", &request],
    )?;
    let line =
        "sanduan device admit team.req --as 水上救援队2 --role 签收 --role 报位 --out team.join";
    let mut admit = vec!["device", "admit", &request, "--as", UNIT, "--role", "签收"];
    admit.extend(["--role", "报位", "--out", &join, "--dir", &centre_dir]);
    let admitted = spent.step(line, &admit)?;
    let words = [check_words(&asked)?, check_words(&admitted)?];
    ensure(words[0] == words[1], || format!("{words:?}"))?;
    spent.step(
        "sanduan device join team.join --dir team --udp 192.168.1.20:7819",
        &["device", "join", &join, "--dir", &dir, "--udp", &format!("127.0.0.1:{}", ports[0])],
    )?;
    spent.person += typed_s("sanduand --config team/sanduan.toml") + 2.0 * STICK_S + WORDS_S;
    // Both stand on one machine here, so the port of the handbook may be taken.
    let config = lab.path("team").join("sanduan.toml");
    let own_port = format!("127.0.0.1:{}", ports[1]);
    let told = std::fs::read_to_string(&config)?.replace("0.0.0.0:7819", &own_port);
    std::fs::write(&config, told)?;
    Ok(Machine::new("team", lab.path("team"), lab.folder()))
}

#[test]
#[allow(clippy::print_stdout, reason = "it says how long it took")]
fn a_bare_machine_takes_part_after_four_commands_and_two_minutes_of_a_person() {
    journey(|lab| {
        let ports = [free_udp_port()?, free_udp_port()?];
        let mut centre = lab.found("centre")?;
        centre.configure(&Config::new("值班员").udp(ports[0], &[ports[1]]))?;
        centre.start()?;
        let mut spent = Spent::default();
        let mut team = join(lab, &centre, ports, &mut spent)?;
        let begun = Instant::now();
        team.start()?;
        let order = ["order", "send", "--to", UNIT, "--class", "flash", "--text", "集结"];
        let id = centre.cli_saved(&order)?;
        wait_for("the order", seconds(60), || team.order(&id).map(drop))?;
        wait_for("its own name", seconds(60), || {
            let unit = team.status()?.unit_name;
            ensure(unit == UNIT, || unit.clone())
        })?;
        let Spent { person, machines } = spent;
        println!(
            "person {person:.0} s by count, machines {machines:.1} s, from the start of the daemon \
             to an order of the centre and its own name {:.1} s",
            begun.elapsed().as_secs_f64()
        );
        ensure(person <= PERSON_S_MAX, || format!("a person needs {person:.0} s"))
    });
}
