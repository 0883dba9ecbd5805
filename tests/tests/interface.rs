//! The outside interface as scripts use it: events that can be resumed, figures for a monitor, a
//! description that is true, roles that are kept, and a clean end.

use std::collections::BTreeSet;

use sanduan_protocol::local::reply::Reply;
use sanduan_tests::events::Events;
use sanduan_tests::machine::as_reply;
use sanduan_tests::round::{self, CENTRE, DISTRICT_DEPOT, FORWARD, TEAM, TEAM_ROLES};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, Trouble, journey, seconds, wait_for};
use serde_json::Value;

fn alone(lab: &Lab) -> Outcome<Machine> {
    let mut centre = lab.found("centre")?;
    centre.configure(&Config::new("值班员"))?;
    centre.start()?;
    Ok(centre)
}

fn send(machine: &Machine, text: &str) -> Outcome<String> {
    machine.cli_saved(&["order", "send", "--to", CENTRE, "--text", text])
}

#[test]
fn events_missed_while_away_are_told_on_return() {
    journey(|lab| {
        let centre = alone(lab)?;
        let mut events = Events::open(&centre.socket(), None)?;
        send(&centre, "第一条")?;
        let first = events.next_of("order")?;
        ensure(first.value.to_string().contains("第一条"), || first.value.to_string())?;
        drop(events);
        send(&centre, "第二条")?;
        let mut events = Events::open(&centre.socket(), Some(&first.id))?;
        let mut seen = events.take()?;
        while !seen.value.to_string().contains("第二条") {
            let old = seen.value.to_string().contains("第一条") && seen.id == first.id;
            ensure(!old && seen.word != "reset", || format!("told again: {seen:?}"))?;
            seen = events.take()?;
        }
        Ok(())
    });
}

#[test]
fn a_reader_that_was_away_too_long_is_told_to_ask_for_everything() {
    journey(|lab| {
        let mut centre = alone(lab)?;
        let mut events = Events::open(&centre.socket(), None)?;
        send(&centre, "重启之前")?;
        let seen = events.next_of("order")?;
        centre.stop()?;
        centre.start()?;
        let mut events = Events::open(&centre.socket(), Some(&seen.id))?;
        events.next_of("reset").map(drop)
    });
}

#[test]
fn figures_for_a_monitor_are_well_formed() {
    journey(|lab| {
        let centre = alone(lab)?;
        send(&centre, "一条")?;
        let answer = centre.http().ask("GET", "/metrics", "text/plain", &[])?;
        let text = answer.text();
        let lines: Vec<&str> = text.lines().filter(|l| !l.starts_with('#')).collect();
        ensure(lines.len() > 3, || text.clone())?;
        for line in &lines {
            let (name, value) = line.rsplit_once(' ').unwrap_or((line, ""));
            let number = value.parse::<f64>().is_ok();
            ensure(number && name.starts_with("sanduan_"), || (*line).to_owned())?;
        }
        Ok(())
    });
}

#[test]
fn every_path_of_the_description_answers() {
    journey(|lab| {
        let centre = alone(lab)?;
        let id = send(&centre, "一条")?;
        let described: Value = centre.http().get("/v1/openapi.json")?;
        let paths = described["paths"].as_object();
        let paths = paths.ok_or_else(|| Trouble::new("no paths"))?;
        let described: BTreeSet<&str> = paths.keys().map(String::as_str).collect();
        for path in ["/v1/status", "/v1/orders", "/v1/stock/waybills", "/v1/carry/export"] {
            ensure(described.contains(path), || format!("{path} is not described"))?;
        }
        let http = centre.http();
        // Rows show the beginning of a key; a stranger's whole key is refused in words.
        let stranger = "0".repeat(64);
        let plain = "application/octet-stream";
        http.ask("POST", "/v1/files?name=a.txt&mime=text/plain", plain, b"sheet")?;
        let files: Value = http.get("/v1/files")?;
        let file = word(&files["files"][0]["hash"])?;
        for (path, methods) in paths {
            if methods.get("get").is_none() || path.contains("events") {
                continue;
            }
            let path =
                path.replace("{id}", &id).replace("{item}", "E004").replace("{list}", "units");
            // And this machine is no village gateway.
            let is_absent = path.contains("{key}") || path == "/v1/village";
            let path = path.replace("{key}", &stranger).replace("{file}", &file);
            let answer = centre.http().ask("GET", &path, "application/json", &[])?;
            let wanted = if is_absent { 404 } else { 200 };
            ensure(answer.status == wanted, || {
                format!("{path}: {} {}", answer.status, answer.text())
            })?;
        }
        Ok(())
    });
}

