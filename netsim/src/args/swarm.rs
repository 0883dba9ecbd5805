//! The words of `swarm`, `run` and `replay`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use sanduan_netsim::crypto::Crypto;
use sanduan_netsim::realtime::{Many, ScenarioPlan, Telling, span_ms};
use sanduan_netsim::swarm::{Bounds, Wanted};
use sanduan_netsim::world::Canary;

/// Nodes of a drawn world at most.
const NODES_MAX: u64 = 50;

/// Bounds within which each seed draws.
#[derive(Debug, Args)]
pub struct BoundsArgs {
    /// 每个世界最多几个节点 / nodes of a world at most
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u64).range(3..=NODES_MAX))]
    nodes: u64,
    /// 至少几个节点 / nodes of a world at least
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(3..=NODES_MAX))]
    nodes_min: u64,
    /// 故障期多长，小时（1）；想定则到此为止 / how long people work and faults strike, hours (1)
    #[arg(long, value_parser = hours)]
    hours: Option<f64>,
    /// 故意违约，看能否发现 / break a promise on purpose, such as ack-early
    #[arg(long, value_parser = canary)]
    canary: Option<Canary>,
    /// 真密码或替身；不写则由种子抽取 / real or stand-in; drawn by the seed if absent
    #[arg(long, value_parser = crypto)]
    crypto: Option<Crypto>,
}

fn hours(text: &str) -> Result<f64, String> {
    let hours: f64 = text.parse().map_err(|_| format!("{text}: 应为小时数 / hours"))?;
    let is_sound = (0.05..=720.0).contains(&hours);
    is_sound.then_some(hours).ok_or_else(|| format!("{text}: 0.05–720"))
}

fn canary(text: &str) -> Result<Canary, String> {
    let found = Canary::ALL.iter().find(|canary| canary.name() == text);
    found.copied().ok_or_else(|| {
        let names: Vec<&str> = Canary::ALL.iter().map(|canary| canary.name()).collect();
        format!("{text}: {}", names.join(", "))
    })
}

fn crypto(text: &str) -> Result<Crypto, String> {
    let found = Crypto::ALL.iter().copied().find(|crypto| crypto.name() == text);
    found.ok_or_else(|| {
        let names: Vec<&str> = Crypto::ALL.iter().map(|crypto| crypto.name()).collect();
        format!("{text}: {}", names.join(", "))
    })
}

fn budget(text: &str) -> Result<Duration, String> {
    span_ms(text).map(Duration::from_millis).map_err(|error| error.to_string())
}

impl BoundsArgs {
    fn minutes(&self) -> Option<u64> {
        self.hours.map(|hours| (hours * 60.0).round() as u64)
    }

    /// As the swarm takes them.
    pub fn bounds(&self) -> Bounds {
        Bounds {
            nodes_min: self.nodes_min.min(self.nodes) as usize,
            nodes_max: self.nodes as usize,
            minutes: self.minutes().unwrap_or(60),
            canary: self.canary,
            crypto: self.crypto,
        }
    }
}

/// The words of `sanduan-sim swarm`.
#[derive(Debug, Args)]
pub struct SwarmArgs {
    /// 多少个种子 / how many seeds
    #[arg(long)]
    seeds: u64,
    /// 第一个种子 / the first seed
    #[arg(long, default_value_t = 0)]
    start: u64,
    /// 几个线程 / on how many threads
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=256))]
    jobs: u64,
    /// 超过此时长不再开始新种子，如 20m / no new seed is begun after this long
    #[arg(long, value_parser = budget, value_name = "SPAN")]
    budget: Option<Duration>,
    /// 每个失败的种子写一个文件到此目录 / one file for each seed that fails
    #[arg(long, value_name = "DIR")]
    fail_dir: Option<PathBuf>,
    /// 每个种子写入此 JUnit 文件 / one case for each seed into this JUnit file
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// 以 JSON 行输出 / print JSON lines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    bounds: BoundsArgs,
}

impl SwarmArgs {
    /// How it is told.
    pub fn told(&self) -> Telling {
        let (fail_dir, junit) = (self.fail_dir.clone(), self.junit.clone());
        Telling { fail_dir, junit, json: self.json }
    }

    /// As the swarm takes them.
    pub fn many(&self) -> Many {
        Many {
            start: self.start,
            seeds: self.seeds,
            jobs: self.jobs as usize,
            budget: self.budget,
            bounds: self.bounds.bounds(),
            stop_at_first: false,
        }
    }
}

/// The words of `sanduan-sim bench swarm`.
#[derive(Debug, Args)]
pub struct SpeedArgs {
    /// 每种大小讲多少个种子 / worlds told of each size
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    pub seeds: u64,
    /// 世界的节点数 / nodes of the worlds
    #[arg(long, value_delimiter = ',', default_values_t = [7, 50])]
    pub nodes: Vec<usize>,
    /// 故障期多长，小时 / how long people work and faults strike, hours
    #[arg(long, default_value = "12", value_parser = hours)]
    hours: f64,
    /// 真密码或替身 / real cryptography or the stand-in
    #[arg(long, default_value = "stand-in", value_parser = crypto)]
    pub crypto: Crypto,
    /// 以 JSON 行输出 / print JSON lines
    #[arg(long)]
    pub json: bool,
}

