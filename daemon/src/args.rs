//! The command line of `sanduand`. What the commands do is elsewhere.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::Starter;

/// 三断：断路、断网、断电时仍能下令、报位、管物资的点对点守护进程 /
/// The peer-to-peer daemon for when road, network and power fail together.
#[derive(Debug, Parser)]
#[command(name = "sanduand", version, args_conflicts_with_subcommands = true)]
#[command(override_usage = "sanduand --config <FILE>\n       sanduand <COMMAND>")]
#[command(after_help = "例 Example: sanduand --config eoc/sanduan.toml")]
pub struct Arguments {
    /// 配置文件，运行守护进程 / Configuration file: run the daemon
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What else to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do instead of running.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 检查配置文件 / Check a configuration file, name every finding
    CheckConfig {
        /// 配置文件 / Configuration file
        file: PathBuf,
    },
    /// 建立网络：授权密钥、名录、首台设备 / Found a network: authority, directory, first device
    #[command(after_help = "例 Examples:\n  \
        sanduan init eoc --district 500116 --name 江津区 --lan\n  \
        sanduan init eoc --district 500116 --name 江津区 --import 表格目录 --lan")]
    Init(InitArgs),
    /// 设备入网 / Devices join the network
    #[command(subcommand)]
    Device(DeviceCommand),
    /// 彻底销毁本机数据，分两步 / Destroy all that this machine holds, in two steps
    Wipe {
        /// 第一步给出的确认码 / The code that the first step gave
        code: Option<String>,
        /// 设备目录 / Folder of the device
        #[arg(long, default_value = ".")]
        dir: PathBuf,
    },
}

/// How a network is founded.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// 新建的目录 / Folder to make
    pub dir: PathBuf,
    /// 区县代码 / District code, such as 500116
    #[arg(long)]
    pub district: String,
    /// 区县名称 / District name
    #[arg(long)]
    pub name: String,
    /// 名录表格所在目录 / Folder with the tables of the directory (CSV)
    #[arg(long, value_name = "DATA_DIR")]
    pub import: Option<PathBuf>,
    /// 演练网 / A drill network
    #[arg(long)]
    pub drill: bool,
    /// 本机所属单位 / Unit of this machine; the first centre if absent
    #[arg(long, value_name = "NAME")]
    pub unit: Option<String>,
    /// 值班员 / The person at its console
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub operator: String,
    /// What it is reached by.
    #[command(flatten)]
    pub bearers: BearerArgs,
}

/// The first bearers of a new folder; more are named in its configuration.
#[derive(Debug, Args)]
pub struct BearerArgs {
    /// 启用自组网、局域网：同网机器自动发现 / Machines on the same network find each other
    #[arg(long)]
    pub lan: bool,
    /// 启用 IP 承载，写明对端，可重复，如 192.168.1.20:7819 / Datagrams to this address; repeat
    #[arg(long, value_name = "HOST:PORT")]
    pub udp: Vec<String>,
}

impl BearerArgs {
    /// As the configuration of a new folder takes it.
    pub fn starter(self, operator: String) -> Starter {
        Starter { operator, lan: self.lan, udp: self.udp }
    }
}

/// How a device joins.
#[derive(Debug, Subcommand)]
pub enum DeviceCommand {
    /// 新设备写出入网申请 / A new device writes its request
    #[command(after_help = "例 Example: sanduan device request --dir team --out team.req")]
    Request {
        /// 申请写到哪里 / Where to write the request
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// 设备目录 / Folder of the device
        #[arg(long, default_value = ".")]
        dir: PathBuf,
    },
    /// 接纳设备 / Admit a device (on the machine that founded the network)
    Admit {
        /// 申请文件 / The request
        file: PathBuf,
        /// 代表的单位 / The unit it speaks for
        #[arg(long = "as", value_name = "UNIT")]
        unit: String,
        /// 权限 / Roles
        #[arg(long, num_args = 1.., required = true, value_name = "ROLE")]
        role: Vec<String>,
        /// 入网文件写到哪里 / Where to write the join file
        #[arg(long, value_name = "JOINFILE")]
        out: PathBuf,
        /// 已有编号，再发一次入网文件 / It has a number: make its join file once more
        #[arg(long)]
        again: bool,
        /// 授权机目录 / Folder of the machine that has the authority
        #[arg(long, default_value = ".")]
        dir: PathBuf,
    },
    /// 用入网文件入网 / Join with the join file
    #[command(after_help = "例 Example: sanduan device join team.join --dir team --lan")]
    Join {
        /// 入网文件 / The join file
        file: PathBuf,
        /// 设备目录 / Folder of the device
        #[arg(long, default_value = ".")]
        dir: PathBuf,
        /// What it is reached by.
        #[command(flatten)]
        bearers: BearerArgs,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn roles_may_be_listed_or_repeated() {
        for words in [
            "sanduand device admit req --as T05 --role receipt position --out join --dir eoc",
            "sanduand device admit req --as T05 --role receipt --role position --out join",
        ] {
            let read = Arguments::try_parse_from(words.split(' ')).expect("well formed");
            let Some(Command::Device(DeviceCommand::Admit { role, unit, .. })) = read.command
            else {
                panic!("admit")
            };
            assert_eq!((role.len(), unit.as_str()), (2, "T05"));
        }
    }
}
