//! How many made-up worlds of a size a processor tells in a second, for `sanduan-sim bench swarm`.
//! The time that counts is the processor's own for this thread, so that other programs on the
//! machine do not count; how busy the machine was is printed beside it.

use std::fs::read_to_string;
use std::io::{Write, stdout};
use std::time::Instant;

use serde::Serialize;

use crate::crypto::Crypto;
use crate::swarm::{Bounds, History};

/// What one size of world came to.
#[derive(Clone, Debug, Serialize)]
pub struct SpeedRow {
    /// Nodes of each world.
    pub nodes: usize,
    /// How long people work in it, minutes.
    pub minutes: u64,
    /// Worlds told.
    pub seeds: u64,
    /// Of these, broke a promise.
    pub failed: u64,
    /// Time of the processor, s; of the clock where the system does not tell it.
    pub processor_s: f64,
    /// Worlds in a second of it.
    pub seeds_per_s: f64,
    /// Inputs of nodes in a second of it.
    pub inputs_per_s: f64,
    /// Entries that people were told are saved, in the mean of a world.
    pub entries: f64,
    /// Frames, in the mean of a world.
    pub frames: f64,
    /// Inputs, in the mean of a world.
    pub inputs: f64,
    /// Crashes, in the mean of a world.
    pub crashes: f64,
    /// Their seals and frames are those of the product.
    pub real_crypto: bool,
    /// Programs that wanted a processor in the last minute, in the mean.
    pub load: f64,
    /// This program was built with every assertion kept, which takes a third of its time and more.
    pub assertions: bool,
}

/// Tell so many worlds of each of these sizes, with this cryptography, and print a line for each.
/// Which a seed draws does not count: one of the first ten draws the real one, where of a thousand
/// twenty do.
pub fn swarm_speed(seeds: u64, sizes: &[usize], minutes: u64, crypto: Crypto, json: bool) {
    if !json {
        say(
            "节点 nodes  分钟 min  种子 seeds  失败  每秒种子 seeds/s  每秒输入 inputs/s  每世界 each: \
             录入 entries  帧 frames  输入 inputs  崩溃 crashes  真密码 real crypto  负载 load  断言 assertions",
        );
    }
    for nodes in sizes {
        let row = measure(seeds, *nodes, minutes, crypto);
        match json {
            true => say(&serde_json::to_string(&row).expect("numbers always serialise")),
            false => say(&format!(
                "{:>10} {:>9} {:>11} {:>5} {:>17.2} {:>18.0} {:>25.0} {:>10.0} {:>12.0} {:>12.0} \
                 {:>18} {:>8.1}  {}",
                row.nodes,
                row.minutes,
                row.seeds,
                row.failed,
                row.seeds_per_s,
                row.inputs_per_s,
                row.entries,
                row.frames,
                row.inputs,
                row.crashes,
                if row.real_crypto { "是 yes" } else { "替身 no" },
                row.load,
                if row.assertions { "有 on" } else { "无 off" },
            )),
        }
    }
}

fn measure(seeds: u64, nodes: usize, minutes: u64, crypto: Crypto) -> SpeedRow {
    let crypto_of_all = Some(crypto);
    let bounds =
        Bounds { nodes_min: nodes, nodes_max: nodes, minutes, canary: None, crypto: crypto_of_all };
    let (begun, used_s) = (Instant::now(), processor_s());
    let (mut failed, mut entries, mut frames, mut inputs, mut crashes) = (0, 0, 0, 0, 0);
    for seed in 0..seeds {
        let outcome = History::tell(seed, &bounds);
        failed += u64::from(!outcome.breaches.is_empty());
        entries += outcome.answers.confirmed;
        frames += outcome.frames;
        inputs += outcome.inputs;
        crashes += outcome.crashes;
    }
    let used_s = match (processor_s(), used_s) {
        (Some(now), Some(before)) => now - before,
        (Some(_) | None, _) => begun.elapsed().as_secs_f64(),
    };
    let used_s = used_s.max(0.001);
    let mean = |sum: u64| sum as f64 / seeds.max(1) as f64;
    SpeedRow {
        nodes,
        minutes,
        seeds,
        failed,
        processor_s: used_s,
        seeds_per_s: seeds as f64 / used_s,
        inputs_per_s: inputs as f64 / used_s,
        entries: mean(entries),
        frames: mean(frames),
        inputs: mean(inputs),
        crashes: mean(crashes),
        real_crypto: crypto == Crypto::Real,
        load: load(),
        assertions: cfg!(debug_assertions),
    }
}

/// What this thread has used of a processor so far, s (Linux, proc_pid_schedstat: the first number
/// is nanoseconds on the processor).
fn processor_s() -> Option<f64> {
    let text = read_to_string("/proc/thread-self/schedstat").ok()?;
    let ns: u64 = text.split(' ').next()?.parse().ok()?;
    Some(ns as f64 / 1e9)
}

fn load() -> f64 {
    let text = read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or(0.0)
}

fn say(line: &str) {
    // A reader that has gone away wants no more lines.
    let _ = writeln!(stdout(), "{line}");
}
