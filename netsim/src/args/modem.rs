//! The words of `sanduan-sim modem` and their help, Chinese first.

mod mesh;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sanduan_netsim::modem::{RdssConfig, RdssSky, SbdConfig, SbdNet, SmsConfig, SmsNet};
use sanduan_netsim::realtime::{ModemOptions, ShoreOptions};
use sanduan_protocol::link::modem::rdss::Dialect;

use super::{Share, Span, share, span};

/// Which modems.
#[derive(Debug, Subcommand)]
pub enum ModemWork {
    /// 北斗短报文终端：每张卡一个虚拟串口 / BeiDou terminals, a pty for each card
    #[command(long_about = RDSS_HELP, after_long_help = RDSS_EXAMPLES)]
    Rdss(RdssArgs),
    /// 铱星短数据调制解调器：每台一个虚拟串口 / Iridium modems, a pty for each
    #[command(after_long_help = SBD_EXAMPLES)]
    Sbd(SbdArgs),
    /// Meshtastic 节点，同一信道：每个一个虚拟串口 / Meshtastic nodes on one channel, a pty for each
    Meshtastic(mesh::MeshArgs),
    /// 短信调制解调器与普通手机：每台一个虚拟串口 / modems for short messages, a pty for each
    #[command(after_long_help = SMS_EXAMPLES)]
    Sms(SmsArgs),
}

const SMS_EXAMPLES: &str = "\
例 / Examples:
  两台，时间快 10 倍 / two modems, ten times faster
    sanduan-sim modem sms --number 17400000001 --device /tmp/a \\
      --number 17400000002 --device /tmp/b --time-scale 10

运行中可在标准输入逐行键入 / lines to type while it runs:
  text 13800000001 A 3 38 121   手机给 A 发短信 / a phone texts modem A
  off 13800000001, on …         手机关机、开机 / switch a phone off, on
  no number 13800000001         空号 / there is no such number
  block A, open A               无网络、有网络 / no network, network again
  pin A, ready A                卡要密码、已解锁 / the card wants its code, has it
  error A 42 2                  接着两次发送出错 42 / the next two sends end with error 42
  full A, lose A 1              存储已满；下一条丢失 / the store is full; the next one is lost
  stats, quit                   统计、退出 / the counts, the end";

/// The words of `sanduan-sim modem sms`.
#[derive(Debug, Args)]
pub struct SmsArgs {
    /// 一台的号码，可重复 / number of a modem, repeat
    #[arg(long, required = true, value_name = "NUMBER")]
    number: Vec<String>,
    /// 虚拟串口的路径，与 --number 依次对应 / path of the pty, in the order of the numbers
    #[arg(long, value_name = "PATH")]
    device: Vec<PathBuf>,
    /// 时间快多少倍 / how many times faster than real time
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    time_scale: u32,
    /// 丢失率 / messages that the network loses
    #[arg(long, default_value = "0", value_parser = share, value_name = "SHARE")]
    loss: Share,
    /// 只存不直接递交 / the modems store messages instead of handing them over
    #[arg(long)]
    stores: bool,
    /// 随机种子 / seed of the dice
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    run: RunArgs,
}

impl SmsArgs {
    /// The modems and how they run.
    pub fn net(&self) -> (SmsNet, ModemOptions) {
        let (scale, loss_ppm, stores) = (self.time_scale, self.loss.0, self.stores);
        let config = SmsConfig { scale, loss_ppm, stores };
        let net = SmsNet::new(config, &self.number, self.seed);
        (net, self.run.options(&self.device))
    }
}

const SBD_EXAMPLES: &str = "\
例 / Examples:
  两台，时间快 10 倍 / two modems, ten times faster
    sanduan-sim modem sbd --device /tmp/a --device /tmp/b --time-scale 10
  一台与有 IP 的指挥所（directip 承载） / one modem and a command post with a directip bearer
    sanduan-sim modem sbd --device /tmp/a --shore 127.0.0.1:10800 --gateway 127.0.0.1:10801

