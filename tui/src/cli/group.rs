//! `group list|show|add|remove`: who can read what is sealed (密), and who is to.

use clap::Subcommand;
use sanduan_protocol::local::rows::GroupRow;
use sanduan_protocol::local::{Reply, Request};

use super::session::{CommandError, Session};
use crate::lang::fill;
use crate::paint::table::{Side, Table};

/// What to do with groups.
#[derive(Debug, Subcommand)]
#[command(after_help = "例 Examples:
  sanduan group add 指挥组 指挥中心 前方指挥部       没有此组则新建 / makes it if there is none
  sanduan order send --to 前方指挥部 --group 指挥组 --text '…'
  sanduan group add 区库组 区物资站 --depot 区库      此库的账只有该组可读 / its posts for them alone
  sanduan group remove 指挥组 前方指挥部             此后的密件它读不到 / closed to it from now on")]
pub enum GroupCommand {
    /// 全部密组 / All groups
    List,
    /// 一个密组：单位、终端、密钥轮次 / One group: its units, devices, and which key
    #[command(after_help = "例 Example: sanduan group show 指挥组")]
    Show {
        /// 名称 / Its name
        group: String,
    },
    /// 单位、储备库加入密组；没有则新建(限授权机) / Put units or depots into it (authority only)
    #[command(after_help = "例 Example: sanduan group add 指挥组 指挥中心 前方指挥部")]
    Add {
        /// 名称 / Its name
        group: String,
        /// 单位名称或编码 / Names or codes of units
        #[arg(required_unless_present = "depots")]
        units: Vec<String>,
        /// 此库的出入库和盘点对该组加密 / Seal the movements and counts of this depot to it
        #[arg(long = "depot")]
        depots: Vec<String>,
    },
    /// 单位、储备库移出密组；都不写则撤组(限授权机) / Take units out, or end it (authority only)
    #[command(after_help = "例 Example: sanduan group remove 指挥组 前方指挥部")]
    Remove {
        /// 名称 / Its name
        group: String,
        /// 单位名称或编码 / Names or codes of units
        units: Vec<String>,
        /// 此库此后记账不再加密 / Seal posts of this depot no more
        #[arg(long = "depot")]
        depots: Vec<String>,
    },
}

impl GroupCommand {
    /// True if it prints rows for people.
    pub fn shows_rows(&self) -> bool {
        match self {
            GroupCommand::List | GroupCommand::Show { .. } => true,
            GroupCommand::Add { .. } | GroupCommand::Remove { .. } => false,
        }
    }
}

/// `sanduan group …`.
pub fn group(session: &mut Session, command: GroupCommand) -> Result<(), CommandError> {
    match command {
        GroupCommand::List => list(session),
        GroupCommand::Show { group } => show(session, &group),
        GroupCommand::Add { group, units, depots } => {
            change(session, &Request::AddToGroup { group, units, depots }, true)
        }
        GroupCommand::Remove { group, units, depots } => {
            change(session, &Request::RemoveFromGroup { group, units, depots }, false)
        }
    }
}

fn rows(session: &mut Session) -> Result<Vec<GroupRow>, CommandError> {
    match session.feed.ask(&Request::Directory)? {
        Reply::Directory(directory) => Ok(directory.groups),
        _ => Err(session.unexpected()),
    }
}

fn list(session: &mut Session) -> Result<(), CommandError> {
    let rows = rows(session)?;
    if session.json {
        return session.line(&serde_json::json!({ "groups": rows }).to_string());
    }
    let text = session.lang.group();
    if rows.is_empty() {
        return session.line(text.no_groups);
    }
    let mut table = Table::new(&[
        (text.name, Side::Left),
        (text.devices, Side::Right),
        (text.here, Side::Left),
        (text.units, Side::Left),
    ]);
    for row in &rows {
        let here = if row.readable { text.readable } else { text.unreadable };
        let units = row.units.join(session.lang.pick("、", ", "));
        table.row(vec![row.name.clone(), row.devices.to_string(), here.to_owned(), units]);
    }
    session.table(&table)
}

fn show(session: &mut Session, name: &str) -> Result<(), CommandError> {
    let text = session.lang.group();
    let rows = rows(session)?;
    let found = rows.iter().find(|row| row.name == name.trim() || row.group.to_string() == name);
    let Some(row) = found else {
        return Err(CommandError::Local(fill(text.no_such_group, &[&name])));
    };
    if session.json {
        return session.line(&serde_json::json!({ "group": row }).to_string());
    }
    let and = session.lang.pick("、", ", ");
    let here = if row.readable { text.readable } else { text.unreadable };
    session.line(&format!("{}  {here}", row.name))?;
    session.line(&format!("{}{}{}", text.units, text.is, row.units.join(and)))?;
    if !row.depots.is_empty() {
        session.line(&fill(text.depots_line, &[&row.depots.join(and)]))?;
    }
    session.line(&fill(text.turn_line, &[&row.turn, &row.devices]))?;
    if !row.missing.is_empty() {
        let missing: Vec<String> = row.missing.iter().map(ToString::to_string).collect();
        session.line(&fill(text.missing_line, &[&missing.join(and), &row.name]))?;
    }
    Ok(())
}

fn change(session: &mut Session, wish: &Request, is_added: bool) -> Result<(), CommandError> {
    let text = session.lang.group();
    match session.ask(wish)? {
        Some(Reply::Saved { .. }) => session.line(if is_added { text.added } else { text.removed }),
        Some(_) => Err(session.unexpected()),
        None => Ok(()),
    }
}
