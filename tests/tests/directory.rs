//! The directory of a running network changes by tables: numbers that are on the way become names,
//! what is withdrawn stays to be read, a mistake changes nothing, and the signed copy travels
//! alone.

use std::path::Path;

use sanduan_protocol::local::rows::{ChangeKind, ImportRow, ListRows};
use sanduan_tests::config::free_udp_port;
use sanduan_tests::errand::Errand;
use sanduan_tests::round::{CENTRE, DEPOT_UNIT};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, Trouble, binaries, journey, seconds, wait_for};
use serde_json::{Value, json};

const STEP_S: u64 = 60;
/// Bytes of codes on paper that one flash order fits in, and a table does not.
const ONE_ORDER_BYTES: u32 = 160;

fn put(lab: &Lab, name: &str, text: &str) -> Outcome<String> {
    let path = lab.path(name);
    std::fs::write(&path, text)?;
    Ok(path.to_string_lossy().into_owned())
}

/// The teams of the day and these lines.
fn teams(more: &str) -> Outcome<String> {
    let text = std::fs::read_to_string(binaries::jiangjin().join("teams.csv"))?;
    Ok(format!("{}\n{more}", text.trim_end()))
}

fn import(machine: &Machine, words: &[&str]) -> Outcome<ImportRow> {
    let all = [&["--json", "directory", "import"], words].concat();
    serde_json::from_str(&machine.cli(&all)?).map_err(Trouble::from)
}

fn list(machine: &Machine, list: &str) -> Outcome<ListRows> {
    serde_json::from_str(&machine.cli(&["--json", "directory", "list", list])?)
        .map_err(Trouble::from)
}

/// Carries the most urgent of what the other lacks as codes, a few bytes of it.
fn hand_over_codes(from: &Machine, to: &Machine, for_device: &str) -> Outcome {
    let wish = json!({
        "for_device": for_device, "bytes_max": ONE_ORDER_BYTES, "chars_max": 400,
    });
    let sheets: Value = from.http().post("/v1/carry/sheets", &wish)?;
    let taken: Value = to.http().post("/v1/carry/scan", &json!({ "lines": sheets["sheets"] }))?;
    let whole = taken["total"] != 0 && taken["missing"] == json!([]);
    ensure(whole, || format!("{sheets} {taken}"))
}

#[test]
fn a_team_that_came_later_is_a_number_until_the_directory_is_carried_over() {
    journey(|lab| {
        let (watch, keeper) = (Config::new("值班员"), Config::new("库管员"));
        let Errand { centre, depot, .. } = Errand::between(lab, &watch, &keeper, STEP_S)?;
        let tables = put(lab, "teams.csv", &teams("T99,夜航救援队,社会力量,12\n")?)?;
        let before = centre.directory()?.version;
        let dry = import(&centre, &[&tables, "--dry-run"])?;
        ensure(dry.dry_run && dry.records == 1 && dry.changes.len() == 1, || format!("{dry:?}"))?;
        ensure(centre.directory()?.version == before, || "a dry run wrote".to_owned())?;
        let done = import(&centre, &[&tables])?;
        let told = &done.changes[0];
        let added = told.change == ChangeKind::Added && told.code == "T99";
        ensure(added && done.records == 1 && done.bytes < 64, || format!("{done:?}"))?;

        let to = format!("夜航救援队,{DEPOT_UNIT}");
        let id = centre
            .cli_saved(&["order", "send", "--to", &to, "--class", "flash", "--text", "集结"])?;
        hand_over_codes(&centre, &depot, DEPOT_UNIT)?;
        let shown = depot.cli(&["order", "show", &id])?;
        let number = format!("编号 {}（通讯录未更新）", told.index);
        ensure(shown.contains(&number), || format!("no {number} in:\n{shown}"))?;

        let file = lab.path("directory.sdc").to_string_lossy().into_owned();
        centre.cli(&["directory", "export", &file])?;
        let whole = lab.path("all.sdc").to_string_lossy().into_owned();
        centre.cli(&["carry", "export", &whole])?;
        let bytes = |path: &str| std::fs::metadata(Path::new(path)).map(|known| known.len());
        ensure(bytes(&file)? < bytes(&whole)?, || "the copy has more than the directory".into())?;
        depot.cli(&["directory", "import", &file])?;
        let shown = depot.cli(&["order", "show", &id])?;
        ensure(shown.contains("夜航救援队") && !shown.contains("未更新"), || {
            shown.clone()
        })?;
        // The name is the authority's word: the depot may neither change it nor admit anybody.
        let refused = depot.try_cli(&["--lang", "en", "directory", "import", &tables])?;
        let said = refused.code == 1 && refused.stderr.contains("machine that founded the network");
        ensure(said, || format!("{refused:?}"))
    });
}

