//! The words of the command line and their help, Chinese first. What they do is elsewhere.

mod modem;
mod swarm;
mod tunnel;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use sanduan_netsim::air::{Config, Framing, Pair, STATIONS_MAX};
use sanduan_netsim::bench::Keying;
use sanduan_netsim::realtime::{Language, Options, loss_ppm, span_ms};

pub use self::swarm::{CrashArgs, ReplayArgs, RunArgs, ShrinkArgs, SpeedArgs, SwarmArgs};
pub use modem::ModemWork;
pub use tunnel::TunnelArgs;

/// 三断仿真器 / the simulator of sanduan
#[derive(Debug, Parser)]
#[command(name = "sanduan-sim", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub work: Work,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Work {
    /// 在本机实时模拟一条窄带电台信道 / a made-up radio channel in real time, KISS over loopback TCP
    #[command(long_about = AIR_HELP, after_long_help = AIR_EXAMPLES)]
    Air(Box<AirArgs>),
    /// 在虚拟串口上模拟卫星终端 / made-up satellite terminals on ptys
    #[command(subcommand)]
    Modem(ModemWork),
    /// 在两个 UDP 端口之间模拟慢而易断的网络 / a slow and lossy network between two UDP ports
    #[command(after_long_help = tunnel::TUNNEL_HELP)]
    Tunnel(TunnelArgs),
    /// 实测：主要情形各用多少字节、多少秒 / measure what the main cases cost
    #[command(subcommand)]
    Bench(BenchWork),
    /// 群测：每个种子一个世界、一组故障，核对各项承诺 / many seeds, each its own world and faults
    Swarm(SwarmArgs),
    /// 讲完一个种子，先打印所抽的全部选项 / one seed to its end, all that it drew printed first
    Run(RunArgs),
    /// 把违约的种子缩成最小的情节文件 / make a failing seed a story as small as it still fails
    Shrink(ShrinkArgs),
    /// 在每次写盘处断电，核对已确认的都还在 / a power cut at every write to a disk
    CrashMatrix(CrashArgs),
    /// 逐帧重放一个种子 / one seed again, frame by frame
    Replay(ReplayArgs),
}

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum BenchWork {
    /// 窄带电台：指令、确认、互认、补发、位置、静默 / narrow-band radio, made-up time, one command
    Air(BenchArgs),
    /// 密码：每核每秒签名、验签、封帧、开帧多少次 / cryptography: how often a second, on one core
    Crypto(TextArgs),
    /// 密钥：帧、封印、证书、入网文件、吊销、换钥多少字节，每秒验多少 / what keys cost in bytes and time
    Keys(TextArgs),
    /// 速度：每核每秒编解多少条记录 / records packed and opened a second, on one core
    Speed(TextArgs),
    /// 短文：没见过的中英文每字多少比特 / free texts: bits a character, on messages never seen
    Text(TextArgs),
    /// 卫星卡时隙：断联镇的一天、一条叫应到 54 台 / cards with a slot a minute, made-up time
    Slots(SlotArgs),
    /// 群测每核每秒多少个种子 / how many made-up worlds a processor tells in a second
    Swarm(SpeedArgs),
}

/// The words of `sanduan-sim bench slots`.
#[derive(Debug, Args)]
pub struct SlotArgs {
    /// 每个情形运行的次数 / runs of each case
    #[arg(long, default_value_t = 5)]
    pub seeds: u64,
    /// 以 JSON 行输出 / print JSON lines
    #[arg(long)]
    pub json: bool,
    /// 表格语言 / language of the table
    #[arg(long, value_enum, default_value_t = Lang::Zh)]
    pub lang: Lang,
}

/// The words of `sanduan-sim bench text` and `bench speed`.
#[derive(Debug, Args)]
pub struct TextArgs {
    /// 以 JSON 行输出，每类一行 / print JSON lines, one a kind
    #[arg(long)]
    pub json: bool,
    /// 表格语言 / language of the table
    #[arg(long, value_enum, default_value_t = Lang::Zh)]
    pub lang: Lang,
}

