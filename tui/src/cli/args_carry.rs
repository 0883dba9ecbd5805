//! The words of `sanduan carry`, as clap reads them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use sanduan_protocol::base::caps::SHEETS_BYTES_MAX;

use super::choice::span_s;
use crate::paint::qr::{VERSION_MAX, VERSION_MIN};

/// Versions that may be asked for.
const SIZES: std::ops::RangeInclusive<i64> = VERSION_MIN as i64..=VERSION_MAX as i64;

/// What to do with records that are carried by hand.
#[derive(Debug, Subcommand)]
pub enum CarryCommand {
    /// 写出文件 / Write a file
    #[command(after_help = "例 Example: sanduan carry export news.carry --for 白沙镇库")]
    Export {
        /// 文件 / The file
        file: PathBuf,
        /// 只带这台设备所缺 / Only what this device (index or unit) lacks
        #[arg(long = "for", value_name = "DEVICE")]
        for_device: Option<String>,
    },
    /// 读入文件 / Take a file in
    #[command(after_help = "例 Example: sanduan carry import /media/usb/news.carry")]
    Import {
        /// 文件 / The file
        file: PathBuf,
    },
    /// 在屏幕上显示二维码，最紧急的在先 / Show codes on the screen, the most urgent first
    Qr(QrArgs),
    /// 扫码导入：逐行读入扫到的文字 / Read scanned codes, one a line
    Scan(ScanArgs),
}

/// How codes are shown.
#[derive(Debug, Args)]
#[command(after_help = "例 Examples:
  sanduan carry qr --for 白沙镇                    一页一码，回车翻页 / a page each, Enter turns
  sanduan carry qr --for T05 --interval 4s         自动翻页 / turned by itself
  sanduan carry qr --for T05 --ascii > codes.txt   打印到纸上 / for paper")]
pub struct QrArgs {
    /// 只带这台设备所缺 / Only what this device (index or unit) lacks
    #[arg(long = "for", value_name = "DEVICE")]
    pub for_device: Option<String>,
    /// 最多多少字节 / At most so many bytes
    #[arg(long, default_value_t = 1000, value_name = "BYTES",
        value_parser = clap::value_parser!(u32).range(100..=SHEETS_BYTES_MAX as i64))]
    pub max_bytes: u32,
    /// 自动翻页的间隔，如 4s / Turn pages by itself, such as 4s
    #[arg(long, value_parser = span_s, value_name = "SPAN")]
    pub interval: Option<u32>,
    /// 二维码的版本(大小)；不写按终端大小 / Version (size) of the codes; by the terminal if absent
    #[arg(long, value_name = "VERSION",
        value_parser = clap::value_parser!(u8).range(SIZES))]
    pub size: Option<u8>,
}

/// Where scanned lines come from.
#[derive(Debug, Args)]
pub struct ScanArgs {
    /// 每行一张的文件；不写则读键盘或扫码枪 / A file with one a line; the keyboard if absent
    pub file: Option<PathBuf>,
    /// 未扫完的存到哪里 / Where an unfinished scan is kept
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
}