fn word(value: &Value) -> Outcome<String> {
    let word = value.as_str().ok_or_else(|| Trouble::new(format!("no word: {value}")))?;
    Ok(word.to_owned())
}

#[test]
fn answers_have_the_shape_of_the_contract() {
    journey(|lab| {
        let centre = alone(lab)?;
        let id = send(&centre, "一条")?;
        let shapes = [
            ("/v1/status", "status"),
            ("/v1/bearers", "bearers"),
            ("/v1/peers", "peers"),
            ("/v1/directory", "directory"),
            ("/v1/orders", "orders"),
            ("/v1/positions", "positions"),
            ("/v1/stock", "stock"),
            ("/v1/stock/waybills", "waybills"),
            ("/v1/log", "log"),
            ("/v1/outbox", "outbox"),
        ];
        for (path, word) in shapes {
            let value: Value = centre.http().get(path)?;
            as_reply(word, value).map_err(|trouble| trouble.during(path))?;
        }
        let one: Value = centre.http().get(&format!("/v1/orders/{id}"))?;
        match as_reply("order", one)? {
            Reply::Order(detail) => ensure(detail.order.id.to_string() == id, || id.clone()),
            other => Err(Trouble::new(format!("{other:?}"))),
        }
    });
}

#[test]
fn a_device_may_not_do_what_its_roles_do_not_allow() {
    journey(|lab| {
        let centre = alone(lab)?;
        let mut team = lab.join(&centre, "team", TEAM, TEAM_ROLES)?;
        team.configure(&Config::new("带队队长"))?;
        team.start()?;
        round::preload(&centre, &[&team])?;
        let wishes = [
            &["order", "send", "--to", FORWARD, "--text", "越权"][..],
            &["stock", "receive", "--depot", DISTRICT_DEPOT, "--line", "E004=1"],
        ];
        for wish in wishes {
            let ended = team.try_cli(wish)?;
            let words = format!("{}{}", ended.stdout, ended.stderr);
            ensure(ended.code == 1 && words.contains('权'), || format!("{wish:?}: {words}"))?;
        }
        ensure(team.orders()?.is_empty(), || "an order was written".to_owned())
    });
}

#[test]
fn the_daemon_ends_well_and_takes_its_socket_away() {
    journey(|lab| {
        let mut centre = alone(lab)?;
        let id = send(&centre, "收工之前")?;
        centre.stop()?;
        ensure(!centre.socket().exists(), || "the socket is still there".to_owned())?;
        centre.start()?;
        centre.order(&id).map(drop)
    });
}

#[test]
fn the_command_line_speaks_both_languages() {
    journey(|lab| {
        let centre = alone(lab)?;
        send(&centre, "双语")?;
        let zh = centre.cli(&["--lang", "zh", "order", "list"])?;
        let en = centre.cli(&["--lang", "en", "order", "list"])?;
        ensure(zh.contains("双语") && zh.contains("平急"), || zh.clone())?;
        ensure(en.contains("双语") && en.to_lowercase().contains("routine"), || en.clone())?;
        wait_for("the watch to print JSON", seconds(1), || {
            let status = centre.cli(&["--json", "status"])?;
            serde_json::from_str::<Value>(&status).map(drop).map_err(Trouble::from)
        })
    });
}
