//! The words of the command line, as clap reads them. Stock and carry have files of their own,
//! `args_stock` and `args_carry`.
//! Every text of help is written as `中文 / English`; [`super::help`] prints the half that is asked
//! for.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::ids::SpokenId;
use sanduan_protocol::local::request::{Need, OrderKind, Proxy, Rung, UnitState};

use super::args_carry::CarryCommand;
use super::args_directory::DirectoryCommand;
use super::args_stock::StockCommand;
use super::choice::{self, span_s, words};
use super::file::FileCommand;
use super::group::GroupCommand;
use super::vault::{PassphraseCommand, WipeArgs};
use super::village::VillageCommand;
use crate::lang::Lang;

const EXIT_CODES: &str = "\
退出码：0 成功 · 1 被拒绝 · 2 写法不对 · 3 守护进程不可达 / \
Exit codes: 0 ok · 1 refused · 2 wrong words · 3 no daemon
例 Examples:
  sanduan          控制台 / the console
  sanduan order send --to 白沙镇，区储备库 --text '调拨帐篷200顶' --act-by 20m
  sanduan receipt 1-12 done --note '38户121人' --person 王芳
  sanduan --json order list --open | jq '.orders[].text'";

/// 三断：断路、断网、断电时的指令、位置与物资。 / Orders, positions and stock through outages.
#[derive(Debug, Parser)]
#[command(name = "sanduan", version, after_help = EXIT_CODES, max_term_width = 100)]
#[command(disable_help_subcommand = true)]
pub struct Cli {
    /// 守护进程的套接字 [SANDUAN_SOCKET] / Socket of the daemon [SANDUAN_SOCKET]
    #[arg(long, global = true, display_order = 900, value_name = "PATH")]
    pub socket: Option<PathBuf>,
    /// 以 JSON 输出 / Print JSON
    #[arg(long, global = true, display_order = 900)]
    pub json: bool,
    /// 语言 [SANDUAN_LANG] / Language [SANDUAN_LANG]
    #[arg(long, global = true, display_order = 900, value_parser = words(choice::LANGS))]
    pub lang: Option<Lang>,
    /// 只用 ASCII 画线与画码 / Draw frames and codes with ASCII only
    #[arg(long, global = true, display_order = 900)]
    pub ascii: bool,
    /// 做什么；没有则打开控制台 / What to do; the console if absent
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 本机概况 / The node at a glance
    Status,
    /// 承载与链路 / Bearers and their links
    Bearers {
        /// What to do with them; show them if absent.
        #[command(subcommand)]
        command: Option<BearersCommand>,
    },
    /// 听到的设备 / Devices heard
    Peers,
    /// 变化，每行一个 JSON / Changes, one JSON a line
    Watch,
    /// 待发队列 / What waits to be sent
    Outbox,
    /// 指令 / Orders
    #[command(subcommand)]
    Order(OrderCommand),
    /// 回执：答复一条指令 / Answer an order
    Receipt(ReceiptArgs),
    /// 位置 / Positions
    #[command(subcommand)]
    Position(PositionCommand),
    /// 物资 / Stock
    #[command(subcommand)]
    Stock(StockCommand),
    /// 附件：照片、扫描件 / Attachments: photos, scanned sheets
    #[command(subcommand)]
    File(FileCommand),
    /// 人工带报：用文件或二维码搬运记录 / Records carried by hand, as files or codes
    #[command(subcommand)]
    Carry(CarryCommand),
    /// 村级网关：手持机与短信 / Village gateway: handsets and their texts
    #[command(subcommand)]
    Village(VillageCommand),
    /// 名录：查看、导入、导出 / The directory: lists, import, export
    #[command(subcommand)]
    Directory(DirectoryCommand),
    /// 密组：哪些单位读得到密件 / Groups that texts can be sealed to
    #[command(subcommand)]
    Group(GroupCommand),
    /// 换班：此后由谁签收、下令；不写姓名则显示现任 / Change of shift: who answers from now on; shows who if absent
    Operator {
        /// 姓名；写 '' 恢复为配置中的值班员 / Name; '' goes back to that of the configuration
        name: Option<String>,
    },
    /// 值班日志 / The log
    #[command(subcommand)]
    Log(LogCommand),
    /// 输入口令，此后一段时间内可下令 / Give the passphrase; orders may be issued for a while
    Unlock,
    /// 上锁：下令须再输口令 / Orders need the passphrase again
    Lock,
    /// 设置或取消口令 / Set or remove the passphrase
    #[command(subcommand)]
    Passphrase(PassphraseCommand),
    /// 彻底销毁本机数据，分两步 / Destroy all that this machine holds, in two steps
    Wipe(WipeArgs),
    /// 建立网络：授权密钥、名录、首台设备 (由 sanduand 执行) / Found a network (run by sanduand)
    #[command(disable_help_flag = true)]
    Init(PassedOn),
    /// 设备入网 / Devices join the network
    #[command(subcommand)]
    Device(DeviceCommand),
    /// 值班手册：入网、下令、答复、清点、带报、丢机、盘满、忘口令 / The handbook for the desk
    #[command(after_help = "例 Examples:
  sanduan handbook          全文 / all of it
  sanduan handbook 口令     标题含此词的一节 / the chapters with this word in their title")]
    Handbook {
        /// 标题里的词 / A word of the title
        word: Option<String>,
    },
    /// 命令补全脚本 / Shell completions
    #[command(after_help = "例 Example: sanduan completions bash > /etc/bash_completion.d/sanduan")]
    Completions {
        /// 外壳 / The shell
        shell: Shell,
    },
}

