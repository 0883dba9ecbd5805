//! The words of `sanduan directory`, as clap reads them.

use std::path::PathBuf;

use clap::Subcommand;

use super::choice::{self, words};

/// What to do with the directory.
#[derive(Debug, Subcommand)]
pub enum DirectoryCommand {
    /// 名录中的一类，含已撤销的 / One list of the directory, withdrawn lines too
    #[command(after_help = "例 Examples:
  sanduan directory list 岗位                       谁在岗，A 角 B 角 / who is at which post
  sanduan directory list units --in-use")]
    List {
        /// 哪一类 / Which list
        #[arg(value_parser = words(choice::LISTS))]
        list: &'static str,
        /// 只看在用的 / Only what is in use
        #[arg(long)]
        in_use: bool,
    },
    /// 导入表格(授权机)，或导入签名的名录文件 / Take tables in (authority), or a signed directory file
    #[command(after_help = "例 Examples:
  sanduan directory import 表格目录 --dry-run       先看会改动什么 / see what it would change
  sanduan directory import posts.csv persons.csv
  sanduan directory import units.csv --withdraw     表中没有的撤销 / withdraw what the file lacks
  sanduan directory import 名录.sdc                 另一台终端导出的签名文件 / a signed file")]
    Import {
        /// 目录、CSV 文件，或一份签名的名录文件 / A folder, CSV files, or one signed file
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// 只说明会改动什么，不写入 / Only say what would change
        #[arg(long)]
        dry_run: bool,
        /// 撤销表格里没有的(仍被引用的除外) / Withdraw what the files lack, unless something names it
        #[arg(long)]
        withdraw: bool,
    },
    /// 导出签名的名录文件，可在本网任一终端导入 / The signed directory as a file, for any device
    #[command(after_help = "例 Example: sanduan directory export 名录.sdc")]
    Export {
        /// 文件 / The file
        file: PathBuf,
    },
}
