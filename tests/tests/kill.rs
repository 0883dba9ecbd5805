//! The plug is pulled fifty times at random moments while all machines write. Whatever was
//! confirmed to a client is there afterwards, with the same words: on that machine at once, on
//! all of them later.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sanduan_protocol::base::dice::Dice;
use sanduan_tests::config::free_udp_port;
use sanduan_tests::http::Http;
use sanduan_tests::lab::equal_pictures;
use sanduan_tests::machine::Saved;
use sanduan_tests::round::{self, COMMAND_ROLES, DEPOT_UNIT, DISTRICT_DEPOT, FORWARD};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, journey, seconds, wait_for};
use serde_json::{Value, json};

const KILLS: usize = 50;
/// Longest time between a start and the next kill, anywhere.
const BETWEEN_MS: u64 = 500;
const WRITE_EVERY: Duration = Duration::from_millis(60);

/// A record that a client was told is saved.
#[derive(Clone, Debug)]
struct Confirmed {
    machine: usize,
    is_order: bool,
    id: String,
    mark: String,
}

fn network(lab: &Lab) -> Outcome<Vec<Machine>> {
    let ports = [free_udp_port()?, free_udp_port()?, free_udp_port()?];
    let mut centre = lab.found("centre")?;
    centre.configure(&Config::new("值班员").udp(ports[0], &[ports[1]]))?;
    centre.start()?;
    let mut forward = lab.join(&centre, "forward", FORWARD, COMMAND_ROLES)?;
    let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, COMMAND_ROLES)?;
    forward.configure(&Config::new("前指参谋").udp(ports[1], &[ports[0], ports[2]]))?;
    depot.configure(&Config::new("保管员").udp(ports[2], &[ports[1]]))?;
    forward.start()?;
    depot.start()?;
    round::preload(&centre, &[&forward, &depot])?;
    Ok(vec![centre, forward, depot])
}

struct StopWriters<'a>(&'a AtomicBool);

impl Drop for StopWriters<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Writes orders and stock in turn until told to stop; notes only what was confirmed.
fn write(machine: usize, http: &Http, stop: &AtomicBool, confirmed: &Mutex<Vec<Confirmed>>) {
    for count in 0_u32.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let (is_order, mark) = (count % 2 == 0, format!("第{machine}机第{count}条"));
        let saved = http.post::<Saved>(
            if is_order { "/v1/orders" } else { "/v1/stock/movements" },
            &wish(is_order, &mark),
        );
        if let Ok(Saved { id: Some(id), .. }) = saved {
            let mut all = confirmed.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(Confirmed { machine, is_order, id, mark });
        }
        thread::sleep(WRITE_EVERY);
    }
}

fn wish(is_order: bool, mark: &str) -> Value {
    if is_order {
        return json!({ "to": "all", "class": "routine", "text": mark, "person": "带班领导" });
    }
    let lines = [json!({ "item": "E004", "quantity": "1" })];
    json!({ "kind": "receive", "depot": DISTRICT_DEPOT, "lines": lines, "note": mark })
}

/// Orders of this machine that were confirmed are there at once.
fn orders_are_there(machine: &Machine, own: &[Confirmed]) -> Outcome {
    let orders = machine.orders()?;
    for confirmed in own.iter().filter(|c| c.is_order) {
        let there =
            orders.iter().any(|o| o.id.to_string() == confirmed.id && o.text == confirmed.mark);
        ensure(there, || format!("{} forgot {confirmed:?}", machine.name()))?;
    }
    Ok(())
}

/// Everything that was confirmed anywhere is in the log of this machine.
fn everything_is_there(machine: &Machine, all: &[Confirmed]) -> Outcome {
    let log = machine.log()?;
    let lost: Vec<&Confirmed> = all
        .iter()
        .filter(|c| !log.iter().any(|r| r.id.to_string() == c.id && r.text.contains(&c.mark)))
        .collect();
    ensure(lost.is_empty(), || {
        format!("{} lacks {} of {}: {lost:?}", machine.name(), lost.len(), all.len())
    })
}

fn pull_plugs(
    machines: &mut [Machine],
    dice: &mut Dice,
    confirmed: &Mutex<Vec<Confirmed>>,
) -> Outcome {
    for _ in 0..KILLS {
        thread::sleep(Duration::from_millis(dice.below(BETWEEN_MS)));
        let victim = dice.below(machines.len() as u64) as usize;
        machines[victim].kill();
        let all = confirmed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let own: Vec<Confirmed> = all.into_iter().filter(|c| c.machine == victim).collect();
        machines[victim].start()?;
        orders_are_there(&machines[victim], &own)?;
    }
    Ok(())
}

#[test]
fn nothing_confirmed_is_lost_when_the_plug_is_pulled_fifty_times() {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = since_1970.subsec_nanos().into();
    journey(|lab| {
        let mut machines = network(lab)?;
        let (stop, confirmed) = (AtomicBool::new(false), Mutex::new(Vec::new()));
        let doors: Vec<Http> = machines.iter().map(|m| m.http().clone()).collect();
        let pulled = thread::scope(|scope| {
            for (machine, http) in doors.iter().enumerate() {
                let (stop, confirmed) = (&stop, &confirmed);
                scope.spawn(move || write(machine, http, stop, confirmed));
            }
            // Dropped when the plugs have been pulled, however that went: the writers end.
            let _writers_end = StopWriters(&stop);
            pull_plugs(&mut machines, &mut Dice::new(seed), &confirmed)
        });
        pulled.map_err(|trouble| trouble.during(&format!("seed {seed}")))?;
        let all = confirmed.into_inner().unwrap_or_else(PoisonError::into_inner);
        ensure(all.len() > KILLS, || format!("only {} records were confirmed", all.len()))?;
        let everyone: Vec<&Machine> = machines.iter().collect();
        for machine in &everyone {
            wait_for("every confirmed record", seconds(120), || {
                everything_is_there(machine, &all)
            })?;
        }
        equal_pictures(&everyone, 60).map(drop)
    });
}
