//! The console on a terminal of 80 by 24, driven by keys as a person would press them: an order
//! composed in Chinese, answered on another machine in English, seen acknowledged.

use sanduan_tests::config::free_udp_port;
use sanduan_tests::round::{self, TEAM, TEAM_ROLES};
use sanduan_tests::screen::Screen;
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, Trouble, binaries, journey, seconds, wait_for};

const COLUMNS: u16 = 80;
const ROWS: u16 = 24;
const CTRL_S: &str = "\x13";
const ENTER: &str = "\r";
const ESC: &str = "\x1b";
/// An order crosses a wire in less; the machine may be busy with other journeys.
const ARRIVES_WITHIN_S: u64 = 30;

fn console(machine: &Machine, lang: &str) -> Outcome<Screen> {
    let program = binaries::folder()?.join("sanduan");
    let socket = machine.socket().to_string_lossy().into_owned();
    Screen::start(&program, &["--socket", &socket, "--lang", lang], COLUMNS, ROWS)
}

fn desk_and_team(lab: &Lab) -> Outcome<(Machine, Machine)> {
    let (centre_port, team_port) = (free_udp_port()?, free_udp_port()?);
    let mut centre = lab.found("centre")?;
    centre.configure(&Config::new("值班员").udp(centre_port, &[team_port]))?;
    centre.start()?;
    let mut team = lab.join(&centre, "team", TEAM, TEAM_ROLES)?;
    team.configure(&Config::new("带队队长").udp(team_port, &[centre_port]))?;
    team.start()?;
    round::preload(&centre, &[&team])?;
    Ok((centre, team))
}

fn alone(lab: &Lab) -> Outcome<Machine> {
    let mut centre = lab.found("centre")?;
    centre.configure(&Config::new("值班员"))?;
    centre.start()?;
    Ok(centre)
}

#[test]
fn an_order_composed_in_chinese_is_seen_acknowledged() {
    journey(|lab| {
        let (centre, team) = desk_and_team(lab)?;
        let text = "即赴白沙镇滨江路3号楼";
        let mut desk = console(&centre, "zh")?;
        desk.shows("指令")?;
        desk.keys("g2")?;
        desk.shows("新建")?;
        desk.keys("n")?;
        desk.shows("下达指令")?;
        desk.keys(TEAM)?;
        desk.keys(ENTER)?;
        desk.keys(text)?;
        desk.shows(text)?;
        desk.keys(CTRL_S)?;
        desk.shows("已保存")?;
        desk.shows("特急")?;
        let mut boat = console(&team, "en")?;
        boat.keys("g2")?;
        boat.shows_within(text, ARRIVES_WITHIN_S)?;
        boat.shows("immediate")?;
        boat.keys("1")?;
        boat.shows("Answer")?;
        boat.keys(CTRL_S)?;
        boat.shows("saved")?;
        desk.keys(ENTER)?;
        desk.shows_within("带队队长", ARRIVES_WITHIN_S)?;
        desk.shows("已签收")?;
        let acknowledged = centre.orders()?.iter().any(|o| o.text == text && o.acknowledged == 1);
        ensure(acknowledged, || "the screen says more than the rows".to_owned())
    });
}

#[test]
fn an_order_composed_in_english_is_withdrawn_after_being_asked_twice() {
    journey(|lab| {
        let centre = alone(lab)?;
        let mut desk = console(&centre, "en")?;
        desk.keys("g2")?;
        desk.shows("Orders")?;
        desk.keys("n")?;
        desk.shows("New order")?;
        desk.keys("all")?;
        desk.keys(ENTER)?;
        desk.paste("Assemble at the pier\rwith three boats")?;
        desk.keys(CTRL_S)?;
        // The form is gone only when the order is saved; until then a key would go into it.
        desk.shows("> 1-1")?;
        desk.keys("x")?;
        desk.shows("Withdraw")?;
        desk.keys("wrong pier")?;
        desk.keys(CTRL_S)?;
        desk.shows("cannot be restored")?;
        ensure(centre.orders()?[0].cancel_reason.is_none(), || "withdrawn unasked".to_owned())?;
        desk.keys("1")?;
        desk.shows("withdrawn")?;
        let reason = centre.orders()?[0].cancel_reason.clone();
        ensure(reason.as_deref() == Some("wrong pier"), || format!("{reason:?}"))
    });
}

#[test]
fn every_screen_is_drawn_in_both_languages() {
    journey(|lab| {
        let centre = alone(lab)?;
        let opening = binaries::jiangjin().join("opening.csv");
        centre.cli(&["stock", "import", &opening.to_string_lossy()])?;
        centre.cli(&["position", "report", "--lat", "29.29", "--lon", "106.258"])?;
        centre.cli(&["order", "send", "--to", "all", "--text", "全员待命"])?;
        let mut desk = console(&centre, "zh")?;
        // A word that only this screen shows, in both languages.
        let screens = [
            ("g1", "叫应 >", "Alerts >"),
            ("g2", "全员待命", "overdue"),
            ("g3", "29.29", "lat,lon"),
            ("g4", "在途入", "inbound"),
            ("g5", "不在这一版本中", "not in this"),
            ("g6", "条链路", "devices heard"),
            ("g7", "新的在上", "newest first"),
        ];
        for (keys, zh, _) in screens {
            desk.keys(keys)?;
            desk.shows(zh).map_err(|trouble| trouble.during(keys))?;
        }
        desk.keys("L")?;
        for (keys, _, en) in screens {
            desk.keys(keys)?;
            desk.shows(en).map_err(|trouble| trouble.during(keys))?;
        }
        Ok(())
    });
}

#[test]
fn the_console_keeps_the_last_picture_when_the_daemon_is_gone() {
    journey(|lab| {
        let mut centre = alone(lab)?;
        centre.cli(&["order", "send", "--to", "all", "--text", "全员待命"])?;
        let mut desk = console(&centre, "zh")?;
        desk.keys("g2")?;
        desk.shows("全员待命")?;
        centre.kill();
        desk.shows("断开")?;
        desk.shows("全员待命")?;
        centre.start()?;
        wait_for("the banner to go", seconds(30), || {
            let shown = desk.text();
            ensure(!shown.contains("断开"), || shown)
        })?;
        desk.shows("全员待命")
    });
}

#[test]
fn a_key_that_does_nothing_says_so_and_q_leaves() {
    journey(|lab| {
        let centre = alone(lab)?;
        let mut desk = console(&centre, "zh")?;
        desk.keys("g2")?;
        desk.shows("新建")?;
        desk.keys("Z")?;
        desk.shows("没有作用")?;
        desk.keys("1")?;
        desk.shows("没有选中的指令")?;
        desk.keys("?")?;
        desk.shows("按键")?;
        desk.keys(ESC)?;
        desk.keys("q")?;
        match desk.ends()? {
            0 => Ok(()),
            code => Err(Trouble::new(format!("it ended with {code}"))),
        }
    });
}
