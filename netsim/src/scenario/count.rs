//! Counts what a story came to: who was reached when, what the books say, which marks of the
//! district's pass list (research, domain section 4) were reached.

use std::collections::BTreeMap;

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::ids::{DepotId, ItemId, UnitId};
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::local::request::OrderKind;
use sanduan_protocol::local::rows::{OrderRow, WaybillState};
use sanduan_protocol::node::Node;

use super::marks::{Bearer, Item, Level, Mark, Marks, percentile};
use super::paths::{Way, way};
use super::tell::Story;
use crate::swarm::Calm;
use crate::world::HostId;

/// Lines told of late orders and of broken promises, each.
const LINES_MAX: usize = 12;
/// What villages are called among the levels.
const VILLAGE: &str = "村社区";
/// A flash order is on the device in so long: over cards, and over anything else.
const CARD_P95_S: u64 = 180;
const QUICK_P95_S: u64 = 60;
/// A town's receipt without the time that people take.
const RECEIPT_P95_S: u64 = 300;
/// Two slots of a card, after which a burst of answers must be gone.
const TWO_SLOTS_S: u64 = 120;
/// A village has answered, people's time included (research, domain section 2).
const VILLAGE_P95_S: u64 = 1_800;
/// A first word must be known at a centre within the hour.
const FIRST_S: u64 = 3_600;
/// A team that moves is seen where it is within so long (research, domain section 1, what is
/// promised).
const POSITION_P95_S: u64 = 300;
/// A town that is back has what the centre held, as proposed for a district: ten minutes.
const RETURN_S: u64 = 600;

/// Times in seconds that marks look at.
#[derive(Default)]
struct Times {
    quick_s: Vec<u64>,
    card_s: Vec<u64>,
    receipt_s: Vec<u64>,
    card_receipt_s: Vec<u64>,
    first_s: Vec<u64>,
    village_s: Vec<u64>,
    urgent: (u64, u64),
    firsts: (u64, u64),
    villages: (u64, u64),
}

/// What came of all.
pub(super) fn marks(story: &Story<'_>, calm: Calm) -> Marks {
    let mut marks = Marks {
        title: story.scenario.title.clone(),
        seed: story.options.seed,
        fingerprint: story.ground.world.fingerprint(),
        minutes: story.options.minutes,
        places: story.options.nodes as u64,
        villages: story.scenario.roll.villages.len() as u64,
        orders: story.posts.given.len() as u64,
        silent: story.posts.silent(),
        texts: story.villages.texts,
        entered: story.entered(),
        agreed_s: calm.agreed_s,
        items: items(story),
        bearers: bearers(story),
        ..Marks::default()
    };
    let mut times = Times::default();
    copies(story, &mut marks, &mut times);
    let breaches = story.ground.world.breaches();
    marks.breaches = breaches.iter().take(LINES_MAX).map(ToString::to_string).collect();
    marks.marks = judge(story, &marks, times, breaches.len());
    marks
}

/// Copies owed, reached and answered so far.
pub(super) fn so_far(story: &Story<'_>) -> [u64; 3] {
    let mut counts = [0; 3];
    for (number, issued) in story.issued.iter().enumerate() {
        for unit in &issued.units {
            let place = usize::from(unit.0) - 1;
            let by_text = issued.id.map(|id| story.villages.reached.contains_key(&(id, *unit)));
            let is_reached = story.reached.contains_key(&(number, place)) || by_text == Some(true);
            counts[0] += 1;
            counts[1] += u64::from(is_reached);
            counts[2] += u64::from(story.answered.contains_key(&(number, *unit)));
        }
    }
    counts
}

/// One copy of an order.
struct Copy {
    unit: UnitId,
    place: Option<usize>,
    level: String,
    reached: Option<Mono>,
    answered: Option<Mono>,
    holds: bool,
}