#[test]
fn a_difference_goes_over_a_link_and_what_is_withdrawn_stays_to_be_read() {
    journey(|lab| {
        let (here, there) = (free_udp_port()?, free_udp_port()?);
        let watch = Config::new("值班员").udp(here, &[there]);
        let keeper = Config::new("库管员").udp(there, &[here]);
        let Errand { centre, depot, .. } = Errand::between(lab, &watch, &keeper, STEP_S)?;
        let tables = put(lab, "teams.csv", &teams("T99,夜航救援队,社会力量,12\n")?)?;
        let papers = binaries::jiangjin().join("papers");
        import(&centre, &[&tables])?;
        let done = import(&centre, &[&papers.to_string_lossy()])?;
        ensure(done.changes.len() == 17, || format!("{done:?}"))?;
        wait_for("posts and stand-ins at the depot", seconds(STEP_S), || {
            let posts = list(&depot, "posts")?.entries;
            let first = posts.first().map(|post| post.fields["stand_in"].as_str());
            ensure(posts.len() == 3 && first == Some("乙员"), || format!("{posts:?}"))
        })?;
        let cards = depot.cli(&["directory", "list", "cards"])?;
        ensure(cards.contains("何时转") && cards.contains("镇中心小学"), || cards.clone())?;
        // An order to a post reaches whoever keeps it: the unit of the post.
        let id = centre.cli_saved(&["order", "send", "--to", "G08", "--text", "报平安"])?;
        let to = centre.order(&id)?.order.to;
        ensure(to == "白沙镇", || format!("to {to}"))?;

        std::fs::create_dir(lab.path("again"))?;
        let without = put(lab, "again/teams.csv", &teams("")?)?;
        let kept = import(&centre, &[&without])?;
        let missing = kept.records == 0 && kept.changes[0].change == ChangeKind::Missing;
        ensure(missing, || format!("{kept:?}"))?;
        let gone = import(&centre, &[&without, "--withdraw"])?;
        ensure(gone.changes[0].change == ChangeKind::Withdrawn, || format!("{gone:?}"))?;
        wait_for("the team to be withdrawn at the depot", seconds(STEP_S), || {
            let units = list(&depot, "units")?.entries;
            let team = units.iter().find(|unit| unit.code == "T99").cloned();
            let shown = team.as_ref().is_some_and(|it| it.withdrawn && it.name == "夜航救援队");
            ensure(shown, || format!("{team:?}"))
        })?;
        let refused = centre.try_cli(&["order", "send", "--to", "T99", "--text", "集结"])?;
        ensure(refused.code == 1, || format!("{refused:?}"))
    });
}

#[test]
fn one_mistake_and_the_whole_import_changes_nothing() {
    journey(|lab| {
        let mut centre = lab.found("centre")?;
        centre.configure(&Config::new("值班员"))?;
        centre.start()?;
        let before = centre.status()?.digest;
        let posts = "code,name,unit,primary\nG1,总值班室,EOC,甲员\nG2,带班,EOC,丁员\n";
        let posts = put(lab, "posts.csv", posts)?;
        let persons = put(lab, "persons.csv", "name,unit\n甲员,EOC\n")?;
        let ended = centre.try_cli(&["directory", "import", &posts, &persons])?;
        let said = ended.stderr.contains("posts.csv 第 3 行 primary 列“丁员”找不到");
        ensure(ended.code == 1 && said, || format!("{ended:?}"))?;
        let broken = put(lab, "items.csv", "item,name,unit\nE001,艇\n")?;
        let ended = centre.try_cli(&["--lang", "en", "directory", "import", &broken])?;
        let said = ended.stderr.contains("items.csv:2: has 2 columns, the first line has 3");
        ensure(ended.code == 1 && said, || format!("{ended:?}"))?;
        ensure(centre.status()?.digest == before, || "something was written".to_owned())?;
        let units = list(&centre, "units")?.entries;
        ensure(units.iter().any(|unit| unit.name == CENTRE), || format!("{units:?}"))?;
        centre.stop()
    });
}