/// The words of `sanduan-sim bench air`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// 以 JSON 行输出，每个情形一行 / print JSON lines, one a case
    #[arg(long)]
    pub json: bool,
    /// 每个情形用多少个种子，取中位数（费时的情形至多 9 个） / seeds of each case; the median is
    /// shown (cases that take long have 9 at most)
    #[arg(long, default_value_t = 31, value_parser = clap::value_parser!(u64).range(1..=1000))]
    pub seeds: u64,
    /// 只测名称以此开头的情形 / only cases whose name begins with this
    #[arg(long, default_value = "", value_name = "CASE")]
    pub only: String,
    /// 与留存的数比较，有情形变差也以 1 退出 / compare with the kept figures, exit 1 if any got worse
    #[arg(long)]
    pub compare: bool,
    /// 信道每次发射的代价；不写则两种都测 / what a transmission costs on the channel; both if not said
    #[arg(long, value_enum)]
    pub keying: Option<Keying>,
    /// 逐帧打印谁说了什么 / print every frame and what it says
    #[arg(long, conflicts_with = "json")]
    pub trace: bool,
    /// 表格语言 / language of the table
    #[arg(long, value_enum, default_value_t = Lang::Zh)]
    pub lang: Lang,
}

const AIR_HELP: &str = "\
每个 --listen 是一个台（依次为 A、B、C……），用 TCP 上的 KISS 接入，只允许本机回环地址；\
同一台后来的接入取代先前的。--gateway 是其后的台，以 UDP 接入。\
信道半双工：键控延时、时隙抢占、碰撞、隐蔽站、丢帧都会发生。\n\
Each --listen is one station (A, B, C … in order) that speaks KISS over TCP on loopback only; a \
newer client replaces an older one. Each --gateway is one more station, by UDP. The channel is \
half-duplex, with keying delay, slotted access, collisions, hidden terminals and loss.";

const AIR_EXAMPLES: &str = "\
例 / Examples:
  两台，1200 bit/s，丢一成 / two stations, a tenth of the frames is lost
    sanduan-sim air --listen 127.0.0.1:8001 --listen 127.0.0.1:8002 --rate 1200 --loss 0.1
  三台一线，A 与 C 互不相闻 / a line, A and C are hidden from each other
    sanduan-sim air --listen 127.0.0.1:8001 --listen 127.0.0.1:8002 \\
      --listen 127.0.0.1:8003 --hears A-B,B-C
  程序使用：任取空闲端口，输入结束即退出 / for programs: free ports, ends with its input
    sanduan-sim air --listen 127.0.0.1:0 --listen 127.0.0.1:0 --json --until-stdin-closes

运行中可在标准输入逐行键入 / lines to type while it runs:
  cut A-B    断开 A 与 B（A>B：B 不再听到 A）/ the two no longer hear each other (A>B: one way)
  heal A-B   恢复 / they do again
  cut all    全部断开 / nobody hears anybody      heal all   恢复如初 / as at the start
  loss 0.2   改丢帧率 / change the loss           stats      打印统计 / print the counts
  quit       打印统计并退出 / print the counts and end

退出码 / exit codes: 0 正常 / ended as told, 1 出错 / failed, 2 参数有误 / bad arguments";

/// A share, per million.
#[derive(Clone, Copy, Debug)]
pub struct Share(u32);

/// A length of time, ms.
#[derive(Clone, Copy, Debug)]
pub struct Span(u64);

fn share(text: &str) -> Result<Share, String> {
    loss_ppm(text).map(Share).map_err(|error| error.to_string())
}

fn span(text: &str) -> Result<Span, String> {
    span_ms(text).map(Span).map_err(|error| error.to_string())
}

