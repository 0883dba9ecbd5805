//! The words of `sanduan-sim modem meshtastic` and their help, Chinese first.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sanduan_netsim::modem::{MeshConfig, MeshNet, MeshTerminals};
use sanduan_netsim::realtime::ModemOptions;
use sanduan_protocol::link::modem::meshtastic::Preset;

use super::{RunArgs, Share, share};

const EXAMPLES: &str = "\
例 / Examples:
  三个节点，10% 丢失，时间快 5 倍 / three nodes, 10 % loss, five times faster
    sanduan-sim modem meshtastic --device /tmp/a --device /tmp/b --device /tmp/c \\
      --loss 10% --time-scale 5

运行中可在标准输入逐行键入 / lines to type while it runs:
  reboot A                   重启，队列丢失 / it starts anew, its queue is gone
  hang A, free A             死机、恢复 / it hangs, works again
  full A, empty A            队列满、腾空 / its queue is full, has room
  lose A 1                   下一包无人收到 / nobody hears the next packet
  text A                     有人用它发一条文字 / somebody types a text on it
  stats, quit                统计、退出 / the counts, the end";

/// Presets by their names in the node's menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PresetWord {
    LongFast,
    LongSlow,
    MediumFast,
    ShortFast,
    ShortTurbo,
}

/// The words of `sanduan-sim modem meshtastic`.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub struct MeshArgs {
    /// 一个节点的虚拟串口路径，可重复 / path of one node's pty, repeat
    #[arg(long, required = true, value_name = "PATH")]
    device: Vec<PathBuf>,
    /// 调制预设 / preset of the radio
    #[arg(long, value_enum, default_value = "long-fast")]
    preset: PresetWord,
    /// 时间快多少倍 / how many times faster than real time
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    time_scale: u32,
    /// 丢失率 / packets that a receiver loses
    #[arg(long, default_value = "0", value_parser = share, value_name = "SHARE")]
    loss: Share,
    /// 随机种子 / seed of the dice
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    run: RunArgs,
}

impl MeshArgs {
    /// The nodes and how they run.
    pub fn nodes(&self) -> (MeshTerminals, ModemOptions) {
        let preset = Preset(match self.preset {
            PresetWord::LongFast => 0,
            PresetWord::LongSlow => 1,
            PresetWord::MediumFast => 4,
            PresetWord::ShortFast => 6,
            PresetWord::ShortTurbo => 8,
        });
        let config = MeshConfig { scale: self.time_scale, preset, loss_ppm: self.loss.0 };
        let net = MeshNet::new(config, self.device.len(), self.seed);
        (MeshTerminals::new(net), self.run.options(&self.device))
    }
}
