//! A village that has nothing but two handsets. The town's machine is its gateway: an order from
//! the operations centre goes out as a text over a modem for short messages, and what is keyed in
//! comes back as a receipt by the person whose handset it is. Time on the air runs twenty times
//! faster.

use sanduan_protocol::local::request::{Proxy, Rung};
use sanduan_protocol::local::rows::{LinkState, OrderState, VillageRows};
use sanduan_tests::config::free_udp_port;
use sanduan_tests::round;
use sanduan_tests::trouble::{Trouble, ensure};
use sanduan_tests::valley::{TOWN, VILLAGE, Valley};
use sanduan_tests::{Config, Lab, Outcome, Sky, journey, seconds, wait_for};

const MODEM: &str = "17400000001";
const A: &str = "13800000001";
const B: &str = "13800000002";
const STEP_S: u64 = 90;

/// The operations centre, and a town with the modem; B stands in after so many seconds.
fn open_valley(lab: &Lab, stand_in_s: u32) -> Outcome<Valley> {
    let sky = Sky::short_messages(lab.folder(), &[MODEM], 20, &[])?;
    let (centre_port, town_port) = (free_udp_port()?, free_udp_port()?);
    let mut centre = lab.found("centre")?;
    centre.configure(&Config::new("值班长").udp(centre_port, &[town_port]))?;
    centre.start()?;
    let mut town = lab.join(&centre, "town", TOWN, round::COMMAND_ROLES)?;
    let list = format!(
        "number,means,unit,person,role,gateways\n\
         {A},sms,{VILLAGE},周某,A,FCP\n+86{B},,{VILLAGE},何某,B,FCP\n"
    );
    std::fs::write(town.folder().join("handsets.csv"), list)?;
    let device = sky.device(0).display();
    let tables = format!(
        "[[bearer]]\nname = \"短信\"\nkind = \"sms\"\ndevice = \"{device}\"\n\n\
         [village]\nhandsets = \"handsets.csv\"\nreport_to = \"EOC\"\n\
         immediate = \"A0 B{stand_in_s}\""
    );
    town.configure(&Config::new("镇值班员").udp(town_port, &[centre_port]).table(&tables))?;
    town.start()?;
    round::preload(&centre, &[&town])?;
    Ok(Valley { sky, centre, town, proxy: Proxy::Text, step_s: STEP_S })
}

/// What a handset of this journey does and shows.
trait Handsets {
    fn keys(&mut self, number: &str, text: &str) -> Outcome;
    fn told(&self, number: &str, words: &str) -> Outcome;
}

impl Handsets for Valley {
    /// A handset keys something in.
    fn keys(&mut self, number: &str, text: &str) -> Outcome {
        self.sky.say(&format!("text {number} A {text}"))
    }

    /// The newest text of a phone holds these words.
    fn told(&self, number: &str, words: &str) -> Outcome {
        wait_for(&format!("{number} to be told {words}"), seconds(STEP_S), || {
            let got = self.sky.phone(number);
            let told = got.last().is_some_and(|text| text.contains(words));
            ensure(told, || format!("{got:?}"))
        })
    }
}

#[test]
fn an_order_becomes_a_text_and_digits_become_receipts_by_name() {
    journey(|lab| {
        let mut valley = open_valley(lab, 3_600)?;
        let id = valley.order("沿江低洼户立即转移到羊石小学")?;
        valley.told(A, &format!("【特急】{id}号：沿江低洼户立即转移到羊石小学"))?;
        // The text has reached a phone. That is a machine's word and answers nothing.
        wait_for("the report of its delivery", seconds(STEP_S), || {
            let texts = valley.town.cli(&["village", "texts"])?;
            ensure(texts.contains("到手机"), || texts)
        })?;
        let row = valley.at_centre(&id)?;
        ensure(row.rung.is_none(), || format!("{row:?}"))?;
        valley.keys(A, "1")?;
        valley.answered(&id, Rung::Acknowledged, "周某", "")?;
        valley.told(A, &format!("已记录：{id}号 已签收"))?;
        // Numbers count only after they were asked back; a restart forgets no question.
        valley.keys(A, "3 38 121")?;
        valley.told(A, "已落实38户121人，对吗？确认回1,改回2")?;
        ensure(valley.at_centre(&id)?.rung == Some(Rung::Acknowledged), || "too early".to_owned())?;
        valley.town.stop()?;
        valley.town.start()?;
        valley.keys(A, "1")?;
        valley.answered(&id, Rung::Done, "周某", "38户121人")?;
        let order = valley.centre.order(&id)?.order;
        ensure(order.state == OrderState::Answered, || format!("{order:?}"))?;
        let (to_a, to_b) = (valley.sky.phone(A), valley.sky.phone(B));
        let orders = to_a.iter().filter(|text| text.contains("【特急】")).count();
        ensure((orders, to_b.len()) == (1, 0), || format!("{to_a:?} {to_b:?}"))
    });
}