/// Language of the tables.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Lang {
    /// 中文
    Zh,
    /// English
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Language {
        match lang {
            Lang::Zh => Language::Zh,
            Lang::En => Language::En,
        }
    }
}

/// The words of `sanduan-sim air`.
#[derive(Debug, Args)]
pub struct AirArgs {
    /// 一个台的监听地址，可重复；端口 0 任取空闲 / address of one station, repeat; port 0 takes a free one
    #[arg(long, required_unless_present = "gateway", value_name = "ADDR:PORT")]
    listen: Vec<SocketAddr>,
    /// 再加一个台，以 UDP 接入，一个数据报一帧 / one more station, by UDP: one frame a datagram
    #[arg(long, value_name = "ADDR:PORT")]
    gateway: Vec<SocketAddr>,
    /// 信道速率 bit/s / rate of the channel
    #[arg(long, default_value_t = 1200, value_name = "BIT_S",
        value_parser = clap::value_parser!(u32).range(50..=10_000_000))]
    rate: u32,
    /// 每个听者的丢帧率，如 0.1 或 10% / loss of a frame at each hearer
    #[arg(long, default_value = "0", value_parser = share, value_name = "SHARE")]
    loss: Share,
    /// 每 100 字节另加的丢帧率 / loss added per 100 bytes: long frames die first
    #[arg(long, default_value = "0", value_parser = share, value_name = "SHARE")]
    loss_per_100_bytes: Share,
    /// 谁听到谁：A-B 互听，A>B 仅 B 听到 A；不写则全部互听 / who hears whom; all do if absent
    #[arg(long, value_delimiter = ',', value_name = "A-B,B>C")]
    hears: Option<Vec<Pair>>,
    /// 发前键控延时 / keying before the first frame, ms
    #[arg(long, default_value_t = 300, value_name = "MS",
        value_parser = clap::value_parser!(u32).range(0..=10_000))]
    txdelay_ms: u32,
    /// 发后键控延时 / keying after the last frame, ms
    #[arg(long, default_value_t = 100, value_name = "MS",
        value_parser = clap::value_parser!(u32).range(0..=10_000))]
    txtail_ms: u32,
    /// 抢占时隙 / access slot, ms
    #[arg(long, default_value_t = 100, value_name = "MS",
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    slot_ms: u32,
    /// 时隙内开发的机会，0 到 255 / chance to begin in a slot, 0 to 255
    #[arg(long, default_value_t = 63, value_name = "P")]
    persist: u8,
    /// 不加 HDLC 标志、校验与填充位 / without HDLC flags, check sum and stuffing
    #[arg(long)]
    plain: bool,
    /// 随机种子 / seed of the dice
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 每隔多久打印统计，0 为不打印 / print the counts this often, 0 for never
    #[arg(long, default_value = "10s", value_parser = span, value_name = "SPAN")]
    stats_every: Span,
    /// 每秒把统计以 JSON 写入此文件 / rewrite this file each second with the counts as JSON
    #[arg(long, value_name = "PATH")]
    stats_file: Option<PathBuf>,
    /// 运行多久后退出，如 60s / end after this long
    #[arg(long = "for", value_parser = span, value_name = "SPAN")]
    run_for: Option<Span>,
    /// 标准输入结束即退出 / end when standard input closes
    #[arg(long)]
    until_stdin_closes: bool,
    /// 打印信道上的每一事件 / print each event of the channel
    #[arg(long)]
    trace: bool,
    /// 以 JSON 行输出 / print JSON lines
    #[arg(long)]
    json: bool,
    /// 表格语言 / language of the tables
    #[arg(long, value_enum, default_value_t = Lang::Zh)]
    lang: Lang,
}

