//! A village whose only connection is a BeiDou handset: an order goes out as a text, cut to what a
//! card carries, and what is keyed in becomes a receipt by the person whose handset it is. Time in
//! the sky runs sixty times faster.

use sanduan_protocol::local::request::{Proxy, Rung};
use sanduan_tests::config::free_udp_port;
use sanduan_tests::round;
use sanduan_tests::trouble::ensure;
use sanduan_tests::valley::{TOWN, VILLAGE, Valley};
use sanduan_tests::{Config, Lab, Outcome, Sky, journey, seconds, wait_for};

const A: &str = "455555";
const B: &str = "455556";
/// An order is a few messages of a slot each, and its receipt goes on from there.
const STEP_S: u64 = 180;

/// The operations centre and a town whose tables are these; its list has both handsets, and B
/// stands in after so many seconds.
fn open_valley(lab: &Lab, sky: Sky, tables: [&str; 2], stand_in_s: u32) -> Outcome<Valley> {
    let mut centre = lab.found("centre")?;
    centre.configure(&Config::new("值班长").table(tables[0]))?;
    centre.start()?;
    let mut town = lab.join(&centre, "town", TOWN, round::COMMAND_ROLES)?;
    let list = format!(
        "number,means,unit,person,role,gateways\n\
         0{A},beidou,{VILLAGE},周某,A,FCP\n{B},beidou,{VILLAGE},何某,B,FCP\n"
    );
    std::fs::write(town.folder().join("handsets.csv"), list)?;
    let village = format!(
        "[village]\nhandsets = \"handsets.csv\"\nreport_to = \"EOC\"\n\
         immediate = \"A0 B{stand_in_s}\""
    );
    town.configure(&Config::new("镇值班员").table(tables[1]).table(&village))?;
    town.start()?;
    round::preload(&centre, &[&town])?;
    Ok(Valley { sky, centre, town, proxy: Proxy::Beidou, step_s: STEP_S })
}

/// What a handset of this journey does and shows.
trait Handsets {
    fn shown(&self, card: &str) -> String;
    fn told(&self, card: &str, words: &str) -> Outcome;
}

impl Handsets for Valley {
    /// Everything that a handset shows, pieces of a text put together.
    fn shown(&self, card: &str) -> String {
        let piece = |text: String| match text.split_once(')') {
            Some((number, rest)) if number.starts_with('(') && number.contains('/') => {
                rest.to_owned()
            }
            _ => text,
        };
        self.sky.handset(card).into_iter().map(piece).collect()
    }

    fn told(&self, card: &str, words: &str) -> Outcome {
        wait_for(&format!("{card} to be told {words}"), seconds(STEP_S), || {
            let shown = self.shown(card);
            let texts = || self.town.cli(&["village", "texts"]);
            ensure(shown.contains(words), || format!("{shown} {:?}", texts()))
        })
    }
}

#[test]
fn an_order_becomes_beidou_texts_and_digits_become_receipts_by_name() {
    journey(|lab| {
        let sky = Sky::start(lab.folder(), &[412_345], 60, &[])?;
        let ports = [free_udp_port()?, free_udp_port()?];
        let udp = |own: u16, peer: u16| {
            format!(
                "[[bearer]]\nname = \"网\"\nkind = \"udp\"\nlisten = \"127.0.0.1:{own}\"\n\
                 peers = [\"127.0.0.1:{peer}\"]"
            )
        };
        let device = sky.device(0).display();
        let town = format!(
            "{}\n\n[[bearer]]\nname = \"北斗\"\nkind = \"beidou\"\ndevice = \"{device}\"\npeers = []",
            udp(ports[1], ports[0])
        );
        let tables = [&udp(ports[0], ports[1])[..], &town];
        let mut valley = open_valley(lab, sky, tables, 3_600)?;
        let id = valley.order("沿江低洼户立即转移到羊石小学")?;
        let whole = format!(
            "【特急】{id}号：沿江低洼户立即转移到羊石小学 收到回1，落实后回3＊户＊人，不能执行回4＊原因"
        );
        valley.told(A, &whole)?;
        let row = valley.at_centre(&id)?;
        ensure(row.rung.is_none(), || format!("a text that left answers nothing: {row:?}"))?;
        valley.sky.say(&format!("text {A} A 1"))?;
        valley.answered(&id, Rung::Acknowledged, "周某", "")?;
        valley.told(A, &format!("已记录：{id}号 已签收"))?;
        // Many handsets mark what is keyed in as bytes.
        valley.sky.say(&format!("mixed {A} A 3*38*121"))?;
        valley.told(A, "已落实38户121人，对吗？确认回1，改回2")?;
        ensure(valley.at_centre(&id)?.rung == Some(Rung::Acknowledged), || "too early".to_owned())?;
        valley.sky.say(&format!("mixed {A} A 1"))?;
        valley.answered(&id, Rung::Done, "周某", "38户121人")?;
        let (to_b, early) = (valley.sky.handset(B), valley.sky.told("refused"));
        ensure(to_b.is_empty() && early == 0, || format!("{to_b:?}, {early} refused"))
    });
}

#[test]
fn one_card_carries_the_order_from_the_centre_and_the_texts_to_the_village() {
    journey(|lab| {
        let cards = [412_345, 498_765];
        let sky = Sky::start(lab.folder(), &cards, 60, &["--dialect", "bds3", "--level", "5"])?;
        let tables = [0, 1].map(|at| {
            let (device, peer) = (sky.device(at).display(), cards[1 - at]);
            format!(
                "[[bearer]]\nname = \"北斗\"\nkind = \"beidou\"\ndevice = \"{device}\"\n\
                 dialect = \"bds3\"\npeers = [\"{peer}\"]\nper_burst_ms = 100\nbeacon_max_s = 60"
            )
        });
        let mut valley = open_valley(lab, sky, [&tables[0], &tables[1]], 15)?;
        // Nothing is kept for a handset that is off: its text is lost, and nobody is told.
        valley.sky.say(&format!("off {A}"))?;
        let id = valley.order("清点在家人数")?;
        valley.told(B, &format!("{id}号：清点在家人数"))?;
        valley.sky.say(&format!("text {B} B 4*1"))?;
        valley.told(B, "不能执行：道路不通，对吗？")?;
        valley.sky.say("block B")?;
        valley.sky.say(&format!("text {B} B 1"))?;
        valley.sky.say("open B")?;
        let row = valley.at_centre(&id)?;
        ensure(row.rung.is_none(), || format!("a lost answer counted: {row:?}"))?;
        wait_for("the terminal to see the sky again", seconds(STEP_S), || {
            let links = valley.town.bearers()?;
            ensure(links.iter().all(|row| row.error.is_none()), || format!("{links:?}"))
        })?;
        valley.sky.say(&format!("text {B} B 1"))?;
        valley.answered(&id, Rung::Cannot, "何某", "道路不通")?;
        ensure(valley.shown(A).is_empty(), || valley.shown(A))
    });
}
