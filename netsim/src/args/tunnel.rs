//! The words of `sanduan-sim tunnel`.

use clap::Args;
use sanduan_netsim::realtime::{Address, TunnelOptions, loss_ppm, span_ms};
use sanduan_netsim::tunnel::WayConfig;

/// Help beneath the options.
pub const TUNNEL_HELP: &str = "\
例 / Examples:
  卫星 IP：2400 bit/s，往返 600 ms，丢一成 / satellite IP, a tenth is lost
    sanduan-sim tunnel --listen 127.0.0.1:9000 --to 127.0.0.1:7820 --rate 2400 --delay 300ms \\
      --loss 10%
  开始后 30 秒断，150 秒通 / cut from 30 s to 150 s after the start
    sanduan-sim tunnel --listen 127.0.0.1:9000 --to 127.0.0.1:7820 --down 30s..150s

运行中可在标准输入逐行键入 / lines to type while it runs:
  cut  断 / cut        heal  通 / heal        loss 0.2  改丢包率 / change the loss
  move 换出口地址 / the target sees the caller at another address
  stats 打印统计 / print the counts           quit  打印统计并退出 / print the counts and end";

/// The words of `sanduan-sim tunnel`.
#[derive(Debug, Args)]
pub struct TunnelArgs {
    /// 呼叫方发往此地址；端口 0 任取空闲 / where the caller sends to; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Address,
    /// 转发到此地址 / where it is passed on to
    #[arg(long, value_name = "ADDR:PORT")]
    to: Address,
    /// 每个方向的速率 bit/s，含 IP 与 UDP 头 / rate of each direction, IP and UDP headers included
    #[arg(long, default_value_t = 64_000, value_name = "BIT_S",
        value_parser = clap::value_parser!(u32).range(50..=1_000_000_000))]
    rate: u32,
    /// 单程延时 / delay one way
    #[arg(long, default_value = "300ms", value_parser = span, value_name = "SPAN")]
    delay: Span,
    /// 丢包率，如 0.1 或 10% / share of datagrams lost
    #[arg(long, default_value = "0", value_parser = share, value_name = "SHARE")]
    loss: Share,
    /// 排队上限，超出即丢 / what may wait for the wire; beyond, it is lost
    #[arg(long, default_value = "15s", value_parser = span, value_name = "SPAN")]
    queue: Span,
    /// 何时断：起..止，可重复 / cut from..to after the start, repeat
    #[arg(long, value_parser = stretch, value_name = "FROM..TO")]
    down: Vec<Stretch>,
    /// 随机种子 / seed of the dice
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 标准输入结束即退出 / end when standard input closes
    #[arg(long)]
    until_stdin_closes: bool,
}

#[derive(Clone, Copy, Debug)]
struct Span(u64);

#[derive(Clone, Copy, Debug)]
struct Share(u32);

#[derive(Clone, Copy, Debug)]
struct Stretch(u64, u64);

fn span(text: &str) -> Result<Span, String> {
    span_ms(text).map(Span).map_err(|error| error.to_string())
}

fn share(text: &str) -> Result<Share, String> {
    loss_ppm(text).map(Share).map_err(|error| error.to_string())
}

fn stretch(text: &str) -> Result<Stretch, String> {
    let (from, to) = text.split_once("..").ok_or("应如 30s..150s / write it like 30s..150s")?;
    match (span(from)?, span(to)?) {
        (Span(from), Span(to)) if from < to => Ok(Stretch(from, to)),
        _ => Err("止须晚于起 / it must end after it begins".to_owned()),
    }
}

impl TunnelArgs {
    /// What the tunnel is told.
    pub fn options(&self) -> TunnelOptions {
        TunnelOptions {
            listen: self.listen,
            to: self.to,
            way: WayConfig {
                rate_bit_s: self.rate,
                delay_ms: self.delay.0,
                loss_ppm: self.loss.0,
                queue_ms: self.queue.0,
            },
            down_ms: self.down.iter().map(|stretch| (stretch.0, stretch.1)).collect(),
            seed: self.seed,
            until_input_ends: self.until_stdin_closes,
        }
    }
}
