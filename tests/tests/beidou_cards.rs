//! BeiDou cards that take turns, and cards with which something is wrong. Time in the sky runs
//! sixty times faster than here.

use sanduan_protocol::local::rows::LinkState;
use sanduan_tests::errand::{Errand, link, link_becomes};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Sky, journey, seconds, wait_for};

/// Two cards of the centre, one of the depot.
const CARDS: [u32; 3] = [412_345, 412_346, 498_765];

/// A bearer over these terminals to a peer.
fn configured(operator: &str, sky: &Sky, terminals: &[usize], peer: &str, more: &str) -> Config {
    to(operator, sky, terminals, &format!("peers = [\"{peer}\"]\n{more}"))
}

/// A bearer over these terminals; `more` are keys of the table.
fn to(operator: &str, sky: &Sky, terminals: &[usize], more: &str) -> Config {
    let device = |at: &usize| format!("\"{}\"", sky.device(*at).display());
    let devices: Vec<String> = terminals.iter().map(device).collect();
    let devices = devices.join(", ");
    Config::new(operator).table(&format!(
        "[[bearer]]\nname = \"北斗\"\nkind = \"beidou\"\ndevices = [{devices}]\n\
         per_burst_ms = 100\nbeacon_max_s = 60\n{more}"
    ))
}

fn works(state: LinkState) -> bool {
    matches!(state, LinkState::Up | LinkState::Cooling)
}

#[test]
fn two_cards_take_turns_and_the_loss_of_one_loses_no_order() {
    journey(|lab| {
        let mut sky = Sky::start(lab.folder(), &CARDS, 60, &[])?;
        let centre = configured("职员乙", &sky, &[0, 1], "498765", "");
        let depot = configured("库管员", &sky, &[2], "412345+412346", "");
        let errand = Errand::between(lab, &centre, &depot, 150)?;
        errand.round_trip("即赴滨江路3号楼接应,带艇3条,到达即报。")?;
        let (first, second) = (sky.told("A sent"), sky.told("B sent"));
        ensure(first > 0 && second > 0, || format!("{first} by A, {second} by B"))?;
        sky.say("card out A")?;
        errand.round_trip("立即撤至高处")?;
        let row = link(&errand.centre)?;
        ensure(works(row.state), || format!("{row:?}"))?;
        let early = sky.told("refused early");
        ensure(early == 0, || format!("{early} too early"))
    });
}

#[test]
fn a_restart_in_a_slot_sends_early_only_if_its_memory_is_lost() {
    journey(|lab| {
        // Ten minutes between two sends, sixty times faster: ten seconds, longer than a restart.
        let sky = Sky::start(lab.folder(), &CARDS, 60, &["--interval", "600s"])?;
        let centre = configured("职员乙", &sky, &[0, 1], "498765", "");
        let depot = configured("库管员", &sky, &[2], "412345+412346", "");
        let mut errand = Errand::between(lab, &centre, &depot, 150)?;
        errand.order("报油料存量")?;
        let sent = || sky.told("A sent").min(sky.told("B sent"));
        let both = |count: usize| {
            wait_for("both cards to send", seconds(150), || {
                ensure(sent() >= count, || format!("{} by the slower", sent()))
            })
        };
        both(1)?;
        errand.centre.stop()?;
        errand.centre.start()?;
        errand.order("清点艇只")?;
        let before = sent();
        both(before + 1)?;
        let early = sky.told("refused early");
        ensure(early == 0, || format!("{early} too early"))?;
        // One that lost what it kept is refused with the seconds left, and sends after them.
        errand.centre.stop()?;
        std::fs::remove_file(errand.centre.folder().join("slot-北斗"))?;
        errand.centre.start()?;
        errand.order("查堤防")?;
        wait_for("a refusal", seconds(60), || {
            ensure(sky.told("refused early") > 0, || "none yet".to_owned())
        })?;
        let before = sent();
        both(before + 1)
    });
}

#[test]
fn what_is_wrong_with_a_card_is_told_with_its_remedy_and_heals_by_itself() {
    journey(|lab| {
        let mut sky = Sky::start(lab.folder(), &CARDS, 60, &["--level", "4"])?;
        let centre = configured("职员乙", &sky, &[0], "498765", "");
        let depot = configured("库管员", &sky, &[2], "412345", "");
        let errand = Errand::between(lab, &centre, &depot, 240)?;
        link_becomes("the link", &errand.centre, 60, |row| works(row.state) && row.mtu == 105)?;
        sky.say("card out A")?;
        let first = errand.order("报油料存量")?;
        let tells = |what: &'static str| {
            link_becomes(what, &errand.centre, 90, move |row| {
                row.error.as_deref().is_some_and(|error| error.contains(what))
            })
        };
        tells("插好卡")?;
        sky.say("card in A")?;
        errand.arrives(&first)?;
        sky.say("double A 1")?;
        sky.say("lose fki A 1")?;
        errand.answered(&first)?;
        let orders = errand.depot.orders()?.len();
        let early = sky.told("refused early");
        ensure(orders == 1 && early == 0, || format!("{orders} orders, {early} too early"))?;
        // The terminal may not send: that shows at the next send.
        sky.say("silence A")?;
        errand.order("清点艇只")?;
        tells("静默")
    });
}

#[test]
fn a_card_that_carries_too_little_is_told_apart_from_one_that_is_overrated() {
    journey(|lab| {
        let sky = Sky::start(lab.folder(), &CARDS, 60, &["--level", "2"])?;
        // The depot believes its card; the centre was told more bits than its card carries.
        let centre = configured("职员乙", &sky, &[0], "498765", "level_bits = 848");
        let depot = configured("库管员", &sky, &[2], "412345", "");
        let errand = Errand::between(lab, &centre, &depot, 60)?;
        link_becomes("the level", &errand.depot, 60, |row| {
            let told = row.error.as_deref().is_some_and(|error| error.contains("三级以上"));
            row.state == LinkState::Down && told
        })?;
        errand.order("即赴滨江路3号楼接应被困约20人,带艇3条,到达即报位置。")?;
        wait_for("an oversize message refused", seconds(90), || {
            ensure(sky.told("refused oversize") > 0, || "none yet".to_owned())
        })?;
        link_becomes("the lack of an answer counted", &errand.centre, 60, |row| {
            row.dropped.iter().any(|(word, count)| word == "rdss_no_feedback" && *count > 0)
        })
    });
}

#[test]
fn a_group_is_heard_by_all_of_it_while_one_of_two_terminals_sees_the_sky() {
    journey(|lab| {
        let words = ["--dialect", "bds3", "--level", "5", "--group", "2000001"];
        let mut sky = Sky::start(lab.folder(), &CARDS, 60, &words)?;
        let more = "dialect = \"bds3\"\ngroup = 2000001";
        let (centre, depot) = (to("职员乙", &sky, &[0, 1], more), to("库管员", &sky, &[2], more));
        let errand = Errand::between(lab, &centre, &depot, 150)?;
        link_becomes("the link", &errand.centre, 60, |row| works(row.state))?;
        sky.say("block A")?;
        errand.round_trip("立即撤至高处")?;
        sky.say("block B")?;
        link_becomes("no signal", &errand.centre, 60, |row| row.state == LinkState::NoSignal)?;
        sky.say("open A")?;
        errand.round_trip("清点艇只")
    });
}