#[test]
fn silence_brings_the_stand_in_and_nonsense_is_answered_with_help() {
    journey(|lab| {
        let mut valley = open_valley(lab, 3)?;
        valley.sky.say(&format!("off {A}"))?;
        let id = valley.order("清点在家人数")?;
        valley.told(B, "清点在家人数")?;
        valley.keys(B, "这是啥")?;
        valley.told(B, "没看懂。回数字：1签收")?;
        valley.keys("13900000009", "1")?;
        valley.keys(B, "1")?;
        valley.answered(&id, Rung::Acknowledged, "何某", "")?;
        valley.keys(B, "4*1")?;
        valley.told(B, "不能执行：道路不通，对吗？")?;
        valley.keys(B, "2")?;
        valley.told(B, "已作废")?;
        // A disaster that nobody asked about reaches the centre in the person's name.
        valley.keys(B, "5*3*1*2")?;
        valley.told(B, "3社滑坡，失联1人，倒房2间，对吗？")?;
        // Read out over the phone and typed by the town: the same as if it had come by air.
        valley.town.cli(&["village", "hear", B, "1"])?;
        wait_for("the report at the centre", seconds(STEP_S), || {
            let orders = valley.centre.orders()?;
            let report = orders.iter().find(|row| row.text.contains("3社滑坡，失联1人，倒房2间"));
            ensure(report.is_some_and(|row| row.person == "何某"), || format!("{orders:?}"))
        })?;
        // A turns the phone on much later; the answer stands beside the stand-in's.
        valley.sky.say(&format!("on {A}"))?;
        valley.told(A, "清点在家人数")?;
        valley.keys(A, "1")?;
        wait_for("both answers at the centre", seconds(STEP_S), || {
            let receipts = valley.centre.order(&id)?.receipts;
            let mut persons: Vec<String> = receipts.into_iter().map(|row| row.person).collect();
            persons.sort();
            ensure(persons == ["何某", "周某"], || format!("{persons:?}"))
        })?;
        let rows: VillageRows = valley.town.http().get("/v1/village")?;
        let stranger = rows.texts.iter().find(|row| row.number == "13900000009");
        ensure(stranger.is_some_and(|row| row.note.contains("不在名单")), || {
            format!("{rows:?}")
        })
    });
}

#[test]
fn an_order_and_its_receipt_cross_two_modems_for_short_messages() {
    journey(|lab| {
        let numbers = [MODEM, "17400000002"];
        let mut sky = Sky::short_messages(lab.folder(), &numbers, 20, &[])?;
        let mut centre = lab.found("centre")?;
        let config = |operator: &str, sky: &Sky, at: usize| {
            let device = sky.device(at).display();
            Config::new(operator).table(&format!(
                "[[bearer]]\nname = \"天通\"\nkind = \"sms\"\ndevice = \"{device}\"\n\
                 peers = [\"+86{}\"]\nper_burst_ms = 200\nrate_bit_s = 2000\nbeacon_max_s = 60",
                numbers[1 - at]
            ))
        };
        centre.configure(&config("值班长", &sky, 0))?;
        centre.start()?;
        let mut depot = lab.join(&centre, "depot", round::DEPOT_UNIT, round::DEPOT_ROLES)?;
        depot.configure(&config("库管员", &sky, 1))?;
        depot.start()?;
        round::preload(&centre, &[&depot])?;
        sky.say("error A 42 1")?;
        sky.say("lose A 1")?;
        sky.say("full B")?;
        let words = ["order", "send", "--to", round::DEPOT_UNIT, "--text", "报油料存量"];
        let id = centre.cli_saved(&words)?;
        wait_for("the order at the depot, verified", seconds(180), || {
            let row = depot.order(&id)?.order;
            ensure(row.state != OrderState::Provisional, || format!("{row:?}"))
        })?;
        depot.cli(&["receipt", &id, "acknowledged", "--person", "库管员"])?;
        wait_for("the receipt at the centre", seconds(180), || {
            let row = centre.order(&id)?.order;
            ensure(row.acknowledged == 1, || format!("{row:?}"))
        })?;
        let link = centre.bearers()?.into_iter().next().ok_or_else(|| Trouble::new("no link"))?;
        let is_so = link.kind == "sms" && link.mtu == 133 && link.state == LinkState::Up;
        ensure(is_so && link.signal_pct == Some(77), || format!("{link:?}"))
    });
}
