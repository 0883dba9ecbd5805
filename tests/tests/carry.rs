//! Machines that were never connected: a file is taken from one to the other and back. And files
//! that were damaged on the way, or belong to another network.

use sanduan_tests::lab::equal_pictures;
use sanduan_tests::round::{self, COMMAND_ROLES, DEPOT_ROLES, DEPOT_UNIT, FORWARD};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, Trouble, journey, seconds, wait_for};

fn alone(lab: &Lab) -> Outcome<(Machine, Machine, Machine)> {
    let mut centre = lab.found("centre")?;
    centre.configure(&Config::new("值班员"))?;
    centre.start()?;
    let mut forward = lab.join(&centre, "forward", FORWARD, COMMAND_ROLES)?;
    let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
    for machine in [&mut forward, &mut depot] {
        machine.configure(&Config::new("保管员"))?;
        machine.start()?;
    }
    Ok((centre, forward, depot))
}

/// Takes a file from one machine to another, and gives its path.
fn take(lab: &Lab, from: &Machine, to: &Machine) -> Outcome<String> {
    let file = lab.path(&format!("{}-{}.carry", from.name(), to.name()));
    let file = file.to_string_lossy().into_owned();
    from.cli(&["carry", "export", &file])?;
    to.cli(&["carry", "import", &file])?;
    Ok(file)
}

/// What a machine wrote last may wait for its seal for two seconds; a file taken then would show
/// it as unverified elsewhere.
fn sealed(machine: &Machine) -> Outcome {
    wait_for("everything to be sealed", seconds(20), || {
        let provisional = machine.stock()?.iter().filter(|row| row.provisional.0 != 0).count();
        ensure(provisional == 0, || format!("{provisional} rows are not"))
    })
}

#[test]
fn an_order_and_its_answer_travel_by_file_through_a_third_machine() {
    journey(|lab| {
        let (centre, forward, depot) = alone(lab)?;
        let order =
            ["order", "send", "--to", DEPOT_UNIT, "--class", "immediate", "--text", "清点救生衣"];
        let id = centre.cli_saved(&order)?;
        take(lab, &centre, &forward)?;
        take(lab, &forward, &depot)?;
        let seen = depot.order(&id)?.order;
        ensure(seen.text == "清点救生衣" && seen.unanswered_here, || format!("{seen:?}"))?;
        depot.cli(&["receipt", &id, "done", "--person", "保管员", "--note", "203件"])?;
        let own = round::depot_of(&depot, DEPOT_UNIT)?;
        depot.cli(&["stock", "receive", "--depot", &own, "--line", "E004=3"])?;
        sealed(&depot)?;
        take(lab, &depot, &forward)?;
        take(lab, &forward, &centre)?;
        let answered = centre.order(&id)?.order;
        ensure(answered.done == 1, || format!("{answered:?}"))?;
        take(lab, &centre, &forward)?;
        take(lab, &forward, &depot)?;
        equal_pictures(&[&centre, &forward, &depot], 10).map(drop)
    });
}

#[test]
fn a_file_taken_twice_changes_nothing_the_second_time() {
    journey(|lab| {
        let (centre, forward, _depot) = alone(lab)?;
        centre.cli_saved(&["order", "send", "--to", FORWARD, "--text", "报到"])?;
        let file = take(lab, &centre, &forward)?;
        let before = forward.status()?;
        let again = forward.cli(&["--json", "carry", "import", &file])?;
        let again: serde_json::Value = serde_json::from_str(&again)?;
        ensure(again["new"] == 0 && again["known"].as_u64() > Some(0), || again.to_string())?;
        let after = forward.status()?;
        ensure(before.digest == after.digest && before.records == after.records, || {
            format!("{before:?} and {after:?}")
        })
    });
}

