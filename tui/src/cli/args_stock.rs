//! The words of `sanduan stock`, as clap reads them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use sanduan_protocol::base::ids::SpokenId;
use sanduan_protocol::base::quantity::Quantity;

use super::choice::span_s;
use crate::lang::measure::parse_line;

/// What to do with stock.
#[derive(Debug, Subcommand)]
pub enum StockCommand {
    /// 从 CSV 导入期初库存 (depot,item,quantity) / Opening stock from CSV (depot,item,quantity)
    #[command(after_help = "一行有错则全部不导入。 / One bad line, and nothing is imported.
例 Example: sanduan stock import opening.csv --person 保管员")]
    Import {
        /// 文件 / The file
        file: PathBuf,
        /// 经手人 / Who does it
        #[arg(long)]
        person: Option<String>,
    },
    /// 入库 / Goods come in
    #[command(after_help = "例 Example: \
        sanduan stock receive --depot 区储备库 --line E004=20 --party 厂家")]
    Receive(MovementArgs),
    /// 出库 / Goods go out for use
    #[command(after_help = "例 Example: \
        sanduan stock issue --depot D00 --line E004=20 --party 水救二队")]
    Issue(MovementArgs),
    /// 报废或丢失 / Scrapped or lost
    #[command(after_help = "例 Example: sanduan stock loss --depot D00 --line E004=2 --note 破损")]
    Loss(MovementArgs),
    /// 发运：调拨到另一库 / Ship to another depot (opens a waybill)
    #[command(after_help = "例 Example: \
        sanduan stock ship --from D00 --to D08 --line E004=20 --carrier 渝C12345")]
    Ship(ShipArgs),
    /// 到货签收 / Take in a waybill
    #[command(after_help = "不写 --line 即全部足额。 / Without --line all of it came, sound.
例 Example: sanduan stock arrive 2-5 --line E004=18 --damaged E004=1 --note 短1破1")]
    Arrive(ArriveArgs),
    /// 盘点 / Count a depot
    #[command(after_help = "例 Example: sanduan stock count --depot D00 --line E004=203")]
    Count(CountArgs),
    /// 库存快照：把本机可记账各库的在库告知全网 / Tell everyone what lies in the depots kept here
    #[command(after_help = "重装或丢失数据的机器先见到快照所报数量，逐笔记录到齐后以记录为准。 / \
        A machine that lost its data shows what the snapshot told until the records are there.")]
    Snapshot {
        /// 何人所报 / Who vouches for it
        #[arg(long)]
        person: Option<String>,
    },
    /// 立即签名：本机待签的出入库，他处收到即计入 / Seal now what was posted here
    #[command(
        after_help = "大宗出库(账面的一半以上)、运单、盘点当即签名，其余满 32 条或 15 分钟签一次；\
未签的他处显示“未验”、不计数。 / \
        Large issues, waybills and counts are sealed at once, the rest every 32 records or 15 \
        minutes; until then others show it as unverified and do not count it."
    )]
    Seal,
    /// 在库与在途 / On hand and in transit
    List {
        /// 只看此库 / Only this depot
        #[arg(long)]
        depot: Option<String>,
        /// 只看此物资 / Only this item
        #[arg(long)]
        item: Option<String>,
    },
    /// 物资卡：一种物资的全部增减 / Every movement of one item
    #[command(after_help = "例 Example: sanduan stock card E004 --depot 区储备库")]
    Card {
        /// 物资名称或编码 / Item name or code
        item: String,
        /// 只看此库 / Only this depot
        #[arg(long)]
        depot: Option<String>,
    },
    /// 运单 / Waybills
    Waybills,
}

impl StockCommand {
    /// True if it prints rows for people.
    pub fn shows_rows(&self) -> bool {
        match self {
            StockCommand::List { .. } | StockCommand::Card { .. } | StockCommand::Waybills => true,
            StockCommand::Import { .. }
            | StockCommand::Receive(_)
            | StockCommand::Issue(_)
            | StockCommand::Loss(_)
            | StockCommand::Ship(_)
            | StockCommand::Arrive(_)
            | StockCommand::Count(_)
            | StockCommand::Snapshot { .. }
            | StockCommand::Seal => false,
        }
    }
}