/// Arguments that another program reads.
#[derive(Debug, Args)]
pub struct PassedOn {
    /// 原样交给 sanduand / Handed to sanduand as they are
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<OsString>,
}

/// What to do with bearers.
#[derive(Debug, Subcommand)]
pub enum BearersCommand {
    /// 重读配置，增减改承载，无须重启 / Read the configuration again, without a restart
    Reload,
    /// 只检查，说明重读会改动什么 / Only check, and say what reading it again would change
    Check,
}

/// What to do with orders.
#[derive(Debug, Subcommand)]
pub enum OrderCommand {
    /// 下达指令 / Issue an order
    #[command(after_help = "例 Examples:
  sanduan order send --to T05 --class flash --text '立即转移'
  sanduan order send --to T05 --template M02 --field 地点=白沙镇 --field 人数=20")]
    Send(SendArgs),
    /// 拟稿：签发之前不是指令 / Draft an order; it is none before it is signed
    #[command(after_help = "例 Example:
  sanduan order draft --to 白沙镇 --text '转移沿江一社' --person 参谋")]
    Draft(SendArgs),
    /// 签发一份拟稿 / Sign a draft: from then on it is an order
    #[command(after_help = "例 Example: sanduan order sign 1-12 --person 指挥长")]
    Sign {
        /// 序号，见 order list / Number, see `order list`
        id: SpokenId,
        /// 签发人 / Who signs it
        #[arg(long)]
        person: Option<String>,
    },
    /// 指令列表 / List orders
    List {
        /// 只看未结 / Only those that lack an answer
        #[arg(long)]
        open: bool,
    },
    /// 一条指令及全部回执 / One order with its receipts
    #[command(after_help = "例 Example: sanduan order show 1-12")]
    Show {
        /// 序号，如 1-12 / Number, such as 1-12
        id: SpokenId,
    },
    /// 指令模板列表 / List order templates
    Templates,
    /// 撤回指令 / Withdraw an order
    #[command(after_help = "例 Example: sanduan order cancel 1-12 --reason 改走北线")]
    Cancel {
        /// 序号 / Number
        id: SpokenId,
        /// 原因，所有人可见 / Why, for everyone to read
        #[arg(long)]
        reason: String,
        /// 撤回人 / Who withdraws it
        #[arg(long)]
        person: Option<String>,
    },
}