fn copies(story: &Story<'_>, marks: &mut Marks, times: &mut Times) {
    let mut levels: BTreeMap<String, Level> = BTreeMap::new();
    for (number, (given, issued)) in story.posts.given.iter().zip(&story.issued).enumerate() {
        let Some(id) = issued.id else { continue };
        let mut first: Option<u64> = None;
        for unit in &issued.units {
            let copy = copy(story, number, *unit);
            let level = levels.entry(copy.level.clone()).or_default();
            let took_s = copy.reached.map(|reached| reached.since_ms(issued.at) / 1000);
            marks.owed += 1;
            level.owed += 1;
            marks.answered += u64::from(copy.answered.is_some());
            marks.reached += u64::from(copy.holds);
            level.reached_s.extend(took_s);
            if let (Some(reached), Some(answered)) = (copy.reached, copy.answered) {
                level.answered_s.push(answered.since_ms(reached) / 1000);
            }
            if took_s.is_some_and(|took_s| took_s <= given.within_s) {
                marks.in_time += 1;
            } else if marks.late.len() < LINES_MAX {
                marks.late.push(late(story, &copy, took_s, given.within_s, &given.text));
            }
            first = first.into_iter().chain(took_s).min();
            let entered = story.posts.entered.get(&(id, *unit)).copied();
            if given.class == Class::Flash {
                times.add(story, &copy, given.from, issued.at, entered);
            }
        }
        if (given.kind, given.class) == (OrderKind::Update, Class::Flash) {
            times.firsts.0 += 1;
            times.firsts.1 += u64::from(first.is_some());
            times.first_s.extend(first);
        }
    }
    for (name, mut level) in levels {
        level.name = name;
        level.reached_s.sort_unstable();
        level.answered_s.sort_unstable();
        marks.levels.push(level);
    }
}

fn copy(story: &Story<'_>, number: usize, unit: UnitId) -> Copy {
    let (scenario, issued) = (story.scenario, &story.issued[number]);
    let answered = story.answered.get(&(number, unit)).copied();
    let place = usize::from(unit.0) - 1;
    if place < scenario.places.len() {
        let reached = story.reached.get(&(number, place)).copied();
        // What arrived while all was calm is late, but not lost.
        let node = story.ground.world.host(HostId(place as u16)).machine();
        let shown = issued.id.zip(node).and_then(|(id, node)| node.shown_order(id));
        let holds = reached.is_some() || shown.is_some();
        let level = scenario.places[place].level.clone();
        return Copy { unit, place: Some(place), level, reached, answered, holds };
    }
    let reached = issued.id.and_then(|id| story.villages.reached.get(&(id, unit)).copied());
    let (level, holds) = (VILLAGE.to_owned(), reached.is_some());
    Copy { unit, place: None, level, reached, answered, holds }
}

fn late(story: &Story<'_>, copy: &Copy, took_s: Option<u64>, within_s: u64, text: &str) -> String {
    let village = story.scenario.roll.village_of(story.options.nodes, copy.unit.0);
    let who = match (copy.place, village) {
        (Some(place), _) => story.scenario.places[place].name.clone(),
        (None, Some(village)) => story.scenario.roll.villages[village].name.clone(),
        (None, None) => copy.unit.to_string(),
    };
    let text: String = text.chars().take(24).collect();
    match (took_s, copy.holds) {
        (Some(took_s), _) => format!("{who}: {took_s} s > {within_s} s {text}"),
        (None, true) => format!("{who}: 中断结束后才到 / after the outages {text}"),
        (None, false) => format!("{who}: 没有送到 / did not arrive {text}"),
    }
}

impl Times {
    /// One copy of a flash order.
    fn add(
        &mut self,
        story: &Story<'_>,
        copy: &Copy,
        from: usize,
        given: Mono,
        entered: Option<Mono>,
    ) {
        let Some(place) = copy.place else {
            self.villages.0 += 1;
            self.villages.1 += u64::from(copy.holds);
            let answered = copy.answered.map(|answered| answered.since_ms(given) / 1000);
            self.village_s.extend(answered);
            return;
        };
        let scenario = story.scenario;
        let open = way(scenario, from, place, given);
        if open != Way::None {
            self.urgent.0 += 1;
            self.urgent.1 += u64::from(copy.holds);
        }
        if let Some(reached) = copy.reached {
            let took_s = reached.since_ms(given) / 1000;
            match open {
                Way::Quick => self.quick_s.push(took_s),
                Way::Card => self.card_s.push(took_s),
                Way::None => {}
            }
            if let (Some(answered), Some(entered)) = (copy.answered, entered) {
                let back_s = answered.since_ms(entered) / 1000;
                match way(scenario, place, from, entered) {
                    Way::Card => self.card_receipt_s.push(back_s),
                    Way::Quick | Way::None => {}
                }
                if copy.level == "镇街" && open != Way::None {
                    self.receipt_s.push(took_s + back_s);
                }
            }
        }
    }
}

