//! The plug is pulled while a machine writes, while it opens its store and while it takes its last
//! checkpoint. It opens again every time, and whatever it confirmed is there.
//!
//! Twenty times here; `SANDUAN_KILLS=210 cargo test -p sanduan-tests --test kill_anywhere --
//! --nocapture` pulls it oftener and says what it found.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sanduan_protocol::base::dice::Dice;
use sanduan_tests::http::Http;
use sanduan_tests::machine::Saved;
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Machine, Outcome, journey};
use serde_json::json;

const KILLS: usize = 20;
/// Two at once, so that one waits for the disk while the other is answered.
const WRITERS: usize = 2;
const WRITE_EVERY: Duration = Duration::from_millis(15);
/// Longest time from the answer to the first question to the kill.
const UNDER_LOAD_MS: u64 = 400;
/// Longest time that the last checkpoint is given.
const CLOSING_MS: u64 = 60;
/// A long run says after so many kills how far it is: a slow machine is told from one that hangs.
const TOLD_EVERY: usize = 10;

/// Number and text of an order that was confirmed.
type Confirmed = (String, String);

/// What was going on when the plug was pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Writing,
    Opening,
    Closing,
}

fn kills_wanted() -> usize {
    std::env::var("SANDUAN_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(KILLS)
}

/// Sends orders until told to stop; notes those that were confirmed.
fn write(writer: usize, http: &Http, stop: &AtomicBool, confirmed: &Mutex<Vec<Confirmed>>) {
    for count in 0_u32.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let mark = format!("第{writer}人第{count}条");
        let wish = json!({ "to": "all", "class": "routine", "text": mark, "person": "带班领导" });
        if let Ok(Saved { id: Some(id), .. }) = http.post::<Saved>("/v1/orders", &wish) {
            confirmed.lock().unwrap_or_else(PoisonError::into_inner).push((id, mark));
        }
        thread::sleep(WRITE_EVERY);
    }
}

struct StopWriters<'a>(&'a AtomicBool);

impl Drop for StopWriters<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Every order that was confirmed is there, with its words.
fn all_are_there(machine: &Machine, confirmed: &[Confirmed]) -> Outcome {
    let held: std::collections::BTreeMap<String, String> =
        machine.orders()?.into_iter().map(|row| (row.id.to_string(), row.text)).collect();
    let lost = confirmed.iter().find(|(id, text)| held.get(id) != Some(text));
    ensure(lost.is_none(), || format!("{lost:?} of {} is not there", confirmed.len()))
}

/// Pull the plug of a running machine in one of these moments.
fn pull(machine: &mut Machine, moment: Moment, opening: Duration, dice: &mut Dice) -> Outcome {
    let wait_ms = |dice: &mut Dice, most: u64| {
        thread::sleep(Duration::from_millis(dice.below(most.max(1))));
    };
    match moment {
        Moment::Writing => wait_ms(dice, UNDER_LOAD_MS),
        Moment::Closing => {
            wait_ms(dice, UNDER_LOAD_MS);
            machine.begin_to_end()?;
            wait_ms(dice, CLOSING_MS);
        }
        Moment::Opening => {
            wait_ms(dice, UNDER_LOAD_MS);
            machine.kill();
            machine.begin()?;
            wait_ms(dice, opening.as_millis() as u64);
        }
    }
    machine.kill();
    Ok(())
}

/// Pulls so many plugs; gives the longest opening.
#[allow(clippy::print_stdout, reason = "a long run says how far it is")]
fn pull_plugs(
    machine: &mut Machine,
    kills: usize,
    dice: &mut Dice,
    confirmed: &Mutex<Vec<Confirmed>>,
) -> Outcome<Duration> {
    let (mut last, mut longest) = (Duration::from_millis(300), Duration::ZERO);
    let first = Instant::now();
    for kill in 0..kills {
        let moment = [Moment::Opening, Moment::Writing, Moment::Closing][kill % 3];
        let name =
            |trouble: sanduan_tests::Trouble| trouble.during(&format!("kill {kill}, {moment:?}"));
        pull(machine, moment, last, dice).map_err(name)?;
        let so_far = confirmed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let begun = Instant::now();
        machine.start().map_err(name)?;
        last = begun.elapsed();
        longest = longest.max(last);
        all_are_there(machine, &so_far).map_err(name)?;
        if (kill + 1) % TOLD_EVERY == 0 {
            println!(
                "kill {} of {kills}, {} s: {} orders confirmed and there, last start {} ms",
                kill + 1,
                first.elapsed().as_secs(),
                so_far.len(),
                last.as_millis()
            );
        }
    }
    Ok(longest)
}

#[test]
#[allow(clippy::print_stdout, reason = "a long run says what it found")]
fn nothing_confirmed_is_lost_by_a_kill_while_writing_opening_or_closing() {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let (seed, kills) = (since_1970.subsec_nanos().into(), kills_wanted());
    journey(|lab| {
        let mut machine = lab.found("centre")?;
        machine.configure(&Config::new("值班员"))?;
        machine.start()?;
        let (stop, confirmed) = (AtomicBool::new(false), Mutex::new(Vec::new()));
        let http = machine.http().clone();
        let pulled = thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (stop, confirmed, http) = (&stop, &confirmed, &http);
                scope.spawn(move || write(writer, http, stop, confirmed));
            }
            // Dropped when the plugs have been pulled, however that went: the writers end.
            let _writers_end = StopWriters(&stop);
            pull_plugs(&mut machine, kills, &mut Dice::new(seed), &confirmed)
        });
        let longest = pulled.map_err(|trouble| trouble.during(&format!("seed {seed}")))?;
        let all = confirmed.into_inner().unwrap_or_else(PoisonError::into_inner);
        ensure(all.len() > kills, || format!("only {} orders were confirmed", all.len()))?;
        machine.stop()?;
        machine.start()?;
        all_are_there(&machine, &all)?;
        println!(
            "{kills} kills, seed {seed}: {} orders confirmed, 0 lost, longest start {} ms",
            all.len(),
            longest.as_millis()
        );
        Ok(())
    });
}