impl AirArgs {
    /// What the hub is told.
    pub fn options(self) -> Options {
        let default = Config::direwolf(self.rate);
        let config = Config {
            txdelay_ms: self.txdelay_ms,
            txtail_ms: self.txtail_ms,
            slot_ms: self.slot_ms,
            persist: self.persist,
            framing: if self.plain { Framing::Plain } else { Framing::Hdlc },
            loss_ppm: self.loss.0,
            loss_per_100_bytes_ppm: self.loss_per_100_bytes.0,
            ..default
        };
        Options {
            listen: self.listen.into_iter().take(STATIONS_MAX + 1).collect(),
            gateways: self.gateway.into_iter().take(STATIONS_MAX + 1).collect(),
            hears: self.hears,
            config,
            seed: self.seed,
            stats_every_ms: Some(self.stats_every.0).filter(|&ms| ms > 0),
            stats_file: self.stats_file,
            run_for_ms: self.run_for.map(|span| span.0),
            until_input_ends: self.until_stdin_closes,
            trace: self.trace,
            json: self.json,
            language: self.lang.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_documented_examples_are_understood() {
        let line = "sanduan-sim air --listen 127.0.0.1:8001 --listen 127.0.0.1:8002 --rate 1200 \
            --loss 0.1 --hears A-B --txdelay-ms 200 --seed 7 --json --stats-every 10s --for 60s";
        let Work::Air(air) = Cli::try_parse_from(line.split_whitespace()).expect("parses").work
        else {
            panic!("the words of air");
        };
        let options = air.options();
        assert_eq!((options.listen.len(), options.config.loss_ppm), (2, 100_000));
        assert_eq!((options.config.txdelay_ms, options.run_for_ms), (200, Some(60_000)));
        assert_eq!(options.hears.map(|pairs| pairs.len()), Some(1));
    }

    #[test]
    fn modems_are_understood() {
        let line = "sanduan-sim modem rdss --card 412345 --device /tmp/a --dialect 2.1 --loss 4%";
        let parsed = Cli::try_parse_from(line.split_whitespace()).expect("parses");
        let Work::Modem(ModemWork::Rdss(words)) = parsed.work else { panic!("modem rdss") };
        let (sky, options) = words.sky();
        assert_eq!(sky.terminals().count(), options.links.len());
        let line = "sanduan-sim modem sbd --device /tmp/a --device /tmp/b --failed 1%";
        let parsed = Cli::try_parse_from(line.split_whitespace()).expect("parses");
        let Work::Modem(ModemWork::Sbd(words)) = parsed.work else { panic!("modem sbd") };
        assert_eq!(words.net().1.links.len(), 2);
    }

    #[test]
    fn a_tunnel_is_understood() {
        let line = "sanduan-sim tunnel --listen 127.0.0.1:0 --to 127.0.0.1:9 --rate 2400 \
            --delay 300ms --loss 10% --down 30s..150s";
        let parsed = Cli::try_parse_from(line.split_whitespace()).expect("parses");
        let Work::Tunnel(words) = parsed.work else { panic!("tunnel") };
        let options = words.options();
        assert_eq!((options.way.rate_bit_s, options.way.loss_ppm), (2_400, 100_000));
        assert_eq!(options.down_ms, [(30_000, 150_000)]);
    }

    #[test]
    fn bad_words_are_refused() {
        for line in [
            "sanduan-sim modem rdss",
            "sanduan-sim modem rdss --card 0",
            "sanduan-sim modem rdss --card 1 --dialect 4.0",
            "sanduan-sim air",
            "sanduan-sim tunnel --listen 127.0.0.1:0",
            "sanduan-sim tunnel --listen 127.0.0.1:0 --to 127.0.0.1:9 --down 5s..3s",
            "sanduan-sim air --listen 8001",
            "sanduan-sim run --seed 1 --card-bits 628",
            "sanduan-sim air --listen 127.0.0.1:0 --loss 2",
            "sanduan-sim air --listen 127.0.0.1:0 --rate 0",
            "sanduan-sim air --listen 127.0.0.1:0 --hears A-A",
        ] {
            assert!(Cli::try_parse_from(line.split_whitespace()).is_err(), "{line}");
        }
    }
}