/// A new order.
#[derive(Debug, Args)]
pub struct SendArgs {
    /// 去向：单位、地点、岗位的名称或编码，逗号分隔；全体为 all / Units, places, posts, or all
    #[arg(long)]
    pub to: String,
    /// 等级 / How urgent
    #[arg(long, value_parser = words(choice::CLASSES), default_value = "routine")]
    pub class: Class,
    /// 内容 / Text
    #[arg(
        long,
        default_value = "",
        hide_default_value = true,
        required_unless_present = "template"
    )]
    pub text: String,
    /// 指令模板编码，见 order templates / Order template, see `order templates`
    #[arg(long, conflicts_with = "text", value_name = "CODE")]
    pub template: Option<String>,
    /// 模板的空格：名称=值，或依次给值；可重复 / A blank: name=value, or in order; repeat
    #[arg(
        long = "field",
        requires = "template",
        conflicts_with = "text",
        value_name = "NAME=VALUE"
    )]
    pub fields: Vec<String>,
    /// 应答时限，如 20m / Time to answer, such as 20m
    #[arg(long, value_parser = span_s, value_name = "SPAN")]
    pub act_by: Option<u32>,
    /// 有效期，过后不再执行，如 2h；不短于应答时限 / Valid for so long, such as 2h; nobody acts on it later
    #[arg(long, value_parser = span_s, value_name = "SPAN")]
    pub expires: Option<u32>,
    /// 要求的回执 / Answer wanted
    #[arg(long, value_parser = words(choice::NEEDS), default_value = "acknowledged")]
    pub need: Need,
    /// 密组名称：内容只有组内单位读得到 / Only the units of this group can read the text
    #[arg(long)]
    pub group: Option<String>,
    /// 种类 / Kind
    #[arg(long, value_parser = words(choice::KINDS), default_value = "order")]
    pub kind: OrderKind,
    /// 签发人 / Who issues it
    #[arg(long)]
    pub person: Option<String>,
}

/// A receipt.
#[derive(Debug, Args)]
#[command(after_help = "例 Examples:
  sanduan receipt 1-12 acknowledged --person 李强
  sanduan receipt 1-12 cannot --note '石门路断' --person 李强
  sanduan receipt 1-12 acknowledged --proxy phone --unit 柏林镇 --person 王镇长")]
pub struct ReceiptArgs {
    /// 指令序号 / Number of the order
    pub id: SpokenId,
    /// 回执 / The answer
    #[arg(value_parser = words(choice::RUNGS))]
    pub rung: Rung,
    /// 数字、地点、原因 / Numbers, place, reason
    #[arg(long, default_value = "", hide_default_value = true)]
    pub note: String,
    /// 答复人 / Who answers
    #[arg(long)]
    pub person: Option<String>,
    /// 代签方式 / By what other means (proxy)
    #[arg(long, value_parser = words(choice::PROXIES), requires = "unit")]
    pub proxy: Option<Proxy>,
    /// 代哪个单位 / The unit that answers
    #[arg(long)]
    pub unit: Option<String>,
}

/// What to do with positions.
#[derive(Debug, Subcommand)]
pub enum PositionCommand {
    /// 报位置 (CGCS2000) / Report a position
    #[command(after_help = "例 Example: \
        sanduan position report --lat 29.06 --lon 106.12 --state arrived")]
    Report {
        /// 纬度 / Latitude
        #[arg(long, allow_negative_numbers = true)]
        lat: f64,
        /// 经度 / Longitude
        #[arg(long, allow_negative_numbers = true)]
        lon: f64,
        /// 单位；不写为本单位 / Unit; this machine's own if absent
        #[arg(long)]
        unit: Option<String>,
        /// 状态 / What it is doing
        #[arg(long, value_parser = words(choice::UNIT_STATES))]
        state: Option<UnitState>,
    },
    /// 各单位最新位置 / The newest position of every unit
    List,
}