/// Goods in or out of one depot.
#[derive(Debug, Args)]
pub struct MovementArgs {
    /// 储备库名称或编码 / Depot name or code
    #[arg(long)]
    pub depot: String,
    /// 物资=数量，可重复 / Item=quantity, repeatable
    #[arg(long = "line", required = true, value_parser = line, value_name = "ITEM=QTY")]
    pub lines: Vec<(String, Quantity)>,
    /// 来源或去向 / From whom or to whom
    #[arg(long, default_value = "", hide_default_value = true)]
    pub party: String,
    /// 单号、说明 / Paper number, note
    #[arg(long, default_value = "", hide_default_value = true)]
    pub note: String,
    /// 经手人 / Who does it
    #[arg(long)]
    pub person: Option<String>,
}

/// Goods leave for another depot.
#[derive(Debug, Args)]
pub struct ShipArgs {
    /// 发出库 / Depot they leave
    #[arg(long)]
    pub from: String,
    /// 到达库 / Depot they go to
    #[arg(long)]
    pub to: String,
    /// 物资=数量，可重复 / Item=quantity, repeatable
    #[arg(long = "line", required = true, value_parser = line, value_name = "ITEM=QTY")]
    pub lines: Vec<(String, Quantity)>,
    /// 承运人、车牌 / Carrier, plate
    #[arg(long, default_value = "", hide_default_value = true)]
    pub carrier: String,
    /// 多久到达，如 2h / Time until it should be there
    #[arg(long, value_parser = span_s, value_name = "SPAN")]
    pub eta: Option<u32>,
    /// 单号 / Paper number
    #[arg(long, default_value = "", hide_default_value = true)]
    pub note: String,
    /// 发货人 / Who sends it
    #[arg(long)]
    pub person: Option<String>,
}

/// Goods of a waybill arrive.
#[derive(Debug, Args)]
pub struct ArriveArgs {
    /// 运单序号，如 2-5 / Number of the waybill
    pub id: SpokenId,
    /// 完好实收，可重复 / Sound goods taken in, repeatable
    #[arg(long = "line", value_parser = line_or_zero, value_name = "ITEM=QTY")]
    pub lines: Vec<(String, Quantity)>,
    /// 破损，可重复 / Broken goods, repeatable
    #[arg(long, value_parser = line, value_name = "ITEM=QTY", requires = "lines")]
    pub damaged: Vec<(String, Quantity)>,
    /// 短少破损的原因 / Why it is short
    #[arg(long, default_value = "", hide_default_value = true)]
    pub note: String,
    /// 收货人 / Who takes it in
    #[arg(long)]
    pub person: Option<String>,
}

/// A count.
#[derive(Debug, Args)]
pub struct CountArgs {
    /// 储备库名称或编码 / Depot name or code
    #[arg(long)]
    pub depot: String,
    /// 物资=实盘数，可为 0，可重复 / Item=found, zero counts, repeatable
    #[arg(long = "line", required = true, value_parser = line_or_zero, value_name = "ITEM=QTY")]
    pub lines: Vec<(String, Quantity)>,
    /// 差异原因 / Why it differs
    #[arg(long, default_value = "", hide_default_value = true)]
    pub note: String,
    /// 盘点人 / Who counted
    #[arg(long)]
    pub person: Option<String>,
}

fn line_or_zero(text: &str) -> Result<(String, Quantity), String> {
    let wrong = || "写成 物资=数量，如 E004=20 / write ITEM=QUANTITY, such as E004=20".to_owned();
    parse_line(text).ok_or_else(wrong)
}

fn line(text: &str) -> Result<(String, Quantity), String> {
    match line_or_zero(text)? {
        (_, Quantity::ZERO) => Err("数量应大于零 / the quantity must be above zero".to_owned()),
        line => Ok(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_item_and_quantity() {
        assert_eq!(line("E004=20"), Ok(("E004".to_owned(), Quantity::units(20))));
        assert_eq!(line("柴油=1.5"), Ok(("柴油".to_owned(), Quantity(1500))));
        assert_eq!(line_or_zero("E004=0"), Ok(("E004".to_owned(), Quantity::ZERO)));
        for text in ["E004", "=3", "E004=", "E004=-1", "E004=0", "E004=x"] {
            assert!(line(text).is_err(), "{text}");
        }
    }
}