#[test]
fn a_damaged_file_harms_nothing_and_the_whole_one_still_works() {
    journey(|lab| {
        let (centre, forward, _depot) = alone(lab)?;
        centre.cli_saved(&["order", "send", "--to", FORWARD, "--text", "报到"])?;
        let whole = lab.path("whole.carry");
        let whole_text = whole.to_string_lossy().into_owned();
        centre.cli(&["carry", "export", &whole_text])?;
        let bytes = std::fs::read(&whole)?;
        let damaged = lab.path("damaged.carry");
        let damaged_text = damaged.to_string_lossy().into_owned();
        for (what, bytes) in damages(&bytes) {
            std::fs::write(&damaged, bytes)?;
            let ended = forward.try_cli(&["--json", "carry", "import", &damaged_text])?;
            let said = format!("{}{}", ended.stdout, ended.stderr);
            let counted = ended.code != 0 || said.contains("refused");
            ensure(counted, || format!("a file {what} was taken silently: {said}"))?;
            forward.status().map_err(|trouble| trouble.during(what))?;
        }
        forward.cli(&["carry", "import", &whole_text])?;
        // What the other way brings: that the order is there.
        take(lab, &forward, &centre)?;
        equal_pictures(&[&centre, &forward], 10).map(drop)
    });
}

fn damages(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let middle = bytes.len() / 2;
    let mut flipped = bytes.to_vec();
    flipped[middle] ^= 0x55;
    vec![
        ("that is empty", Vec::new()),
        ("cut in the middle", bytes[..middle].to_vec()),
        ("with one byte changed", flipped),
        ("of other content", "不是带报文件".repeat(1000).into_bytes()),
    ]
}

#[test]
fn a_file_of_another_network_is_refused() {
    journey(|lab| {
        let (centre, _forward, _depot) = alone(lab)?;
        let mut stranger = lab.found("stranger")?;
        stranger.configure(&Config::new("邻区值班员"))?;
        stranger.start()?;
        stranger.cli_saved(&["order", "send", "--to", FORWARD, "--text", "无关"])?;
        let file = lab.path("stranger.carry").to_string_lossy().into_owned();
        stranger.cli(&["carry", "export", &file])?;
        let before = centre.status()?;
        let ended = centre.try_cli(&["carry", "import", &file])?;
        let after = centre.status()?;
        let unchanged = before.records == after.records && before.digest == after.digest;
        if ended.code == 0 {
            return Err(Trouble::new(format!("taken without complaint: {}", ended.stdout)));
        }
        ensure(unchanged, || format!("{before:?} and {after:?}"))
    });
}

#[test]
fn a_stick_that_goes_from_one_machine_to_another_and_back_brings_order_and_answer() {
    journey(|lab| {
        let (stick, here, there) = (lab.path("stick"), lab.path("here"), lab.path("there"));
        let mut centre = lab.found("centre")?;
        centre.configure(&Config::new("值班员").carry(&here))?;
        centre.start()?;
        let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, round::DEPOT_ROLES)?;
        depot.configure(&Config::new("库管员").carry(&there))?;
        depot.start()?;
        let id = centre.cli_saved(&["order", "send", "--to", DEPOT_UNIT, "--text", "清点"])?;
        std::fs::create_dir(&stick)?;
        // The stick is here, then there, then here again; each machine is given time to see it.
        std::os::unix::fs::symlink(&stick, &here)?;
        let left = |wanted: usize| {
            wait_for("the machine to leave its file", seconds(20), || {
                let files = std::fs::read_dir(&stick)?.flatten();
                let count = files.filter(|f| f.path().extension().is_some_and(|e| e == "carry"));
                let count = count.count();
                ensure(count == wanted, || format!("{count} files on the stick"))
            })
        };
        left(1)?;
        std::fs::remove_file(&here)?;
        std::os::unix::fs::symlink(&stick, &there)?;
        wait_for("the order at the depot", seconds(20), || depot.order(&id).map(drop))?;
        depot.cli(&["receipt", &id, "done", "--person", "库管员"])?;
        left(2)?;
        std::thread::sleep(std::time::Duration::from_secs(8));
        std::fs::remove_file(&there)?;
        std::os::unix::fs::symlink(&stick, &here)?;
        wait_for("the answer at the centre", seconds(20), || {
            let order = centre.order(&id)?.order;
            ensure(order.done == 1, || format!("{order:?}"))
        })
    });
}