impl SpeedArgs {
    /// The hours, in minutes.
    pub fn minutes(&self) -> u64 {
        (self.hours * 60.0).round() as u64
    }
}

/// The words of `sanduan-sim run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// 种子 / the seed
    #[arg(long, required_unless_present_any = ["plot", "scenario"])]
    pub seed: Option<u64>,
    /// 改讲一个情节文件（shrink 所写）/ tell the story in this file instead, as shrink wrote it
    #[arg(long, value_name = "FILE", conflicts_with = "seed")]
    pub plot: Option<PathBuf>,
    /// 改讲一个手写的想定：名称或文件 / tell a world made by hand: a name or a file
    #[arg(long, value_name = "NAME|FILE", conflicts_with = "plot")]
    scenario: Option<String>,
    /// 想定写成一页可离线阅读的网页 / a page of the scenario that is read without a network
    #[arg(long, value_name = "FILE", requires = "scenario")]
    report: Option<PathBuf>,
    /// 想定中逐帧打印这些地点说了什么，如 node=Z28,EOC / every frame of these places of a scenario
    #[arg(long, value_name = "node=CODE,CODE", requires = "scenario", value_parser = codes)]
    log: Option<Codes>,
    /// 想定中北斗卡每条多少比特：628 为北斗二号三级 / bits of a message of the scenario's cards
    #[arg(long, value_name = "BITS", requires = "scenario")]
    card_bits: Option<u32>,
    /// 以 JSON 输出 / print JSON
    #[arg(long)]
    pub json: bool,
    /// Bounds of the seed.
    #[command(flatten)]
    pub bounds: BoundsArgs,
}

impl RunArgs {
    /// The scenario that is asked for, if one is.
    pub fn scenario(&self) -> Option<ScenarioPlan> {
        Some(ScenarioPlan {
            scenario: self.scenario.clone()?,
            seed: self.seed.unwrap_or(1),
            minutes: self.bounds.minutes(),
            crypto: self.bounds.crypto,
            card_bits: self.card_bits,
            json: self.json,
            log: self.log.as_ref().map_or_else(Vec::new, |codes| codes.0.clone()),
            page: self.report.clone(),
        })
    }
}

/// The words of `sanduan-sim shrink`.
#[derive(Debug, Args)]
pub struct ShrinkArgs {
    /// 种子 / the seed
    #[arg(long)]
    pub seed: u64,
    /// 最多缩这么久 / shrink for this long at most
    #[arg(long, default_value = "5m", value_parser = budget, value_name = "SPAN")]
    pub budget: Duration,
    /// 写到此文件；不写则打印 / write to this file; print if absent
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Bounds of the seed.
    #[command(flatten)]
    pub bounds: BoundsArgs,
}

/// The words of `sanduan-sim crash-matrix`.
#[derive(Debug, Args)]
pub struct CrashArgs {
    /// 情节：名称或文件，可多次；不写则全部 / a story, by name or file, more than one; all if absent
    #[arg(long, value_name = "NAME|FILE")]
    pub scenario: Vec<String>,
    /// 种子 / the seed
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// 以 JSON 行输出 / print JSON lines
    #[arg(long)]
    pub json: bool,
}

/// The words of `sanduan-sim replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// 种子 / the seed
    #[arg(long)]
    pub seed: u64,
    /// 到第几秒为止 / up to this second
    #[arg(long, default_value_t = 7200, value_name = "SECOND")]
    pub until: u64,
    /// 只打印这些节点发出的帧，如 node=0,3 / only frames of these nodes
    #[arg(long, value_parser = places, value_name = "node=N,N")]
    log: Option<Places>,
    /// 最后打印这些节点的内容，如 node=0,3 / what these nodes hold at the end
    #[arg(long, value_parser = places, value_name = "node=N,N")]
    state: Option<Places>,
    /// Bounds of the seed.
    #[command(flatten)]
    pub bounds: BoundsArgs,
}

/// Places of a scenario by their codes.
#[derive(Clone, Debug)]
struct Codes(Vec<String>);

fn codes(text: &str) -> Result<Codes, String> {
    let codes = text.strip_prefix("node=").ok_or_else(|| format!("{text}: node=Z28,EOC"))?;
    Ok(Codes(codes.split(',').map(str::to_owned).collect()))
}

/// Places of a world.
#[derive(Clone, Debug)]
struct Places(Vec<usize>);

fn places(text: &str) -> Result<Places, String> {
    let bad = || format!("{text}: node=0,3");
    let numbers = text.strip_prefix("node=").ok_or_else(bad)?;
    let numbers = numbers.split(',').map(|number| number.parse().map_err(|_| bad()));
    numbers.collect::<Result<Vec<usize>, String>>().map(Places)
}

impl ReplayArgs {
    /// What is wanted of the seed.
    pub fn wanted(&self) -> Wanted<'_> {
        Wanted { frames_of: numbers_of(&self.log), state_of: numbers_of(&self.state) }
    }
}

fn numbers_of(places: &Option<Places>) -> &[usize] {
    places.as_ref().map_or(&[], |places| &places.0)
}