fn judge(story: &Story<'_>, marks: &Marks, mut times: Times, breaches: usize) -> Vec<Mark> {
    let mut list = vec![
        exact("送到 / orders reached", marks.owed, marks.reached),
        mark("承诺 / promises broken", "0", &breaches.to_string(), Some(breaches == 0)),
        agreement(marks),
        sums(marks),
    ];
    if !story.scenario.judged {
        return list;
    }
    let (urgent, firsts, villages) = (times.urgent, times.firsts, times.villages);
    list.push(exact("特提有路必达 / flash, wherever a way is open", urgent.0, urgent.1));
    list.push(within("特提到机 / flash on the device, p95", QUICK_P95_S, &mut times.quick_s));
    list.push(within("同上, 仅北斗 / the same, cards only", CARD_P95_S, &mut times.card_s));
    list.push(within(
        "镇街签收, 不计人 / town's receipt, p95",
        RECEIPT_P95_S,
        &mut times.receipt_s,
    ));
    let name = "单卡镇回执 / receipt over one card, p95";
    list.push(within(name, TWO_SLOTS_S, &mut times.card_receipt_s));
    list.push(exact("村社区叫到 / villages called", villages.0, villages.1));
    list.push(within("村社区回话 / villages answered, p95", VILLAGE_P95_S, &mut times.village_s));
    list.push(exact("首报不丢 / first reports kept", firsts.0, firsts.1));
    times.first_s.sort_unstable();
    let slowest = times.first_s.last().copied();
    let told = slowest.map_or("—".to_owned(), |s| format!("最慢 / slowest {s} s"));
    let passed = slowest.map(|s| s <= FIRST_S);
    list.push(mark("首报按时 / first reports in time", &format!("≤ {FIRST_S} s"), &told, passed));
    list.push(positions(story));
    list.push(same_board(story));
    list.push(returns(story));
    list
}

fn mark(name: &str, wanted: &str, measured: &str, passed: Option<bool>) -> Mark {
    let (name, wanted, measured) = (name.to_owned(), wanted.to_owned(), measured.to_owned());
    Mark { name, wanted, measured, passed }
}

fn exact(name: &str, wanted: u64, measured: u64) -> Mark {
    let passed = (wanted > 0).then_some(wanted == measured);
    mark(name, &wanted.to_string(), &measured.to_string(), passed)
}

fn within(name: &str, limit_s: u64, times_s: &mut [u64]) -> Mark {
    times_s.sort_unstable();
    let p95 = percentile(times_s, 95);
    let told = match (p95, percentile(times_s, 50)) {
        (Some(p95), Some(half)) => format!("{p95} s (p50 {half} s, {} 份)", times_s.len()),
        _ => "—".to_owned(),
    };
    mark(name, &format!("≤ {limit_s} s"), &told, p95.map(|p95| p95 <= limit_s))
}

fn agreement(marks: &Marks) -> Mark {
    let told = marks.agreed_s.map_or("—".to_owned(), |s| format!("{s} s"));
    let passed = Some(marks.agreed_s.is_some());
    mark("恢复后一致 / all agree after the outages", "是 / yes", &told, passed)
}

fn sums(marks: &Marks) -> Mark {
    let odd = marks.items.iter().filter(|item| item.booked != (item.typed, item.typed)).count();
    let told = format!("{odd} / {}", marks.items.len());
    mark("物资总账 / items that do not add up", "0", &told, Some(odd == 0))
}

/// Where teams are, at the posts that lead; how long it took to all others stands beside it.
fn positions(story: &Story<'_>) -> Mark {
    let (mut leading_s, mut others_s) =
        (story.fresh.leading_s.clone(), story.fresh.others_s.clone());
    let name = "位置到指挥部 / a position at the posts, p95";
    let mut found = within(name, POSITION_P95_S, &mut leading_s);
    let others = within("", POSITION_P95_S, &mut others_s).measured;
    found.measured = format!("{}, 其余 / others {others}", found.measured);
    found
}