一次会话后的报文须 AT+SBDD0 清除，否则再发一遍；每台信箱至多 50 条；一次会话取一条。
What was sent stays in the modem until AT+SBDD0; fifty messages wait for a modem, one a session.

运行中可在标准输入逐行键入 / lines to type while it runs:
  block A, open A            遮挡、恢复天空 / block or open the sky
  off A, on A                关闭、打开射频 / switch the radio off, on
  status A 18 delivered      下次会话状态 18，实已送达 / the next session ends with 18, delivered
  status A 18 lost           下次会话状态 18，未送达 / the same, and not delivered
                             其他状态亦可：10-19 失败、32 无服务、35 忙、36 等 3 分钟 / others too
  miss ring A 1              漏一次振铃 / the next ring is missed
  answer A -5                关口站对岸侧下一条的答复 / the gateway's next answer to the shore
  stats, quit                统计、退出 / the counts, the end";

/// The words of `sanduan-sim modem sbd`.
#[derive(Debug, Args)]
pub struct SbdArgs {
    /// 一台的虚拟串口路径，可重复；每台与其他各台互通 / path of one modem's pty, repeat
    #[arg(long, required = true, value_name = "PATH")]
    device: Vec<PathBuf>,
    /// 时间快多少倍 / how many times faster than real time
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    time_scale: u32,
    /// 岸侧指挥所（DirectIP）的地址：各机所发只到那里 / the command post that hears all modems
    #[arg(long, value_name = "HOST:PORT", requires = "gateway")]
    shore: Option<String>,
    /// 岸侧发给终端时连到这里 / where the command post connects to send to a modem
    #[arg(long, value_name = "ADDRESS:PORT", requires = "shore")]
    gateway: Option<String>,
    /// 会话失败率 / sessions that fail
    #[arg(long, default_value = "0", value_parser = share, value_name = "SHARE")]
    failed: Share,
    /// 随机种子 / seed of the dice
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    run: RunArgs,
}

impl SbdArgs {
    /// The modems and how they run.
    pub fn net(&self) -> (SbdNet, ModemOptions) {
        let shore = self.shore.clone().zip(self.gateway.clone());
        let config =
            SbdConfig { scale: self.time_scale, failed_ppm: self.failed.0, shore: shore.is_some() };
        let net = SbdNet::new(config, self.device.len(), self.seed);
        let shore = shore.map(|(post, listen)| ShoreOptions { post, listen });
        (net, ModemOptions { shore, ..self.run.options(&self.device) })
    }
}

const RDSS_HELP: &str = "\
每个 --card 是一个终端（依次为 A、B、C……），在虚拟串口上说 2.1 或北斗三号语句。遵守服务频度、\
容量等级；不为遮挡的一方保存报文，也从不告知发方是否送达。\n\
Each --card is one terminal (A, B, C … in order) that speaks the 2.1 or the BDS-3 dialect on a \
pty. It keeps its interval and its level; nothing is kept for a blocked receiver and no sender is \
ever told of delivery.";

const RDSS_EXAMPLES: &str = "\
例 / Examples:
  两张 60 秒、三级卡，时间快 60 倍 / two cards of 60 s and level 3, sixty times faster
    sanduan-sim modem rdss --card 412345 --device /tmp/a --card 498765 --device /tmp/b \\
      --time-scale 60

运行中可在标准输入逐行键入 / lines to type while it runs:
  block A, open A            遮挡、恢复天空 / block or open the sky
  lose fki A 1               下一次发送无反馈 / no word about the next send
  lose message A 1           下一条报文丢失 / the next message is lost
  double A 1                 下一条报文到两次 / the next message arrives twice
  silence A, suppress A, power A, free A   静默、抑制、电量不足、解除 / may not send, may again
  card out A, card in A      拔卡、插卡 / take the card out, put it in
  text 455555 A 3 38 121     手持机 455555 给 A 发短报文 / handset 455555 texts terminal A
  mixed 455555 A 1           同上，按混合编码 / the same, marked as bytes
  off 455555, on 455555      手持机关、开 / switch a handset off, on
  stats, quit                统计、退出 / the counts, the end