/// What to do with the log.
#[derive(Debug, Subcommand)]
pub enum LogCommand {
    /// 导出到标准输出 / Write the log to standard output
    Export {
        /// 格式 / Format
        #[arg(long, value_parser = words(choice::FORMATS), default_value = "text")]
        format: LogFormat,
        /// 只要最近这么久，如 12h / Only this long back, such as 12h
        #[arg(long, value_parser = span_s, value_name = "SPAN")]
        since: Option<u32>,
        /// 最多行数，0 为全部 / At most so many rows, 0 for all
        #[arg(long, default_value_t = 0)]
        limit: u32,
    },
}

/// How a log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people and paper.
    Text,
    /// For spreadsheets.
    Csv,
}

/// How a device joins.
#[derive(Debug, Subcommand)]
pub enum DeviceCommand {
    /// 新设备写出入网申请 / A new device writes its request (run by sanduand)
    #[command(disable_help_flag = true)]
    Request(PassedOn),
    /// 接纳设备 / Admit a device
    Admit(AdmitArgs),
    /// 本网设备 / Devices of the network
    List,
    /// 一台设备：单位、权限、何时听到、最后写了什么、是否吊销 / What is known of one device
    #[command(after_help = "例 Example: sanduan device show 3")]
    Show {
        /// 终端编号 / Number of the device
        device: u16,
    },
    /// 续期：现场签发员再加 72 小时，他机补发换钥密钥(限授权机) / 72 h more for an
    /// issuer, keys for another device (authority only)
    #[command(after_help = "例 Example: sanduan device renew 3")]
    Renew {
        /// 终端编号 / Number of the device
        device: u16,
    },
    /// 吊销遗失或失密的设备(限授权机) / Trust a lost device no longer (authority only)
    #[command(after_help = "例 Example: sanduan device revoke 3 --reason 途中遗失")]
    Revoke {
        /// 终端编号 / Number of the device
        device: u16,
        /// 原因 / Why it is revoked
        #[arg(long, default_value = "", hide_default_value = true)]
        reason: String,
    },
    /// 把申请或入网文件显示为二维码 / Show a request or join file as a code
    #[command(after_help = "例 Example: sanduan device qr team.req")]
    Qr {
        /// 申请或入网文件 / The request or join file
        file: PathBuf,
    },
    /// 用入网文件入网 / Join with the join file (run by sanduand)
    #[command(disable_help_flag = true)]
    Join(PassedOn),
}

/// Admission of a device.
#[derive(Debug, Args)]
#[command(after_help = "现场签发员(issuer)只能授予签收、报位、本库物资、网关、拟稿。 / \
An issuer may grant only receipt, position, stock.post, gateway and order.draft.
例 Examples:
  sanduan device admit team.req --as 水救二队 --role 签收 报位 --out team.join
  sanduan device admit fcp.req --as 前方指挥部 --role 签收 issuer --out fcp.join
                    现场签发员，72 小时内可接纳他机 / an issuer, who admits others for 72 hours")]
pub struct AdmitArgs {
    /// 申请文件 / The request file
    pub file: PathBuf,
    /// 代表的单位 / The unit it speaks for
    #[arg(long = "as", value_name = "UNIT")]
    pub unit: String,
    /// 权限，可写多个 / Roles, several if needed
    #[arg(long, num_args = 1.., required = true, value_name = "ROLE",
        value_parser = words(choice::ROLES))]
    pub role: Vec<&'static str>,
    /// 入网文件写到哪里 / Where to write the join file
    #[arg(long, value_name = "JOINFILE")]
    pub out: PathBuf,
    /// 已有编号，再发一次入网文件 / It has a number: make its join file once more
    #[arg(long)]
    pub again: bool,
    /// 守护进程未运行时授权设备的目录 / Directory of the authority when its daemon is not running
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}