/// The board of answers is the same everywhere, row by row.
fn same_board(story: &Story<'_>) -> Mark {
    let hosts = story.ground.hosts.iter();
    let nodes = hosts.filter_map(|host| story.ground.world.host(*host).machine());
    let boards: Vec<Vec<_>> =
        nodes.map(|node| node.shown_orders().iter().map(shown).collect()).collect();
    let odd = boards.iter().filter(|board| Some(*board) != boards.first()).count();
    let rows = boards.first().map_or(0, Vec::len);
    let told = format!("{odd} 处不同 / differ ({rows} 行 / rows)");
    mark("回执板各处一致 / boards that differ", "0", &told, Some(odd == 0))
}

/// What people see of an order, less what only machines know.
fn shown(row: &OrderRow) -> (String, u8, [u32; 4]) {
    let counts = [row.owed, row.acknowledged, row.done, row.refused];
    (row.id.to_string(), row.state as u8, counts)
}

/// Towns that were cut off have what the centre held when they came back.
fn returns(story: &Story<'_>) -> Mark {
    let took = |back: &super::tell::Return| back.agreed.map(|at| at.since_ms(back.at) / 1000);
    let mut took_s: Vec<u64> = story.returns.iter().filter_map(took).collect();
    let all = story.returns.len();
    let missing = all - took_s.len();
    let mut found = within("断后补齐 / a town that is back has all, p95", RETURN_S, &mut took_s);
    found.measured = format!("{}, {missing} / {all} 未补齐 / not yet", found.measured);
    found.passed = (all > 0).then_some(missing == 0 && found.passed != Some(false));
    found
}

fn items(story: &Story<'_>) -> Vec<Item> {
    let roll = &story.scenario.roll;
    let hosts = story.ground.hosts.iter();
    let nodes: Vec<&Node> =
        hosts.filter_map(|host| story.ground.world.host(*host).machine()).collect();
    let away: Vec<BTreeMap<String, i64>> = nodes.iter().map(|node| on_the_way(node)).collect();
    let one = |(number, (name, _)): (usize, &(String, String))| {
        let booked = nodes.iter().zip(&away).map(|(node, away)| {
            let depots = (1..=roll.depots.len() as u16).map(DepotId);
            let item = ItemId(number as u16 + 1);
            let held: i64 = depots.map(|depot| node.ledger().on_hand(depot, item).0).sum();
            (held + away.get(name).copied().unwrap_or(0)) / 1000
        });
        let booked: Vec<i64> = booked.collect();
        Item {
            name: name.clone(),
            typed: story.routine.typed.get(&number).copied().unwrap_or(0),
            booked: (
                booked.iter().copied().min().unwrap_or(0),
                booked.iter().copied().max().unwrap_or(0),
            ),
        }
    };
    roll.items.iter().enumerate().map(one).collect()
}

/// Thousandths of every item that left a store and has not arrived.
fn on_the_way(node: &Node) -> BTreeMap<String, i64> {
    let mut away: BTreeMap<String, i64> = BTreeMap::new();
    for row in node.shown_waybills() {
        if matches!(row.state, WaybillState::InTransit | WaybillState::Late) {
            for line in row.lines {
                *away.entry(line.item_name).or_default() += line.due.0;
            }
        }
    }
    away
}

fn bearers(story: &Story<'_>) -> Vec<Bearer> {
    let mut bearers: Vec<Bearer> = Vec::new();
    for (number, link) in story.scenario.links.iter().enumerate() {
        let (frames, bytes) = story.bearers.get(&number).copied().unwrap_or_default();
        let slots =
            link.every_s.map(|every_s| 2 * story.options.minutes * 60 / u64::from(every_s.max(1)));
        match bearers.iter_mut().find(|bearer| bearer.name == link.bearer) {
            Some(bearer) => {
                bearer.frames += frames;
                bearer.bytes += bytes;
                bearer.slots = bearer.slots.zip(slots).map(|(all, more)| all + more);
            }
            None => bearers.push(Bearer {
                name: link.bearer.clone(),
                frames,
                bytes,
                slots,
                message_bytes: link.card_bytes(),
            }),
        }
    }
    bearers
}