无须下令的故障 / faults that need no order:
  早于频度，拒发并告知余秒；超长，不发不答；收方遮挡或拔卡，报文丢失；号码无人，丢失
  too early: refused with the seconds left; too long: neither sent nor answered; a receiver that
  is blocked or has no card misses it; nobody has the number: lost";

/// Sentences of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DialectWord {
    /// 2.1 协议
    #[value(name = "2.1")]
    V2_1,
    /// 北斗三号
    Bds3,
}

/// The words of `sanduan-sim modem rdss`.
#[derive(Debug, Args)]
pub struct RdssArgs {
    /// 一张卡的号码，可重复 / number of a card, repeat
    #[arg(long, required = true, value_name = "CARD",
        value_parser = clap::value_parser!(u32).range(1..=99_999_999))]
    card: Vec<u32>,
    /// 虚拟串口的路径，与 --card 依次对应 / path of the pty, in the order of the cards
    #[arg(long, value_name = "PATH")]
    device: Vec<PathBuf>,
    /// 协议 / dialect
    #[arg(long, value_enum, default_value_t = DialectWord::V2_1)]
    dialect: DialectWord,
    /// 服务频度 / interval of the cards
    #[arg(long, default_value = "60s", value_parser = span, value_name = "SPAN")]
    interval: Span,
    /// 通信等级 / level of the cards
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(0..=9))]
    level: u8,
    /// 单条容量，比特；不写按等级 / bits of one message; by the level if absent
    #[arg(long, value_name = "BITS")]
    level_bits: Option<u32>,
    /// 组号，0 为无 / group of all cards, 0 for none
    #[arg(long, default_value_t = 0, value_name = "GROUP")]
    group: u32,
    /// 时间快多少倍 / how many times faster than real time
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    time_scale: u32,
    /// 丢失率 / messages that arrive nowhere
    #[arg(long, default_value = "0", value_parser = share, value_name = "SHARE")]
    loss: Share,
    /// 重复率 / messages that arrive twice
    #[arg(long, default_value = "0", value_parser = share, value_name = "SHARE")]
    duplicate: Share,
    /// 反馈丢失率 / sends without a word about them
    #[arg(long, default_value = "0", value_parser = share, value_name = "SHARE")]
    lost_fki: Share,
    /// 随机种子 / seed of the dice
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    run: RunArgs,
}

/// How any modems run.
#[derive(Debug, Args)]
struct RunArgs {
    /// 标准输入结束即退出 / end when standard input closes
    #[arg(long)]
    until_stdin_closes: bool,
    /// 打印每一事件 / print each event
    #[arg(long)]
    trace: bool,
}

impl RunArgs {
    fn options(&self, links: &[PathBuf]) -> ModemOptions {
        ModemOptions {
            links: links.to_vec(),
            shore: None,
            until_input_ends: self.until_stdin_closes,
            trace: self.trace,
        }
    }
}

impl RdssArgs {
    /// The terminals and how they run.
    pub fn sky(&self) -> (RdssSky, ModemOptions) {
        let dialect = match self.dialect {
            DialectWord::V2_1 => Dialect::V2_1,
            DialectWord::Bds3 => Dialect::BDS3,
        };
        let config = RdssConfig {
            dialect,
            interval_s: u32::try_from(self.interval.0 / 1000).unwrap_or(u32::MAX),
            level: self.level,
            level_bits: self.level_bits,
            scale: self.time_scale,
            loss_ppm: self.loss.0,
            duplicate_ppm: self.duplicate.0,
            lost_feedback_ppm: self.lost_fki.0,
        };
        let sky = RdssSky::new(config, &self.card, self.group, self.seed);
        (sky, self.run.options(&self.device))
    }
}
